/* SPDX-License-Identifier: Apache-2.0 */
#include "router/clocks.h"

#include "base/endian.h"
#include "domain/lifecycle.h"
#include "router/ladder.h"
#include "router/passing.h"
#include "router/people.h"
#include "router/replan.h"
#include "router/router.h"

/* Nobody can ask for a ruling yet. */
#define STAGES_TIMED (~STAGE_BIT(STAGE_RULING))

#define TIMER_ID_BYTES 9U

static struct bytes timer_id(uint64_t issue, int stage, uint8_t id[TIMER_ID_BYTES])
{
    be64_store(id, issue);
    id[8] = (uint8_t)stage;
    return bytes_of(id, TIMER_ID_BYTES);
}

static struct clock_part *find_clock(struct issue_file *file, int stage)
{
    for (uint32_t i = 0; i < file->clock_count; i++) {
        if (file->clocks[i].stage == stage) {
            return &file->clocks[i];
        }
    }
    return NULL;
}

const struct clock_part *clocks_find(const struct issue_file *file, enum stage stage)
{
    for (uint32_t i = 0; i < file->clock_count; i++) {
        if (file->clocks[i].stage == (int)stage) {
            return &file->clocks[i];
        }
    }
    return NULL;
}

const struct limit *clocks_find_limit(const struct ctx *ctx, const struct issue *issue,
                                      enum stage stage)
{
    const struct config *config = ctx_config(ctx);
    struct limit_case wanted = {.stage = stage, .urgency = issue->urgency, .kind = issue->kind};
    wanted.path_count =
        office_category_path(&config->office, word_bytes(&issue->category), wanted.path);
    return limits_find(config->limits, &wanted);
}

struct wall clocks_latest_wait(const struct ctx *ctx, const struct issue *issue)
{
    const struct limit *limit = clocks_find_limit(ctx, issue, STAGE_SUSPEND);
    struct limit_plan plan;
    struct err err;
    bool is_planned =
        limit_plan(limit, ctx_config(ctx)->calendar, ctx_now(ctx), &plan, &err) == STATUS_OK;
    return is_planned && plan.has_due ? plan.due : (struct wall){0};
}

struct limit_run clock_run(const struct clock_part *clock)
{
    return (struct limit_run){.started_at = clock->started_at,
                              .is_halved = clock->is_halved,
                              .paused_us = (int64_t)clock->paused_us,
                              .paused_working_us = (int64_t)clock->paused_working_us};
}

static void set_next(struct clock_part *clock, const struct limit_plan *plan)
{
    clock->next_at = ladder_next(plan, clock->levels_done, clock->is_overdue);
}

/* The plan of a clock that is running, from what it was started with. */
static bool plan_running(const struct ctx *ctx, const struct issue *issue,
                         const struct clock_part *clock, struct limit_plan *ret_plan)
{
    struct limit_run run = clock_run(clock);
    struct err err;
    return limit_plan_run_until(clocks_find_limit(ctx, issue, (enum stage)clock->stage),
                                ctx_config(ctx)->calendar, &run, clock->due_at, ret_plan,
                                &err) == STATUS_OK;
}

/* How long a suspension lasts was decided with it, its limit was the most it could be; no calendar
 * moves that end, so it is never provisional. */
static enum status plan_start(const struct ctx *ctx, const struct issue *issue, int stage,
                              const struct limit_run *run, struct limit_plan *ret_plan)
{
    const struct limit *limit = clocks_find_limit(ctx, issue, (enum stage)stage);
    const struct calendar *calendar = ctx_config(ctx)->calendar;
    struct err err;
    if (stage != (int)STAGE_SUSPEND) {
        return limit_plan_run(limit, calendar, run, ret_plan, &err);
    }
    enum status st = limit_plan_run_until(limit, calendar, run, issue->wait_until, ret_plan, &err);
    if (st == STATUS_OK) {
        ret_plan->is_provisional = false;
    }
    return st;
}

static void start_clock(struct ctx *ctx, struct issue_file *file, int stage, bool is_halved)
{
    struct limit_run run = {.started_at = ctx_now(ctx), .is_halved = is_halved};
    struct limit_plan plan;
    if (file->clock_count >= CLOCKS_MAX ||
        plan_start(ctx, &file->issue, stage, &run, &plan) != STATUS_OK || !plan.has_due) {
        return;
    }
    struct clock_part *clock = &file->clocks[file->clock_count++];
    *clock = (struct clock_part){.stage = stage,
                                 .started_at = run.started_at,
                                 .due_at = plan.due,
                                 .is_provisional = plan.is_provisional,
                                 .is_halved = is_halved};
    set_next(clock, &plan);
}

bool clock_replan(const struct ctx *ctx, const struct issue *issue, struct clock_part *clock)
{
    const struct clock_part before = *clock;
    struct limit_run run = clock_run(clock);
    struct limit_plan plan;
    if (clock->stage == (int)STAGE_SUSPEND ||
        plan_start(ctx, issue, clock->stage, &run, &plan) != STATUS_OK || !plan.has_due) {
        return false;
    }
    clock->due_at = plan.due;
    clock->is_provisional = plan.is_provisional;
    clock->is_overdue = before.is_overdue && plan.due.us <= ctx_now(ctx).us;
    clock->levels_done = ladder_stays_told(&plan, clock->levels_done, ctx_now(ctx));
    if ((lifecycle_stages(issue) & STAGE_BIT(clock->stage)) != 0) {
        set_next(clock, &plan);
    }
    return clock->due_at.us != before.due_at.us || clock->next_at.us != before.next_at.us ||
           clock->is_provisional != before.is_provisional;
}

void clocks_replan(const struct ctx *ctx, struct issue_file *file)
{
    for (uint32_t i = 0; i < file->clock_count; i++) {
        (void)clock_replan(ctx, &file->issue, &file->clocks[i]);
    }
}

static void drop_clock(struct issue_file *file, uint32_t index)
{
    file->clock_count--;
    memmove(&file->clocks[index], &file->clocks[index + 1],
            (file->clock_count - index) * sizeof file->clocks[0]);
}

/* A clock of a stage that runs: it was paused, it was silent, or it goes on. */
static void run_clock(const struct ctx *ctx, const struct issue *issue, struct clock_part *clock)
{
    struct limit_plan plan;
    if (clock->paused_at.us != 0) {
        struct limit_run run = clock_run(clock);
        limit_run_pause(&run, ctx_config(ctx)->calendar, clock->paused_at, ctx_now(ctx));
        clock->paused_us = (uint64_t)run.paused_us;
        clock->paused_working_us = (uint64_t)run.paused_working_us;
        clock->paused_at = (struct wall){0};
        (void)clock_replan(ctx, issue, clock);
    }
    if (clock->next_at.us == 0 && plan_running(ctx, issue, clock, &plan)) {
        set_next(clock, &plan);
    }
}

/* A clock of a stage that does not run now and may run again. False: it is over. */
static bool hold_clock(const struct ctx *ctx, const struct issue *issue, struct clock_part *clock)
{
    bool is_paused = (lifecycle_paused(issue) & STAGE_BIT(clock->stage)) != 0;
    if (!is_paused && (lifecycle_silent(issue) & STAGE_BIT(clock->stage)) == 0) {
        return false;
    }
    if (is_paused && clock->paused_at.us == 0) {
        clock->paused_at = ctx_now(ctx);
    }
    clock->next_at = (struct wall){0};
    return true;
}

void clocks_update(struct ctx *ctx, struct issue_file *file, bool is_redo)
{
    uint32_t running = lifecycle_stages(&file->issue) & STAGES_TIMED;
    for (uint32_t i = file->clock_count; i-- > 0;) {
        struct clock_part *clock = &file->clocks[i];
        if ((running & STAGE_BIT(clock->stage)) != 0) {
            run_clock(ctx, &file->issue, clock);
        } else if (!hold_clock(ctx, &file->issue, clock)) {
            drop_clock(file, i);
        }
    }
    for (int stage = 1; stage < STAGE_COUNT; stage++) {
        if ((running & STAGE_BIT(stage)) != 0 && find_clock(file, stage) == NULL) {
            start_clock(ctx, file, stage, is_redo && stage == (int)STAGE_HANDLE);
        }
    }
}

static void remove_timers(struct ctx *ctx, uint64_t issue, const struct list *clocks)
{
    struct list_cursor cursor = list_begin(clocks);
    struct clock_part clock;
    uint8_t id[TIMER_ID_BYTES];
    while (list_next_message(&cursor, &clock_part_type, &clock)) {
        if (clock.next_at.us != 0) {
            timer_remove(ctx, clock.next_at, timer_id(issue, clock.stage, id));
        }
    }
}

static void put_timers(struct ctx *ctx, uint64_t issue, const struct list *clocks)
{
    struct list_cursor cursor = list_begin(clocks);
    struct clock_part clock;
    uint8_t id[TIMER_ID_BYTES];
    while (list_next_message(&cursor, &clock_part_type, &clock)) {
        if (clock.next_at.us != 0) {
            timer_put(ctx, clock.next_at, timer_id(issue, clock.stage, id));
        }
    }
}

bool clocks_have_overdue(const struct list *clocks)
{
    struct list_cursor cursor = list_begin(clocks);
    struct clock_part clock;
    while (list_next_message(&cursor, &clock_part_type, &clock)) {
        if (clock.is_overdue) {
            return true;
        }
    }
    return false;
}

void clocks_apply(struct ctx *ctx, uint64_t issue, const struct list *before,
                  const struct list *after)
{
    if (before->len == after->len &&
        (before->len == 0 || memcmp(before->p, after->p, after->len) == 0)) {
        return;
    }
    remove_timers(ctx, issue, before);
    put_timers(ctx, issue, after);
}

static void emit_clock(struct ctx *ctx, struct issue_file *file, const struct clock_part *clock,
                       struct clock_event *event)
{
    struct opened_event opened;
    struct err err;
    if (issue_texts(ctx, &file->row, &opened, &err) == STATUS_OK) {
        event->title = opened.title;
    }
    event->stage = clock->stage;
    event->due_at = clock->due_at;
    issue_to_part(ctx, file, &event->after);
    emit(ctx, &(struct emission){.type = &clock_event_type,
                                 .message = event,
                                 .issue = file->issue.number,
                                 .generation = file->issue.generation,
                                 .is_by_system = true});
}

/* What a clock says when its timer fires at `at`; it moves on to what it says next. */
static struct clock_saying say(struct ctx *ctx, struct clock_part *clock,
                               const struct limit_plan *plan, struct wall at)
{
    bool is_due = !clock->is_overdue && clock->due_at.us <= at.us;
    struct clock_saying saying = {.at = at,
                                  .is_provisional = clock->is_provisional,
                                  .news = is_due              ? CLOCK_NEWS_OVERDUE
                                          : clock->is_overdue ? CLOCK_NEWS_REMINDED
                                                              : CLOCK_NEWS_WARNED};
    const struct limit_point *passed =
        ladder_find_passed(ctx, plan, clock->levels_done, at, &saying.skipped);
    if (passed != NULL) {
        saying.recipients = passed->recipients;
        saying.level = passed->level;
        saying.supervised = passed->supervised;
        clock->levels_done = passed->level + 1;
    }
    clock->is_overdue = clock->is_overdue || is_due;
    set_next(clock, plan);
    return saying;
}

static void tell(struct ctx *ctx, struct issue_file *file, struct clock_part *clock,
                 const struct limit_plan *plan)
{
    struct clock_saying saying = say(ctx, clock, plan, ctx_now(ctx));
    struct notify notify = {0};
    struct clock_event event = {
        .news = (int)saying.news, .level = saying.level, .skipped = saying.skipped};
    issue_raise_supervised(&file->issue, saying.supervised);
    notify_add_by_ladder(&notify, &ctx_config(ctx)->office, &file->issue, (enum stage)clock->stage,
                         saying.recipients);
    event.notify = notify_list(ctx, &notify);
    emit_clock(ctx, file, clock, &event);
}

bool clock_look_ahead(struct ctx *ctx, const struct issue *issue, struct clock_part *clock,
                      struct clock_saying *ret_saying)
{
    struct limit_plan plan;
    struct wall at = clock->next_at;
    if (at.us == 0 || !plan_running(ctx, issue, clock, &plan)) {
        return false;
    }
    bool is_due = !clock->is_overdue && clock->due_at.us <= at.us;
    if (is_due && passing_words((enum stage)clock->stage) != NULL) {
        *ret_saying = (struct clock_saying){
            .at = at, .is_provisional = clock->is_provisional, .is_passing = true};
        clock->next_at = (struct wall){0};
        return true;
    }
    *ret_saying = say(ctx, clock, &plan, at);
    return true;
}

/* A timer that can no longer say anything (its limit was taken out of the configuration). */
static void silence(struct ctx *ctx, struct issue_file *file, struct clock_part *clock)
{
    uint32_t told = clock->levels_done == 0 ? 0 : clock->levels_done - 1;
    struct clock_event event = {.news = CLOCK_NEWS_REMINDED, .level = told};
    clock->next_at = (struct wall){0};
    emit_clock(ctx, file, clock, &event);
}

void wake_clock(struct ctx *ctx, struct wall at, struct bytes id)
{
    struct issue_file file;
    struct err err;
    struct limit_plan plan;
    CHECK(id.len == TIMER_ID_BYTES);
    enum status st = issue_file_read(ctx, be64_load(id.p), &file, &err);
    CHECK(st == STATUS_OK);
    struct clock_part *clock = find_clock(&file, id.p[8]);
    CHECK(clock != NULL && clock->next_at.us == at.us);
    if (replan_before_waking(ctx, &file) && clock->next_at.us != at.us) {
        return; /* by the configuration in force it comes at another time */
    }
    bool is_due = !clock->is_overdue && clock->due_at.us <= ctx_now(ctx).us;
    if (is_due && pass_by_itself(ctx, &file, (enum stage)clock->stage)) {
        return;
    }
    if (is_due && clock->stage == (int)STAGE_FEEDBACK) {
        pass_late_feedback(ctx, &file);
        clock = find_clock(&file, id.p[8]);
        CHECK(clock != NULL);
    }
    if (plan_running(ctx, &file.issue, clock, &plan)) {
        tell(ctx, &file, clock, &plan);
    } else {
        silence(ctx, &file, clock);
    }
}
