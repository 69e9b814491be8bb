/* SPDX-License-Identifier: Apache-2.0 */
/* A report becomes an issue whatever the rule that decides it says; the sets here are made by hand,
 * because a file with some of these rules does not load. */
#include "service_calls.h"

#include "domain/issue.h"
#include "domain/rules.h"
#include "router/router.h"
#include "service_node.h"
#include "street.h"

#include <stdio.h>
#include <string.h>

#define ISSUE UINT64_C(20260000001)

#define VALUE(literal) ((struct rule_value){.text = text_of(literal), .line = 1, .column = 1})
#define LIST(...)                                                                                  \
    ((struct rule_values){(const struct rule_value[]){__VA_ARGS__},                                \
                          sizeof((struct rule_value[]){__VA_ARGS__}) / sizeof(struct rule_value)})

static void on_problem(void *user, const struct rule_problem *problem)
{
    (void)problem;
    (*(uint32_t *)user)++;
}

/* A node with one rule, and how many problems a file with it has. */
struct fixture {
    struct config config;
    struct rules *rules;
    struct service_node *node;
    uint32_t problems;
};

static void open_fixture(struct fixture *fixture, const struct rule_input *input)
{
    struct rules_builder *builder = rules_builder_open(&street->office);
    struct rule_input rest = {.id = VALUE("default"), .is_triage = true};
    *fixture = (struct fixture){.config = *street};
    rules_builder_add_rule(builder, input);
    rules_builder_add_rule(builder, &rest);
    (void)rules_build(builder, on_problem, &fixture->problems, &fixture->rules);
    rules_builder_close(builder);
    fixture->config.rules = fixture->rules;
    fixture->node = service_node_open(&router_service, "router", &fixture->config);
}

static void close_fixture(struct fixture *fixture)
{
    service_node_check_rebuild(fixture->node);
    service_node_close(fixture->node);
    rules_close(fixture->rules);
}

static struct opened_event report(struct fixture *fixture, const char *title, const char *tags)
{
    struct reported_event event = {.household = BYTES("h1"),
                                   .cadre = BYTES("cadre1"),
                                   .kind = (int)KIND_OPINION,
                                   .source = (int)SOURCE_CADRE,
                                   .area = BYTES("c01v02"),
                                   .tags = text_of(tags),
                                   .title = text_of(title),
                                   .text = BYTES("请看一看")};
    struct router_record record = {.type = &reported_event_type,
                                   .message = &event,
                                   .issue = ISSUE,
                                   .generation = 1,
                                   .actor = "cadre1"};
    struct opened_event opened;
    assert_true(service_node_follow(fixture->node, &record) > 0);
    assert_int_equal(service_node_count_since(fixture->node, 0, &opened_event_type, &opened), 1);
    return opened;
}

static void repeat(char *text, size_t size, const char *character, uint32_t count)
{
    size_t len = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < count; i++) {
        len += (size_t)snprintf(text + len, size - len, "%s", character);
    }
}

static void a_rule_that_cannot_dispatch_leaves_the_report_at_the_desk(void **state)
{
    (void)state;
    struct fixture fixture;
    struct rule_input input = {.id = VALUE("twice"), .lead = VALUE("urban")};
    input.when[RULE_TITLE_ANY] = LIST(VALUE("路灯"));
    input.assist = LIST(VALUE("housing"), VALUE("housing"));
    open_fixture(&fixture, &input);

    struct opened_event opened = report(&fixture, "路灯不亮", NULL);

    assert_int_equal(fixture.problems, 1);
    assert_int_equal(opened.after.state, STATE_TRIAGE);
    assert_text(opened.rule, "twice");
    assert_text(opened.after.lead, NULL);
    close_fixture(&fixture);
}

static void as_many_sections_as_a_rule_may_name_get_their_part(void **state)
{
    (void)state;
    struct fixture fixture;
    struct rule_input input = {.id = VALUE("all"), .lead = VALUE("urban")};
    input.when[RULE_TITLE_ANY] = LIST(VALUE("路灯"));
    input.assist = LIST(VALUE("housing"), VALUE("land"), VALUE("civil"), VALUE("labour"),
                        VALUE("health"), VALUE("science"), VALUE("economy"));
    open_fixture(&fixture, &input);

    struct opened_event opened = report(&fixture, "路灯不亮", NULL);

    assert_int_equal(fixture.problems, 0);
    assert_int_equal(input.assist.count, RULE_ASSIST_MAX);
    assert_int_equal(opened.after.legs.count, RULE_ASSIST_MAX + 1);
    close_fixture(&fixture);
}

static void the_longest_word_is_kept_with_the_issue(void **state)
{
    (void)state;
    struct fixture fixture;
    char word[RULES_WORD_CHARS_MAX * 3 + 1];
    repeat(word, sizeof word, "灯", RULES_WORD_CHARS_MAX);
    struct rule_input input = {.id = VALUE("an-id-of-32-bytes-as-long-as-can"),
                               .lead = VALUE("urban")};
    input.when[RULE_TITLE_ANY] = LIST(VALUE(word));
    open_fixture(&fixture, &input);

    struct opened_event opened = report(&fixture, word, NULL);

    struct list_cursor cursor = list_begin(&opened.words);
    struct word_part part;
    assert_int_equal(fixture.problems, 0);
    assert_text(opened.rule, "an-id-of-32-bytes-as-long-as-can");
    assert_true(list_next_message(&cursor, &word_part_type, &part));
    assert_text(part.word, word);
    close_fixture(&fixture);
}

static void tags_that_find_no_room_are_left_out_whole(void **state)
{
    (void)state;
    struct fixture fixture;
    char given[197 * 3 + 1];
    char expected[sizeof given + 8];
    struct rule_input input = {.id = VALUE("tags"), .lead = VALUE("urban")};
    input.when[RULE_TITLE_ANY] = LIST(VALUE("路灯"));
    input.tags = LIST(VALUE("困难户"), VALUE("急"));
    open_fixture(&fixture, &input);
    repeat(given, sizeof given, "低", 197);
    (void)snprintf(expected, sizeof expected, "%s;急", given);

    struct opened_event opened = report(&fixture, "路灯不亮", given);

    assert_int_equal(fixture.problems, 0);
    assert_text(opened.tags, expected);
    close_fixture(&fixture);
}

static void an_issue_names_the_configuration_that_routed_it(void **state)
{
    (void)state;
    struct fixture fixture;
    struct rule_input input = {.id = VALUE("light"), .lead = VALUE("urban")};
    input.when[RULE_TITLE_ANY] = LIST(VALUE("路灯"));
    open_fixture(&fixture, &input);
    (void)report(&fixture, "路灯不亮", NULL);

    struct issue_query query = {.issue = ISSUE};
    struct issue_view view;
    struct err err = {0};
    assert_ok(service_node_ask(fixture.node, "triage1", &issue_query_type, &query, &view, &err));

    assert_true(bytes_equal(view.config, bytes_of(street->hash, CONFIG_HASH_BYTES)));
    close_fixture(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_that_cannot_dispatch_leaves_the_report_at_the_desk),
        cmocka_unit_test(as_many_sections_as_a_rule_may_name_get_their_part),
        cmocka_unit_test(the_longest_word_is_kept_with_the_issue),
        cmocka_unit_test(tags_that_find_no_room_are_left_out_whole),
        cmocka_unit_test(an_issue_names_the_configuration_that_routed_it),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
