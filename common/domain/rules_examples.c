/* SPDX-License-Identifier: Apache-2.0 */
/* The examples inside a rule file: what an office says its rules should do. */
#include "domain/rules_set.h"

#include <stdio.h>

uint32_t rules_example_count(const struct rules *rules)
{
    return rules->example_count;
}

static bool is_known(const struct rules *rules, const struct rule_facts *facts)
{
    return (facts->category.len == 0 ||
            office_find_category(rules->office, facts->category) != NULL) &&
           (facts->area.len == 0 || office_find_area(rules->office, facts->area) != NULL);
}

void rules_try_example(const struct rules *rules, uint32_t example, struct rules_scratch *scratch,
                       struct rule_example_result *ret_result)
{
    CHECK(example < rules->example_count);
    const struct example *tried = &rules->examples[example];
    struct bytes tags[RULE_TAGS_MAX];
    for (uint32_t i = 0; i < tried->tags.count; i++) {
        tags[i] = rules_text(rules, rules->then_texts.items[tried->tags.first + i]);
    }
    struct rule_facts facts = {
        .category = rules_text(rules, tried->category),
        .area = rules_text(rules, tried->area),
        .kind = tried->kind,
        .source = tried->source,
        .urgency = tried->urgency,
        .household_tags = tags,
        .household_tag_count = tried->tags.count,
        .is_working_hours = tried->is_working_hours,
        .title = rules_text(rules, tried->title),
        .text = rules_text(rules, tried->text),
    };
    struct rule_decision decision;
    bool is_decided = rules_match(rules, &facts, scratch, &decision);
    *ret_result = (struct rule_example_result){
        .line = tried->line,
        .rule_index = tried->rule,
        .title = facts.title,
        .text = facts.text,
        .rule = tried->rule != RULES_NONE ? rules_id(rules, tried->rule)
                                          : rules_text(rules, tried->expect),
        .is_match = tried->is_match,
        .decided = is_decided ? decision.id : (struct bytes){0},
        .is_known = is_known(rules, &facts),
        .is_right = (is_decided && decision.rule == tried->rule) == tried->is_match,
    };
}

/* Says which of the things that an example names is not there. */
static void report_names(const struct rules *rules, const struct example *example, const char *path,
                         struct rule_problems *problems)
{
    struct bytes category = rules_text(rules, example->category);
    struct bytes area = rules_text(rules, example->area);
    char sentence[RULE_SENTENCE_MAX];
    if (category.len > 0 && office_find_category(rules->office, category) == NULL) {
        rules_describe_unknown(rules->office, RULE_THING_CATEGORY, category, sentence);
        rule_problems_add(problems, example->line, example->column, path, "%s", sentence);
    }
    if (area.len > 0 && office_find_area(rules->office, area) == NULL) {
        rules_describe_unknown(rules->office, RULE_THING_AREA, area, sentence);
        rule_problems_add(problems, example->line, example->column, path, "%s", sentence);
    }
}

static void report(const struct rules *rules, const struct example *example,
                   const struct rule_example_result *result, struct rule_problems *problems)
{
    char path[RULE_PATH_MAX];
    if (example->inside != RULES_NONE) {
        (void)snprintf(path, sizeof path, "rules[%u].examples[%u]", example->inside,
                       example->index);
    } else {
        (void)snprintf(path, sizeof path, "examples[%u]", example->index);
    }
    if (!result->is_known) {
        report_names(rules, example, path, problems);
    } else if (example->rule == RULES_NONE) {
        rule_problems_add(problems, example->line, example->column, path,
                          "unknown rule '%.*s': expect is the id of a rule of this file",
                          BYTES_FMT(result->rule));
    } else if (!result->is_match) {
        rule_problems_add(problems, example->line, example->column, path,
                          "this example must not match rule '%.*s', but does: narrow the rule or "
                          "correct the example",
                          BYTES_FMT(result->rule));
    } else {
        rule_problems_add(problems, example->line, example->column, path,
                          "this example must match rule '%.*s', but %s%.*s decides: see `rules "
                          "explain --config`, then correct a rule, their order or the example",
                          BYTES_FMT(result->rule), result->decided.len > 0 ? "rule " : "none",
                          BYTES_FMT(result->decided));
    }
}

void rules_check_examples(const struct rules *rules, struct rule_problems *problems)
{
    struct rules_scratch *scratch = rules_scratch_open();
    for (uint32_t i = 0; i < rules->example_count; i++) {
        struct rule_example_result result;
        rules_try_example(rules, i, scratch, &result);
        if (!result.is_right || !result.is_known || rules->examples[i].rule == RULES_NONE) {
            report(rules, &rules->examples[i], &result, problems);
        }
    }
    rules_scratch_close(scratch);
}

uint64_t rules_memory_bytes(const struct rules *rules)
{
    uint64_t pools = (uint64_t)rules->clause_keys.cap + rules->then_texts.cap +
                     rules->word_lists.cap + rules->word_contained.cap + rules->list_words.cap;
    uint64_t numbers = pools + rules->filed_count + rules->first_key[RULE_KIND];
    return sizeof *rules + names_memory_bytes(&rules->texts) + names_memory_bytes(&rules->tags) +
           names_memory_bytes(&rules->folded) + numbers * sizeof(uint32_t) +
           rules->rule_count * sizeof *rules->rules + rules->clause_count * sizeof *rules->clauses +
           rules->word_cap * sizeof *rules->words + rules->list_count * sizeof *rules->lists +
           rules->key_count * sizeof *rules->filed +
           rules->example_count * sizeof *rules->examples + alphabet_memory_bytes(rules->alphabet) +
           automaton_memory_bytes(rules->automaton);
}
