/* SPDX-License-Identifier: Apache-2.0 */
/* What is not read: it is told again, and then to somebody else. */
#include "notifier_waiting.h"

#include "base/memory.h"

#include <stdlib.h>

static void what_is_read_in_time_is_not_told_again(void **state)
{
    struct service_node *node = *state;
    set_now(node, MONDAY);
    warn(node, PEOPLE("head_urban"));
    assert_waiting(node, 0, 0, 1);
    wait_until(node, "2026-03-04T08:29:59");
    read_item(node, "head_urban", item_of(node, "head_urban", 0).id, false);
    assert_quiet(node);
    assert_items(node, "head_urban", 1);
}

static void what_is_not_read_is_told_again_once_and_then_to_somebody_else(void **state)
{
    struct service_node *node = *state;
    set_now(node, MONDAY);
    warn(node, PEOPLE("head_urban"));
    uint64_t first = item_of(node, "head_urban", 0).id;

    wait_until(node, "2026-03-04T08:30:00"); /* Tuesday was a working day */
    assert_items(node, "head_urban", 2);
    struct inbox_item again = item_of(node, "head_urban", 1);
    assert_int_equal(again.repeats, first);
    assert_text(again.category, "due_soon");
    assert_int_equal(again.level, NOTICE_LEVEL_WARNING);
    assert_text(again.title, "临近时限，请抓紧：路灯不亮");
    assert_int_equal(again.cause_seq, item_of(node, "head_urban", 0).cause_seq);
    assert_waiting(node, 0, 0, 1);

    wait_until(node, "2026-03-06T08:30:00");
    assert_items(node, "head_urban", 2);
    assert_items(node, "leader1", 0); /* a line of the leader's digest */
    wait_until(node, "2026-03-09T08:30:00");
    struct inbox_item digest = item_of(node, "leader1", 0);
    assert_text(digest.text, "自上次汇总以来，不急、未超期、未督办的消息共1条：\n"
                             "2026-0000007 姜可敏尚未阅读：临近时限，请抓紧：路灯不亮\n"
                             "您要办的事项见 lianhu agenda。");
    assert_quiet(node);

    read_item(node, "head_urban", again.id, true);
    assert_true(item_of(node, "head_urban", 0).read_at.us != 0);
    assert_true(item_of(node, "head_urban", 0).acked_at.us != 0);
}

static void reading_the_first_one_is_reading_it_again(void **state)
{
    struct service_node *node = *state;
    set_now(node, MONDAY);
    warn(node, PEOPLE("head_urban"));
    wait_until(node, "2026-03-04T08:30:00");
    read_item(node, "head_urban", item_of(node, "head_urban", 0).id, false);
    assert_true(item_of(node, "head_urban", 1).read_at.us != 0);
    assert_quiet(node);
    assert_items(node, "leader1", 0);
}

static void only_those_who_did_not_read_it_are_told_again(void **state)
{
    struct service_node *node = *state;
    set_now(node, MONDAY);
    warn(node, PEOPLE("staff_urban_1", "staff_urban_2", "staff_urban_3"));
    read_item(node, "staff_urban_2", item_of(node, "staff_urban_2", 0).id, true);
    wait_until(node, "2026-03-04T08:30:00");
    assert_items(node, "staff_urban_1", 2);
    assert_items(node, "staff_urban_2", 1);
    assert_items(node, "staff_urban_3", 2);
    wait_until(node, "2026-03-06T08:30:00");
    assert_items(node, "head_urban", 1); /* one for both */
    assert_text(item_of(node, "head_urban", 0).title,
                "陈澄松、邹宁以尚未阅读：临近时限，请抓紧：路灯不亮");
    assert_quiet(node);
    assert_items(node, "head_urban", 1);
}

static void the_last_reader_ends_it(void **state)
{
    struct service_node *node = *state;
    set_now(node, MONDAY);
    warn(node, PEOPLE("staff_urban_1", "staff_urban_2"));
    read_item(node, "staff_urban_1", item_of(node, "staff_urban_1", 0).id, false);
    read_item(node, "staff_urban_1", item_of(node, "staff_urban_1", 0).id, true);
    assert_waiting(node, 0, 0, 1);
    read_item(node, "staff_urban_2", item_of(node, "staff_urban_2", 0).id, false);
    assert_waiting(node, 0, 0, 0);
}

static void what_is_urgent_is_told_again_at_night(void **state)
{
    struct service_node *node = *state;
    set_now(node, "2026-03-07T23:50:00");
    (void)follow_clock(node, &(struct deadline_news){.issue = AN_ISSUE,
                                                     .urgency = URGENCY_EMERGENCY,
                                                     .people = PEOPLE("head_urban")});
    wait_until(node, "2026-03-08T00:20:00");
    assert_items(node, "head_urban", 2);
    wait_until(node, "2026-03-08T00:50:00");
    assert_items(node, "leader1", 1);
    assert_text(item_of(node, "leader1", 0).category, "passed_on");
    assert_quiet(node);
}

static void what_only_informs_is_told_once(void **state)
{
    struct service_node *node = *state;
    set_now(node, MONDAY);
    (void)follow_step(node, &(struct step_news){.issue = AN_ISSUE,
                                                .happening = HAPPENING_DISPATCH,
                                                .from = STATE_TRIAGE,
                                                .to = STATE_DISPATCHED});
    assert_items(node, "cadre001", 1);
    assert_quiet(node);
}

/* After a notice at night that the person does not read, who is told instead. */
static void assert_passed_to(struct service_node *node, const char *person, const char *to)
{
    static uint64_t issue = AN_ISSUE;
    uint32_t before = to != NULL ? inbox_of(node, to).items.count : 0;
    issue++;
    (void)follow_clock(node, &(struct deadline_news){.issue = issue,
                                                     .urgency = URGENCY_EMERGENCY,
                                                     .people = PEOPLE(person)});
    uint64_t head = service_node_head(node);
    service_node_wait(node, (struct wall){at(MONDAY_NIGHT).us + 3600 * US_PER_S});
    struct noticed_event event;
    /* Told again, and passed on. */
    assert_int_equal(service_node_count_since(node, head, &noticed_event_type, &event),
                     to != NULL ? 2 : 1);
    if (to != NULL) {
        assert_items(node, to, before + 1);
        assert_text(item_of(node, to, before).category, "passed_on");
    }
    assert_waiting(node, 0, 0, 0);
    set_now(node, MONDAY_NIGHT);
}

static void record_cadre(struct service_node *node, const char *id, const char *unit)
{
    struct buf out = {0};
    struct cadres_recorded_event event = {0};
    struct cadre_part part = {.cadre = bytes_of_string(id),
                              .name = BYTES("干部"),
                              .unit = bytes_of_string(unit),
                              .phone = BYTES("19900001111")};
    list_put_message(&event.rows, &out, &cadre_part_type, &part);
    list_end(&event.rows, &out);
    (void)service_node_follow(
        node, &(struct router_record){.type = &cadres_recorded_event_type, .message = &event});
    buf_done(&out);
}

static void somebody_hears_instead(void **state)
{
    struct service_node *node = *state;
    struct config other = *street;
    struct person *people = memory_new(street->office.person_count, sizeof *people);
    struct err err = {0};
    set_now(node, MONDAY_NIGHT);
    record_cadre(node, "cadre001", "城建科");
    assert_passed_to(node, "staff_urban_1", "head_urban");
    assert_passed_to(node, "head_urban", "leader1");
    assert_passed_to(node, "leader1", "office_head");
    assert_passed_to(node, "cadre001", "head_urban");
    assert_passed_to(node, "cadre002", "office_head");
    record_cadre(node, "cadre001", "某局");
    assert_passed_to(node, "cadre001", "office_head");
    assert_passed_to(node, "office_head", "leader6"); /* heads a section too */

    for (uint32_t i = 0; i < street->office.person_count; i++) {
        people[i] = street->office.people[i];
        bool is_office_head = bytes_equal(people[i].id, BYTES("office_head"));
        people[i].deputy = bytes_equal(people[i].id, BYTES("head_urban")) ? BYTES("staff_urban_2")
                                                                          : (struct bytes){0};
        people[i].department_count = is_office_head ? 0 : people[i].department_count;
    }
    other.hash[0] ^= 1;
    other.office.people = people;
    assert_ok(service_node_adopt(node, &other, &err));
    assert_passed_to(node, "head_urban", "staff_urban_2");
    assert_passed_to(node, "office_head", NULL);
    free(people);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_NOTIFIER(what_is_read_in_time_is_not_told_again),
        IN_NOTIFIER(what_is_not_read_is_told_again_once_and_then_to_somebody_else),
        IN_NOTIFIER(reading_the_first_one_is_reading_it_again),
        IN_NOTIFIER(only_those_who_did_not_read_it_are_told_again),
        IN_NOTIFIER(the_last_reader_ends_it),
        IN_NOTIFIER(what_is_urgent_is_told_again_at_night),
        IN_NOTIFIER(what_only_informs_is_told_once),
        IN_NOTIFIER(somebody_hears_instead),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
