/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config_internal.h"
#include "config/settings.h"
#include "domain/rules.h"

#include <stdio.h>

struct show {
    const struct config *config;
    config_setting_fn *each;
    void *user;
};

static void show(const struct show *shown, enum config_file file, const struct yaml_node *node,
                 const char *key, const char *value)
{
    const struct yaml_document *document = config_holdings(shown->config)->documents[file];
    const struct config_setting setting = {
        .key = key, .value = value, .file = document->file, .line = node != NULL ? node->line : 0};
    shown->each(shown->user, &setting);
}

static const struct yaml_node *root_of(const struct show *shown, enum config_file file)
{
    return &config_holdings(shown->config)->documents[file]->root;
}

static void show_limits(const struct show *shown)
{
    const struct yaml_node *limits = yaml_find(root_of(shown, CONFIG_LIANHU), "limits");
    char value[SETTINGS_TEXT_BYTES];
    const char *name;
    for (uint32_t i = 0; settings_get_limit(shown->config, i, &name, value); i++) {
        char key[64];
        (void)snprintf(key, sizeof key, "limits.%s", name);
        show(shown, CONFIG_LIANHU, limits != NULL ? yaml_find(limits, name) : NULL, key, value);
    }
}

static void show_daemons(const struct show *shown)
{
    const struct yaml_node *list = yaml_find(root_of(shown, CONFIG_LIANHU), "daemons");
    for (uint32_t i = 0; i < shown->config->daemon_count; i++) {
        const struct config_daemon *daemon = &shown->config->daemons[i];
        char key[64];
        struct buf value = {0};
        (void)snprintf(key, sizeof key, "daemons.%.*s", BYTES_FMT(daemon->name));
        buf_append_bytes(&value, daemon->kind);
        for (uint32_t k = 0; k < daemon->department_count; k++) {
            buf_append_format(&value, " %.*s", BYTES_FMT(daemon->departments[k]));
        }
        buf_append_u8(&value, 0);
        show(shown, CONFIG_LIANHU, &list->items[i], key, (const char *)value.p);
        buf_done(&value);
    }
}

static void show_lianhu(const struct show *shown)
{
    const struct yaml_node *root = root_of(shown, CONFIG_LIANHU);
    int32_t offset = shown->config->zone.offset_s;
    const struct yaml_node *zone = yaml_find(root, "zone");
    char text[16];
    (void)snprintf(text, sizeof text, "%c%02d:%02d", offset < 0 ? '-' : '+',
                   (offset < 0 ? -offset : offset) / 3600 % 100,
                   (offset < 0 ? -offset : offset) / 60 % 60);
    show(shown, CONFIG_LIANHU, yaml_find(root, "language"), "language",
         language_word(shown->config->language));
    show(shown, CONFIG_LIANHU, zone, "zone", text);
    show_daemons(shown);
    show_limits(shown);
}

/* What the files come to that are too long to be shown whole. */
static void show_counts(const struct show *shown)
{
    const struct office *office = &shown->config->office;
    const struct {
        const char *key;
        const char *in_file;
        enum config_file file;
        uint32_t count;
    } counts[] = {
        {"org.departments", "departments", CONFIG_ORG, office->department_count},
        {"org.areas", "communities", CONFIG_ORG, office->area_count},
        {"org.people", "people", CONFIG_ORG, office->person_count},
        {"categories", "categories", CONFIG_CATEGORIES, office->category_count},
        {"routing.rules", "rules", CONFIG_ROUTING, rules_count(shown->config->rules)},
    };
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        char value[16];
        (void)snprintf(value, sizeof value, "%u", counts[i].count);
        show(shown, counts[i].file, yaml_find(root_of(shown, counts[i].file), counts[i].in_file),
             counts[i].key, value);
    }
    char text[256];
    const struct yaml_node *root = root_of(shown, CONFIG_ORG);
    (void)snprintf(text, sizeof text, "%.*s", BYTES_FMT(office->name));
    show(shown, CONFIG_ORG, yaml_find(root, "name"), "org.name", text);
    (void)snprintf(text, sizeof text, "%.*s", BYTES_FMT(office->feedback_default));
    show(shown, CONFIG_ORG, yaml_find(root, "feedback_default"), "org.feedback_default", text);
}

/* ---- every value of a file --------------------------------------------------------------- */

/* A collection on the way from its first to its last entry. */
struct step {
    const struct yaml_node *node;
    uint32_t next;
    char path[READER_PATH_MAX];
};

static void step_path(char *path, const struct step *step)
{
    if (step->node->kind == YAML_MAP) {
        reader_member_path(path, step->path, step->node->keys[step->next].text);
    } else {
        reader_item_path(path, step->path, step->next);
    }
}

static bool is_list_of_scalars(const struct yaml_node *node)
{
    for (uint32_t i = 0; i < node->count; i++) {
        if (node->items[i].kind != YAML_SCALAR) {
            return false;
        }
    }
    return node->kind == YAML_LIST;
}

/* One scalar, or a list of them in one line. */
static void show_value(const struct show *shown, enum config_file file,
                       const struct yaml_node *node, const char *path)
{
    struct buf value = {0};
    buf_append_bytes(&value, node->text);
    for (uint32_t i = 0; node->kind == YAML_LIST && i < node->count; i++) {
        buf_append_string(&value, i > 0 ? " " : "");
        buf_append_bytes(&value, node->items[i].text);
    }
    buf_append_u8(&value, 0);
    show(shown, file, node, path, (const char *)value.p);
    buf_done(&value);
}

static void show_file(const struct show *shown, enum config_file file, const char *name)
{
    struct step stack[YAML_DEPTH_MAX] = {{.node = root_of(shown, file)}};
    uint32_t depth = 1;
    (void)snprintf(stack[0].path, sizeof stack[0].path, "%s", name);
    while (depth > 0) {
        struct step *step = &stack[depth - 1];
        if (step->next == step->node->count) {
            depth--;
            continue;
        }
        const struct yaml_node *node = &step->node->items[step->next];
        char path[READER_PATH_MAX];
        step_path(path, step);
        step->next++;
        if (node->kind == YAML_SCALAR || is_list_of_scalars(node)) {
            show_value(shown, file, node, path);
            continue;
        }
        stack[depth] = (struct step){.node = node};
        memcpy(stack[depth++].path, path, sizeof path);
    }
}

void config_each_setting(const struct config *config, config_setting_fn *each, void *user)
{
    const struct show shown = {.config = config, .each = each, .user = user};
    show_lianhu(&shown);
    show_counts(&shown);
    show_file(&shown, CONFIG_DEADLINES, "deadlines");
}

static void append_setting(void *user, const struct config_setting *setting)
{
    struct buf *out = user;
    buf_append_format(out, "%s = %s  ", setting->key, setting->value);
    if (setting->line == 0) {
        buf_append_string(out, "(default)\n");
    } else {
        buf_append_format(out, "(%s:%u)\n", setting->file, setting->line);
    }
}

void config_show(const struct config *config, struct buf *out)
{
    config_each_setting(config, append_setting, out);
}
