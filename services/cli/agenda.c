/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/agenda.h"

#include "cli/output.h"
#include "cli/query.h"

#include <stdio.h>
#include <string.h>

#define PAGE_MAX 200U

/* The agenda while it is put together. */
struct agenda {
    struct session *session;
    const struct agenda_query *query;
    json_t *duties;
    json_int_t left; /* that come after these, at most */
    bool is_cut;
};

/* ---- asking --------------------------------------------------------------------------------- */

/* "overdue by 2d", "5h left": in days from two on, else in hours, else in minutes. */
static void format_left(int64_t left_us, char *text, size_t size)
{
    static const struct {
        int64_t least_s;
        int64_t unit_s;
        const char *unit;
    } units[] = {{2 * S_PER_DAY, S_PER_DAY, "d"}, {3600, 3600, "h"}, {0, 60, "m"}};
    bool is_overdue = left_us <= 0;
    int64_t left_s = (is_overdue ? -left_us : left_us) / US_PER_S;
    size_t i = 0;
    while (left_s < units[i].least_s) {
        i++;
    }
    (void)snprintf(text, size, is_overdue ? "overdue by %lld%s" : "%lld%s left",
                   (long long)(left_s / units[i].unit_s), units[i].unit);
}

static void reshape(json_t *duty, struct wall now, struct zone zone)
{
    struct wall due;
    struct err err;
    char text[48];
    const char *due_text = output_string(duty, "due_at");
    static const char *const numbers[] = {"promise", "count"};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (json_integer_value(json_object_get(duty, numbers[i])) == 0) {
            (void)json_object_set_new(duty, numbers[i], json_null());
        }
    }
    (void)json_object_del(duty, "people");
    if (due_text[0] != '\0' &&
        wall_parse(bytes_of_string(due_text), zone, &due, &err) == STATUS_OK) {
        format_left(due.us - now.us, text, sizeof text);
        (void)json_object_set_new(duty, "left", json_string(text));
    } else {
        (void)json_object_set_new(duty, "left", json_null());
    }
}

static enum status ask(struct agenda *agenda, const char *daemon, struct err *err)
{
    struct ask ask = {
        .type = &agenda_query_type, .message = agenda->query, .reply_type = &agenda_reply_type};
    struct agenda_reply reply;
    struct zone zone = session_zone(agenda->session);
    enum status st = call_named(agenda->session, daemon, &ask, &reply, NULL, err);
    if (st != STATUS_OK) {
        return st;
    }
    json_t *whole = message_to_json(&agenda_reply_type, &reply, zone);
    json_t *duties = json_object_get(whole, "duties");
    size_t i;
    json_t *duty;
    json_array_foreach(duties, i, duty)
    {
        reshape(duty, reply.now, zone);
    }
    (void)json_array_extend(agenda->duties, duties);
    agenda->left += (json_int_t)reply.left;
    agenda->is_cut = agenda->is_cut || reply.is_cut;
    json_decref(whole);
    return STATUS_OK;
}

/* ---- putting together ----------------------------------------------------------------------- */

static size_t find_first(const json_t *duties)
{
    size_t first = 0;
    for (size_t i = 1; i < json_array_size(duties); i++) {
        const char *id = output_string(json_array_get(duties, i), "id");
        if (strcmp(id, output_string(json_array_get(duties, first), "id")) < 0) {
            first = i;
        }
    }
    return first;
}

/* The first ones of all that were answered. */
static json_t *merge(struct agenda *agenda)
{
    uint32_t limit = agenda->query->limit == 0 ? PAGE_MAX : agenda->query->limit;
    json_t *page = json_array();
    while (json_array_size(page) < limit && json_array_size(agenda->duties) != 0) {
        size_t first = find_first(agenda->duties);
        (void)json_array_append(page, json_array_get(agenda->duties, first));
        (void)json_array_remove(agenda->duties, first);
    }
    agenda->left += (json_int_t)json_array_size(agenda->duties);
    return page;
}

static void say_what_is_left(struct agenda *agenda, const json_t *page)
{
    if (agenda->left != 0) {
        const json_t *last = json_array_get(page, json_array_size(page) - 1);
        session_note(agenda->session,
                     "there are more, %" JSON_INTEGER_FORMAT " at most; go on with --after %s",
                     agenda->left, output_string(last, "id"));
    }
    if (agenda->is_cut) {
        session_note(agenda->session, "there was too much to look through; what is not shown here "
                                      "is in 'issue list' and 'queue list'");
    }
}

/* Intake is asked first: it knows everybody, and refuses whom nobody knows. */
enum status agenda_run(struct session *session, const struct args *args, json_t **ret_json,
                       struct err *err)
{
    struct agenda agenda = {.session = session, .query = args->message, .duties = json_array()};
    enum status st = ask(&agenda, "intake", err);
    if (st == STATUS_OK) {
        st = ask(&agenda, "router", err);
    }
    if (st == STATUS_OK) {
        *ret_json = merge(&agenda);
        say_what_is_left(&agenda, *ret_json);
    }
    json_decref(agenda.duties);
    return st;
}

/* ---- for people ----------------------------------------------------------------------------- */

/* The number or place that the duty is about. */
static void set_about(json_t *duty)
{
    static const char *const members[] = {"issue", "promise", "community"};
    struct buf about = {0};
    for (size_t i = 0; i < sizeof members / sizeof members[0] && about.len == 0; i++) {
        output_member(duty, members[i], COLUMN_TEXT, &about);
    }
    (void)json_object_set_new(duty, "about", json_stringn((const char *)about.p, about.len));
    buf_done(&about);
}

void agenda_print(const struct session *session, const json_t *duties)
{
    static const struct column columns[] = {
        {"DUE", "due_at", COLUMN_DUE},
        {"LEFT", "left", COLUMN_TEXT},
        {"DUTY", "kind", COLUMN_DUTY},
        {"ABOUT", "about", COLUMN_TEXT},
        {"SECTION", "department", COLUMN_TEXT},
        {"HOUSEHOLD", "household", COLUMN_TEXT},
        {"TITLE", "title", COLUMN_TEXT},
        {"TO DO", "what", COLUMN_TEXT},
        {NULL, NULL, COLUMN_TEXT},
    };
    (void)session;
    if (json_array_size(duties) == 0) {
        (void)fprintf(stderr, "nothing\n");
        return;
    }
    json_t *rows = json_deep_copy(duties);
    size_t i;
    json_t *duty;
    json_array_foreach(rows, i, duty)
    {
        set_about(duty);
    }
    output_table(columns, rows);
    json_decref(rows);
}
