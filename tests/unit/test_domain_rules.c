/* SPDX-License-Identifier: Apache-2.0 */
/* Which rule decides, and what its decision says. */
#include "rules_set.h"

static void first_rule_in_file_order_decides(void **state)
{
    struct rules_set *set = *state;
    add_rule(set, "both", 1, RULE_TEXT_ALL, VALUES(VALUE("路灯"), VALUE("不亮")));
    add_rule(set, "light", 5, RULE_TEXT_ANY, VALUES(VALUE("路灯")));
    build_well(set);

    assert_decides(set, (struct rule_facts){.text = BYTES("门口路灯晚上不亮")}, "both");
    assert_decides(set, (struct rule_facts){.text = BYTES("门口路灯很好")}, "light");
    assert_decides(set, (struct rule_facts){.title = BYTES("门口")}, "default");
}

static void words_are_compared_folded_and_placed_in_the_text_as_written(void **state)
{
    struct rules_set *set = *state;
    add_rule(set, "ktv", 1, RULE_TEXT_ALL, VALUES(VALUE("ＫＴＶ"), VALUE("12345")));
    build_well(set);

    assert_decides(
        set,
        (struct rule_facts){.title = BYTES("楼下ktv吵"), .text = BYTES("…打了１２３４５，没人管")},
        "ktv");

    assert_int_equal(set->decision.found_count, 2);
    assert_true(bytes_equal(set->decision.found[0].word, BYTES("ＫＴＶ")));
    assert_int_equal(set->decision.found[0].field, RULE_TITLE);
    assert_int_equal(set->decision.found[0].position, 2);
    assert_int_equal(set->decision.found[1].field, RULE_TEXT);
    assert_int_equal(set->decision.found[1].position, 3);
}

static void a_word_list_stands_for_any_of_its_words(void **state)
{
    struct rules_set *set = *state;
    rules_builder_add_words(set->builder, &VALUE("noise"), VALUES(VALUE("噪音"), VALUE("太吵")));
    rules_builder_add_words(set->builder, &VALUE("night"), VALUES(VALUE("半夜"), VALUE("凌晨")));
    add_rule(set, "night-noise", 1, RULE_TEXT_ALL, VALUES(VALUE("@noise"), VALUE("@night")));
    build_well(set);

    assert_decides(set, (struct rule_facts){.text = BYTES("凌晨还有噪音")}, "night-noise");
    assert_decides(set, (struct rule_facts){.text = BYTES("凌晨还在施工")}, "default");
}

static void a_word_list_takes_over_lists_above_it(void **state)
{
    struct rules_set *set = *state;
    rules_builder_add_words(set->builder, &VALUE("noise"), VALUES(VALUE("噪音"), VALUE("太吵")));
    rules_builder_add_words(set->builder, &VALUE("all"), VALUES(VALUE("@noise"), VALUE("油烟")));
    add_rule(set, "environment", 1, RULE_TEXT_ANY, VALUES(VALUE("@all")));
    build_well(set);

    assert_decides(set, (struct rule_facts){.text = BYTES("太吵")}, "environment");
    assert_decides(set, (struct rule_facts){.text = BYTES("油烟")}, "environment");
}

static void title_conditions_look_at_the_title_alone(void **state)
{
    struct rules_set *set = *state;
    add_rule(set, "titled", 1, RULE_TITLE_ANY, VALUES(VALUE("路灯")));
    add_rule(set, "anywhere", 5, RULE_TEXT_ANY, VALUES(VALUE("路灯")));
    build_well(set);

    assert_decides(set, (struct rule_facts){.title = BYTES("修路灯")}, "titled");
    assert_decides(set, (struct rule_facts){.text = BYTES("修路灯")}, "anywhere");
}

static void category_and_area_include_what_lies_inside(void **state)
{
    struct rules_set *set = *state;
    add_rule(set, "environment", 1, RULE_CATEGORY, VALUES(VALUE("environment")));
    add_rule(set, "east", 5, RULE_AREA, VALUES(VALUE("east")));
    build_well(set);

    assert_decides(set, (struct rule_facts){.category = BYTES("noise")}, "environment");
    assert_decides(set, (struct rule_facts){.area = BYTES("east-1")}, "east");
    assert_decides(set, (struct rule_facts){.category = BYTES("urban"), .area = BYTES("west")},
                   "default");
}

static void exact_conditions_are_compared_with_what_is_known(void **state)
{
    struct rules_set *set = *state;
    struct rule_value kind = VALUE("demand");
    struct rule_value source = VALUE("visit");
    struct rule_value urgency = VALUE("emergency");
    struct rule_value tag = VALUE("低保");
    struct rule_value hours = VALUE("off");
    struct rule_input input = {.id = VALUE("all"), .lead = VALUE("urban")};
    input.when[RULE_KIND] = (struct rule_values){&kind, 1};
    input.when[RULE_SOURCE] = (struct rule_values){&source, 1};
    input.when[RULE_URGENCY] = (struct rule_values){&urgency, 1};
    input.when[RULE_HOUSEHOLD_TAGS] = (struct rule_values){&tag, 1};
    input.when[RULE_HOURS] = (struct rule_values){&hours, 1};
    rules_builder_add_rule(set->builder, &input);
    build_well(set);
    struct bytes tags[] = {BYTES("独居"), BYTES("低保")};
    struct rule_facts facts = {.kind = KIND_DEMAND,
                               .source = SOURCE_VISIT,
                               .urgency = URGENCY_EMERGENCY,
                               .household_tags = tags,
                               .household_tag_count = 2};

    assert_decides(set, facts, "all");
    facts.is_working_hours = true;
    assert_decides(set, facts, "default");
    facts.is_working_hours = false;
    facts.household_tag_count = 1;
    assert_decides(set, facts, "default");
}

static void decision_says_what_the_rule_does(void **state)
{
    struct rules_set *set = *state;
    struct rule_value assist = VALUE("environment");
    struct rule_value tag = VALUE("夜间");
    struct rule_value word = VALUE("噪音");
    struct rule_input input = {.id = VALUE("noise"),
                               .category = VALUE("noise"),
                               .lead = VALUE("urban"),
                               .assist = {&assist, 1},
                               .urgency = VALUE("general"),
                               .tags = {&tag, 1}};
    input.when[RULE_TEXT_ANY] = (struct rule_values){&word, 1};
    rules_builder_add_rule(set->builder, &input);
    build_well(set);

    assert_decides(set, (struct rule_facts){.text = BYTES("噪音")}, "noise");
    assert_true(bytes_equal(set->decision.category, BYTES("noise")));
    assert_true(bytes_equal(set->decision.lead, BYTES("urban")));
    assert_true(bytes_equal(set->decision.leader, BYTES("li")));
    assert_true(bytes_equal(set->decision.assist[0], BYTES("environment")));
    assert_true(bytes_equal(set->decision.tags[0], BYTES("夜间")));
    assert_int_equal(set->decision.urgency, URGENCY_GENERAL);
    assert_false(set->decision.is_triage);

    assert_decides(set, (struct rule_facts){.category = BYTES("roads"), .text = BYTES("坑")},
                   "default");
    assert_true(set->decision.is_triage);
    assert_true(bytes_equal(set->decision.category, BYTES("roads")));
    assert_int_equal(set->decision.lead.len, 0);
}

static void text_that_is_not_utf8_is_read_as_far_as_it_is(void **state)
{
    struct rules_set *set = *state;
    add_rule(set, "light", 1, RULE_TEXT_ANY, VALUES(VALUE("路灯")));
    build_well(set);

    assert_decides(set, (struct rule_facts){.text = BYTES("\xff\xe8\xb7路灯\xe8")}, "light");
    assert_int_equal(set->decision.found[0].position, 3);
    assert_decides(set, (struct rule_facts){.text = BYTES("\xed\xa0\x80\xe0\x81\x81\xe7")},
                   "default");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_A_SET(first_rule_in_file_order_decides),
        WITH_A_SET(words_are_compared_folded_and_placed_in_the_text_as_written),
        WITH_A_SET(a_word_list_stands_for_any_of_its_words),
        WITH_A_SET(a_word_list_takes_over_lists_above_it),
        WITH_A_SET(title_conditions_look_at_the_title_alone),
        WITH_A_SET(category_and_area_include_what_lies_inside),
        WITH_A_SET(exact_conditions_are_compared_with_what_is_known),
        WITH_A_SET(decision_says_what_the_rule_does),
        WITH_A_SET(text_that_is_not_utf8_is_read_as_far_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
