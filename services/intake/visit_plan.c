/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reminders of a half: a walk over everybody who has households left, with one timer. A level
 * takes as many transactions as it needs; where it stands is in the plan.
 *
 * The plan is made when there are households, and again when a configuration is adopted: the dates
 * are known to wake(), so that a timer fires at once for it.
 */
#include "intake/coverage.h"
#include "intake/telling.h"
#include "intake/timers.h"

#define PLACES_PER_STEP 200U
#define PEOPLE_MAX 16U

static const uint8_t timer_kind = INTAKE_TIMER_VISITS;
#define TIMER_ID bytes_of(&timer_kind, 1)

static bool read_plan(struct ctx *ctx, struct visit_plan_row *ret_plan)
{
    return row_get(ctx, VISIT_PLAN, BYTES("plan"), &visit_plan_row_type, ret_plan) == STATUS_OK;
}

static struct wall point(const struct ctx *ctx, uint32_t half, uint32_t level)
{
    const struct config *config = ctx_config(ctx);
    return visit_point(&config->visits, config->zone, half, level);
}

/* The level that is a half's end. */
static uint32_t last_level(const struct ctx *ctx)
{
    return ctx_config(ctx)->visits.remind_count + 1;
}

static void emit_plan(struct ctx *ctx, const struct visits_planned_event *event)
{
    emit(ctx, &(struct emission){.type = &visits_planned_event_type,
                                 .message = event,
                                 .is_local = true,
                                 .is_by_system = true});
}

/* ---- who is told ---------------------------------------------------------------------------- */

struct step {
    struct ctx *ctx;
    uint32_t half;
    bool is_end;
    uint32_t others; /* households left with cadres of units that are no section */
};

static struct wall last_second(const struct step *step)
{
    return (struct wall){point(step->ctx, step->half, 0).us - US_PER_S};
}

static void tell(const struct step *step, const char *category, const struct bytes *people,
                 uint32_t people_count, struct bytes person, uint32_t left)
{
    const struct intake_telling telling = {.category = category,
                                           .level = step->is_end ? NOTICE_LEVEL_OVERDUE
                                                                 : NOTICE_LEVEL_WARNING,
                                           .recipients = people,
                                           .recipient_count = people_count,
                                           .person = person,
                                           .due = last_second(step),
                                           .count = left};
    intake_tell(step->ctx, &telling);
}

/* The head of the section that a cadre's unit is; empty: it is none of this office. */
static struct bytes find_head(struct ctx *ctx, struct bytes cadre)
{
    const struct office *office = &ctx_config(ctx)->office;
    struct cadre_row row;
    if (!register_find_cadre(ctx, cadre, &row)) {
        return (struct bytes){0};
    }
    for (uint32_t i = 0; i < office->department_count; i++) {
        const struct department *department = &office->departments[i];
        if (bytes_equal(department->name, row.unit) || bytes_equal(department->id, row.unit)) {
            return department->head;
        }
    }
    return (struct bytes){0};
}

static void tell_cadre(struct step *step, struct bytes cadre, uint32_t left)
{
    struct bytes people[2] = {cadre};
    if (!step->is_end) {
        tell(step, "visits_due", people, 1, cadre, left);
        return;
    }
    people[1] = find_head(step->ctx, cadre);
    bool has_head = people[1].len != 0 && !bytes_equal(people[1], cadre);
    step->others += people[1].len != 0 ? 0 : left;
    tell(step, "visits_missed", people, has_head ? 2 : 1, cadre, left);
}

static uint32_t find_people(const struct office *office, enum role role, struct bytes area,
                            struct bytes people[PEOPLE_MAX])
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < office->person_count && count < PEOPLE_MAX; i++) {
        const struct person *person = &office->people[i];
        if ((person->roles & ROLE_BIT(role)) != 0 &&
            (area.len == 0 || bytes_equal(person->area, area))) {
            people[count++] = person->id;
        }
    }
    return count;
}

static void tell_role(const struct step *step, const char *category, enum role role,
                      struct bytes area, uint32_t left)
{
    struct bytes people[PEOPLE_MAX];
    uint32_t count = find_people(&ctx_config(step->ctx)->office, role, area, people);
    tell(step, category, people, count, (struct bytes){0}, left);
}

static void tell_place(struct step *step, const struct coverage_place *place)
{
    struct coverage coverage = coverage_get(step->ctx, step->half, place->scope, place->id);
    if (coverage.visited >= coverage.assigned) {
        return;
    }
    uint32_t left = coverage.assigned - coverage.visited;
    if (place->scope == COVERAGE_SCOPE_CADRE) {
        tell_cadre(step, place->id, left);
    } else if (place->scope == COVERAGE_SCOPE_COMMUNITY) {
        tell_role(step, "visits_missed_here", ROLE_COMMUNITY_SECRETARY, place->id, left);
    }
}

/* Tells the places after `place`; true when they were all. Reminders are for cadres only, who come
 * first. */
static bool tell_some(struct step *step, struct bytes *place)
{
    struct coverage_place next;
    for (uint32_t i = 0; i < PLACES_PER_STEP; i++) {
        if (!coverage_next(step->ctx, step->half, *place, &next) ||
            (!step->is_end && next.scope != COVERAGE_SCOPE_CADRE)) {
            return true;
        }
        tell_place(step, &next);
        *place = next.place;
    }
    return false;
}

/* ---- the walk ------------------------------------------------------------------------------- */

/* The highest level that is due; those below it, from the next one, are added to `out`. */
static uint32_t find_due(struct ctx *ctx, const struct visit_plan_row *plan, struct list *skipped,
                         struct buf *out)
{
    uint32_t last = last_level(ctx);
    uint32_t level = plan->level < last ? plan->level : last;
    while (level < last && point(ctx, plan->half, level + 1).us <= ctx_now(ctx).us) {
        list_put_u64(skipped, out, level);
        level++;
    }
    list_end(skipped, out);
    return level;
}

static void set_next(struct step *step, uint32_t level, struct visits_planned_event *event)
{
    event->half = step->is_end ? visit_half_next(step->half) : step->half;
    event->level = step->is_end ? 1 : level + 1;
    event->at = point(step->ctx, event->half, event->level);
    if (step->is_end && step->others != 0) {
        tell_role(step, "visits_missed_here", ROLE_OFFICE_HEAD, (struct bytes){0}, step->others);
    }
}

static void take_step(struct ctx *ctx, const struct visit_plan_row *plan)
{
    struct buf out = {0};
    struct visits_planned_event event = {.fired = plan->at, .closed_from = plan->through};
    uint32_t level =
        plan->through.len != 0 ? plan->level : find_due(ctx, plan, &event.skipped, &out);
    struct step step = {
        .ctx = ctx, .half = plan->half, .is_end = level >= last_level(ctx), .others = plan->others};
    struct bytes place = plan->through;
    bool is_done = tell_some(&step, &place);
    event.closes = step.is_end ? plan->half : 0;
    if (is_done) {
        set_next(&step, level, &event);
    } else {
        event.half = plan->half;
        event.level = level;
        event.at = (struct wall){ctx_now(ctx).us + 1};
        event.through = place;
        event.others = step.others;
    }
    emit_plan(ctx, &event);
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
    } else {
        event.half =
            plan != NULL ? plan->half : visit_half_of(&config->visits, config->zone, ctx_now(ctx));
        event.level = 1;
        while (event.level < last_level(ctx) &&
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
    if (event->closes != 0 && event->closed_from.len == 0) {
        coverage_close(ctx, event->closes);
    }
    plan = (struct visit_plan_row){.half = event->half,
                                   .level = event->level,
                                   .at = event->at,
                                   .through = event->through,
                                   .others = event->others};
    row_put(ctx, VISIT_PLAN, BYTES("plan"), &visit_plan_row_type, &plan);
    timer_put(ctx, event->at, TIMER_ID);
}
