/* SPDX-License-Identifier: Apache-2.0 */
/* What makes a rule about limits absurd. Limits in different units are compared by their nominal
 * length: what the calendar makes of them is not known before an issue is there. */
#include "domain/limits.h"

#include <inttypes.h>
#include <stdio.h>

#define MINUTES_PER_DAY 1440

enum status limit_check_duration(struct duration duration, struct err *err)
{
    char text[DURATION_TEXT_BYTES];
    if (duration_nominal_minutes(duration) > (int64_t)LIMIT_DAYS_MAX * MINUTES_PER_DAY) {
        duration_format(duration, text);
        return fail(err, STATUS_INVALID, "'%s' is longer than %d days", text, LIMIT_DAYS_MAX);
    }
    return STATUS_OK;
}

enum status ladder_check_time(const struct ladder_time *time, struct err *err)
{
    char text[DURATION_TEXT_BYTES];
    if (time->moment == LADDER_AFTER_DUE && duration_nominal_minutes(time->duration) >
                                                (int64_t)LADDER_AFTER_DAYS_MAX * MINUTES_PER_DAY) {
        duration_format(time->duration, text);
        return fail(err, STATUS_INVALID,
                    "'+%s' comes more than %d days after it is due, when nobody waits for it any "
                    "more: write at most +%dd",
                    text, LADDER_AFTER_DAYS_MAX, LADDER_AFTER_DAYS_MAX);
    }
    return limit_check_duration(time->duration, err);
}

/* Before, at or after the due time; the times of one step are all in one phase. */
static int phase_of(const struct ladder_step *step)
{
    static const int phases[] = {[LADDER_AT_PERCENT] = 0,
                                 [LADDER_BEFORE_DUE] = 0,
                                 [LADDER_AT_DUE] = 1,
                                 [LADDER_AFTER_DUE] = 2};
    int phase = phases[step->times[0].moment];
    for (uint32_t i = 1; i < step->time_count; i++) {
        if (phases[step->times[i].moment] != phase) {
            return -1;
        }
    }
    return phase;
}

static enum status check_step(const struct ladder_step *step, struct err *err)
{
    if (step->time_count == 0) {
        return fail_field(err, STATUS_INVALID, "at",
                          "level %" PRIu32 " has no time: say when it comes", step->level);
    }
    if (step->recipients == 0) {
        return fail_field(err, STATUS_INVALID, "tell",
                          "level %" PRIu32 " tells nobody: say who is told", step->level);
    }
    int phase = phase_of(step);
    if (phase < 0 || (phase != 0 && step->time_count > 1)) {
        return fail_field(err, STATUS_INVALID, "at",
                          "level %" PRIu32 " has times that exclude each other: several are for "
                          "warnings before the due time only",
                          step->level);
    }
    return STATUS_OK;
}

/* Where a time of the same moment stands in both steps, whether it moves on from one to the other.
 */
static bool moves_on(const struct ladder_time *low, const struct ladder_time *high)
{
    int64_t from = duration_nominal_minutes(low->duration);
    int64_t to = duration_nominal_minutes(high->duration);
    if (low->moment != high->moment) {
        return true;
    }
    if (low->moment == LADDER_AT_PERCENT) {
        return high->percent > low->percent;
    }
    return low->moment == LADDER_BEFORE_DUE ? to < from : to > from;
}

static bool step_follows(const struct ladder_time *low, const struct ladder_step *high)
{
    for (uint32_t i = 0; i < high->time_count; i++) {
        if (!moves_on(low, &high->times[i])) {
            return false;
        }
    }
    return true;
}

static bool steps_move_on(const struct ladder_step *low, const struct ladder_step *high)
{
    for (uint32_t i = 0; i < low->time_count; i++) {
        if (!step_follows(&low->times[i], high)) {
            return false;
        }
    }
    return phase_of(high) >= phase_of(low);
}

/* A step beside the one below it. */
static enum status check_rising(const struct ladder_step *low, const struct ladder_step *step,
                                struct err *err)
{
    if (step->level <= low->level) {
        return fail_field(err, STATUS_INVALID, "level",
                          "level %" PRIu32 " stands behind level %" PRIu32
                          ": levels rise from step to step",
                          step->level, low->level);
    }
    if (!steps_move_on(low, step)) {
        return fail_field(err, STATUS_INVALID, "at",
                          "level %" PRIu32 " doesn't come later than level %" PRIu32
                          ", the one below it",
                          step->level, low->level);
    }
    return STATUS_OK;
}

enum status ladder_check(const struct ladder *ladder, uint32_t *ret_step, struct err *err)
{
    uint32_t supervised = 0;
    enum status st = STATUS_OK;
    for (uint32_t i = 0; st == STATUS_OK && i < ladder->step_count; i++) {
        const struct ladder_step *step = &ladder->steps[i];
        *ret_step = i;
        st = check_step(step, err);
        if (st == STATUS_OK && i > 0) {
            st = check_rising(&step[-1], step, err);
        }
        if (st == STATUS_OK && step->supervised != 0 && step->supervised < supervised) {
            st = fail_field(err, STATUS_INVALID, "supervised",
                            "level %" PRIu32 " raises it to supervision %" PRIu32
                            ", and a level below it to %" PRIu32
                            " already: write at least that, or leave it out",
                            step->level, step->supervised, supervised);
        }
        supervised = step->supervised > supervised ? step->supervised : supervised;
    }
    return st;
}

/* Nominal minutes from the start of the limit, in hundredths; 0 or less is before it. */
static int64_t position_of(const struct ladder_time *time, int64_t limit_minutes)
{
    int64_t minutes = duration_nominal_minutes(time->duration);
    if (time->moment == LADDER_AT_PERCENT) {
        return limit_minutes * time->percent;
    }
    return 100 *
           (time->moment == LADDER_BEFORE_DUE ? limit_minutes - minutes : limit_minutes + minutes);
}

/* The earliest of a step's times after the start; 0 when there is none. */
static int64_t earliest_position(const struct ladder_step *step, int64_t limit_minutes)
{
    int64_t earliest = 0;
    for (uint32_t i = 0; i < step->time_count; i++) {
        int64_t position = position_of(&step->times[i], limit_minutes);
        if (position > 0 && (earliest == 0 || position < earliest)) {
            earliest = position;
        }
    }
    return earliest;
}

enum status limit_check_ladder(const struct limit *limit, struct err *err)
{
    char text[DURATION_TEXT_BYTES];
    int64_t before = 0;
    int64_t minutes = duration_nominal_minutes(limit->duration);
    if (limit->ladder == NULL || minutes == 0) {
        return STATUS_OK;
    }
    duration_format(limit->duration, text);
    for (uint32_t i = 0; i < limit->ladder->step_count; i++) {
        const struct ladder_step *step = &limit->ladder->steps[i];
        int64_t position = earliest_position(step, minutes);
        if (position == 0) {
            return fail(err, STATUS_INVALID,
                        "with a limit of %s, level %" PRIu32 " of the ladder '%s' would come "
                        "before the start",
                        text, step->level, limit->ladder->name);
        }
        if (position < before) {
            return fail(err, STATUS_INVALID,
                        "with a limit of %s, level %" PRIu32 " of the ladder '%s' would come "
                        "earlier than level %" PRIu32,
                        text, step->level, limit->ladder->name, step[-1].level);
        }
        before = position;
    }
    return STATUS_OK;
}

enum status limit_check_part(enum stage part, struct duration duration, enum stage whole,
                             struct duration altogether, struct err *err)
{
    char texts[2][DURATION_TEXT_BYTES];
    if (duration_nominal_minutes(duration) <= duration_nominal_minutes(altogether)) {
        return STATUS_OK;
    }
    duration_format(duration, texts[0]);
    duration_format(altogether, texts[1]);
    return fail(err, STATUS_INVALID,
                "%s has %s, and %s, of which it is a part, %s altogether: give the part less or "
                "the whole more",
                stage_word(part), texts[0], stage_word(whole), texts[1]);
}

enum status limit_check_order(const struct limit_row *row, struct err *err)
{
    int urgent = URGENCY_NONE;
    for (int i = URGENCY_NONE + 1; i < URGENCY_COUNT; i++) {
        struct duration duration = row->limits[i].duration;
        if (!row->is_set[i] || duration.unit == DURATION_NONE) {
            continue;
        }
        struct duration shorter = row->limits[urgent].duration;
        if (urgent != URGENCY_NONE &&
            duration_nominal_minutes(duration) < duration_nominal_minutes(shorter)) {
            char texts[2][DURATION_TEXT_BYTES];
            duration_format(duration, texts[0]);
            duration_format(shorter, texts[1]);
            return fail_field(err, STATUS_INVALID, urgency_word((enum urgency)i),
                              "%s has %s, which is shorter than %s with %s",
                              urgency_word((enum urgency)i), texts[0],
                              urgency_word((enum urgency)urgent), texts[1]);
        }
        urgent = i;
    }
    return STATUS_OK;
}
