/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "domain/callback.h"

static struct issue answered_issue(void)
{
    struct issue issue;
    memset(&issue, 0, sizeof(issue));
    issue.number = 20260000042;
    issue.state = STATE_FEEDBACK;
    issue.source = SOURCE_CADRE;
    issue.urgency = URGENCY_GENERAL;
    issue.household = word_of(BYTES("household-1"));
    issue.cadre = word_of(BYTES("cadre-1"));
    issue.leader = word_of(BYTES("leader-1"));
    issue.legs[0] = (struct leg){word_of(BYTES("roads")), LEG_ROLE_LEAD, LEG_STATE_APPROVED, 7};
    issue.legs[1] = (struct leg){word_of(BYTES("water")), LEG_ROLE_ASSIST, LEG_STATE_APPROVED, 6};
    issue.legs[2] = (struct leg){word_of(BYTES("parks")), LEG_ROLE_LEAD, LEG_STATE_RETURNED, 3};
    issue.leg_count = 3;
    issue.proposed = OUTCOME_SOLVED;
    issue.submitter = word_of(BYTES("staff-1"));
    issue.reviews = REVIEW_BY_LEADER;
    issue.reviewer = word_of(BYTES("leader-1"));
    issue.generation = 7;
    issue.state_generation = 7;
    return issue;
}

static void a_whole_issue_passes(void **test)
{
    (void)test;
    struct err err = {0};
    struct issue issue = answered_issue();
    assert_ok(issue_check(&issue, &err));
}

static void assert_broken(const struct issue *issue, const char *part)
{
    struct err err = {0};
    assert_status(issue_check(issue, &err), STATUS_CORRUPT);
    if (strstr(err.text, part) == NULL) {
        fail_msg("'%s' does not say '%s'", err.text, part);
    }
}

/* One thing made wrong in a whole issue, and what the check says of it. */
#define BREAK(change, part)                                                                        \
    do {                                                                                           \
        struct issue issue = answered_issue();                                                     \
        change;                                                                                    \
        assert_broken(&issue, part);                                                               \
    } while (0)

static void the_legs_fit_the_state(void **test)
{
    (void)test;
    BREAK(issue.legs[0].state = LEG_STATE_IN_PROGRESS, "does not fit the state");
    BREAK(issue.legs[1].state = LEG_STATE_SUBMITTED, "does not fit the state");
    BREAK(issue.legs[1].role = LEG_ROLE_LEAD, "two sections lead");
    BREAK(issue.legs[1].department = issue.legs[0].department, "two active parts");
    BREAK(issue.legs[0].state = LEG_STATE_RETURNED, "no section leads");
    BREAK(issue.legs[0].role = LEG_ROLE_NONE, "incomplete");
    BREAK(issue.legs[2].generation = 8, "incomplete");
    BREAK(issue.leg_count = 2, "behind the last section");
    BREAK(issue.leg_count = 9, "too many sections");
    BREAK(issue.leader = (struct word){0}, "no leader is in charge");
    BREAK(issue.state = STATE_TRIAGE; issue.proposed = OUTCOME_NONE, "does not fit the state");
    BREAK(issue.state = STATE_MERGED; issue.outcome = OUTCOME_MERGED, "does not fit the state");
    BREAK(issue.state = STATE_DRAFT, "does not fit the state");
}

static void the_answer_fits_the_state(void **test)
{
    (void)test;
    BREAK(issue.proposed = OUTCOME_NONE, "the outcome does not fit");
    BREAK(issue.outcome = OUTCOME_SOLVED, "the outcome does not fit");
    BREAK(issue.state = STATE_CLOSED, "the outcome does not fit");
    BREAK(issue.submitter = (struct word){0}, "who submitted it");
    BREAK(issue.reviews = 0, "the reviews do not fit");
    BREAK(issue.reviews = 4, "the reviews do not fit");
    BREAK(issue.proposed = OUTCOME_EXPLAINED, "the reviews do not fit");
    BREAK(issue.reviewer = (struct word){0}, "who made it");
    BREAK(issue.reviewer = issue.submitter, "reviewed it");
}

static void the_call_back_comes_after_the_feedback(void **test)
{
    (void)test;
    BREAK(issue.is_unsatisfied = true, "before its time");
    BREAK(issue.try_count = 1; issue.last_try_day = 9, "before its time");
    BREAK(issue.state = STATE_CALLBACK; issue.try_count = 1, "do not go together");
    BREAK(issue.state = STATE_CALLBACK; issue.try_count = 3; issue.last_try_day = 9, "the tries");
    BREAK(issue.state = STATE_CALLBACK; issue.is_unreached = true, "the tries");
    BREAK(issue.state = STATE_CALLBACK; issue.is_unreached = true; issue.try_count = 3;
          issue.last_try_day = 9, "nobody reached");
}

static void words_and_values_lie_in_their_lists(void **test)
{
    (void)test;
    BREAK(issue.state = STATE_COUNT, "outside its list");
    BREAK(issue.urgency = (enum urgency)99, "outside its list");
    BREAK(memset(issue.category.text, 'a', sizeof(issue.category.text)), "a word that is none");
    BREAK(issue.category.text[5] = 'a', "a word that is none");
    BREAK(issue.category.text[0] = ' ', "a word that is none");
}

static void what_a_report_needs_is_there(void **test)
{
    (void)test;
    BREAK(issue.number = 0, "is missing");
    BREAK(issue.cadre = (struct word){0}, "is missing");
    BREAK(issue.urgency = URGENCY_NONE, "is missing");
    BREAK(issue.household = (struct word){0}, "without a household");
    BREAK(issue.generation = 0, "begun without a step");
    BREAK(issue.state_generation = 8, "newer than itself");
    BREAK(issue.supervised = 4, "no such level");
}

static void legs_are_found_by_section_unless_they_were_returned(void **test)
{
    (void)test;
    struct issue issue = answered_issue();
    assert_ptr_equal(issue_find_leg(&issue, BYTES("water")), &issue.legs[1]);
    assert_ptr_equal(issue_find_lead(&issue), &issue.legs[0]);
    assert_null(issue_find_leg(&issue, BYTES("parks")));
    assert_null(issue_find_leg(&issue, BYTES("")));
}

/* The whole of the closing rule, over every mark, verdict, outcome and number of redos. */
static void a_call_back_closes_redoes_or_waits_by_the_rule(void **test)
{
    (void)test;
    static const enum outcome outcomes[] = {OUTCOME_SOLVED, OUTCOME_PARTLY, OUTCOME_EXPLAINED};
    for (uint32_t i = 0; i < 5 * 2 * 2 * 3 * 4; i++) {
        struct callback callback = {.is_reached = true, .section = 3, .cadre = 3};
        callback.result = 1 + i % 5;
        callback.is_solved = i / 5 % 2 == 1;
        callback.is_reasonable = i / 10 % 2 == 1;
        struct issue issue = answered_issue();
        issue.proposed = outcomes[i / 20 % 3];
        issue.redo = i / 60;
        bool closes =
            callback.result >= 3 && (callback.is_solved || issue.proposed == OUTCOME_EXPLAINED);
        assert_int_equal(callback_decide(&issue, &callback),
                         closes ? HAPPENING_CALLBACK_OK : HAPPENING_CALLBACK_UNSATISFIED);
        assert_int_equal(callback_asks_redo(&issue, &callback),
                         callback.is_reasonable && issue.redo < 2);
    }
}

static void a_call_back_that_reached_nobody_says_nothing_else(void **test)
{
    (void)test;
    struct err err = {0};
    struct issue issue = answered_issue();
    struct callback callback = {.is_reached = false, .result = 9};
    assert_ok(callback_check(&callback, &err));
    assert_int_equal(callback_decide(&issue, &callback), HAPPENING_CALLBACK_UNREACHED);
}

static void every_mark_is_one_to_five(void **test)
{
    (void)test;
    struct err err = {0};
    struct callback good = {.is_reached = true, .result = 1, .section = 5, .cadre = 3};
    assert_ok(callback_check(&good, &err));
    struct callback bad = good;
    bad.cadre = 0;
    assert_status(callback_check(&bad, &err), STATUS_INVALID);
    assert_string_equal(err.field, "cadre");
    bad = good;
    bad.result = 6;
    assert_status(callback_check(&bad, &err), STATUS_INVALID);
    assert_string_equal(err.text, "the mark for the result must be 1 to 5 (5 is best), not 6");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_issue_passes),
        cmocka_unit_test(the_legs_fit_the_state),
        cmocka_unit_test(the_answer_fits_the_state),
        cmocka_unit_test(the_call_back_comes_after_the_feedback),
        cmocka_unit_test(words_and_values_lie_in_their_lists),
        cmocka_unit_test(what_a_report_needs_is_there),
        cmocka_unit_test(legs_are_found_by_section_unless_they_were_returned),
        cmocka_unit_test(a_call_back_closes_redoes_or_waits_by_the_rule),
        cmocka_unit_test(a_call_back_that_reached_nobody_says_nothing_else),
        cmocka_unit_test(every_mark_is_one_to_five),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
