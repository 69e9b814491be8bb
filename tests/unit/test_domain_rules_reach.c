/* SPDX-License-Identifier: Apache-2.0 */
/* A rule that can never be reached is refused, with those that stand before it. */
#include "rules_set.h"

static void a_rule_behind_a_wider_one_is_refused(void **state)
{
    struct rules_set *set = *state;
    add_rule(set, "wide", 3, RULE_TEXT_ANY, VALUES(VALUE("路灯"), VALUE("灯杆")));
    add_rule(set, "narrow", 7, RULE_TEXT_ALL, VALUES(VALUE("小区"), VALUE("路灯杆")));
    add_default(set->builder);
    assert_only_problem(set,
                        "7: rules[1]: rule 'narrow' can never be reached: rule 'wide' (line 3)");
}

static void a_title_rule_behind_a_text_rule_is_refused(void **state)
{
    struct rules_set *set = *state;
    add_rule(set, "anywhere", 1, RULE_TEXT_ANY, VALUES(VALUE("路灯")));
    add_rule(set, "titled", 5, RULE_TITLE_ANY, VALUES(VALUE("路灯杆")));
    add_default(set->builder);
    assert_only_problem(set, "rule 'titled' can never be reached");
}

static void a_rule_behind_the_default_is_refused(void **state)
{
    struct rules_set *set = *state;
    add_default(set->builder);
    add_rule(set, "late", 950, RULE_TEXT_ANY, VALUES(VALUE("路灯")));
    assert_only_problem(set, "rule 'late' can never be reached: rule 'default' (line 900)");
}

static void a_rule_for_part_of_an_earlier_category_is_refused(void **state)
{
    struct rules_set *set = *state;
    add_rule(set, "all", 1, RULE_CATEGORY, VALUES(VALUE("environment")));
    add_rule(set, "noise", 5, RULE_CATEGORY, VALUES(VALUE("noise"), VALUE("pollution")));
    add_default(set->builder);
    assert_only_problem(set, "rule 'noise' can never be reached");
}

static void a_rule_behind_several_that_leave_it_nothing_is_refused(void **state)
{
    struct rules_set *set = *state;
    rules_builder_add_words(set->builder, &VALUE("light"), VALUES(VALUE("路灯"), VALUE("灯杆")));
    add_rule(set, "lamp", 3, RULE_TEXT_ANY, VALUES(VALUE("路灯"), VALUE("楼道灯")));
    add_rule(set, "pole", 5, RULE_TEXT_ANY, VALUES(VALUE("灯杆"), VALUE("电杆")));
    add_rule(set, "cover", 7, RULE_TEXT_ANY, VALUES(VALUE("井盖")));
    add_rule(set, "rest", 9, RULE_TEXT_ANY, VALUES(VALUE("@light"), VALUE("破井盖")));
    add_default(set->builder);
    assert_only_problem(set,
                        "9: rules[3]: rule 'rest' can never be reached: rules 'lamp' (line 3), "
                        "'pole' (line 5), 'cover' (line 7) come first and together match "
                        "everything it does; move it up, narrow one of the others or remove it");
}

static void categories_that_earlier_rules_share_out_leave_nothing(void **state)
{
    struct rules_set *set = *state;
    add_rule(set, "noise", 3, RULE_CATEGORY, VALUES(VALUE("noise")));
    add_rule(set, "town", 5, RULE_CATEGORY, VALUES(VALUE("urban")));
    add_rule(set, "both", 7, RULE_CATEGORY, VALUES(VALUE("noise"), VALUE("roads")));
    add_default(set->builder);
    assert_only_problem(set, "rule 'both' can never be reached: rules 'noise' (line 3), 'town' "
                             "(line 5) come first");
}

static void a_rule_that_has_one_word_of_its_own_left_is_reached(void **state)
{
    struct rules_set *set = *state;
    add_rule(set, "lamp", 3, RULE_TEXT_ANY, VALUES(VALUE("路灯")));
    add_rule(set, "titled", 5, RULE_TITLE_ANY, VALUES(VALUE("灯杆")));
    add_rule(set, "rest", 9, RULE_TEXT_ANY, VALUES(VALUE("路灯"), VALUE("灯杆")));
    build_well(set);

    assert_decides(set, (struct rule_facts){.text = BYTES("灯杆歪了")}, "rest");
}

static void exclusions_keep_a_rule_from_shadowing(void **state)
{
    struct rules_set *set = *state;
    struct rule_value word = VALUE("噪音");
    struct rule_value none = VALUE("隔音");
    struct rule_input input = {.id = VALUE("outside"), .lead = VALUE("environment")};
    input.when[RULE_TEXT_ANY] = (struct rule_values){&word, 1};
    input.when[RULE_TEXT_NONE] = (struct rule_values){&none, 1};
    rules_builder_add_rule(set->builder, &input);
    add_rule(set, "inside", 5, RULE_TEXT_ANY, VALUES(VALUE("噪音")));
    build_well(set);

    assert_decides(set, (struct rule_facts){.text = BYTES("隔音差，噪音大")}, "inside");
}

static void contradictory_words_are_refused(void **state)
{
    struct rules_set *set = *state;
    struct rule_value word = VALUE("广场舞噪音");
    struct rule_value none = VALUE_AT("噪音", 7);
    struct rule_input input = {.id = VALUE_AT("never", 6), .lead = VALUE("environment")};
    input.when[RULE_TEXT_ANY] = (struct rule_values){&word, 1};
    input.when[RULE_TEXT_NONE] = (struct rule_values){&none, 1};
    rules_builder_add_rule(set->builder, &input);
    add_default(set->builder);
    assert_only_problem(set, "7: rules[0].when.text_none: rule 'never' can never match");
}

static void what_no_kind_of_hours_leaves_is_out_of_reach(void **state)
{
    struct rules_set *set = *state;
    static const char *const hours[] = {"working", "off"};
    for (uint32_t i = 0; i < 2; i++) {
        struct rule_value word = VALUE("路灯");
        struct rule_value when = VALUE(hours[i]);
        struct rule_input input = {.id = VALUE_AT(hours[i], i + 1), .lead = VALUE("urban")};
        input.when[RULE_TEXT_ANY] = (struct rule_values){&word, 1};
        input.when[RULE_HOURS] = (struct rule_values){&when, 1};
        rules_builder_add_rule(set->builder, &input);
    }
    add_rule(set, "never", 5, RULE_TEXT_ALL, VALUES(VALUE("路灯不亮")));
    add_rule(set, "wider", 7, RULE_TEXT_ANY, VALUES(VALUE("路灯"), VALUE("灯杆")));
    add_default(set->builder);
    assert_only_problem(set,
                        "5: rules[2]: rule 'never' can never be reached: rules 'off' (line 2), "
                        "'working' (line 1) come first");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_A_SET(a_rule_behind_a_wider_one_is_refused),
        WITH_A_SET(a_title_rule_behind_a_text_rule_is_refused),
        WITH_A_SET(a_rule_behind_the_default_is_refused),
        WITH_A_SET(a_rule_for_part_of_an_earlier_category_is_refused),
        WITH_A_SET(a_rule_behind_several_that_leave_it_nothing_is_refused),
        WITH_A_SET(categories_that_earlier_rules_share_out_leave_nothing),
        WITH_A_SET(a_rule_that_has_one_word_of_its_own_left_is_reached),
        WITH_A_SET(exclusions_keep_a_rule_from_shadowing),
        WITH_A_SET(contradictory_words_are_refused),
        WITH_A_SET(what_no_kind_of_hours_leaves_is_out_of_reach),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
