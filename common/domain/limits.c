/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/limits.h"

#include <stdlib.h>

void limits_close(struct limits *limits)
{
    if (limits == NULL) {
        return;
    }
    for (int i = 0; i < STAGE_COUNT; i++) {
        free(limits->stages[i].overrides);
    }
    free(limits->ladders);
    free(limits);
}

/* How closely an override fits: 0 not at all; the depth of its category counts before its kind. */
static uint32_t fit_of(const struct limit_row *row, const struct limit_case *wanted)
{
    uint32_t depth = 0;
    if (!row->is_set[wanted->urgency] || (row->kind != KIND_NONE && row->kind != wanted->kind)) {
        return 0;
    }
    struct bytes category = bytes_of_string(row->category);
    for (uint32_t i = 0; i < wanted->path_count && category.len > 0; i++) {
        if (bytes_equal(category, wanted->path[i]->code)) {
            depth = i + 1;
        }
    }
    if (category.len > 0 && depth == 0) {
        return 0;
    }
    return 2 * depth + (row->kind != KIND_NONE);
}

const struct limit *limits_find(const struct limits *limits, const struct limit_case *wanted)
{
    CHECK(wanted->stage > STAGE_NONE && wanted->stage < STAGE_COUNT);
    CHECK(wanted->urgency > URGENCY_NONE && wanted->urgency < URGENCY_COUNT);
    const struct stage_limits *stage = &limits->stages[wanted->stage];
    const struct limit *found = &stage->base.limits[wanted->urgency];
    uint32_t best = 0;
    for (uint32_t i = 0; i < stage->override_count; i++) {
        uint32_t fit = fit_of(&stage->overrides[i], wanted);
        if (fit > best) {
            best = fit;
            found = &stage->overrides[i].limits[wanted->urgency];
        }
    }
    return found;
}

/* A plan in the making. */
struct planning {
    const struct limit *limit;
    const struct calendar *calendar;
    struct wall from;
    struct limit_plan *plan;
};

static enum status find_percent(const struct planning *planning, const struct ladder_time *time,
                                struct wall *ret_at, bool *ret_is_provisional, struct err *err)
{
    struct wall due = planning->plan->due;
    int64_t allowed = calendar_working_between(planning->calendar, planning->from, due);
    *ret_is_provisional = false;
    if (!duration_is_natural(planning->limit->duration) && allowed > 0) {
        return calendar_add_working(planning->calendar, planning->from,
                                    allowed * time->percent / 100, ret_at, err);
    }
    ret_at->us = planning->from.us + (due.us - planning->from.us) * time->percent / 100;
    return STATUS_OK;
}

static enum status find_before(const struct planning *planning, const struct ladder_time *time,
                               struct wall *ret_at, bool *ret_is_provisional, struct err *err)
{
    return calendar_before(planning->calendar, planning->plan->due, time->duration, ret_at,
                           ret_is_provisional, err);
}

static enum status find_due(const struct planning *planning, const struct ladder_time *time,
                            struct wall *ret_at, bool *ret_is_provisional, struct err *err)
{
    (void)time;
    (void)err;
    *ret_at = planning->plan->due;
    *ret_is_provisional = false;
    return STATUS_OK;
}

static enum status find_after(const struct planning *planning, const struct ladder_time *time,
                              struct wall *ret_at, bool *ret_is_provisional, struct err *err)
{
    return calendar_due(planning->calendar, planning->plan->due, time->duration, ret_at,
                        ret_is_provisional, err);
}

typedef enum status (*find_time_fn)(const struct planning *planning, const struct ladder_time *time,
                                    struct wall *ret_at, bool *ret_is_provisional, struct err *err);

static const find_time_fn finders[] = {
    [LADDER_AT_PERCENT] = find_percent,
    [LADDER_BEFORE_DUE] = find_before,
    [LADDER_AT_DUE] = find_due,
    [LADDER_AFTER_DUE] = find_after,
};

/* Adds the point of one step, unless all of its warnings would come before the start. */
static enum status plan_step(const struct planning *planning, const struct ladder_step *step,
                             struct err *err)
{
    struct limit_plan *plan = planning->plan;
    struct limit_point point = {
        .level = step->level, .recipients = step->recipients, .supervised = step->supervised};
    bool found = false;
    for (uint32_t i = 0; i < step->time_count; i++) {
        const struct ladder_time *time = &step->times[i];
        bool is_warning = time->moment == LADDER_AT_PERCENT || time->moment == LADDER_BEFORE_DUE;
        struct wall at;
        bool is_provisional;
        enum status st = finders[time->moment](planning, time, &at, &is_provisional, err);
        if (st != STATUS_OK) {
            return st;
        }
        bool is_in_time = !is_warning || at.us > planning->from.us;
        if (is_in_time && (!found || at.us < point.at.us)) {
            found = true;
            point.at = at;
            point.is_provisional = is_provisional || plan->is_provisional;
        }
    }
    if (found) {
        /* Holidays may turn two warnings round; a level never overtakes the one below it. */
        if (plan->point_count > 0 && point.at.us < plan->points[plan->point_count - 1].at.us) {
            point.at = plan->points[plan->point_count - 1].at;
        }
        plan->points[plan->point_count++] = point;
    }
    return STATUS_OK;
}

static enum status plan_ladder(const struct planning *planning, struct err *err)
{
    const struct ladder *ladder = planning->limit->ladder;
    for (uint32_t i = 0; ladder != NULL && i < ladder->step_count; i++) {
        enum status st = plan_step(planning, &ladder->steps[i], err);
        if (st != STATUS_OK) {
            return st;
        }
    }
    return STATUS_OK;
}

static enum status plan_with(const struct limit *limit, const struct calendar *calendar,
                             struct wall from, struct limit_plan *plan, struct err *err)
{
    struct planning planning = {.limit = limit, .calendar = calendar, .from = from, .plan = plan};
    plan->has_due = true;
    return plan_ladder(&planning, err);
}

enum status limit_plan(const struct limit *limit, const struct calendar *calendar, struct wall from,
                       struct limit_plan *ret_plan, struct err *err)
{
    struct limit_plan plan = {0};
    if (limit->duration.unit == DURATION_NONE) {
        *ret_plan = plan;
        return STATUS_OK;
    }
    enum status st =
        calendar_due(calendar, from, limit->duration, &plan.due, &plan.is_provisional, err);
    if (st == STATUS_OK) {
        st = plan_with(limit, calendar, from, &plan, err);
    }
    if (st == STATUS_OK) {
        *ret_plan = plan;
    }
    return st;
}

/* INVALID when the instant lies outside the calendar. */
static enum status check_covered(const struct calendar *calendar, struct wall at, struct err *err)
{
    struct wall same;
    bool is_provisional;
    return calendar_due(calendar, at, (struct duration){0}, &same, &is_provisional, err);
}

enum status limit_plan_until(const struct limit *limit, const struct calendar *calendar,
                             struct wall from, struct wall due, struct limit_plan *ret_plan,
                             struct err *err)
{
    struct limit_plan plan = {.due = due};
    enum status st = check_covered(calendar, from, err);
    if (st == STATUS_OK) {
        st = check_covered(calendar, due, err);
    }
    if (st != STATUS_OK) {
        return st;
    }
    plan.is_provisional =
        !duration_is_natural(limit->duration) && calendar_left(calendar, from, due).is_provisional;
    st = plan_with(limit, calendar, from, &plan, err);
    if (st == STATUS_OK) {
        *ret_plan = plan;
    }
    return st;
}
