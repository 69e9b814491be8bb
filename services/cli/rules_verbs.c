/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/rules_verbs.h"

#include "cli/output.h"
#include "cli/routing_json.h"
#include "cli/settings_verbs.h"
#include "domain/calendar.h"

#include <stdio.h>

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

enum status rules_run_test(struct session *session, const struct args *args, json_t **ret_json,
                           struct err *err)
{
    struct config *config;
    enum status st = settings_open(session, args, &config, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct rules_scratch *scratch = rules_scratch_open();
    json_t *examples = json_array();
    uint32_t failed = 0;
    for (uint32_t i = 0; i < rules_example_count(config->rules); i++) {
        struct rule_example_result result;
        rules_try_example(config->rules, i, scratch, &result);
        failed += result.is_right ? 0 : 1;
        (void)json_array_append_new(examples, example_json(&result));
    }
    *ret_json = json_pack("{s:I, s:I, s:I, s:o}", "rules", (json_int_t)rules_count(config->rules),
                          "words", (json_int_t)rules_word_count(config->rules), "failed",
                          (json_int_t)failed, "examples", examples);
    session->exit = failed == 0 ? CLI_DONE : CLI_REFUSED;
    rules_scratch_close(scratch);
    config_close(config);
    return STATUS_OK;
}

void rules_print_test(const struct session *session, const json_t *result)
{
    (void)session;
    size_t i;
    json_t *example;
    json_array_foreach(json_object_get(result, "examples"), i, example)
    {
        if (!json_is_true(json_object_get(example, "right"))) {
            (void)printf("line %lld: '%s' decided, %s '%s': %s\n",
                         (long long)json_integer_value(json_object_get(example, "line")),
                         output_string(example, "decided"),
                         json_is_true(json_object_get(example, "must_decide")) ? "not" : "and not",
                         output_string(example, "rule"), output_string(example, "title"));
        }
    }
    (void)printf("%lld rules, %zu examples, %lld failed\n",
                 (long long)json_integer_value(json_object_get(result, "rules")),
                 json_array_size(json_object_get(result, "examples")),
                 (long long)json_integer_value(json_object_get(result, "failed")));
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

static json_t *explanation_json(const struct config *config,
                                const struct rules_explanation *explanation)
{
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
    (void)json_object_set_new(json, "explanation", text_json(buf_bytes(&text)));
    buf_done(&text);
    return json;
}

static struct bytes find_text(const struct args *args, const char *name)
{
    struct bytes text;
    return args_find(args, name, &text) ? text : (struct bytes){0};
}

/* The facts as given; words that are in no list are refused by the name of their option. */
static enum status read_facts(const struct session *session, const struct args *args,
                              struct rule_facts *facts, struct err *err)
{
    struct bytes category = find_text(args, "category");
    struct bytes kind = find_text(args, "kind");
    struct bytes source = find_text(args, "source");
    const char *field = "category";
    *facts = (struct rule_facts){
        .area = find_text(args, "area"),
        .kind = KIND_OPINION,
        .source = SOURCE_CADRE,
        .urgency = URGENCY_GENERAL,
        .is_working_hours = calendar_is_working(session->config->calendar, session_now()),
        .title = find_text(args, "title"),
        .text = find_text(args, "text"),
    };
    enum status st = STATUS_OK;
    if (category.len != 0 && !routing_find_category(session->config, category, &facts->category)) {
        st = fail(err, STATUS_INVALID, "there is no category '%.*s' in the catalogue",
                  BYTES_FMT(category));
    }
    if (st == STATUS_OK && kind.len != 0) {
        field = "kind";
        st = kind_parse(kind, &facts->kind, err);
    }
    if (st == STATUS_OK && source.len != 0) {
        field = "source";
        st = source_parse(source, &facts->source, err);
    }
    if (st == STATUS_OK && facts->area.len != 0 &&
        office_find_area(&session->config->office, facts->area) == NULL) {
        field = "area";
        st = fail(err, STATUS_INVALID, "there is no area '%.*s'", BYTES_FMT(facts->area));
    }
    if (st != STATUS_OK) {
        (void)snprintf(err->field, sizeof err->field, "%s", field);
    }
    return st;
}

enum status rules_run_explain(struct session *session, const struct args *args, json_t **ret_json,
                              struct err *err)
{
    struct rule_facts facts;
    enum status st = read_facts(session, args, &facts, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct rules_scratch *scratch = rules_scratch_open();
    struct rules_explanation explanation;
    rules_explain(session->config->rules, &facts, scratch, &explanation);
    *ret_json = explanation_json(session->config, &explanation);
    rules_scratch_close(scratch);
    return STATUS_OK;
}

void rules_print_explanation(const struct session *session, const json_t *result)
{
    (void)session;
    (void)printf("%s", output_string(result, "explanation"));
}
