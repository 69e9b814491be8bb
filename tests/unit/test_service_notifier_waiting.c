/* SPDX-License-Identifier: Apache-2.0 */
/* What waits for working hours, and for how long when another configuration is adopted. */
#include "notifier_waiting.h"

static void what_comes_up_at_night_is_told_when_the_office_opens(void **state)
{
    struct service_node *node = *state;
    set_now(node, MONDAY_NIGHT);
    warn(node, PEOPLE("head_urban"));
    assert_items(node, "head_urban", 0);
    assert_waiting(node, 1, 0, 0);
    uint64_t held = service_node_head(node);

    wait_until(node, "2026-03-02T08:29:59");
    assert_items(node, "head_urban", 0);
    wait_until(node, MONDAY_OPENING);

    assert_items(node, "head_urban", 1);
    struct inbox_item item = item_of(node, "head_urban", 0);
    assert_wall(item.at, MONDAY_OPENING);
    assert_text(item.title, "临近时限，请抓紧：路灯不亮");
    assert_int_equal(item.issue, AN_ISSUE);
    assert_true(item.cause_seq != 0);
    assert_true(item.id / 256 > held);
    assert_waiting(node, 0, 0, 1);
}

static void the_text_of_a_held_notice_lies_once(void **state)
{
    struct service_node *node = *state;
    struct noticed_event event;
    set_now(node, MONDAY_NIGHT);
    warn(node, PEOPLE("head_urban"));
    uint64_t held = service_node_head(node);

    wait_until(node, MONDAY_OPENING);

    (void)service_node_last(node, &noticed_event_type, &event);
    assert_int_equal(event.held, held);
    assert_int_equal(event.title.len + event.text.len, 0);
    assert_text(event.category, "due_soon");
}

static void an_emergency_is_told_at_midnight(void **state)
{
    struct service_node *node = *state;
    static const enum urgency urgent[] = {URGENCY_EMERGENCY, URGENCY_UTILITY};
    set_now(node, "2026-10-03T00:00:00");
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(follow_clock(node, &(struct deadline_news){.issue = AN_ISSUE,
                                                                    .urgency = urgent[i],
                                                                    .people = PEOPLE("leader1")}),
                         1);
        assert_items(node, "leader1", i + 1);
    }
    assert_waiting(node, 0, 0, 2);
}

static void holidays_and_make_up_days_are_those_of_the_calendar(void **state)
{
    struct service_node *node = *state;
    set_now(node, "2026-04-30T17:30:00"); /* after closing time, before five days off */
    warn(node, PEOPLE("head_urban"));
    wait_until(node, "2026-05-06T08:29:59");
    assert_items(node, "head_urban", 0);
    wait_until(node, "2026-05-06T08:30:00");
    assert_items(node, "head_urban", 1);

    set_now(node, "2026-05-09T11:59:59"); /* a Saturday that is worked */
    warn(node, PEOPLE("staff_urban_1"));
    assert_items(node, "staff_urban_1", 1);
    service_node_check_rebuild(node);
}

static void ids_rise_in_the_order_of_telling(void **state)
{
    struct service_node *node = *state;
    set_now(node, MONDAY_NIGHT);
    warn(node, PEOPLE("head_urban"));
    (void)follow_clock(node, &(struct deadline_news){.issue = AN_ISSUE,
                                                     .urgency = URGENCY_EMERGENCY,
                                                     .people = PEOPLE("head_urban")});
    uint64_t seen = item_of(node, "head_urban", 0).id;
    wait_until(node, MONDAY_OPENING);

    struct err err = {0};
    struct inbox_query query = {.after = seen};
    struct inbox_reply reply;
    assert_ok(service_node_ask(node, "head_urban", &inbox_query_type, &query, &reply, &err));
    /* What was held, and the emergency again because nobody read it. */
    assert_int_equal(reply.items.count, 2);
}

/* The calendar of the tests with one more day off, and one day that is worked. */
static struct calendar *calendar_with(const char *off_day)
{
    struct err err = {0};
    struct calendar_builder *builder = build_published();
    struct wall day = at(off_day);
    int64_t number = (day.us / US_PER_S + 8 * 3600) / S_PER_DAY;
    assert_ok(
        calendar_builder_put_day(builder, CALENDAR_LAYER_LOCAL, number, false, BYTES(""), &err));
    return finish(builder);
}

static void what_waits_is_not_told_on_a_day_that_became_one_off(void **state)
{
    struct service_node *node = *state;
    struct calendar *calendar = calendar_with("2026-03-03T00:00:00");
    struct config other = *street;
    struct err err = {0};
    set_now(node, "2026-02-28T10:00:00");
    warn(node, PEOPLE("staff_urban_1")); /* would be told again on Tuesday */
    set_now(node, "2026-03-02T20:00:00");
    warn(node, PEOPLE("head_urban"));
    warn(node, PEOPLE("leader1"));
    assert_waiting(node, 1, 1, 1);
    other.hash[0] ^= 1;
    other.calendar = calendar;
    assert_ok(service_node_adopt(node, &other, &err));

    wait_until(node, "2026-03-03T17:00:00");
    assert_items(node, "head_urban", 0);
    assert_items(node, "leader1", 0);
    assert_items(node, "staff_urban_1", 1);
    wait_until(node, "2026-03-04T08:30:00");
    assert_items(node, "head_urban", 1);
    assert_items(node, "leader1", 1);
    assert_items(node, "staff_urban_1", 2);
    assert_waiting(node, 0, 0, 2);
    calendar_close(calendar);
}

static void at_once_is_at_once_but_for_what_waits_already(void **state)
{
    struct service_node *node = *state;
    struct config other = *street;
    struct err err = {0};
    set_now(node, MONDAY_NIGHT);
    warn(node, PEOPLE("head_urban"));
    other.hash[0] ^= 1;
    other.notices.hold = NOTICE_HOLD_NONE;
    other.notices.usual = (struct notice_patience){0};
    assert_ok(service_node_adopt(node, &other, &err));
    warn(node, PEOPLE("head_urban"));
    assert_items(node, "head_urban", 1);
    wait_until(node, MONDAY_OPENING);
    assert_items(node, "head_urban", 2);
    assert_quiet(node);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_NOTIFIER(what_comes_up_at_night_is_told_when_the_office_opens),
        IN_NOTIFIER(the_text_of_a_held_notice_lies_once),
        IN_NOTIFIER(an_emergency_is_told_at_midnight),
        IN_NOTIFIER(holidays_and_make_up_days_are_those_of_the_calendar),
        IN_NOTIFIER(ids_rise_in_the_order_of_telling),
        IN_NOTIFIER(what_waits_is_not_told_on_a_day_that_became_one_off),
        IN_NOTIFIER(at_once_is_at_once_but_for_what_waits_already),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
