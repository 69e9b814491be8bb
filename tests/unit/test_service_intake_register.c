/* SPDX-License-Identifier: Apache-2.0 */
#include "intake_calls.h"

#include <stdio.h>

/* ---- queries -------------------------------------------------------------------------------- */

/* The ids of the households the person is shown, "h1 h2 "; NULL when forbidden. */
static const char *list_households(struct service_node *node, const char *person,
                                   struct household_query query)
{
    static char ids[256];
    struct err err = {0};
    struct household_reply reply;
    ids[0] = '\0';
    enum status st = service_node_ask(node, person, &household_query_type, &query, &reply, &err);
    if (st != STATUS_OK) {
        assert_int_equal(st, STATUS_FORBIDDEN);
        return NULL;
    }
    struct list_cursor cursor = list_begin(&reply.households);
    struct household_part part;
    while (list_next_message(&cursor, &household_part_type, &part)) {
        size_t used = strlen(ids);
        (void)snprintf(ids + used, sizeof ids - used, "%.*s ", BYTES_FMT(part.household));
    }
    return ids;
}

static void households_are_shown_to_those_who_deal_with_them(void **state)
{
    struct service_node *node = *state;
    fill_register(node);
    static const char *const all[] = {"operator", "triage1", "office_head", "supervisor1"};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        assert_string_equal(list_households(node, all[i], (struct household_query){0}),
                            "h1 h2 h3 ");
        assert_string_equal(
            list_households(node, all[i], (struct household_query){.cadre = BYTES("cadre1")}),
            "h1 h2 ");
    }
    const struct household_query whole = {0};
    const struct household_query of_1 = {.cadre = BYTES("cadre1")};
    const struct household_query of_2 = {.cadre = BYTES("cadre2")};
    assert_string_equal(list_households(node, "cadre1", whole), "h1 h2 ");
    assert_string_equal(list_households(node, "cadre1", of_1), "h1 h2 ");
    assert_null(list_households(node, "cadre1", of_2));
    assert_string_equal(list_households(node, "secretary_c01", whole), "h1 h2 ");
    assert_string_equal(list_households(node, "secretary_c02", whole), "h3 ");
    assert_string_equal(list_households(node, "secretary_c02", of_1), "");
    assert_string_equal(list_households(node, "liaison_c01v02", of_1), "h1 h2 ");
    assert_string_equal(list_households(node, "liaison_c01v01", whole), "");
    assert_null(list_households(node, "staff_urban_1", whole));
    assert_null(list_households(node, "first_responsible", whole));
    assert_null(list_households(node, "nobody", whole));
}

static void one_household_is_shown_likewise(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct household_reply reply;
    fill_register(node);
    const struct household_query one = {.household = BYTES("h3")};
    assert_string_equal(list_households(node, "cadre2", one), "h3 ");
    assert_string_equal(list_households(node, "secretary_c02", one), "h3 ");
    assert_null(list_households(node, "cadre1", one));
    assert_null(list_households(node, "secretary_c01", one));
    const struct household_query other = {.household = BYTES("h3"), .cadre = BYTES("cadre1")};
    assert_string_equal(list_households(node, "operator", other), "");

    struct household_query none = {.household = BYTES("h9")};
    assert_status(service_node_ask(node, "operator", &household_query_type, &none, &reply, &err),
                  STATUS_NOT_FOUND);
    none.household = BYTES("h1");
    assert_ok(service_node_ask(node, "operator", &household_query_type, &none, &reply, &err));
    struct list_cursor cursor = list_begin(&reply.households);
    struct household_part part;
    assert_true(list_next_message(&cursor, &household_part_type, &part));
    assert_text(part.head, "李芳");
    assert_text(part.address, "映月社区石桥村3组8号");
    assert_int_equal(part.members, 4);
    assert_text(part.cadre, "cadre1");
}

static void lists_go_on_after_an_id(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct cadre_reply reply;
    fill_register(node);
    assert_string_equal(list_households(node, "operator", (struct household_query){.limit = 2}),
                        "h1 h2 ");
    assert_string_equal(
        list_households(node, "operator", (struct household_query){.after = BYTES("h2")}), "h3 ");
    assert_string_equal(
        list_households(node, "cadre1", (struct household_query){.after = BYTES("h1"), .limit = 5}),
        "h2 ");
    assert_string_equal(
        list_households(node, "secretary_c01", (struct household_query){.after = BYTES("h2")}), "");

    struct cadre_query query = {.limit = 1};
    assert_ok(service_node_ask(node, "cadre1", &cadre_query_type, &query, &reply, &err));
    assert_int_equal(reply.cadres.count, 1);
    query.after = BYTES("cadre2");
    assert_ok(service_node_ask(node, "cadre1", &cadre_query_type, &query, &reply, &err));
    assert_int_equal(reply.cadres.count, 0);
}

static void cadres_are_shown_to_everybody_on_duty(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct cadre_reply reply;
    struct cadre_query query = {.cadre = BYTES("cadre1")};
    fill_register(node);

    assert_ok(service_node_ask(node, "staff_urban_1", &cadre_query_type, &query, &reply, &err));
    struct list_cursor cursor = list_begin(&reply.cadres);
    struct cadre_view_part part;
    assert_true(list_next_message(&cursor, &cadre_view_part_type, &part));
    assert_text(part.cadre, "cadre1");
    assert_text(part.unit, "城建科");
    assert_int_equal(part.households, 2);
    assert_status(service_node_ask(node, "nobody", &cadre_query_type, &query, &reply, &err),
                  STATUS_FORBIDDEN);
    query.cadre = BYTES("cadre9");
    assert_status(service_node_ask(node, "cadre1", &cadre_query_type, &query, &reply, &err),
                  STATUS_NOT_FOUND);
    assert_says(&err, "cadre", "cadre9");
}

static void what_intake_knows_of_an_issue_is_told_by_number(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct report_reply reply;
    struct report_query query = {.issue = ISSUE_1};
    fill_register(node);

    assert_status(service_node_ask(node, "cadre1", &report_query_type, &query, &reply, &err),
                  STATUS_NOT_FOUND);
    (void)submit_h1(node);
    assert_status(service_node_ask(node, "nobody", &report_query_type, &query, &reply, &err),
                  STATUS_FORBIDDEN);
    assert_ok(service_node_ask(node, "staff_urban_1", &report_query_type, &query, &reply, &err));
    struct list_cursor cursor = list_begin(&reply.pending);
    struct pending_part part;
    assert_true(list_next_message(&cursor, &pending_part_type, &part));
    assert_int_equal(part.seq, reply.seq);
    assert_int_equal(part.type, MESSAGE_REPORTED_EVENT);
    assert_int_equal(part.at.us, SERVICE_NODE_BEGIN_US);
    assert_text(part.actor, "cadre1");
}

static enum status ask_records(struct service_node *node, const char *person, uint64_t issue)
{
    struct err err = {0};
    struct records_reply reply;
    struct records_query query = {.issue = issue};
    return service_node_ask(node, person, &records_query_type, &query, &reply, &err);
}

static void records_of_an_issue_are_for_those_who_may_see_it(void **state)
{
    struct service_node *node = *state;
    fill_register(node);
    (void)submit_h1(node);
    static const struct {
        const char *person;
        bool may;
        bool may_all;
    } cases[] = {
        {"operator", true, true},
        {"supervisor1", true, true},
        {"triage1", true, false},
        {"office_head", true, false},
        {"first_responsible", true, false},
        {"leader3", false, false},
        {"cadre1", true, false},
        {"secretary_c01", true, false},
        {"cadre2", false, false},
        {"secretary_c02", false, false},
        {"staff_urban_1", false, false},
        {"nobody", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_status(ask_records(node, cases[i].person, ISSUE_1),
                      cases[i].may ? STATUS_OK : STATUS_FORBIDDEN);
        assert_status(ask_records(node, cases[i].person, 0),
                      cases[i].may_all ? STATUS_OK : STATUS_FORBIDDEN);
    }
    assert_status(ask_records(node, "operator", ISSUE_1 + 1), STATUS_NOT_FOUND);
}

/* ---- before and after ----------------------------------------------------------------------- */

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_new_intake, close_rebuilt_node)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(households_are_shown_to_those_who_deal_with_them),
        TEST(one_household_is_shown_likewise),
        TEST(lists_go_on_after_an_id),
        TEST(cadres_are_shown_to_everybody_on_duty),
        TEST(what_intake_knows_of_an_issue_is_told_by_number),
        TEST(records_of_an_issue_are_for_those_who_may_see_it),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
