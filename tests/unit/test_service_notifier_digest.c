/* SPDX-License-Identifier: Apache-2.0 */
/* The digest: what waits for it, what does not, and what it says. */
#include "notifier_waiting.h"

#include "base/text.h"

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
    struct config other = *street;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_NOTIFIER(a_leader_hears_once_a_day),
        IN_NOTIFIER(what_comes_up_with_the_digest_waits_for_the_next),
        IN_NOTIFIER(what_is_overdue_or_supervised_is_told_by_itself),
        IN_NOTIFIER(what_does_not_fit_is_counted),
        IN_NOTIFIER(without_a_digest_leaders_hear_of_each),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
