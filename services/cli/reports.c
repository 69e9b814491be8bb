/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/reports.h"

#include "cli/import_file.h"
#include "cli/output.h"
#include "cli/routing_json.h"
#include "cli/suggestions.h"
#include "cli/text_input.h"
#include "domain/calendar.h"

#include <stdio.h>
#include <string.h>

#define LIST_MAX 200U

/* A file being read. */
struct reading {
    struct session *session;
    const struct config *config;
    struct import_file file;
    struct rules_scratch *scratch;  /* of a dry run; else NULL */
    struct suggestion_model *model; /* likewise */
    struct wall now;                /* for the instance, as intake will see it */
    json_t *results;
};

/* ---- reading -------------------------------------------------------------------------------- */

/* "2019/3/6 20:07:47", as spreadsheets write times, becomes a time as RFC 3339 has it. */
static void correct_time(json_t *object)
{
    int year;
    int month;
    int day;
    int hour;
    int minute;
    int second;
    char rest;
    const char *text = json_string_value(json_object_get(object, "at"));
    if (text == NULL || sscanf(text, "%4d/%2d/%2d %2d:%2d:%2d%c", &year, &month, &day, &hour,
                               &minute, &second, &rest) != 6) {
        return;
    }
    char corrected[96];
    (void)snprintf(corrected, sizeof corrected, "%04d-%02d-%02dT%02d:%02d:%02d", year, month, day,
                   hour, minute, second);
    (void)json_object_set_new(object, "at", json_string(corrected));
}

/* A category may be given by its Chinese name, which becomes its code. */
static enum status correct_category(const struct reading *reading, json_t *object, struct err *err)
{
    const json_t *given = json_object_get(object, "category");
    if (!json_is_string(given) || json_string_length(given) == 0) {
        return STATUS_OK;
    }
    struct bytes text = bytes_of(json_string_value(given), json_string_length(given));
    struct bytes code;
    if (!routing_find_category(reading->config, text, &code)) {
        return fail_field(err, STATUS_INVALID, "category",
                          "there is no category '%.*s' in the catalogue", BYTES_FMT(text));
    }
    (void)json_object_set_new(object, "category", json_stringn((const char *)code.p, code.len));
    return STATUS_OK;
}

static enum status parse_line(const struct reading *reading, struct bytes line,
                              struct message_arena *arena, struct report_part *ret_report,
                              struct err *err)
{
    json_error_t error;
    json_t *object = json_loadb((const char *)line.p, line.len, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(object)) {
        json_decref(object);
        return fail(err, STATUS_INVALID, "this is no JSON object: %.200s",
                    object == NULL ? error.text : "it is another value");
    }
    /* The number a report had where it comes from; it gets a new one here. */
    (void)json_object_del(object, "id");
    correct_time(object);
    enum status st = correct_category(reading, object, err);
    if (st == STATUS_OK) {
        st = message_from_json(&report_part_type, object, session_zone(reading->session), arena,
                               ret_report, err);
    }
    json_decref(object);
    return st;
}

static void put_result(struct reading *reading, uint32_t line, json_t *result)
{
    (void)json_object_set_new(result, "line", json_integer(line));
    if (json_object_get(result, "issue") == NULL) {
        (void)json_object_set_new(result, "issue", json_null());
    }
    (void)json_array_append_new(reading->results, result);
}

/* What the rules would say. A household's area and tags are not known without intake. */
static void try_rules(struct reading *reading, uint32_t line, const struct report_part *report)
{
    struct rule_facts facts = {
        .category = report->category,
        .kind = report->kind == 0 ? KIND_OPINION : (enum kind)report->kind,
        .source = SOURCE_IMPORT,
        .urgency = URGENCY_GENERAL,
        .is_working_hours = calendar_is_working(reading->config->calendar, reading->now),
        .title = report->title,
        .text = report->text,
    };
    struct rule_decision decision;
    json_t *result = rules_match(reading->config->rules, &facts, reading->scratch, &decision)
                         ? routing_decision_json(reading->config, &decision)
                         : json_pack("{s:s}", "state", state_word(STATE_TRIAGE));
    (void)json_object_set_new(result, "suggestions",
                              suggestion_model_ask(reading->model, report->title, report->text));
    put_result(reading, line, result);
}

/* What intake refuses, as far as it can be seen without the register. */
static void try_row(struct reading *reading, uint32_t line, const struct report_part *report)
{
    if (report->at.us > reading->now.us) {
        import_file_problem(&reading->file, line, "at",
                            "lies in the future; say when it was said, or leave it out");
        return;
    }
    try_rules(reading, line, report);
}

static bool read_line(struct reading *reading, uint32_t number, struct bytes line)
{
    struct message_arena arena = {0};
    struct report_part report;
    struct err err;
    bool goes_on = true;
    enum status st = parse_line(reading, line, &arena, &report, &err);
    if (st != STATUS_OK) {
        const char *field = err.field[0] == '-' ? err.field + 2 : err.field;
        import_file_problem(&reading->file, number, field, err.text);
    } else {
        goes_on = import_file_add(&reading->file, number, &report_part_type, &report);
        if (goes_on && reading->scratch != NULL) {
            try_row(reading, number, &report);
        }
    }
    message_arena_done(&arena);
    return goes_on;
}

static bool is_blank(struct bytes line)
{
    for (size_t i = 0; i < line.len; i++) {
        if (line.p[i] != ' ' && line.p[i] != '\t' && line.p[i] != '\r') {
            return false;
        }
    }
    return true;
}

static void read_lines(struct reading *reading, struct bytes text)
{
    uint32_t number = 0;
    size_t at = bytes_start_with(text, BYTES("\xef\xbb\xbf")) ? 3 : 0;
    while (at < text.len) {
        const uint8_t *end = memchr(text.p + at, '\n', text.len - at);
        size_t len = end == NULL ? text.len - at : (size_t)(end - (text.p + at));
        struct bytes line = bytes_of(text.p + at, len);
        number++;
        if (!is_blank(line) && !read_line(reading, number, line)) {
            return;
        }
        at += len + 1;
    }
}

/* ---- what became of them -------------------------------------------------------------------- */

/* The numbers of one command follow one another. */
static void put_accepted(struct reading *reading, uint64_t first_issue)
{
    for (uint32_t i = 0; i < reading->file.rows.count; i++) {
        char issue[ISSUE_TEXT_BYTES];
        issue_format(first_issue + i, issue);
        put_result(reading, reading->file.lines[i],
                   json_pack("{s:s, s:s, s:n, s:n, s:[], s:n}", "issue", issue, "state",
                             state_word(STATE_ACCEPTED), "lead", "category", "category_path",
                             "rule"));
    }
}

static void put_item(const struct reading *reading, uint64_t first_issue,
                     const struct issue_item *item)
{
    json_t *result = json_array_get(reading->results, (size_t)(item->issue - first_issue));
    json_t *shown = message_to_json(&issue_item_type, item, session_zone(reading->session));
    static const char *const members[] = {"state", "lead", "category", "rule"};
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        (void)json_object_set(result, members[i], json_object_get(shown, members[i]));
    }
    (void)json_object_set_new(result, "category_path",
                              routing_path_json(reading->config, item->category));
    json_decref(shown);
}

/* One page of the router's list; false when it has no more of these issues. */
static bool put_page(const struct reading *reading, uint64_t first_issue,
                     struct issue_list_query *query, const struct position *after)
{
    struct ask ask = {.type = &issue_list_query_type,
                      .message = query,
                      .reply_type = &issue_list_reply_type,
                      .after = *after,
                      .wait_ms = LOOK_MS};
    struct issue_list_reply reply;
    struct err err;
    if (call_named(reading->session, "router", &ask, &reply, NULL, &err) != STATUS_OK) {
        return false;
    }
    struct list_cursor cursor = list_begin(&reply.issues);
    struct issue_item item;
    bool goes_on = false;
    while (list_next_message(&cursor, &issue_item_type, &item)) {
        if (item.issue >= first_issue + reading->file.rows.count) {
            return false;
        }
        put_item(reading, first_issue, &item);
        query->after = item.issue;
        goes_on = true;
    }
    return goes_on;
}

/* The number before; no year has a number 0. */
static uint64_t number_before(uint64_t issue)
{
    return issue % (ISSUE_RUNNING_MAX + 1) == 1 ? issue - 2 : issue - 1;
}

/* The router's word on them, as far as it comes in time; what it has not taken yet is accepted. */
static void look(const struct reading *reading, uint64_t first_issue, const struct position *last)
{
    struct issue_list_query query = {.after = number_before(first_issue), .limit = LIST_MAX};
    uint64_t first_seq = last->seq + 1 - reading->file.rows.count;
    uint64_t done;
    do {
        done = query.after < first_issue ? 0 : query.after + 1 - first_issue;
        uint64_t want =
            done + LIST_MAX < reading->file.rows.count ? done + LIST_MAX : reading->file.rows.count;
        struct position after = {last->journal, first_seq + want - 1};
        if (done == reading->file.rows.count || !put_page(reading, first_issue, &query, &after)) {
            return;
        }
        output_progress("%llu of %u routed", (unsigned long long)done, reading->file.rows.count);
    } while (session_left_ms(reading->session) > 0);
}

static enum status take_in(struct reading *reading, const char *path, struct err *err)
{
    struct import import = {.path = path, .type = &report_import_command_type};
    enum status st = import_file_send(&reading->file, reading->session, &import, err);
    if (st == STATUS_OK) {
        put_accepted(reading, import.reply.issue);
        session_renew(reading->session);
        look(reading, import.reply.issue, &import.answer.position);
    }
    return st;
}

enum status reports_run_import(struct session *session, const struct args *args, json_t **ret_json,
                               struct err *err)
{
    const char *path = args_find_string(args, "file");
    struct buf text = {0};
    enum status st = text_input_read(path, 4 * FILE_INPUT_MAX_BYTES, &text, err);
    if (st != STATUS_OK) {
        buf_done(&text);
        return st;
    }
    bool is_dry = args_has(args, "dry-run");
    struct reading reading = {
        .session = session,
        .config = session->config,
        .scratch = is_dry ? rules_scratch_open() : NULL,
        .model = is_dry ? suggestion_model_open(session) : NULL,
        .now = session_now_of(session->home),
        .results = json_array(),
    };
    import_file_init(&reading.file, 1);
    read_lines(&reading, buf_bytes(&text));
    st = is_dry ? import_file_check(&reading.file, session, path, err)
                : take_in(&reading, path, err);
    if (st == STATUS_OK) {
        *ret_json = json_incref(reading.results);
    }
    json_decref(reading.results);
    suggestion_model_close(reading.model);
    rules_scratch_close(reading.scratch);
    import_file_done(&reading.file);
    buf_done(&text);
    return st;
}
