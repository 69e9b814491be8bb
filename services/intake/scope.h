/* SPDX-License-Identifier: Apache-2.0 */
/* Where a list of households is read: the whole register, or what an index has under a word. */
#pragma once

#include "intake/register.h"

struct scope {
    uint32_t table;
    struct bytes word;
    struct bytes area;  /* only those of this area; empty: all */
    struct bytes asked; /* and only those of this one */
    bool is_indexed;    /* by the word, also when it is empty: those without a cadre */
};

/* Whether the person may see households of this cadre and area. */
bool scope_may_see(struct ctx *ctx, const struct actor *actor, struct bytes cadre,
                   struct bytes area, struct err *err);

/* What a list is narrowed to; empty: not narrowed. */
struct scope_ask {
    struct bytes cadre;
    struct bytes area; /* village or community */
};

/* The widest part of what is asked for on which the person may do `action` as a whole. FORBIDDEN:
 * none of it. */
enum status scope_find(struct ctx *ctx, const struct actor *actor, enum action action,
                       const struct scope_ask *ask, struct scope *ret_scope,
                       struct err *err) MUST_USE;

/* Cuts it down to one village or community. */
void scope_narrow(struct ctx *ctx, struct bytes area, struct scope *scope);

/* The next household after `*id`, which may still lie outside of its areas; false past the last. */
bool scope_next(struct ctx *ctx, const struct scope *scope, struct bytes *id);
bool scope_has(struct ctx *ctx, const struct scope *scope, const struct household_row *row);
