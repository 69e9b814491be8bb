/* SPDX-License-Identifier: Apache-2.0 */
/* Which household is linked to whom: the indexes, and the history by period. */
#pragma once

#include "intake/register.h"

/* In apply: brings the indexes and the cadres' counts from one state of a household to another;
 * `before` is NULL for a new one. The row itself is the caller's to write. Who is left without a
 * cadre begins a round. */
void links_put(struct ctx *ctx, const struct record *record, struct bytes id,
               const struct household_row *before, const struct household_row *after);

/* In apply: ends the household's present period and begins another with the event `seq`. */
void links_begin_period(struct ctx *ctx, struct bytes id, uint64_t seq,
                        const struct period_row *row);

/* The household's last periods, oldest first; it lives until the end of the input. */
struct list links_list(struct ctx *ctx, struct bytes household);

/* Whose the household was at a time: the period that had begun, or the first one, which reaches
 * back to before the register. False: it has none. */
bool links_find_period(struct ctx *ctx, struct bytes household, struct wall at,
                       struct period_row *ret_row);

/* The last period in which it was this cadre's; false: it never was. */
bool links_find_last_of(struct ctx *ctx, struct bytes household, struct bytes cadre,
                        struct period_row *ret_row);

/* Households on their way into as many events as they need. */
struct relinking {
    struct ctx *ctx;
    struct relinked_event event; /* what they share */
    struct buf out;
};
void relinking_add(struct relinking *relinking, const struct relink_part *part);
/* Emits what is left; `relinking` is empty then. */
void relinking_flush(struct relinking *relinking);
