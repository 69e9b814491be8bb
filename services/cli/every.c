/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/every.h"

#include "cli/change.h"

enum status every_send_one(struct session *session, const struct config_daemon *daemon,
                           const struct message_type *type, const void *message, json_t *results,
                           struct err *err)
{
    struct ask ask = {
        .type = type, .message = message, .reply_type = &change_reply_type, .is_command = true};
    struct change_reply reply;
    struct answer answer;
    /* An id names one command to one daemon. */
    session->globals.has_request = false;
    enum status st = call_daemon(session, daemon, &ask, &reply, &answer, err);
    if (st != STATUS_OK) {
        return wrap(err, st, "%.*s", BYTES_FMT(daemon->name));
    }
    json_t *name = json_stringn((const char *)daemon->name.p, daemon->name.len);
    (void)json_array_append_new(results, json_pack("{s:o, s:o}", "daemon", name, "position",
                                                   change_position_json(&answer.position)));
    return STATUS_OK;
}

enum status every_send(struct session *session, const struct message_type *type,
                       const void *message, json_t **ret_json, struct err *err)
{
    json_t *results = json_array();
    for (uint32_t i = 0; i < session->config->daemon_count; i++) {
        enum status st =
            every_send_one(session, &session->config->daemons[i], type, message, results, err);
        if (st != STATUS_OK) {
            json_decref(results);
            return st;
        }
    }
    *ret_json = results;
    return STATUS_OK;
}
