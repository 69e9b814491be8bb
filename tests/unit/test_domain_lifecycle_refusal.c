/* SPDX-License-Identifier: Apache-2.0 */
/* What is refused whoever asks: after somebody else's change, or in halves; and what a refusal
 * says. */
#include "lifecycle_steps.h"

static void whoever_looked_before_the_last_change_is_refused(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_TRIAGE);
    struct step step = by(HAPPENING_DISPATCH, CLERK);
    step.generation_seen = 4;
    refuse(&issue, step, STATUS_REFUSED, "somebody else changed issue 2026-0000042");
    step.generation_seen = 5;
    go(&issue, step);
}

static void sections_of_one_issue_do_not_make_each_other_stale(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_TRIAGE);
    go(&issue, by(HAPPENING_DISPATCH, CLERK));
    struct step lead = by(HAPPENING_SIGN, LEAD_STAFF);
    struct step assist = in_section(HAPPENING_SIGN, ASSIST_STAFF, water);
    lead.generation_seen = assist.generation_seen = issue.generation;
    go(&issue, lead);
    go(&issue, assist);
    struct step late = in_section(HAPPENING_PROGRESS, LEAD_STAFF, roads);
    late.generation_seen = lead.generation_seen;
    refuse(&issue, late, STATUS_REFUSED, "somebody else changed");
}

static void a_dispatch_names_one_lead_no_section_twice_and_a_leader(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_TRIAGE);
    struct step step = by(HAPPENING_DISPATCH, CLERK);
    struct dispatch to = *step.dispatch;
    step.dispatch = &to;
    to.assists[0] = roads;
    refuse(&issue, step, STATUS_INVALID, "section 'roads' is named twice");
    to.assists[0] = BYTES("two words");
    refuse(&issue, step, STATUS_INVALID, "'two words' is not the id of a section");
    to.assist_count = ISSUE_LEGS_MAX;
    refuse(&issue, step, STATUS_INVALID, "too many sections");
    to.assist_count = 0;
    to.leader = BYTES("");
    refuse(&issue, step, STATUS_INVALID, "name a leader");
    to.leader = BYTES("leader-1");
    to.lead = BYTES("");
    refuse(&issue, step, STATUS_INVALID, "a lead section is missing");
    to.lead = roads;
    to.urgency = URGENCY_EMERGENCY;
    to.category = BYTES("street-lights");
    go(&issue, step);
    assert_int_equal(issue.urgency, URGENCY_EMERGENCY);
    assert_string_equal(issue.category.text, "street-lights");
}

static void a_report_is_taken_in_whole_or_not_at_all(void **test)
{
    (void)test;
    struct issue issue = blank_issue(STATE_DRAFT);
    issue.household = (struct word){0};
    refuse(&issue, by(HAPPENING_SUBMIT, CADRE), STATUS_INVALID, "the household is missing");
    issue.source = SOURCE_IMPORT;
    issue.state = STATE_NONE;
    go(&issue, by(HAPPENING_HOUSEHOLD_DIRECT, OPERATOR));
    issue = blank_issue(STATE_NONE);
    issue.urgency = URGENCY_NONE;
    refuse(&issue, by(HAPPENING_HOUSEHOLD_DIRECT, CLERK), STATUS_INVALID, "urgency");
    issue = blank_issue(STATE_NONE);
    issue.cadre = (struct word){0};
    refuse(&issue, by(HAPPENING_HOUSEHOLD_DIRECT, CLERK), STATUS_INVALID, "feedback_default");
}

static void a_refusal_says_the_state_and_who_is_next(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_IN_PROGRESS);
    refuse(&issue, by(HAPPENING_REVIEW_OK, LEADER), STATUS_REFUSED,
           "issue 2026-0000042 is in_progress (办理中), so 'issue review --ok' cannot be done; the "
           "lead section (roads) handles it and answers with 'queue submit'");
    issue = issue_in(STATE_FEEDBACK);
    refuse(&issue, by(HAPPENING_CALLBACK_OK, SUPERVISOR), STATUS_REFUSED,
           "the owner of the feedback (cadre-1) tells the household with 'feedback give'");
    refuse(&issue, by(HAPPENING_MERGE, CLERK), STATUS_REFUSED, "'issue merge' is not offered yet");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_looked_before_the_last_change_is_refused),
        cmocka_unit_test(sections_of_one_issue_do_not_make_each_other_stale),
        cmocka_unit_test(a_dispatch_names_one_lead_no_section_twice_and_a_leader),
        cmocka_unit_test(a_report_is_taken_in_whole_or_not_at_all),
        cmocka_unit_test(a_refusal_says_the_state_and_who_is_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
