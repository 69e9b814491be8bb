/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/show.h"

#include "cli/explain.h"
#include "cli/output.h"
#include "cli/place.h"
#include "cli/record_json.h"
#include "cli/suggestions.h"
#include "domain/limits.h"
#include "domain/words.h"

#include <string.h>

#define PENDING_MS 500U
#define EVENTS_IN_VIEW 200U

/* ---- the router's view ---------------------------------------------------------------------- */

static enum status ask_view(struct session *session, uint64_t issue, const struct position *after,
                            struct issue_view *ret_view, struct answer *ret_answer, struct err *err)
{
    struct issue_query query = {.issue = issue};
    struct ask ask = {.type = &issue_query_type,
                      .message = &query,
                      .reply_type = &issue_view_type,
                      .after = *after,
                      .wait_ms = after->seq != 0 ? LOOK_MS : 0};
    return call_named(session, "router", &ask, ret_view, ret_answer, err);
}

/* A number the router does not know yet: waits for it, and when it does not come in time makes a
 * view of what intake knows. */
static enum status ask_intake(struct session *session, uint64_t issue, struct issue_view *ret_view,
                              struct answer *ret_answer, struct err *err)
{
    struct report_reply report;
    struct position position;
    struct err later;
    if (place_find_report(session, issue, &report, &position, &later) != STATUS_OK) {
        return STATUS_NOT_FOUND; /* with the router's sentence */
    }
    enum status st = ask_view(session, issue, &position, ret_view, ret_answer, &later);
    if (st == STATUS_NOT_FOUND) {
        *ret_answer = (struct answer){0};
        *ret_view = (struct issue_view){.issue = issue,
                                        .state = STATE_ACCEPTED,
                                        .cadre = report.cadre,
                                        .report_seq = report.seq};
        return STATUS_OK;
    }
    if (st != STATUS_OK) {
        *err = later;
    }
    return st;
}

/* ---- as the contract shows it --------------------------------------------------------------- */

/* due: {stage: time}, overdue: [stage], provisional: [stage], paused: [stage]. */
static void reshape_due(json_t *view)
{
    json_t *due = json_object();
    json_t *overdue = json_array();
    json_t *provisional = json_array();
    json_t *paused = json_array();
    size_t i;
    json_t *part;
    json_array_foreach(json_object_get(view, "due"), i, part)
    {
        const char *stage = output_string(part, "stage");
        (void)json_object_set(due, stage, json_object_get(part, "due_at"));
        if (json_is_true(json_object_get(part, "is_overdue"))) {
            (void)json_array_append_new(overdue, json_string(stage));
        }
        if (json_is_true(json_object_get(part, "is_provisional"))) {
            (void)json_array_append_new(provisional, json_string(stage));
        }
        if (json_is_true(json_object_get(part, "is_paused"))) {
            (void)json_array_append_new(paused, json_string(stage));
        }
    }
    (void)json_object_set_new(view, "due", due);
    (void)json_object_set_new(view, "overdue", overdue);
    (void)json_object_set_new(view, "provisional", provisional);
    (void)json_object_set_new(view, "paused", paused);
}

/* supervision: {level, issuer, asked, due_at, is_provisional, is_overdue}, or null; its due time
 * stands in `due` too. */
static void reshape_supervision(json_t *view)
{
    json_t *supervision = json_object_get(view, "supervision");
    json_t *due = json_object_get(supervision, "due_at");
    if (!json_is_string(due)) {
        (void)json_object_set_new(view, "supervision", json_null());
        return;
    }
    (void)json_object_set(json_object_get(view, "due"), "supervision", due);
    if (json_is_true(json_object_get(supervision, "is_overdue"))) {
        (void)json_array_append_new(json_object_get(view, "overdue"), json_string("supervision"));
    }
    if (json_is_true(json_object_get(supervision, "is_provisional"))) {
        (void)json_array_append_new(json_object_get(view, "provisional"),
                                    json_string("supervision"));
    }
    (void)json_object_del(supervision, "next_at");
    (void)json_object_del(supervision, "levels_done");
}

static void reshape_events(struct session *session, uint64_t issue, const struct id *journal,
                           json_t *view)
{
    json_t *events = json_object_get(view, "events");
    if (json_array_size(events) >= EVENTS_IN_VIEW) {
        const struct config_daemon *router;
        json_t *all;
        struct err err;
        if (session_find_daemon(session, BYTES("router"), &router, &err) == STATUS_OK &&
            record_ask_all(session, router, issue, &all, &err) == STATUS_OK) {
            (void)json_object_set_new(view, "events", all);
            return;
        }
    }
    size_t i;
    json_t *record;
    json_array_foreach(events, i, record)
    {
        record_reshape(record, "router", journal);
    }
}

/* ---- facts that wait ------------------------------------------------------------------------ */

static void add_pending(json_t *pending, const struct list *parts, struct bytes daemon,
                        const struct id *journal, struct zone zone)
{
    struct list_cursor cursor = list_begin(parts);
    struct pending_part part;
    char text[ID_TEXT_BYTES];
    id_format(journal, text);
    while (list_next_message(&cursor, &pending_part_type, &part)) {
        json_t *item = message_to_json(&pending_part_type, &part, zone);
        (void)json_object_set_new(item, "type", record_type_json(part.type));
        (void)json_object_set_new(item, "daemon", json_stringn((const char *)daemon.p, daemon.len));
        (void)json_object_set_new(item, "journal", json_string(text));
        (void)json_array_append_new(pending, item);
    }
}

/* What intake has on it: facts that wait, and the visit in which it was raised. */
static void ask_intake_part(struct session *session, uint64_t issue, json_t *view, json_t *pending)
{
    struct report_reply reply;
    struct position position;
    struct err err;
    if (place_find_report(session, issue, &reply, &position, &err) == STATUS_OK) {
        add_pending(pending, &reply.pending, BYTES("intake"), &position.journal,
                    session_zone(session));
        if (reply.visit != 0) {
            (void)json_object_set_new(view, "visit", json_integer((json_int_t)reply.visit));
        }
    }
}

static void ask_department_pending(struct session *session, uint64_t issue,
                                   const struct config_daemon *daemon, json_t *pending)
{
    struct queue_pending_query query = {.issue = issue};
    struct ask ask = {.type = &queue_pending_query_type,
                      .message = &query,
                      .reply_type = &queue_pending_reply_type};
    struct queue_pending_reply reply;
    struct answer answer;
    struct err err;
    if (call_daemon(session, daemon, &ask, &reply, &answer, &err) == STATUS_OK) {
        add_pending(pending, &reply.pending, daemon->name, &answer.position.journal,
                    session_zone(session));
    }
}

/* Daemons that are not there are passed over: what they hold shows once they are back. */
static json_t *ask_pending(struct session *session, uint64_t issue, json_t *view)
{
    json_t *pending = json_array();
    const struct config_daemon *asked[CONFIG_DAEMONS_MAX];
    uint32_t asked_count = 0;
    struct mono deadline = session_shorten(session, PENDING_MS);
    ask_intake_part(session, issue, view, pending);
    size_t i;
    json_t *leg;
    json_array_foreach(json_object_get(view, "legs"), i, leg)
    {
        struct bytes department = bytes_of_string(output_string(leg, "department"));
        const struct config_daemon *daemon =
            config_find_department_daemon(session->config, department);
        bool is_asked = daemon == NULL;
        for (uint32_t k = 0; k < asked_count; k++) {
            is_asked = is_asked || asked[k] == daemon;
        }
        if (!is_asked && asked_count < CONFIG_DAEMONS_MAX) {
            asked[asked_count++] = daemon;
            ask_department_pending(session, issue, daemon, pending);
        }
    }
    session->deadline = deadline;
    return pending;
}

/* For whoever sorts what no rule was sure of. */
static void add_suggestions(struct session *session, json_t *view)
{
    if (strcmp(output_string(view, "state"), state_word(STATE_TRIAGE)) == 0) {
        json_t *suggestions =
            suggestions_ask(session, bytes_of_string(output_string(view, "title")),
                            bytes_of_string(output_string(view, "text")));
        if (suggestions != NULL) {
            (void)json_object_set_new(view, "suggestions", suggestions);
        }
    }
}

enum status show_run(struct session *session, const struct args *args, json_t **ret_json,
                     struct err *err)
{
    static const struct position anywhere;
    uint64_t issue = ((const struct issue_query *)args->message)->issue;
    struct issue_view view;
    struct answer answer;
    enum status st = ask_view(session, issue, &anywhere, &view, &answer, err);
    if (st == STATUS_NOT_FOUND) {
        st = ask_intake(session, issue, &view, &answer, err);
    }
    if (st != STATUS_OK) {
        return st;
    }
    json_t *json = message_to_json(&issue_view_type, &view, session_zone(session));
    reshape_due(json);
    reshape_supervision(json);
    explain_reshape(session, json);
    reshape_events(session, issue, &answer.position.journal, json);
    (void)json_object_set_new(json, "pending", ask_pending(session, issue, json));
    add_suggestions(session, json);
    *ret_json = json;
    return STATUS_OK;
}

/* ---- for people ----------------------------------------------------------------------------- */

static void print_line(const json_t *issue, const char *title, const char *member,
                       enum column_kind kind)
{
    struct buf text = {0};
    output_member(issue, member, kind, &text);
    if (text.len != 0) {
        (void)printf("  %-12s %.*s\n", title, BYTES_FMT(buf_bytes(&text)));
    }
    buf_done(&text);
}

static void print_path(const json_t *issue)
{
    size_t i;
    json_t *name;
    json_array_foreach(json_object_get(issue, "category_path"), i, name)
    {
        (void)printf("%s%s", i == 0 ? "  category     " : " / ", json_string_value(name));
    }
    if (json_array_size(json_object_get(issue, "category_path")) != 0) {
        (void)printf(" (%s)\n", output_string(issue, "category"));
    }
}

static void print_legs(const json_t *issue)
{
    struct buf state = {0};
    size_t i;
    json_t *leg;
    json_array_foreach(json_object_get(issue, "legs"), i, leg)
    {
        buf_clear(&state);
        output_member(leg, "state", COLUMN_LEG, &state);
        (void)printf("  %-12s %s: %.*s\n", output_string(leg, "role"),
                     output_string(leg, "department"), BYTES_FMT(buf_bytes(&state)));
    }
    buf_done(&state);
}

static bool is_among(const json_t *words, const char *word)
{
    size_t i;
    json_t *item;
    json_array_foreach((json_t *)(uintptr_t)words, i, item)
    {
        if (bytes_equal(bytes_of_string(word), bytes_of_string(json_string_value(item)))) {
            return true;
        }
    }
    return false;
}

static void print_supervision(const json_t *issue)
{
    const json_t *supervision = json_object_get(issue, "supervision");
    json_int_t level = json_integer_value(json_object_get(issue, "supervised"));
    const char *issuer = output_string(supervision, "issuer");
    if (level != 0) {
        (void)printf("  %-12s level %" JSON_INTEGER_FORMAT ", by %s\n", "supervised", level,
                     issuer[0] == '\0' ? "the system" : issuer);
    }
}

/* The last level is that of those listed for criticism. */
static void print_level(const json_t *issue)
{
    json_int_t level = json_integer_value(json_object_get(issue, "level"));
    if (level != 0) {
        (void)printf("  %-12s up to level %" JSON_INTEGER_FORMAT " of %u%s\n", "reminders", level,
                     LADDER_LEVEL_MAX, level == LADDER_LEVEL_MAX ? ", listed for criticism" : "");
    }
}

static void print_due(const json_t *issue)
{
    const json_t *overdue = json_object_get(issue, "overdue");
    const json_t *provisional = json_object_get(issue, "provisional");
    const json_t *paused = json_object_get(issue, "paused");
    const char *stage;
    json_t *at;
    struct buf text = {0};
    json_object_foreach(json_object_get(issue, "due"), stage, at)
    {
        buf_clear(&text);
        output_member(json_object_get(issue, "due"), stage, COLUMN_TIME, &text);
        (void)printf("  %-12s %s by %.*s%s%s%s\n", "due", stage, BYTES_FMT(buf_bytes(&text)),
                     is_among(overdue, stage) ? ", overdue" : "",
                     is_among(provisional, stage) ? ", provisional" : "",
                     is_among(paused, stage) ? ", paused" : "");
    }
    buf_done(&text);
}

static void print_events(const json_t *issue)
{
    struct buf text = {0};
    size_t i;
    json_t *event;
    json_array_foreach(json_object_get(issue, "events"), i, event)
    {
        buf_clear(&text);
        output_member(event, "at", COLUMN_TIME, &text);
        const char *to = output_string(event, "to");
        const char *reason = output_string(event, "reason");
        (void)printf("  %.*s  %s%s%s  %s%s%s\n", BYTES_FMT(buf_bytes(&text)),
                     output_string(event, "type"), to[0] == '\0' ? "" : " -> ", to,
                     output_string(event, "actor"), reason[0] == '\0' ? "" : ": ", reason);
    }
    buf_done(&text);
}

static void print_pending(const json_t *issue)
{
    size_t i;
    json_t *fact;
    json_array_foreach(json_object_get(issue, "pending"), i, fact)
    {
        (void)printf("  %-12s %s by %s waits for the router\n", "pending",
                     output_string(fact, "type"), output_string(fact, "actor"));
    }
}

/* Which rule routed it, by which words and of which configuration; places count from 1, as people
 * do. */
static void print_rule(const json_t *issue)
{
    size_t i;
    json_t *word;
    if (output_string(issue, "rule")[0] == '\0') {
        return;
    }
    (void)printf("  %-12s rule '%s' decided", "routed", output_string(issue, "rule"));
    json_array_foreach(json_object_get(issue, "words"), i, word)
    {
        bool in_title = json_is_true(json_object_get(word, "in_title"));
        json_int_t place = json_integer_value(json_object_get(word, "offset")) + 1;
        (void)printf("%s '%s' (%s %" JSON_INTEGER_FORMAT ")", i == 0 ? ", because of" : ",",
                     output_string(word, "word"), in_title ? "title" : "text", place);
    }
    const char *config = output_string(issue, "config");
    (void)printf(config[0] == '\0' ? "\n" : "; configuration %.8s\n", config);
}

static void print_suggestions(const json_t *issue)
{
    struct buf text = {0};
    suggestions_append(json_object_get(issue, "suggestions"), &text);
    (void)printf("%.*s", BYTES_FMT(buf_bytes(&text)));
    buf_done(&text);
}

void show_print(const struct session *session, const json_t *issue)
{
    static const struct column lines[] = {
        {"outcome", "outcome", COLUMN_TEXT},
        {"proposed", "proposed", COLUMN_TEXT},
        {"urgency", "urgency", COLUMN_TEXT},
        {"kind", "kind", COLUMN_TEXT},
        {"area", "area", COLUMN_TEXT},
        {"household", "household", COLUMN_TEXT},
        {"cadre", "cadre", COLUMN_TEXT},
        {"source", "source", COLUMN_TEXT},
        {"visit", "visit", COLUMN_TEXT},
        {"leader", "leader", COLUMN_TEXT},
        {"created", "created_at", COLUMN_TIME},
        {"changed", "updated_at", COLUMN_TIME},
        {"redo", "redo", COLUMN_TEXT},
        {"questions", "questions", COLUMN_TEXT},
        {"unanswered", "is_info_missing", COLUMN_TEXT},
        {"contacted", "is_contacted", COLUMN_TEXT},
        {"told late", "is_feedback_late", COLUMN_TEXT},
        {"waits for", "wait_ground", COLUMN_TEXT},
        {"waits until", "wait_until", COLUMN_TIME},
        {"answer", "answer", COLUMN_TEXT},
        {"evidence", "evidence", COLUMN_TEXT},
        {"ground", "ground", COLUMN_TEXT},
        {"tried", "tried", COLUMN_TEXT},
        {NULL, NULL, COLUMN_TEXT},
    };
    (void)session;
    struct buf state = {0};
    output_member(issue, "state", COLUMN_STATE, &state);
    (void)printf("%s  %.*s  %s\n", output_string(issue, "issue"), BYTES_FMT(buf_bytes(&state)),
                 output_string(issue, "title"));
    buf_done(&state);
    if (output_string(issue, "next")[0] != '\0') {
        (void)printf("  next: %s\n", output_string(issue, "next"));
    }
    explain_print(issue);
    if (output_string(issue, "text")[0] != '\0') {
        (void)printf("\n%s\n\n", output_string(issue, "text"));
    }
    print_path(issue);
    print_rule(issue);
    for (const struct column *line = lines; line->title != NULL; line++) {
        print_line(issue, line->title, line->member, line->kind);
    }
    print_legs(issue);
    print_level(issue);
    print_supervision(issue);
    print_due(issue);
    print_pending(issue);
    print_suggestions(issue);
    (void)printf("\n");
    print_events(issue);
}
