/* SPDX-License-Identifier: Apache-2.0 */
/* Intake's timers by kind: the first byte of a timer's id says whose it is. */
#include "intake/timers.h"

static const struct {
    uint8_t kind;
    void (*wake)(struct ctx *ctx, struct wall at, struct bytes id);
} kinds[] = {
    {INTAKE_TIMER_ROUND, rounds_wake},
    {INTAKE_TIMER_VISITS, visit_plan_wake},
    {INTAKE_TIMER_PROMISE, promise_wake},
};

void intake_wake(struct ctx *ctx, struct wall at, struct bytes id)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].kind == id.p[0]) {
            kinds[i].wake(ctx, at, id);
            return;
        }
    }
    CHECK(ctx_is_void(ctx)); /* every timer was put by one of the kinds */
}
