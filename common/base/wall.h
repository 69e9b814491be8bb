/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two kinds of time that the compiler keeps apart: `struct wall`, microseconds since 1970 in UTC,
 * and `struct mono`, microseconds of a clock that never steps. An office's zone is a fixed offset:
 * China has had one zone without summer time since 1991.
 */
#pragma once

#include "base/bytes.h"
#include "base/status.h"

#include <stdint.h>

struct wall {
    int64_t us;
};

struct mono {
    int64_t us;
};

struct zone {
    int32_t offset_s; /* seconds east of UTC */
};

/* A point of civil time in a zone; month and day count from 1, weekday 0 is Monday. */
struct civil {
    int32_t year;
    int32_t month;
    int32_t day;
    int32_t hour;
    int32_t minute;
    int32_t second;
};

#define US_PER_S INT64_C(1000000)
#define S_PER_DAY INT64_C(86400)

/* Days since 1970-01-01 of a civil date (proleptic Gregorian), and back. */
int64_t days_from_date(int32_t year, int32_t month, int32_t day);
void date_from_days(int64_t days, int32_t *ret_year, int32_t *ret_month, int32_t *ret_day);

/* 0 is Monday. */
int32_t weekday_of_days(int64_t days);

struct civil civil_from_wall(struct wall wall, struct zone zone);
struct wall wall_from_civil(const struct civil *civil, struct zone zone);

/* "Asia/Shanghai", "UTC" or "+08:00". INVALID: none of these. */
enum status zone_parse(struct bytes text, struct zone *ret_zone, struct err *err) MUST_USE;

/* RFC 3339 with offset, "2026-09-30T10:00:00+08:00"; a fraction of a second is written only when
 * there is one. `text` takes at least WALL_TEXT_BYTES. */
#define WALL_TEXT_BYTES 40
void wall_format(struct wall wall, struct zone zone, char *text);

/* "2026-09-30 10:00", for people. */
void wall_format_minute(struct wall wall, struct zone zone, char *text);

/* RFC 3339; the seconds may be left out, and so may the offset, which is then `zone`'s.
 * INVALID: not a time, or a day that does not exist. */
enum status wall_parse(struct bytes text, struct zone zone, struct wall *ret_wall,
                       struct err *err) MUST_USE;
