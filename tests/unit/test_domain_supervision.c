/* SPDX-License-Identifier: Apache-2.0 */
/* Urging and supervision in the lifecycle. */
#include "harness.h"

#include "domain/lifecycle.h"

static const struct bytes roads = {(const uint8_t *)"roads", 5};
static const struct bytes water = {(const uint8_t *)"water", 5};

static struct actor clerk;
static struct actor head;
static struct actor leader;
static struct actor other_leader;
static struct actor supervisor;
static struct actor cadre;
static struct actor staff;
static struct actor secretary;

static int make_people(void **state)
{
    (void)state;
    clerk = actor_of_roles(BYTES("clerk-1"), ROLE_BIT(ROLE_TRIAGE_CLERK));
    head = actor_of_roles(BYTES("head-1"), ROLE_BIT(ROLE_OFFICE_HEAD));
    leader = actor_of_roles(BYTES("leader-1"), ROLE_BIT(ROLE_LEADER));
    other_leader = actor_of_roles(BYTES("leader-2"), ROLE_BIT(ROLE_LEADER));
    supervisor = actor_of_roles(BYTES("supervisor-1"), ROLE_BIT(ROLE_SUPERVISOR));
    cadre = actor_of_roles(BYTES("cadre-1"), ROLE_BIT(ROLE_CADRE));
    staff = actor_of_roles(BYTES("staff-1"), ROLE_BIT(ROLE_SECTION_STAFF));
    secretary = actor_of_roles(BYTES("secretary-1"), ROLE_BIT(ROLE_COMMUNITY_SECRETARY));
    leader.departments = &roads;
    leader.department_count = 1;
    other_leader.departments = &water;
    other_leader.department_count = 1;
    staff.departments = &roads;
    staff.department_count = 1;
    return 0;
}

static struct issue issue_in(enum state state, enum leg_state lead)
{
    struct issue issue;
    memset(&issue, 0, sizeof issue);
    issue.number = UINT64_C(20260000042);
    issue.state = state;
    issue.source = SOURCE_CADRE;
    issue.urgency = URGENCY_GENERAL;
    issue.household = word_of(BYTES("household-1"));
    issue.cadre = word_of(BYTES("cadre-1"));
    issue.leader = word_of(BYTES("leader-1"));
    issue.generation = 5;
    issue.legs[0] = (struct leg){word_of(roads), LEG_ROLE_LEAD, lead, 5};
    issue.leg_count = 1;
    return issue;
}

static void refuse(struct issue *issue, const struct step *step, enum status status,
                   const char *part)
{
    struct err err = {0};
    assert_status(lifecycle_apply(issue, step, &err), status);
    assert_non_null(strstr(err.text, part));
}

static struct supervision supervision_of(const struct actor *issuer, uint32_t level)
{
    return (struct supervision){.level = level,
                                .issuer = word_of(issuer->id),
                                .started_at = {1000000},
                                .due_at = {2000000},
                                .next_at = {1800000}};
}

static struct step step_of(enum happening happening, const struct actor *actor)
{
    return (struct step){
        .happening = happening, .actor = actor, .at = {1000000}, .has_words = true};
}

static void urging_is_for_the_office_the_leader_in_charge_and_the_area_s_secretary(void **test)
{
    (void)test;
    const struct actor *pressing[] = {&clerk, &head, &leader};
    const struct actor *others[] = {&cadre, &other_leader, &staff, &supervisor};
    struct issue issue = issue_in(STATE_IN_PROGRESS, LEG_STATE_IN_PROGRESS);
    struct err err = {0};
    for (size_t i = 0; i < sizeof pressing / sizeof pressing[0]; i++) {
        struct step step = step_of(HAPPENING_URGE, pressing[i]);
        assert_ok(lifecycle_apply(&issue, &step, &err));
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct step step = step_of(HAPPENING_URGE, others[i]);
        refuse(&issue, &step, STATUS_FORBIDDEN, "only the triage clerk");
    }
    struct step step = step_of(HAPPENING_URGE, &secretary);
    refuse(&issue, &step, STATUS_FORBIDDEN, "the community secretary of its area");
    step.is_in_area = true;
    assert_ok(lifecycle_apply(&issue, &step, &err));
    step.was_done_today = true;
    refuse(&issue, &step, STATUS_REFUSED, "today already");
}

static void a_running_supervision_gives_way_to_its_issuer_or_a_higher_level(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_IN_PROGRESS, LEG_STATE_IN_PROGRESS);
    struct err err = {0};
    struct supervision own = supervision_of(&supervisor, 2);
    struct supervision others = supervision_of(&head, 2);
    struct step step = step_of(HAPPENING_SUPERVISE, &supervisor);
    struct step by_head = step_of(HAPPENING_SUPERVISE, &head);
    step.supervision = &own;
    by_head.supervision = &others;
    assert_ok(lifecycle_apply(&issue, &step, &err));
    assert_int_equal(issue.supervised, 2);

    refuse(&issue, &by_head, STATUS_REFUSED, "'supervisor-1' supervises it at level 2 already");
    own.level = 1;
    assert_ok(lifecycle_apply(&issue, &step, &err));
    assert_int_equal(issue.supervised, 1);
    assert_ok(lifecycle_apply(&issue, &by_head, &err));
    assert_string_equal(issue.supervision.issuer.text, "head-1");

    others.level = 4;
    refuse(&issue, &by_head, STATUS_INVALID, "1, 2 or 3");
    others.level = 3;
    by_head.at = (struct wall){2000000};
    refuse(&issue, &by_head, STATUS_INVALID, "still to come");
    by_head.at = (struct wall){1000000};
    by_head.has_words = false;
    refuse(&issue, &by_head, STATUS_INVALID, "words are missing");
}

static void what_the_system_set_outlasts_the_supervision_of_a_person(void **test)
{
    (void)test;
    static const struct callback satisfied = {
        .is_reached = true, .is_solved = true, .result = 5, .section = 4, .cadre = 5};
    struct issue issue = issue_in(STATE_CALLBACK, LEG_STATE_APPROVED);
    struct err err = {0};
    issue.proposed = OUTCOME_SOLVED;
    issue.submitter = word_of(BYTES("staff-1"));
    issue.reviews = REVIEW_BY_LEADER;
    issue.reviewer = word_of(BYTES("leader-1"));
    assert_ok(issue_check(&issue, &err));
    issue_raise_supervised(&issue, 2);
    struct supervision own = supervision_of(&supervisor, 3);
    struct step step = step_of(HAPPENING_SUPERVISE, &supervisor);
    step.supervision = &own;
    assert_ok(lifecycle_apply(&issue, &step, &err));
    assert_int_equal(issue.supervised, 3);
    issue_end_supervision(&issue);
    assert_int_equal(issue.supervised, 2);
    assert_ok(issue_check(&issue, &err));

    assert_ok(lifecycle_apply(&issue, &step, &err));
    step = step_of(HAPPENING_CALLBACK_OK, &supervisor);
    step.callback = &satisfied;
    assert_ok(lifecycle_apply(&issue, &step, &err));
    assert_int_equal(issue.state, STATE_CLOSED);
    assert_int_equal(issue.supervised, 3);
    assert_int_equal(issue.supervision.next_at.us, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urging_is_for_the_office_the_leader_in_charge_and_the_area_s_secretary),
        cmocka_unit_test(a_running_supervision_gives_way_to_its_issuer_or_a_higher_level),
        cmocka_unit_test(what_the_system_set_outlasts_the_supervision_of_a_person),
    };
    return cmocka_run_group_tests(tests, make_people, NULL);
}
