/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/handover.h"

#include "cli/call.h"
#include "cli/change.h"
#include "cli/output.h"
#include "domain/issue.h"

#include <stdio.h>
#include <string.h>

/* What was moved, while it is counted. */
struct handover {
    struct session *session;
    struct change_reply change;
    struct position position;
    json_t *moved;  /* [{from, to, households, issues, promises}], one for each pair of cadres */
    json_t *places; /* household -> its row in `moved` */
    json_t *owners; /* id -> true: whose issues they are, or were until the router took them on */
};

static json_t *text_json(struct bytes text)
{
    return text.len == 0 ? json_null() : json_stringn((const char *)text.p, text.len);
}

static void add_to(json_t *row, const char *member, json_int_t count)
{
    json_int_t before = json_integer_value(json_object_get(row, member));
    (void)json_object_set_new(row, member, json_integer(before + count));
}

static bool is_text(const json_t *text, struct bytes bytes)
{
    return bytes_equal(bytes, bytes_of(json_string_value(text), json_string_length(text)));
}

/* Where there is no cadre the office's default owns the feedback. */
static void add_owner(struct handover *handover, struct bytes cadre)
{
    struct bytes id = cadre.len != 0 ? cadre : handover->session->config->office.feedback_default;
    char name[WORD_MAX_BYTES + 1];
    (void)snprintf(name, sizeof name, "%.*s", BYTES_FMT(id));
    if (name[0] != '\0') {
        (void)json_object_set_new(handover->owners, name, json_true());
    }
}

static json_t *find_row(struct handover *handover, const struct handed_part *part)
{
    size_t i;
    json_t *row;
    json_array_foreach(handover->moved, i, row)
    {
        if (is_text(json_object_get(row, "from"), part->from) &&
            is_text(json_object_get(row, "to"), part->to)) {
            return row;
        }
    }
    row = json_pack("{s:o, s:o, s:i, s:i, s:i}", "from", text_json(part->from), "to",
                    text_json(part->to), "households", 0, "issues", 0, "promises", 0);
    (void)json_array_append_new(handover->moved, row);
    add_owner(handover, part->from);
    add_owner(handover, part->to);
    return row;
}

static void add_household(struct handover *handover, const struct handed_part *part)
{
    char id[WORD_MAX_BYTES + 1];
    json_t *row = find_row(handover, part);
    (void)snprintf(id, sizeof id, "%.*s", BYTES_FMT(part->household));
    (void)json_object_set(handover->places, id, row);
    add_to(row, "households", 1);
    add_to(row, "promises", part->promises);
}

static enum status ask_households(struct handover *handover, struct err *err)
{
    struct handover_query query = {.seq = handover->change.seq, .count = handover->change.count};
    struct ask ask = {
        .type = &handover_query_type, .message = &query, .reply_type = &handover_reply_type};
    struct handover_reply reply;
    do {
        struct handed_part part;
        session_renew(handover->session);
        enum status st = call_named(handover->session, "intake", &ask, &reply, NULL, err);
        if (st != STATUS_OK) {
            return st;
        }
        struct list_cursor cursor = list_begin(&reply.households);
        while (list_next_message(&cursor, &handed_part_type, &part)) {
            add_household(handover, &part);
        }
        query.after += reply.households.count;
    } while (reply.households.count != 0);
    return STATUS_OK;
}

/* ---- open issues ---------------------------------------------------------------------------- */

static void count_issue(const struct handover *handover, const struct issue_item *item)
{
    char household[WORD_MAX_BYTES + 1];
    (void)snprintf(household, sizeof household, "%.*s", BYTES_FMT(item->household));
    json_t *row = json_object_get(handover->places, household);
    if (row != NULL && (STATES_FINAL & STATE_BIT(item->state)) == 0) {
        add_to(row, "issues", 1);
    }
}

static enum status ask_issues_of(const struct handover *handover, const char *owner,
                                 struct err *err)
{
    struct issue_list_query query = {.cadre = bytes_of_string(owner)};
    struct ask ask = {.type = &issue_list_query_type,
                      .message = &query,
                      .reply_type = &issue_list_reply_type,
                      .after = handover->position,
                      .wait_ms = LOOK_MS};
    struct issue_list_reply reply;
    do {
        struct issue_item item;
        enum status st = call_named(handover->session, "router", &ask, &reply, NULL, err);
        if (st != STATUS_OK) {
            return st;
        }
        struct list_cursor cursor = list_begin(&reply.issues);
        while (list_next_message(&cursor, &issue_item_type, &item)) {
            count_issue(handover, &item);
            query.after = item.issue;
        }
    } while (reply.issues.count != 0);
    return STATUS_OK;
}

static void ask_issues(const struct handover *handover)
{
    struct err unheard;
    enum status st = STATUS_OK;
    const char *owner;
    const json_t *value;
    struct mono deadline = session_shorten(handover->session, 2 * LOOK_MS);
    json_object_foreach(handover->owners, owner, value)
    {
        st = st == STATUS_OK ? ask_issues_of(handover, owner, &unheard) : st;
    }
    handover->session->deadline = deadline;
    size_t i;
    json_t *row;
    json_array_foreach(handover->moved, i, row)
    {
        if (st != STATUS_OK) {
            (void)json_object_set_new(row, "issues", json_null());
        }
    }
}

/* ---- the result ----------------------------------------------------------------------------- */

/* The sum over all rows; null where one is not known. */
static json_t *sum(const json_t *moved, const char *member)
{
    json_int_t total = 0;
    size_t i;
    json_t *row;
    json_array_foreach(moved, i, row)
    {
        if (!json_is_integer(json_object_get(row, member))) {
            return json_null();
        }
        total += json_integer_value(json_object_get(row, member));
    }
    return json_integer(total);
}

static json_t *to_json(const struct handover *handover)
{
    char request[ID_TEXT_BYTES];
    struct id id = call_request_id(handover->session);
    id_format(&id, request);
    return json_pack("{s:o, s:o, s:o, s:O, s:o, s:b, s:s}", "households",
                     sum(handover->moved, "households"), "issues", sum(handover->moved, "issues"),
                     "promises", sum(handover->moved, "promises"), "moved", handover->moved,
                     "position", change_position_json(&handover->position), "pending", 0,
                     "request_id", request);
}

enum status handover_run(struct session *session, const struct args *args, json_t **ret_json,
                         struct err *err)
{
    struct handover handover = {.session = session};
    struct answer answer;
    struct err unheard;
    struct ask ask = {.type = args->verb->type,
                      .message = args->message,
                      .reply_type = &change_reply_type,
                      .is_command = true};
    enum status st = call_named(session, "intake", &ask, &handover.change, &answer, err);
    if (st != STATUS_OK) {
        return st;
    }
    handover.position = answer.position;
    handover.moved = json_array();
    handover.places = json_object();
    handover.owners = json_object();
    /* The handover stands even when this look at it fails. */
    if (ask_households(&handover, &unheard) == STATUS_OK) {
        ask_issues(&handover);
    }
    *ret_json = to_json(&handover);
    json_decref(handover.moved);
    json_decref(handover.places);
    json_decref(handover.owners);
    return STATUS_OK;
}

static const char *cadre_word(const json_t *row, const char *member)
{
    const char *id = output_string(row, member);
    return id[0] == '\0' ? "nobody" : id;
}

void handover_print(const struct session *session, const json_t *result)
{
    const json_t *moved = json_object_get(result, "moved");
    size_t i;
    json_t *row;
    (void)session;
    json_array_foreach(moved, i, row)
    {
        struct buf text = {0};
        output_count(row, "households", "household", "households", &text);
        buf_append_string(&text, ", ");
        if (json_is_integer(json_object_get(row, "issues"))) {
            output_count(row, "issues", "open issue with its feedback",
                         "open issues with their feedback", &text);
        } else {
            buf_append_string(&text, "open issues follow as soon as the router answers");
        }
        buf_append_string(&text, ", ");
        output_count(row, "promises", "promise", "promises", &text);
        (void)printf("%s -> %s: %.*s\n", cadre_word(row, "from"), cadre_word(row, "to"),
                     BYTES_FMT(buf_bytes(&text)));
        buf_done(&text);
    }
    if (json_array_size(moved) == 0) {
        (void)printf("done; there was no household to hand over\n");
    }
}
