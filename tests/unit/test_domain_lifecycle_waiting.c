/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to the cadre, first contact, suspensions, corrections and the archive. */
#include "lifecycle_steps.h"

static void a_clerk_asks_the_cadre_at_most_twice(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_TRIAGE);
    struct step ask = by(HAPPENING_ASK_INFO, CLERK);
    refuse(&issue, by(HAPPENING_ASK_INFO, HEAD), STATUS_FORBIDDEN, "only the triage clerk");
    ask.has_words = false;
    refuse(&issue, ask, STATUS_INVALID, "say what you want to know");
    go(&issue, by(HAPPENING_ASK_INFO, CLERK));
    assert_int_equal(lifecycle_stages(&issue), STAGE_BIT(STAGE_INFO));
    assert_int_equal(lifecycle_paused(&issue), STAGE_BIT(STAGE_TRIAGE));
    go(&issue, by(HAPPENING_GIVE_INFO, CADRE));
    assert_false(issue.is_info_missing);
    go(&issue, by(HAPPENING_ASK_INFO, CLERK));
    struct step late = by(HAPPENING_GIVE_INFO, TIMER);
    late.has_words = false;
    go(&issue, late);
    assert_int_equal(issue.state, STATE_TRIAGE);
    assert_true(issue.is_info_missing);
    refuse(&issue, by(HAPPENING_ASK_INFO, CLERK), STATUS_REFUSED, "asked 2 times already");
}

static void only_the_cadre_says_more_and_says_something(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_NEED_INFO);
    refuse(&issue, by(HAPPENING_GIVE_INFO, CLERK), STATUS_FORBIDDEN,
           "the cadre who owns its feedback");
    struct step step = by(HAPPENING_GIVE_INFO, CADRE);
    step.has_words = false;
    refuse(&issue, step, STATUS_INVALID, "words are missing");
    refuse(&issue, by(HAPPENING_DISPATCH, CLERK), STATUS_REFUSED,
           "the cadre (cadre-1) says more with 'issue give-info'");
}

static void the_first_contact_is_recorded_once_and_ends_its_clock_alone(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_IN_PROGRESS);
    uint32_t both = STAGE_BIT(STAGE_HANDLE) | STAGE_BIT(STAGE_FIRST_CONTACT);
    assert_int_equal(lifecycle_stages(&issue), both);
    go(&issue, by(HAPPENING_PROGRESS, LEAD_STAFF));
    assert_int_equal(lifecycle_stages(&issue), both);
    refuse(&issue, in_section(HAPPENING_FIRST_CONTACT, ASSIST_STAFF, water), STATUS_FORBIDDEN,
           "the staff of its lead section or the cadre who owns its feedback");
    struct step step = by(HAPPENING_FIRST_CONTACT, LEAD_STAFF);
    step.has_words = false;
    refuse(&issue, step, STATUS_INVALID, "words are missing");
    go(&issue, by(HAPPENING_FIRST_CONTACT, LEAD_STAFF));
    assert_int_equal(lifecycle_stages(&issue), STAGE_BIT(STAGE_HANDLE));
    refuse(&issue, by(HAPPENING_FIRST_CONTACT, CADRE), STATUS_REFUSED, "is on record");
}

static void whoever_told_the_household_the_result_has_contacted_it(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_IN_PROGRESS);
    go_to_callback(&issue);
    go(&issue, by(HAPPENING_CALLBACK_UNSATISFIED, SUPERVISOR));
    assert_int_equal(issue.state, STATE_IN_PROGRESS);
    assert_int_equal(lifecycle_stages(&issue), STAGE_BIT(STAGE_HANDLE));
}

static void a_suspension_has_a_listed_ground_words_and_an_end_within_the_limit(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_IN_PROGRESS);
    struct suspension wait = a_fortnight;
    struct step step = by(HAPPENING_REQUEST_SUSPENSION, LEAD_STAFF);
    step.suspension = &wait;
    refuse(&issue, by(HAPPENING_REQUEST_SUSPENSION, CLERK), STATUS_FORBIDDEN, "its lead section");
    wait.ground = WAIT_GROUND_NONE;
    refuse(&issue, step, STATUS_INVALID, "the ground is missing");
    wait = a_fortnight;
    wait.until = (struct wall){1000000};
    refuse(&issue, step, STATUS_INVALID, "lies behind us");
    wait.until = (struct wall){3000001};
    refuse(&issue, step, STATUS_INVALID, "beyond the limit");
    wait.latest = (struct wall){0};
    refuse(&issue, step, STATUS_REFUSED, "never suspended");
    wait = a_fortnight;
    step.has_words = false;
    refuse(&issue, step, STATUS_INVALID, "say what has to be awaited");
    step.has_words = true;
    go(&issue, step);
    refuse(&issue, step, STATUS_REFUSED, "asked for already");
}

static void the_office_decides_on_a_suspension(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_IN_PROGRESS);
    refuse(&issue, by(HAPPENING_SUSPENSION_OK, HEAD), STATUS_REFUSED, "no suspension is asked for");
    refuse(&issue, by(HAPPENING_SUSPENSION_NO, HEAD), STATUS_REFUSED, "no suspension is asked for");
    go(&issue, by(HAPPENING_REQUEST_SUSPENSION, LEAD_STAFF));
    assert_int_equal(issue.state, STATE_IN_PROGRESS);
    refuse(&issue, by(HAPPENING_SUSPENSION_OK, LEADER), STATUS_FORBIDDEN,
           "the triage clerk or the office head");
    struct step no = by(HAPPENING_SUSPENSION_NO, HEAD);
    no.has_words = false;
    refuse(&issue, no, STATUS_INVALID, "a reason is missing");
    go(&issue, by(HAPPENING_SUSPENSION_NO, HEAD));
    assert_int_equal(issue.wait_ground, WAIT_GROUND_NONE);
    go(&issue, by(HAPPENING_REQUEST_SUSPENSION, LEAD_STAFF));
    struct step late = by(HAPPENING_SUSPENSION_OK, HEAD);
    late.at = (struct wall){2000000};
    refuse(&issue, late, STATUS_REFUSED, "would have ended by now");
    const struct suspension shorter = {.latest = {issue.wait_until.us - 1}};
    struct step corrected = by(HAPPENING_SUSPENSION_OK, HEAD);
    corrected.suspension = &shorter;
    refuse(&issue, corrected, STATUS_REFUSED, "an issue of this urgency is not suspended");
    go(&issue, by(HAPPENING_SUSPENSION_OK, HEAD));
    assert_int_equal(issue.legs[0].state, LEG_STATE_SUSPENDED);
    assert_int_equal(lifecycle_stages(&issue),
                     STAGE_BIT(STAGE_SUSPEND) | STAGE_BIT(STAGE_FIRST_CONTACT));
    assert_int_equal(lifecycle_paused(&issue), STAGE_BIT(STAGE_HANDLE) | STAGE_BIT(STAGE_SIGN));
}

static void an_answer_takes_back_what_was_asked_for(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_IN_PROGRESS);
    go(&issue, by(HAPPENING_REQUEST_SUSPENSION, LEAD_STAFF));
    struct buf next = {0};
    lifecycle_append_next(&issue, &next);
    assert_true(
        bytes_equal(buf_bytes(&next),
                    BYTES("the office head or the triage clerk decides with 'issue suspend'")));
    buf_done(&next);
    go(&issue, by(HAPPENING_LEAD_SUBMIT, LEAD_STAFF));
    assert_int_equal(issue.wait_ground, WAIT_GROUND_NONE);
}

static void a_suspension_ends_by_the_section_the_timer_or_the_household_s_answer(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_SUSPENDED);
    struct issue other = issue;
    struct step cadre = by(HAPPENING_RESUME, CADRE);
    cadre.department = (struct bytes){0};
    other.wait_ground = WAIT_GROUND_DECISION;
    refuse(&other, cadre, STATUS_REFUSED, "it is not the household that is waited for");
    refuse(&issue, by(HAPPENING_RESUME, CLERK), STATUS_FORBIDDEN, "its lead section");
    struct step silent = by(HAPPENING_RESUME, LEAD_STAFF);
    silent.has_words = false;
    refuse(&issue, silent, STATUS_INVALID, "words are missing");
    go(&issue, cadre);
    assert_int_equal(issue.state, STATE_IN_PROGRESS);
    assert_int_equal(issue.legs[0].state, LEG_STATE_IN_PROGRESS);
    assert_int_equal(issue.wait_ground, WAIT_GROUND_NONE);
    go(&other, by(HAPPENING_RESUME, TIMER));
    issue = issue_in(STATE_SUSPENDED);
    go(&issue, by(HAPPENING_RESUME, LEAD_STAFF));
}

static void a_correction_says_why_and_changes_something(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_IN_PROGRESS);
    struct correction to = {.urgency = URGENCY_GENERAL, .kind = KIND_DIFFICULTY};
    struct step step = by(HAPPENING_CORRECT, HEAD);
    step.correction = &to;
    refuse(&issue, step, STATUS_INVALID, "nothing would change");
    refuse(&issue, by(HAPPENING_CORRECT, LEAD_STAFF), STATUS_FORBIDDEN,
           "the triage clerk or the office head");
    to.kind = KIND_ENQUIRY;
    to.category = BYTES("two words");
    refuse(&issue, step, STATUS_INVALID, "is not a category's code");
    to.category = BYTES("noise");
    step.has_words = false;
    refuse(&issue, step, STATUS_INVALID, "a reason is missing");
    step.has_words = true;
    go(&issue, step);
    assert_string_equal(issue.category.text, "noise");
    assert_int_equal(issue.kind, KIND_ENQUIRY);
    assert_int_equal(issue.urgency, URGENCY_GENERAL);
    assert_int_equal(issue.state, STATE_IN_PROGRESS);
}

static void a_closed_issue_is_archived_when_its_window_is_over(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_CLOSED);
    assert_int_equal(lifecycle_stages(&issue), STAGE_BIT(STAGE_REOPEN));
    struct step step = by(HAPPENING_ARCHIVE, TIMER);
    refuse(&issue, by(HAPPENING_ARCHIVE, HEAD), STATUS_FORBIDDEN, "'head-1'");
    step.is_window_over = false;
    refuse(&issue, step, STATUS_REFUSED, "is not over");
    go(&issue, by(HAPPENING_ARCHIVE, TIMER));
    assert_int_equal(lifecycle_stages(&issue), 0);
    assert_true(issue_is_final(&issue));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clerk_asks_the_cadre_at_most_twice),
        cmocka_unit_test(only_the_cadre_says_more_and_says_something),
        cmocka_unit_test(the_first_contact_is_recorded_once_and_ends_its_clock_alone),
        cmocka_unit_test(whoever_told_the_household_the_result_has_contacted_it),
        cmocka_unit_test(a_suspension_has_a_listed_ground_words_and_an_end_within_the_limit),
        cmocka_unit_test(the_office_decides_on_a_suspension),
        cmocka_unit_test(an_answer_takes_back_what_was_asked_for),
        cmocka_unit_test(a_suspension_ends_by_the_section_the_timer_or_the_household_s_answer),
        cmocka_unit_test(a_correction_says_why_and_changes_something),
        cmocka_unit_test(a_closed_issue_is_archived_when_its_window_is_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
