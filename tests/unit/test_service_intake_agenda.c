/* SPDX-License-Identifier: Apache-2.0 */
/* What people owe to households: visits and cards in one row each, promises one by one, households
 * without a cadre. */
#include "visit_calls.h"

/* ---- calls ---------------------------------------------------------------------------------- */

static struct agenda_reply ask_page(struct service_node *node, const char *person,
                                    const char *after, uint32_t limit)
{
    struct err err = {0};
    struct agenda_query query = {.after = text_of(after), .limit = limit};
    struct agenda_reply reply;
    assert_ok(service_node_ask(node, person, &agenda_query_type, &query, &reply, &err));
    return reply;
}

/* "promise 0, visit 2": kinds and counts, in order. */
static void assert_agenda(struct service_node *node, const char *person, const char *expected)
{
    struct agenda_reply reply = ask_page(node, person, NULL, 0);
    struct list_cursor cursor = list_begin(&reply.duties);
    struct duty_part part;
    struct buf text = {0};
    while (list_next_message(&cursor, &duty_part_type, &part)) {
        buf_append_format(&text, "%s%s %u", text.len == 0 ? "" : ", ",
                          duty_kind_word((enum duty_kind)part.kind), part.count);
    }
    if (!bytes_equal(buf_bytes(&text), bytes_of_string(expected))) {
        fail_msg("%s: '%.*s', not '%s'", person, BYTES_FMT(buf_bytes(&text)), expected);
    }
    buf_done(&text);
}

static struct duty_part duty_of(struct service_node *node, const char *person, enum duty_kind kind)
{
    struct agenda_reply reply = ask_page(node, person, NULL, 0);
    struct list_cursor cursor = list_begin(&reply.duties);
    struct duty_part part;
    while (list_next_message(&cursor, &duty_part_type, &part)) {
        if (part.kind == (int)kind) {
            return part;
        }
    }
    fail_msg("%s owes no %s", person, duty_kind_word(kind));
    return part;
}

static void refuse_agenda(struct service_node *node, const char *person, enum status status,
                          const char *part)
{
    struct err err = {0};
    struct agenda_query query = {0};
    struct agenda_reply reply;
    assert_status(service_node_ask(node, person, &agenda_query_type, &query, &reply, &err), status);
    assert_says(&err, "", part);
}

/* Promises made at one visit; those are due at the end of their day. */
static void promise(struct service_node *node, const char *person, const char *household,
                    const char *const *days, uint32_t count)
{
    struct visit_log_command command = visit_of(household);
    struct buf out = {0};
    for (uint32_t i = 0; i < count; i++) {
        struct promise_part part = {.until = text_of(days[i]), .words = BYTES("带政策手册上门")};
        list_put_message(&command.promises, &out, &promise_part_type, &part);
    }
    list_end(&command.promises, &out);
    command.mode = (int)CONTACT_MODE_PHONE;
    (void)must_log(node, person, &command);
    buf_done(&out);
}

static void print_card(struct service_node *node, const char *household)
{
    struct err err = {0};
    struct card_query query = {.household = text_of(household)};
    struct card_reply reply;
    struct card_part card;
    struct buf out = {0};
    struct card_print_command ask = {0};
    struct change_reply change;
    char edition[16];
    assert_ok(service_node_ask(node, "operator", &card_query_type, &query, &reply, &err));
    struct list_cursor cursor = list_begin(&reply.cards);
    assert_true(list_next_message(&cursor, &card_part_type, &card));
    (void)snprintf(edition, sizeof edition, "%.*s", BYTES_FMT(card.edition));
    struct card_edition_part part = {.household = text_of(household), .edition = text_of(edition)};
    list_put_message(&ask.rows, &out, &card_edition_part_type, &part);
    list_end(&ask.rows, &out);
    assert_ok(
        service_node_command(node, "operator", &card_print_command_type, &ask, &change, &err));
    buf_done(&out);
}

/* ---- tests ---------------------------------------------------------------------------------- */

static void households_to_visit_are_one_row_due_at_the_end_of_the_half(void **state)
{
    struct service_node *node = *state;
    fill_register(node);
    assert_agenda(node, "cadre1", "visit 2, card 2");
    struct duty_part part = duty_of(node, "cadre1", DUTY_KIND_VISIT);
    assert_int_equal(part.due_at.us, wall_at("2026-06-30T23:59:59").us);
    assert_text(part.title, "2 households not visited at home in 2026H1");
    assert_text(part.then, "2026-06-30 23:59: the half ends and they count as missed");
    visit_at(node, "cadre1", "h1", "2026-03-01T09:00:00", CONTACT_MODE_PHONE);
    assert_agenda(node, "cadre1", "visit 2, card 2");
    visit_at(node, "cadre1", "h1", "2026-03-01T09:00:00", CONTACT_MODE_VISIT);
    assert_text(duty_of(node, "cadre1", DUTY_KIND_VISIT).title,
                "1 household not visited at home in 2026H1");
    visit_at(node, "cadre1", "h2", "2026-03-01T09:00:00", CONTACT_MODE_STAY);
    assert_agenda(node, "cadre1", "card 2");
    set_now(node, "2026-07-01T00:00:00");
    assert_agenda(node, "cadre1", "visit 2, card 2");
    relink(node, "h1", "cadre2");
    assert_agenda(node, "cadre1", "visit 1, card 1");
    assert_agenda(node, "cadre2", "visit 2, card 2");
}

static void promises_come_one_by_one_and_are_marked_when_their_day_has_passed(void **state)
{
    static const char *const days[] = {"2026-08-04", "2026-03-03"};
    struct service_node *node = *state;
    fill_register(node);
    promise(node, "cadre1", "h1", days, 2);
    assert_agenda(node, "cadre1", "promise 0, visit 2, promise 0, card 2");
    struct duty_part part = duty_of(node, "cadre1", DUTY_KIND_PROMISE);
    assert_text(part.household, "h1");
    assert_text(part.title, "带政策手册上门");
    assert_text(part.then, "2026-03-03 23:59: it is overdue, and the community secretary is told");
    assert_false(part.is_overdue);
    service_node_wait(node, wall_at("2026-03-04T00:00:00"));
    part = duty_of(node, "cadre1", DUTY_KIND_PROMISE);
    assert_true(part.is_overdue);
    assert_text(part.then, NULL);
    struct err err = {0};
    struct change_reply change;
    struct promise_keep_command keep = {.promise = part.promise, .words = BYTES("送到了")};
    assert_ok(
        service_node_command(node, "cadre1", &promise_keep_command_type, &keep, &change, &err));
    assert_agenda(node, "cadre1", "visit 2, promise 0, card 2");
    relink(node, "h1", "cadre2");
    assert_agenda(node, "cadre1", "visit 1, card 1");
    assert_agenda(node, "cadre2", "visit 2, promise 0, card 2");
}

static void cards_to_print_to_bring_and_to_replace_are_one_row_without_a_due_time(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct change_reply change;
    struct card_deliver_command deliver = {.household = BYTES("h1")};
    struct rows rows = {0};
    fill_register(node);
    assert_text(duty_of(node, "cadre1", DUTY_KIND_CARD).title, "2 contact cards to print");
    print_card(node, "h1");
    assert_text(duty_of(node, "cadre1", DUTY_KIND_CARD).title,
                "1 contact card to print, 1 contact card to bring");
    print_card(node, "h2");
    assert_agenda(node, "cadre1", "visit 2, card 2");
    assert_int_equal(duty_of(node, "cadre1", DUTY_KIND_CARD).due_at.us, 0);
    assert_ok(
        service_node_command(node, "cadre1", &card_deliver_command_type, &deliver, &change, &err));
    assert_text(duty_of(node, "cadre1", DUTY_KIND_CARD).title, "1 contact card to bring");
    struct cadre_part cadre = cadre_of("cadre1");
    cadre.phone = BYTES("19900000009");
    add_cadre(&rows, cadre);
    assert_ok(import(node, &cadre_import_command_type, &rows, &err));
    assert_text(duty_of(node, "cadre1", DUTY_KIND_CARD).title, "2 contact cards out of date");
}

static void households_without_a_cadre_are_the_secretary_s_and_the_office_head_s(void **state)
{
    struct service_node *node = *state;
    fill_register(node);
    assert_agenda(node, "secretary_c01", "");
    assert_agenda(node, "office_head", "");
    relink(node, "h8", NULL);
    relink(node, "h9", NULL);
    assert_agenda(node, "secretary_c01", "coverage 2");
    assert_agenda(node, "office_head", "coverage 2");
    assert_agenda(node, "secretary_c02", "");
    assert_agenda(node, "liaison_c01v02", "");
    struct duty_part part = duty_of(node, "secretary_c01", DUTY_KIND_COVERAGE);
    assert_text(part.community, "c01");
    assert_text(part.title, "2 households without a cadre in 映月社区");
}

static void everybody_who_is_known_has_an_agenda_and_nobody_else(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct change_reply change;
    fill_register(node);
    assert_agenda(node, "supervisor1", "");
    refuse_agenda(node, "nobody", STATUS_NOT_FOUND, "there is no person 'nobody'");
    refuse_agenda(node, "operator", STATUS_FORBIDDEN, "the operator owes nothing");
    struct leave_command leave = {
        .cadre = BYTES("cadre1"), .to = BYTES("cadre2"), .reason = BYTES("退休")};
    assert_ok(
        service_node_command(node, "office_head", &leave_command_type, &leave, &change, &err));
    assert_agenda(node, "cadre1", "");
    assert_agenda(node, "cadre2", "visit 3, card 3");
}

static void pages_go_on_where_the_last_one_ended(void **state)
{
    static const char *const days[] = {"2026-03-05", "2026-03-04", "2026-03-04", "2026-12-31"};
    struct service_node *node = *state;
    fill_register(node);
    promise(node, "cadre1", "h1", days, 4);
    print_card(node, "h1");
    assert_agenda(node, "cadre1", "promise 0, promise 0, promise 0, visit 2, promise 0, card 2");
    char after[161] = "";
    for (uint64_t left = 6; left-- > 0;) {
        struct agenda_reply page = ask_page(node, "cadre1", after, 1);
        struct list_cursor cursor = list_begin(&page.duties);
        struct duty_part part;
        assert_int_equal(page.duties.count, 1);
        assert_int_equal(page.left, left);
        assert_true(list_next_message(&cursor, &duty_part_type, &part));
        assert_true(bytes_compare(part.id, bytes_of_string(after)) > 0);
        (void)snprintf(after, sizeof after, "%.*s", BYTES_FMT(part.id));
    }
    assert_int_equal(ask_page(node, "cadre1", after, 1).duties.count, 0);
}

/* ---- around --------------------------------------------------------------------------------- */

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_new_intake, close_node)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(households_to_visit_are_one_row_due_at_the_end_of_the_half),
        TEST(promises_come_one_by_one_and_are_marked_when_their_day_has_passed),
        TEST(cards_to_print_to_bring_and_to_replace_are_one_row_without_a_due_time),
        TEST(households_without_a_cadre_are_the_secretary_s_and_the_office_head_s),
        TEST(everybody_who_is_known_has_an_agenda_and_nobody_else),
        TEST(pages_go_on_where_the_last_one_ended),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
