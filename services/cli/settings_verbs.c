/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/settings_verbs.h"

#include "cli/every.h"
#include "cli/output.h"
#include "cli/snapshot.h"
#include "domain/calendar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_there(const char *dir, const char *name)
{
    char path[PATH_MAX];
    return snprintf(path, PATH_MAX, "%s/%s", dir, name) < PATH_MAX && access(path, F_OK) == 0;
}

/* One of its files is enough: what is wrong with the others is said of each. */
static bool has_files(const char *dir)
{
    return is_there(dir, "lianhu.yaml") || is_there(dir, "org.yaml") ||
           is_there(dir, "routing.yaml");
}

/* Said once, and not of every file that is not there either. */
static enum status refuse_folder(struct session *session, const char *given, struct err *err)
{
    char whole[PATH_MAX];
    const char *dir = realpath(given, whole) != NULL ? whole : given;
    session->exit = CLI_CONFIGURATION;
    if (is_there(dir, "state/config/current")) {
        return fail(err, STATUS_INVALID,
                    "there is no folder config/ in '%s'; put it back, or take the copy that was "
                    "adopted last: cp -rL %s/state/config/current %s/config",
                    dir, dir, dir);
    }
    return fail(err, STATUS_INVALID,
                "there is no folder config/ in '%s', nor is it a folder of configuration; make an "
                "instance with 'lianhu init DIR' or say where one is with --home or $LIANHU_HOME",
                dir);
}

/* Where the files are that `given` means, or that this instance has when it is NULL: DIR/config
 * where DIR is an instance, else DIR itself. */
static enum status choose_files(struct session *session, const char *given, char path[PATH_MAX],
                                struct err *err)
{
    const char *dir = given != NULL ? given : session->globals.home;
    if (is_there(dir, "config") && snprintf(path, PATH_MAX, "%s/config", dir) < PATH_MAX) {
        return STATUS_OK;
    }
    (void)snprintf(path, PATH_MAX, "%s", dir);
    return has_files(dir) ? STATUS_OK : refuse_folder(session, dir, err);
}

enum status settings_open(struct session *session, const struct args *args,
                          struct config **ret_config, struct err *err)
{
    char path[PATH_MAX];
    enum status st = choose_files(session, args_find_string(args, "dir"), path, err);
    return st == STATUS_OK ? session_open_config(session, path, ret_config, err) : st;
}

enum status settings_examine(struct session *session, const char *dir, struct config **ret_config,
                             struct err *err)
{
    char path[PATH_MAX];
    struct problems problems = {0};
    enum status st = choose_files(session, dir, path, err);
    if (st != STATUS_OK) {
        return st;
    }
    bool is_there = config_examine(path, ret_config, &problems);
    uint32_t count = problems.count;
    (void)fprintf(stderr, "%.*s", BYTES_FMT(buf_bytes(&problems.text)));
    problems_done(&problems);
    session->exit = count == 0 ? session->exit : CLI_CONFIGURATION;
    return is_there ? STATUS_OK
                    : fail(err, STATUS_INVALID, "the configuration in '%s' has %u error%s", path,
                           count, count == 1 ? "" : "s");
}

uint32_t settings_warn(const struct config *config, struct wall at)
{
    if (calendar_is_published(config->calendar, at)) {
        return 0;
    }
    struct civil day = civil_from_wall(at, config->zone);
    (void)fprintf(stderr,
                  "%s/calendar/%04d.yaml:1:1: warning: this file is missing: it is %d; until it is "
                  "there its holidays count as working days, and deadlines are provisional\n",
                  config->dir, day.year, day.year);
    return 1;
}

void settings_warn_now(const struct session *session, const struct config *config)
{
    (void)settings_warn(config, session_now_of(session->home));
}

/* The time the check is about. */
static enum status find_time(const struct session *session, const struct args *args,
                             const struct config *config, struct wall *ret_at, struct err *err)
{
    const char *given = args_find_string(args, "at");
    const char *dir = args_find_string(args, "dir");
    *ret_at = session_now_of(dir != NULL ? dir : session->globals.home);
    if (given == NULL) {
        return STATUS_OK;
    }
    enum status st = wall_parse(bytes_of_string(given), config->zone, ret_at, err);
    if (st != STATUS_OK) {
        (void)snprintf(err->field, sizeof err->field, "at");
    }
    return st;
}

enum status settings_run_check(struct session *session, const struct args *args, json_t **ret_json,
                               struct err *err)
{
    struct config *config;
    enum status st = settings_open(session, args, &config, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct wall at;
    st = find_time(session, args, config, &at, err);
    if (st == STATUS_OK) {
        char hash[CONFIG_HASH_TEXT_BYTES];
        config_hash_format(config, hash);
        *ret_json = json_pack("{s:s, s:s, s:b, s:I}", "dir", config->dir, "hash", hash, "good", 1,
                              "warnings", (json_int_t)settings_warn(config, at));
    }
    config_close(config);
    return st;
}

void settings_print_check(const struct session *session, const json_t *result)
{
    struct buf warnings = {0};
    (void)session;
    if (json_integer_value(json_object_get(result, "warnings")) != 0) {
        buf_append_string(&warnings, ", with ");
        output_count(result, "warnings", "warning", "warnings", &warnings);
        buf_append_string(&warnings, " above");
    }
    (void)printf("the configuration %.8s in '%s' is good%.*s\n", output_string(result, "hash"),
                 output_string(result, "dir"), BYTES_FMT(buf_bytes(&warnings)));
    buf_done(&warnings);
}

static void add_setting(void *user, const struct config_setting *setting)
{
    char origin[64] = "default";
    const char *name = strrchr(setting->file, '/');
    if (setting->line != 0) {
        (void)snprintf(origin, sizeof origin, "%.40s:%u", name == NULL ? setting->file : name + 1,
                       setting->line);
    }
    json_t *json =
        json_pack("{s:s, s:s, s:s, s:s, s:I}", "key", setting->key, "value", setting->value,
                  "origin", origin, "file", setting->file, "line", (json_int_t)setting->line);
    (void)json_array_append_new(user, json);
}

enum status settings_run_show(struct session *session, const struct args *args, json_t **ret_json,
                              struct err *err)
{
    (void)args;
    (void)err;
    *ret_json = json_array();
    config_each_setting(session->config, add_setting, *ret_json);
    return STATUS_OK;
}

/* ---- reload --------------------------------------------------------------------------------- */

static bool has_same_sections(const struct config_daemon *a, const struct config_daemon *b)
{
    if (a->department_count != b->department_count) {
        return false;
    }
    for (uint32_t i = 0; i < a->department_count; i++) {
        if (!bytes_equal(a->departments[i], b->departments[i])) {
            return false;
        }
    }
    return true;
}

/* Daemons come and go, and sections move between them, only while nothing runs. */
static enum status check_daemons(const struct config *before, const struct config *after,
                                 struct err *err)
{
    bool is_same = before->daemon_count == after->daemon_count;
    for (uint32_t i = 0; is_same && i < before->daemon_count; i++) {
        const struct config_daemon *other = config_find_daemon(after, before->daemons[i].name);
        is_same = other != NULL && bytes_equal(other->kind, before->daemons[i].kind) &&
                  has_same_sections(&before->daemons[i], other);
    }
    return is_same ? STATUS_OK
                   : fail(err, STATUS_REFUSED,
                          "the daemons or their sections changed in lianhu.yaml; that takes "
                          "'lianhu down' and 'lianhu up'");
}

/* The router first: it refuses a configuration under which somebody's work would be lost, and then
 * nobody has it. What another daemon misses, it gets when it starts again. */
static enum status send(struct session *session, const struct config *config, json_t *results,
                        struct err *err)
{
    struct adopt_config_command command = {.hash = bytes_of(config->hash, CONFIG_HASH_BYTES)};
    const struct config_daemon *router;
    enum status st = session_find_daemon(session, BYTES("router"), &router, err);
    if (st == STATUS_OK) {
        st = every_send_one(session, router, &adopt_config_command_type, &command, results, err);
    }
    if (st == STATUS_OK) {
        st = snapshot_adopt(session, config, err);
    }
    for (uint32_t i = 0; st == STATUS_OK && i < session->config->daemon_count; i++) {
        const struct config_daemon *daemon = &session->config->daemons[i];
        if (daemon != router) {
            st =
                every_send_one(session, daemon, &adopt_config_command_type, &command, results, err);
        }
    }
    return st;
}

enum status settings_run_reload(struct session *session, const struct args *args, json_t **ret_json,
                                struct err *err)
{
    (void)args;
    char dir[PATH_MAX];
    char copy[PATH_MAX];
    struct config *config = NULL;
    enum status st = session_path(session, "config", dir, err);
    if (st == STATUS_OK && !is_there(session->home, "config")) {
        st = refuse_folder(session, session->home, err);
    }
    if (st == STATUS_OK) {
        st = session_open_config(session, dir, &config, err);
    }
    if (st == STATUS_OK) {
        st = check_daemons(session->config, config, err);
    }
    if (st == STATUS_OK) {
        st = snapshot_make(session, config, copy, err);
    }
    json_t *results = json_array();
    if (st == STATUS_OK) {
        st = send(session, config, results, err);
    }
    if (st == STATUS_OK) {
        char hash[CONFIG_HASH_TEXT_BYTES];
        settings_warn_now(session, config);
        config_hash_format(config, hash);
        *ret_json = json_pack("{s:s, s:O}", "hash", hash, "daemons", results);
    }
    json_decref(results);
    config_close(config);
    return st;
}

void settings_print_reload(const struct session *session, const json_t *result)
{
    (void)session;
    (void)printf("%zu daemons decide by configuration %.8s now\n",
                 json_array_size(json_object_get(result, "daemons")),
                 json_string_value(json_object_get(result, "hash")));
}
