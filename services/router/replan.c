/* SPDX-License-Identifier: Apache-2.0 */
#include "router/replan.h"

#include "base/endian.h"
#include "router/clocks.h"
#include "router/router.h"
#include "router/supervision.h"

#define ISSUES_PER_STEP 200U
#define ROW_KEY BYTES("job")

#define TIMER_NAME "replan"
#define TIMER_NAME_BYTES (sizeof TIMER_NAME - 1)
#define TIMER_ID_BYTES (TIMER_NAME_BYTES + 8)

/* ---- the row, its timer --------------------------------------------------------------------- */

static struct bytes timer_id(uint64_t seq, uint8_t id[TIMER_ID_BYTES])
{
    memcpy(id, TIMER_NAME, TIMER_NAME_BYTES);
    be64_store(id + TIMER_NAME_BYTES, seq);
    return bytes_of(id, TIMER_ID_BYTES);
}

bool replan_is_timer(struct bytes id)
{
    return id.len == TIMER_ID_BYTES && memcmp(id.p, TIMER_NAME, TIMER_NAME_BYTES) == 0;
}

static struct replanning_row read_row(struct ctx *ctx)
{
    struct replanning_row row;
    return row_get(ctx, REPLANNING, ROW_KEY, &replanning_row_type, &row) == STATUS_OK
               ? row
               : (struct replanning_row){0};
}

static void set_timer(struct ctx *ctx, struct replanning_row *row, struct wall at, uint64_t seq)
{
    uint8_t id[TIMER_ID_BYTES];
    row->timer_at = at;
    row->timer_seq = seq;
    timer_put(ctx, at, timer_id(seq, id));
}

static void end_timer(struct ctx *ctx, struct replanning_row *row)
{
    uint8_t id[TIMER_ID_BYTES];
    if (row->timer_seq != 0) {
        timer_remove(ctx, row->timer_at, timer_id(row->timer_seq, id));
    }
    row->timer_at = (struct wall){0};
    row->timer_seq = 0;
}

void apply_config_adopted(struct ctx *ctx, const struct record *record, const void *message)
{
    (void)message;
    struct replanning_row row = read_row(ctx);
    row.is_asked = true;
    if (row.timer_seq == 0) {
        set_timer(ctx, &row, record->at, record->seq);
    }
    row_put(ctx, REPLANNING, ROW_KEY, &replanning_row_type, &row);
}

void apply_replanning(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct replanning_event *event = message;
    struct replanning_row row = read_row(ctx);
    end_timer(ctx, &row);
    row.now = event->now;
    row.is_asked = false;
    if (event->now.through != 0) {
        set_timer(ctx, &row, record->at, record->seq);
    }
    row_put(ctx, REPLANNING, ROW_KEY, &replanning_row_type, &row);
}

void apply_replanned(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct replanned_event *event = message;
    apply_clocks(ctx, record, &event->after);
}

/* ---- one issue ------------------------------------------------------------------------------ */

static enum replan_reason reason_of(const struct replanning_part *job,
                                    const struct replanned_event *event)
{
    if (event->was_provisional && !event->is_provisional) {
        return REPLAN_REASON_PUBLISHED;
    }
    if (job->is_by_calendar && job->is_by_limits) {
        return REPLAN_REASON_CALENDAR_AND_LIMITS;
    }
    return job->is_by_limits ? REPLAN_REASON_LIMITS : REPLAN_REASON_CALENDAR;
}

static void emit_replanned(struct ctx *ctx, const struct issue_file *file,
                           const struct replanning_part *job, struct replanned_event *event,
                           struct bytes topic)
{
    event->reason = (int)reason_of(job, event);
    event->config = bytes_of(ctx_config(ctx)->hash, CONFIG_HASH_BYTES);
    issue_to_part(ctx, file, &event->after);
    emit(ctx, &(struct emission){.type = &replanned_event_type,
                                 .message = event,
                                 .issue = file->issue.number,
                                 .generation = file->issue.generation,
                                 .topic = topic,
                                 .is_by_system = true});
}

static bool replan_clock(struct ctx *ctx, struct issue_file *file,
                         const struct replanning_part *job, struct clock_part *clock)
{
    const struct leg *lead = issue_find_lead(&file->issue);
    const struct clock_part before = *clock;
    if (!clock_replan(ctx, &file->issue, clock)) {
        return false;
    }
    struct replanned_event event = {.stage = clock->stage,
                                    .due_before = before.due_at,
                                    .due_at = clock->due_at,
                                    .was_provisional = before.is_provisional,
                                    .is_provisional = clock->is_provisional};
    emit_replanned(ctx, file, job, &event,
                   lead == NULL ? (struct bytes){0} : word_bytes(&lead->department));
    return true;
}

/* No section shows it in its queue. */
static bool replan_supervision(struct ctx *ctx, struct issue_file *file,
                               const struct replanning_part *job)
{
    struct supervision *supervision = &file->issue.supervision;
    const struct supervision before = *supervision;
    if (!supervision_replan(ctx, supervision)) {
        return false;
    }
    struct replanned_event event = {.due_before = before.due_at,
                                    .due_at = supervision->due_at,
                                    .was_provisional = before.is_provisional,
                                    .is_provisional = supervision->is_provisional};
    emit_replanned(ctx, file, job, &event, (struct bytes){0});
    return true;
}

/* The assisting sections show the deadline of handling too. */
static void emit_to_assists(struct ctx *ctx, const struct issue_file *file)
{
    struct leg_moved_event event = {0};
    issue_to_part(ctx, file, &event.after);
    for (uint32_t i = 0; i < file->issue.leg_count; i++) {
        const struct leg *leg = &file->issue.legs[i];
        if (leg->role != LEG_ROLE_LEAD && leg->state != LEG_STATE_RETURNED) {
            emit(ctx, &(struct emission){.type = &leg_moved_event_type,
                                         .message = &event,
                                         .issue = file->issue.number,
                                         .generation = file->issue.generation,
                                         .topic = word_bytes(&leg->department),
                                         .is_by_system = true});
        }
    }
}

static bool replan_issue(struct ctx *ctx, struct issue_file *file,
                         const struct replanning_part *job)
{
    bool did = replan_supervision(ctx, file, job);
    bool is_shown = false;
    for (uint32_t i = 0; i < file->clock_count; i++) {
        struct clock_part *clock = &file->clocks[i];
        if (replan_clock(ctx, file, job, clock)) {
            did = true;
            is_shown =
                is_shown || clock->stage == (int)STAGE_SIGN || clock->stage == (int)STAGE_HANDLE;
        }
    }
    if (is_shown) {
        emit_to_assists(ctx, file);
    }
    return did;
}

/* ---- the job -------------------------------------------------------------------------------- */

static void emit_job(struct ctx *ctx, const struct replanning_part *job)
{
    struct replanning_event event = {.now = *job};
    emit(ctx, &(struct emission){.type = &replanning_event_type,
                                 .message = &event,
                                 .is_local = true,
                                 .is_by_system = true});
}

static uint64_t count_issues(struct ctx *ctx)
{
    uint64_t sum = 0;
    for (int state = 1; state < STATE_COUNT; state++) {
        sum += router_count_state(ctx, (enum state)state);
    }
    return sum;
}

static uint64_t last_issue(struct ctx *ctx)
{
    struct issue_key key = issue_key(UINT64_MAX);
    struct bytes found;
    struct bytes value;
    return table_before(ctx, ISSUES, issue_key_bytes(&key), &found, &value) == STATUS_OK
               ? be64_load(found.p)
               : 0;
}

/* A configuration was adopted: from the first issue again, if deadlines depend on what changed. */
static struct replanning_part begin(struct ctx *ctx, const struct replanning_part *before)
{
    const struct config *config = ctx_config(ctx);
    struct bytes calendar = bytes_of(config->calendar_hash, CONFIG_HASH_BYTES);
    struct bytes limits = bytes_of(config->limits_hash, CONFIG_HASH_BYTES);
    bool is_same_calendar = bytes_equal(before->calendar, calendar);
    bool is_same_limits = bytes_equal(before->limits, limits);
    struct replanning_part job = *before;
    if (!is_same_calendar || !is_same_limits) {
        bool was_under_way = before->through != 0;
        job = (struct replanning_part){
            .calendar = calendar,
            .limits = limits,
            .is_by_calendar = !is_same_calendar || (was_under_way && before->is_by_calendar),
            .is_by_limits = !is_same_limits || (was_under_way && before->is_by_limits),
            .through = last_issue(ctx),
            .left = count_issues(ctx)};
    }
    emit_job(ctx, &job);
    return job;
}

static bool is_under_way(const struct replanning_part *job)
{
    return job->through != 0;
}

/* The issue after `issue` that the job has to look at; 0 past the last. */
static uint64_t next_issue(struct ctx *ctx, const struct replanning_part *job, uint64_t issue)
{
    struct issue_key key = issue_key(issue);
    struct bytes found;
    struct bytes value;
    if (table_next(ctx, ISSUES, issue_key_bytes(&key), &found, &value) != STATUS_OK) {
        return 0;
    }
    uint64_t next = be64_load(found.p);
    return next <= job->through ? next : 0;
}

static void take_step_of_job(struct ctx *ctx, struct replanning_part job)
{
    for (uint32_t i = 0; i < ISSUES_PER_STEP; i++) {
        uint64_t number = next_issue(ctx, &job, job.after);
        struct issue_file file;
        struct err err;
        if (number == 0) {
            job.through = 0;
            job.after = 0;
            job.left = 0;
            break;
        }
        enum status st = issue_file_read(ctx, number, &file, &err);
        CHECK(st == STATUS_OK || ctx_is_void(ctx));
        if (st == STATUS_OK) {
            (void)replan_issue(ctx, &file, &job);
        }
        job.after = number;
        job.left -= job.left != 0;
    }
    emit_job(ctx, &job);
}

void replan_wake(struct ctx *ctx)
{
    struct replanning_row row = read_row(ctx);
    if (row.is_asked) {
        (void)begin(ctx, &row.now);
    } else {
        take_step_of_job(ctx, row.now);
    }
    end_waking(ctx);
}

bool replan_before_waking(struct ctx *ctx, struct issue_file *file)
{
    struct replanning_row row = read_row(ctx);
    if (row.is_asked) {
        row.now = begin(ctx, &row.now);
    }
    bool is_to_do = is_under_way(&row.now) && file->issue.number > row.now.after &&
                    file->issue.number <= row.now.through;
    return is_to_do && replan_issue(ctx, file, &row.now);
}

uint64_t replan_left(struct ctx *ctx)
{
    struct replanning_row row = read_row(ctx);
    return row.is_asked ? count_issues(ctx) : row.now.left;
}
