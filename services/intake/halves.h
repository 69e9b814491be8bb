/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Halves of the year that have ended, and what each household was linked to when they did.
 *
 * Nothing is written down when a half ends: a household whose links change later keeps a row of
 * what they were at the end of the last half. So the row of a half, or else the first one after it,
 * or else the register, says what held at that half's end.
 */
#pragma once

#include "domain/visits.h"
#include "intake/register.h"

/* The first half that has not ended; 0 as long as there is no plan of reminders. */
uint32_t halves_open(struct ctx *ctx);

/* Whether it has ended. What is told of it then stays, but for visits that are entered late. */
bool halves_is_over(struct ctx *ctx, uint32_t half);

/* The household with the links that count for a half: those at its end, or the present ones. False:
 * it was not in the register then, or there was no register. */
bool halves_find_household(struct ctx *ctx, struct bytes household, uint32_t half,
                           struct household_row *ret_row);

/* In apply: the household's links are about to change from those of `before` (NULL: it is new). */
void halves_keep(struct ctx *ctx, struct bytes household, const struct household_row *before);

/* In apply: a half has ended. */
void halves_close(struct ctx *ctx, uint32_t half);
