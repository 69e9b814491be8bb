/* SPDX-License-Identifier: Apache-2.0 */
/* Open issues follow their households to another cadre. */
#include "router_issue.h"

#include <stdio.h>

#define FIRST_ISSUE UINT64_C(20260000001)

static void report(struct service_node *node, uint64_t issue, const char *household,
                   const char *cadre)
{
    struct reported_event event = {.household = text_of(household),
                                   .cadre = text_of(cadre),
                                   .kind = (int)KIND_OPINION,
                                   .source = (int)SOURCE_CADRE,
                                   .area = BYTES("c01v02"),
                                   .category = BYTES("roads"),
                                   .title = BYTES("路灯不亮"),
                                   .text = BYTES("村口的路灯三天不亮")};
    struct router_record record = {.type = &reported_event_type,
                                   .message = &event,
                                   .issue = issue,
                                   .generation = 1,
                                   .actor = cadre};
    assert_true(service_node_follow(node, &record) > 0);
}

/* Households "hFIRST" to "hLAST" of cadre1 come to cadre2; how many records the router wrote. */
static uint64_t relink(struct service_node *node, uint32_t first, uint32_t last)
{
    struct relinked_event event = {.how = RELINK_WAY_HANDOVER, .reason = BYTES("片区调整")};
    struct buf out = {0};
    char id[16];
    for (uint32_t i = last; i >= first; i--) {
        (void)snprintf(id, sizeof id, "h%u", i);
        list_put_message(&event.rows, &out, &relink_part_type,
                         &(struct relink_part){.household = bytes_of_string(id),
                                               .from = BYTES("cadre1"),
                                               .to = BYTES("cadre2")});
    }
    list_end(&event.rows, &out);
    struct router_record record = {
        .type = &relinked_event_type, .message = &event, .actor = "office_head"};
    uint64_t written = service_node_follow(node, &record);
    buf_done(&out);
    return written;
}

static uint32_t count_issues(struct service_node *node, const char *cadre)
{
    static const char *const cadres[] = {"cadre1", "cadre2"};
    (void)service_node_follow_cadres(node, cadres, 2);
    struct issue_list_query query = {.cadre = text_of(cadre)};
    struct issue_list_reply reply;
    struct err err = {0};
    uint32_t count = 0;
    do {
        assert_ok(service_node_ask(node, "triage1", &issue_list_query_type, &query, &reply, &err));
        struct list_cursor cursor = list_begin(&reply.issues);
        struct issue_item item;
        while (list_next_message(&cursor, &issue_item_type, &item)) {
            query.after = item.issue;
            count++;
        }
    } while (reply.issues.count != 0);
    return count;
}

static void open_issues_get_the_new_cadre_and_keep_their_history(void **state)
{
    struct service_node *node = *state;
    report(node, FIRST_ISSUE, "h1", "cadre1");
    report(node, FIRST_ISSUE + 1, "h2", "cadre1");
    report(node, FIRST_ISSUE + 2, "h1", "cadre1");
    uint32_t generation = ask_issue(node, "cadre1", FIRST_ISSUE).generation;
    assert_int_equal(relink(node, 1, 1), 3); /* the households, and an event per issue */

    struct issue_view view = ask_issue(node, "cadre2", FIRST_ISSUE);
    assert_text(view.cadre, "cadre2");
    assert_int_equal(view.generation, generation + 1);
    struct record_part last = {0};
    struct list_cursor cursor = list_begin(&view.events);
    struct record_part part;
    while (list_next_message(&cursor, &record_part_type, &part)) {
        last = part;
    }
    assert_int_equal(last.type, MESSAGE_OWNER_EVENT);
    assert_text(last.actor, "office_head");
    assert_text(last.reason, "cadre1 -> cadre2: 片区调整");
    assert_text(ask_issue(node, "cadre1", FIRST_ISSUE + 1).cadre, "cadre1");
    assert_int_equal(count_issues(node, "cadre1"), 1);
    assert_int_equal(count_issues(node, "cadre2"), 2);
    struct issue_query query = {.issue = FIRST_ISSUE};
    struct err err = {0};
    assert_status(service_node_ask(node, "cadre1", &issue_query_type, &query, &view, &err),
                  STATUS_FORBIDDEN);
    assert_int_equal(relink(node, 1, 1), 1); /* they have followed already */
    service_node_check_rebuild(node);
}

static void a_report_that_comes_late_opens_for_the_present_cadre(void **state)
{
    struct service_node *node = *state;
    (void)relink(node, 1, 1);
    report(node, FIRST_ISSUE, "h1", "cadre1"); /* as from the dead letters */
    report(node, FIRST_ISSUE + 1, "h2", "cadre1");
    assert_text(ask_issue(node, "cadre2", FIRST_ISSUE).cadre, "cadre2");
    assert_text(ask_issue(node, "cadre1", FIRST_ISSUE + 1).cadre, "cadre1");
    service_node_check_rebuild(node);
}

static void a_thousand_issues_follow_in_steps(void **state)
{
    enum { MANY = 700, HOMES = 300 };
    struct service_node *node = *state;
    for (uint32_t i = 0; i < MANY; i++) {
        char household[16];
        (void)snprintf(household, sizeof household, "h%u", 1 + i % HOMES);
        report(node, FIRST_ISSUE + i, household, "cadre1");
    }
    (void)relink(node, 1, HOMES);
    for (uint32_t i = 1; i <= 4; i++) {
        (void)service_node_wake(node, 1);
    }
    assert_int_equal(count_issues(node, "cadre1"), 0);
    assert_int_equal(count_issues(node, "cadre2"), MANY);
    assert_int_equal(service_node_rows(node, HANDING), 0);
    service_node_check_rebuild(node);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_new_router, close_node)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(open_issues_get_the_new_cadre_and_keep_their_history),
        TEST(a_report_that_comes_late_opens_for_the_present_cadre),
        TEST(a_thousand_issues_follow_in_steps),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
