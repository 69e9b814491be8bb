/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long each stage of an issue may take, and who is told when: the office's rules as data, read
 * from deadlines.yaml. A limit depends on stage, urgency, kind and category of the issue; its
 * ladder says which notices go out before it is due, when it is due, and after.
 */
#pragma once

#include "base/number.h"
#include "base/wall.h"
#include "domain/calendar.h"
#include "domain/duration.h"
#include "domain/office.h"
#include "domain/words.h"

#include <stdbool.h>

#define LADDER_LEVEL_MAX 5U
#define LADDER_STEPS_MAX (LADDER_LEVEL_MAX + 1)
#define LADDER_TIMES_MAX 3U
#define LADDER_SUPERVISED_MAX 3U
#define LIMIT_DAYS_MAX 400
#define LADDER_AFTER_DAYS_MAX 60 /* of a step behind the due time */

/* When a step comes, relative to the limit. */
enum ladder_moment {
    LADDER_AT_PERCENT, /* of the time allowed has passed: working time, of a limit in m or h
                          natural time */
    LADDER_BEFORE_DUE, /* `duration` before it */
    LADDER_AT_DUE,
    LADDER_AFTER_DUE, /* `duration` after it */
};

struct ladder_time {
    enum ladder_moment moment;
    uint32_t percent; /* 1 to 99 */
    struct duration duration;
};

#define RECIPIENT_BIT(recipient) (UINT32_C(1) << (recipient))

struct ladder_step {
    uint32_t level; /* L0 to L5 */
    /* The earliest of these that lies after the start of the limit counts. */
    struct ladder_time times[LADDER_TIMES_MAX];
    uint32_t time_count;
    uint32_t recipients; /* set of RECIPIENT_BIT */
    uint32_t supervised; /* the level of supervision it raises the issue to, 0 none */
};

/* Steps in the order of their levels; none comes before the one below it. */
struct ladder {
    char name[WORD_MAX_BYTES + 1];
    struct ladder_step steps[LADDER_STEPS_MAX];
    uint32_t step_count;
};

struct limit {
    struct duration duration;    /* none: the stage is not allowed (suspend only) */
    const struct ladder *ladder; /* NULL: nobody is told */
};

/* Limits of one stage for the issues of one kind or category, or for all. */
struct limit_row {
    enum kind kind;                    /* KIND_NONE: every kind */
    char category[WORD_MAX_BYTES + 1]; /* "": every category */
    bool is_set[URGENCY_COUNT];
    struct limit limits[URGENCY_COUNT];
};

struct stage_limits {
    struct limit_row base; /* every urgency is set */
    struct limit_row *overrides;
    uint32_t override_count;
};

/* Filled by the reader of deadlines.yaml, not changed afterwards. */
struct limits {
    struct ladder *ladders;
    uint32_t ladder_count;
    struct stage_limits stages[STAGE_COUNT];
    const struct ladder *supervision; /* of the supervision by a person */
};

/* Frees the limits with all they hold. */
void limits_close(struct limits *limits);

/* What a limit is asked for. */
struct limit_case {
    enum stage stage;
    enum urgency urgency;
    enum kind kind;                 /* may be KIND_NONE */
    const struct category *path[3]; /* of the category, as office_category_path() */
    uint32_t path_count;            /* 0: not known yet */
};

/* The limit of the most specific rule: the deepest category first, then the kind, then the stage
 * alone. Never NULL for a stage and an urgency that are not NONE. */
const struct limit *limits_find(const struct limits *limits, const struct limit_case *wanted);

/* One notice to come. */
struct limit_point {
    uint32_t level;
    struct wall at;
    bool is_provisional;
    uint32_t recipients;
    uint32_t supervised;
};

/* Everything that a limit will cause, in time order. */
struct limit_plan {
    bool has_due; /* false for a limit of no duration; then nothing else is set */
    struct wall due;
    bool is_provisional;
    struct limit_point points[LADDER_STEPS_MAX];
    uint32_t point_count;
};

/* The plan of a limit that starts at `from`. INVALID: as calendar_due(). */
enum status limit_plan(const struct limit *limit, const struct calendar *calendar, struct wall from,
                       struct limit_plan *ret_plan, struct err *err) MUST_USE;

/* As limit_plan(), for a due time that was moved (an extension, a suspension, a merge). */
enum status limit_plan_until(const struct limit *limit, const struct calendar *calendar,
                             struct wall from, struct wall due, struct limit_plan *ret_plan,
                             struct err *err) MUST_USE;

/* A clock that has begun. It may have been paused since (an issue is suspended, or waits for what
 * its cadre knows): that time is not used, and is counted both ways, because the limit may come to
 * be one of the other kind. */
struct limit_run {
    struct wall started_at;
    bool is_halved;    /* it has half the time, because the matter is handled again */
    int64_t paused_us; /* natural time */
    int64_t paused_working_us;
};

/* Adds a pause. */
void limit_run_pause(struct limit_run *run, const struct calendar *calendar, struct wall from,
                     struct wall until);

/* The plan of a clock that has begun, for its limit and the calendar as they are now: a function of
 * when it began and how long it was paused, so that the time used stays used whatever changes.
 * Start and due time move by the time paused: natural time for a limit in m or h, working time for
 * all others. INVALID: as calendar_due(). */
enum status limit_plan_run(const struct limit *limit, const struct calendar *calendar,
                           const struct limit_run *run, struct limit_plan *ret_plan,
                           struct err *err) MUST_USE;

/* The same for a due time that was decided, not computed. */
enum status limit_plan_run_until(const struct limit *limit, const struct calendar *calendar,
                                 const struct limit_run *run, struct wall due,
                                 struct limit_plan *ret_plan, struct err *err) MUST_USE;

/* The checks of the reader, one sentence each. INVALID: the rule makes no sense. */
enum status limit_check_duration(struct duration duration, struct err *err) MUST_USE;
enum status ladder_check_time(const struct ladder_time *time, struct err *err) MUST_USE;
/* Of a ladder that has steps; where it fails, *ret_step is the step and the error's field its
 * member: level, at, tell or supervised. */
enum status ladder_check(const struct ladder *ladder, uint32_t *ret_step, struct err *err) MUST_USE;
enum status limit_check_ladder(const struct limit *limit, struct err *err) MUST_USE;
/* Whether a stage that runs inside another one is not given more time than that. */
enum status limit_check_part(enum stage part, struct duration duration, enum stage whole,
                             struct duration altogether, struct err *err) MUST_USE;
/* Whether the limits rise or stay from emergency to complex; the field of the error is the urgency
 * that has less than a more urgent one. */
enum status limit_check_order(const struct limit_row *row, struct err *err) MUST_USE;
