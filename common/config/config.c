/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config.h"

#include "base/memory.h"
#include "config/calendar_file.h"
#include "config/categories.h"
#include "config/config_hash.h"
#include "config/config_internal.h"
#include "config/deadlines.h"
#include "config/notices_file.h"
#include "config/org.h"
#include "config/routing.h"
#include "config/settings.h"
#include "config/visits_file.h"
#include "domain/calendar.h"
#include "domain/limits.h"
#include "domain/rules.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static const char *const file_names[CONFIG_FILE_COUNT + 1] = {
    [CONFIG_LIANHU] = "lianhu.yaml",         [CONFIG_ORG] = "org.yaml",
    [CONFIG_CATEGORIES] = "categories.yaml", [CONFIG_ROUTING] = "routing.yaml",
    [CONFIG_DEADLINES] = "deadlines.yaml",   [CONFIG_TEXTS_ZH] = "texts/zh.yaml",
    [CONFIG_TEXTS_EN] = "texts/en.yaml",
};

static struct config *config_new(const char *dir)
{
    struct config *config = memory_new(1, sizeof *config);
    struct config_holdings *holdings = memory_new(1, sizeof *holdings);
    config->memory = holdings;
    config->dir = arena_copy_text(&holdings->arena, bytes_of_string(dir));
    settings_init(config);
    return config;
}

void config_close(struct config *config)
{
    if (config == NULL) {
        return;
    }
    struct config_holdings *holdings = config_holdings(config);
    rules_close(holdings->rules);
    limits_close(holdings->limits);
    calendar_close(holdings->calendar);
    for (int i = 0; i < CONFIG_FILE_COUNT; i++) {
        yaml_close(holdings->documents[i]);
    }
    arena_done(&holdings->arena);
    free(holdings);
    free(config);
}

static void read_document(struct config *config, enum config_file file, struct problems *problems)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/%s", config->dir, file_names[file]);
    (void)yaml_open(path, path, &config_holdings(config)->documents[file], problems);
}

static void read_texts(struct config *config, struct problems *problems)
{
    static const struct {
        enum language language;
        enum config_file file;
    } files[] = {{LANGUAGE_ZH, CONFIG_TEXTS_ZH}, {LANGUAGE_EN, CONFIG_TEXTS_EN}};
    struct config_holdings *holdings = config_holdings(config);
    struct texts *texts = texts_new(&holdings->arena);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        const struct yaml_document *document = holdings->documents[files[i].file];
        if (document != NULL) {
            (void)texts_read(texts, files[i].language, document, problems);
        }
    }
    config->texts = texts;
}

/* Says which files are left for another time because `cause` could not be read. */
static void note_unread(const struct config *config, enum config_file cause,
                        struct problems *problems)
{
    static const struct {
        enum config_file file;
        const char *what;
    } waiting[] = {{CONFIG_ROUTING, "routing.yaml"},
                   {CONFIG_DEADLINES, "deadlines.yaml"},
                   {CONFIG_LIANHU, "the sections in lianhu.yaml"}};
    char path[PATH_MAX];
    struct buf names = {0};
    for (size_t i = 0; i < sizeof waiting / sizeof waiting[0]; i++) {
        if (config_holdings(config)->documents[waiting[i].file] != NULL) {
            buf_append_string(&names, names.len == 0 ? "" : ", ");
            buf_append_string(&names, waiting[i].what);
        }
    }
    (void)snprintf(path, sizeof path, "%s/%s", config->dir, file_names[cause]);
    if (names.len != 0) {
        problems_note(problems, path, "not looked at because of %s: %.*s", file_names[cause],
                      BYTES_FMT(buf_bytes(&names)));
    }
    buf_done(&names);
}

/* Reads what names sections, people, areas and categories. Where the office itself could not be
 * read these files would only seem to be wrong, and are looked at another time. */
static void read_by_office(struct config *config, struct problems *problems)
{
    struct config_holdings *holdings = config_holdings(config);
    struct yaml_document **documents = holdings->documents;
    if (documents[CONFIG_ORG] == NULL || documents[CONFIG_CATEGORIES] == NULL) {
        note_unread(config, documents[CONFIG_ORG] == NULL ? CONFIG_ORG : CONFIG_CATEGORIES,
                    problems);
        return;
    }
    if (documents[CONFIG_LIANHU] != NULL) {
        settings_check_departments(documents[CONFIG_LIANHU], config, problems);
    }
    if (documents[CONFIG_ROUTING] != NULL) {
        (void)routing_examine(documents[CONFIG_ROUTING], &config->office, &holdings->rules,
                              problems);
    }
    if (documents[CONFIG_DEADLINES] != NULL) {
        (void)deadlines_read(documents[CONFIG_DEADLINES], &config->office, &holdings->limits,
                             problems);
        (void)visits_read(documents[CONFIG_DEADLINES], &config->visits, problems);
        (void)notices_read(documents[CONFIG_DEADLINES], &config->notices, problems);
    }
    config->rules = holdings->rules;
    config->limits = holdings->limits;
}

/* Who is there, and the daemons that serve them. */
static void read_office(struct config *config, struct problems *problems)
{
    struct config_holdings *holdings = config_holdings(config);
    struct yaml_document **documents = holdings->documents;
    read_document(config, CONFIG_LIANHU, problems);
    read_document(config, CONFIG_ORG, problems);
    if (documents[CONFIG_LIANHU] != NULL) {
        (void)settings_read(documents[CONFIG_LIANHU], config, problems);
    }
    if (documents[CONFIG_ORG] != NULL) {
        (void)org_read(documents[CONFIG_ORG], &holdings->arena, &config->office, problems);
    }
}

static void read_all(struct config *config, struct problems *problems)
{
    struct config_holdings *holdings = config_holdings(config);
    struct yaml_document **documents = holdings->documents;
    char calendar_dir[PATH_MAX];
    read_office(config, problems);
    for (enum config_file file = CONFIG_CATEGORIES; file < CONFIG_FILE_COUNT; file++) {
        read_document(config, file, problems);
    }
    if (documents[CONFIG_CATEGORIES] != NULL) {
        (void)categories_read(documents[CONFIG_CATEGORIES], &holdings->arena, &config->office,
                              problems);
    }
    read_by_office(config, problems);
    (void)snprintf(calendar_dir, sizeof calendar_dir, "%s/calendar", config->dir);
    (void)calendar_read_dir(calendar_dir, config->zone, &holdings->calendar, problems);
    config->calendar = holdings->calendar;
    read_texts(config, problems);
}

static bool is_folder(const char *dir, struct problems *problems)
{
    struct stat about;
    if (strlen(dir) <= PATH_MAX / 2 && stat(dir, &about) == 0 && S_ISDIR(about.st_mode)) {
        return true;
    }
    problems_add(problems, dir, 0, 0, "", "there is no such folder");
    return false;
}

static bool open_config(const char *dir, bool is_trial, struct config **ret_config,
                        struct problems *problems)
{
    uint32_t before = problems->count;
    uint8_t hash[CONFIG_HASH_BYTES];
    if (!is_folder(dir, problems)) {
        return false;
    }
    struct config *config = config_new(dir);
    config_check_names(dir, "", file_names, problems);
    config_check_names(dir, "texts", file_names, problems);
    /* Files are read one by one, and may be edited meanwhile: what was read is what the hash says
     * only if it is the same before and after. */
    bool is_hashed = config_hash_dir(dir, hash);
    read_all(config, problems);
    config_hash_planning(config);
    is_hashed = config_hash_dir(dir, config->hash) && is_hashed;
    if (problems->count == before && (!is_hashed || memcmp(hash, config->hash, sizeof hash) != 0)) {
        problems_add(problems, dir, 0, 0, "", "files changed while they were read: try again");
    }
    bool is_usable = config->rules != NULL && config->calendar != NULL;
    if (problems->count != before && (!is_trial || !is_usable)) {
        config_close(config);
        return false;
    }
    *ret_config = config;
    return true;
}

bool config_open(const char *dir, struct config **ret_config, struct problems *problems)
{
    return open_config(dir, false, ret_config, problems);
}

bool config_open_office(const char *dir, struct config **ret_config, struct problems *problems)
{
    uint32_t before = problems->count;
    if (!is_folder(dir, problems)) {
        return false;
    }
    struct config *config = config_new(dir);
    read_office(config, problems);
    if (problems->count != before) {
        config_close(config);
        return false;
    }
    *ret_config = config;
    return true;
}

bool config_examine(const char *dir, struct config **ret_config, struct problems *problems)
{
    return open_config(dir, true, ret_config, problems);
}

void config_hash_format(const struct config *config, char *text)
{
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < CONFIG_HASH_BYTES; i++) {
        text[2 * i] = hex[config->hash[i] >> 4];
        text[2 * i + 1] = hex[config->hash[i] & 15];
    }
    text[2 * (size_t)CONFIG_HASH_BYTES] = '\0';
}

const struct config_daemon *config_find_daemon(const struct config *config, struct bytes name)
{
    for (uint32_t i = 0; i < config->daemon_count; i++) {
        if (bytes_equal(config->daemons[i].name, name)) {
            return &config->daemons[i];
        }
    }
    return NULL;
}

static bool serves(const struct config_daemon *daemon, struct bytes department)
{
    for (uint32_t i = 0; i < daemon->department_count; i++) {
        if (bytes_equal(daemon->departments[i], department)) {
            return true;
        }
    }
    return false;
}

const struct config_daemon *config_find_department_daemon(const struct config *config,
                                                          struct bytes department)
{
    for (uint32_t i = 0; i < config->daemon_count; i++) {
        if (serves(&config->daemons[i], department)) {
            return &config->daemons[i];
        }
    }
    return NULL;
}
