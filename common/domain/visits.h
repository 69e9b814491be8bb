/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When visits are owed: each linked household once in each half of the year. A half is known by a
 * number that rises with time, 20261 for "2026H1"; both halves of a year lie in it.
 */
#pragma once

#include "base/wall.h"
#include "domain/calendar.h"

#include <stdbool.h>
#include <stdint.h>

#define VISIT_HALVES 2U
#define VISIT_REMINDERS_MAX 8U
#define VISIT_LATE_DAYS_MAX 60U

/* A day of the year. */
struct visit_day {
    int32_t month;
    int32_t day;
};

struct visit_rules {
    struct visit_day halves[VISIT_HALVES];     /* last day of each, rising */
    uint32_t remind_days[VISIT_REMINDERS_MAX]; /* before the last day, falling */
    uint32_t remind_count;
    uint32_t late_after_days;       /* a visit entered later than this is flagged */
    struct duration promise_remind; /* how long before a promise is due its maker is told */
};

/* What is in force where deadlines.yaml says nothing else. */
extern const struct visit_rules visit_rules_default;

/* The half that an instant lies in, and its bounds: from begin up to and without end. */
uint32_t visit_half_of(const struct visit_rules *rules, struct zone zone, struct wall at);
struct wall visit_half_begin(const struct visit_rules *rules, struct zone zone, uint32_t half);
struct wall visit_half_end(const struct visit_rules *rules, struct zone zone, uint32_t half);
uint32_t visit_half_next(uint32_t half);

/* "2026H1". `text` takes at least VISIT_HALF_TEXT_BYTES. */
#define VISIT_HALF_TEXT_BYTES 16
void visit_half_format(uint32_t half, char *text);
enum status visit_half_parse(struct bytes text, uint32_t *ret_half, struct err *err) MUST_USE;

/*
 * When a level of a half comes. 1 to remind_count are its reminders: when work begins on their day
 * or, if that is a day off, on the last working day before. Then comes its end, and at last, when
 * work begins after that, the time to tell what was missed.
 */
struct wall visit_point(const struct visit_rules *rules, const struct calendar *calendar,
                        uint32_t half, uint32_t level);
uint32_t visit_level_end(const struct visit_rules *rules);
uint32_t visit_level_last(const struct visit_rules *rules);

bool visit_is_late(const struct visit_rules *rules, struct wall at, struct wall entered);
