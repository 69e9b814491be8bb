/* SPDX-License-Identifier: Apache-2.0 */
#include "base/wall.h"

#include <stdio.h>

/* Days are counted in 400-year cycles that begin on 1 March, so that the leap day is the last. */
#define DAYS_PER_CYCLE 146097
#define DAYS_TO_1970 719468

int64_t days_from_date(int32_t year, int32_t month, int32_t day)
{
    int64_t y = month <= 2 ? (int64_t)year - 1 : year;
    int64_t cycle = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_cycle = y - cycle * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_cycle =
        year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
    return cycle * DAYS_PER_CYCLE + day_of_cycle - DAYS_TO_1970;
}

void date_from_days(int64_t days, int32_t *ret_year, int32_t *ret_month, int32_t *ret_day)
{
    int64_t z = days + DAYS_TO_1970;
    int64_t cycle = (z >= 0 ? z : z - (DAYS_PER_CYCLE - 1)) / DAYS_PER_CYCLE;
    int64_t day_of_cycle = z - cycle * DAYS_PER_CYCLE;
    int64_t year_of_cycle =
        (day_of_cycle - day_of_cycle / 1460 + day_of_cycle / 36524 - day_of_cycle / 146096) / 365;
    int64_t day_of_year =
        day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;

    *ret_year = (int32_t)(year_of_cycle + cycle * 400 + (month <= 2));
    *ret_month = (int32_t)month;
    *ret_day = (int32_t)(day_of_year - (153 * shifted_month + 2) / 5 + 1);
}

int32_t weekday_of_days(int64_t days)
{
    int64_t from_monday = (days + 3) % 7;
    return (int32_t)(from_monday < 0 ? from_monday + 7 : from_monday);
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

struct civil civil_from_wall(struct wall wall, struct zone zone)
{
    int64_t seconds = floor_div(wall.us, US_PER_S) + zone.offset_s;
    int64_t days = floor_div(seconds, S_PER_DAY);
    int64_t in_day = seconds - days * S_PER_DAY;
    struct civil civil = {.hour = (int32_t)(in_day / 3600),
                          .minute = (int32_t)(in_day / 60 % 60),
                          .second = (int32_t)(in_day % 60)};
    date_from_days(days, &civil.year, &civil.month, &civil.day);
    return civil;
}

struct wall wall_from_civil(const struct civil *civil, struct zone zone)
{
    int64_t days = days_from_date(civil->year, civil->month, civil->day);
    int64_t seconds = days * S_PER_DAY + (int64_t)civil->hour * 3600 + (int64_t)civil->minute * 60 +
                      civil->second - zone.offset_s;
    return (struct wall){seconds * US_PER_S};
}

/* Reads exactly `digits` decimal digits at *at; false when they are not there. */
static bool read_digits(struct bytes text, size_t *at, int digits, int32_t *ret_value)
{
    int32_t value = 0;
    for (int i = 0; i < digits; i++, (*at)++) {
        if (*at >= text.len || text.p[*at] < '0' || text.p[*at] > '9') {
            return false;
        }
        value = value * 10 + (text.p[*at] - '0');
    }
    *ret_value = value;
    return true;
}

static bool read_char(struct bytes text, size_t *at, char c)
{
    if (*at < text.len && text.p[*at] == (uint8_t)c) {
        (*at)++;
        return true;
    }
    return false;
}

static bool read_offset(struct bytes text, size_t *at, struct zone *ret_zone)
{
    if (read_char(text, at, 'Z')) {
        *ret_zone = (struct zone){0};
        return true;
    }
    int32_t sign = read_char(text, at, '+') ? 1 : read_char(text, at, '-') ? -1 : 0;
    int32_t hours = 0;
    int32_t minutes = 0;
    if (sign == 0 || !read_digits(text, at, 2, &hours) || !read_char(text, at, ':') ||
        !read_digits(text, at, 2, &minutes) || hours > 14 || minutes > 59) {
        return false;
    }
    *ret_zone = (struct zone){sign * (hours * 3600 + minutes * 60)};
    return true;
}

enum status zone_parse(struct bytes text, struct zone *ret_zone, struct err *err)
{
    static const struct {
        const char *name;
        int32_t offset_s;
    } known[] = {{"Asia/Shanghai", 8 * 3600}, {"UTC", 0}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (bytes_equal(text, bytes_of_string(known[i].name))) {
            *ret_zone = (struct zone){known[i].offset_s};
            return STATUS_OK;
        }
    }
    size_t at = 0;
    struct zone zone;
    if (read_offset(text, &at, &zone) && at == text.len) {
        *ret_zone = zone;
        return STATUS_OK;
    }
    return fail(err, STATUS_INVALID,
                "unknown zone '%.*s': write Asia/Shanghai, UTC or an offset such as +08:00",
                BYTES_FMT(text));
}

void wall_format(struct wall wall, struct zone zone, char *text)
{
    struct civil c = civil_from_wall(wall, zone);
    int64_t fraction = wall.us - floor_div(wall.us, US_PER_S) * US_PER_S;
    char fraction_text[16] = "";
    if (fraction != 0) {
        (void)snprintf(fraction_text, sizeof fraction_text, ".%06d", (int)fraction);
    }
    int32_t offset = zone.offset_s < 0 ? -zone.offset_s : zone.offset_s;
    int len = snprintf(text, WALL_TEXT_BYTES, "%04d-%02d-%02dT%02d:%02d:%02d%s%c%02d:%02d", c.year,
                       c.month, c.day, c.hour, c.minute, c.second, fraction_text,
                       zone.offset_s < 0 ? '-' : '+', offset / 3600, offset / 60 % 60);
    CHECK(len < WALL_TEXT_BYTES);
}

void wall_format_minute(struct wall wall, struct zone zone, char *text)
{
    struct civil c = civil_from_wall(wall, zone);
    int len = snprintf(text, WALL_TEXT_BYTES, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day,
                       c.hour, c.minute);
    CHECK(len < WALL_TEXT_BYTES);
}

static bool date_exists(const struct civil *c)
{
    if (c->year < 1970 || c->year > 9999 || c->month < 1 || c->month > 12 || c->day < 1) {
        return false;
    }
    int32_t y, m, d;
    date_from_days(days_from_date(c->year, c->month, c->day), &y, &m, &d);
    return m == c->month && d == c->day;
}

static bool read_fraction(struct bytes text, size_t *at, int64_t *ret_us)
{
    int64_t scale = US_PER_S / 10;
    size_t first = *at;
    for (*ret_us = 0; *at < text.len && text.p[*at] >= '0' && text.p[*at] <= '9'; (*at)++) {
        *ret_us += (text.p[*at] - '0') * scale;
        scale /= 10;
    }
    return *at > first;
}

static bool read_clock(struct bytes text, size_t *at, struct civil *c, int64_t *ret_fraction_us)
{
    *ret_fraction_us = 0;
    if (!read_digits(text, at, 2, &c->hour) || !read_char(text, at, ':') ||
        !read_digits(text, at, 2, &c->minute)) {
        return false;
    }
    if (read_char(text, at, ':') && !read_digits(text, at, 2, &c->second)) {
        return false;
    }
    if (read_char(text, at, '.') && !read_fraction(text, at, ret_fraction_us)) {
        return false;
    }
    return c->hour < 24 && c->minute < 60 && c->second < 60;
}

enum status wall_parse(struct bytes text, struct zone zone, struct wall *ret_wall, struct err *err)
{
    struct civil c = {0};
    size_t at = 0;
    int64_t fraction_us = 0;
    bool good = read_digits(text, &at, 4, &c.year) && read_char(text, &at, '-') &&
                read_digits(text, &at, 2, &c.month) && read_char(text, &at, '-') &&
                read_digits(text, &at, 2, &c.day) && read_char(text, &at, 'T') &&
                read_clock(text, &at, &c, &fraction_us) && date_exists(&c);
    if (good && at < text.len) {
        good = read_offset(text, &at, &zone) && at == text.len;
    }
    if (!good) {
        return fail(err, STATUS_INVALID,
                    "'%.*s' is not a time: write it as 2026-09-30T10:00:00+08:00", BYTES_FMT(text));
    }
    *ret_wall = wall_from_civil(&c, zone);
    ret_wall->us += fraction_us;
    return STATUS_OK;
}
