/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/duty.h"

#include "domain/actor.h"

enum holder {
    HOLDER_ROLES,
    HOLDER_OWNER,    /* of the feedback */
    HOLDER_SECTIONS, /* those that owe their share; of what has no shares the lead section */
    HOLDER_LEADER,   /* in charge */
};

/* The rows after the stages: where more is to be known than the stage. */
enum {
    ROW_SECOND_REVIEW = STAGE_COUNT, /* the leader's is in */
    ROW_BOTH_REVIEWS,
    ROW_UNSATISFIED, /* the household, and it is not handled again */
    ROW_COUNT
};

static const struct {
    enum holder holder;
    uint32_t roles;
    enum text_phrase who;
    enum text_phrase task;
    enum text_phrase remedy;
} rows[ROW_COUNT] = {
    [STAGE_TRIAGE] = {HOLDER_ROLES, ROLE_BIT(ROLE_TRIAGE_CLERK), TEXT_PHRASE_who_triage,
                      TEXT_PHRASE_task_triage, TEXT_PHRASE_remedy_triage},
    [STAGE_INFO] = {HOLDER_OWNER, 0, TEXT_PHRASE_who_cadre, TEXT_PHRASE_task_info,
                    TEXT_PHRASE_remedy_triage},
    [STAGE_SIGN] = {HOLDER_SECTIONS, 0, TEXT_PHRASE_who_section, TEXT_PHRASE_task_sign,
                    TEXT_PHRASE_remedy_section},
    [STAGE_FIRST_CONTACT] = {HOLDER_SECTIONS, 0, TEXT_PHRASE_who_section,
                             TEXT_PHRASE_task_first_contact, TEXT_PHRASE_remedy_section},
    [STAGE_HANDLE] = {HOLDER_SECTIONS, 0, TEXT_PHRASE_who_section, TEXT_PHRASE_task_handle,
                      TEXT_PHRASE_remedy_section},
    [STAGE_SUSPEND] = {HOLDER_SECTIONS, 0, TEXT_PHRASE_who_section, TEXT_PHRASE_task_resume,
                       TEXT_PHRASE_remedy_section},
    [STAGE_RULING] = {HOLDER_ROLES, ROLE_BIT(ROLE_OFFICE_HEAD), TEXT_PHRASE_who_office,
                      TEXT_PHRASE_task_decide, TEXT_PHRASE_remedy_review},
    [STAGE_REVIEW] = {HOLDER_LEADER, 0, TEXT_PHRASE_who_leader, TEXT_PHRASE_task_review,
                      TEXT_PHRASE_remedy_review},
    [STAGE_FEEDBACK] = {HOLDER_OWNER, 0, TEXT_PHRASE_who_cadre, TEXT_PHRASE_task_feedback,
                        TEXT_PHRASE_remedy_feedback},
    [STAGE_CALLBACK] = {HOLDER_ROLES, ROLE_BIT(ROLE_SUPERVISOR), TEXT_PHRASE_who_supervisor,
                        TEXT_PHRASE_task_callback, TEXT_PHRASE_remedy_callback},
    [ROW_SECOND_REVIEW] = {HOLDER_ROLES, ROLE_BIT(ROLE_OFFICE_HEAD), TEXT_PHRASE_who_office,
                           TEXT_PHRASE_task_review, TEXT_PHRASE_remedy_review},
    [ROW_BOTH_REVIEWS] = {HOLDER_LEADER, ROLE_BIT(ROLE_OFFICE_HEAD), TEXT_PHRASE_who_reviewers,
                          TEXT_PHRASE_task_review, TEXT_PHRASE_remedy_review},
    [ROW_UNSATISFIED] = {HOLDER_ROLES, ROLE_BIT(ROLE_OFFICE_HEAD), TEXT_PHRASE_who_office,
                         TEXT_PHRASE_task_decide, TEXT_PHRASE_remedy_review},
};

static int row_of(const struct issue_part *after, enum stage stage)
{
    if (stage == STAGE_CALLBACK && after->is_unsatisfied) {
        return ROW_UNSATISFIED;
    }
    if (stage == STAGE_REVIEW && after->proposed == (int)OUTCOME_EXPLAINED) {
        return after->reviews == 0                  ? ROW_BOTH_REVIEWS
               : after->reviews == REVIEW_BY_LEADER ? ROW_SECOND_REVIEW
                                                    : (int)STAGE_REVIEW;
    }
    return (int)stage;
}

static void find_sections(const struct issue_part *after, enum stage stage, struct duty *duty)
{
    struct list_cursor cursor = list_begin(&after->legs);
    struct leg_part leg;
    while (duty->department_count < ISSUE_LEGS_MAX &&
           list_next_message(&cursor, &leg_part_type, &leg)) {
        if ((leg_states_owing(stage) & LEG_BIT(leg.state)) != 0) {
            duty->departments[duty->department_count++] = leg.department;
        }
    }
    if (duty->department_count == 0 && after->lead.len != 0) {
        duty->departments[duty->department_count++] = after->lead;
    }
}

struct duty duty_of(const struct issue_part *after, enum stage stage)
{
    CHECK((unsigned)stage < STAGE_COUNT);
    int row = row_of(after, stage);
    struct duty duty = {.who = rows[row].who,
                        .task = rows[row].task,
                        .remedy = rows[row].remedy,
                        .roles = rows[row].roles};
    if (rows[row].holder == HOLDER_OWNER) {
        duty.person = after->owner;
    } else if (rows[row].holder == HOLDER_LEADER) {
        duty.person = after->leader;
    } else if (rows[row].holder == HOLDER_SECTIONS) {
        find_sections(after, stage, &duty);
    }
    return duty;
}

bool duty_is_of(const struct duty *duty, const struct office *office, struct bytes person)
{
    const struct person *found = office_find_person(office, person);
    if (found == NULL) {
        return duty->person.len != 0 && bytes_equal(duty->person, person);
    }
    struct actor actor = actor_of_person(found);
    bool is_of_section = false;
    for (uint32_t i = 0; i < duty->department_count; i++) {
        is_of_section = is_of_section || actor_works_in(&actor, duty->departments[i]);
    }
    return is_of_section || actor_is(&actor, duty->person) || actor_has_role(&actor, duty->roles);
}
