/* SPDX-License-Identifier: Apache-2.0 */
/* Who does something: a person with the roles and places looked up by the receiving daemon, or the
 * machine itself. Borrows everything; it lives for one command. */
#pragma once

#include "base/bytes.h"
#include "domain/office.h"

enum actor_kind {
    ACTOR_PERSON,
    ACTOR_SYSTEM, /* a rule that is sure */
    ACTOR_TIMER,  /* a limit that passed */
};

struct actor {
    enum actor_kind kind;
    struct bytes id;
    uint32_t roles;                  /* set of ROLE_BIT */
    const struct bytes *departments; /* works in, or (a leader) is in charge of */
    uint32_t department_count;
    struct bytes area; /* of a secretary or liaison; else empty */
};

/* The actor a person of the office is. */
struct actor actor_of_person(const struct person *person);

/* Somebody who is known by id and roles only: an imported cadre, the built-in operator. */
struct actor actor_of_roles(struct bytes id, uint32_t roles);

/* Somebody of whom only the id is known. Whom the office does not know is taken for a cadre: only
 * the register knows those. */
struct actor actor_of_id(const struct office *office, struct bytes id);

/* The machine; its ids are "system" and "timer". */
struct actor actor_of_machine(enum actor_kind kind);

bool actor_has_role(const struct actor *actor, uint32_t roles);
bool actor_is(const struct actor *actor, struct bytes person);

/* A holder of the role in a sentence: "the triage clerk", "a leader". */
const char *role_sentence(enum role role);

/* Whether the actor is staff or head of that section. */
bool actor_works_in(const struct actor *actor, struct bytes department);

/* Whether the actor is a leader in charge of that section. */
bool actor_is_in_charge_of(const struct actor *actor, struct bytes department);
