/* SPDX-License-Identifier: Apache-2.0 */
#include "rules_set.h"

int open_set(void **state)
{
    struct rules_set *set = calloc(1, sizeof *set);
    set->builder = rules_builder_open(&test_office);
    set->scratch = rules_scratch_open();
    *state = set;
    return 0;
}

int close_set(void **state)
{
    struct rules_set *set = *state;
    rules_builder_close(set->builder);
    rules_scratch_close(set->scratch);
    rules_close(set->rules);
    free(set);
    return 0;
}

static void on_problem(void *user, const struct rule_problem *problem)
{
    struct rules_set *set = user;
    assert_true(set->problem_count < PROBLEMS_MAX);
    (void)snprintf(set->problems[set->problem_count++], sizeof *set->problems, "%u: %s: %s",
                   problem->line, problem->path, problem->message);
}

bool build(struct rules_set *set)
{
    return rules_build(set->builder, on_problem, set, &set->rules);
}

void build_well(struct rules_set *set)
{
    add_default(set->builder);
    if (!build(set)) {
        fail_msg("%s", set->problems[0]);
    }
}

bool has_problem(const struct rules_set *set, const char *text)
{
    for (uint32_t i = 0; i < set->problem_count; i++) {
        if (strstr(set->problems[i], text) != NULL) {
            return true;
        }
    }
    return false;
}

void assert_only_problem(struct rules_set *set, const char *text)
{
    bool is_good = build(set);
    for (uint32_t i = 0; i < set->problem_count; i++) {
        (void)fprintf(stderr, "%s\n", set->problems[i]);
    }
    assert_false(is_good);
    assert_true(has_problem(set, text));
    assert_int_equal(set->problem_count, 1);
}

void add_rule(struct rules_set *set, const char *id, uint32_t line, enum rule_condition condition,
              struct rule_values values)
{
    struct rule_input input = {.id = VALUE_AT(id, line), .lead = VALUE_AT("urban", line + 1)};
    input.when[condition] = values;
    rules_builder_add_rule(set->builder, &input);
}

void assert_decides(struct rules_set *set, struct rule_facts facts, const char *id)
{
    assert_true(rules_match(set->rules, &facts, set->scratch, &set->decision));
    if (!bytes_equal(set->decision.id, bytes_of_string(id))) {
        fail_msg("'%.*s' decides, not '%s'", BYTES_FMT(set->decision.id), id);
    }
}
