/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/dead.h"

#include "cli/change.h"
#include "cli/query.h"
#include "cli/record_json.h"

static void reshape_letter(json_t *letter)
{
    uint32_t type = (uint32_t)json_integer_value(json_object_get(letter, "type"));
    (void)json_object_set_new(letter, "type", record_type_json(type));
}

static void advance(void *message, const json_t *last)
{
    ((struct dead_query *)message)->after =
        (uint64_t)json_integer_value(json_object_get(last, "seq"));
}

/* The letters of one daemon, each with the daemon's name. */
static enum status add_letters(struct session *session, const struct config_daemon *daemon,
                               json_t *all, struct err *err)
{
    struct dead_query query = {0};
    struct query_call call = {
        .daemon = daemon,
        .ask = {.type = &dead_query_type, .message = &query, .reply_type = &dead_reply_type},
        .list = "letters",
        .reshape = reshape_letter,
        .walk = &query};
    json_t *letters;
    enum status st = query_ask_all(session, &call, advance, &letters, err);
    if (st != STATUS_OK) {
        return st;
    }
    size_t i;
    json_t *letter;
    json_array_foreach(letters, i, letter)
    {
        (void)json_object_set_new(letter, "daemon",
                                  json_stringn((const char *)daemon->name.p, daemon->name.len));
        (void)json_array_append(all, letter);
    }
    json_decref(letters);
    return STATUS_OK;
}

enum status dead_run_list(struct session *session, const struct args *args, json_t **ret_json,
                          struct err *err)
{
    const char *only = args_find_string(args, "daemon");
    json_t *all = json_array();
    enum status st = STATUS_OK;
    const struct config_daemon *one = NULL;
    if (only != NULL) {
        st = session_find_daemon(session, bytes_of_string(only), &one, err);
    }
    for (uint32_t i = 0; st == STATUS_OK && i < session->config->daemon_count; i++) {
        const struct config_daemon *daemon = &session->config->daemons[i];
        if (one == NULL || one == daemon) {
            st = add_letters(session, daemon, all, err);
        }
    }
    if (st != STATUS_OK) {
        json_decref(all);
        return st;
    }
    *ret_json = all;
    return STATUS_OK;
}

static enum status find_daemon(const struct session *session, const struct args *args,
                               const struct config_daemon **ret_daemon, struct err *err)
{
    return session_find_daemon(session, bytes_of_string(args_find_string(args, "daemon")),
                               ret_daemon, err);
}

enum status dead_run_show(struct session *session, const struct args *args, json_t **ret_json,
                          struct err *err)
{
    const struct config_daemon *daemon;
    uint64_t seq = ((const struct dead_settle_command *)args->message)->seq;
    enum status st = find_daemon(session, args, &daemon, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct dead_query query = {.after = seq == 0 ? 0 : seq - 1, .limit = 1};
    struct query_call call = {
        .daemon = daemon,
        .ask = {.type = &dead_query_type, .message = &query, .reply_type = &dead_reply_type},
        .list = "letters",
        .reshape = reshape_letter};
    json_t *letters;
    st = query_ask(session, &call, &letters, NULL, err);
    if (st != STATUS_OK) {
        return st;
    }
    json_t *letter = json_incref(json_array_get(letters, 0));
    json_decref(letters);
    if ((uint64_t)json_integer_value(json_object_get(letter, "seq")) != seq) {
        json_decref(letter);
        return fail_field(err, STATUS_NOT_FOUND, "seq", "'%.*s' has no dead letter %llu",
                          BYTES_FMT(daemon->name), (unsigned long long)seq);
    }
    *ret_json = letter;
    return STATUS_OK;
}

enum status dead_run_settle(struct session *session, const struct args *args, json_t **ret_json,
                            struct err *err)
{
    const struct config_daemon *daemon;
    enum status st = find_daemon(session, args, &daemon, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct ask ask = {.type = args->verb->type,
                      .message = args->message,
                      .reply_type = &change_reply_type,
                      .is_command = true};
    struct change_reply reply;
    struct answer answer;
    st = call_daemon(session, daemon, &ask, &reply, &answer, err);
    if (st == STATUS_OK) {
        *ret_json = json_pack("{s:b, s:o}", "pending", 0, "position",
                              change_position_json(&answer.position));
    }
    return st;
}
