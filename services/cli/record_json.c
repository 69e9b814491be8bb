/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/record_json.h"

#include "cli/output.h"
#include "cli/query.h"

#include <string.h>

json_t *record_type_json(uint32_t type)
{
    static const char ending[] = "_event";
    const struct message_type *found = message_find_type(type);
    if (found == NULL) {
        return json_integer(type);
    }
    size_t len = strlen(found->name);
    size_t end = sizeof ending - 1;
    if (len > end && strcmp(found->name + len - end, ending) == 0) {
        len -= end;
    }
    return json_stringn(found->name, len);
}

void record_reshape(json_t *record, const char *daemon, const struct id *journal)
{
    char text[ID_TEXT_BYTES];
    id_format(journal, text);
    (void)json_object_set_new(record, "journal", json_string(text));
    (void)json_object_set_new(record, "daemon", json_string(daemon));
    json_t *happening = json_incref(json_object_get(record, "happening"));
    uint32_t type = (uint32_t)json_integer_value(json_object_get(record, "type"));
    (void)json_object_set_new(record, "type",
                              json_is_string(happening) ? json_incref(happening)
                                                        : record_type_json(type));
    json_decref(happening);
    if (output_string(record, "reason")[0] == '\0') {
        (void)json_object_set_new(record, "reason", json_null());
    }
    json_t *cause = json_null();
    if (json_is_string(json_object_get(record, "cause_journal"))) {
        cause = json_pack("{s:O, s:O}", "journal", json_object_get(record, "cause_journal"), "seq",
                          json_object_get(record, "cause_seq"));
    }
    (void)json_object_set_new(record, "cause", cause);
    (void)json_object_del(record, "happening");
    (void)json_object_del(record, "cause_journal");
    (void)json_object_del(record, "cause_seq");
    (void)json_object_del(record, "cause_index");
}

static enum status ask_page(struct session *session, const struct config_daemon *daemon,
                            const struct records_query *query, json_t *all, struct err *err)
{
    struct ask ask = {
        .type = &records_query_type, .message = query, .reply_type = &records_reply_type};
    struct records_reply reply;
    enum status st = call_daemon(session, daemon, &ask, &reply, NULL, err);
    if (st != STATUS_OK) {
        return st;
    }
    char name[WORD_MAX_BYTES + 1];
    (void)snprintf(name, sizeof name, "%.*s", BYTES_FMT(daemon->name));
    json_t *json = message_to_json(&records_reply_type, &reply, session_zone(session));
    size_t i;
    json_t *record;
    json_array_foreach(json_object_get(json, "records"), i, record)
    {
        record_reshape(record, name, &reply.journal);
        (void)json_array_append(all, record);
    }
    json_decref(json);
    return STATUS_OK;
}

enum status record_ask_all(struct session *session, const struct config_daemon *daemon,
                           uint64_t issue, json_t **ret_json, struct err *err)
{
    struct records_query query = {.issue = issue};
    json_t *all = json_array();
    size_t before;
    do {
        before = json_array_size(all);
        enum status st = ask_page(session, daemon, &query, all, err);
        if (st != STATUS_OK) {
            json_decref(all);
            return st;
        }
        const json_t *last = json_array_get(all, json_array_size(all) - 1);
        query.after = (uint64_t)json_integer_value(json_object_get(last, "seq"));
    } while (json_array_size(all) != before);
    *ret_json = all;
    return STATUS_OK;
}
