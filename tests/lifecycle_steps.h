/* SPDX-License-Identifier: Apache-2.0 */
/* Whole issues in every state, people, and steps that pass every guard, for tests of the table. */
#pragma once

#include "harness.h"

#include "domain/lifecycle.h"

/* The people of the tests. Section roads leads, water assists. */
static const struct bytes roads = {(const uint8_t *)"roads", 5};
static const struct bytes water = {(const uint8_t *)"water", 5};

enum who_acts {
    CADRE,
    CLERK,
    HEAD,
    LEADER,
    OTHER_LEADER,
    LEAD_STAFF,
    ASSIST_STAFF,
    SUPERVISOR,
    OPERATOR,
    SYSTEM,
    TIMER,
    ACTS_COUNT
};

static inline const struct actor *actor(enum who_acts who)
{
    static struct actor actors[ACTS_COUNT];
    actors[CADRE] = actor_of_roles(BYTES("cadre-1"), ROLE_BIT(ROLE_CADRE));
    actors[CLERK] = actor_of_roles(BYTES("clerk-1"), ROLE_BIT(ROLE_TRIAGE_CLERK));
    actors[HEAD] = actor_of_roles(BYTES("head-1"), ROLE_BIT(ROLE_OFFICE_HEAD));
    actors[SUPERVISOR] = actor_of_roles(BYTES("supervisor-1"), ROLE_BIT(ROLE_SUPERVISOR));
    actors[OPERATOR] = actor_of_roles(BYTES("operator"), ROLE_BIT(ROLE_OPERATOR));
    actors[LEADER] = actor_of_roles(BYTES("leader-1"), ROLE_BIT(ROLE_LEADER));
    actors[OTHER_LEADER] = actor_of_roles(BYTES("leader-2"), ROLE_BIT(ROLE_LEADER));
    actors[LEAD_STAFF] = actor_of_roles(BYTES("staff-1"), ROLE_BIT(ROLE_SECTION_STAFF));
    actors[ASSIST_STAFF] = actor_of_roles(BYTES("staff-2"), ROLE_BIT(ROLE_SECTION_STAFF));
    actors[SYSTEM] = actor_of_machine(ACTOR_SYSTEM);
    actors[TIMER] = actor_of_machine(ACTOR_TIMER);
    const struct bytes *places[ACTS_COUNT] = {
        [LEADER] = &roads, [OTHER_LEADER] = &water, [LEAD_STAFF] = &roads, [ASSIST_STAFF] = &water};
    for (int i = 0; i < ACTS_COUNT; i++) {
        actors[i].departments = places[i];
        actors[i].department_count = places[i] != NULL ? 1 : 0;
    }
    return &actors[who];
}

static inline struct issue blank_issue(enum state state)
{
    struct issue issue;
    memset(&issue, 0, sizeof(issue));
    issue.number = 20260000042;
    issue.state = state;
    issue.source = SOURCE_CADRE;
    issue.kind = KIND_DIFFICULTY;
    issue.urgency = URGENCY_GENERAL;
    issue.area = word_of(BYTES("village-1"));
    issue.household = word_of(BYTES("household-1"));
    issue.cadre = word_of(BYTES("cadre-1"));
    return issue;
}

static inline void put_legs(struct issue *issue, enum leg_state lead, enum leg_state assist)
{
    issue->legs[0] = (struct leg){word_of(roads), LEG_ROLE_LEAD, lead, issue->generation};
    issue->legs[1] = (struct leg){word_of(water), LEG_ROLE_ASSIST, assist, issue->generation};
    issue->leg_count = 2;
    issue->leader = word_of(BYTES("leader-1"));
}

static inline void put_answer(struct issue *issue, enum outcome outcome)
{
    issue->proposed = outcome;
    issue->submitter = word_of(BYTES("staff-1"));
    if (issue->state != STATE_REVIEW) {
        issue->reviews = REVIEW_BY_LEADER;
        issue->reviewer = word_of(BYTES("leader-1"));
    }
}

/* A whole issue in that state. */
static inline struct issue issue_in(enum state state)
{
    static const enum leg_state lead_states[STATE_COUNT] = {
        [STATE_DISPATCHED] = LEG_STATE_DISPATCHED, [STATE_IN_PROGRESS] = LEG_STATE_IN_PROGRESS,
        [STATE_SUSPENDED] = LEG_STATE_SUSPENDED,   [STATE_DISPUTE] = LEG_STATE_IN_PROGRESS,
        [STATE_REVIEW] = LEG_STATE_SUBMITTED,      [STATE_FEEDBACK] = LEG_STATE_APPROVED,
        [STATE_CALLBACK] = LEG_STATE_APPROVED,     [STATE_CLOSED] = LEG_STATE_APPROVED,
        [STATE_ARCHIVED] = LEG_STATE_APPROVED,
    };
    static const enum outcome outcomes[STATE_COUNT] = {
        [STATE_CLOSED] = OUTCOME_SOLVED,
        [STATE_ARCHIVED] = OUTCOME_SOLVED,
        [STATE_MERGED] = OUTCOME_MERGED,
        [STATE_REFERRED] = OUTCOME_REFERRED,
    };
    struct issue issue = blank_issue(state);
    issue.questions = state == STATE_NEED_INFO ? 1 : 0;
    if (state == STATE_SUSPENDED) {
        issue.wait_ground = WAIT_GROUND_HOUSEHOLD;
        issue.wait_until = (struct wall){2000000};
    }
    bool has_begun = state != STATE_NONE && state != STATE_DRAFT && state != STATE_ACCEPTED;
    issue.generation = has_begun ? 5 : 0;
    issue.state_generation = issue.generation;
    issue.outcome = outcomes[state];
    issue.proposed = state == STATE_REJECTED    ? OUTCOME_NOT_ACCEPTED
                     : state == STATE_WITHDRAWN ? OUTCOME_WITHDRAWN
                                                : OUTCOME_NONE;
    if (lead_states[state] != LEG_STATE_NONE) {
        bool is_approved = lead_states[state] == LEG_STATE_APPROVED;
        put_legs(&issue, lead_states[state],
                 is_approved ? LEG_STATE_APPROVED : LEG_STATE_SUBMITTED);
        if (is_approved || state == STATE_REVIEW) {
            put_answer(&issue, OUTCOME_SOLVED);
        }
    }
    return issue;
}

static const struct callback satisfied = {.is_reached = true,
                                          .is_solved = true,
                                          .result = 5,
                                          .section = 4,
                                          .cadre = 5,
                                          .is_reasonable = true};
static const struct callback unsatisfied = {
    .is_reached = true, .result = 1, .section = 2, .cadre = 3, .is_reasonable = true};
static const struct callback unreasonable = {
    .is_reached = true, .result = 2, .section = 2, .cadre = 3};
static const struct callback unreached = {.is_reached = false};

static inline const struct dispatch *dispatch_to_roads(void)
{
    static struct dispatch to;
    to = (struct dispatch){.lead = roads, .leader = BYTES("leader-1"), .assist_count = 1};
    to.assists[0] = water;
    return &to;
}

static const struct suspension a_fortnight = {
    .ground = WAIT_GROUND_HOUSEHOLD, .until = {2000000}, .latest = {3000000}};
static const struct correction to_complex = {.urgency = URGENCY_COMPLEX};

static const struct supervision by_supervisor = {.level = 2,
                                                 .issuer = {"supervisor-1"},
                                                 .started_at = {1000000},
                                                 .due_at = {2000000},
                                                 .next_at = {1800000}};

/* A step that passes every guard in an issue that is ready for it. */
static inline struct step fit_step(enum happening happening)
{
    static const enum who_acts acts[HAPPENING_COUNT] = {
        [HAPPENING_SUBMIT] = CADRE,
        [HAPPENING_HOUSEHOLD_DIRECT] = CLERK,
        [HAPPENING_ASK_INFO] = CLERK,
        [HAPPENING_GIVE_INFO] = CADRE,
        [HAPPENING_DISPATCH] = CLERK,
        [HAPPENING_FIRST_CONTACT] = LEAD_STAFF,
        [HAPPENING_REQUEST_SUSPENSION] = LEAD_STAFF,
        [HAPPENING_SUSPENSION_OK] = CLERK,
        [HAPPENING_SUSPENSION_NO] = HEAD,
        [HAPPENING_RESUME] = LEAD_STAFF,
        [HAPPENING_ARCHIVE] = TIMER,
        [HAPPENING_CORRECT] = CLERK,
        [HAPPENING_SIGN] = LEAD_STAFF,
        [HAPPENING_PROGRESS] = LEAD_STAFF,
        [HAPPENING_ASSIST_SUBMIT] = ASSIST_STAFF,
        [HAPPENING_LEAD_SUBMIT] = LEAD_STAFF,
        [HAPPENING_PROPOSE_UNRESOLVABLE] = LEAD_STAFF,
        [HAPPENING_REVIEW_NO] = HEAD,
        [HAPPENING_REVIEW_OK] = LEADER,
        [HAPPENING_FEEDBACK_DONE] = CADRE,
        [HAPPENING_FEEDBACK_LATE] = TIMER,
        [HAPPENING_CALLBACK_OK] = SUPERVISOR,
        [HAPPENING_CALLBACK_UNSATISFIED] = SUPERVISOR,
        [HAPPENING_CALLBACK_UNSATISFIED_FINAL] = HEAD,
        [HAPPENING_CALLBACK_UNREACHED] = SUPERVISOR,
        [HAPPENING_SUPERVISE] = SUPERVISOR,
        [HAPPENING_URGE] = CLERK,
    };
    const struct callback *callback = happening == HAPPENING_CALLBACK_OK            ? &satisfied
                                      : happening == HAPPENING_CALLBACK_UNSATISFIED ? &unsatisfied
                                                                                    : &unreached;
    return (struct step){.happening = happening,
                         .actor = actor(acts[happening]),
                         .at = {1000000},
                         .department = happening == HAPPENING_ASSIST_SUBMIT ? water : roads,
                         .outcome = OUTCOME_SOLVED,
                         .has_words = true,
                         .has_evidence = true,
                         .is_window_over = true,
                         .working_day = 103,
                         .dispatch = dispatch_to_roads(),
                         .callback = callback,
                         .suspension = &a_fortnight,
                         .correction = &to_complex,
                         .supervision = &by_supervisor};
}

/* Applies one step that has to succeed. */
static inline void go(struct issue *issue, struct step step)
{
    struct err err = {0};
    assert_ok(lifecycle_apply(issue, &step, &err));
}

static inline struct step by(enum happening happening, enum who_acts who)
{
    struct step step = fit_step(happening);
    step.actor = actor(who);
    return step;
}

static inline struct step in_section(enum happening happening, enum who_acts who,
                                     struct bytes section)
{
    struct step step = by(happening, who);
    step.department = section;
    return step;
}

static inline void refuse(const struct issue *issue, struct step step, enum status status,
                          const char *part)
{
    struct err err = {0};
    struct issue copy;
    memcpy(&copy, issue, sizeof(copy));
    assert_status(lifecycle_apply(&copy, &step, &err), status);
    if (strstr(err.text, part) == NULL) {
        fail_msg("'%s' does not say '%s'", err.text, part);
    }
    assert_memory_equal(&copy, issue, sizeof(copy));
}

/* From review to the call-back of an issue that is answered. */
static inline void go_to_callback(struct issue *issue)
{
    go(issue, by(HAPPENING_LEAD_SUBMIT, LEAD_STAFF));
    go(issue, by(HAPPENING_REVIEW_OK, LEADER));
    go(issue, by(HAPPENING_FEEDBACK_DONE, CADRE));
}
