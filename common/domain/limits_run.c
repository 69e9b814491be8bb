/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/limits.h"

void limit_run_pause(struct limit_run *run, const struct calendar *calendar, struct wall from,
                     struct wall until)
{
    if (until.us > from.us) {
        run->paused_us += until.us - from.us;
        run->paused_working_us += calendar_working_between(calendar, from, until);
    }
}

/* As much later as the clock was paused. */
static enum status move(const struct limit *limit, const struct calendar *calendar,
                        const struct limit_run *run, struct wall *at, struct err *err)
{
    if (duration_is_natural(limit->duration)) {
        at->us += run->paused_us;
        return STATUS_OK;
    }
    return calendar_add_working(calendar, *at, run->paused_working_us, at, err);
}

enum status limit_plan_run_until(const struct limit *limit, const struct calendar *calendar,
                                 const struct limit_run *run, struct wall due,
                                 struct limit_plan *ret_plan, struct err *err)
{
    struct wall from = run->started_at;
    enum status st = move(limit, calendar, run, &from, err);
    return st == STATUS_OK ? limit_plan_until(limit, calendar, from, due, ret_plan, err) : st;
}

enum status limit_plan_run(const struct limit *limit, const struct calendar *calendar,
                           const struct limit_run *run, struct limit_plan *ret_plan,
                           struct err *err)
{
    struct limit_plan plan;
    enum status st = limit_plan(limit, calendar, run->started_at, &plan, err);
    bool is_plain = !run->is_halved && run->paused_us == 0;
    if (st != STATUS_OK || !plan.has_due || is_plain) {
        *ret_plan = st == STATUS_OK ? plan : *ret_plan;
        return st;
    }
    struct wall due = plan.due;
    if (run->is_halved) {
        due.us = run->started_at.us + (due.us - run->started_at.us) / 2;
    }
    st = move(limit, calendar, run, &due, err);
    return st == STATUS_OK ? limit_plan_run_until(limit, calendar, run, due, ret_plan, err) : st;
}
