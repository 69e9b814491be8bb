/* SPDX-License-Identifier: Apache-2.0 */
/* What a section's people are refused, and with what words. */
#include "department_people.h"

static void only_the_sections_people_work_for_it(void **state)
{
    struct service_node *node = *state;
    static const char *const others[] = {"staff_housing_1", "leader1",     "triage1", "operator",
                                         "cadre1",          "supervisor1", "nobody"};
    (void)open_issue(node, ISSUE, "urban");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct err err = {0};
        assert_status(sign(node, others[i], "urban", &err), STATUS_FORBIDDEN);
        assert_says(&err, "", "who may");
    }
    struct err err = {0};
    assert_status(sign(node, "operator", NULL, &err), STATUS_FORBIDDEN);
    assert_status(sign(node, "leader1", NULL, &err), STATUS_FORBIDDEN);
    assert_status(sign(node, "staff_housing_1", NULL, &err), STATUS_NOT_FOUND);
    assert_says(&err, "issue", "2026-0000042 is in no queue of 'staff_housing_1'");
}

static void an_issue_that_is_not_in_the_queue_is_not_found(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    assert_status(sign(node, "staff_urban_1", NULL, &err), STATUS_NOT_FOUND);
    assert_status(sign(node, "staff_urban_1", "urban", &err), STATUS_NOT_FOUND);
    assert_says(&err, "issue", "not in the queue of section 'urban'");
    assert_status(progress(node, "staff_urban_1", &err), STATUS_NOT_FOUND);
    assert_status(answer(node, "staff_urban_1", OUTCOME_PARTLY, NULL, &err), STATUS_NOT_FOUND);
    assert_status(propose(node, "staff_urban_1", &err), STATUS_NOT_FOUND);
}

static void who_serves_several_sections_says_which_only_when_several_have_a_part(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct signed_event event;
    (void)add_leg(node, ISSUE, "transport", LEG_ROLE_ASSIST);
    assert_ok(sign(node, "staff_urban_3", NULL, &err));
    (void)service_node_last(node, &signed_event_type, &event);
    assert_text(event.department, "transport");

    (void)open_issue(node, ISSUE, "urban");
    assert_status(sign(node, "staff_urban_3", NULL, &err), STATUS_INVALID);
    assert_says(&err, "department", "--department");
    assert_ok(sign(node, "staff_urban_3", "urban", &err));
    (void)service_node_last(node, &signed_event_type, &event);
    assert_text(event.department, "urban");

    /* Each section's queue shows its own facts. */
    assert_int_equal(item(node, "urban").pending.count, 1);
    assert_int_equal(item(node, "transport").pending.count, 1);
}

static void signing_twice_is_refused_with_who_signed(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    open_and_sign(node);

    assert_status(sign(node, "staff_urban_2", NULL, &err), STATUS_REFUSED);
    assert_says(&err, "", "already by 'staff_urban_1'");
}

static void signing_what_the_limit_signed_is_refused_with_the_state(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    (void)open_issue(node, ISSUE, "urban");
    (void)step_urban(node, 0, STATE_IN_PROGRESS, LEG_STATE_IN_PROGRESS);

    assert_status(sign(node, "staff_urban_1", NULL, &err), STATUS_REFUSED);
    assert_says(&err, "", "in_progress");
}

static void who_signed_too_late_is_not_named_as_the_signer(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    (void)open_issue(node, ISSUE, "urban");
    assert_ok(sign(node, "staff_urban_1", NULL, &err));
    uint64_t fact = service_node_head(node);
    (void)step_urban(node, 0, STATE_IN_PROGRESS, LEG_STATE_IN_PROGRESS);
    (void)put_aside(node, fact, "已自动签收");

    assert_status(sign(node, "staff_urban_2", NULL, &err), STATUS_REFUSED);
    assert_null(strstr(err.text, "staff_urban_1"));
}

static void nothing_is_said_before_signing_or_after_the_answer(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    (void)open_issue(node, ISSUE, "urban");
    assert_status(progress(node, "staff_urban_1", &err), STATUS_REFUSED);
    assert_says(&err, "", "sign first");
    assert_status(answer(node, "staff_urban_1", OUTCOME_PARTLY, NULL, &err), STATUS_REFUSED);
    assert_status(propose(node, "staff_urban_1", &err), STATUS_REFUSED);

    (void)step_urban(node, 0, STATE_REVIEW, LEG_STATE_SUBMITTED);
    assert_status(progress(node, "staff_urban_1", &err), STATUS_REFUSED);
    assert_says(&err, "", "submitted");
    assert_status(answer(node, "staff_urban_1", OUTCOME_PARTLY, NULL, &err), STATUS_REFUSED);
    assert_status(propose(node, "staff_urban_1", &err), STATUS_REFUSED);

    (void)step_urban(node, 0, STATE_IN_PROGRESS, LEG_STATE_REDO);
    assert_ok(progress(node, "staff_urban_1", &err));
}

static void while_a_fact_is_pending_the_router_judges_the_next(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    (void)open_issue(node, ISSUE, "urban");
    assert_ok(sign(node, "staff_urban_1", NULL, &err));
    assert_ok(progress(node, "staff_urban_1", &err));
    assert_ok(answer(node, "staff_urban_1", OUTCOME_SOLVED, "照片", &err));
    assert_ok(propose(node, "staff_urban_1", &err));
    assert_ok(sign(node, "staff_urban_2", NULL, &err));

    /* A fact of another section is none of this one's. */
    (void)add_leg(node, ISSUE, "housing", LEG_ROLE_ASSIST);
    assert_status(progress(node, "staff_housing_1", &err), STATUS_REFUSED);
}

static void an_answer_is_solved_with_evidence_or_partly(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    open_and_sign(node);
    static const enum outcome none[] = {OUTCOME_EXPLAINED, OUTCOME_NOT_ACCEPTED, OUTCOME_WITHDRAWN,
                                        OUTCOME_MERGED, OUTCOME_REFERRED};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        assert_status(answer(node, "staff_urban_1", none[i], "照片", &err), STATUS_INVALID);
        assert_says(&err, "outcome", "propose-unresolvable");
    }
    assert_status(answer(node, "staff_urban_1", OUTCOME_SOLVED, NULL, &err), STATUS_INVALID);
    assert_says(&err, "evidence", "--evidence");
}

static void an_assisting_section_answers_its_part_and_proposes_nothing(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    const struct share shares[SHARES_MAX] = {
        {"urban", LEG_ROLE_LEAD, LEG_STATE_IN_PROGRESS},
        {"housing", LEG_ROLE_ASSIST, LEG_STATE_IN_PROGRESS},
    };
    (void)add_leg(node, ISSUE, "housing", LEG_ROLE_ASSIST);
    assert_int_equal(step(node, "housing", 0, STATE_IN_PROGRESS, shares), 1);

    assert_status(propose(node, "staff_housing_1", &err), STATUS_REFUSED);
    assert_says(&err, "", "only the lead section");
    assert_ok(answer(node, "staff_housing_1", OUTCOME_SOLVED, "照片", &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_URBAN(only_the_sections_people_work_for_it),
        IN_URBAN(an_issue_that_is_not_in_the_queue_is_not_found),
        IN_URBAN(who_serves_several_sections_says_which_only_when_several_have_a_part),
        IN_URBAN(signing_twice_is_refused_with_who_signed),
        IN_URBAN(signing_what_the_limit_signed_is_refused_with_the_state),
        IN_URBAN(who_signed_too_late_is_not_named_as_the_signer),
        IN_URBAN(nothing_is_said_before_signing_or_after_the_answer),
        IN_URBAN(while_a_fact_is_pending_the_router_judges_the_next),
        IN_URBAN(an_answer_is_solved_with_evidence_or_partly),
        IN_URBAN(an_assisting_section_answers_its_part_and_proposes_nothing),
    };
    return cmocka_run_group_tests(tests, open_wider_street, close_wider_street);
}
