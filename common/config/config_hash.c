/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config_hash.h"

#include "base/endian.h"
#include "base/memory.h"
#include "config/config_internal.h"
#include "config/reader.h"

#include <sodium.h>

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

_Static_assert(CONFIG_HASH_BYTES == crypto_generichash_BYTES, "libsodium's default length");

/* Names of files relative to the folder of the configuration. */
struct names {
    char **items;
    size_t count;
};

static void names_done(struct names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        free(names->items[i]);
    }
    free(names->items);
    *names = (struct names){0};
}

static int is_yaml(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return entry->d_name[0] != '.' && len > 5 && strcmp(entry->d_name + len - 5, ".yaml") == 0;
}

/* Appends "folder/name" of each *.yaml; a folder that is not there has none. */
static bool names_append(struct names *names, const char *dir, const char *folder)
{
    char path[PATH_MAX];
    struct dirent **entries = NULL;
    (void)snprintf(path, sizeof path, "%s/%s", dir, folder);
    int count = scandir(path, &entries, is_yaml, NULL);
    if (count < 0 && errno != ENOENT) {
        return false;
    }
    size_t more = count > 0 ? (size_t)count : 0;
    names->items = memory_resize(names->items, names->count + more, sizeof *names->items);
    for (size_t i = 0; i < more; i++) {
        struct buf name = {0};
        buf_append_format(&name, "%s%s%s", folder, folder[0] != '\0' ? "/" : "",
                          entries[i]->d_name);
        names->items[names->count++] = memory_copy_text(name.p, name.len);
        buf_done(&name);
        free(entries[i]);
    }
    free(entries);
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool hash_file(crypto_generichash_state *state, const char *dir, const char *name)
{
    char path[PATH_MAX];
    uint8_t name_len[4];
    uint8_t content_len[8];
    struct buf content = {0};
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    struct problems unread = {0};
    bool good = yaml_read_file(path, path, &content, &unread);
    problems_done(&unread);
    be32_store(name_len, (uint32_t)strlen(name));
    be64_store(content_len, content.len);
    (void)crypto_generichash_update(state, name_len, sizeof name_len);
    (void)crypto_generichash_update(state, (const uint8_t *)name, strlen(name));
    (void)crypto_generichash_update(state, content_len, sizeof content_len);
    (void)crypto_generichash_update(state, content.p, content.len);
    buf_done(&content);
    return good;
}

bool config_hash_dir(const char *dir, uint8_t hash[CONFIG_HASH_BYTES])
{
    struct names names = {0};
    crypto_generichash_state state;
    bool good = names_append(&names, dir, "");
    good = names_append(&names, dir, "calendar") && good;
    good = names_append(&names, dir, "texts") && good;
    qsort(names.items, names.count, sizeof *names.items, compare_names);
    CHECK(crypto_generichash_init(&state, NULL, 0, CONFIG_HASH_BYTES) == 0);
    for (size_t i = 0; i < names.count; i++) {
        good = hash_file(&state, dir, names.items[i]) && good;
    }
    CHECK(crypto_generichash_final(&state, hash, CONFIG_HASH_BYTES) == 0);
    names_done(&names);
    return good;
}

static void hash_text(crypto_generichash_state *state, struct bytes text)
{
    uint8_t len[8];
    be64_store(len, text.len);
    (void)crypto_generichash_update(state, len, sizeof len);
    (void)crypto_generichash_update(state, text.p, text.len);
}

/* A node without what is in it: its kind, its value, how many there are in it. */
static void hash_node(crypto_generichash_state *state, const struct yaml_node *node)
{
    uint8_t head[5] = {(uint8_t)node->kind};
    be32_store(head + 1, node->count);
    (void)crypto_generichash_update(state, head, sizeof head);
    hash_text(state, node->text);
}

/* What a section says, whatever its comments and its layout. */
static void hash_section(crypto_generichash_state *state, const struct yaml_node *section)
{
    struct {
        const struct yaml_node *node;
        uint32_t next;
    } stack[YAML_DEPTH_MAX] = {{section, 0}};
    uint32_t depth = 1;
    hash_node(state, section);
    while (depth > 0) {
        const struct yaml_node *node = stack[depth - 1].node;
        uint32_t next = stack[depth - 1].next++;
        if (next >= node->count) {
            depth--;
            continue;
        }
        if (node->kind == YAML_MAP) {
            hash_text(state, node->keys[next].text);
        }
        hash_node(state, &node->items[next]);
        if (node->items[next].count != 0) {
            stack[depth].node = &node->items[next];
            stack[depth++].next = 0;
        }
    }
}

static void hash_limits(struct config *config)
{
    static const char *const sections[] = {"ladders", "stages", "supervision_by_person"};
    const struct yaml_document *document = config_holdings(config)->documents[CONFIG_DEADLINES];
    crypto_generichash_state state;
    CHECK(crypto_generichash_init(&state, NULL, 0, CONFIG_HASH_BYTES) == 0);
    (void)hash_file(&state, config->dir, "categories.yaml");
    for (size_t i = 0; document != NULL && i < sizeof sections / sizeof sections[0]; i++) {
        const struct yaml_node *section = yaml_find(&document->root, sections[i]);
        if (section != NULL) {
            hash_section(&state, section);
        }
    }
    CHECK(crypto_generichash_final(&state, config->limits_hash, CONFIG_HASH_BYTES) == 0);
}

void config_hash_planning(struct config *config)
{
    struct names names = {0};
    crypto_generichash_state state;
    uint8_t zone[4];
    be32_store(zone, (uint32_t)config->zone.offset_s);
    (void)names_append(&names, config->dir, "calendar");
    qsort(names.items, names.count, sizeof *names.items, compare_names);
    CHECK(crypto_generichash_init(&state, NULL, 0, CONFIG_HASH_BYTES) == 0);
    (void)crypto_generichash_update(&state, zone, sizeof zone);
    for (size_t i = 0; i < names.count; i++) {
        (void)hash_file(&state, config->dir, names.items[i]);
    }
    CHECK(crypto_generichash_final(&state, config->calendar_hash, CONFIG_HASH_BYTES) == 0);
    names_done(&names);
    hash_limits(config);
}

static bool is_known(const char *name, const char *const *known)
{
    while (*known != NULL && strcmp(name, *known) != 0) {
        known++;
    }
    return *known != NULL;
}

void config_check_names(const char *dir, const char *folder, const char *const *known,
                        struct problems *problems)
{
    struct names names = {0};
    if (!names_append(&names, dir, folder)) {
        return;
    }
    qsort(names.items, names.count, sizeof *names.items, compare_names);
    for (size_t i = 0; i < names.count; i++) {
        const char *nearest = reader_nearest(bytes_of_string(names.items[i]), known);
        char path[PATH_MAX];
        if (!is_known(names.items[i], known)) {
            (void)snprintf(path, sizeof path, "%s/%s", dir, names.items[i]);
            problems_add(problems, path, 0, 0, "", "no such file belongs to a configuration%s%s%s",
                         nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
                         nearest != NULL ? "'?)" : "");
        }
    }
    names_done(&names);
}
