/* SPDX-License-Identifier: Apache-2.0 */
/* How far something that is due has come on its ladder. Levels told or skipped are behind it: it
 * keeps the number of the next one, `levels_done`. */
#pragma once

#include "domain/limits.h"
#include "runtime/service.h"

/* When the timer fires next: the next level or the due time, whichever is first; never when both
 * are behind it. */
struct wall ladder_next(const struct limit_plan *plan, uint32_t levels_done, bool is_overdue);

/* The number of levels that stay behind it by another plan: those below the first that lies ahead
 * again. */
uint32_t ladder_stays_told(const struct limit_plan *plan, uint32_t levels_done, struct wall now);

/* The highest level that is due now, or NULL; and the levels below it that were due with it, which
 * are not told. The list lives until the end of the input. */
const struct limit_point *ladder_find_passed(struct ctx *ctx, const struct limit_plan *plan,
                                             uint32_t levels_done, struct wall now,
                                             struct list *ret_skipped);
