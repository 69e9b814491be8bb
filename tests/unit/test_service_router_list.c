/* SPDX-License-Identifier: Apache-2.0 */
/* A list for which more has to be looked at than one reply may take says how far it came, so that
 * what lies behind is found. */
#include "router_issue.h"

#define FIRST UINT64_C(20260000001)
#define LOOKED_AT 20000U /* for one reply, by the router */

static void report_many(struct service_node *node, uint32_t count)
{
    const struct reported_event report = desk_report();
    for (uint32_t i = 0; i < count; i++) {
        (void)service_node_follow(node, &(struct router_record){.type = &reported_event_type,
                                                                .message = &report,
                                                                .issue = FIRST + i,
                                                                .actor = "cadre1"});
    }
}

static struct issue_list_reply list(struct service_node *node, uint64_t after)
{
    struct issue_list_query query = {
        .cadre = BYTES("cadre1"), .state = (int)STATE_DISPATCHED, .after = after};
    struct issue_list_reply reply;
    struct err err = {0};
    assert_ok(service_node_ask(node, "triage1", &issue_list_query_type, &query, &reply, &err));
    return reply;
}

static void what_lies_behind_one_reply_is_found_by_going_on_where_it_says(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct change_reply change;
    report_many(node, LOOKED_AT + 1);
    struct dispatch_command dispatch = {.issue = FIRST + LOOKED_AT, .lead = BYTES("urban")};
    assert_ok(
        service_node_command(node, "triage1", &dispatch_command_type, &dispatch, &change, &err));

    struct issue_list_reply first = list(node, 0);
    assert_int_equal(first.issues.count, 0);
    assert_int_equal(first.through, FIRST + LOOKED_AT - 1);

    struct issue_list_reply second = list(node, first.through);
    assert_int_equal(second.issues.count, 1);
    struct list_cursor cursor = list_begin(&second.issues);
    struct issue_item item;
    assert_true(list_next_message(&cursor, &issue_item_type, &item));
    assert_int_equal(item.issue, FIRST + LOOKED_AT);
    assert_int_equal(second.through, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            what_lies_behind_one_reply_is_found_by_going_on_where_it_says, open_new_router,
            close_node),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
