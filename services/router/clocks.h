/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines: which stages of an issue have a clock running, when each is due, and the timer that
 * fires at its next point. One timer a clock; its id is (issue, stage). */
#pragma once

#include "domain/limits.h"
#include "router/issue_file.h"

/* Starts the clocks of stages that begin now, drops those of stages that are over, and keeps those
 * that are paused or silent in this state. */
void clocks_update(struct ctx *ctx, struct issue_file *file, bool is_redo);

/* Computes every clock again, because the issue is now taken for something else. */
void clocks_replan(const struct ctx *ctx, struct issue_file *file);

/* Whether the due time of one of them has passed. */
bool clocks_have_overdue(const struct list *clocks);

/* Sets the timers that changed between the clocks of two parts. For apply only. */
void clocks_apply(struct ctx *ctx, uint64_t issue, const struct list *before,
                  const struct list *after);

/* The issue after an event that is about its clocks alone, into the tables. */
void apply_clocks(struct ctx *ctx, const struct record *record, const struct issue_part *after);

/* The clock of a stage, or NULL. */
const struct clock_part *clocks_find(const struct issue_file *file, enum stage stage);

/* The limit of the issue as it is now; it lives as long as the configuration. */
const struct limit *clocks_find_limit(const struct ctx *ctx, const struct issue *issue,
                                      enum stage stage);

/* What a clock's plan follows from. */
struct limit_run clock_run(const struct clock_part *clock);

/* Computes a clock again from its start and its pauses, by the limit of the issue as it is now and
 * the calendar of this configuration; a level that lies ahead again is told again. False: it stays
 * as it is, because nothing changes, because its limit is gone, or because its end was decided. */
bool clock_replan(const struct ctx *ctx, const struct issue *issue, struct clock_part *clock);

/* Until when the issue may wait at most, from now on; 0: not at all. */
struct wall clocks_latest_wait(const struct ctx *ctx, const struct issue *issue);

/* What a clock says, or does, when its timer fires. */
struct clock_saying {
    struct wall at;
    bool is_provisional;
    bool is_passing; /* it does something by itself, see router/passing.h; nothing below is set */
    enum clock_news news;
    uint32_t level;
    uint32_t recipients; /* set of RECIPIENT_BIT */
    uint32_t supervised; /* the level of supervision it raises the issue to, 0 none */
    struct list skipped; /* lower levels that come at the same time and are not told */
};

/* What the clock, a copy, says next if nobody does anything until then; it moves on to that. False:
 * nothing more. */
bool clock_look_ahead(struct ctx *ctx, const struct issue *issue, struct clock_part *clock,
                      struct clock_saying *ret_saying);
