/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/visits.h"

#include <stdio.h>

/* How far back a working day is looked for. */
#define DAYS_OFF_MAX 60U
#define YEAR_FIRST 1970U
#define YEAR_LAST 2199U

const struct visit_rules visit_rules_default = {
    .halves = {{6, 30}, {12, 31}},
    .remind_days = {60, 30, 10},
    .remind_count = 3,
    .late_after_days = 3,
    .promise_remind = {DURATION_WORKING_DAYS, 1},
};

/* Days since 1970 of the last day of a half. */
static int64_t last_day(const struct visit_rules *rules, uint32_t half)
{
    const struct visit_day *day = &rules->halves[(half % 10 - 1) % VISIT_HALVES];
    return days_from_date((int32_t)(half / 10), day->month, day->day);
}

static struct wall wall_of_day(int64_t day, int32_t minute, struct zone zone)
{
    struct civil civil = {.hour = minute / 60, .minute = minute % 60};
    date_from_days(day, &civil.year, &civil.month, &civil.day);
    return wall_from_civil(&civil, zone);
}

uint32_t visit_half_of(const struct visit_rules *rules, struct zone zone, struct wall at)
{
    struct civil civil = civil_from_wall(at, zone);
    uint32_t first = (uint32_t)civil.year * 10 + 1;
    int64_t day = days_from_date(civil.year, civil.month, civil.day);
    return day <= last_day(rules, first) ? first : first + 1;
}

uint32_t visit_half_next(uint32_t half)
{
    return half % 10 == 1 ? half + 1 : half + 9;
}

struct wall visit_half_end(const struct visit_rules *rules, struct zone zone, uint32_t half)
{
    return wall_of_day(last_day(rules, half) + 1, 0, zone);
}

struct wall visit_half_begin(const struct visit_rules *rules, struct zone zone, uint32_t half)
{
    return half % 10 == 1 ? wall_of_day(days_from_date((int32_t)(half / 10), 1, 1), 0, zone)
                          : visit_half_end(rules, zone, half - 1);
}

void visit_half_format(uint32_t half, char *text)
{
    (void)snprintf(text, VISIT_HALF_TEXT_BYTES, "%04uH%u", half / 10, half % 10);
}

enum status visit_half_parse(struct bytes text, uint32_t *ret_half, struct err *err)
{
    uint32_t year = 0;
    bool is_good = text.len == 6 && text.p[4] == 'H' && (text.p[5] == '1' || text.p[5] == '2');
    for (size_t i = 0; is_good && i < 4; i++) {
        is_good = text.p[i] >= '0' && text.p[i] <= '9';
        year = year * 10 + text.p[i] - '0';
    }
    if (!is_good || year < YEAR_FIRST || year > YEAR_LAST) {
        return fail(err, STATUS_INVALID, "'%.*s' is no half of a year; write one as 2026H1",
                    BYTES_FMT(text));
    }
    *ret_half = year * 10 + text.p[5] - '0';
    return STATUS_OK;
}

uint32_t visit_level_end(const struct visit_rules *rules)
{
    return rules->remind_count + 1;
}

uint32_t visit_level_last(const struct visit_rules *rules)
{
    return rules->remind_count + 2;
}

static struct wall reminder(const struct calendar *calendar, int64_t day)
{
    struct calendar_day found = calendar_get_day(calendar, day);
    for (uint32_t i = 0; i < DAYS_OFF_MAX && found.hours.count == 0; i++) {
        found = calendar_get_day(calendar, --day);
    }
    return wall_of_day(day, found.hours.spans[0].open_minute, calendar_zone(calendar));
}

struct wall visit_point(const struct visit_rules *rules, const struct calendar *calendar,
                        uint32_t half, uint32_t level)
{
    struct wall end = visit_half_end(rules, calendar_zone(calendar), half);
    struct wall morning;
    struct err err;
    if (level <= rules->remind_count) {
        return reminder(calendar, last_day(rules, half) - rules->remind_days[level - 1]);
    }
    bool is_told = level > visit_level_end(rules) &&
                   calendar_next_working(calendar, end, &morning, &err) == STATUS_OK;
    return is_told ? morning : end;
}

bool visit_is_late(const struct visit_rules *rules, struct wall at, struct wall entered)
{
    return entered.us - at.us > rules->late_after_days * S_PER_DAY * US_PER_S;
}
