/* SPDX-License-Identifier: Apache-2.0 */
/* Feedback and call-back: what becomes of a household that does not agree or is not reached. */
#include "lifecycle_steps.h"

static void an_unsatisfied_household_is_heard_twice_then_the_office_head_decides(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_CALLBACK);
    for (uint32_t redo = 1; redo <= 2; redo++) {
        go(&issue, by(HAPPENING_CALLBACK_UNSATISFIED, SUPERVISOR));
        assert_int_equal(issue.state, STATE_IN_PROGRESS);
        assert_int_equal(issue.redo, redo);
        assert_int_equal(issue.supervised, 1);
        assert_int_equal(issue.legs[0].state, LEG_STATE_REDO);
        go_to_callback(&issue);
    }
    refuse(&issue, by(HAPPENING_CALLBACK_UNSATISFIED_FINAL, HEAD), STATUS_REFUSED,
           "no call-back has found the household unsatisfied");
    go(&issue, by(HAPPENING_CALLBACK_UNSATISFIED, SUPERVISOR));
    assert_int_equal(issue.state, STATE_CALLBACK);
    assert_true(issue.is_unsatisfied);
    refuse(&issue, by(HAPPENING_CALLBACK_OK, SUPERVISOR), STATUS_REFUSED,
           "issue close-unsatisfied");
    refuse(&issue, by(HAPPENING_CALLBACK_UNSATISFIED_FINAL, CLERK), STATUS_FORBIDDEN,
           "the office head");
    go(&issue, by(HAPPENING_CALLBACK_UNSATISFIED_FINAL, HEAD));
    assert_int_equal(issue.state, STATE_CLOSED);
    assert_int_equal(issue.outcome, OUTCOME_EXPLAINED);
    assert_true(issue.is_unsatisfied);
}

static void an_unreasonable_demand_waits_for_the_office_head_at_once(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_CALLBACK);
    struct step step = by(HAPPENING_CALLBACK_UNSATISFIED, SUPERVISOR);
    step.callback = &unreasonable;
    go(&issue, step);
    assert_int_equal(issue.state, STATE_CALLBACK);
    assert_int_equal(issue.redo, 0);
    struct buf next = {0};
    lifecycle_append_next(&issue, &next);
    buf_append_u8(&next, 0);
    assert_string_equal((char *)next.p, "the office head decides with 'issue close-unsatisfied'");
    buf_done(&next);
}

static void three_tries_on_three_working_days_close_as_unreached(void **test)
{
    (void)test;
    static const uint32_t days[] = {100, 100, 0, 101, 101, 102};
    struct issue issue = issue_in(STATE_CALLBACK);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(issue.state, STATE_CALLBACK);
        struct step step = by(HAPPENING_CALLBACK_UNREACHED, SUPERVISOR);
        step.working_day = days[i];
        go(&issue, step);
    }
    assert_int_equal(issue.state, STATE_CLOSED);
    assert_true(issue.is_unreached);
    assert_int_equal(issue.outcome, OUTCOME_SOLVED);
}

static void a_household_reached_after_a_try_decides_as_usual(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_CALLBACK);
    go(&issue, by(HAPPENING_CALLBACK_UNREACHED, SUPERVISOR));
    go(&issue, by(HAPPENING_CALLBACK_OK, SUPERVISOR));
    assert_int_equal(issue.state, STATE_CLOSED);
    assert_false(issue.is_unreached);
}

static void a_call_back_is_made_by_somebody_who_took_no_part(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_CALLBACK);
    struct step step = by(HAPPENING_CALLBACK_OK, SUPERVISOR);
    step.took_part = true;
    refuse(&issue, step, STATUS_FORBIDDEN, "neither handled it nor is linked");
    step.took_part = false;
    issue.cadre = word_of(BYTES("supervisor-1"));
    refuse(&issue, step, STATUS_FORBIDDEN, "neither handled it nor is linked");
    issue.cadre = word_of(BYTES("cadre-1"));
    step.callback = &unsatisfied;
    refuse(&issue, step, STATUS_INVALID, "is 'callback_unsatisfied', not 'callback_ok'");
    struct callback marks = satisfied;
    marks.section = 6;
    step.callback = &marks;
    refuse(&issue, step, STATUS_INVALID, "the mark for the section must be 1 to 5");
}

static void the_office_gives_feedback_only_when_the_cadre_is_late(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_FEEDBACK);
    struct step step = by(HAPPENING_FEEDBACK_DONE, CLERK);
    refuse(&issue, step, STATUS_FORBIDDEN, "the cadre who owns its feedback or the office once");
    step.is_overdue = true;
    go(&issue, step);
    assert_int_equal(issue.state, STATE_CALLBACK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unsatisfied_household_is_heard_twice_then_the_office_head_decides),
        cmocka_unit_test(an_unreasonable_demand_waits_for_the_office_head_at_once),
        cmocka_unit_test(three_tries_on_three_working_days_close_as_unreached),
        cmocka_unit_test(a_household_reached_after_a_try_decides_as_usual),
        cmocka_unit_test(a_call_back_is_made_by_somebody_who_took_no_part),
        cmocka_unit_test(the_office_gives_feedback_only_when_the_cadre_is_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
