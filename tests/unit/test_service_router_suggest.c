/* SPDX-License-Identifier: Apache-2.0 */
/* What the router learns from the triage desk, and what it then offers it. */
#include "router_issue.h"

#include "domain/suggest_desk.h"

#define FIRST_ISSUE UINT64_C(20260000001)

struct lesson {
    const char *text;
    const char *category; /* of the third level: its first is what is learned */
    const char *lead;
};

/* Words of no rule. */
static const struct lesson lessons[] = {
    {"彩虹屋顶掉了一块", "roads", "urban"},
    {"蝴蝶花园没有讲解", "tutoring", "education"},
    {"蓝色大象站在门口", "noise", "environment"},
};
#define LESSON_COUNT (sizeof lessons / sizeof lessons[0])

static void report(struct service_node *node, uint64_t issue, const char *title, const char *text,
                   const char *category)
{
    struct reported_event event = {.household = BYTES("h1"),
                                   .cadre = BYTES("cadre1"),
                                   .kind = (int)KIND_OPINION,
                                   .source = (int)SOURCE_CADRE,
                                   .area = BYTES("c01v02"),
                                   .category = text_of(category),
                                   .title = text_of(title),
                                   .text = text_of(text)};
    struct router_record record = {.type = &reported_event_type,
                                   .message = &event,
                                   .issue = issue,
                                   .generation = 1,
                                   .actor = "cadre1"};
    assert_true(service_node_follow(node, &record) > 0);
}

static void dispatch(struct service_node *node, uint64_t issue, const char *category,
                     const char *lead)
{
    struct err err = {0};
    struct change_reply change;
    struct dispatch_command ask = {
        .issue = issue, .lead = text_of(lead), .category = text_of(category)};
    assert_ok(service_node_command(node, "triage1", &dispatch_command_type, &ask, &change, &err));
}

/* Reports of one lesson after the other, each dispatched by the desk. */
static void teach(struct service_node *node, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct lesson *lesson = &lessons[i % LESSON_COUNT];
        report(node, FIRST_ISSUE + i, "请问", lesson->text, NULL);
        dispatch(node, FIRST_ISSUE + i, lesson->category, lesson->lead);
    }
}

static enum status ask(struct service_node *node, const char *person, const char *title,
                       const char *text, struct suggest_reply *ret_reply, struct err *err)
{
    struct suggest_query query = {.title = text_of(title), .text = text_of(text)};
    return service_node_ask(node, person, &suggest_query_type, &query, ret_reply, err);
}

static struct suggestion_part first_of(const struct suggest_reply *reply)
{
    struct list_cursor cursor = list_begin(&reply->suggestions);
    struct suggestion_part part = {0};
    assert_true(list_next_message(&cursor, &suggestion_part_type, &part));
    return part;
}

static void assert_first(const struct list *list, const char *expected)
{
    struct list_cursor cursor = list_begin(list);
    struct bytes text;
    assert_true(list_next_bytes(&cursor, &text));
    assert_text(text, expected);
}

static void what_the_desk_dispatched_is_suggested_for_the_next(void **state)
{
    struct err err = {0};
    struct suggest_reply reply;
    teach(*state, SUGGEST_LEARNED_MIN);

    assert_ok(ask(*state, "triage1", "蝴蝶", "花园里的蝴蝶不见了", &reply, &err));

    struct suggestion_part best = first_of(&reply);
    assert_int_equal(reply.suggestions.count, LESSON_COUNT);
    assert_text(best.category, "education");
    assert_first(&best.category_path, "教育文体");
    assert_text(best.department, "education");
    assert_first(&best.reasons, "蝴蝶");
    assert_true(best.score > 333 && best.score <= 1000);
    service_node_check_rebuild(*state);
}

static void what_a_rule_dispatches_is_not_learned(void **state)
{
    report(*state, FIRST_ISSUE, "路灯不亮", "门口的路灯坏了", "roads");
    report(*state, FIRST_ISSUE + 1, "请问", lessons[0].text, NULL);
    assert_int_equal(service_node_rows(*state, SUGGEST), 0);
}

/* What the last dispatch taught; empty: nothing. */
static struct bytes learned(struct service_node *node)
{
    static struct step_event event;
    assert_int_equal(
        service_node_count_since(node, service_node_head(node) - 2, &step_event_type, &event), 1);
    return event.learned;
}

static void without_a_category_the_section_tells_what_it_was(void **state)
{
    static const struct {
        const char *reported;
        const char *category;
        const char *lead;
        const char *learned;
    } cases[] = {
        {NULL, NULL, "urban", "urban"},   /* as an import comes */
        {NULL, NULL, "housing", "urban"}, /* a part of the same field */
        {NULL, NULL, "enforcement", "urban"},
        {NULL, NULL, "discipline", "discipline"},
        {"urban_other", NULL, "housing", "urban"},        /* the section bears it out */
        {"urban_other", NULL, "civil", NULL},             /* the section contradicts it */
        {"civil_other", "noise", "urban", "environment"}, /* what the clerk says counts */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        report(*state, FIRST_ISSUE + i, "请问", lessons[i % LESSON_COUNT].text, cases[i].reported);
        dispatch(*state, FIRST_ISSUE + i, cases[i].category, cases[i].lead);
        assert_text(learned(*state), cases[i].learned);
    }
    service_node_check_rebuild(*state);
}

static void as_long_as_little_was_learned_the_rules_suggest(void **state)
{
    struct err err = {0};
    struct suggest_reply reply;
    teach(*state, LESSON_COUNT);

    assert_ok(ask(*state, "triage1", "路灯和工资", "路灯坏了，工资也没有发", &reply, &err));

    bool has_urban = false;
    struct list_cursor cursor = list_begin(&reply.suggestions);
    struct suggestion_part part;
    while (list_next_message(&cursor, &suggestion_part_type, &part)) {
        has_urban = has_urban || bytes_equal(part.category, BYTES("urban"));
        assert_true(part.department.len > 0 && part.reasons.count > 0);
    }
    assert_true(has_urban);
    assert_true(reply.suggestions.count <= SUGGEST_COUNT);
}

static void a_word_of_a_rule_makes_no_certainty(void **state)
{
    struct err err = {0};
    struct suggest_reply reply;
    assert_ok(ask(*state, "triage1", "路灯", "一盏", &reply, &err));
    assert_int_equal(reply.suggestions.count, 1);
    struct suggestion_part best = first_of(&reply);
    assert_text(best.category, "urban");
    assert_in_range(best.score, 400, 950);
}

static void suggestions_are_for_the_desk(void **state)
{
    struct err err = {0};
    struct suggest_reply reply;
    assert_status(ask(*state, "leader1", "请问", "路灯", &reply, &err), STATUS_FORBIDDEN);
    assert_says(&err, "", "may not be offered suggestions");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_new_router, close_node)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_the_desk_dispatched_is_suggested_for_the_next),
        TEST(what_a_rule_dispatches_is_not_learned),
        TEST(without_a_category_the_section_tells_what_it_was),
        TEST(as_long_as_little_was_learned_the_rules_suggest),
        TEST(a_word_of_a_rule_makes_no_certainty),
        TEST(suggestions_are_for_the_desk),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
