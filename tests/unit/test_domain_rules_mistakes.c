/* SPDX-License-Identifier: Apache-2.0 */
/* One test a mistake in a set of rules: each is told at its place. */
#include "rules_set.h"

static void a_list_may_not_name_itself_or_a_later_one(void **state)
{
    struct rules_set *set = *state;
    rules_builder_add_words(set->builder, &VALUE("a"), VALUES(VALUE("甲"), VALUE("@a")));
    rules_builder_add_words(set->builder, &VALUE("b"), VALUES(VALUE("乙"), VALUE("@c")));
    rules_builder_add_words(set->builder, &VALUE("c"), VALUES(VALUE("丙")));
    add_rule(set, "any", 1, RULE_TEXT_ANY, VALUES(VALUE("@a"), VALUE("@b"), VALUE("@c")));
    add_default(set->builder);

    assert_false(build(set));

    assert_int_equal(set->problem_count, 2);
    assert_true(has_problem(set, "words.a[1]: no word list '@a' stands above"));
    assert_true(has_problem(set, "words.b[1]: no word list '@c' stands above"));
}

static void a_set_without_default_is_refused(void **state)
{
    struct rules_set *set = *state;
    add_rule(set, "light", 4, RULE_TEXT_ANY, VALUES(VALUE("路灯")));
    assert_only_problem(set, "4: rules: there is no default");
}

static void unknown_names_are_refused_each_at_its_place(void **state)
{
    struct rules_set *set = *state;
    struct rule_value category = VALUE_AT("road", 11);
    struct rule_value area = VALUE_AT("north", 12);
    struct rule_value kind = VALUE_AT("demands", 13);
    struct rule_value hours = VALUE_AT("night", 14);
    struct rule_value words = VALUE_AT("@nosuch", 15);
    struct rule_value assist = VALUE_AT("nobody", 17);
    struct rule_input input = {.id = VALUE_AT("wrong", 10),
                               .category = VALUE_AT("rods", 18),
                               .lead = VALUE_AT("urbn", 16),
                               .assist = {&assist, 1},
                               .leader = VALUE_AT("zhao", 19),
                               .urgency = VALUE_AT("soon", 20)};
    input.when[RULE_CATEGORY] = (struct rule_values){&category, 1};
    input.when[RULE_AREA] = (struct rule_values){&area, 1};
    input.when[RULE_KIND] = (struct rule_values){&kind, 1};
    input.when[RULE_HOURS] = (struct rule_values){&hours, 1};
    input.when[RULE_TEXT_ANY] = (struct rule_values){&words, 1};
    rules_builder_add_rule(set->builder, &input);
    add_default(set->builder);

    assert_false(build(set));

    assert_true(has_problem(set, "11: rules[0].when.category: unknown category 'road'"));
    assert_true(has_problem(set, "12: rules[0].when.area: unknown area 'north'"));
    assert_true(has_problem(set, "13: rules[0].when.kind: unknown kind 'demands'"));
    assert_true(has_problem(set, "14: rules[0].when.hours: unknown hours 'night'"));
    assert_true(has_problem(set, "15: rules[0].when.text_any: unknown word list '@nosuch'"));
    assert_true(has_problem(set, "16: rules[0].then.lead: unknown department 'urbn'"));
    assert_true(has_problem(set, "17: rules[0].then.assist: unknown department 'nobody'"));
    assert_true(has_problem(set, "18: rules[0].then.category: unknown category 'rods'"));
    assert_true(has_problem(set, "19: rules[0].then.leader: unknown person 'zhao'"));
    assert_true(has_problem(set, "20: rules[0].then.urgency: unknown urgency 'soon'"));
    assert_int_equal(set->problem_count, 10);
}

static void a_name_in_the_place_of_an_id_is_refused_with_the_id(void **state)
{
    struct rules_set *set = *state;
    struct rule_input input = {.id = VALUE_AT("wrong", 10),
                               .category = VALUE_AT("市政道路", 18),
                               .lead = VALUE_AT("城建科", 16),
                               .leader = VALUE_AT("王", 19)};
    struct rule_value area = VALUE_AT("东一村", 12);
    input.when[RULE_AREA] = (struct rule_values){&area, 1};
    rules_builder_add_rule(set->builder, &input);
    add_default(set->builder);

    assert_false(build(set));

    assert_true(has_problem(set, "unknown category '市政道路': that is a name, write its code "
                                 "'roads'"));
    assert_true(
        has_problem(set, "unknown department '城建科': that is a name, write its id 'urban'"));
    assert_true(has_problem(set, "unknown person '王': that is a name, write its id 'wang'"));
    assert_true(has_problem(set, "unknown area '东一村': that is a name, write its id 'east-1'"));
}

static void a_list_nobody_uses_is_refused(void **state)
{
    struct rules_set *set = *state;
    rules_builder_add_words(set->builder, &VALUE_AT("noise", 2), VALUES(VALUE("噪音")));
    add_default(set->builder);
    assert_only_problem(set, "2: words.noise: no rule uses this word list");
}

static void an_id_used_twice_is_refused(void **state)
{
    struct rules_set *set = *state;
    add_rule(set, "same", 1, RULE_TEXT_ANY, VALUES(VALUE("路灯")));
    add_rule(set, "same", 5, RULE_TEXT_ANY, VALUES(VALUE("井盖")));
    add_default(set->builder);
    assert_only_problem(set, "5: rules[1].id: rule id 'same' is used twice");
}

static void a_rule_that_sends_nowhere_is_refused(void **state)
{
    struct rules_set *set = *state;
    struct rule_value word = VALUE("路灯");
    struct rule_input input = {.id = VALUE_AT("idle", 8)};
    input.when[RULE_TEXT_ANY] = (struct rule_values){&word, 1};
    rules_builder_add_rule(set->builder, &input);
    add_default(set->builder);
    assert_only_problem(set, "8: rules[0].then: this rule sends nowhere");
}

static void an_empty_word_is_refused(void **state)
{
    struct rules_set *set = *state;
    add_rule(set, "light", 3, RULE_TEXT_ANY, VALUES(VALUE("路灯"), VALUE_AT("", 4)));
    add_default(set->builder);
    assert_only_problem(set, "4: rules[0].when.text_any[1]: this word is empty");
}

static void a_word_longer_than_records_keep_is_refused_as_written_and_folded(void **state)
{
    struct rules_set *set = *state;
    char marks[RULES_WORD_CHARS_MAX * 2 + 1] = "";
    for (uint32_t i = 0; i < RULES_WORD_CHARS_MAX / 2 + 1; i++) {
        (void)snprintf(marks + 3 * i, sizeof marks - 3 * i, "㍿"); /* folds into four */
    }
    add_rule(set, "company", 3, RULE_TEXT_ANY, VALUES(VALUE_AT(marks, 4)));
    add_default(set->builder);
    assert_only_problem(set, "4: rules[0].when.text_any: a word has 1 to 60 characters, this one");
}

static void an_unreadable_rule_may_have_been_the_default(void **state)
{
    struct rules_set *set = *state;
    add_rule(set, "light", 1, RULE_TEXT_ANY, VALUES(VALUE("路灯")));
    rules_builder_add_rule(
        set->builder, &(struct rule_input){.id = VALUE_AT("default", 3), .is_unreadable = true});
    assert_true(build(set)); /* whoever read it has told */
}

static void failing_examples_are_refused(void **state)
{
    struct rules_set *set = *state;
    add_rule(set, "light", 1, RULE_TEXT_ANY, VALUES(VALUE("路灯")));
    add_default(set->builder);
    struct rule_example_input wrong = {.expect = VALUE("light"), .rule = RULES_NONE, .line = 30};
    wrong.facts.text = BYTES("井盖");
    struct rule_example_input unknown = {
        .expect = VALUE("none"), .rule = RULES_NONE, .line = 31, .index = 1};
    struct rule_example_input inside = {.rule = 0, .is_match = false, .line = 3};
    inside.facts.text = BYTES("路灯");
    struct rule_example_input right = {.rule = 0, .is_match = true, .line = 4};
    right.facts.text = BYTES("路灯");
    rules_builder_add_example(set->builder, &inside);
    rules_builder_add_example(set->builder, &right);
    rules_builder_add_example(set->builder, &wrong);
    rules_builder_add_example(set->builder, &unknown);

    assert_false(build(set));

    assert_int_equal(set->problem_count, 3);
    assert_true(
        has_problem(set, "3: rules[0].examples[0]: this example must not match rule 'light'"));
    assert_true(has_problem(set, "30: examples[0]: this example must match rule 'light', but "
                                 "rule default decides"));
    assert_true(has_problem(set, "31: examples[1]: unknown rule 'none'"));
    struct rule_example_result result;
    rules_try_example(set->rules, 1, set->scratch, &result);
    assert_true(result.is_right);
    assert_int_equal(rules_example_count(set->rules), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_A_SET(a_list_may_not_name_itself_or_a_later_one),
        WITH_A_SET(a_set_without_default_is_refused),
        WITH_A_SET(unknown_names_are_refused_each_at_its_place),
        WITH_A_SET(a_name_in_the_place_of_an_id_is_refused_with_the_id),
        WITH_A_SET(a_list_nobody_uses_is_refused),
        WITH_A_SET(an_id_used_twice_is_refused),
        WITH_A_SET(a_rule_that_sends_nowhere_is_refused),
        WITH_A_SET(an_empty_word_is_refused),
        WITH_A_SET(a_word_longer_than_records_keep_is_refused_as_written_and_folded),
        WITH_A_SET(an_unreadable_rule_may_have_been_the_default),
        WITH_A_SET(failing_examples_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
