/* SPDX-License-Identifier: Apache-2.0 */
/* Whose a timer of intake is. Each kind's wake() emits an event whose apply removes the timer. */
#pragma once

#include "intake/intake.h"

/* First byte of the timer's id. */
enum intake_timer {
    INTAKE_TIMER_ROUND = 'R', /* what is looked after every working day; one timer a round */
};

void rounds_wake(struct ctx *ctx, struct wall at, struct bytes id);
