/* SPDX-License-Identifier: Apache-2.0 */
/* Who is shown a section's queue and records, and how much of them at once. */
#include "department_people.h"

#include <stdlib.h>

static enum status look(struct service_node *node, const char *person, const char *department,
                        struct err *err)
{
    struct queue_query query = {.department = text_of(department)};
    struct queue_reply reply;
    return service_node_ask(node, person, &queue_query_type, &query, &reply, err);
}

static void a_queue_is_shown_to_its_section_its_leader_and_the_office(void **state)
{
    struct service_node *node = *state;
    static const char *const may[] = {"staff_urban_1", "head_urban", "leader1",    "triage1",
                                      "office_head",   "operator",   "supervisor1"};
    static const char *const may_not[] = {"staff_housing_1", "leader2",           "cadre1",
                                          "secretary_c01",   "first_responsible", "nobody"};
    struct err err = {0};
    for (size_t i = 0; i < sizeof may / sizeof may[0]; i++) {
        assert_ok(look(node, may[i], "urban", &err));
    }
    for (size_t i = 0; i < sizeof may_not / sizeof may_not[0]; i++) {
        assert_status(look(node, may_not[i], "urban", &err), STATUS_FORBIDDEN);
    }
}

static void the_section_is_named_only_where_it_is_not_clear(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    assert_ok(look(node, "staff_urban_1", NULL, &err));
    assert_status(look(node, "staff_urban_3", NULL, &err), STATUS_INVALID);
    assert_says(&err, "department", "several sections");
    assert_status(look(node, "operator", NULL, &err), STATUS_INVALID);
    assert_says(&err, "department", "no section");
    assert_status(look(node, "operator", "civil", &err), STATUS_NOT_FOUND);
    assert_says(&err, "department", "department-urban");
    assert_status(look(node, "operator", "no_such", &err), STATUS_NOT_FOUND);
}

static void a_queue_goes_on_after_a_number(void **state)
{
    struct service_node *node = *state;
    for (uint64_t i = 0; i < 5; i++) {
        (void)open_issue(node, ISSUE + i, i == 2 ? "transport" : "urban");
    }
    struct queue_query query = {.limit = 3};
    struct queue_reply reply = list(node, "staff_urban_1", query);
    assert_int_equal(reply.items.count, 3);
    struct list_cursor cursor = list_begin(&reply.items);
    struct queue_item found;
    static const uint64_t expected[] = {ISSUE, ISSUE + 1, ISSUE + 3};
    for (size_t i = 0; i < 3; i++) {
        assert_true(list_next_message(&cursor, &queue_item_type, &found));
        assert_int_equal(found.issue, expected[i]);
    }
    query.after = ISSUE + 3;
    assert_int_equal(list(node, "staff_urban_1", query).items.count, 1);
    query.after = ISSUE + 4;
    assert_int_equal(list(node, "staff_urban_1", query).items.count, 0);
}

static void a_page_of_long_texts_ends_before_it_is_too_large_to_send(void **state)
{
    struct service_node *node = *state;
    char *text = malloc(12001);
    struct queue_query query = {0};
    uint32_t seen = 0;
    assert_non_null(text);
    for (size_t i = 0; i < 4000; i++) {
        memcpy(text + i * 3, "路", 4);
    }
    for (uint64_t i = 0; i < 120; i++) {
        struct leg_event event = {.role = (int)LEG_ROLE_ASSIST, .text = text_of(text)};
        struct router_record record = {
            .type = &leg_event_type, .message = &event, .issue = ISSUE + i, .topic = "urban"};
        assert_int_equal(service_node_follow(node, &record), 1);
    }
    for (uint32_t page = 0; page < 4; page++) {
        struct queue_reply reply = list(node, "staff_urban_1", query);
        struct list_cursor cursor = list_begin(&reply.items);
        struct queue_item found = {0};
        assert_in_range(reply.items.len, 0, 650U * 1024U);
        while (list_next_message(&cursor, &queue_item_type, &found)) {
            assert_int_equal(found.text.len, 12000);
            query.after = found.issue;
            seen++;
        }
        assert_int_equal(reply.items.count == 0, page == 3);
    }
    assert_int_equal(seen, 120);
    free(text);
}

static void pending_facts_of_an_issue_are_told_by_number(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct queue_pending_query query = {.issue = ISSUE};
    struct queue_pending_reply reply;
    (void)open_issue(node, ISSUE, "urban");
    (void)add_leg(node, ISSUE, "housing", LEG_ROLE_ASSIST);
    assert_ok(sign(node, "staff_urban_1", NULL, &err));
    assert_ok(sign(node, "staff_housing_1", NULL, &err));

    assert_ok(
        service_node_ask(node, "staff_urban_1", &queue_pending_query_type, &query, &reply, &err));
    assert_int_equal(reply.pending.count, 2);
    assert_int_equal(reply.state, STATE_DISPATCHED);
    assert_text(reply.lead, "urban");
    assert_int_equal(step_urban(node, 0, STATE_IN_PROGRESS, LEG_STATE_IN_PROGRESS), 1);
    assert_ok(
        service_node_ask(node, "staff_urban_1", &queue_pending_query_type, &query, &reply, &err));
    assert_int_equal(reply.state, STATE_IN_PROGRESS);
    assert_text(reply.lead, "urban");
    assert_status(
        service_node_ask(node, "staff_civil_1", &queue_pending_query_type, &query, &reply, &err),
        STATUS_FORBIDDEN);
    query.issue = ISSUE + 1;
    assert_status(
        service_node_ask(node, "staff_urban_1", &queue_pending_query_type, &query, &reply, &err),
        STATUS_NOT_FOUND);
}

static void records_are_for_those_who_may_see_the_issue(void **state)
{
    struct service_node *node = *state;
    static const struct {
        const char *person;
        bool may;
        bool may_all;
    } cases[] = {
        {"operator", true, true},        {"supervisor1", true, true},
        {"triage1", true, false},        {"leader1", true, false},
        {"staff_urban_1", true, false},  {"staff_housing_1", true, false},
        {"secretary_c01", true, false},  {"secretary_c02", false, false},
        {"staff_civil_1", false, false}, {"leader2", false, false},
        {"nobody", false, false},
    };
    (void)open_issue(node, ISSUE, "urban");
    (void)add_leg(node, ISSUE, "housing", LEG_ROLE_ASSIST);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = {0};
        struct records_reply reply;
        struct records_query query = {.issue = ISSUE};
        const char *person = cases[i].person;
        assert_status(service_node_ask(node, person, &records_query_type, &query, &reply, &err),
                      cases[i].may ? STATUS_OK : STATUS_FORBIDDEN);
        query.issue = 0;
        assert_status(service_node_ask(node, person, &records_query_type, &query, &reply, &err),
                      cases[i].may_all ? STATUS_OK : STATUS_FORBIDDEN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_URBAN(a_queue_is_shown_to_its_section_its_leader_and_the_office),
        IN_URBAN(the_section_is_named_only_where_it_is_not_clear),
        IN_URBAN(a_queue_goes_on_after_a_number),
        IN_URBAN(a_page_of_long_texts_ends_before_it_is_too_large_to_send),
        IN_URBAN(pending_facts_of_an_issue_are_told_by_number),
        IN_URBAN(records_are_for_those_who_may_see_the_issue),
    };
    return cmocka_run_group_tests(tests, open_wider_street, close_wider_street);
}
