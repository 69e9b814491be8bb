/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "fixture/rules_office.h"

#include <string.h>

#define PROBLEMS_MAX 16U

struct fixture {
    struct rules_builder *builder;
    struct rules *rules;
    struct rules_scratch *scratch;
    struct rule_decision decision;
    char problems[PROBLEMS_MAX][600];
    uint32_t problem_count;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->builder = rules_builder_open(&test_office);
    f->scratch = rules_scratch_open();
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    rules_builder_close(f->builder);
    rules_scratch_close(f->scratch);
    rules_close(f->rules);
    free(f);
    return 0;
}

static void on_problem(void *user, const struct rule_problem *problem)
{
    struct fixture *f = user;
    assert_true(f->problem_count < PROBLEMS_MAX);
    (void)snprintf(f->problems[f->problem_count++], sizeof *f->problems, "%u: %s: %s",
                   problem->line, problem->path, problem->message);
}

static bool build(struct fixture *f)
{
    return rules_build(f->builder, on_problem, f, &f->rules);
}

static void build_well(struct fixture *f)
{
    add_default(f->builder);
    if (!build(f)) {
        fail_msg("%s", f->problems[0]);
    }
}

static bool has_problem(const struct fixture *f, const char *text)
{
    for (uint32_t i = 0; i < f->problem_count; i++) {
        if (strstr(f->problems[i], text) != NULL) {
            return true;
        }
    }
    return false;
}

/* Fails unless the set has exactly one problem, which says `text`. */
static void assert_only_problem(struct fixture *f, const char *text)
{
    bool is_good = build(f);
    for (uint32_t i = 0; i < f->problem_count; i++) {
        (void)fprintf(stderr, "%s\n", f->problems[i]);
    }
    assert_false(is_good);
    assert_true(has_problem(f, text));
    assert_int_equal(f->problem_count, 1);
}

static void add_rule(struct fixture *f, const char *id, uint32_t line,
                     enum rule_condition condition, struct rule_values values)
{
    struct rule_input input = {.id = VALUE_AT(id, line), .lead = VALUE_AT("urban", line + 1)};
    input.when[condition] = values;
    rules_builder_add_rule(f->builder, &input);
}

static void assert_decides(struct fixture *f, struct rule_facts facts, const char *id)
{
    assert_true(rules_match(f->rules, &facts, f->scratch, &f->decision));
    if (!bytes_equal(f->decision.id, bytes_of_string(id))) {
        fail_msg("'%.*s' decides, not '%s'", BYTES_FMT(f->decision.id), id);
    }
}

static void first_rule_in_file_order_decides(void **state)
{
    struct fixture *f = *state;
    add_rule(f, "both", 1, RULE_TEXT_ALL, VALUES(VALUE("路灯"), VALUE("不亮")));
    add_rule(f, "light", 5, RULE_TEXT_ANY, VALUES(VALUE("路灯")));
    build_well(f);

    assert_decides(f, (struct rule_facts){.text = BYTES("门口路灯晚上不亮")}, "both");
    assert_decides(f, (struct rule_facts){.text = BYTES("门口路灯很好")}, "light");
    assert_decides(f, (struct rule_facts){.title = BYTES("门口")}, "default");
}

static void words_are_compared_folded_and_placed_in_the_text_as_written(void **state)
{
    struct fixture *f = *state;
    add_rule(f, "ktv", 1, RULE_TEXT_ALL, VALUES(VALUE("ＫＴＶ"), VALUE("12345")));
    build_well(f);

    assert_decides(
        f,
        (struct rule_facts){.title = BYTES("楼下ktv吵"), .text = BYTES("…打了１２３４５，没人管")},
        "ktv");

    assert_int_equal(f->decision.found_count, 2);
    assert_true(bytes_equal(f->decision.found[0].word, BYTES("ＫＴＶ")));
    assert_int_equal(f->decision.found[0].field, RULE_TITLE);
    assert_int_equal(f->decision.found[0].position, 2);
    assert_int_equal(f->decision.found[1].field, RULE_TEXT);
    assert_int_equal(f->decision.found[1].position, 3);
}

static void a_word_list_stands_for_any_of_its_words(void **state)
{
    struct fixture *f = *state;
    rules_builder_add_words(f->builder, &VALUE("noise"), VALUES(VALUE("噪音"), VALUE("太吵")));
    rules_builder_add_words(f->builder, &VALUE("night"), VALUES(VALUE("半夜"), VALUE("凌晨")));
    add_rule(f, "night-noise", 1, RULE_TEXT_ALL, VALUES(VALUE("@noise"), VALUE("@night")));
    build_well(f);

    assert_decides(f, (struct rule_facts){.text = BYTES("凌晨还有噪音")}, "night-noise");
    assert_decides(f, (struct rule_facts){.text = BYTES("凌晨还在施工")}, "default");
}

static void a_word_list_takes_over_lists_above_it(void **state)
{
    struct fixture *f = *state;
    rules_builder_add_words(f->builder, &VALUE("noise"), VALUES(VALUE("噪音"), VALUE("太吵")));
    rules_builder_add_words(f->builder, &VALUE("all"), VALUES(VALUE("@noise"), VALUE("油烟")));
    add_rule(f, "environment", 1, RULE_TEXT_ANY, VALUES(VALUE("@all")));
    build_well(f);

    assert_decides(f, (struct rule_facts){.text = BYTES("太吵")}, "environment");
    assert_decides(f, (struct rule_facts){.text = BYTES("油烟")}, "environment");
}

static void a_list_may_not_name_itself_or_a_later_one(void **state)
{
    struct fixture *f = *state;
    rules_builder_add_words(f->builder, &VALUE("a"), VALUES(VALUE("甲"), VALUE("@a")));
    rules_builder_add_words(f->builder, &VALUE("b"), VALUES(VALUE("乙"), VALUE("@c")));
    rules_builder_add_words(f->builder, &VALUE("c"), VALUES(VALUE("丙")));
    add_rule(f, "any", 1, RULE_TEXT_ANY, VALUES(VALUE("@a"), VALUE("@b"), VALUE("@c")));
    add_default(f->builder);

    assert_false(build(f));

    assert_int_equal(f->problem_count, 2);
    assert_true(has_problem(f, "words.a[1]: no word list '@a' stands above"));
    assert_true(has_problem(f, "words.b[1]: no word list '@c' stands above"));
}

static void title_conditions_look_at_the_title_alone(void **state)
{
    struct fixture *f = *state;
    add_rule(f, "titled", 1, RULE_TITLE_ANY, VALUES(VALUE("路灯")));
    add_rule(f, "anywhere", 5, RULE_TEXT_ANY, VALUES(VALUE("路灯")));
    build_well(f);

    assert_decides(f, (struct rule_facts){.title = BYTES("修路灯")}, "titled");
    assert_decides(f, (struct rule_facts){.text = BYTES("修路灯")}, "anywhere");
}

static void category_and_area_include_what_lies_inside(void **state)
{
    struct fixture *f = *state;
    add_rule(f, "environment", 1, RULE_CATEGORY, VALUES(VALUE("environment")));
    add_rule(f, "east", 5, RULE_AREA, VALUES(VALUE("east")));
    build_well(f);

    assert_decides(f, (struct rule_facts){.category = BYTES("noise")}, "environment");
    assert_decides(f, (struct rule_facts){.area = BYTES("east-1")}, "east");
    assert_decides(f, (struct rule_facts){.category = BYTES("urban"), .area = BYTES("west")},
                   "default");
}

static void exact_conditions_are_compared_with_what_is_known(void **state)
{
    struct fixture *f = *state;
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
    rules_builder_add_rule(f->builder, &input);
    build_well(f);
    struct bytes tags[] = {BYTES("独居"), BYTES("低保")};
    struct rule_facts facts = {.kind = KIND_DEMAND,
                               .source = SOURCE_VISIT,
                               .urgency = URGENCY_EMERGENCY,
                               .household_tags = tags,
                               .household_tag_count = 2};

    assert_decides(f, facts, "all");
    facts.is_working_hours = true;
    assert_decides(f, facts, "default");
    facts.is_working_hours = false;
    facts.household_tag_count = 1;
    assert_decides(f, facts, "default");
}

static void decision_says_what_the_rule_does(void **state)
{
    struct fixture *f = *state;
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
    rules_builder_add_rule(f->builder, &input);
    build_well(f);

    assert_decides(f, (struct rule_facts){.text = BYTES("噪音")}, "noise");
    assert_true(bytes_equal(f->decision.category, BYTES("noise")));
    assert_true(bytes_equal(f->decision.lead, BYTES("urban")));
    assert_true(bytes_equal(f->decision.leader, BYTES("li")));
    assert_true(bytes_equal(f->decision.assist[0], BYTES("environment")));
    assert_true(bytes_equal(f->decision.tags[0], BYTES("夜间")));
    assert_int_equal(f->decision.urgency, URGENCY_GENERAL);
    assert_false(f->decision.is_triage);

    assert_decides(f, (struct rule_facts){.category = BYTES("roads"), .text = BYTES("坑")},
                   "default");
    assert_true(f->decision.is_triage);
    assert_true(bytes_equal(f->decision.category, BYTES("roads")));
    assert_int_equal(f->decision.lead.len, 0);
}

static void text_that_is_not_utf8_is_read_as_far_as_it_is(void **state)
{
    struct fixture *f = *state;
    add_rule(f, "light", 1, RULE_TEXT_ANY, VALUES(VALUE("路灯")));
    build_well(f);

    assert_decides(f, (struct rule_facts){.text = BYTES("\xff\xe8\xb7路灯\xe8")}, "light");
    assert_int_equal(f->decision.found[0].position, 3);
    assert_decides(f, (struct rule_facts){.text = BYTES("\xed\xa0\x80\xe0\x81\x81\xe7")},
                   "default");
}

/* ---- One test a mistake ---- */

static void a_set_without_default_is_refused(void **state)
{
    struct fixture *f = *state;
    add_rule(f, "light", 4, RULE_TEXT_ANY, VALUES(VALUE("路灯")));
    assert_only_problem(f, "4: rules: there is no default");
}

static void a_rule_behind_a_wider_one_is_refused(void **state)
{
    struct fixture *f = *state;
    add_rule(f, "wide", 3, RULE_TEXT_ANY, VALUES(VALUE("路灯"), VALUE("灯杆")));
    add_rule(f, "narrow", 7, RULE_TEXT_ALL, VALUES(VALUE("小区"), VALUE("路灯杆")));
    add_default(f->builder);
    assert_only_problem(f, "7: rules[1]: rule 'narrow' can never be reached: rule 'wide' (line 3)");
}

static void a_title_rule_behind_a_text_rule_is_refused(void **state)
{
    struct fixture *f = *state;
    add_rule(f, "anywhere", 1, RULE_TEXT_ANY, VALUES(VALUE("路灯")));
    add_rule(f, "titled", 5, RULE_TITLE_ANY, VALUES(VALUE("路灯杆")));
    add_default(f->builder);
    assert_only_problem(f, "rule 'titled' can never be reached");
}

static void a_rule_behind_the_default_is_refused(void **state)
{
    struct fixture *f = *state;
    add_default(f->builder);
    add_rule(f, "late", 950, RULE_TEXT_ANY, VALUES(VALUE("路灯")));
    assert_only_problem(f, "rule 'late' can never be reached: rule 'default' (line 900)");
}

static void a_rule_for_part_of_an_earlier_category_is_refused(void **state)
{
    struct fixture *f = *state;
    add_rule(f, "all", 1, RULE_CATEGORY, VALUES(VALUE("environment")));
    add_rule(f, "noise", 5, RULE_CATEGORY, VALUES(VALUE("noise"), VALUE("pollution")));
    add_default(f->builder);
    assert_only_problem(f, "rule 'noise' can never be reached");
}

static void a_rule_behind_several_that_leave_it_nothing_is_refused(void **state)
{
    struct fixture *f = *state;
    rules_builder_add_words(f->builder, &VALUE("light"), VALUES(VALUE("路灯"), VALUE("灯杆")));
    add_rule(f, "lamp", 3, RULE_TEXT_ANY, VALUES(VALUE("路灯"), VALUE("楼道灯")));
    add_rule(f, "pole", 5, RULE_TEXT_ANY, VALUES(VALUE("灯杆"), VALUE("电杆")));
    add_rule(f, "cover", 7, RULE_TEXT_ANY, VALUES(VALUE("井盖")));
    add_rule(f, "rest", 9, RULE_TEXT_ANY, VALUES(VALUE("@light"), VALUE("破井盖")));
    add_default(f->builder);
    assert_only_problem(f, "9: rules[3]: rule 'rest' can never be reached: rules 'lamp' (line 3), "
                           "'pole' (line 5), 'cover' (line 7) come first and together match "
                           "everything it does; move it up, narrow one of the others or remove it");
}

static void categories_that_earlier_rules_share_out_leave_nothing(void **state)
{
    struct fixture *f = *state;
    add_rule(f, "noise", 3, RULE_CATEGORY, VALUES(VALUE("noise")));
    add_rule(f, "town", 5, RULE_CATEGORY, VALUES(VALUE("urban")));
    add_rule(f, "both", 7, RULE_CATEGORY, VALUES(VALUE("noise"), VALUE("roads")));
    add_default(f->builder);
    assert_only_problem(f, "rule 'both' can never be reached: rules 'noise' (line 3), 'town' "
                           "(line 5) come first");
}

static void a_rule_that_has_one_word_of_its_own_left_is_reached(void **state)
{
    struct fixture *f = *state;
    add_rule(f, "lamp", 3, RULE_TEXT_ANY, VALUES(VALUE("路灯")));
    add_rule(f, "titled", 5, RULE_TITLE_ANY, VALUES(VALUE("灯杆")));
    add_rule(f, "rest", 9, RULE_TEXT_ANY, VALUES(VALUE("路灯"), VALUE("灯杆")));
    build_well(f);

    assert_decides(f, (struct rule_facts){.text = BYTES("灯杆歪了")}, "rest");
}

static void exclusions_keep_a_rule_from_shadowing(void **state)
{
    struct fixture *f = *state;
    struct rule_value word = VALUE("噪音");
    struct rule_value none = VALUE("隔音");
    struct rule_input input = {.id = VALUE("outside"), .lead = VALUE("environment")};
    input.when[RULE_TEXT_ANY] = (struct rule_values){&word, 1};
    input.when[RULE_TEXT_NONE] = (struct rule_values){&none, 1};
    rules_builder_add_rule(f->builder, &input);
    add_rule(f, "inside", 5, RULE_TEXT_ANY, VALUES(VALUE("噪音")));
    build_well(f);

    assert_decides(f, (struct rule_facts){.text = BYTES("隔音差，噪音大")}, "inside");
}

static void contradictory_words_are_refused(void **state)
{
    struct fixture *f = *state;
    struct rule_value word = VALUE("广场舞噪音");
    struct rule_value none = VALUE_AT("噪音", 7);
    struct rule_input input = {.id = VALUE_AT("never", 6), .lead = VALUE("environment")};
    input.when[RULE_TEXT_ANY] = (struct rule_values){&word, 1};
    input.when[RULE_TEXT_NONE] = (struct rule_values){&none, 1};
    rules_builder_add_rule(f->builder, &input);
    add_default(f->builder);
    assert_only_problem(f, "7: rules[0].when.text_none: rule 'never' can never match");
}

static void unknown_names_are_refused_each_at_its_place(void **state)
{
    struct fixture *f = *state;
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
    rules_builder_add_rule(f->builder, &input);
    add_default(f->builder);

    assert_false(build(f));

    assert_true(has_problem(f, "11: rules[0].when.category: unknown category 'road'"));
    assert_true(has_problem(f, "12: rules[0].when.area: unknown area 'north'"));
    assert_true(has_problem(f, "13: rules[0].when.kind: unknown kind 'demands'"));
    assert_true(has_problem(f, "14: rules[0].when.hours: unknown hours 'night'"));
    assert_true(has_problem(f, "15: rules[0].when.text_any: unknown word list '@nosuch'"));
    assert_true(has_problem(f, "16: rules[0].then.lead: unknown department 'urbn'"));
    assert_true(has_problem(f, "17: rules[0].then.assist: unknown department 'nobody'"));
    assert_true(has_problem(f, "18: rules[0].then.category: unknown category 'rods'"));
    assert_true(has_problem(f, "19: rules[0].then.leader: unknown person 'zhao'"));
    assert_true(has_problem(f, "20: rules[0].then.urgency: unknown urgency 'soon'"));
    assert_int_equal(f->problem_count, 10);
}

static void a_name_in_the_place_of_an_id_is_refused_with_the_id(void **state)
{
    struct fixture *f = *state;
    struct rule_input input = {.id = VALUE_AT("wrong", 10),
                               .category = VALUE_AT("市政道路", 18),
                               .lead = VALUE_AT("城建科", 16),
                               .leader = VALUE_AT("王", 19)};
    struct rule_value area = VALUE_AT("东一村", 12);
    input.when[RULE_AREA] = (struct rule_values){&area, 1};
    rules_builder_add_rule(f->builder, &input);
    add_default(f->builder);

    assert_false(build(f));

    assert_true(has_problem(f, "unknown category '市政道路': that is a name, write its code "
                               "'roads'"));
    assert_true(
        has_problem(f, "unknown department '城建科': that is a name, write its id 'urban'"));
    assert_true(has_problem(f, "unknown person '王': that is a name, write its id 'wang'"));
    assert_true(has_problem(f, "unknown area '东一村': that is a name, write its id 'east-1'"));
}

static void a_list_nobody_uses_is_refused(void **state)
{
    struct fixture *f = *state;
    rules_builder_add_words(f->builder, &VALUE_AT("noise", 2), VALUES(VALUE("噪音")));
    add_default(f->builder);
    assert_only_problem(f, "2: words.noise: no rule uses this word list");
}

static void an_id_used_twice_is_refused(void **state)
{
    struct fixture *f = *state;
    add_rule(f, "same", 1, RULE_TEXT_ANY, VALUES(VALUE("路灯")));
    add_rule(f, "same", 5, RULE_TEXT_ANY, VALUES(VALUE("井盖")));
    add_default(f->builder);
    assert_only_problem(f, "5: rules[1].id: rule id 'same' is used twice");
}

static void a_rule_that_sends_nowhere_is_refused(void **state)
{
    struct fixture *f = *state;
    struct rule_value word = VALUE("路灯");
    struct rule_input input = {.id = VALUE_AT("idle", 8)};
    input.when[RULE_TEXT_ANY] = (struct rule_values){&word, 1};
    rules_builder_add_rule(f->builder, &input);
    add_default(f->builder);
    assert_only_problem(f, "8: rules[0].then: this rule sends nowhere");
}

static void an_empty_word_is_refused(void **state)
{
    struct fixture *f = *state;
    add_rule(f, "light", 3, RULE_TEXT_ANY, VALUES(VALUE("路灯"), VALUE_AT("", 4)));
    add_default(f->builder);
    assert_only_problem(f, "4: rules[0].when.text_any[1]: this word is empty");
}

static void a_word_longer_than_records_keep_is_refused_as_written_and_folded(void **state)
{
    struct fixture *f = *state;
    char marks[RULES_WORD_CHARS_MAX * 2 + 1] = "";
    for (uint32_t i = 0; i < RULES_WORD_CHARS_MAX / 2 + 1; i++) {
        (void)snprintf(marks + 3 * i, sizeof marks - 3 * i, "㍿"); /* folds into four */
    }
    add_rule(f, "company", 3, RULE_TEXT_ANY, VALUES(VALUE_AT(marks, 4)));
    add_default(f->builder);
    assert_only_problem(f, "4: rules[0].when.text_any: a word has 1 to 60 characters, this one");
}

static void what_no_kind_of_hours_leaves_is_out_of_reach(void **state)
{
    struct fixture *f = *state;
    static const char *const hours[] = {"working", "off"};
    for (uint32_t i = 0; i < 2; i++) {
        struct rule_value word = VALUE("路灯");
        struct rule_value when = VALUE(hours[i]);
        struct rule_input input = {.id = VALUE_AT(hours[i], i + 1), .lead = VALUE("urban")};
        input.when[RULE_TEXT_ANY] = (struct rule_values){&word, 1};
        input.when[RULE_HOURS] = (struct rule_values){&when, 1};
        rules_builder_add_rule(f->builder, &input);
    }
    add_rule(f, "never", 5, RULE_TEXT_ALL, VALUES(VALUE("路灯不亮")));
    add_rule(f, "wider", 7, RULE_TEXT_ANY, VALUES(VALUE("路灯"), VALUE("灯杆")));
    add_default(f->builder);
    assert_only_problem(f, "5: rules[2]: rule 'never' can never be reached: rules 'off' (line 2), "
                           "'working' (line 1) come first");
}

static void an_unreadable_rule_may_have_been_the_default(void **state)
{
    struct fixture *f = *state;
    add_rule(f, "light", 1, RULE_TEXT_ANY, VALUES(VALUE("路灯")));
    rules_builder_add_rule(
        f->builder, &(struct rule_input){.id = VALUE_AT("default", 3), .is_unreadable = true});
    assert_true(build(f)); /* whoever read it has told */
}

static void failing_examples_are_refused(void **state)
{
    struct fixture *f = *state;
    add_rule(f, "light", 1, RULE_TEXT_ANY, VALUES(VALUE("路灯")));
    add_default(f->builder);
    struct rule_example_input wrong = {.expect = VALUE("light"), .rule = RULES_NONE, .line = 30};
    wrong.facts.text = BYTES("井盖");
    struct rule_example_input unknown = {
        .expect = VALUE("none"), .rule = RULES_NONE, .line = 31, .index = 1};
    struct rule_example_input inside = {.rule = 0, .is_match = false, .line = 3};
    inside.facts.text = BYTES("路灯");
    struct rule_example_input right = {.rule = 0, .is_match = true, .line = 4};
    right.facts.text = BYTES("路灯");
    rules_builder_add_example(f->builder, &inside);
    rules_builder_add_example(f->builder, &right);
    rules_builder_add_example(f->builder, &wrong);
    rules_builder_add_example(f->builder, &unknown);

    assert_false(build(f));

    assert_int_equal(f->problem_count, 3);
    assert_true(
        has_problem(f, "3: rules[0].examples[0]: this example must not match rule 'light'"));
    assert_true(has_problem(f, "30: examples[0]: this example must match rule 'light', but "
                               "rule default decides"));
    assert_true(has_problem(f, "31: examples[1]: unknown rule 'none'"));
    struct rule_example_result result;
    rules_try_example(f->rules, 1, f->scratch, &result);
    assert_true(result.is_right);
    assert_int_equal(rules_example_count(f->rules), 4);
}

/* ---- Saying why ---- */

static void explanation_names_near_rules_and_what_each_failed(void **state)
{
    struct fixture *f = *state;
    struct rule_value noise = VALUE("噪音");
    struct rule_value inside = VALUE("隔音");
    struct rule_input outside = {.id = VALUE("outside"), .lead = VALUE("environment")};
    outside.when[RULE_TEXT_ANY] = (struct rule_values){&noise, 1};
    outside.when[RULE_TEXT_NONE] = (struct rule_values){&inside, 1};
    rules_builder_add_rule(f->builder, &outside);
    add_rule(f, "night", 4, RULE_TEXT_ALL, VALUES(VALUE("噪音"), VALUE("半夜")));
    build_well(f);
    struct rules_explanation why;

    rules_explain(f->rules, &(struct rule_facts){.text = BYTES("房子隔音差，噪音大")}, f->scratch,
                  &why);

    assert_true(why.decision.is_triage);
    assert_int_equal(why.near_count, 2);
    assert_int_equal(why.near[0].failed, RULE_TEXT_NONE);
    assert_true(bytes_equal(why.near[0].offending, BYTES("隔音")));
    assert_int_equal(why.near[1].failed, RULE_TEXT_ALL);
    struct buf text = {0};
    rules_append_explanation(&text, f->rules, &why);
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
    struct fixture *f = *state;
    add_rule(f, "given", 1, RULE_CATEGORY, VALUES(VALUE("roads")));
    build_well(f);
    struct rules_explanation why;
    struct buf text = {0};

    rules_explain(f->rules, &(struct rule_facts){.category = BYTES("roads")}, f->scratch, &why);

    assert_true(rules_asks(f->rules, why.decision.rule, RULE_CATEGORY));
    assert_false(rules_asks(f->rules, why.decision.rule, RULE_AREA));
    rules_append_explanation(&text, f->rules, &why);
    buf_append_u8(&text, 0);
    assert_non_null(strstr((const char *)text.p,
                           "rule 'given', because the report's category 'roads' was given\n"));
    buf_done(&text);
}

static void explanation_tells_of_rules_that_come_too_late(void **state)
{
    struct fixture *f = *state;
    add_rule(f, "light", 1, RULE_TEXT_ANY, VALUES(VALUE("路灯")));
    add_rule(f, "square", 4, RULE_TEXT_ANY, VALUES(VALUE("广场")));
    build_well(f);
    struct rules_explanation why;

    rules_explain(f->rules, &(struct rule_facts){.text = BYTES("广场的路灯")}, f->scratch, &why);

    assert_true(bytes_equal(why.decision.id, BYTES("light")));
    assert_int_equal(why.near_count, 1);
    assert_true(why.near[0].is_late);
}

#define RULES_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULES_TEST(first_rule_in_file_order_decides),
        RULES_TEST(words_are_compared_folded_and_placed_in_the_text_as_written),
        RULES_TEST(a_word_list_stands_for_any_of_its_words),
        RULES_TEST(a_word_list_takes_over_lists_above_it),
        RULES_TEST(a_list_may_not_name_itself_or_a_later_one),
        RULES_TEST(title_conditions_look_at_the_title_alone),
        RULES_TEST(category_and_area_include_what_lies_inside),
        RULES_TEST(exact_conditions_are_compared_with_what_is_known),
        RULES_TEST(decision_says_what_the_rule_does),
        RULES_TEST(text_that_is_not_utf8_is_read_as_far_as_it_is),
        RULES_TEST(a_set_without_default_is_refused),
        RULES_TEST(a_rule_behind_a_wider_one_is_refused),
        RULES_TEST(a_title_rule_behind_a_text_rule_is_refused),
        RULES_TEST(a_rule_behind_the_default_is_refused),
        RULES_TEST(a_rule_for_part_of_an_earlier_category_is_refused),
        RULES_TEST(a_rule_behind_several_that_leave_it_nothing_is_refused),
        RULES_TEST(categories_that_earlier_rules_share_out_leave_nothing),
        RULES_TEST(a_rule_that_has_one_word_of_its_own_left_is_reached),
        RULES_TEST(exclusions_keep_a_rule_from_shadowing),
        RULES_TEST(contradictory_words_are_refused),
        RULES_TEST(unknown_names_are_refused_each_at_its_place),
        RULES_TEST(a_name_in_the_place_of_an_id_is_refused_with_the_id),
        RULES_TEST(a_list_nobody_uses_is_refused),
        RULES_TEST(an_id_used_twice_is_refused),
        RULES_TEST(a_rule_that_sends_nowhere_is_refused),
        RULES_TEST(an_empty_word_is_refused),
        RULES_TEST(a_word_longer_than_records_keep_is_refused_as_written_and_folded),
        RULES_TEST(what_no_kind_of_hours_leaves_is_out_of_reach),
        RULES_TEST(an_unreadable_rule_may_have_been_the_default),
        RULES_TEST(failing_examples_are_refused),
        RULES_TEST(explanation_names_near_rules_and_what_each_failed),
        RULES_TEST(explanation_names_the_category_that_decided),
        RULES_TEST(explanation_tells_of_rules_that_come_too_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
