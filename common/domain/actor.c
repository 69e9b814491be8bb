/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/actor.h"

#include "base/status.h"

struct actor actor_of_person(const struct person *person)
{
    return (struct actor){
        .kind = ACTOR_PERSON,
        .id = person->id,
        .roles = person->roles,
        .departments = person->departments,
        .department_count = person->department_count,
        .area = person->area,
    };
}

struct actor actor_of_roles(struct bytes id, uint32_t roles)
{
    return (struct actor){.kind = ACTOR_PERSON, .id = id, .roles = roles};
}

struct actor actor_of_id(const struct office *office, struct bytes id)
{
    const struct person *person = office_find_person(office, id);
    bool is_operator = bytes_equal(id, BYTES("operator"));
    return person != NULL ? actor_of_person(person)
                          : actor_of_roles(id, ROLE_BIT(is_operator ? ROLE_OPERATOR : ROLE_CADRE));
}

struct actor actor_of_machine(enum actor_kind kind)
{
    CHECK(kind == ACTOR_SYSTEM || kind == ACTOR_TIMER);
    return (struct actor){
        .kind = kind,
        .id = kind == ACTOR_SYSTEM ? BYTES("system") : BYTES("timer"),
    };
}

bool actor_has_role(const struct actor *actor, uint32_t roles)
{
    return actor->kind == ACTOR_PERSON && (actor->roles & roles) != 0;
}

bool actor_is(const struct actor *actor, struct bytes person)
{
    return actor->kind == ACTOR_PERSON && actor->id.len > 0 && bytes_equal(actor->id, person);
}

static bool has_department(const struct actor *actor, struct bytes department)
{
    for (uint32_t i = 0; i < actor->department_count; i++) {
        if (department.len > 0 && bytes_equal(actor->departments[i], department)) {
            return true;
        }
    }
    return false;
}

bool actor_works_in(const struct actor *actor, struct bytes department)
{
    return actor_has_role(actor, ROLE_BIT(ROLE_SECTION_STAFF) | ROLE_BIT(ROLE_SECTION_HEAD)) &&
           has_department(actor, department);
}

bool actor_is_in_charge_of(const struct actor *actor, struct bytes department)
{
    return actor_has_role(actor, ROLE_BIT(ROLE_LEADER)) && has_department(actor, department);
}

const char *role_sentence(enum role role)
{
    static const char *const sentences[ROLE_COUNT] = {
        [ROLE_CADRE] = "a cadre",
        [ROLE_TRIAGE_CLERK] = "the triage clerk",
        [ROLE_OFFICE_HEAD] = "the office head",
        [ROLE_SECTION_STAFF] = "section staff",
        [ROLE_SECTION_HEAD] = "a section head",
        [ROLE_LEADER] = "a leader",
        [ROLE_FIRST_RESPONSIBLE] = "the first responsible",
        [ROLE_COMMUNITY_SECRETARY] = "a community secretary",
        [ROLE_VILLAGE_LIAISON] = "a village liaison",
        [ROLE_SUPERVISOR] = "a supervisor",
        [ROLE_OPERATOR] = "the operator",
    };
    CHECK(role < ROLE_COUNT);
    return sentences[role];
}
