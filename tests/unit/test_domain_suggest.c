/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "domain/suggest_desk.h"
#include "fixture/rules_office.h"
#include "suggest_rows.h"

#include <string.h>

struct lesson {
    const char *title;
    const char *text;
    const char *category;
    const char *department;
};

static const struct lesson lessons[] = {
    {"路灯不亮", "门口的路灯坏了半年，晚上走路危险", "urban", "urban"},
    {"井盖破了", "道路中间井盖破损，请维修道路", "urban", "urban"},
    {"物业不管", "物业收费不办事，楼道灯坏了", "urban", "housing"},
    {"路灯太少", "新修的道路没有路灯", "urban", "urban"},
    {"拖欠工资", "工厂拖欠三个月工资，劳动合同也没有签", "labour", "labour"},
    {"养老保险", "单位没有交养老保险，退休怎么办", "labour", "labour"},
    {"夜里太吵", "楼下噪音整夜不停，污染环境", "environment", "environment"},
    {"河水发臭", "工厂排放污水，河水污染严重", "environment", "environment"},
};
#define LESSON_COUNT (sizeof lessons / sizeof *lessons)

static void learn(struct memory_rows *rows, const struct lesson *lesson)
{
    struct suggest_rows interface = memory_rows_interface(rows);
    suggest_learn(&interface, bytes_of_string(lesson->title), bytes_of_string(lesson->text),
                  bytes_of_string(lesson->category), bytes_of_string(lesson->department));
}

static uint32_t score(struct memory_rows *rows, const char *title, const char *text,
                      struct suggestion suggestions[SUGGEST_COUNT])
{
    struct suggest_rows interface = memory_rows_interface(rows);
    return suggest_score(&interface, bytes_of_string(title), bytes_of_string(text), suggestions);
}

static void what_was_learned_is_suggested_with_department_and_reasons(void **state)
{
    (void)state;
    struct memory_rows rows = {0};
    struct suggestion suggestions[SUGGEST_COUNT];
    for (size_t i = 0; i < LESSON_COUNT; i++) {
        learn(&rows, &lessons[i]);
    }

    uint32_t count = score(&rows, "小区路灯", "晚上没有路灯，道路很黑", suggestions);

    assert_int_equal(count, 3);
    assert_string_equal(suggestions[0].category, "urban");
    assert_string_equal(suggestions[0].department, "urban");
    assert_string_equal(suggestions[0].reasons[0], "路灯");
    assert_true(suggestions[0].score_permille > suggestions[1].score_permille);
    assert_true(suggestions[1].score_permille >= suggestions[2].score_permille);
    uint32_t sum = suggestions[0].score_permille + suggestions[1].score_permille +
                   suggestions[2].score_permille;
    assert_in_range(sum, 998, 1002);
    memory_rows_done(&rows);
}

static void nothing_learned_suggests_nothing(void **state)
{
    (void)state;
    struct memory_rows rows = {0};
    struct suggestion suggestions[SUGGEST_COUNT];

    assert_int_equal(score(&rows, "路灯", "不亮", suggestions), 0);
    learn(&rows, &lessons[0]);
    assert_int_equal(score(&rows, "abc", "123", suggestions), 0);
    assert_int_equal(score(&rows, "工资", "", suggestions), 1);
    memory_rows_done(&rows);
}

static void order_of_learning_does_not_matter(void **state)
{
    (void)state;
    struct memory_rows forward = {0};
    struct memory_rows backward = {0};
    for (size_t i = 0; i < LESSON_COUNT; i++) {
        learn(&forward, &lessons[i]);
        learn(&backward, &lessons[LESSON_COUNT - 1 - i]);
    }

    assert_int_equal(forward.count, backward.count);
    for (size_t i = 0; i < forward.count; i++) {
        assert_true(bytes_equal(forward.items[i].key, backward.items[i].key));
        assert_int_equal(forward.items[i].count, backward.items[i].count);
    }
    memory_rows_done(&forward);
    memory_rows_done(&backward);
}

static void numbers_and_letters_are_never_kept(void **state)
{
    (void)state;
    struct memory_rows rows = {0};
    learn(&rows, &(struct lesson){"电话１３８", "请打 13812345678 或 a@b.cn 联系", "urban", ""});

    for (size_t i = 0; i < rows.count; i++) {
        const struct memory_row *row = &rows.items[i];
        for (size_t at = 1; row->key.p[0] == 'g' && row->key.p[at] != 0; at++) {
            assert_true(row->key.p[at] >= 0x80);
        }
    }
    memory_rows_done(&rows);
}

static void text_that_is_not_utf8_teaches_nothing(void **state)
{
    (void)state;
    struct memory_rows rows = {0};
    learn(&rows, &(struct lesson){"\xff\xfe", "\xe8\xb7", "urban", "urban"});
    assert_int_equal(rows.count, 0);
}

static void a_word_or_two_make_no_certainty(void **state)
{
    (void)state;
    struct memory_rows rows = {0};
    struct suggestion few[SUGGEST_COUNT];
    struct suggestion many[SUGGEST_COUNT];
    for (size_t i = 0; i < LESSON_COUNT; i++) {
        learn(&rows, &lessons[i]);
    }

    assert_int_equal(score(&rows, "工资", "", few), 3);
    assert_int_equal(score(&rows, "工厂拖欠工资", "三个月工资没有发，劳动合同也没有签", many), 3);

    assert_string_equal(few[0].category, "labour");
    assert_in_range(few[0].score_permille, 400, 700);
    assert_in_range(many[0].score_permille, 800, 999);
    memory_rows_done(&rows);
}

static void on_problem(void *user, const struct rule_problem *problem)
{
    (void)user;
    fail_msg("%s", problem->message);
}

/* Rules that send each of two categories to a section. */
static struct rules *rules_of(const char *urban, const char *environment)
{
    struct rules_builder *builder = rules_builder_open(&test_office);
    struct rule_input first = {.id = VALUE("urban"), .lead = VALUE(urban)};
    struct rule_input second = {.id = VALUE("environment"), .lead = VALUE(environment)};
    struct rules *rules;
    first.when[RULE_CATEGORY] = VALUES(VALUE("urban"));
    second.when[RULE_CATEGORY] = VALUES(VALUE("environment"));
    rules_builder_add_rule(builder, &first);
    rules_builder_add_rule(builder, &second);
    add_default(builder);
    (void)rules_build(builder, on_problem, NULL, &rules);
    rules_builder_close(builder);
    return rules;
}

static void a_section_that_handles_one_category_teaches_it(void **state)
{
    (void)state;
    static const struct {
        const char *environment; /* whose lead is that; urban's is urban */
        const char *reported;
        const char *lead;
        const char *learned;
    } cases[] = {
        {"environment", "", "urban", "urban"},
        {"environment", "", "environment", "environment"},
        {"environment", "noise", "environment", "environment"},
        {"environment", "noise", "urban", ""},
        {"urban", "", "urban", ""}, /* it could be either */
        {"urban", "noise", "urban", "environment"},
        {"urban", "", "environment", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rules *rules = rules_of("urban", cases[i].environment);
        struct rules_scratch *scratch = rules_scratch_open();
        struct suggest_desk desk = {.office = &test_office, .rules = rules, .scratch = scratch};
        struct bytes learned = suggest_lesson_of_lead(&desk, bytes_of_string(cases[i].reported),
                                                      bytes_of_string(cases[i].lead));
        assert_true(bytes_equal(learned, bytes_of_string(cases[i].learned)));
        rules_scratch_close(scratch);
        rules_close(rules);
    }
}

static void categories_are_bounded(void **state)
{
    (void)state;
    struct memory_rows rows = {0};
    struct suggestion suggestions[SUGGEST_COUNT];
    for (uint32_t i = 0; i < SUGGEST_CATEGORIES_MAX + 5; i++) {
        char category[16];
        (void)snprintf(category, sizeof category, "c%02u", i);
        learn(&rows, &(struct lesson){"路灯", "不亮", category, ""});
    }

    assert_int_equal(score(&rows, "路灯", "", suggestions), 3);
    struct suggest_rows interface = memory_rows_interface(&rows);
    assert_string_equal(suggestions[0].department, "");
    suggest_learn(&interface, BYTES("工资"), BYTES(""), BYTES("c00"), BYTES("labour"));
    assert_int_equal(score(&rows, "工资", "", suggestions), 3);
    assert_string_equal(suggestions[0].category, "c00");
    assert_string_equal(suggestions[0].department, "labour");
    memory_rows_done(&rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_learned_is_suggested_with_department_and_reasons),
        cmocka_unit_test(nothing_learned_suggests_nothing),
        cmocka_unit_test(order_of_learning_does_not_matter),
        cmocka_unit_test(numbers_and_letters_are_never_kept),
        cmocka_unit_test(text_that_is_not_utf8_teaches_nothing),
        cmocka_unit_test(a_word_or_two_make_no_certainty),
        cmocka_unit_test(a_section_that_handles_one_category_teaches_it),
        cmocka_unit_test(categories_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
