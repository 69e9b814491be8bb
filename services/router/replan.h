/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running deadlines under a configuration with another calendar or other limits: a job over all
 * issues, a few in each transaction, whose place is kept in a table. It is woken by a timer, so it
 * goes on after a restart, and commands come between its steps.
 */
#pragma once

#include "router/issue_file.h"

/* Whether a timer is the job's. */
bool replan_is_timer(struct bytes id);
/* Its next step. */
void replan_wake(struct ctx *ctx);

/* A deadline's timer has fired: plans its issue again if that is still to be done, so that nothing
 * is said by an old plan. True when a deadline of `file` changed. */
bool replan_before_waking(struct ctx *ctx, struct issue_file *file);

/* Issues still to be looked at; 0 when no job is under way. */
uint64_t replan_left(struct ctx *ctx);
