/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines: which stages of an issue have a clock running, when each is due, and the timer that
 * fires at its next point. One timer a clock; its id is (issue, stage). */
#pragma once

#include "router/issue_file.h"

/* Starts the clocks of stages that begin now, drops those of stages that are over, and lets the
 * clock of handling stand while an answer is under way. */
void clocks_update(struct ctx *ctx, struct issue_file *file, bool is_redo);

/* Sets in the tables what changed between the clocks of two parts: timers and the overdue mark. For
 * apply only. */
void clocks_apply(struct ctx *ctx, uint64_t issue, const struct list *before,
                  const struct list *after);

/* The clock of a stage, or NULL. */
const struct clock_part *clocks_find(const struct issue_file *file, enum stage stage);
