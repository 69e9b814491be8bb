/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reminders of a half, its end, and telling what was missed, with one timer. A level takes as
 * many transactions as it needs; where it stands is in the plan.
 *
 * The plan is made when there are households, and again when a configuration is adopted: the dates
 * are known to wake(), so that a timer fires at once for it.
 */
#include "intake/halves.h"
#include "intake/timers.h"
#include "intake/visit_walk.h"

static const uint8_t timer_kind = INTAKE_TIMER_VISITS;
#define TIMER_ID bytes_of(&timer_kind, 1)

static bool read_plan(struct ctx *ctx, struct visit_plan_row *ret_plan)
{
    return row_get(ctx, VISIT_PLAN, BYTES("plan"), &visit_plan_row_type, ret_plan) == STATUS_OK;
}

static struct wall point(const struct ctx *ctx, uint32_t half, uint32_t level)
{
    const struct config *config = ctx_config(ctx);
    return visit_point(&config->visits, config->calendar, half, level);
}

static void emit_plan(struct ctx *ctx, const struct visits_planned_event *event)
{
    emit(ctx, &(struct emission){.type = &visits_planned_event_type,
                                 .message = event,
                                 .is_local = true,
                                 .is_by_system = true});
}

/* ---- the next step -------------------------------------------------------------------------- */

/* The highest level that is due; those below it, from the next one, are added to `out`. The end of
 * the half is not told and never left out. */
static uint32_t find_due(struct ctx *ctx, const struct visit_plan_row *plan, struct list *skipped,
                         struct buf *out)
{
    const struct visit_rules *rules = &ctx_config(ctx)->visits;
    uint32_t last = visit_level_last(rules);
    uint32_t level = plan->level < last ? plan->level : last;
    while (level < last && point(ctx, plan->half, level + 1).us <= ctx_now(ctx).us) {
        if (level != visit_level_end(rules)) {
            list_put_u64(skipped, out, level);
        }
        level++;
    }
    list_end(skipped, out);
    return level;
}

static void set_next(const struct visit_walk *walk, uint32_t level,
                     struct visits_planned_event *event)
{
    event->half = walk->is_over ? visit_half_next(walk->half) : walk->half;
    event->level = walk->is_over ? 1 : level + 1;
    event->at = point(walk->ctx, event->half, event->level);
}

static void set_rest(const struct visit_walk *walk, uint32_t level,
                     struct visits_planned_event *event)
{
    event->half = walk->half;
    event->level = level;
    event->at = (struct wall){ctx_now(walk->ctx).us + 1};
    event->through = walk->through;
    event->others = walk->units.count;
    event->units = walk->units.list;
    event->more = walk->units.more;
}

/* The units that earlier steps met. */
static struct visit_rows rows_of(const struct visit_plan_row *plan)
{
    struct visit_rows rows = {0};
    struct list_cursor cursor = list_begin(&plan->units);
    struct counted_part part;
    while (list_next_message(&cursor, &counted_part_type, &part)) {
        visit_rows_add(&rows, part.name, part.count);
    }
    rows.more = plan->more;
    rows.count = plan->others;
    return rows;
}

static void take_step(struct ctx *ctx, const struct visit_plan_row *plan)
{
    const struct visit_rules *rules = &ctx_config(ctx)->visits;
    struct buf out = {0};
    struct visits_planned_event event = {.fired = plan->at};
    uint32_t level =
        plan->through.len != 0 ? plan->level : find_due(ctx, plan, &event.skipped, &out);
    struct visit_walk walk = {.ctx = ctx,
                              .half = plan->half,
                              .is_over = level == visit_level_last(rules),
                              .through = plan->through,
                              .units = rows_of(plan)};
    bool is_end = level == visit_level_end(rules);
    bool closes = level >= visit_level_end(rules) && !halves_is_over(ctx, plan->half);
    event.closes = closes ? plan->half : 0;
    if (is_end || visit_walk_step(&walk)) {
        set_next(&walk, level, &event);
    } else {
        set_rest(&walk, level, &event);
    }
    emit_plan(ctx, &event);
    visit_rows_done(&walk.units);
    buf_done(&out);
}

/* The dates may have changed. What has passed already is not told. */
static void plan_again(struct ctx *ctx, const struct visit_plan_row *plan, struct wall fired)
{
    const struct config *config = ctx_config(ctx);
    struct visits_planned_event event = {.fired = fired};
    if (plan != NULL && plan->through.len != 0) {
        event.half = plan->half;
        event.level = plan->level;
        event.at = plan->at;
        event.through = plan->through;
        event.others = plan->others;
        event.units = plan->units;
        event.more = plan->more;
    } else {
        event.half =
            plan != NULL ? plan->half : visit_half_of(&config->visits, config->zone, ctx_now(ctx));
        event.level = 1;
        while (event.level < visit_level_last(&config->visits) &&
               point(ctx, event.half, event.level).us <= ctx_now(ctx).us) {
            event.level++;
        }
        event.at = point(ctx, event.half, event.level);
    }
    emit_plan(ctx, &event);
}

void visit_plan_wake(struct ctx *ctx, struct wall at, struct bytes id)
{
    struct visit_plan_row plan;
    (void)id;
    bool is_planned = read_plan(ctx, &plan);
    if (is_planned && plan.at.us == at.us) {
        take_step(ctx, &plan);
    } else {
        plan_again(ctx, is_planned ? &plan : NULL, at);
    }
}

/* ---- applying ------------------------------------------------------------------------------- */

void visit_plan_begin(struct ctx *ctx, const struct record *record)
{
    struct visit_plan_row plan;
    if (!read_plan(ctx, &plan)) {
        timer_put(ctx, record->at, TIMER_ID);
    }
}

void intake_apply_adopted(struct ctx *ctx, const struct record *record, const void *message)
{
    (void)message;
    timer_put(ctx, record->at, TIMER_ID);
}

void intake_apply_visits_planned(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct visits_planned_event *event = message;
    struct visit_plan_row plan;
    (void)record;
    if (read_plan(ctx, &plan)) {
        timer_remove(ctx, plan.at, TIMER_ID);
    }
    timer_remove(ctx, event->fired, TIMER_ID);
    if (event->closes != 0) {
        coverage_close(ctx, event->closes);
    }
    plan = (struct visit_plan_row){.half = event->half,
                                   .level = event->level,
                                   .at = event->at,
                                   .through = event->through,
                                   .others = event->others,
                                   .units = event->units,
                                   .more = event->more};
    row_put(ctx, VISIT_PLAN, BYTES("plan"), &visit_plan_row_type, &plan);
    timer_put(ctx, event->at, TIMER_ID);
}
