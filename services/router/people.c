/* SPDX-License-Identifier: Apache-2.0 */
#include "router/people.h"

#include "domain/lifecycle.h"
#include "domain/limits.h"
#include "router/cadres.h"
#include "router/router.h"

struct actor find_actor(struct ctx *ctx, struct bytes id, const struct issue *issue)
{
    const struct person *person = office_find_person(&ctx_config(ctx)->office, id);
    struct actor actor = person != NULL ? actor_of_person(person) : actor_of_roles(id, 0);
    if (person == NULL && bytes_equal(id, BYTES("operator"))) {
        actor.roles = ROLE_BIT(ROLE_OPERATOR);
    }
    bool is_owner = issue != NULL && bytes_equal(id, word_bytes(&issue->cadre));
    if (is_owner || cadres_has(ctx, id)) {
        actor.roles |= ROLE_BIT(ROLE_CADRE);
    }
    return actor;
}

bool people_took_part(struct ctx *ctx, const struct issue *issue, struct bytes person)
{
    static const uint32_t callbacks =
        1U << (HAPPENING_CALLBACK_OK - HAPPENING_CALLBACK_OK) |
        1U << (HAPPENING_CALLBACK_UNSATISFIED - HAPPENING_CALLBACK_OK) |
        1U << (HAPPENING_CALLBACK_UNREACHED - HAPPENING_CALLBACK_OK) |
        1U << (HAPPENING_SUPERVISE - HAPPENING_CALLBACK_OK) |
        1U << (HAPPENING_URGE - HAPPENING_CALLBACK_OK);
    uint64_t seq = 0;
    if (bytes_equal(person, word_bytes(&issue->cadre))) {
        return true;
    }
    while (trail_next(ctx, issue->number, seq, &seq) == STATUS_OK) {
        struct record record;
        struct record_part part;
        if (record_get(ctx, seq, &record) != STATUS_OK || !bytes_equal(record.actor, person)) {
            continue;
        }
        record_describe(ctx, &record, &part);
        int after = part.happening - (int)HAPPENING_CALLBACK_OK;
        bool is_callback = after >= 0 && after < 32 && (callbacks >> after & 1) != 0;
        if (record.type != MESSAGE_SET_ASIDE_EVENT && record.type != MESSAGE_SUPERVISION_EVENT &&
            !is_callback) {
            return true;
        }
    }
    return false;
}

void notify_add(struct notify *notify, struct bytes person)
{
    if (person.len == 0) {
        return;
    }
    for (uint32_t i = 0; i < notify->count; i++) {
        if (bytes_equal(notify->people[i], person)) {
            return;
        }
    }
    if (notify->count < NOTIFY_MAX) {
        notify->people[notify->count++] = person;
    }
}

void notify_add_section(struct notify *notify, const struct office *office, struct bytes department)
{
    const struct department *section = office_find_department(office, department);
    if (section != NULL) {
        notify_add(notify, section->head);
        notify_add(notify, section->leader);
    }
}

void notify_add_roles(struct notify *notify, const struct office *office, uint32_t roles)
{
    for (uint32_t i = 0; i < office->person_count; i++) {
        if ((office->people[i].roles & roles) != 0) {
            notify_add(notify, office->people[i].id);
        }
    }
}

static void add_staff(struct notify *notify, const struct office *office, struct bytes department)
{
    for (uint32_t i = 0; i < office->person_count; i++) {
        const struct person *person = &office->people[i];
        if ((person->roles & ROLE_BIT(ROLE_SECTION_STAFF)) != 0 &&
            person_has_department(person, department)) {
            notify_add(notify, person->id);
        }
    }
}

void notify_add_given(struct notify *notify, const struct office *office, const struct issue *issue,
                      struct bytes department)
{
    if (urgency_is_pressing(issue->urgency)) {
        add_staff(notify, office, department);
    }
}

static void add_secretary(struct notify *notify, const struct office *office, struct bytes area)
{
    for (uint32_t i = 0; i < office->person_count; i++) {
        const struct person *person = &office->people[i];
        if ((person->roles & ROLE_BIT(ROLE_COMMUNITY_SECRETARY)) != 0 &&
            office_area_is_within(office, area, person->area)) {
            notify_add(notify, person->id);
        }
    }
}

/* Recipients that are whoever holds a role. */
static const struct {
    enum recipient recipient;
    enum role role;
} role_recipients[] = {
    {RECIPIENT_OFFICE_HEAD, ROLE_OFFICE_HEAD},
    {RECIPIENT_SUPERVISOR, ROLE_SUPERVISOR},
    {RECIPIENT_FIRST_RESPONSIBLE, ROLE_FIRST_RESPONSIBLE},
};

/* Staff and head of the section that has the leg, as far as they are among the recipients. */
static void add_leg(struct notify *notify, const struct office *office, const struct leg *leg,
                    uint32_t recipients)
{
    struct bytes section = leg == NULL ? (struct bytes){0} : word_bytes(&leg->department);
    const struct department *department = office_find_department(office, section);
    if ((recipients & RECIPIENT_BIT(RECIPIENT_HANDLER)) != 0 && department != NULL) {
        add_staff(notify, office, section);
    }
    if ((recipients & RECIPIENT_BIT(RECIPIENT_SECTION_HEAD)) != 0 && department != NULL) {
        notify_add(notify, department->head);
    }
}

void notify_add_recipients(struct notify *notify, const struct office *office,
                           const struct issue *issue, uint32_t recipients)
{
    add_leg(notify, office, issue_find_lead(issue), recipients);
    if ((recipients & RECIPIENT_BIT(RECIPIENT_LEADER)) != 0) {
        notify_add(notify, word_bytes(&issue->leader));
    }
    if ((recipients & RECIPIENT_BIT(RECIPIENT_CADRE)) != 0) {
        notify_add(notify, word_bytes(&issue->cadre));
    }
    if ((recipients & RECIPIENT_BIT(RECIPIENT_ISSUER)) != 0) {
        notify_add(notify, word_bytes(&issue->supervision.issuer));
    }
    if ((recipients & RECIPIENT_BIT(RECIPIENT_COMMUNITY_SECRETARY)) != 0) {
        add_secretary(notify, office, word_bytes(&issue->area));
    }
    for (size_t i = 0; i < sizeof role_recipients / sizeof role_recipients[0]; i++) {
        if ((recipients & RECIPIENT_BIT(role_recipients[i].recipient)) != 0) {
            notify_add_roles(notify, office, ROLE_BIT(role_recipients[i].role));
        }
    }
}

void notify_add_duty(struct notify *notify, const struct office *office, const struct issue *issue,
                     const struct duty *duty)
{
    bool is_person = duty->holder == DUTY_OF_OWNER || duty->holder == DUTY_OF_ISSUER;
    if (is_person) {
        notify_add(notify, duty->id); /* may be a cadre, whom the office does not know */
        return;
    }
    for (uint32_t i = 0; i < office->person_count; i++) {
        struct actor actor = actor_of_person(&office->people[i]);
        if (duty_is_owed_by(duty, issue, &actor)) {
            notify_add(notify, actor.id);
        }
    }
}

#define HANDLERS (RECIPIENT_BIT(RECIPIENT_HANDLER) | RECIPIENT_BIT(RECIPIENT_SECTION_HEAD))

/* Who has an issue in a state; a review is asked for on its own. */
static const struct {
    uint32_t states;
    uint32_t recipients; /* set of RECIPIENT_BIT */
    uint32_t roles;      /* set of ROLE_BIT */
} holders[] = {
    {STATE_BIT(STATE_TRIAGE), 0, ROLE_BIT(ROLE_TRIAGE_CLERK)},
    {STATE_BIT(STATE_DISPUTE), 0, ROLE_BIT(ROLE_OFFICE_HEAD)},
    {STATE_BIT(STATE_DISPATCHED) | STATE_BIT(STATE_IN_PROGRESS) | STATE_BIT(STATE_SUSPENDED),
     HANDLERS, 0},
    {STATE_BIT(STATE_SELF_HANDLING) | STATE_BIT(STATE_NEED_INFO) | STATE_BIT(STATE_FEEDBACK) |
         STATE_BIT(STATE_REJECTED) | STATE_BIT(STATE_WITHDRAWN),
     RECIPIENT_BIT(RECIPIENT_CADRE), 0},
};

/* Those whose review is not in. */
static void add_reviewers(struct notify *notify, const struct office *office,
                          const struct issue *issue)
{
    if ((issue->reviews & REVIEW_BY_LEADER) == 0) {
        notify_add(notify, word_bytes(&issue->leader));
    }
    if (issue->proposed == OUTCOME_EXPLAINED && (issue->reviews & REVIEW_BY_OFFICE) == 0) {
        notify_add_roles(notify, office, ROLE_BIT(ROLE_OFFICE_HEAD));
    }
}

void notify_add_holders(struct notify *notify, const struct office *office,
                        const struct issue *issue)
{
    for (size_t i = 0; i < sizeof holders / sizeof holders[0]; i++) {
        if ((holders[i].states & STATE_BIT(issue->state)) != 0) {
            notify_add_recipients(notify, office, issue, holders[i].recipients);
            notify_add_roles(notify, office, holders[i].roles);
        }
    }
    if (issue->state == STATE_REVIEW) {
        add_reviewers(notify, office, issue);
    } else if (issue->state == STATE_CALLBACK) {
        notify_add_roles(notify, office,
                         ROLE_BIT(issue->is_unsatisfied ? ROLE_OFFICE_HEAD : ROLE_SUPERVISOR));
    }
}

#define STAGES_OF_SECTION                                                                          \
    (STAGE_BIT(STAGE_SIGN) | STAGE_BIT(STAGE_FIRST_CONTACT) | STAGE_BIT(STAGE_HANDLE) |            \
     STAGE_BIT(STAGE_SUSPEND))

void notify_add_by_ladder(struct notify *notify, const struct office *office,
                          const struct issue *issue, enum stage stage, uint32_t recipients)
{
    uint32_t owing = leg_states_owing(stage);
    for (uint32_t i = 0; i < issue->leg_count; i++) {
        if ((owing & LEG_BIT(issue->legs[i].state)) != 0) {
            add_leg(notify, office, &issue->legs[i], recipients);
        }
    }
    recipients &= owing != 0 ? ~HANDLERS : ~UINT32_C(0);
    bool is_of_section = (STAGES_OF_SECTION & STAGE_BIT(stage)) != 0;
    if (!is_of_section && (recipients & RECIPIENT_BIT(RECIPIENT_HANDLER)) != 0) {
        recipients &= ~RECIPIENT_BIT(RECIPIENT_HANDLER);
        notify_add_holders(notify, office, issue);
    }
    notify_add_recipients(notify, office, issue, recipients);
}

void notify_add_supervised(struct notify *notify, const struct office *office,
                           const struct issue *issue)
{
    notify_add_recipients(notify, office, issue, HANDLERS | RECIPIENT_BIT(RECIPIENT_LEADER));
    if (issue_find_lead(issue) == NULL) {
        notify_add_roles(notify, office, ROLE_BIT(ROLE_TRIAGE_CLERK) | ROLE_BIT(ROLE_OFFICE_HEAD));
    }
}

void notify_remove(struct notify *notify, struct bytes person)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < notify->count; i++) {
        if (!bytes_equal(notify->people[i], person)) {
            notify->people[kept++] = notify->people[i];
        }
    }
    notify->count = kept;
}

struct list notify_list(struct ctx *ctx, const struct notify *notify)
{
    struct buf out = {0};
    struct list list = {0};
    for (uint32_t i = 0; i < notify->count; i++) {
        list_put_bytes(&list, &out, notify->people[i]);
    }
    struct bytes kept = ctx_copy(ctx, buf_bytes(&out));
    list.p = kept.p;
    list.len = kept.len;
    buf_done(&out);
    return list;
}
