/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/duty.h"

#include "domain/lifecycle.h"
#include "domain/lifecycle_guard.h"

#include <stdio.h>

#define S(name) STATE_BIT(STATE_##name)
#define R(name) ROLE_BIT(ROLE_##name)

/* ---- what is owed --------------------------------------------------------------------------- */

static bool is_wait_asked(const struct issue *issue, uint32_t late)
{
    (void)late;
    return issue->wait_ground != WAIT_GROUND_NONE;
}

static bool lacks_leader(const struct issue *issue, uint32_t late)
{
    (void)late;
    return (issue->reviews & REVIEW_BY_LEADER) == 0;
}

static bool lacks_office(const struct issue *issue, uint32_t late)
{
    (void)late;
    return issue->proposed == OUTCOME_EXPLAINED && (issue->reviews & REVIEW_BY_OFFICE) == 0;
}

static bool is_late_feedback(const struct issue *issue, uint32_t late)
{
    (void)issue;
    return (late & STAGE_BIT(STAGE_FEEDBACK)) != 0;
}

static bool is_to_be_called(const struct issue *issue, uint32_t late)
{
    (void)late;
    return !issue->is_unsatisfied;
}

static bool is_unsatisfied(const struct issue *issue, uint32_t late)
{
    (void)late;
    return issue->is_unsatisfied;
}

static bool is_supervised(const struct issue *issue, uint32_t late)
{
    (void)late;
    return !word_is_empty(&issue->supervision.issuer);
}

#define ANY_STATE (~STATES_FINAL)
#define TOLD (S(FEEDBACK) | S(REJECTED) | S(WITHDRAWN))

/* What is owed whatever sections have a part in it. */
static const struct rule {
    enum duty_kind kind;
    uint32_t states;
    uint8_t mark; /* without it nobody owes it */
    enum stage stage;
    enum duty_holder holder;
    uint32_t roles; /* of which the holder has one */
    bool (*is_open)(const struct issue *issue, uint32_t late);
    const char *does;
} rules[] = {
    {.kind = DUTY_KIND_TRIAGE,
     .states = S(TRIAGE),
     .stage = STAGE_TRIAGE,
     .holder = DUTY_OF_ROLES,
     .roles = R(TRIAGE_CLERK),
     .does = "gives it to a section with 'issue dispatch'"},
    {.kind = DUTY_KIND_INFO,
     .states = S(NEED_INFO),
     .stage = STAGE_INFO,
     .holder = DUTY_OF_OWNER,
     .does = "says more with 'issue give-info'"},
    {.kind = DUTY_KIND_SUSPENSION,
     .states = S(IN_PROGRESS),
     .mark = DUTY_MARK_WAIT,
     .holder = DUTY_OF_ROLES,
     .roles = R(TRIAGE_CLERK) | R(OFFICE_HEAD),
     .is_open = is_wait_asked,
     .does = "decides whether it waits with 'issue suspend'"},
    {.kind = DUTY_KIND_REVIEW,
     .states = S(REVIEW),
     .stage = STAGE_REVIEW,
     .holder = DUTY_OF_LEADER,
     .roles = R(LEADER),
     .is_open = lacks_leader,
     .does = "reviews the answer with 'issue review'"},
    {.kind = DUTY_KIND_REVIEW,
     .states = S(REVIEW),
     .stage = STAGE_REVIEW,
     .holder = DUTY_OF_REVIEWER,
     .roles = R(OFFICE_HEAD),
     .is_open = lacks_office,
     .does = "reviews it too with 'issue review'"},
    {.kind = DUTY_KIND_FEEDBACK,
     .states = TOLD,
     .stage = STAGE_FEEDBACK,
     .holder = DUTY_OF_OWNER,
     .does = "tells the household with 'feedback give'"},
    {.kind = DUTY_KIND_FEEDBACK,
     .states = TOLD,
     .stage = STAGE_FEEDBACK,
     .holder = DUTY_OF_ROLES,
     .roles = R(OFFICE_HEAD),
     .is_open = is_late_feedback,
     .does = "has the household told in the cadre's place with 'feedback give'"},
    {.kind = DUTY_KIND_CALLBACK,
     .states = S(CALLBACK),
     .stage = STAGE_CALLBACK,
     .holder = DUTY_OF_CALLER,
     .roles = R(SUPERVISOR),
     .is_open = is_to_be_called,
     .does = "calls the household back with 'callback record'"},
    {.kind = DUTY_KIND_UNSATISFIED,
     .states = S(CALLBACK),
     .stage = STAGE_CALLBACK,
     .holder = DUTY_OF_ROLES,
     .roles = R(OFFICE_HEAD),
     .is_open = is_unsatisfied,
     .does = "decides with 'issue close-unsatisfied'"},
    {.kind = DUTY_KIND_SUPERVISION,
     .states = ANY_STATE,
     .mark = DUTY_MARK_SUPERVISION,
     .holder = DUTY_OF_ISSUER,
     .roles = R(SUPERVISOR) | R(LEADER) | R(FIRST_RESPONSIBLE) | R(OFFICE_HEAD),
     .is_open = is_supervised,
     .does = "sees that it is done, or lifts the supervision with 'issue supervise --lift'"},
};

#define RULE_COUNT (sizeof rules / sizeof rules[0])

static struct bytes holder_id(const struct issue *issue, enum duty_holder holder)
{
    return holder == DUTY_OF_OWNER    ? word_bytes(&issue->cadre)
           : holder == DUTY_OF_ISSUER ? word_bytes(&issue->supervision.issuer)
                                      : (struct bytes){0};
}

static void add(struct duty *duties, uint32_t *count, struct duty duty)
{
    CHECK(*count < DUTIES_MAX);
    duties[(*count)++] = duty;
}

/* The lead section answers and speaks to the household, an assisting one submits its part; before
 * that they sign. */
static void add_leg(const struct issue *issue, const struct leg *leg, struct duty *duties,
                    uint32_t *count)
{
    const uint32_t at_work = S(DISPATCHED) | S(IN_PROGRESS);
    bool is_lead = leg->role == LEG_ROLE_LEAD;
    struct duty duty = {.holder = DUTY_OF_SECTION, .id = word_bytes(&leg->department)};
    if (leg->state == LEG_STATE_DISPATCHED && (lifecycle_stages(issue) & STAGE_BIT(STAGE_SIGN))) {
        duty.kind = DUTY_KIND_SIGN;
        duty.stage = STAGE_SIGN;
        duty.does = "signs with 'queue sign'";
        add(duties, count, duty);
    }
    if (is_lead && (lifecycle_stages(issue) & STAGE_BIT(STAGE_FIRST_CONTACT)) != 0) {
        duty.kind = DUTY_KIND_FIRST_CONTACT;
        duty.stage = STAGE_FIRST_CONTACT;
        duty.does = "speaks to the household and says so with 'queue first-contact'";
        add(duties, count, duty);
    }
    if ((leg->state == LEG_STATE_IN_PROGRESS || leg->state == LEG_STATE_REDO) &&
        (at_work & STATE_BIT(issue->state)) != 0) {
        duty.kind = DUTY_KIND_HANDLE;
        duty.stage = STAGE_HANDLE;
        duty.does = is_lead ? "handles it and answers with 'queue submit'"
                            : "submits its part with 'queue submit'";
        add(duties, count, duty);
    }
}

uint32_t duties_of(const struct issue *issue, uint32_t late, struct duty ret_duties[DUTIES_MAX])
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < issue->leg_count; i++) {
        add_leg(issue, &issue->legs[i], ret_duties, &count);
    }
    for (size_t i = 0; i < RULE_COUNT; i++) {
        const struct rule *rule = &rules[i];
        if ((rule->states & STATE_BIT(issue->state)) != 0 &&
            (rule->is_open == NULL || rule->is_open(issue, late))) {
            add(ret_duties, &count,
                (struct duty){.kind = rule->kind,
                              .stage = rule->stage,
                              .holder = rule->holder,
                              .is_marked = rule->mark != 0,
                              .roles = rule->roles,
                              .id = holder_id(issue, rule->holder),
                              .does = rule->does});
        }
    }
    return count;
}

/* ---- whose it is ---------------------------------------------------------------------------- */

static bool is_of_roles(const struct duty *duty, const struct issue *issue,
                        const struct actor *actor)
{
    (void)issue;
    return actor_has_role(actor, duty->roles);
}

static bool is_of_section(const struct duty *duty, const struct issue *issue,
                          const struct actor *actor)
{
    (void)issue;
    return actor_works_in(actor, duty->id);
}

static bool is_of_person(const struct duty *duty, const struct issue *issue,
                         const struct actor *actor)
{
    (void)issue;
    return actor_is(actor, duty->id);
}

static bool is_of_leader(const struct duty *duty, const struct issue *issue,
                         const struct actor *actor)
{
    (void)duty;
    return review_open_to(issue, actor) == REVIEW_BY_LEADER;
}

static bool is_of_reviewer(const struct duty *duty, const struct issue *issue,
                           const struct actor *actor)
{
    (void)duty;
    return review_open_to(issue, actor) == REVIEW_BY_OFFICE;
}

static bool is_of_caller(const struct duty *duty, const struct issue *issue,
                         const struct actor *actor)
{
    return actor_has_role(actor, duty->roles) && !actor_is(actor, word_bytes(&issue->cadre)) &&
           !actor_is(actor, word_bytes(&issue->submitter));
}

bool duty_is_owed_by(const struct duty *duty, const struct issue *issue, const struct actor *actor)
{
    static bool (*const tests[])(const struct duty *, const struct issue *,
                                 const struct actor *) = {
        [DUTY_OF_ROLES] = is_of_roles,       [DUTY_OF_SECTION] = is_of_section,
        [DUTY_OF_OWNER] = is_of_person,      [DUTY_OF_LEADER] = is_of_leader,
        [DUTY_OF_REVIEWER] = is_of_reviewer, [DUTY_OF_CALLER] = is_of_caller,
        [DUTY_OF_ISSUER] = is_of_person,
    };
    return tests[duty->holder](duty, issue, actor);
}

/* ---- where it is found, and in which order -------------------------------------------------- */

uint8_t duty_marks(const struct issue *issue)
{
    bool is_wait = issue->state == STATE_IN_PROGRESS && is_wait_asked(issue, 0);
    bool is_watched = !issue_is_final(issue) && is_supervised(issue, 0);
    return (uint8_t)((is_wait ? DUTY_MARK_WAIT : 0) | (is_watched ? DUTY_MARK_SUPERVISION : 0));
}

struct duty_search duty_search(uint32_t roles)
{
    struct duty_search search = {0};
    for (size_t i = 0; i < RULE_COUNT; i++) {
        bool is_theirs = (rules[i].roles & roles) != 0;
        search.states |= is_theirs && rules[i].mark == 0 ? rules[i].states : 0;
        search.has_marks = search.has_marks || (is_theirs && rules[i].mark != 0);
    }
    return search;
}

#define NO_DUE INT64_C(9999999999) /* comes after every due time of the calendar */

static int64_t seconds_of(struct wall due)
{
    return due.us == 0 ? NO_DUE : due.us / US_PER_S;
}

int duty_place_compare(const struct duty_place *a, const struct duty_place *b)
{
    int64_t a_due_s = seconds_of(a->due);
    int64_t b_due_s = seconds_of(b->due);
    if (a_due_s != b_due_s) {
        return a_due_s < b_due_s ? -1 : 1;
    }
    if (a->kind != b->kind) {
        return strcmp(duty_kind_word(a->kind), duty_kind_word(b->kind));
    }
    if (a->number != b->number) {
        return a->number < b->number ? -1 : 1;
    }
    return bytes_compare(a->where, b->where);
}

void duty_place_format(const struct duty_place *place, char *text)
{
    int64_t due_s = seconds_of(place->due);
    (void)snprintf(text, DUTY_PLACE_BYTES, "%010lld.%s.%012llu%s%.*s", (long long)due_s,
                   duty_kind_word(place->kind), (unsigned long long)place->number,
                   place->where.len == 0 ? "" : ".", BYTES_FMT(place->where));
}
