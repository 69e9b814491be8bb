/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/calendar_builder.h"

#include "base/memory.h"
#include "domain/calendar_table.h"

#include <stdlib.h>

#define MINUTES_PER_DAY 1440
#define LEAP_YEAR_DAYS 366

/* One exception of one day: what it says, and where its name stands in `names`, 0 for none. */
struct mark {
    enum { MARK_NONE, MARK_OFF, MARK_WORKING } says;
    uint32_t name;
};

struct calendar_builder {
    struct zone zone;
    struct calendar_season seasons[CALENDAR_SEASONS_MAX];
    uint32_t season_count;
    bool is_published[CALENDAR_YEARS];
    struct mark marks[CALENDAR_LAYER_COUNT][CALENDAR_DAYS];
    char (*names)[CALENDAR_NAME_MAX_BYTES + 1];
    uint32_t name_count;
};

struct calendar_builder *calendar_builder_open(struct zone zone)
{
    CHECK(days_from_date(CALENDAR_FIRST_YEAR, 1, 1) == 0);
    CHECK(days_from_date(CALENDAR_LAST_YEAR + 1, 1, 1) == CALENDAR_DAYS);
    struct calendar_builder *builder = memory_new(1, sizeof *builder);
    builder->zone = zone;
    return builder;
}

void calendar_builder_close(struct calendar_builder *builder)
{
    if (builder != NULL) {
        free(builder->names);
        free(builder);
    }
}

/* The day of a leap year, from 0; -1 when there is no such day. */
static int32_t day_of_year(int32_t month, int32_t day)
{
    static const int32_t days_before[] = {0,   31,  60,  91,  121, 152,           182,
                                          213, 244, 274, 305, 335, LEAP_YEAR_DAYS};
    if (month < 1 || month > 12 || day < 1) {
        return -1;
    }
    int32_t at = days_before[month - 1] + day - 1;
    return at < days_before[month] ? at : -1;
}

static bool season_has(const struct calendar_season *season, int32_t month, int32_t day)
{
    int32_t at = day_of_year(month, day);
    int32_t from = day_of_year(season->from_month, season->from_day);
    int32_t to = day_of_year(season->to_month, season->to_day);
    return from <= to ? at >= from && at <= to : at >= from || at <= to;
}

/* The index of the season that has the date; `season_count` when there is none. */
static uint32_t find_season(const struct calendar_builder *builder, int32_t month, int32_t day)
{
    uint32_t i = 0;
    while (i < builder->season_count && !season_has(&builder->seasons[i], month, day)) {
        i++;
    }
    return i;
}

enum status calendar_check_hours(const struct calendar_hours *hours, uint32_t *ret_span,
                                 struct err *err)
{
    int32_t closed = -1;
    CHECK(hours->count <= CALENDAR_SPANS_MAX);
    for (uint32_t i = 0; i < hours->count; i++) {
        int32_t open = hours->spans[i].open_minute;
        int32_t close = hours->spans[i].close_minute;
        *ret_span = i;
        if (open < 0 || close > MINUTES_PER_DAY) {
            return fail(err, STATUS_INVALID, "working hours leave the day: 00:00 to 24:00");
        }
        if (close <= open) {
            return fail(err, STATUS_INVALID,
                        "working hours %02d:%02d-%02d:%02d end before they begin", open / 60,
                        open % 60, close / 60, close % 60);
        }
        if (open <= closed) {
            return fail(err, STATUS_INVALID,
                        "working hours from %02d:%02d overlap or touch those before, which end at "
                        "%02d:%02d",
                        open / 60, open % 60, closed / 60, closed % 60);
        }
        closed = close;
    }
    return STATUS_OK;
}

static enum status check_season_days(const struct calendar_builder *builder,
                                     const struct calendar_season *season, struct err *err)
{
    if (day_of_year(season->from_month, season->from_day) < 0 ||
        day_of_year(season->to_month, season->to_day) < 0) {
        return fail(err, STATUS_INVALID, "the season begins or ends on a day that doesn't exist");
    }
    for (int32_t i = 0; i < LEAP_YEAR_DAYS; i++) {
        int32_t year, month, day;
        date_from_days(days_from_date(2000, 1, 1) + i, &year, &month, &day);
        if (season_has(season, month, day) &&
            find_season(builder, month, day) < builder->season_count) {
            bool by_start =
                find_season(builder, season->from_month, season->from_day) < builder->season_count;
            return fail_field(err, STATUS_INVALID, by_start ? "from" : "to",
                              "the season overlaps another one on %02d-%02d", month, day);
        }
    }
    return STATUS_OK;
}

enum status calendar_builder_put_season(struct calendar_builder *builder,
                                        const struct calendar_season *season, struct err *err)
{
    if (builder->season_count == CALENDAR_SEASONS_MAX) {
        return fail(err, STATUS_INVALID, "more than %d seasons", CALENDAR_SEASONS_MAX);
    }
    bool has_hours = false;
    for (int i = 0; i < 7; i++) {
        uint32_t span;
        enum status st = calendar_check_hours(&season->week[i], &span, err);
        if (st != STATUS_OK) {
            return st;
        }
        has_hours = has_hours || season->week[i].count > 0;
    }
    if (!has_hours) {
        return fail_field(err, STATUS_INVALID, "week",
                          "the season has no working hours on any weekday");
    }
    enum status st = check_season_days(builder, season, err);
    if (st == STATUS_OK) {
        builder->seasons[builder->season_count++] = *season;
    }
    return st;
}

enum status calendar_builder_put_year(struct calendar_builder *builder, int32_t year,
                                      struct err *err)
{
    if (year < CALENDAR_FIRST_YEAR || year > CALENDAR_LAST_YEAR) {
        return fail(err, STATUS_INVALID, "the year %d is outside the calendar, %d to %d", year,
                    CALENDAR_FIRST_YEAR, CALENDAR_LAST_YEAR);
    }
    bool *is_published = &builder->is_published[year - CALENDAR_FIRST_YEAR];
    if (*is_published) {
        return fail(err, STATUS_INVALID, "the year %d is there twice", year);
    }
    *is_published = true;
    return STATUS_OK;
}

/* The pattern of hours a day has by its season and weekday; 0 is off. Patterns of season s stand
 * from 1 + 7 s on. */
static uint8_t week_pattern(const struct calendar_builder *builder, uint32_t season,
                            int32_t weekday)
{
    return builder->seasons[season].week[weekday].count > 0
               ? (uint8_t)(1 + 7 * season + (uint32_t)weekday)
               : 0;
}

static bool is_working_by_week(const struct calendar_builder *builder, int64_t day)
{
    int32_t year, month, in_month;
    date_from_days(day, &year, &month, &in_month);
    uint32_t season = find_season(builder, month, in_month);
    return season < builder->season_count &&
           week_pattern(builder, season, weekday_of_days(day)) != 0;
}

static uint32_t keep_name(struct calendar_builder *builder, struct bytes name)
{
    if (name.len == 0) {
        return 0;
    }
    size_t len = name.len < CALENDAR_NAME_MAX_BYTES ? name.len : CALENDAR_NAME_MAX_BYTES;
    while (len < name.len && len > 0 && (name.p[len] & 0xc0) == 0x80) {
        len--; /* cut between two characters */
    }
    builder->names = memory_resize(builder->names, builder->name_count + 1, sizeof *builder->names);
    memcpy(builder->names[builder->name_count], name.p, len);
    builder->names[builder->name_count][len] = '\0';
    return ++builder->name_count;
}

enum status calendar_builder_put_day(struct calendar_builder *builder, enum calendar_layer layer,
                                     int64_t day, bool is_working, struct bytes name,
                                     struct err *err)
{
    if (day < 0 || day >= CALENDAR_DAYS) {
        return fail(err, STATUS_INVALID, "the day is outside the calendar, %d to %d",
                    CALENDAR_FIRST_YEAR, CALENDAR_LAST_YEAR);
    }
    int32_t year, month, in_month;
    date_from_days(day, &year, &month, &in_month);
    struct mark *mark = &builder->marks[layer][day];
    if (mark->says != MARK_NONE) {
        bool is_same = (mark->says == MARK_WORKING) == is_working;
        return fail(err, STATUS_INVALID, "%04d-%02d-%02d is %s", year, month, in_month,
                    is_same ? "there twice" : "both a day off and a working day");
    }
    if (layer == CALENDAR_LAYER_YEAR && is_working && is_working_by_week(builder, day)) {
        return fail(err, STATUS_INVALID,
                    "%04d-%02d-%02d is a working day by its weekday, so it can't make up for one",
                    year, month, in_month);
    }
    mark->says = is_working ? MARK_WORKING : MARK_OFF;
    mark->name = keep_name(builder, name);
    return STATUS_OK;
}

static const struct mark *find_mark(const struct calendar_builder *builder, int64_t day,
                                    enum calendar_reason *ret_reason)
{
    static const enum calendar_reason reasons[CALENDAR_LAYER_COUNT] = {
        [CALENDAR_LAYER_YEAR] = CALENDAR_BY_YEAR,
        [CALENDAR_LAYER_LOCAL] = CALENDAR_BY_OVERLAY,
    };
    for (int layer = CALENDAR_LAYER_COUNT - 1; layer >= 0; layer--) {
        if (builder->marks[layer][day].says != MARK_NONE) {
            *ret_reason = reasons[layer];
            return &builder->marks[layer][day];
        }
    }
    return NULL;
}

static void keep_exception(const struct calendar_builder *builder, struct calendar *calendar,
                           int64_t day, enum calendar_reason reason, const struct mark *mark)
{
    calendar->exceptions = memory_resize(calendar->exceptions, calendar->exception_count + 1,
                                         sizeof *calendar->exceptions);
    struct calendar_exception *kept = &calendar->exceptions[calendar->exception_count++];
    *kept = (struct calendar_exception){.day = (int32_t)day, .reason = reason};
    if (mark->name > 0) {
        memcpy(kept->name, builder->names[mark->name - 1], sizeof kept->name);
    }
}

/* The pattern of a day that works although its weekday may not. */
static uint8_t make_up_pattern(const struct calendar_builder *builder, uint32_t season,
                               int32_t weekday)
{
    uint8_t pattern = week_pattern(builder, season, weekday);
    for (int32_t i = 0; i < 7 && pattern == 0; i++) {
        pattern = week_pattern(builder, season, i);
    }
    return pattern;
}

static uint8_t pattern_of(const struct calendar_builder *builder, struct calendar *calendar,
                          int64_t day)
{
    int32_t year, month, in_month;
    date_from_days(day, &year, &month, &in_month);
    uint32_t season = find_season(builder, month, in_month);
    int32_t weekday = weekday_of_days(day);
    enum calendar_reason reason;
    const struct mark *mark = find_mark(builder, day, &reason);
    if (mark == NULL) {
        return week_pattern(builder, season, weekday);
    }
    keep_exception(builder, calendar, day, reason, mark);
    return mark->says == MARK_OFF ? 0 : make_up_pattern(builder, season, weekday);
}

static uint32_t minutes_of(const struct calendar_hours *hours)
{
    int32_t minutes = 0;
    for (uint32_t i = 0; i < hours->count; i++) {
        minutes += hours->spans[i].close_minute - hours->spans[i].open_minute;
    }
    return (uint32_t)minutes;
}

static void fill(const struct calendar_builder *builder, struct calendar *calendar)
{
    for (uint32_t i = 0; i < builder->season_count * 7; i++) {
        calendar->patterns[1 + i] = builder->seasons[i / 7].week[i % 7];
    }
    for (int64_t day = 0; day < CALENDAR_DAYS; day++) {
        uint8_t pattern = pattern_of(builder, calendar, day);
        calendar->pattern_of_day[day] = pattern;
        calendar->minutes_before[day + 1] =
            calendar->minutes_before[day] + minutes_of(&calendar->patterns[pattern]);
        calendar->days_before[day + 1] = calendar->days_before[day] + (pattern != 0);
    }
    for (int i = 0; i < CALENDAR_YEARS; i++) {
        calendar->unpublished_before[i + 1] =
            (uint8_t)(calendar->unpublished_before[i] + !builder->is_published[i]);
    }
}

enum status calendar_builder_check_seasons(const struct calendar_builder *builder,
                                           uint32_t *ret_before, struct err *err)
{
    uint32_t before = find_season(builder, 12, 31);
    for (int32_t i = 0; i < LEAP_YEAR_DAYS; i++) {
        int32_t year, month, day;
        date_from_days(days_from_date(2000, 1, 1) + i, &year, &month, &day);
        uint32_t season = find_season(builder, month, day);
        if (season == builder->season_count) {
            *ret_before = before;
            return fail(err, STATUS_INVALID,
                        "no season has the day %02d-%02d: let one end or begin on it", month, day);
        }
        before = season;
    }
    return STATUS_OK;
}

enum status calendar_builder_finish(const struct calendar_builder *builder,
                                    struct calendar **ret_calendar, struct err *err)
{
    uint32_t before;
    enum status st = calendar_builder_check_seasons(builder, &before, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct calendar *calendar = memory_new(1, sizeof *calendar);
    calendar->zone = builder->zone;
    fill(builder, calendar);
    *ret_calendar = calendar;
    return STATUS_OK;
}
