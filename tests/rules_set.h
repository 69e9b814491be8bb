/* SPDX-License-Identifier: Apache-2.0 */
/* A set of routing rules that a test builds: what is wrong with it, and which rule decides. */
#pragma once

#include "harness.h"

#include "fixture/rules_office.h"

#include <string.h>

#define PROBLEMS_MAX 16U

struct rules_set {
    struct rules_builder *builder;
    struct rules *rules;
    struct rules_scratch *scratch;
    struct rule_decision decision;
    char problems[PROBLEMS_MAX][600];
    uint32_t problem_count;
};

void add_rule(struct rules_set *set, const char *id, uint32_t line, enum rule_condition condition,
              struct rule_values values);

bool build(struct rules_set *set);
/* With a default rule at the end; the test ends when there is a problem. */
void build_well(struct rules_set *set);

bool has_problem(const struct rules_set *set, const char *text);
/* Fails unless the set has exactly one problem, which says `text`. */
void assert_only_problem(struct rules_set *set, const char *text);
void assert_decides(struct rules_set *set, struct rule_facts facts, const char *id);

int open_set(void **state);
int close_set(void **state);
#define WITH_A_SET(test) cmocka_unit_test_setup_teardown(test, open_set, close_set)
