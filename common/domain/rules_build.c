/* SPDX-License-Identifier: Apache-2.0 */
/* Takes in what the reader of a rule file finds, and drives the making of a set. */
#include "domain/rules_set.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char *rule_condition_key(enum rule_condition condition)
{
    static const char *const keys[] = {
#define X(name, key) #key,
        RULE_CONDITION_LIST(X)
#undef X
    };
    CHECK((unsigned)condition < RULE_CONDITION_COUNT);
    return keys[condition];
}

void *list_grow(void *items, uint32_t count, uint32_t *cap, size_t size)
{
    if (count < *cap) {
        return items;
    }
    *cap = *cap == 0 ? 16 : *cap * 2;
    return memory_resize(items, *cap, size);
}

void pool_append(struct pool *pool, uint32_t number)
{
    pool->items = list_grow(pool->items, pool->count, &pool->cap, sizeof *pool->items);
    pool->items[pool->count++] = number;
}

struct rules_builder *rules_builder_open(const struct office *office)
{
    struct rules_builder *builder = memory_new(1, sizeof *builder);
    builder->rules = memory_new(1, sizeof *builder->rules);
    builder->rules->office = office;
    (void)names_put(&builder->rules->texts, (struct bytes){0});
    return builder;
}

void rules_builder_close(struct rules_builder *builder)
{
    if (builder == NULL) {
        return;
    }
    rules_close(builder->rules);
    free(builder->values);
    free(builder->rule_inputs);
    free(builder->lists);
    free(builder->examples);
    free(builder);
}

void rules_close(struct rules *rules)
{
    if (rules == NULL) {
        return;
    }
    names_done(&rules->texts);
    names_done(&rules->tags);
    names_done(&rules->folded);
    free(rules->rules);
    free(rules->clauses);
    free(rules->clause_keys.items);
    free(rules->then_texts.items);
    free(rules->words);
    free(rules->word_lists.items);
    free(rules->word_contained.items);
    free(rules->lists);
    free(rules->list_words.items);
    free(rules->parents);
    free(rules->filed);
    free(rules->filed_rules);
    alphabet_close(rules->alphabet);
    automaton_close(rules->automaton);
    free(rules->examples);
    free(rules);
}

static struct raw_value take_value(struct rules_builder *builder, const struct rule_value *value)
{
    return (struct raw_value){names_put(&builder->rules->texts, value->text), value->line,
                              value->column, NAMES_NONE, KEY_NEVER};
}

static struct range take_values(struct rules_builder *builder, struct rule_values values)
{
    struct range range = {builder->value_count, values.count};
    for (uint32_t i = 0; i < values.count; i++) {
        builder->values = list_grow(builder->values, builder->value_count, &builder->value_cap,
                                    sizeof *builder->values);
        builder->values[builder->value_count++] = take_value(builder, &values.items[i]);
    }
    return range;
}

void rules_builder_add_words(struct rules_builder *builder, const struct rule_value *name,
                             struct rule_values words)
{
    builder->lists =
        list_grow(builder->lists, builder->list_count, &builder->list_cap, sizeof *builder->lists);
    builder->lists[builder->list_count++] =
        (struct raw_list){take_value(builder, name), take_values(builder, words)};
}

void rules_builder_add_rule(struct rules_builder *builder, const struct rule_input *input)
{
    builder->rule_inputs = list_grow(builder->rule_inputs, builder->rule_count, &builder->rule_cap,
                                     sizeof *builder->rule_inputs);
    struct raw_rule *rule = &builder->rule_inputs[builder->rule_count++];
    *rule = (struct raw_rule){
        .id = take_value(builder, &input->id),
        .category = take_value(builder, &input->category),
        .lead = take_value(builder, &input->lead),
        .leader = take_value(builder, &input->leader),
        .urgency = take_value(builder, &input->urgency),
        .assist = take_values(builder, input->assist),
        .tags = take_values(builder, input->tags),
        .is_triage = input->is_triage,
        .is_unreadable = input->is_unreadable,
    };
    for (unsigned c = 0; c < RULE_CONDITION_COUNT; c++) {
        rule->when[c] = take_values(builder, input->when[c]);
    }
}

void rules_builder_add_example(struct rules_builder *builder,
                               const struct rule_example_input *input)
{
    struct rules *rules = builder->rules;
    builder->examples = list_grow(builder->examples, builder->example_count, &builder->example_cap,
                                  sizeof *builder->examples);
    uint32_t tags = input->facts.household_tag_count;
    tags = tags < RULE_TAGS_MAX ? tags : RULE_TAGS_MAX;
    struct example example = {
        .line = input->line,
        .column = input->column,
        .index = input->index,
        .inside = input->rule,
        .rule = RULES_NONE,
        .is_match = input->rule == RULES_NONE || input->is_match,
        .category = names_put(&rules->texts, input->facts.category),
        .area = names_put(&rules->texts, input->facts.area),
        .kind = input->facts.kind,
        .source = input->facts.source,
        .urgency = input->facts.urgency,
        .is_working_hours = input->facts.is_working_hours,
        .title = names_put(&rules->texts, input->facts.title),
        .text = names_put(&rules->texts, input->facts.text),
        .tags = {rules->then_texts.count, tags},
    };
    for (uint32_t i = 0; i < tags; i++) {
        pool_append(&rules->then_texts, names_put(&rules->texts, input->facts.household_tags[i]));
    }
    builder->examples[builder->example_count++] =
        (struct raw_example){example, take_value(builder, &input->expect)};
}

struct rule_problem_at {
    uint32_t line;
    uint32_t column;
    uint32_t order;
    size_t path; /* where in `texts`, NUL-ended */
    size_t message;
};

void rule_problems_add(struct rule_problems *problems, uint32_t line, uint32_t column,
                       const char *path, const char *format, ...)
{
    char message[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    problems->items =
        list_grow(problems->items, problems->count, &problems->cap, sizeof *problems->items);
    struct rule_problem_at *item = &problems->items[problems->count];
    *item = (struct rule_problem_at){line, column, problems->count, problems->texts.len, 0};
    buf_append(&problems->texts, path, strlen(path) + 1);
    item->message = problems->texts.len;
    buf_append(&problems->texts, message, strlen(message) + 1);
    problems->count++;
}

static int compare_problems(const void *a, const void *b)
{
    const struct rule_problem_at *x = a;
    const struct rule_problem_at *y = b;
    if (x->line != y->line) {
        return x->line < y->line ? -1 : 1;
    }
    return (x->order > y->order) - (x->order < y->order);
}

void rule_problems_report(struct rule_problems *problems, rule_problem_fn *report, void *user)
{
    if (problems->count > 0) {
        qsort(problems->items, problems->count, sizeof *problems->items, compare_problems);
    }
    for (uint32_t i = 0; i < problems->count; i++) {
        const struct rule_problem_at *item = &problems->items[i];
        struct rule_problem problem = {item->line, item->column,
                                       (const char *)problems->texts.p + item->path,
                                       (const char *)problems->texts.p + item->message};
        report(user, &problem);
    }
}

void rule_problems_done(struct rule_problems *problems)
{
    buf_done(&problems->texts);
    free(problems->items);
    *problems = (struct rule_problems){0};
}

bool rules_build(struct rules_builder *builder, rule_problem_fn *report, void *user,
                 struct rules **ret_rules)
{
    struct rules *rules = builder->rules;
    struct rule_problems problems = {0};
    rules_compile(builder, rules, &problems);
    rules_check(builder, rules, &problems);
    rules_check_examples(rules, &problems);
    rule_problems_report(&problems, report, user);
    bool is_good = problems.count == 0;
    rule_problems_done(&problems);
    builder->rules = NULL;
    *ret_rules = rules;
    return is_good;
}
