/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/visits.h"

#include "cli/call.h"
#include "cli/change.h"
#include "cli/output.h"
#include "cli/text_input.h"
#include "domain/words.h"

#include <stdio.h>
#include <string.h>

/* ---- what is typed -------------------------------------------------------------------------- */

static enum status load_json(const char *path, const char *option, json_t **ret_json,
                             struct err *err)
{
    struct buf text = {0};
    json_error_t error;
    enum status st = text_input_read(path, TEXT_INPUT_MAX_BYTES, &text, err);
    if (st == STATUS_OK) {
        *ret_json = json_loadb((const char *)text.p, text.len, JSON_REJECT_DUPLICATES, &error);
        if (*ret_json == NULL) {
            st = fail_field(err, STATUS_INVALID, option, "'%s' line %d: %s", path, error.line,
                            error.text);
        }
    }
    buf_done(&text);
    return st;
}

static json_t *string_json(struct bytes text)
{
    return json_stringn(text.p == NULL ? "" : (const char *)text.p, text.len);
}

/* Cuts off what stands before the next colon. False: there is none. */
static bool take_piece(struct bytes *text, struct bytes *ret_piece)
{
    const uint8_t *colon = text->len == 0 ? NULL : memchr(text->p, ':', text->len);
    if (colon == NULL) {
        return false;
    }
    *ret_piece = bytes_of(text->p, (size_t)(colon - text->p));
    *text = bytes_of(colon + 1, text->len - ret_piece->len - 1);
    return true;
}

/* "difficulty:roads:title:text". */
static enum status read_matter(struct bytes text, json_t **ret_json, struct err *err)
{
    struct bytes kind;
    struct bytes category;
    struct bytes title;
    if (!take_piece(&text, &kind) || !take_piece(&text, &category) || !take_piece(&text, &title)) {
        return fail_field(err, STATUS_INVALID, "matter",
                          "write a matter as KIND:CATEGORY:TITLE:TEXT, or @FILE of JSON");
    }
    *ret_json =
        json_pack("{s:o*, s:o*, s:o*, s:o*}", "kind", string_json(kind), "category",
                  string_json(category), "title", string_json(title), "text", string_json(text));
    return STATUS_OK;
}

/* "2026-10-31: words". */
static enum status read_promise(struct bytes text, json_t **ret_json, struct err *err)
{
    struct bytes until;
    if (!take_piece(&text, &until)) {
        return fail_field(err, STATUS_INVALID, "promise",
                          "write a promise as DATE: WORDS, the date as 2026-10-31");
    }
    while (text.len != 0 && text.p[0] == ' ') {
        text = bytes_of(text.p + 1, text.len - 1);
    }
    *ret_json = json_pack("{s:o*, s:o*}", "until", string_json(until), "words", string_json(text));
    return STATUS_OK;
}

static json_t *list_of(json_t *visit, const char *member)
{
    json_t *list = json_object_get(visit, member);
    if (!json_is_array(list)) {
        (void)json_object_set_new(visit, member, json_array());
        list = json_object_get(visit, member);
    }
    return list;
}

static enum status add_matter(json_t *visit, struct bytes text, struct err *err)
{
    json_t *matter = NULL;
    enum status st = text.len > 1 && text.p[0] == '@'
                         ? load_json((const char *)text.p + 1, "matter", &matter, err)
                         : read_matter(text, &matter, err);
    if (st != STATUS_OK) {
        return st;
    }
    json_t *list = list_of(visit, "matters");
    if (json_is_array(matter)) {
        (void)json_array_extend(list, matter);
        json_decref(matter);
    } else {
        (void)json_array_append_new(list, matter);
    }
    return STATUS_OK;
}

static enum status add_promise(json_t *visit, struct bytes text, struct err *err)
{
    json_t *promise = NULL;
    enum status st = read_promise(text, &promise, err);
    if (st == STATUS_OK) {
        (void)json_array_append_new(list_of(visit, "promises"), promise);
    }
    return st;
}

/* "family,living". */
static enum status add_items(json_t *visit, struct bytes text, struct err *err)
{
    json_t *list = list_of(visit, "items");
    (void)err;
    while (text.len != 0) {
        const uint8_t *comma = memchr(text.p, ',', text.len);
        size_t len = comma == NULL ? text.len : (size_t)(comma - text.p);
        (void)json_array_append_new(list, string_json(bytes_of(text.p, len)));
        text = bytes_of(text.p + len, text.len - len);
        text = text.len == 0 ? text : bytes_of(text.p + 1, text.len - 1);
    }
    return STATUS_OK;
}

static const struct {
    const char *option;
    enum status (*add)(json_t *visit, struct bytes text, struct err *err);
} adders[] = {{"items", add_items}, {"matter", add_matter}, {"promise", add_promise}};

static enum status add_given(json_t *visit, const struct given *given, struct err *err)
{
    const char *name = given->parameter->name;
    for (size_t i = 0; i < sizeof adders / sizeof adders[0]; i++) {
        if (strcmp(adders[i].option, name) == 0) {
            return adders[i].add(visit, given->text, err);
        }
    }
    if (strcmp(name, "file") != 0) {
        (void)json_object_set_new(visit, name, string_json(given->text));
    }
    return STATUS_OK;
}

/* The file first, then what was typed beside it. */
static enum status read_visit(const struct args *args, json_t **ret_visit, struct err *err)
{
    const char *file = args_find_string(args, "file");
    json_t *visit = NULL;
    enum status st = STATUS_OK;
    if (file == NULL) {
        visit = json_object();
    } else if (file[0] != '@') {
        return fail_field(err, STATUS_INVALID, "file", "write @%s for a file with a visit", file);
    } else {
        st = load_json(file + 1, "file", &visit, err);
    }
    if (st == STATUS_OK && !json_is_object(visit)) {
        st = fail_field(err, STATUS_INVALID, "file", "'%s' holds no JSON object", file);
    }
    for (uint32_t i = 0; st == STATUS_OK && i < args->given_count; i++) {
        st = add_given(visit, &args->given[i], err);
    }
    if (st != STATUS_OK) {
        json_decref(visit);
        return st;
    }
    *ret_visit = visit;
    return STATUS_OK;
}

/* ---- showing -------------------------------------------------------------------------------- */

/* What the router says of an issue raised in the visit; only its number where it does not answer,
 * or may not be asked. */
static json_t *issue_json(struct session *session, const char *number, const struct position *after)
{
    struct issue_query query = {0};
    struct issue_view view;
    struct err err;
    json_t *issue = json_pack("{s:s, s:n, s:n, s:n}", "issue", number, "state", "lead", "title");
    struct ask ask = {.type = &issue_query_type,
                      .message = &query,
                      .reply_type = &issue_view_type,
                      .after = *after,
                      .wait_ms = after->seq != 0 ? LOOK_MS : 0};
    if (issue_parse(bytes_of_string(number), &query.issue, &err) == STATUS_OK &&
        call_named(session, "router", &ask, &view, NULL, &err) == STATUS_OK) {
        (void)json_object_set_new(issue, "state", json_string(state_word((enum state)view.state)));
        if (view.lead.len != 0) {
            (void)json_object_set_new(issue, "lead", string_json(view.lead));
        }
        (void)json_object_set_new(issue, "title", string_json(view.title));
    }
    return issue;
}

static void ask_issues(struct session *session, json_t *visit, const struct position *after)
{
    json_t *issues = json_array();
    json_t *number;
    size_t i;
    struct mono deadline = session_shorten(session, LOOK_MS);
    json_array_foreach(json_object_get(visit, "issues"), i, number)
    {
        (void)json_array_append_new(issues, issue_json(session, json_string_value(number), after));
    }
    (void)json_object_set_new(visit, "issues", issues);
    session->deadline = deadline;
}

static enum status show(struct session *session, uint64_t number, const struct position *after,
                        json_t **ret_json, struct err *err)
{
    struct visit_query query = {.visit = number};
    struct ask ask = {.type = &visit_query_type, .message = &query, .reply_type = &visit_view_type};
    struct visit_view view;
    enum status st = call_named(session, "intake", &ask, &view, NULL, err);
    if (st == STATUS_OK) {
        *ret_json = message_to_json(&visit_view_type, &view, session_zone(session));
        ask_issues(session, *ret_json, after);
    }
    return st;
}

enum status visits_run_show(struct session *session, const struct args *args, json_t **ret_json,
                            struct err *err)
{
    static const struct position anywhere;
    return show(session, ((const struct visit_query *)args->message)->visit, &anywhere, ret_json,
                err);
}

static enum status send(struct session *session, json_t *visit, struct change_reply *ret_reply,
                        struct answer *ret_answer, struct err *err)
{
    struct message_arena arena = {0};
    struct visit_log_command command;
    enum status st = message_from_json(&visit_log_command_type, visit, session_zone(session),
                                       &arena, &command, err);
    if (st == STATUS_OK) {
        struct ask ask = {.type = &visit_log_command_type,
                          .message = &command,
                          .reply_type = &change_reply_type,
                          .is_command = true};
        st = call_named(session, "intake", &ask, ret_reply, ret_answer, err);
    }
    message_arena_done(&arena);
    return st;
}

enum status visits_run_log(struct session *session, const struct args *args, json_t **ret_json,
                           struct err *err)
{
    json_t *visit = NULL;
    struct change_reply reply;
    struct answer answer;
    struct err unheard;
    char request[ID_TEXT_BYTES];
    enum status st = read_visit(args, &visit, err);
    if (st != STATUS_OK) {
        return st;
    }
    st = send(session, visit, &reply, &answer, err);
    json_decref(visit);
    if (st != STATUS_OK) {
        return st;
    }
    uint64_t number = reply.seq;
    /* The visit stands even when this look at it fails. */
    if (show(session, number, &answer.position, ret_json, &unheard) != STATUS_OK) {
        *ret_json = json_pack("{s:I}", "visit", (json_int_t)number);
    }
    struct id id = call_request_id(session);
    id_format(&id, request);
    (void)json_object_set_new(*ret_json, "position", change_position_json(&answer.position));
    (void)json_object_set_new(*ret_json, "request_id", json_string(request));
    return STATUS_OK;
}

/* ---- for people ----------------------------------------------------------------------------- */

static void print_line(const json_t *visit, const char *title, const char *member,
                       enum column_kind kind)
{
    struct buf text = {0};
    output_member(visit, member, kind, &text);
    if (text.len != 0) {
        (void)printf("  %-12s %.*s\n", title, BYTES_FMT(buf_bytes(&text)));
    }
    buf_done(&text);
}

static void print_items(const json_t *visit)
{
    size_t i;
    json_t *word;
    json_array_foreach(json_object_get(visit, "items"), i, word)
    {
        enum visit_item item;
        struct err err;
        const char *text = json_string_value(word);
        bool is_known = visit_item_parse(bytes_of_string(text), &item, &err) == STATUS_OK;
        (void)printf("  %-12s %s %s\n", i == 0 ? "items" : "", text,
                     is_known ? visit_item_name(item) : "");
    }
}

static void print_issues(const json_t *visit)
{
    size_t i;
    json_t *issue;
    json_array_foreach(json_object_get(visit, "issues"), i, issue)
    {
        struct buf state = {0};
        output_member(issue, "state", COLUMN_STATE, &state);
        (void)printf("  %-12s %s  %.*s  %s\n", i == 0 ? "issues" : "",
                     output_string(issue, "issue"), BYTES_FMT(buf_bytes(&state)),
                     output_string(issue, "title"));
        buf_done(&state);
    }
}

static void print_promises(const json_t *visit)
{
    size_t i;
    json_t *promise;
    json_array_foreach(json_object_get(visit, "promises"), i, promise)
    {
        struct buf due = {0};
        output_member(promise, "due", COLUMN_TIME, &due);
        bool is_kept = json_is_string(json_object_get(promise, "kept_at"));
        bool is_overdue = json_is_true(json_object_get(promise, "is_overdue"));
        (void)printf("  %-12s %lld by %.*s%s: %s\n", i == 0 ? "promises" : "",
                     (long long)json_integer_value(json_object_get(promise, "promise")),
                     BYTES_FMT(buf_bytes(&due)),
                     is_kept      ? ", kept"
                     : is_overdue ? ", overdue"
                                  : "",
                     output_string(promise, "words"));
        buf_done(&due);
    }
}

void visits_print(const struct session *session, const json_t *visit)
{
    static const struct column lines[] = {
        {"household", "household", COLUMN_TEXT},
        {"village", "village", COLUMN_TEXT},
        {"cadre", "cadre", COLUMN_TEXT},
        {"mode", "mode", COLUMN_TEXT},
        {"at", "at", COLUMN_TIME},
        {"half", "half", COLUMN_TEXT},
        {"transport", "transport", COLUMN_TEXT},
        {"words", "words", COLUMN_TEXT},
        {NULL, NULL, COLUMN_TEXT},
    };
    struct buf entered = {0};
    (void)session;
    (void)printf("visit %lld\n", (long long)json_integer_value(json_object_get(visit, "visit")));
    for (const struct column *line = lines; line->title != NULL; line++) {
        print_line(visit, line->title, line->member, line->kind);
    }
    if (json_is_true(json_object_get(visit, "is_late"))) {
        output_member(visit, "entered_at", COLUMN_TIME, &entered);
        (void)printf("  %-12s entered at %.*s\n", "late", BYTES_FMT(buf_bytes(&entered)));
    }
    if (json_is_true(json_object_get(visit, "is_official_car"))) {
        (void)printf("  %-12s the cadre came by official car\n", "flagged");
    }
    print_items(visit);
    print_issues(visit);
    print_promises(visit);
    buf_done(&entered);
}

/* ---- the checklist -------------------------------------------------------------------------- */

enum status visits_run_items(struct session *session, const struct args *args, json_t **ret_json,
                             struct err *err)
{
    (void)session;
    (void)args;
    (void)err;
    json_t *items = json_array();
    for (int item = 1; item < VISIT_ITEM_COUNT; item++) {
        (void)json_array_append_new(items, json_pack("{s:s, s:s}", "item",
                                                     visit_item_word((enum visit_item)item), "name",
                                                     visit_item_name((enum visit_item)item)));
    }
    *ret_json = items;
    return STATUS_OK;
}
