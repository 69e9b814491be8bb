/* SPDX-License-Identifier: Apache-2.0 */
#include "config/calendar_parse.h"

#include "base/wall.h"

#include <stdio.h>

#define DATE_BYTES 10
#define MONTH_DAY_BYTES 5
#define CLOCK_BYTES 5

static struct bytes cut(struct bytes text)
{
    return bytes_of(text.p, text.len < 40 ? text.len : 40);
}

/* A date as days since 1970; the clock's own parser knows which days exist. */
static bool parse_date(struct bytes text, int64_t *ret_day)
{
    char time[32];
    struct wall wall;
    struct err unused;
    if (text.len != DATE_BYTES) {
        return false;
    }
    int len = snprintf(time, sizeof time, "%.*sT00:00:00Z", BYTES_FMT(text));
    if (len < 0 ||
        wall_parse(bytes_of(time, (size_t)len), (struct zone){0}, &wall, &unused) != STATUS_OK) {
        return false;
    }
    *ret_day = wall.us / (S_PER_DAY * US_PER_S);
    return true;
}

static enum status refuse_date(struct bytes text, struct err *err)
{
    return fail(err, STATUS_INVALID,
                "'%.*s' is not a day that exists: write 2026-10-01, or 2026-10-01..2026-10-07",
                BYTES_FMT(cut(text)));
}

enum status calendar_parse_days(struct bytes text, int64_t *ret_first, int64_t *ret_last,
                                struct err *err)
{
    static const size_t second_at = DATE_BYTES + 2;
    int64_t first, last;
    if (text.len == DATE_BYTES) {
        if (!parse_date(text, &first)) {
            return refuse_date(text, err);
        }
        *ret_first = first;
        *ret_last = first;
        return STATUS_OK;
    }
    if (text.len != second_at + DATE_BYTES ||
        !bytes_equal(bytes_of(text.p + DATE_BYTES, 2), BYTES("..")) ||
        !parse_date(bytes_of(text.p, DATE_BYTES), &first) ||
        !parse_date(bytes_of(text.p + second_at, DATE_BYTES), &last)) {
        return refuse_date(text, err);
    }
    if (last <= first) {
        return fail(err, STATUS_INVALID, "the range '%.*s' doesn't run forward", BYTES_FMT(text));
    }
    if (last - first >= CALENDAR_RANGE_MAX_DAYS) {
        return fail(err, STATUS_INVALID, "the range '%.*s' is longer than %d days", BYTES_FMT(text),
                    CALENDAR_RANGE_MAX_DAYS);
    }
    *ret_first = first;
    *ret_last = last;
    return STATUS_OK;
}

enum status calendar_parse_month_day(struct bytes text, int32_t *ret_month, int32_t *ret_day,
                                     struct err *err)
{
    char date[16];
    int64_t day = 0;
    int len = -1;
    if (text.len == MONTH_DAY_BYTES) {
        len = snprintf(date, sizeof date, "2000-%.*s", BYTES_FMT(text)); /* a leap year */
    }
    if (len < 0 || !parse_date(bytes_of(date, (size_t)len), &day)) {
        return fail(err, STATUS_INVALID,
                    "'%.*s' is not a day of the year: write month and day "
                    "as 05-01",
                    BYTES_FMT(cut(text)));
    }
    int32_t year;
    date_from_days(day, &year, ret_month, ret_day);
    return STATUS_OK;
}

static bool parse_clock(const uint8_t *text, int32_t *ret_minute)
{
    static const char form[] = "00:00";
    int32_t digits[CLOCK_BYTES];
    for (int i = 0; i < CLOCK_BYTES; i++) {
        bool is_good =
            form[i] == ':' ? text[i] == ':' : text[i] >= (uint8_t)'0' && text[i] <= (uint8_t)'9';
        if (!is_good) {
            return false;
        }
        digits[i] = text[i] - '0';
    }
    int32_t hour = digits[0] * 10 + digits[1];
    int32_t minute = digits[3] * 10 + digits[4];
    *ret_minute = hour * 60 + minute;
    return minute < 60 && *ret_minute <= 24 * 60;
}

enum status calendar_parse_span(struct bytes text, int32_t *ret_open_minute,
                                int32_t *ret_close_minute, struct err *err)
{
    if (text.len != 2 * CLOCK_BYTES + 1 || text.p[CLOCK_BYTES] != '-' ||
        !parse_clock(text.p, ret_open_minute) ||
        !parse_clock(text.p + CLOCK_BYTES + 1, ret_close_minute)) {
        return fail(err, STATUS_INVALID, "'%.*s' is not a span of hours: write 08:30-12:00",
                    BYTES_FMT(cut(text)));
    }
    return STATUS_OK;
}
