/* SPDX-License-Identifier: Apache-2.0 */
/* From the report to the answer and its review: who answers, with what, and who passes it. */
#include "lifecycle_steps.h"

static void a_report_travels_to_the_household_s_verdict(void **test)
{
    (void)test;
    struct issue issue = blank_issue(STATE_DRAFT);
    go(&issue, by(HAPPENING_SUBMIT, CADRE));
    go(&issue, by(HAPPENING_DISPATCH, SYSTEM));
    assert_int_equal(issue.leg_count, 2);
    assert_int_equal(lifecycle_stages(&issue), STAGE_BIT(STAGE_SIGN) | STAGE_BIT(STAGE_HANDLE));
    go(&issue, in_section(HAPPENING_SIGN, ASSIST_STAFF, water));
    assert_int_equal(issue.state, STATE_DISPATCHED);
    go(&issue, in_section(HAPPENING_SIGN, TIMER, roads));
    assert_int_equal(issue.state, STATE_IN_PROGRESS);
    go(&issue, in_section(HAPPENING_PROGRESS, ASSIST_STAFF, water));
    refuse(&issue, by(HAPPENING_LEAD_SUBMIT, LEAD_STAFF), STATUS_REFUSED,
           "the assisting section 'water' is still in_progress");
    go(&issue, by(HAPPENING_ASSIST_SUBMIT, ASSIST_STAFF));
    go(&issue, by(HAPPENING_LEAD_SUBMIT, LEAD_STAFF));
    assert_int_equal(issue.proposed, OUTCOME_SOLVED);
    go(&issue, by(HAPPENING_REVIEW_OK, LEADER));
    assert_int_equal(issue.legs[0].state, LEG_STATE_APPROVED);
    assert_int_equal(issue.legs[1].state, LEG_STATE_APPROVED);
    go(&issue, by(HAPPENING_FEEDBACK_DONE, CADRE));
    go(&issue, by(HAPPENING_CALLBACK_OK, SUPERVISOR));
    assert_int_equal(issue.state, STATE_CLOSED);
    assert_int_equal(issue.outcome, OUTCOME_SOLVED);
    assert_int_equal(issue.generation, 10);
}

static void an_answer_needs_an_outcome_words_and_for_solved_evidence(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_IN_PROGRESS);
    struct step step = by(HAPPENING_LEAD_SUBMIT, LEAD_STAFF);
    step.has_evidence = false;
    refuse(&issue, step, STATUS_INVALID, "'solved' needs evidence");
    step.outcome = OUTCOME_EXPLAINED;
    refuse(&issue, step, STATUS_INVALID, "queue propose-unresolvable");
    step.outcome = OUTCOME_PARTLY;
    step.has_words = false;
    refuse(&issue, step, STATUS_INVALID, "words");
    step.has_words = true;
    go(&issue, step);
    assert_int_equal(issue.proposed, OUTCOME_PARTLY);
}

static void only_the_lead_section_answers_and_only_its_own_people(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_IN_PROGRESS);
    refuse(&issue, in_section(HAPPENING_LEAD_SUBMIT, ASSIST_STAFF, water), STATUS_FORBIDDEN,
           "only the staff of its lead section may do it");
    refuse(&issue, by(HAPPENING_LEAD_SUBMIT, ASSIST_STAFF), STATUS_FORBIDDEN, "'staff-2'");
    refuse(&issue, by(HAPPENING_LEAD_SUBMIT, HEAD), STATUS_FORBIDDEN, "2026-0000042");
    refuse(&issue, in_section(HAPPENING_SIGN, TIMER, BYTES("parks")), STATUS_REFUSED,
           "section 'parks' has no part");
}

static void an_unsolvable_matter_needs_two_reviews_of_two_persons(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_IN_PROGRESS);
    go(&issue, by(HAPPENING_PROPOSE_UNRESOLVABLE, LEAD_STAFF));
    assert_int_equal(issue.proposed, OUTCOME_EXPLAINED);
    struct buf next = {0};
    lifecycle_append_next(&issue, &next);
    assert_true(
        bytes_equal(buf_bytes(&next), BYTES("the leader in charge (leader-1) and the office "
                                            "head both review it with 'issue review'")));
    buf_done(&next);
    struct actor both = *actor(HEAD);
    both.roles |= ROLE_BIT(ROLE_LEADER);
    both.departments = &roads;
    both.department_count = 1;
    struct step step = by(HAPPENING_REVIEW_OK, HEAD);
    step.actor = &both;
    go(&issue, step);
    assert_int_equal(issue.state, STATE_REVIEW);
    assert_int_equal(issue.reviews, REVIEW_BY_LEADER);
    refuse(&issue, step, STATUS_REFUSED, "already in, by 'head-1'");
    refuse(&issue, by(HAPPENING_REVIEW_OK, LEADER), STATUS_REFUSED, "the office head");
    struct actor deputy = actor_of_roles(BYTES("head-2"), ROLE_BIT(ROLE_OFFICE_HEAD));
    step.actor = &deputy;
    go(&issue, step);
    assert_int_equal(issue.state, STATE_FEEDBACK);
}

static void both_reviewers_may_have_looked_before_either_decided(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_IN_PROGRESS);
    go(&issue, by(HAPPENING_PROPOSE_UNRESOLVABLE, LEAD_STAFF));
    struct step leader = by(HAPPENING_REVIEW_OK, LEADER);
    struct step head = by(HAPPENING_REVIEW_OK, HEAD);
    leader.generation_seen = head.generation_seen = issue.generation;
    go(&issue, head);
    go(&issue, leader);
    assert_int_equal(issue.state, STATE_FEEDBACK);
}

static void a_reviewer_leads_the_section_and_did_not_answer(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_REVIEW);
    refuse(&issue, by(HAPPENING_REVIEW_OK, OTHER_LEADER), STATUS_FORBIDDEN,
           "the leader in charge of its lead section");
    issue.submitter = word_of(BYTES("head-1"));
    refuse(&issue, by(HAPPENING_REVIEW_OK, HEAD), STATUS_FORBIDDEN, "not who answered");
    refuse(&issue, by(HAPPENING_REVIEW_NO, HEAD), STATUS_FORBIDDEN, "not who answered");
    struct step step = by(HAPPENING_REVIEW_NO, LEADER);
    step.has_words = false;
    refuse(&issue, step, STATUS_INVALID, "a reason is missing");
}

static void an_answer_sent_back_is_handled_again(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_REVIEW);
    go(&issue, by(HAPPENING_REVIEW_NO, LEADER));
    assert_int_equal(issue.legs[0].state, LEG_STATE_REDO);
    assert_int_equal(issue.legs[1].state, LEG_STATE_SUBMITTED);
    assert_int_equal(issue.redo, 0);
    go(&issue, by(HAPPENING_PROGRESS, LEAD_STAFF));
    go(&issue, by(HAPPENING_LEAD_SUBMIT, LEAD_STAFF));
    assert_int_equal(issue.state, STATE_REVIEW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_travels_to_the_household_s_verdict),
        cmocka_unit_test(an_answer_needs_an_outcome_words_and_for_solved_evidence),
        cmocka_unit_test(only_the_lead_section_answers_and_only_its_own_people),
        cmocka_unit_test(an_unsolvable_matter_needs_two_reviews_of_two_persons),
        cmocka_unit_test(both_reviewers_may_have_looked_before_either_decided),
        cmocka_unit_test(a_reviewer_leads_the_section_and_did_not_answer),
        cmocka_unit_test(an_answer_sent_back_is_handled_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
