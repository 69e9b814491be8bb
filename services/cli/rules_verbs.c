/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/rules_verbs.h"

#include "base/memory.h"
#include "cli/grid.h"
#include "cli/output.h"
#include "cli/routing_json.h"
#include "cli/settings_verbs.h"
#include "cli/suggestions.h"
#include "domain/calendar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *text_json(struct bytes text)
{
    json_t *json = json_stringn(text.p == NULL ? "" : (const char *)text.p, text.len);
    return json == NULL ? json_null() : json;
}

/* ---- test ----------------------------------------------------------------------------------- */

static json_t *example_json(const struct rule_example_result *result)
{
    return json_pack("{s:I, s:o, s:o, s:o, s:b, s:o, s:b}", "line", (json_int_t)result->line,
                     "title", text_json(result->title), "text", text_json(result->text), "rule",
                     text_json(result->rule), "must_decide", result->is_match, "decided",
                     text_json(result->decided), "right", result->is_right);
}

/* What the examples of one rule come to. */
struct tally {
    uint32_t in;  /* that it must decide */
    uint32_t out; /* that it must not */
    uint32_t failed;
};

static json_t *tallies_json(const struct config *config, const struct tally *tallies)
{
    json_t *rules = json_array();
    for (uint32_t r = 0; r < rules_count(config->rules); r++) {
        struct rule_about about;
        rules_about(config->rules, r, &about);
        const struct department *section = office_find_department(&config->office, about.lead);
        json_t *json = json_pack("{s:o, s:I, s:o, s:o, s:I, s:I, s:I}", "rule", text_json(about.id),
                                 "line", (json_int_t)about.line, "lead",
                                 section == NULL ? json_null() : text_json(about.lead), "section",
                                 section == NULL ? json_null() : text_json(section->name), "in",
                                 (json_int_t)tallies[r].in, "out", (json_int_t)tallies[r].out,
                                 "failed", (json_int_t)tallies[r].failed);
        (void)json_array_append_new(rules, json);
    }
    return rules;
}

static json_t *try_examples(const struct config *config)
{
    struct tally *tallies = memory_new(rules_count(config->rules) + 1, sizeof *tallies);
    struct rules_scratch *scratch = rules_scratch_open();
    json_t *examples = json_array();
    uint32_t failed = 0;
    for (uint32_t i = 0; i < rules_example_count(config->rules); i++) {
        struct rule_example_result result;
        rules_try_example(config->rules, i, scratch, &result);
        failed += result.is_right ? 0 : 1;
        if (result.rule_index != RULES_NONE) {
            struct tally *tally = &tallies[result.rule_index];
            tally->in += result.is_match ? 1 : 0;
            tally->out += result.is_match ? 0 : 1;
            tally->failed += result.is_right ? 0 : 1;
        }
        (void)json_array_append_new(examples, example_json(&result));
    }
    json_t *json = json_pack(
        "{s:I, s:I, s:I, s:o, s:o}", "rules", (json_int_t)rules_count(config->rules), "words",
        (json_int_t)rules_word_count(config->rules), "failed", (json_int_t)failed, "by_rule",
        tallies_json(config, tallies), "examples", examples);
    rules_scratch_close(scratch);
    free(tallies);
    return json;
}

/* Shows the table also of a file with mistakes, whose list is on stderr; for programs that is a
 * failure and nothing else. */
enum status rules_run_test(struct session *session, const struct args *args, json_t **ret_json,
                           struct err *err)
{
    struct config *config;
    enum status st = settings_examine(session, args_find_string(args, "dir"), &config, err);
    if (st != STATUS_OK) {
        return st;
    }
    json_t *json = try_examples(config);
    if (session->exit == CLI_CONFIGURATION) {
        if (!session->globals.is_json) {
            rules_print_test(session, json);
        }
        st = fail(err, STATUS_INVALID, "the configuration in '%s' has errors and is not used",
                  config->dir);
        json_decref(json);
    } else {
        *ret_json = json;
    }
    config_close(config);
    return st;
}

static void put_number(struct grid *table, const json_t *row, const char *member)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%lld",
                   (long long)json_integer_value(json_object_get(row, member)));
    grid_put(table, bytes_of_string(text));
}

static void print_tallies(const json_t *by_rule)
{
    static const char *const titles[] = {"RULE", "LINE", "LEAD", "SECTION", "IN", "OUT", "FAILED"};
    struct grid *table = grid_open(sizeof titles / sizeof titles[0]);
    for (size_t c = 0; c < sizeof titles / sizeof titles[0]; c++) {
        grid_put(table, bytes_of_string(titles[c]));
    }
    size_t i;
    json_t *row;
    json_array_foreach(by_rule, i, row)
    {
        const char *lead = output_string(row, "lead");
        grid_put(table, bytes_of_string(output_string(row, "rule")));
        put_number(table, row, "line");
        grid_put(table, bytes_of_string(*lead == '\0' ? "(triage desk)" : lead));
        grid_put(table, bytes_of_string(output_string(row, "section")));
        put_number(table, row, "in");
        put_number(table, row, "out");
        put_number(table, row, "failed");
    }
    struct buf text = {0};
    grid_append(table, &text);
    (void)printf("%.*s", BYTES_FMT(buf_bytes(&text)));
    buf_done(&text);
    grid_close(table);
}

static void print_failed(const json_t *example)
{
    const char *title = output_string(example, "title");
    const char *text = output_string(example, "text");
    (void)printf("line %lld: '%s' decided, %s '%s': %s%s%s\n",
                 (long long)json_integer_value(json_object_get(example, "line")),
                 output_string(example, "decided"),
                 json_is_true(json_object_get(example, "must_decide")) ? "not" : "and must not be",
                 output_string(example, "rule"), title,
                 *title == '\0' || *text == '\0' ? "" : " / ", text);
}

void rules_print_test(const struct session *session, const json_t *result)
{
    (void)session;
    size_t i;
    json_t *item;
    json_int_t in = 0;
    size_t without = 0;
    json_array_foreach(json_object_get(result, "by_rule"), i, item)
    {
        json_int_t own = json_integer_value(json_object_get(item, "in"));
        in += own;
        without += own == 0;
    }
    print_tallies(json_object_get(result, "by_rule"));
    json_array_foreach(json_object_get(result, "examples"), i, item)
    {
        if (!json_is_true(json_object_get(item, "right"))) {
            print_failed(item);
        }
    }
    size_t examples = json_array_size(json_object_get(result, "examples"));
    (void)printf("%lld rules, %lld words, %zu examples (%lld in, %lld out), %lld failed",
                 (long long)json_integer_value(json_object_get(result, "rules")),
                 (long long)json_integer_value(json_object_get(result, "words")), examples,
                 (long long)in, (long long)examples - (long long)in,
                 (long long)json_integer_value(json_object_get(result, "failed")));
    if (without > 0) {
        (void)printf("; %zu rules have no example that they decide", without);
    }
    (void)printf("\n");
    (void)fflush(stdout);
}

/* ---- explain -------------------------------------------------------------------------------- */

static json_t *found_json(const struct rule_found *found, uint32_t count)
{
    json_t *words = json_array();
    for (uint32_t i = 0; i < count; i++) {
        (void)json_array_append_new(words,
                                    json_pack("{s:o, s:s, s:I}", "word", text_json(found[i].word),
                                              "in", found[i].field == RULE_TITLE ? "title" : "text",
                                              "offset", (json_int_t)found[i].position));
    }
    return words;
}

static json_t *near_json(const struct rule_near *near)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "rule", text_json(near->id), "lead",
                     text_json(near->lead), "category", text_json(near->category), "failed",
                     near->is_late ? json_null() : json_string(rule_condition_key(near->failed)),
                     "offending",
                     near->offending.len == 0 ? json_null() : text_json(near->offending), "words",
                     found_json(near->found, near->found_count));
}

/* What the triage clerk sees besides, for what no rule is sure of: as `issue show` has it. */
static json_t *desk_json(struct session *session, const struct rule_facts *facts, struct buf *text)
{
    struct suggestion_model *model = suggestion_model_open(session);
    json_t *suggestions = suggestion_model_ask(model, facts->title, facts->text);
    suggestion_model_close(model);
    suggestions_append(suggestions, text);
    if (json_array_size(suggestions) == 0) {
        buf_append_string(text, "  nothing is suggested\n");
    }
    return suggestions;
}

static json_t *explanation_json(struct session *session, const struct rule_facts *facts,
                                const struct rules_explanation *explanation)
{
    const struct config *config = session->config;
    json_t *json = explanation->has_decision ? routing_decision_json(config, &explanation->decision)
                                             : json_object();
    const struct rule_decision *decision = &explanation->decision;
    (void)json_object_set_new(
        json, "words",
        found_json(decision->found, explanation->has_decision ? decision->found_count : 0));
    json_t *near = json_array();
    for (uint32_t i = 0; i < explanation->near_count; i++) {
        (void)json_array_append_new(near, near_json(&explanation->near[i]));
    }
    (void)json_object_set_new(json, "near", near);
    struct buf text = {0};
    rules_append_explanation(&text, config->rules, explanation);
    bool is_for_desk = explanation->has_decision && decision->is_triage;
    (void)json_object_set_new(json, "suggestions",
                              is_for_desk ? desk_json(session, facts, &text) : json_array());
    (void)json_object_set_new(json, "explanation", text_json(buf_bytes(&text)));
    buf_done(&text);
    return json;
}

static struct bytes find_text(const struct args *args, const char *name)
{
    struct bytes text;
    return args_find(args, name, &text) ? text : (struct bytes){0};
}

#define TAGS_MAX 16U

static enum status read_tags(const struct args *args, struct bytes tags[TAGS_MAX],
                             struct rule_facts *facts, struct err *err)
{
    for (uint32_t i = 0; i < args->given_count; i++) {
        if (strcmp(args->given[i].parameter->name, "tag") != 0) {
            continue;
        }
        if (facts->household_tag_count == TAGS_MAX) {
            return fail(err, STATUS_INVALID, "more than %u tags", TAGS_MAX);
        }
        tags[facts->household_tag_count++] = args->given[i].text;
    }
    facts->household_tags = tags;
    return STATUS_OK;
}

static enum status read_category(const struct session *session, struct bytes text,
                                 struct rule_facts *facts, struct err *err)
{
    return routing_find_category(session->config, text, &facts->category)
               ? STATUS_OK
               : fail(err, STATUS_INVALID, "there is no category '%.*s' in the catalogue",
                      BYTES_FMT(text));
}

static enum status read_area(const struct session *session, struct bytes text,
                             struct rule_facts *facts, struct err *err)
{
    facts->area = text;
    return office_find_area(&session->config->office, text) != NULL
               ? STATUS_OK
               : fail(err, STATUS_INVALID, "there is no area '%.*s'", BYTES_FMT(text));
}

static enum status read_at(const struct session *session, struct bytes text,
                           struct rule_facts *facts, struct err *err)
{
    struct wall at;
    enum status st = wall_parse(text, session->config->zone, &at, err);
    if (st == STATUS_OK) {
        facts->is_working_hours = calendar_is_working(session->config->calendar, at);
    }
    return st;
}

#define DEFINE_READ_WORD(type)                                                                     \
    static enum status read_##type(const struct session *session, struct bytes text,               \
                                   struct rule_facts *facts, struct err *err)                      \
    {                                                                                              \
        (void)session;                                                                             \
        return type##_parse(text, &facts->type, err);                                              \
    }
DEFINE_READ_WORD(kind)
DEFINE_READ_WORD(source)
DEFINE_READ_WORD(urgency)

static const struct {
    const char *name;
    enum status (*read)(const struct session *session, struct bytes text, struct rule_facts *facts,
                        struct err *err);
} fact_options[] = {{"category", read_category}, {"area", read_area},       {"kind", read_kind},
                    {"source", read_source},     {"urgency", read_urgency}, {"at", read_at}};

/* The facts as given; words that are in no list are refused by the name of their option. */
static enum status read_facts(const struct session *session, const struct args *args,
                              struct bytes tags[TAGS_MAX], struct rule_facts *facts,
                              struct err *err)
{
    *facts = (struct rule_facts){
        .kind = KIND_OPINION,
        .source = SOURCE_CADRE,
        .urgency = URGENCY_GENERAL,
        .is_working_hours = calendar_is_working(session->config->calendar, session_now()),
        .title = find_text(args, "title"),
        .text = find_text(args, "text"),
    };
    for (size_t i = 0; i < sizeof fact_options / sizeof fact_options[0]; i++) {
        struct bytes text = find_text(args, fact_options[i].name);
        enum status st =
            text.len == 0 ? STATUS_OK : fact_options[i].read(session, text, facts, err);
        if (st != STATUS_OK) {
            (void)snprintf(err->field, sizeof err->field, "%s", fact_options[i].name);
            return st;
        }
    }
    return read_tags(args, tags, facts, err);
}

/* Reads the rules in force, or those that are being written. */
static enum status use_config(struct session *session, const char *dir, struct err *err)
{
    struct config *config;
    if (dir == NULL) {
        return session_load_config(session, err);
    }
    enum status st = settings_examine(session, dir, &config, err);
    session->config = st == STATUS_OK ? config : NULL;
    return st;
}

enum status rules_run_explain(struct session *session, const struct args *args, json_t **ret_json,
                              struct err *err)
{
    struct rule_facts facts;
    struct bytes tags[TAGS_MAX];
    enum status st = use_config(session, args_find_string(args, "config"), err);
    st = st == STATUS_OK ? read_facts(session, args, tags, &facts, err) : st;
    if (st != STATUS_OK) {
        return st;
    }
    struct rules_scratch *scratch = rules_scratch_open();
    struct rules_explanation explanation;
    rules_explain(session->config->rules, &facts, scratch, &explanation);
    *ret_json = explanation_json(session, &facts, &explanation);
    rules_scratch_close(scratch);
    return STATUS_OK;
}

void rules_print_explanation(const struct session *session, const json_t *result)
{
    (void)session;
    (void)printf("%s", output_string(result, "explanation"));
}
