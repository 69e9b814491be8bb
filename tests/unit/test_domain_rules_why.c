/* SPDX-License-Identifier: Apache-2.0 */
/* What is said about why a rule decided and others did not. */
#include "rules_set.h"

static void explanation_names_near_rules_and_what_each_failed(void **state)
{
    struct rules_set *set = *state;
    struct rule_value noise = VALUE("噪音");
    struct rule_value inside = VALUE("隔音");
    struct rule_input outside = {.id = VALUE("outside"), .lead = VALUE("environment")};
    outside.when[RULE_TEXT_ANY] = (struct rule_values){&noise, 1};
    outside.when[RULE_TEXT_NONE] = (struct rule_values){&inside, 1};
    rules_builder_add_rule(set->builder, &outside);
    add_rule(set, "night", 4, RULE_TEXT_ALL, VALUES(VALUE("噪音"), VALUE("半夜")));
    build_well(set);
    struct rules_explanation why;

    rules_explain(set->rules, &(struct rule_facts){.text = BYTES("房子隔音差，噪音大")},
                  set->scratch, &why);

    assert_true(why.decision.is_triage);
    assert_int_equal(why.near_count, 2);
    assert_int_equal(why.near[0].failed, RULE_TEXT_NONE);
    assert_true(bytes_equal(why.near[0].offending, BYTES("隔音")));
    assert_int_equal(why.near[1].failed, RULE_TEXT_ALL);
    struct buf text = {0};
    rules_append_explanation(&text, set->rules, &why);
    buf_append_u8(&text, 0);
    assert_non_null(strstr((const char *)text.p, "rule 'outside': '噪音' (text 7) -> 环保科; not: "
                                                 "text_none excludes '隔音'\n"));
    assert_non_null(strstr((const char *)text.p, "rule 'night': '噪音' (text 7) -> 城建科; not: "
                                                 "text_all asks for 半夜\n"));
    assert_non_null(strstr((const char *)text.p, "triage clerk sees: no rule is sure"));
    buf_done(&text);
}

static void explanation_names_the_category_that_decided(void **state)
{
    struct rules_set *set = *state;
    add_rule(set, "given", 1, RULE_CATEGORY, VALUES(VALUE("roads")));
    build_well(set);
    struct rules_explanation why;
    struct buf text = {0};

    rules_explain(set->rules, &(struct rule_facts){.category = BYTES("roads")}, set->scratch, &why);

    assert_true(rules_asks(set->rules, why.decision.rule, RULE_CATEGORY));
    assert_false(rules_asks(set->rules, why.decision.rule, RULE_AREA));
    rules_append_explanation(&text, set->rules, &why);
    buf_append_u8(&text, 0);
    assert_non_null(strstr((const char *)text.p,
                           "rule 'given', because the report's category 'roads' was given\n"));
    buf_done(&text);
}

static void explanation_tells_of_rules_that_come_too_late(void **state)
{
    struct rules_set *set = *state;
    add_rule(set, "light", 1, RULE_TEXT_ANY, VALUES(VALUE("路灯")));
    add_rule(set, "square", 4, RULE_TEXT_ANY, VALUES(VALUE("广场")));
    build_well(set);
    struct rules_explanation why;

    rules_explain(set->rules, &(struct rule_facts){.text = BYTES("广场的路灯")}, set->scratch,
                  &why);

    assert_true(bytes_equal(why.decision.id, BYTES("light")));
    assert_int_equal(why.near_count, 1);
    assert_true(why.near[0].is_late);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_A_SET(explanation_names_near_rules_and_what_each_failed),
        WITH_A_SET(explanation_names_the_category_that_decided),
        WITH_A_SET(explanation_tells_of_rules_that_come_too_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
