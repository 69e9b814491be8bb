/* SPDX-License-Identifier: Apache-2.0 */
/* The calendar of 2024 to 2026 for tests, made without any file, and short ways to ask it. */
#pragma once

#include "harness.h"

#include "base/wall.h"
#include "domain/calendar.h"
#include "domain/calendar_builder.h"

static const struct zone zone = {8 * 3600};

/* The published days, written here once more on purpose: the shipped files have their own test. */
static const struct {
    int32_t from[3];
    int32_t days;
} off[] = {
    {{2024, 1, 1}, 1},  {{2024, 2, 10}, 8}, {{2024, 4, 4}, 3},  {{2024, 5, 1}, 5},
    {{2024, 6, 10}, 1}, {{2024, 9, 15}, 3}, {{2024, 10, 1}, 7}, {{2025, 1, 1}, 1},
    {{2025, 1, 28}, 8}, {{2025, 4, 4}, 3},  {{2025, 5, 1}, 5},  {{2025, 5, 31}, 3},
    {{2025, 10, 1}, 8}, {{2026, 1, 1}, 3},  {{2026, 2, 15}, 9}, {{2026, 4, 4}, 3},
    {{2026, 5, 1}, 5},  {{2026, 6, 19}, 3}, {{2026, 9, 25}, 3}, {{2026, 10, 1}, 7},
};

static const int32_t make_up[][3] = {
    {2024, 2, 4},  {2024, 2, 18}, {2024, 4, 7},   {2024, 4, 28},  {2024, 5, 11},
    {2024, 9, 14}, {2024, 9, 29}, {2024, 10, 12}, {2025, 1, 26},  {2025, 2, 8},
    {2025, 4, 27}, {2025, 9, 28}, {2025, 10, 11}, {2026, 1, 4},   {2026, 2, 14},
    {2026, 2, 28}, {2026, 5, 9},  {2026, 9, 20},  {2026, 10, 10},
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static inline struct calendar_season season(int32_t from_month, int32_t from_day, int32_t to_month,
                                            int32_t to_day, int32_t afternoon)
{
    struct calendar_season made = {from_month, from_day, to_month, to_day, {{0}}};
    for (int i = 0; i < 5; i++) {
        made.week[i] = (struct calendar_hours){
            2, {{8 * 60 + 30, 12 * 60}, {afternoon, afternoon + 180}, {0, 0}, {0, 0}}};
    }
    return made;
}

static inline struct calendar_builder *build_seasons(void)
{
    struct err err;
    struct calendar_builder *builder = calendar_builder_open(zone);
    struct calendar_season summer = season(5, 1, 9, 30, 14 * 60 + 30);
    struct calendar_season winter = season(10, 1, 4, 30, 14 * 60);
    assert_ok(calendar_builder_put_season(builder, &summer, &err));
    assert_ok(calendar_builder_put_season(builder, &winter, &err));
    return builder;
}

static inline struct calendar_builder *build_published(void)
{
    struct err err;
    struct calendar_builder *builder = build_seasons();
    for (int32_t year = 2024; year <= 2026; year++) {
        assert_ok(calendar_builder_put_year(builder, year, &err));
    }
    for (size_t i = 0; i < COUNT(off); i++) {
        int64_t first = days_from_date(off[i].from[0], off[i].from[1], off[i].from[2]);
        for (int64_t day = first; day < first + off[i].days; day++) {
            assert_ok(calendar_builder_put_day(builder, CALENDAR_LAYER_YEAR, day, false,
                                               BYTES("节"), &err));
        }
    }
    for (size_t i = 0; i < COUNT(make_up); i++) {
        int64_t day = days_from_date(make_up[i][0], make_up[i][1], make_up[i][2]);
        assert_ok(
            calendar_builder_put_day(builder, CALENDAR_LAYER_YEAR, day, true, BYTES(""), &err));
    }
    return builder;
}

static inline struct calendar *finish(struct calendar_builder *builder)
{
    struct err err;
    struct calendar *calendar = NULL;
    assert_ok(calendar_builder_finish(builder, &calendar, &err));
    calendar_builder_close(builder);
    return calendar;
}

static inline struct wall at(const char *text)
{
    struct err err;
    struct wall wall;
    assert_ok(wall_parse(bytes_of_string(text), zone, &wall, &err));
    return wall;
}

static inline struct duration length(const char *text)
{
    struct err err;
    struct duration duration;
    assert_ok(duration_parse(bytes_of_string(text), &duration, &err));
    return duration;
}

static inline struct wall due_of(const struct calendar *calendar, struct wall from,
                                 struct duration duration)
{
    struct err err;
    struct wall due;
    bool is_provisional;
    assert_ok(calendar_due(calendar, from, duration, &due, &is_provisional, &err));
    return due;
}

static inline struct wall before_of(const struct calendar *calendar, struct wall until,
                                    struct duration duration)
{
    struct err err;
    struct wall found;
    bool is_provisional;
    assert_ok(calendar_before(calendar, until, duration, &found, &is_provisional, &err));
    return found;
}

static inline void assert_wall(struct wall wall, const char *expected)
{
    char text[WALL_TEXT_BYTES];
    wall_format(wall, zone, text);
    assert_int_equal(strlen(text), strlen("2026-09-30T10:00:00+08:00"));
    assert_memory_equal(text, expected, 19);
}

static inline int open_calendar(void **test)
{
    *test = finish(build_published());
    return 0;
}

static inline int close_calendar(void **test)
{
    calendar_close(*test);
    return 0;
}
