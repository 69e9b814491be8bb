/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/access.h"

#include "base/buf.h"

#define R(name) ROLE_BIT(ROLE_##name)
#define A(name) (UINT32_C(1) << ACTION_##name)
#define EVERYBODY ((UINT32_C(1) << ROLE_COUNT) - 1)
#define STAFF (R(SECTION_STAFF) | R(SECTION_HEAD))
#define OFFICE (R(TRIAGE_CLERK) | R(OFFICE_HEAD))
#define SEEING (A(VIEW_ISSUE) | A(LIST_ISSUES))

/* One row allows; what no row allows is forbidden. A household's data go to those who deal with
 * it: the first responsible sees issues, not households. */
static const struct allowance {
    uint32_t actions;
    uint32_t roles;
    enum relation relation;
} allowances[] = {
    {A(SUBMIT), R(CADRE), RELATION_OWNER},
    {A(SUBMIT_DIRECT), R(TRIAGE_CLERK) | R(OPERATOR), RELATION_ANY},
    {A(IMPORT), R(OPERATOR), RELATION_ANY},
    {SEEING, OFFICE | R(FIRST_RESPONSIBLE) | R(SUPERVISOR) | R(OPERATOR), RELATION_ANY},
    {SEEING, EVERYBODY, RELATION_OWNER},
    {SEEING, STAFF, RELATION_SECTION},
    {SEEING, R(LEADER), RELATION_IN_CHARGE},
    {SEEING, R(COMMUNITY_SECRETARY) | R(VILLAGE_LIAISON), RELATION_AREA},
    {A(DISPATCH), R(TRIAGE_CLERK), RELATION_ANY},
    {A(VIEW_STATE), EVERYBODY, RELATION_ANY},
    {A(SUGGEST), OFFICE | R(OPERATOR), RELATION_ANY},
    {A(REVIEW), R(LEADER), RELATION_LEADS},
    {A(REVIEW), R(OFFICE_HEAD), RELATION_ANY},
    {A(CLOSE_UNSATISFIED), R(OFFICE_HEAD), RELATION_ANY},
    {A(VIEW_QUEUE) | A(WORK), STAFF, RELATION_SECTION},
    {A(VIEW_QUEUE), R(LEADER), RELATION_IN_CHARGE},
    {A(VIEW_QUEUE), OFFICE | R(SUPERVISOR) | R(OPERATOR), RELATION_ANY},
    {A(FEEDBACK) | A(INFORM), EVERYBODY, RELATION_OWNER},
    {A(FEEDBACK), OFFICE, RELATION_WHEN_LATE},
    {A(CALLBACK), R(SUPERVISOR), RELATION_INDEPENDENT},
    {A(VIEW_HOUSEHOLD), R(CADRE), RELATION_OWNER},
    {A(VIEW_HOUSEHOLD), STAFF, RELATION_SECTION},
    {A(VIEW_HOUSEHOLD), R(LEADER), RELATION_IN_CHARGE},
    {A(VIEW_HOUSEHOLD), R(COMMUNITY_SECRETARY) | R(VILLAGE_LIAISON), RELATION_AREA},
    {A(VIEW_HOUSEHOLD), OFFICE | R(SUPERVISOR) | R(OPERATOR), RELATION_ANY},
    {A(DELIVER_CARD), R(CADRE), RELATION_OWNER},
    {A(HAND_OVER), OFFICE | R(OPERATOR), RELATION_ANY},
    {A(LOG_VISIT) | A(VIEW_VISITS) | A(READ_VISIT) | A(VIEW_COVERAGE), R(CADRE), RELATION_OWNER},
    {A(VIEW_VISITS) | A(VIEW_COVERAGE), R(COMMUNITY_SECRETARY) | R(VILLAGE_LIAISON), RELATION_AREA},
    {A(READ_VISIT), R(COMMUNITY_SECRETARY), RELATION_AREA},
    {A(VIEW_VISITS) | A(VIEW_COVERAGE), OFFICE | R(SUPERVISOR) | R(OPERATOR), RELATION_ANY},
    {A(READ_VISIT), OFFICE | R(SUPERVISOR), RELATION_ANY},
    {A(VIEW_COVERAGE), R(LEADER) | R(FIRST_RESPONSIBLE), RELATION_ANY},
    {A(VIEW_PEOPLE), EVERYBODY, RELATION_ANY},
    {A(VIEW_INBOX) | A(VIEW_AGENDA), EVERYBODY, RELATION_SELF},
    {A(VIEW_NOTICES), OFFICE | R(SUPERVISOR) | R(OPERATOR), RELATION_ANY},
    {A(WATCH), R(SUPERVISOR) | R(OPERATOR), RELATION_ANY},
    {A(WATCH), STAFF, RELATION_SECTION},
    {A(WATCH), R(LEADER), RELATION_IN_CHARGE},
    {A(READ_JOURNAL), R(SUPERVISOR) | R(OPERATOR), RELATION_ANY},
    {A(AUDIT), R(SUPERVISOR) | R(OFFICE_HEAD) | R(FIRST_RESPONSIBLE) | R(OPERATOR), RELATION_ANY},
    {A(OPERATE), R(OPERATOR), RELATION_ANY},
};

#define ALLOWANCE_COUNT (sizeof(allowances) / sizeof(allowances[0]))

struct name {
    const char *word;
    const char *sentence;
};

static const struct name action_names[ACTION_COUNT] = {
#define X(name, word, sentence) [ACTION_##name] = {#word, sentence},
    ACTION_LIST(X)
#undef X
};

static const char *const relation_sentences[RELATION_COUNT] = {
#define X(name, word, sentence) [RELATION_##name] = sentence,
    RELATION_LIST(X)
#undef X
};

const char *action_word(enum action action)
{
    CHECK(action < ACTION_COUNT);
    return action_names[action].word;
}

static bool is_any(const struct actor *actor, const struct object *object)
{
    (void)actor;
    (void)object;
    return true;
}

static bool is_self(const struct actor *actor, const struct object *object)
{
    return actor_is(actor, object->person);
}

static bool is_owner(const struct actor *actor, const struct object *object)
{
    return actor_is(actor, object->cadre) ||
           (object->issue != NULL && actor_is(actor, word_bytes(&object->issue->cadre)));
}

/* Whether `is_tied` holds for the section named; with an issue, for one that has or had a part in
 * it, which must be the one named if one is. */
static bool ties_to_section(const struct actor *actor, const struct object *object,
                            bool (*is_tied)(const struct actor *, struct bytes))
{
    if (object->issue == NULL) {
        return is_tied(actor, object->department);
    }
    for (uint32_t i = 0; i < object->issue->leg_count; i++) {
        struct bytes department = word_bytes(&object->issue->legs[i].department);
        bool is_meant = object->department.len == 0 || bytes_equal(object->department, department);
        if (is_meant && is_tied(actor, department)) {
            return true;
        }
    }
    return false;
}

static bool is_in_section(const struct actor *actor, const struct object *object)
{
    return ties_to_section(actor, object, actor_works_in);
}

static bool is_leader_of(const struct actor *actor, const struct issue *issue)
{
    return issue != NULL && actor_is(actor, word_bytes(&issue->leader));
}

/* While it lasts. */
static bool supervises(const struct actor *actor, const struct issue *issue)
{
    return issue != NULL && actor_is(actor, word_bytes(&issue->supervision.issuer));
}

static bool is_in_charge(const struct actor *actor, const struct object *object)
{
    return is_leader_of(actor, object->issue) || supervises(actor, object->issue) ||
           ties_to_section(actor, object, actor_is_in_charge_of);
}

static bool leads(const struct actor *actor, const struct object *object)
{
    const struct leg *lead = object->issue != NULL ? issue_find_lead(object->issue) : NULL;
    return is_leader_of(actor, object->issue) ||
           (lead != NULL && actor_is_in_charge_of(actor, word_bytes(&lead->department)));
}

static bool is_of_area(const struct actor *actor, const struct object *object)
{
    struct bytes area = object->area;
    if (area.len == 0 && object->issue != NULL) {
        area = word_bytes(&object->issue->area);
    }
    return area.len > 0 && actor->area.len > 0 && object->office != NULL &&
           office_area_is_within(object->office, area, actor->area);
}

static bool is_late(const struct actor *actor, const struct object *object)
{
    (void)actor;
    return object->is_overdue;
}

static bool is_independent(const struct actor *actor, const struct object *object)
{
    return !object->took_part && !is_owner(actor, object);
}

static bool (*const relation_tests[RELATION_COUNT])(const struct actor *, const struct object *) = {
    [RELATION_ANY] = is_any,
    [RELATION_SELF] = is_self,
    [RELATION_OWNER] = is_owner,
    [RELATION_SECTION] = is_in_section,
    [RELATION_IN_CHARGE] = is_in_charge,
    [RELATION_LEADS] = leads,
    [RELATION_AREA] = is_of_area,
    [RELATION_WHEN_LATE] = is_late,
    [RELATION_INDEPENDENT] = is_independent,
};

/* "the triage clerk, a leader in charge of its lead section". */
static void append_holders(const struct allowance *row, struct buf *out)
{
    if (row->roles == EVERYBODY) {
        buf_append_format(out, "%sthe person %s", out->len > 0 ? ", " : "",
                          relation_sentences[row->relation]);
        return;
    }
    for (uint32_t role = 0; role < ROLE_COUNT; role++) {
        if ((row->roles & ROLE_BIT(role)) != 0) {
            buf_append_format(
                out, "%s%s%s%s", out->len > 0 ? ", " : "", role_sentence((enum role)role),
                row->relation == RELATION_ANY ? "" : " ", relation_sentences[row->relation]);
        }
    }
}

static enum status forbid(const struct actor *actor, enum action action, struct err *err)
{
    if (actor->kind == ACTOR_PERSON && actor->roles == 0) {
        return fail(err, STATUS_FORBIDDEN,
                    "there is no person '%.*s' here: those of the office stand in org.yaml, cadres "
                    "who have not left in the register",
                    BYTES_FMT(actor->id));
    }
    struct buf holders = {0};
    for (size_t i = 0; i < ALLOWANCE_COUNT; i++) {
        if ((allowances[i].actions & (UINT32_C(1) << action)) != 0) {
            append_holders(&allowances[i], &holders);
        }
    }
    enum status st =
        fail(err, STATUS_FORBIDDEN, "'%.*s' may not %s; who may: %.*s", BYTES_FMT(actor->id),
             action_names[action].sentence, BYTES_FMT(buf_bytes(&holders)));
    buf_done(&holders);
    return st;
}

enum status may(const struct actor *actor, enum action action, const struct object *object,
                struct err *err)
{
    CHECK(action < ACTION_COUNT);
    for (size_t i = 0; i < ALLOWANCE_COUNT; i++) {
        const struct allowance *row = &allowances[i];
        if ((row->actions & (UINT32_C(1) << action)) != 0 && actor_has_role(actor, row->roles) &&
            relation_tests[row->relation](actor, object)) {
            return STATUS_OK;
        }
    }
    return forbid(actor, action, err);
}

enum status access_may_operate(const struct office *office, struct bytes person, struct err *err)
{
    struct actor actor = actor_of_id(office, person);
    struct object object = {.office = office};
    return may(&actor, ACTION_OPERATE, &object, err);
}

enum status access_may_watch(const struct office *office, struct bytes person, struct bytes section,
                             struct err *err)
{
    struct actor actor = actor_of_id(office, person);
    struct object object = {.office = office, .department = section};
    return may(&actor, ACTION_WATCH, &object, err);
}

uint32_t access_list_relations(const struct actor *actor)
{
    uint32_t relations = 0;
    for (size_t i = 0; i < ALLOWANCE_COUNT; i++) {
        const struct allowance *row = &allowances[i];
        if ((row->actions & A(LIST_ISSUES)) != 0 && actor_has_role(actor, row->roles)) {
            relations |= RELATION_BIT(row->relation);
        }
    }
    return relations;
}
