/* SPDX-License-Identifier: Apache-2.0 */
/* Contact cards: what stands on them, who delivers them, when they are out of date; and what is
 * looked after every working day. */
#include "intake_calls.h"

#include <stdio.h>

#define DAY_US ((int64_t)86400 * US_PER_S)

/* ---- calls ---------------------------------------------------------------------------------- */

static struct card_reply ask_cards(struct service_node *node, const char *person,
                                   struct card_query query)
{
    struct card_reply reply;
    struct err err = {0};
    assert_ok(service_node_ask(node, person, &card_query_type, &query, &reply, &err));
    return reply;
}

static struct card_part ask_card(struct service_node *node, const char *household)
{
    struct card_reply reply =
        ask_cards(node, "operator", (struct card_query){.household = text_of(household)});
    struct list_cursor cursor = list_begin(&reply.cards);
    struct card_part card;
    assert_true(list_next_message(&cursor, &card_part_type, &card));
    return card;
}

static uint32_t count_cards(struct service_node *node, const char *person, struct card_query query)
{
    return ask_cards(node, person, query).cards.count;
}

static enum status deliver(struct service_node *node, const char *person,
                           struct card_deliver_command ask, struct err *err)
{
    struct change_reply change;
    return service_node_command(node, person, &card_deliver_command_type, &ask, &change, err);
}

/* Records that the card of a household was printed; `edition` NULL: as it is now. */
static enum status print(struct service_node *node, const char *person, const char *household,
                         const char *edition, struct err *err)
{
    char text[16];
    struct card_part card = ask_card(node, household);
    (void)snprintf(text, sizeof text, "%.*s", BYTES_FMT(card.edition));
    struct card_print_command ask = {0};
    struct change_reply change;
    struct buf out = {0};
    list_put_message(
        &ask.rows, &out, &card_edition_part_type,
        &(struct card_edition_part){.household = text_of(household),
                                    .edition = text_of(edition != NULL ? edition : text)});
    list_end(&ask.rows, &out);
    enum status st =
        service_node_command(node, person, &card_print_command_type, &ask, &change, err);
    buf_done(&out);
    return st;
}

/* cadre1 gets another telephone. */
static void change_phone(struct service_node *node, const char *phone)
{
    struct err err = {0};
    struct rows rows = {0};
    struct cadre_part cadre = cadre_of("cadre1");
    cadre.phone = text_of(phone);
    add_cadre(&rows, cadre);
    assert_ok(import(node, &cadre_import_command_type, &rows, &err));
}

static void assert_state(struct service_node *node, const char *household, int state)
{
    assert_int_equal(ask_card(node, household).state, state);
}

/* ---- what stands on a card ------------------------------------------------------------------ */

static void a_card_names_the_cadre_the_supervision_and_those_responsible(void **state)
{
    struct service_node *node = *state;
    fill_register(node);
    struct card_reply reply =
        ask_cards(node, "cadre1", (struct card_query){.household = BYTES("h1")});
    assert_text(reply.street, "临湖街道");
    assert_text(reply.supervision_phone, "19900000000");
    struct list_cursor cursor = list_begin(&reply.cards);
    struct card_part card;
    assert_true(list_next_message(&cursor, &card_part_type, &card));
    assert_text(card.name, "王海");
    assert_text(card.unit, "城建科");
    assert_text(card.post, "科员");
    assert_text(card.phone, "19900000001");
    assert_int_equal(card.edition.len, 8);
    struct card_place_part place;
    cursor = list_begin(&reply.places);
    assert_true(list_next_message(&cursor, &card_place_part_type, &place));
    assert_text(place.village, "c01v02");
    static const char *const expected[][3] = {{"石桥村", "白言", "19900000097"},
                                              {"映月社区", "邱禹乐", "19900000088"},
                                              {"党政办", "顾恩朗", "19900000001"}};
    struct card_contact_part contact;
    cursor = list_begin(&place.contacts);
    assert_int_equal(place.contacts.count, 2 + street->office.card_department_count);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_true(list_next_message(&cursor, &card_contact_part_type, &contact));
        assert_text(contact.unit, expected[i][0]);
        assert_text(contact.person, expected[i][1]);
        assert_text(contact.phone, expected[i][2]);
    }
}

static void the_edition_changes_with_whatever_stands_on_the_card(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    fill_register(node);
    struct cadre_part cadre = cadre_of("cadre1");
    struct bytes *const members[] = {&cadre.name, &cadre.unit, &cadre.post, &cadre.phone};
    char editions[5][9] = {{0}};
    for (size_t i = 0; i <= 4; i++) {
        (void)snprintf(editions[i], sizeof editions[i], "%.*s",
                       BYTES_FMT(ask_card(node, "h1").edition));
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(editions[i], editions[k]);
        }
        if (i < 4) {
            struct rows rows = {0};
            *members[i] = BYTES("19900000999");
            add_cadre(&rows, cadre);
            assert_ok(import(node, &cadre_import_command_type, &rows, &err));
        }
    }
    char far[9];
    (void)snprintf(far, sizeof far, "%.*s", BYTES_FMT(ask_card(node, "h3").edition));
    struct rows rows = {0};
    add_household(&rows, household_of("h3", "cadre2")); /* another village, other people */
    assert_ok(import(node, &household_import_command_type, &rows, &err));
    assert_false(bytes_equal(ask_card(node, "h3").edition, bytes_of_string(far)));
}

/* ---- printed, delivered, stale -------------------------------------------------------------- */

static void a_card_is_printed_then_delivered_then_out_of_date(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    fill_register(node);
    assert_state(node, "h1", 0);
    assert_ok(print(node, "cadre1", "h1", NULL, &err));
    assert_state(node, "h1", CARD_STATE_PRINTED);
    struct wall yesterday = {SERVICE_NODE_BEGIN_US - DAY_US};
    assert_ok(deliver(node, "cadre1",
                      (struct card_deliver_command){.household = BYTES("h1"),
                                                    .at = yesterday,
                                                    .words = BYTES("户主本人签收")},
                      &err));
    struct card_part card = ask_card(node, "h1");
    assert_int_equal(card.state, CARD_STATE_DELIVERED);
    assert_int_equal(card.delivered_at.us, yesterday.us);
    assert_int_equal(card.recorded_at.us, SERVICE_NODE_BEGIN_US);
    assert_text(card.person, "cadre1");
    assert_text(card.words, "户主本人签收");
    change_phone(node, "19900000777");
    assert_state(node, "h1", CARD_STATE_STALE);
    assert_ok(print(node, "cadre1", "h1", NULL, &err));
    assert_state(node, "h1", CARD_STATE_PRINTED);
    assert_ok(
        deliver(node, "cadre1", (struct card_deliver_command){.household = BYTES("h1")}, &err));
    assert_state(node, "h1", CARD_STATE_DELIVERED);
    assert_state(node, "h2", 0);
    service_node_check_rebuild(node);
}

static void a_card_that_is_out_of_date_cannot_pass_for_a_new_one(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct card_deliver_command ask = {.household = BYTES("h1")};
    char old[9];
    fill_register(node);
    (void)snprintf(old, sizeof old, "%.*s", BYTES_FMT(ask_card(node, "h1").edition));
    assert_ok(print(node, "operator", "h1", NULL, &err));
    change_phone(node, "19900000777");
    assert_status(print(node, "operator", "h1", old, &err), STATUS_REFUSED);
    assert_says(&err, "rows", "has changed since it was printed");
    assert_status(deliver(node, "cadre1", ask, &err), STATUS_REFUSED);
    assert_says(&err, "edition", "out of date");
    ask.edition = BYTES("00000000");
    assert_status(deliver(node, "cadre1", ask, &err), STATUS_INVALID);
    assert_says(&err, "edition", "there is no edition");
    ask.edition = bytes_of_string(old);
    assert_ok(deliver(node, "cadre1", ask, &err));
    assert_state(node, "h1", CARD_STATE_STALE);
}

static void a_delivery_is_recorded_by_the_cadre_and_not_in_the_future(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct card_deliver_command ask = {.household = BYTES("h1")};
    fill_register(node);
    static const char *const others[] = {"cadre2", "operator", "office_head", "secretary_c01"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_status(deliver(node, others[i], ask, &err), STATUS_FORBIDDEN);
        assert_says(&err, "", "linked to its household");
    }
    ask.at = (struct wall){SERVICE_NODE_BEGIN_US + US_PER_S};
    assert_status(deliver(node, "cadre1", ask, &err), STATUS_INVALID);
    assert_says(&err, "at", "future");
    ask = (struct card_deliver_command){.household = BYTES("h1"), .words = BYTES("  ")};
    assert_status(deliver(node, "cadre1", ask, &err), STATUS_INVALID);
    assert_says(&err, "words", "blank");
    ask = (struct card_deliver_command){.household = BYTES("h9")};
    assert_status(deliver(node, "cadre1", ask, &err), STATUS_NOT_FOUND);
    assert_status(print(node, "cadre2", "h1", NULL, &err), STATUS_FORBIDDEN);
    assert_state(node, "h1", 0);
}

static void cards_are_listed_by_scope_and_state(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    fill_register(node);
    assert_ok(
        deliver(node, "cadre1", (struct card_deliver_command){.household = BYTES("h1")}, &err));
    const struct card_query all = {0};
    assert_int_equal(count_cards(node, "operator", all), 3);
    assert_int_equal(count_cards(node, "cadre1", all), 2);
    assert_int_equal(count_cards(node, "secretary_c02", all), 1);
    const struct card_query village = {.village = BYTES("c01v02")};
    assert_int_equal(count_cards(node, "operator", village), 2);
    assert_int_equal(count_cards(node, "secretary_c01", village), 2);
    assert_int_equal(count_cards(node, "secretary_c02", village), 0);
    assert_int_equal(count_cards(node, "cadre1", village), 2);
    const struct card_query other = {.community = BYTES("c02"), .cadre = BYTES("cadre1")};
    assert_int_equal(count_cards(node, "operator", other), 0);
    assert_int_equal(count_cards(node, "operator", (struct card_query){.undelivered = true}), 2);
    assert_int_equal(count_cards(node, "operator", (struct card_query){.stale = true}), 0);
    change_phone(node, "19900000777");
    assert_int_equal(count_cards(node, "operator", (struct card_query){.stale = true}), 1);
    struct card_reply reply = ask_cards(node, "operator", (struct card_query){.limit = 2});
    assert_int_equal(reply.cards.count, 2);
    assert_text(reply.through, "h2");
    assert_int_equal(count_cards(node, "operator", (struct card_query){.after = BYTES("h2")}), 1);
    struct card_query wrong = {.village = BYTES("c01")};
    assert_status(service_node_ask(node, "operator", &card_query_type, &wrong, &reply, &err),
                  STATUS_INVALID);
    wrong = (struct card_query){.cadre = BYTES("cadre1")};
    assert_status(service_node_ask(node, "cadre2", &card_query_type, &wrong, &reply, &err),
                  STATUS_FORBIDDEN);
}

/* ---- every working day ---------------------------------------------------------------------- */

/* Fires what is due now: how many notices that makes, and the last of them. */
static uint32_t count_notices(struct service_node *node, struct intake_notice_event *ret_last)
{
    uint64_t before = service_node_head(node);
    (void)service_node_wake(node, 2);
    return service_node_count_since(node, before, &intake_notice_event_type, ret_last);
}

static void a_household_without_a_cadre_is_told_at_once_and_every_working_day(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct rows rows = {0};
    struct intake_notice_event told;
    fill_register(node);
    for (int i = 0; i < 7; i++) {
        char id[16];
        (void)snprintf(id, sizeof id, "x%d", i);
        add_household(&rows, household_of(id, NULL));
    }
    assert_ok(import(node, &household_import_command_type, &rows, &err));
    assert_int_equal(count_notices(node, &told), 1);
    assert_text(told.category, "without_cadre");
    assert_int_equal(told.count, 7);
    assert_text(told.reason,
                "映月社区 李芳（x0）、李芳（x1）、李芳（x2）、李芳（x3）、李芳（x4）……");
    assert_int_equal(told.recipients.count, 2);

    add_household(&rows, household_of("x7", NULL)); /* one notice a day */
    assert_ok(import(node, &household_import_command_type, &rows, &err));
    assert_int_equal(count_notices(node, &told), 0);
    /* Tuesday at the opening; then from Friday to Monday. */
    struct wall tuesday = {SERVICE_NODE_BEGIN_US + DAY_US - (int64_t)1800 * US_PER_S};
    service_node_set_now(node, tuesday);
    assert_int_equal(count_notices(node, &told), 1);
    assert_int_equal(told.count, 8);
    service_node_set_now(node, (struct wall){tuesday.us + 3 * DAY_US});
    assert_int_equal(count_notices(node, &told), 1);
    service_node_set_now(node, (struct wall){tuesday.us + 5 * DAY_US});
    assert_int_equal(count_notices(node, &told), 0);
    struct handover_command settle = {.to = BYTES("cadre1"), .all = true, .reason = BYTES("补齐")};
    struct change_reply change;
    assert_ok(
        service_node_command(node, "office_head", &handover_command_type, &settle, &change, &err));
    service_node_set_now(node, (struct wall){tuesday.us + 6 * DAY_US});
    assert_int_equal(count_notices(node, &told), 0);
    assert_int_equal(service_node_rows(node, ROUNDS), 0);
    service_node_check_rebuild(node);
}

static void two_communities_without_cadres_are_two_notices(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct rows rows = {0};
    struct intake_notice_event told;
    fill_register(node);
    struct household_part far = household_of("y1", NULL);
    far.community = BYTES("c02");
    far.village = BYTES("c02v01");
    add_household(&rows, household_of("x1", NULL));
    add_household(&rows, far);
    assert_ok(import(node, &household_import_command_type, &rows, &err));
    assert_int_equal(count_notices(node, &told), 2);
    assert_int_equal(told.count, 1);
}

static void a_cadre_is_told_daily_of_cards_that_are_out_of_date(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct intake_notice_event told;
    fill_register(node);
    assert_ok(
        deliver(node, "cadre1", (struct card_deliver_command){.household = BYTES("h1")}, &err));
    assert_ok(
        deliver(node, "cadre1", (struct card_deliver_command){.household = BYTES("h2")}, &err));
    assert_ok(
        deliver(node, "cadre2", (struct card_deliver_command){.household = BYTES("h3")}, &err));
    assert_int_equal(count_notices(node, &told), 0);
    change_phone(node, "19900000777");
    service_node_set_now(node, (struct wall){SERVICE_NODE_BEGIN_US + DAY_US});
    assert_int_equal(count_notices(node, &told), 1);
    assert_text(told.category, "cards_stale");
    assert_text(told.household, "h1");
    assert_int_equal(told.count, 2);
    struct list_cursor cursor = list_begin(&told.recipients);
    struct bytes recipient;
    assert_true(list_next_bytes(&cursor, &recipient));
    assert_text(recipient, "cadre1");
    service_node_check_rebuild(node);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_new_intake, close_node)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_card_names_the_cadre_the_supervision_and_those_responsible),
        TEST(the_edition_changes_with_whatever_stands_on_the_card),
        TEST(a_card_is_printed_then_delivered_then_out_of_date),
        TEST(a_card_that_is_out_of_date_cannot_pass_for_a_new_one),
        TEST(a_delivery_is_recorded_by_the_cadre_and_not_in_the_future),
        TEST(cards_are_listed_by_scope_and_state),
        TEST(a_household_without_a_cadre_is_told_at_once_and_every_working_day),
        TEST(two_communities_without_cadres_are_two_notices),
        TEST(a_cadre_is_told_daily_of_cards_that_are_out_of_date),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
