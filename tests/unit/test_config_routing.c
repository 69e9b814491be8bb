/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "config/arena.h"
#include "config/categories.h"
#include "config/org.h"
#include "config/routing.h"
#include "fixture/rules_office.h"

#include <string.h>

struct loaded {
    struct problems problems;
    struct rules *rules;
    bool is_good;
    char *text; /* the problems, NUL-ended */
};

static void load(struct loaded *loaded, const char *text)
{
    struct yaml_document *document;
    *loaded = (struct loaded){0};
    assert_true(
        yaml_open_bytes(bytes_of_string(text), "routing.yaml", &document, &loaded->problems));
    loaded->is_good = routing_read(document, &test_office, &loaded->rules, &loaded->problems);
    yaml_close(document);
    buf_append_u8(&loaded->problems.text, 0);
    loaded->text = (char *)loaded->problems.text.p;
}

static void unload(struct loaded *loaded)
{
    rules_close(loaded->rules);
    problems_done(&loaded->problems);
}

static void assert_problems(const char *text, const char *const *expected, uint32_t count)
{
    struct loaded loaded;
    load(&loaded, text);
    assert_false(loaded.is_good);
    for (uint32_t i = 0; i < count; i++) {
        if (strstr(loaded.text, expected[i]) == NULL) {
            fail_msg("'%s' is not among:\n%s", expected[i], loaded.text);
        }
    }
    if (loaded.problems.count != count) {
        fail_msg("%u problems, not %u:\n%s", loaded.problems.count, count, loaded.text);
    }
    unload(&loaded);
}

#define ASSERT_PROBLEMS(text, ...)                                                                 \
    assert_problems(text, (const char *const[]){__VA_ARGS__},                                      \
                    (uint32_t)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)))

static const char good[] = "words:\n"
                           "  light: [路灯, 灯杆]\n"
                           "rules:\n"
                           "  - id: light-out\n"
                           "    when: {text_all: ['@light', 不亮], area: east, hours: [off]}\n"
                           "    then: {category: roads, lead: urban, assist: [environment],\n"
                           "           urgency: utility, tags: [夜间]}\n"
                           "    examples:\n"
                           "      - {text: 路灯不亮, area: east-1, hours: off}\n"
                           "      - {text: 路灯不亮, area: east-1, match: false}\n"
                           "  - id: demand\n"
                           "    when: {kind: demand, household_tags: 低保}\n"
                           "    then: {lead: urban, leader: wang}\n"
                           "  - {id: default, then: {triage: true}}\n"
                           "examples:\n"
                           "  - {title: 困难, text: 房子漏, kind: demand, household_tags: [低保],\n"
                           "     expect: demand}\n"
                           "  - {text: 其他, expect: default}\n";

static void a_whole_file_is_read_and_decides(void **state)
{
    (void)state;
    struct loaded loaded;
    load(&loaded, good);
    if (!loaded.is_good) {
        fail_msg("%s", loaded.text);
    }
    struct rules_scratch *scratch = rules_scratch_open();
    struct rule_decision decision;
    struct rule_facts facts = {.area = BYTES("east"), .text = BYTES("门口的灯杆不亮")};

    assert_true(rules_match(loaded.rules, &facts, scratch, &decision));

    assert_true(bytes_equal(decision.id, BYTES("light-out")));
    assert_true(bytes_equal(decision.category, BYTES("roads")));
    assert_int_equal(decision.assist_count, 1);
    assert_int_equal(decision.urgency, URGENCY_UTILITY);
    assert_int_equal(rules_count(loaded.rules), 3);
    assert_int_equal(rules_example_count(loaded.rules), 4);
    rules_scratch_close(scratch);
    unload(&loaded);
}

static void problems_of_every_kind_are_shown_with_their_place(void **state)
{
    (void)state;
    ASSERT_PROBLEMS("words:\n"
                    "  idle: [闲置]\n"
                    "rules:\n"
                    "  - id: light\n"
                    "    when: {text_any: [路灯], area: north}\n"
                    "    then: {lead: nowhere}\n"
                    "  - id: wide\n"
                    "    when: {text_any: 井盖}\n"
                    "    then: {lead: urban, leader: nobody, category: nothing}\n"
                    "    examples: [{text: 电梯}]\n"
                    "  - id: narrow\n"
                    "    when: {text_all: [井盖破损, 小区]}\n"
                    "    then: {lead: urban}\n"
                    "  - id: never\n"
                    "    when: {text_all: [积水], text_none: [水]}\n"
                    "    then: {lead: urban}\n",
                    "routing.yaml:2:3: error: words.idle: no rule uses",
                    "routing.yaml:5:34: error: rules[0].when.area: unknown area 'north'",
                    "routing.yaml:6:18: error: rules[0].then.lead: unknown department 'nowhere'",
                    "routing.yaml:9:33: error: rules[1].then.leader: unknown person 'nobody'",
                    "routing.yaml:9:51: error: rules[1].then.category: unknown category 'nothing'",
                    "routing.yaml:10:16: error: rules[1].examples[0]: this example must match",
                    "routing.yaml:11:5: error: rules[2]: rule 'narrow' can never be reached: rule "
                    "'wide' (line 7)",
                    "routing.yaml:15:40: error: rules[3].when.text_none: rule 'never' can never",
                    "routing.yaml:14:5: error: rules: there is no default");
}

static void unknown_keys_and_wrong_shapes_are_refused(void **state)
{
    (void)state;
    ASSERT_PROBLEMS("rules:\n"
                    "  - id: a\n"
                    "    when: {text_ani: [路灯]}\n"
                    "    then: {lead: urban}\n"
                    "  - id: b\n"
                    "    when: {text_any: []}\n"
                    "    then: {lead: urban}\n"
                    "  - id: c\n"
                    "    when: {text_any: [[路灯]]}\n"
                    "    then: {lead: urban}\n"
                    "  - {id: default, then: {triage: true}}\n",
                    "routing.yaml:3:12: error: rules[0].when.text_ani: unknown key",
                    "routing.yaml:6:22: error: rules[1].when.text_any: the list is empty",
                    "routing.yaml:9:23: error: rules[2].when.text_any[0]:");
}

static void examples_must_say_what_they_expect(void **state)
{
    (void)state;
    ASSERT_PROBLEMS("rules:\n"
                    "  - {id: default, then: {triage: true}, examples: [{text: 甲, expect: b}]}\n"
                    "examples:\n"
                    "  - {text: 乙}\n"
                    "  - {text: 丙, kind: wish, expect: default}\n"
                    "  - {text: 丁, expect: nosuch}\n"
                    "  - {text: 戊, category: road, expect: default}\n",
                    "routing.yaml:7:5: error: examples[3]: unknown category 'road': did you mean "
                    "'roads'",
                    "rules[0].examples[0]: an example inside a rule has match, not expect",
                    "routing.yaml:4:5: error: examples[0]: say which rule",
                    "routing.yaml:5:21: error: examples[1]: unknown kind 'wish'",
                    "routing.yaml:6:5: error: examples[2]: unknown rule 'nosuch'");
}

static void open_shipped(const char *name, struct yaml_document **document,
                         struct problems *problems)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/config/example/%s", SOURCE_DIR, name);
    assert_true(yaml_open(path, name, document, problems));
}

static void the_shipped_rules_load_for_the_shipped_office(void **state)
{
    (void)state;
    struct problems problems = {0};
    struct arena arena = {0};
    struct office office = {0};
    struct rules *rules = NULL;
    struct yaml_document *org;
    struct yaml_document *categories;
    struct yaml_document *routing;
    open_shipped("org.yaml", &org, &problems);
    open_shipped("categories.yaml", &categories, &problems);
    open_shipped("routing.yaml", &routing, &problems);
    (void)org_read(org, &arena, &office, &problems);
    (void)categories_read(categories, &arena, &office, &problems);
    (void)routing_read(routing, &office, &rules, &problems);
    if (problems.count > 0) {
        fail_msg("%.*s", BYTES_FMT(buf_bytes(&problems.text)));
    }
    assert_true(rules_example_count(rules) > rules_count(rules));
    rules_close(rules);
    yaml_close(routing);
    yaml_close(categories);
    yaml_close(org);
    arena_done(&arena);
    problems_done(&problems);
}

static void an_empty_file_has_no_default(void **state)
{
    (void)state;
    ASSERT_PROBLEMS("words: {}\n", "routing.yaml:1:1: error: rules: there is no default");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_file_is_read_and_decides),
        cmocka_unit_test(problems_of_every_kind_are_shown_with_their_place),
        cmocka_unit_test(unknown_keys_and_wrong_shapes_are_refused),
        cmocka_unit_test(examples_must_say_what_they_expect),
        cmocka_unit_test(the_shipped_rules_load_for_the_shipped_office),
        cmocka_unit_test(an_empty_file_has_no_default),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
