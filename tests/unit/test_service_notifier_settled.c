/* SPDX-License-Identifier: Apache-2.0 */
/* What asks for nothing any more: it is not told again, and what was held is not told at all. */
#include "notifier_waiting.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_NOTIFIER(a_step_settles_what_was_told_before),
        IN_NOTIFIER(a_step_of_which_nobody_is_told_settles_it_too),
        IN_NOTIFIER(a_step_that_changes_no_state_settles_nothing),
        IN_NOTIFIER(what_is_held_is_told_but_not_again_when_the_issue_went_on),
        IN_NOTIFIER(a_held_warning_of_a_clock_that_ended_is_not_told),
        IN_NOTIFIER(a_clock_that_ends_in_the_same_state_asks_for_nothing_more),
        IN_NOTIFIER(an_urging_that_is_held_lapses_when_the_issue_goes_on),
        IN_NOTIFIER(a_supervision_that_is_lifted_is_not_told_any_more),
        IN_NOTIFIER(a_supervision_that_is_lifted_with_nobody_to_tell_is_over_too),
        IN_NOTIFIER(a_promise_that_was_kept_is_not_told_again),
        IN_NOTIFIER(a_promise_that_was_missed_is_not_called_due_again),
        IN_NOTIFIER(an_issue_that_is_over_leaves_nothing_to_be_read),
        IN_NOTIFIER(who_acted_just_now_hears_at_once_and_once),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
