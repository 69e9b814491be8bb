/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The office's working time: which days it works, and when on each of them. A calendar is immutable
 * and made by domain/calendar_builder.h; every question is answered by a few binary searches in
 * sums over its days, whatever the span.
 *
 * Working spans are half-open: at 12:00:00 a morning that ends at 12:00 is over. A year is
 * published when its holidays are known. Days of other years follow the rules of the week alone,
 * and whatever depends on them is provisional.
 *
 * Instants outside CALENDAR_FIRST_YEAR to CALENDAR_LAST_YEAR are refused as INVALID where there is
 * a status, and are not working time elsewhere.
 */
#pragma once

#include "base/wall.h"
#include "domain/duration.h"

#include <stdbool.h>

#define CALENDAR_FIRST_YEAR 1970
#define CALENDAR_LAST_YEAR 2099

/* Spans of working time in one day, in minutes of the day, rising and apart. */
#define CALENDAR_SPANS_MAX 4
struct calendar_hours {
    uint32_t count; /* 0: a day off */
    struct {
        int32_t open_minute;
        int32_t close_minute;
    } spans[CALENDAR_SPANS_MAX];
};

struct calendar;

void calendar_close(struct calendar *calendar);

struct zone calendar_zone(const struct calendar *calendar);

/*
 * When a limit that starts at `from` is due:
 *   m, h  natural time, never rolled, never provisional;
 *   wh    when that much working time has passed; what ends exactly at closing time is due then;
 *   wd    counted from the next day, at the end of working hours of the last one;
 *   d     counted from the next day, at 23:59:59 of the last one or, when that is a day off, of the
 *         next working day.
 * A limit of no duration is due at once. INVALID: from or due outside the calendar.
 */
enum status calendar_due(const struct calendar *calendar, struct wall from,
                         struct duration duration, struct wall *ret_due, bool *ret_is_provisional,
                         struct err *err) MUST_USE;

/*
 * The way back from a due time, for "so long before": m and h natural time; wh the last instant
 * from which so much working time is left; wd the end of working hours of so many working days
 * earlier; d 23:59:59 so many days earlier, not rolled. INVALID as calendar_due().
 */
enum status calendar_before(const struct calendar *calendar, struct wall until,
                            struct duration duration, struct wall *ret_at, bool *ret_is_provisional,
                            struct err *err) MUST_USE;

/* What lies between two instants; negative when `until` comes first. */
struct calendar_left {
    int64_t working_us;
    int64_t working_days; /* the greatest number of wd that, from `from`, is due by `until` */
    bool is_provisional;
};

struct calendar_left calendar_left(const struct calendar *calendar, struct wall from,
                                   struct wall until);

/* Working time between two instants; negative when `until` comes first. */
int64_t calendar_working_between(const struct calendar *calendar, struct wall from,
                                 struct wall until);

/* The first instant (for a negative amount: the last) with so much working time between it and
 * `from`; `from` itself for 0. So a due time is moved by what a suspension took. INVALID as
 * calendar_due(). */
enum status calendar_add_working(const struct calendar *calendar, struct wall from,
                                 int64_t working_us, struct wall *ret_at, struct err *err) MUST_USE;

bool calendar_is_working(const struct calendar *calendar, struct wall at);

/* `at` itself when it is working time, else the next opening. INVALID as calendar_due(). */
enum status calendar_next_working(const struct calendar *calendar, struct wall at,
                                  struct wall *ret_at, struct err *err) MUST_USE;

/* Whether an instant lies in a year whose holidays are known. */
bool calendar_is_published(const struct calendar *calendar, struct wall at);
bool calendar_is_published_year(const struct calendar *calendar, int32_t year);

/* Why a day is what it is. */
enum calendar_reason {
    CALENDAR_BY_WEEK,    /* by its weekday */
    CALENDAR_BY_YEAR,    /* by the year's list */
    CALENDAR_BY_OVERLAY, /* by the local list */
};

/* One day, for showing. */
struct calendar_day {
    struct calendar_hours hours;
    enum calendar_reason reason;
    struct bytes name; /* of the holiday, may be empty; lives as long as the calendar */
};

/* `day` in days since 1970-01-01. A day outside the calendar is off. */
struct calendar_day calendar_get_day(const struct calendar *calendar, int64_t day);

/* Working days from `first_day` up to and without `end_day`. */
int64_t calendar_count_working_days(const struct calendar *calendar, int64_t first_day,
                                    int64_t end_day);
