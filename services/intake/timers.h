/* SPDX-License-Identifier: Apache-2.0 */
/* Whose a timer of intake is. Each kind's wake() emits an event whose apply removes the timer. */
#pragma once

#include "intake/intake.h"

/* First byte of the timer's id. */
enum intake_timer {
    INTAKE_TIMER_VISITS = 'V',  /* the reminders of a half; one timer */
    INTAKE_TIMER_PROMISE = 'P', /* a promise; its number follows */
    INTAKE_TIMER_ROUND = 'R',   /* what is looked after every working day; one timer a round */
};

/* In apply: there are households, so that there is something to plan. */
void visit_plan_begin(struct ctx *ctx, const struct record *record);

void visit_plan_wake(struct ctx *ctx, struct wall at, struct bytes id);
void promise_wake(struct ctx *ctx, struct wall at, struct bytes id);
void rounds_wake(struct ctx *ctx, struct wall at, struct bytes id);
