/* SPDX-License-Identifier: Apache-2.0 */
/* Every household has a cadre: households change hands, cadres leave, and who has none is seen. */
#include "intake_calls.h"

#include <stdio.h>

/* ---- calls ---------------------------------------------------------------------------------- */

static enum status hand_over(struct service_node *node, const char *person,
                             struct handover_command ask, struct err *err)
{
    struct change_reply change;
    uint64_t before = service_node_head(node);
    ask.reason = ask.reason.len != 0 ? ask.reason : BYTES("片区调整");
    enum status st = service_node_command(node, person, &handover_command_type, &ask, &change, err);
    assert_int_equal(service_node_head(node) > before, st == STATUS_OK);
    return st;
}

/* From cadre1 to cadre2; NULL: all. */
static enum status hand_over_some(struct service_node *node, const char *const *households,
                                  struct err *err)
{
    struct handover_command ask = {.from = BYTES("cadre1"), .to = BYTES("cadre2")};
    struct buf out = {0};
    for (; households != NULL && *households != NULL; households++) {
        list_put_bytes(&ask.household, &out, bytes_of_string(*households));
    }
    list_end(&ask.household, &out);
    ask.all = ask.household.count == 0;
    enum status st = hand_over(node, "office_head", ask, err);
    buf_done(&out);
    return st;
}

static enum status leave(struct service_node *node, const char *cadre, const char *to,
                         struct err *err)
{
    struct leave_command ask = {
        .cadre = text_of(cadre), .to = text_of(to), .reason = BYTES("退休")};
    struct change_reply change;
    return service_node_command(node, "triage1", &leave_command_type, &ask, &change, err);
}

static struct household_reply ask_households(struct service_node *node, const char *person,
                                             struct household_query query)
{
    struct household_reply reply;
    struct err err = {0};
    assert_ok(service_node_ask(node, person, &household_query_type, &query, &reply, &err));
    return reply;
}

static void assert_cadre(struct service_node *node, const char *household, const char *cadre)
{
    struct household_reply reply =
        ask_households(node, "operator", (struct household_query){.household = text_of(household)});
    struct list_cursor cursor = list_begin(&reply.households);
    struct household_part part;
    assert_true(list_next_message(&cursor, &household_part_type, &part));
    assert_text(part.cadre, cadre);
}

static struct cadre_view_part ask_cadre(struct service_node *node, const char *id)
{
    struct cadre_query query = {.cadre = text_of(id)};
    static struct cadre_reply reply;
    struct err err = {0};
    struct cadre_view_part part;
    assert_ok(service_node_ask(node, "operator", &cadre_query_type, &query, &reply, &err));
    struct list_cursor cursor = list_begin(&reply.cadres);
    assert_true(list_next_message(&cursor, &cadre_view_part_type, &part));
    return part;
}

/* How many households the records after `before` handed from cadre1 to cadre2, page by page. */
static uint32_t count_handed(struct service_node *node, uint64_t before)
{
    struct handover_query query = {.seq = before + 1,
                                   .count = (uint32_t)(service_node_head(node) - before)};
    struct handover_reply reply;
    struct err err = {0};
    do {
        struct handed_part part;
        assert_ok(service_node_ask(node, "triage1", &handover_query_type, &query, &reply, &err));
        struct list_cursor cursor = list_begin(&reply.households);
        while (list_next_message(&cursor, &handed_part_type, &part)) {
            assert_text(part.from, "cadre1");
            assert_text(part.to, "cadre2");
        }
        query.after += reply.households.count;
    } while (reply.households.count != 0);
    assert_status(service_node_ask(node, "cadre1", &handover_query_type, &query, &reply, &err),
                  STATUS_FORBIDDEN);
    return query.after;
}

/* ---- handing over --------------------------------------------------------------------------- */

static void named_households_change_hands_and_both_cadres_are_told(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    fill_register(node);
    assert_ok(hand_over_some(node, (const char *const[]){"h2", NULL}, &err));
    assert_cadre(node, "h1", "cadre1");
    assert_cadre(node, "h2", "cadre2");
    assert_int_equal(ask_cadre(node, "cadre1").households, 1);
    assert_int_equal(ask_cadre(node, "cadre2").households, 2);
    struct intake_notice_event told;
    (void)service_node_last(node, &intake_notice_event_type, &told);
    assert_text(told.category, "taken_over");
    assert_text(told.person, "cadre1");
    assert_text(told.reason, "片区调整");
    assert_int_equal(told.count, 1);
    struct list_cursor cursor = list_begin(&told.recipients);
    struct bytes recipient;
    assert_true(list_next_bytes(&cursor, &recipient));
    assert_text(recipient, "cadre2");

    assert_ok(hand_over_some(node, NULL, &err));
    assert_cadre(node, "h1", "cadre2");
    assert_int_equal(ask_cadre(node, "cadre1").households, 0);
    service_node_check_rebuild(node);
}

static void a_household_knows_its_cadres_by_period(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct wall later = {SERVICE_NODE_BEGIN_US + 60 * US_PER_S};
    fill_register(node);
    service_node_set_now(node, later);
    assert_ok(hand_over_some(node, (const char *const[]){"h1", NULL}, &err));
    struct household_reply reply =
        ask_households(node, "cadre2", (struct household_query){.household = BYTES("h1")});
    struct list_cursor cursor = list_begin(&reply.links);
    struct period_part first;
    struct period_part second;
    assert_true(list_next_message(&cursor, &period_part_type, &first));
    assert_true(list_next_message(&cursor, &period_part_type, &second));
    assert_false(list_next_message(&cursor, &period_part_type, &second));
    assert_text(first.cadre, "cadre1");
    assert_int_equal(first.how, RELINK_WAY_IMPORT);
    assert_text(first.person, "operator");
    assert_int_equal(first.until.us, later.us);
    assert_text(second.cadre, "cadre2");
    assert_int_equal(second.since.us, later.us);
    assert_int_equal(second.until.us, 0);
    assert_text(second.reason, "片区调整");
    assert_text(second.person, "office_head");
}

static void a_handover_that_is_not_right_changes_nothing(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    fill_register(node);
    const struct {
        const char *person;
        struct handover_command ask;
        enum status status;
        const char *field;
        const char *says;
    } cases[] = {
        {"cadre1",
         {.from = BYTES("cadre1"), .to = BYTES("cadre2"), .all = true},
         STATUS_FORBIDDEN,
         "",
         "may not give households"},
        {"leader1",
         {.from = BYTES("cadre1"), .to = BYTES("cadre2"), .all = true},
         STATUS_FORBIDDEN,
         "",
         "the office head"},
        {"triage1",
         {.from = BYTES("cadre9"), .to = BYTES("cadre2"), .all = true},
         STATUS_NOT_FOUND,
         "from",
         "cadre9"},
        {"triage1",
         {.from = BYTES("cadre1"), .to = BYTES("cadre9"), .all = true},
         STATUS_NOT_FOUND,
         "to",
         "cadre9"},
        {"triage1",
         {.from = BYTES("cadre1"), .to = BYTES("cadre1"), .all = true},
         STATUS_INVALID,
         "to",
         "themselves"},
        {"triage1",
         {.from = BYTES("cadre1"), .to = BYTES("cadre2")},
         STATUS_INVALID,
         "household",
         "--all"},
        {"triage1", {.to = BYTES("cadre2"), .all = true}, STATUS_REFUSED, "from", "no household"},
        {"triage1",
         {.from = BYTES("cadre1"), .to = BYTES("cadre2"), .all = true, .reason = BYTES("　 ")},
         STATUS_INVALID,
         "reason",
         "blank"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_status(hand_over(node, cases[i].person, cases[i].ask, &err), cases[i].status);
        assert_says(&err, cases[i].field, cases[i].says);
    }
    assert_cadre(node, "h1", "cadre1");
}

static void one_wrong_household_stops_the_whole_handover(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    fill_register(node);
    assert_status(hand_over_some(node, (const char *const[]){"h1", "h9", NULL}, &err),
                  STATUS_NOT_FOUND);
    assert_says(&err, "household", "h9");
    assert_status(hand_over_some(node, (const char *const[]){"h1", "h3", NULL}, &err),
                  STATUS_REFUSED);
    assert_says(&err, "household", "linked to 'cadre2', not to 'cadre1'");
    assert_status(hand_over_some(node, (const char *const[]){"h1", "h2", "h1", NULL}, &err),
                  STATUS_INVALID);
    assert_says(&err, "household", "twice");
    assert_cadre(node, "h1", "cadre1");
}

static void a_thousand_households_change_hands_in_one_command(void **state)
{
    enum { MANY = 2500 };
    struct service_node *node = *state;
    struct err err = {0};
    struct rows rows = {0};
    fill_register(node);
    for (uint32_t i = 0; i < MANY; i++) {
        char id[40];
        (void)snprintf(id, sizeof id, "household-of-a-long-name-%05u", i);
        add_household(&rows, household_of(id, "cadre1"));
    }
    assert_ok(import(node, &household_import_command_type, &rows, &err));
    uint64_t before = service_node_head(node);
    assert_ok(hand_over_some(node, NULL, &err));
    assert_int_equal(ask_cadre(node, "cadre1").households, 0);
    assert_int_equal(ask_cadre(node, "cadre2").households, MANY + 3);
    assert_int_equal(count_handed(node, before), MANY + 2);
    service_node_check_rebuild(node);
}

/* ---- leaving -------------------------------------------------------------------------------- */

static void without_a_successor_the_community_secretary_takes_over_the_same_day(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    fill_register(node);
    assert_ok(leave(node, "cadre1", NULL, &err));
    assert_cadre(node, "h1", "secretary_c01");
    assert_cadre(node, "h2", "secretary_c01");
    assert_cadre(node, "h3", "cadre2");
    struct cadre_view_part secretary = ask_cadre(node, "secretary_c01");
    assert_int_equal(secretary.households, 2);
    assert_text(secretary.post, "社区书记");
    assert_text(secretary.phone, "19900000088");
    assert_true(ask_cadre(node, "cadre1").left_at.us != 0);
    struct household_reply reply =
        ask_households(node, "secretary_c01", (struct household_query){.household = BYTES("h1")});
    struct list_cursor cursor = list_begin(&reply.links);
    struct period_part period;
    assert_true(list_next_message(&cursor, &period_part_type, &period));
    assert_true(list_next_message(&cursor, &period_part_type, &period));
    assert_true(period.is_interim);
    assert_int_equal(period.how, RELINK_WAY_LEAVE);
    assert_int_equal(service_node_count(node, "without_cadre"), 0);
    service_node_check_rebuild(node);
}

static void who_has_left_is_no_cadre_any_more(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct rows rows = {0};
    uint64_t issue;
    fill_register(node);
    assert_ok(leave(node, "cadre1", "cadre2", &err));
    assert_cadre(node, "h1", "cadre2");
    assert_status(leave(node, "cadre1", NULL, &err), STATUS_REFUSED);
    assert_says(&err, "cadre", "left already");
    struct handover_command back = {.from = BYTES("cadre2"), .to = BYTES("cadre1"), .all = true};
    assert_status(hand_over(node, "operator", back, &err), STATUS_REFUSED);
    assert_says(&err, "to", "has left");
    add_household(&rows, household_of("h4", "cadre1"));
    assert_status(import(node, &household_import_command_type, &rows, &err), STATUS_INVALID);
    struct problem_part problem = service_node_problem(node, 0);
    assert_text(problem.column, "cadre");
    struct submit_command report = submit_of("h1");
    assert_status(submit(node, "cadre1", &report, &issue, &err), STATUS_FORBIDDEN);
    assert_ok(submit(node, "cadre2", &report, &issue, &err));

    add_cadre(&rows, cadre_of("cadre1"));
    assert_ok(import(node, &cadre_import_command_type, &rows, &err));
    assert_ok(hand_over(node, "operator", back, &err));
    assert_cadre(node, "h1", "cadre1");
}

static void leaving_is_for_the_office_and_needs_a_cadre_and_a_reason(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct change_reply change;
    fill_register(node);
    struct leave_command ask = {.cadre = BYTES("cadre1"), .reason = BYTES("退休")};
    assert_status(service_node_command(node, "cadre1", &leave_command_type, &ask, &change, &err),
                  STATUS_FORBIDDEN);
    ask.reason = BYTES(" ");
    assert_status(service_node_command(node, "triage1", &leave_command_type, &ask, &change, &err),
                  STATUS_INVALID);
    assert_status(leave(node, "cadre9", NULL, &err), STATUS_NOT_FOUND);
    assert_status(leave(node, "cadre1", "cadre1", &err), STATUS_INVALID);
    assert_status(leave(node, "cadre1", "cadre9", &err), STATUS_NOT_FOUND);
    assert_cadre(node, "h1", "cadre1");
}

/* ---- without a cadre ------------------------------------------------------------------------ */

/* How many households without a cadre the person is shown. */
static uint32_t count_uncovered(struct service_node *node, const char *person)
{
    return ask_households(node, person, (struct household_query){.without_cadre = true})
        .households.count;
}

static void households_without_a_cadre_are_found_by_those_who_can_name_one(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct rows rows = {0};
    fill_register(node);
    assert_ok(leave(node, "cadre1", NULL, &err));
    assert_ok(leave(node, "secretary_c01", NULL, &err)); /* nobody is left to take over */
    add_household(&rows, household_of("h4", NULL));
    assert_ok(import(node, &household_import_command_type, &rows, &err));
    assert_int_equal(service_node_count(node, "without_cadre"), 3);
    assert_int_equal(count_uncovered(node, "operator"), 3);
    assert_int_equal(count_uncovered(node, "secretary_c01"), 3);
    assert_int_equal(count_uncovered(node, "secretary_c02"), 0);
    struct household_query query = {.without_cadre = true};
    struct household_reply reply;
    assert_status(service_node_ask(node, "cadre2", &household_query_type, &query, &reply, &err),
                  STATUS_FORBIDDEN);
    query.cadre = BYTES("cadre2");
    assert_status(service_node_ask(node, "operator", &household_query_type, &query, &reply, &err),
                  STATUS_INVALID);

    struct handover_command settle = {.to = BYTES("cadre2"), .all = true};
    assert_ok(hand_over(node, "operator", settle, &err));
    assert_int_equal(service_node_count(node, "without_cadre"), 0);
    assert_cadre(node, "h4", "cadre2");
    service_node_check_rebuild(node);
}

static void an_import_that_changes_a_cadre_says_so_before_the_rows(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct rows rows = {0};
    fill_register(node);
    uint64_t before = service_node_head(node);
    add_household(&rows, household_of("h1", "cadre2"));
    add_household(&rows, household_of("h2", "cadre1"));
    assert_ok(import(node, &household_import_command_type, &rows, &err));
    assert_int_equal(service_node_head(node), before + 2);
    assert_cadre(node, "h1", "cadre2");
    assert_int_equal(ask_cadre(node, "cadre1").households, 1);
    struct household_reply reply =
        ask_households(node, "operator", (struct household_query){.household = BYTES("h1")});
    assert_int_equal(reply.links.count, 2);
    reply = ask_households(node, "operator", (struct household_query){.household = BYTES("h2")});
    assert_int_equal(reply.links.count, 1);
    service_node_check_rebuild(node);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_new_intake, close_node)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(named_households_change_hands_and_both_cadres_are_told),
        TEST(a_household_knows_its_cadres_by_period),
        TEST(a_handover_that_is_not_right_changes_nothing),
        TEST(one_wrong_household_stops_the_whole_handover),
        TEST(a_thousand_households_change_hands_in_one_command),
        TEST(without_a_successor_the_community_secretary_takes_over_the_same_day),
        TEST(who_has_left_is_no_cadre_any_more),
        TEST(leaving_is_for_the_office_and_needs_a_cadre_and_a_reason),
        TEST(households_without_a_cadre_are_found_by_those_who_can_name_one),
        TEST(an_import_that_changes_a_cadre_says_so_before_the_rows),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
