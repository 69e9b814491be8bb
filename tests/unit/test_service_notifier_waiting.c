/* SPDX-License-Identifier: Apache-2.0 */
/* The notifier: what waits for working hours and for the digest, and what is not read. */
#include "notifier_calls.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>

#define MONDAY_NIGHT "2026-03-02T03:00:00"
#define MONDAY_OPENING "2026-03-02T08:30:00"
#define MONDAY "2026-03-02T10:00:00"

static struct config *config; /* the shipped street, opened once for all tests */

static struct wall on(const char *text)
{
    return at(text);
}

static void set_now(struct service_node *node, const char *text)
{
    service_node_set_now(node, on(text));
}

static void wait_until(struct service_node *node, const char *text)
{
    service_node_wait(node, on(text));
}

static void warn(struct service_node *node, const char *const *people)
{
    assert_int_equal(
        follow_clock(node, &(struct deadline_news){.issue = AN_ISSUE, .people = people}), 1);
}

static void assert_waiting(struct service_node *node, uint64_t held, uint64_t digests,
                           uint64_t unread)
{
    assert_int_equal(service_node_count(node, "held"), held);
    assert_int_equal(service_node_count(node, "digests"), digests);
    assert_int_equal(service_node_count(node, "unread"), unread);
    assert_int_equal(service_node_rows(node, PENDING), held + unread);
    assert_int_equal(service_node_rows(node, DIGESTS), digests);
    service_node_check_rebuild(node);
}

/* Nothing more ever happens by itself. */
static void assert_quiet(struct service_node *node)
{
    uint64_t head = service_node_head(node);
    wait_until(node, "2026-04-30T10:00:00");
    assert_int_equal(service_node_head(node), head);
    assert_waiting(node, 0, 0, 0);
}

/* ---- working hours -------------------------------------------------------------------------- */

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

/* ---- digests -------------------------------------------------------------------------------- */

static void a_leader_hears_once_a_day(void **state)
{
    struct service_node *node = *state;
    set_now(node, MONDAY_OPENING);
    for (uint64_t i = 0; i < 3; i++) {
        (void)follow_clock(node, &(struct deadline_news){.issue = AN_ISSUE + i,
                                                         .people = PEOPLE("leader1", "leader2")});
        set_now(node, MONDAY);
    }
    assert_items(node, "leader1", 0);
    assert_waiting(node, 0, 2, 0);

    wait_until(node, "2026-03-03T08:29:59");
    assert_items(node, "leader1", 0);
    wait_until(node, "2026-03-03T08:30:00");

    struct inbox_item item = item_of(node, "leader1", 0);
    assert_text(item.category, "digest");
    assert_int_equal(item.level, NOTICE_LEVEL_INFO);
    assert_text(item.title, "今日汇总：3条");
    assert_text(item.text, "自上次汇总以来，不急、未超期、未督办的消息共3条：\n"
                           "2026-0000007 临近时限：路灯不亮\n"
                           "2026-0000008 临近时限：路灯不亮\n"
                           "2026-0000009 临近时限：路灯不亮\n"
                           "您要办的事项见 lianhu agenda。");
    assert_items(node, "leader1", 1);
    assert_items(node, "leader2", 1);
    assert_quiet(node);
    assert_items(node, "leader1", 1);
}

static void what_comes_up_with_the_digest_waits_for_the_next(void **state)
{
    struct service_node *node = *state;
    set_now(node, MONDAY_NIGHT);
    warn(node, PEOPLE("leader1"));
    set_now(node, MONDAY_OPENING);
    warn(node, PEOPLE("leader1"));
    assert_waiting(node, 0, 2, 0);

    wait_until(node, MONDAY);
    assert_text(item_of(node, "leader1", 0).title, "今日汇总：1条");
    wait_until(node, "2026-03-03T08:30:00");
    assert_text(item_of(node, "leader1", 1).title, "今日汇总：1条");
    assert_quiet(node);
}

static void what_is_overdue_or_supervised_is_told_by_itself(void **state)
{
    struct service_node *node = *state;
    set_now(node, MONDAY);
    (void)follow_clock(node, &(struct deadline_news){.issue = AN_ISSUE,
                                                     .is_overdue = true,
                                                     .people = PEOPLE("leader1")});
    assert_items(node, "leader1", 1);
    (void)follow_clock(node, &(struct deadline_news){
                                 .issue = AN_ISSUE, .supervised = 1, .people = PEOPLE("leader1")});
    assert_items(node, "leader1", 2);
    assert_waiting(node, 0, 0, 2);

    set_now(node, "2026-03-02T20:00:00");
    (void)follow_clock(node, &(struct deadline_news){.issue = AN_ISSUE,
                                                     .is_overdue = true,
                                                     .people = PEOPLE("first_responsible")});
    assert_waiting(node, 1, 0, 2); /* but not at night */
}

static void what_does_not_fit_is_counted(void **state)
{
    struct service_node *node = *state;
    char title[200];
    set_now(node, MONDAY);
    for (uint64_t i = 0; i < 40; i++) {
        (void)snprintf(title, sizeof title, "第%02u盏路灯不亮", (unsigned)i);
        (void)follow_clock(node, &(struct deadline_news){.issue = AN_ISSUE + i,
                                                         .title = title,
                                                         .people = PEOPLE("leader1")});
    }
    wait_until(node, "2026-03-03T08:30:00");

    struct inbox_item item = item_of(node, "leader1", 0);
    size_t chars = 0;
    uint32_t lines = 0;
    assert_text(item.title, "今日汇总：40条");
    assert_true(text_is_valid(item.text, &chars));
    assert_in_range(chars, 600, 1000);
    for (size_t i = 0; i < item.text.len; i++) {
        lines += item.text.p[i] == '\n';
    }
    char rest[128];
    int len = snprintf(rest, sizeof rest, "\n另有%u条，未能列出。\n您要办的事项见 lianhu agenda。",
                       40 - (lines - 2));
    struct bytes end = bytes_of(item.text.p + item.text.len - len, (size_t)len);
    assert_text(end, rest);
}

static void without_a_digest_leaders_hear_of_each(void **state)
{
    struct service_node *node = *state;
    struct config other = *config;
    struct err err = {0};
    set_now(node, MONDAY);
    warn(node, PEOPLE("leader1"));
    other.hash[0] ^= 1;
    other.notices.digest = NOTICE_DIGEST_NONE;
    assert_ok(service_node_adopt(node, &other, &err));
    warn(node, PEOPLE("leader1"));
    assert_items(node, "leader1", 1);
    wait_until(node, "2026-03-03T08:30:00");
    assert_items(node, "leader1", 2); /* what was waiting is told all the same */
    service_node_check_rebuild(node);
}

/* ---- what is not read ----------------------------------------------------------------------- */

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

/* ---- what asks for nothing any more --------------------------------------------------------- */

static void a_step_settles_what_was_told_before(void **state)
{
    struct service_node *node = *state;
    struct noticed_event event;
    set_now(node, MONDAY);
    warn(node, PEOPLE("head_urban"));
    warn(node, PEOPLE("staff_urban_1"));
    (void)follow_clock(
        node, &(struct deadline_news){.issue = AN_ISSUE + 1, .people = PEOPLE("staff_urban_2")});
    assert_waiting(node, 0, 0, 3);
    assert_int_equal(follow_step(node, &(struct step_news){.issue = AN_ISSUE,
                                                           .happening = HAPPENING_SIGN,
                                                           .from = STATE_DISPATCHED,
                                                           .to = STATE_IN_PROGRESS}),
                     1);
    (void)service_node_last(node, &noticed_event_type, &event);
    assert_true(event.settles);
    assert_waiting(node, 0, 0, 1); /* that of the other issue */
}

static void a_step_of_which_nobody_is_told_settles_it_too(void **state)
{
    struct service_node *node = *state;
    const struct step_news step = {.issue = AN_ISSUE,
                                   .happening = HAPPENING_LEAD_SUBMIT,
                                   .from = STATE_IN_PROGRESS,
                                   .to = STATE_REVIEW};
    set_now(node, MONDAY);
    warn(node, PEOPLE("head_urban"));
    assert_int_equal(follow_step(node, &step), 1);
    assert_waiting(node, 0, 0, 0);
    assert_int_equal(follow_step(node, &step), 0); /* nothing is left to be settled */
}

static void a_step_that_changes_no_state_settles_nothing(void **state)
{
    struct service_node *node = *state;
    set_now(node, MONDAY);
    warn(node, PEOPLE("head_urban"));
    (void)follow_step(node, &(struct step_news){.issue = AN_ISSUE,
                                                .happening = HAPPENING_PROGRESS,
                                                .from = STATE_IN_PROGRESS,
                                                .to = STATE_IN_PROGRESS});
    assert_waiting(node, 0, 0, 1);
}

static void what_is_held_is_told_but_not_again_when_the_issue_went_on(void **state)
{
    struct service_node *node = *state;
    set_now(node, MONDAY_NIGHT);
    warn(node, PEOPLE("head_urban"));
    (void)follow_step(node, &(struct step_news){.issue = AN_ISSUE,
                                                .happening = HAPPENING_SIGN,
                                                .from = STATE_DISPATCHED,
                                                .to = STATE_IN_PROGRESS});
    assert_waiting(node, 2, 0, 0);
    wait_until(node, MONDAY_OPENING);
    assert_items(node, "head_urban", 1);
    assert_items(node, "cadre001", 1);
    assert_quiet(node);
}

static const struct step_news answered = {.issue = AN_ISSUE,
                                          .happening = HAPPENING_LEAD_SUBMIT,
                                          .from = STATE_IN_PROGRESS,
                                          .to = STATE_REVIEW,
                                          .ends_clock = true};

static void a_held_warning_of_a_clock_that_ended_is_not_told(void **state)
{
    struct service_node *node = *state;
    struct lapsed_event lapsed;
    set_now(node, MONDAY_NIGHT);
    warn(node, PEOPLE("head_urban"));
    assert_int_equal(follow_step(node, &answered), 1);
    (void)service_node_last(node, &lapsed_event_type, &lapsed);
    assert_int_equal(lapsed.ended, SUBJECT_BIT(NOTICE_SUBJECT_HANDLE));
    assert_quiet(node);
    assert_items(node, "head_urban", 0);
}

static void a_clock_that_ends_in_the_same_state_asks_for_nothing_more(void **state)
{
    struct service_node *node = *state;
    set_now(node, MONDAY);
    warn(node, PEOPLE("head_urban"));
    assert_int_equal(follow_step(node, &(struct step_news){.issue = AN_ISSUE,
                                                           .happening = HAPPENING_FIRST_CONTACT,
                                                           .from = STATE_IN_PROGRESS,
                                                           .to = STATE_IN_PROGRESS,
                                                           .people = PEOPLE("staff_urban_1"),
                                                           .ends_clock = true}),
                     2); /* the cadre and the section hear of it */
    assert_quiet(node);
    assert_items(node, "head_urban", 1);
}

static void an_urging_that_is_held_lapses_when_the_issue_goes_on(void **state)
{
    struct service_node *node = *state;
    const struct step_news urging = {.issue = AN_ISSUE,
                                     .happening = HAPPENING_URGE,
                                     .from = STATE_IN_PROGRESS,
                                     .to = STATE_IN_PROGRESS,
                                     .people = PEOPLE("head_urban")};
    set_now(node, MONDAY_NIGHT);
    (void)follow_step(node, &urging);
    (void)follow_step(node, &urging);
    assert_waiting(node, 2, 0, 0);
    (void)follow_step(node, &answered);
    assert_quiet(node);
    assert_items(node, "head_urban", 0);
}

static void a_supervision_that_is_lifted_is_not_told_any_more(void **state)
{
    struct service_node *node = *state;
    set_now(node, MONDAY);
    (void)follow_supervision(node, SUPERVISION_NEWS_REMINDED, PEOPLE("head_urban"));
    set_now(node, "2026-03-02T23:35:00");
    (void)follow_supervision(node, SUPERVISION_NEWS_OVERDUE, PEOPLE("head_urban"));
    warn(node, PEOPLE("staff_urban_2"));
    assert_waiting(node, 2, 0, 1);
    (void)follow_supervision(node, SUPERVISION_NEWS_LIFTED, PEOPLE("staff_urban_1"));
    assert_waiting(node, 2, 0, 0); /* the clock's, and that it was lifted */
    wait_until(node, "2026-03-03T08:30:00");
    assert_items(node, "head_urban", 1);
    assert_items(node, "staff_urban_2", 1);
    assert_text(item_of(node, "staff_urban_1", 0).category, "supervision_lifted");
}

static void a_supervision_that_is_lifted_with_nobody_to_tell_is_over_too(void **state)
{
    struct service_node *node = *state;
    set_now(node, MONDAY);
    (void)follow_supervision(node, SUPERVISION_NEWS_REMINDED, PEOPLE("head_urban"));
    assert_int_equal(follow_supervision(node, SUPERVISION_NEWS_LIFTED, NULL), 1);
    assert_quiet(node);
}

static void a_promise_that_was_kept_is_not_told_again(void **state)
{
    struct service_node *node = *state;
    set_now(node, MONDAY);
    (void)follow_promise(node, 701, "promise_due", PEOPLE("cadre001"));
    (void)follow_promise(node, 702, "promise_due", PEOPLE("cadre001"));
    set_now(node, "2026-03-02T23:00:00");
    (void)follow_promise(node, 703, "promise_due", PEOPLE("cadre001"));
    assert_waiting(node, 1, 0, 2);
    assert_int_equal(follow_promise_kept(node, 701), 1);
    assert_int_equal(follow_promise_kept(node, 703), 1);
    assert_int_equal(follow_promise_kept(node, 704), 0); /* nobody was told of it */
    assert_waiting(node, 0, 0, 1);
}

static void a_promise_that_was_missed_is_not_called_due_again(void **state)
{
    struct service_node *node = *state;
    set_now(node, MONDAY);
    (void)follow_promise(node, 701, "promise_due", PEOPLE("cadre001"));
    (void)follow_promise(node, 701, "promise_missed", PEOPLE("cadre001", "secretary_c01"));
    assert_waiting(node, 0, 0, 2);
    wait_until(node, "2026-03-04T08:30:00");
    assert_items(node, "cadre001", 3);
    assert_text(item_of(node, "cadre001", 2).category, "promise_missed");
    assert_int_equal(follow_promise_kept(node, 701), 1);
    assert_quiet(node);
}

static void an_issue_that_is_over_leaves_nothing_to_be_read(void **state)
{
    struct service_node *node = *state;
    set_now(node, MONDAY);
    warn(node, PEOPLE("head_urban"));
    assert_int_equal(follow_step(node, &(struct step_news){.issue = AN_ISSUE,
                                                           .happening = HAPPENING_CALLBACK_OK,
                                                           .from = STATE_CALLBACK,
                                                           .to = STATE_CLOSED}),
                     1);
    assert_items(node, "cadre001", 1);
    assert_quiet(node);
}

static void who_acted_just_now_hears_at_once_and_once(void **state)
{
    struct service_node *node = *state;
    struct set_aside_event event = {.reason = BYTES("已被退回"), .author = BYTES("staff_urban_1")};
    set_now(node, MONDAY_NIGHT);
    (void)service_node_follow(node, &(struct router_record){.type = &set_aside_event_type,
                                                            .message = &event,
                                                            .issue = AN_ISSUE});
    assert_items(node, "staff_urban_1", 1);
    assert_quiet(node);
}

/* ---- instead of whom ------------------------------------------------------------------------ */

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
    service_node_wait(node, (struct wall){on(MONDAY_NIGHT).us + 3600 * US_PER_S});
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
    struct config other = *config;
    struct person *people = memory_new(config->office.person_count, sizeof *people);
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

    for (uint32_t i = 0; i < config->office.person_count; i++) {
        people[i] = config->office.people[i];
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

/* ---- another configuration meanwhile -------------------------------------------------------- */

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
    struct config other = *config;
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
    struct config other = *config;
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

/* ---- around --------------------------------------------------------------------------------- */

static int open_street(void **state)
{
    (void)state;
    config = street_open();
    return 0;
}

static int close_street(void **state)
{
    (void)state;
    config_close(config);
    return 0;
}

static int setup(void **state)
{
    *state = service_node_open(&notifier_service, "notifier", config);
    (void)service_node_follow_cadres(*state, (const char *const[]){"cadre001"}, 1);
    return 0;
}

static int teardown(void **state)
{
    service_node_close(*state);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_comes_up_at_night_is_told_when_the_office_opens),
        TEST(the_text_of_a_held_notice_lies_once),
        TEST(an_emergency_is_told_at_midnight),
        TEST(holidays_and_make_up_days_are_those_of_the_calendar),
        TEST(ids_rise_in_the_order_of_telling),
        TEST(a_leader_hears_once_a_day),
        TEST(what_comes_up_with_the_digest_waits_for_the_next),
        TEST(what_is_overdue_or_supervised_is_told_by_itself),
        TEST(what_does_not_fit_is_counted),
        TEST(without_a_digest_leaders_hear_of_each),
        TEST(what_is_read_in_time_is_not_told_again),
        TEST(what_is_not_read_is_told_again_once_and_then_to_somebody_else),
        TEST(reading_the_first_one_is_reading_it_again),
        TEST(only_those_who_did_not_read_it_are_told_again),
        TEST(the_last_reader_ends_it),
        TEST(what_is_urgent_is_told_again_at_night),
        TEST(what_only_informs_is_told_once),
        TEST(a_step_settles_what_was_told_before),
        TEST(a_step_of_which_nobody_is_told_settles_it_too),
        TEST(a_step_that_changes_no_state_settles_nothing),
        TEST(what_is_held_is_told_but_not_again_when_the_issue_went_on),
        TEST(a_held_warning_of_a_clock_that_ended_is_not_told),
        TEST(a_clock_that_ends_in_the_same_state_asks_for_nothing_more),
        TEST(an_urging_that_is_held_lapses_when_the_issue_goes_on),
        TEST(a_supervision_that_is_lifted_is_not_told_any_more),
        TEST(a_supervision_that_is_lifted_with_nobody_to_tell_is_over_too),
        TEST(a_promise_that_was_kept_is_not_told_again),
        TEST(a_promise_that_was_missed_is_not_called_due_again),
        TEST(an_issue_that_is_over_leaves_nothing_to_be_read),
        TEST(who_acted_just_now_hears_at_once_and_once),
        TEST(somebody_hears_instead),
        TEST(what_waits_is_not_told_on_a_day_that_became_one_off),
        TEST(at_once_is_at_once_but_for_what_waits_already),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
