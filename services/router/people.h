/* SPDX-License-Identifier: Apache-2.0 */
/* Who somebody is, and which persons an event concerns. */
#pragma once

#include "domain/duty.h"
#include "router/issue_file.h"

/* The person as an actor: roles and sections from the office, and whether the register has a cadre
 * of that id; the built-in operator. Somebody else has no role at all. `issue` may be NULL; its
 * owner counts as its cadre, also while it waits for another one. */
struct actor find_actor(struct ctx *ctx, struct bytes id, const struct issue *issue);

/* Whether a person had a hand in the issue: is linked to it, or did any step of it but calling the
 * household back, urging and supervising. */
bool people_took_part(struct ctx *ctx, const struct issue *issue, struct bytes person);

/* Persons to be told, each once. */
#define NOTIFY_MAX 64U
struct notify {
    struct bytes people[NOTIFY_MAX];
    uint32_t count;
};
void notify_add(struct notify *notify, struct bytes person);
/* Adds head and leader of a section. */
void notify_add_section(struct notify *notify, const struct office *office,
                        struct bytes department);
/* Adds the staff of a section that is given the issue, when that cannot wait until they look. */
void notify_add_given(struct notify *notify, const struct office *office, const struct issue *issue,
                      struct bytes department);
/* Adds everybody in `recipients` (set of RECIPIENT_BIT) for this issue. */
void notify_add_recipients(struct notify *notify, const struct office *office,
                           const struct issue *issue, uint32_t recipients);
/* As notify_add_recipients(), of a step of a ladder: the handler is whoever must act in the stage;
 * where each section has a share of it, staff and heads are of the sections that still owe theirs;
 * without a stage, of the supervision by a person, whoever has the issue. */
void notify_add_by_ladder(struct notify *notify, const struct office *office,
                          const struct issue *issue, enum stage stage, uint32_t recipients);
/* Adds those whose duty it is, of a section its staff and heads. */
void notify_add_duty(struct notify *notify, const struct office *office, const struct issue *issue,
                     const struct duty *duty);
/* Adds everybody with one of these roles. */
void notify_add_roles(struct notify *notify, const struct office *office, uint32_t roles);
/* Adds whoever has to act next. */
void notify_add_holders(struct notify *notify, const struct office *office,
                        const struct issue *issue);
/* Adds those whom supervision of the issue presses: the lead section and its leader, or the office
 * while there is none. */
void notify_add_supervised(struct notify *notify, const struct office *office,
                           const struct issue *issue);
void notify_remove(struct notify *notify, struct bytes person);
/* The list for an event; lives until the end of the input. */
struct list notify_list(struct ctx *ctx, const struct notify *notify);
