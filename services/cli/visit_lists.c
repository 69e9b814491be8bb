/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/visit_lists.h"

#include "cli/change.h"
#include "cli/output.h"
#include "cli/query.h"
#include "domain/words.h"

#include <stdio.h>

#define PROMISES_PER_VISIT 100U /* a promise's number begins with its visit's */

/* ---- names ---------------------------------------------------------------------------------- */

/* "c01v01" becomes "c01v01 name". */
static void add_name(json_t *item, const char *member, struct bytes name)
{
    struct buf text = {0};
    const char *id = output_string(item, member);
    if (id[0] != '\0' && name.len != 0) {
        buf_append_format(&text, "%s %.*s", id, BYTES_FMT(name));
        (void)json_object_set_new(item, member, json_stringn((const char *)text.p, text.len));
    }
    buf_done(&text);
}

static void add_area_name(const struct session *session, json_t *item, const char *member)
{
    const struct area *area =
        office_find_area(&session->config->office, bytes_of_string(output_string(item, member)));
    add_name(item, member, area == NULL ? (struct bytes){0} : area->name);
}

static void add_mode_name(json_t *item)
{
    enum contact_mode mode;
    struct err err;
    if (contact_mode_parse(bytes_of_string(output_string(item, "mode")), &mode, &err) ==
        STATUS_OK) {
        add_name(item, "mode", bytes_of_string(contact_mode_name(mode)));
    }
}

static void print_named(const struct session *session, const json_t *result,
                        const struct column *columns)
{
    json_t *items = json_deep_copy(result);
    size_t i;
    json_t *item;
    json_array_foreach(items, i, item)
    {
        add_name(item, "cadre", bytes_of_string(output_string(item, "name")));
        add_area_name(session, item, "village");
        add_mode_name(item);
    }
    output_table(columns, items);
    json_decref(items);
}

static bool is_empty(const json_t *result, const char *sentence)
{
    if (json_array_size(result) != 0) {
        return false;
    }
    (void)fprintf(stderr, "%s\n", sentence);
    return true;
}

/* ---- lists ---------------------------------------------------------------------------------- */

void visit_lists_print_visits(const struct session *session, const json_t *result)
{
    static const struct column columns[] = {
        {"VISIT", "visit", COLUMN_TEXT},
        {"HOUSEHOLD", "household", COLUMN_TEXT},
        {"VILLAGE", "village", COLUMN_TEXT},
        {"CADRE", "cadre", COLUMN_TEXT},
        {"AT", "at", COLUMN_TIME},
        {"MODE", "mode", COLUMN_TEXT},
        {"LATE", "is_late", COLUMN_TEXT},
        {"OFFICIAL CAR", "is_official_car", COLUMN_TEXT},
        {"PROMISES", "promises", COLUMN_TEXT},
        {"ISSUES", "issues", COLUMN_TEXT},
        {0},
    };
    if (!is_empty(result, "no visits")) {
        print_named(session, result, columns);
    }
}

void visit_lists_print_promises(const struct session *session, const json_t *result)
{
    static const struct column columns[] = {
        {"PROMISE", "promise", COLUMN_TEXT},    {"DUE", "due", COLUMN_TIME},
        {"OVERDUE", "is_overdue", COLUMN_TEXT}, {"HOUSEHOLD", "household", COLUMN_TEXT},
        {"HEAD", "head", COLUMN_TEXT},          {"CADRE", "cadre", COLUMN_TEXT},
        {"WORDS", "words", COLUMN_TEXT},        {0},
    };
    if (!is_empty(result, "no promise is open")) {
        print_named(session, result, columns);
    }
}

void visit_lists_print_cards(const struct session *session, const json_t *result)
{
    static const struct column columns[] = {
        {"HOUSEHOLD", "household", COLUMN_TEXT}, {"HEAD", "head", COLUMN_TEXT},
        {"VILLAGE", "village", COLUMN_TEXT},     {"CADRE", "cadre", COLUMN_TEXT},
        {"STATE", "state", COLUMN_TEXT},         {"EDITION", "edition", COLUMN_TEXT},
        {"PRINTED", "printed_at", COLUMN_TIME},  {"DELIVERED", "delivered_at", COLUMN_TIME},
        {"BY", "person", COLUMN_TEXT},           {0},
    };
    if (!is_empty(result, "no cards")) {
        print_named(session, result, columns);
    }
}

/* ---- households to be visited --------------------------------------------------------------- */

enum status visit_lists_run_due(struct session *session, const struct args *args, json_t **ret_json,
                                struct err *err)
{
    static const char *const shared[] = {"half", "due", "days_left"};
    json_t *reply;
    enum status st = query_run(session, args, &reply, err);
    if (st != STATUS_OK) {
        return st;
    }
    json_t *households = json_object_get(reply, "households");
    size_t i;
    json_t *item;
    json_array_foreach(households, i, item)
    {
        for (size_t j = 0; j < sizeof shared / sizeof shared[0]; j++) {
            (void)json_object_set(item, shared[j], json_object_get(reply, shared[j]));
        }
    }
    query_say_more(session, args, "households", households);
    *ret_json = json_incref(households);
    json_decref(reply);
    return STATUS_OK;
}

void visit_lists_print_due(const struct session *session, const json_t *result)
{
    static const struct column columns[] = {
        {"HOUSEHOLD", "household", COLUMN_TEXT}, {"HEAD", "head", COLUMN_TEXT},
        {"VILLAGE", "village", COLUMN_TEXT},     {"GROUP", "group", COLUMN_TEXT},
        {"CADRE", "cadre", COLUMN_TEXT},         {0},
    };
    const json_t *first = json_array_get(result, 0);
    struct buf text = {0};
    if (is_empty(result, "no household is left to be visited")) {
        return;
    }
    output_member(first, "due", COLUMN_TIME, &text);
    buf_append_string(&text, ", ");
    if (json_integer_value(json_object_get(first, "days_left")) != 0) {
        output_count(first, "days_left", "day left", "days left", &text);
    } else {
        buf_append_string(&text, "ended");
    }
    (void)printf("to be visited at home in %s, until %.*s\n", output_string(first, "half"),
                 BYTES_FMT(buf_bytes(&text)));
    buf_done(&text);
    print_named(session, result, columns);
}

/* ---- keeping a promise ---------------------------------------------------------------------- */

/* The promise as it stands now; left out where it cannot be read. */
static void look(struct session *session, uint64_t promise, json_t *result)
{
    struct visit_query query = {.visit = promise / PROMISES_PER_VISIT};
    struct ask ask = {.type = &visit_query_type, .message = &query, .reply_type = &visit_view_type};
    struct visit_view view;
    struct err unheard;
    struct promise_view_part part;
    if (call_named(session, "intake", &ask, &view, NULL, &unheard) != STATUS_OK) {
        return;
    }
    struct list_cursor cursor = list_begin(&view.promises);
    while (list_next_message(&cursor, &promise_view_part_type, &part)) {
        if (part.promise == promise) {
            json_t *json = message_to_json(&promise_view_part_type, &part, session_zone(session));
            (void)json_object_update(result, json);
            json_decref(json);
        }
    }
}

enum status visit_lists_run_keep(struct session *session, const struct args *args,
                                 json_t **ret_json, struct err *err)
{
    const struct promise_keep_command *command = args->message;
    uint64_t promise = command->promise;
    enum status st = change_run_plain(session, args, ret_json, err);
    if (st == STATUS_OK) {
        (void)json_object_set_new(*ret_json, "promise", json_integer((json_int_t)promise));
        look(session, promise, *ret_json);
    }
    return st;
}

void visit_lists_print_kept(const struct session *session, const json_t *result)
{
    struct buf due = {0};
    (void)session;
    output_member(result, "due", COLUMN_TIME, &due);
    (void)printf("promise %lld is kept",
                 (long long)json_integer_value(json_object_get(result, "promise")));
    if (due.len != 0) {
        (void)printf(": household %s %s, due %.*s, %s", output_string(result, "household"),
                     output_string(result, "head"), BYTES_FMT(buf_bytes(&due)),
                     output_string(result, "words"));
    }
    (void)printf("\n");
    buf_done(&due);
}
