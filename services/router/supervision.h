/* SPDX-License-Identifier: Apache-2.0 */
/* Supervision by a person (督办): its own due time and ladder, beside the deadlines of the stages.
 * One timer an issue; its id is (issue, 255). */
#pragma once

#include "router/clocks.h"

bool supervision_is_timer(struct bytes id);
void wake_supervision(struct ctx *ctx, struct wall at, struct bytes id);

/* Computes it again from its start, by the calendar and the ladder of this configuration; a level
 * that lies ahead again is told again. False: nothing changes. */
bool supervision_replan(const struct ctx *ctx, struct supervision *supervision);

/* As clock_look_ahead(). */
bool supervision_look_ahead(struct ctx *ctx, struct supervision *supervision,
                            struct clock_saying *ret_saying);

/* Sets the timer as it changed between two parts. For apply only. */
void supervision_apply(struct ctx *ctx, uint64_t issue, const struct supervision_part *before,
                       const struct supervision_part *after);
