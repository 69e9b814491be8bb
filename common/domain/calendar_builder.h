/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes a calendar from what an office publishes: seasons with their weekly hours, the days off and
 * the make-up working days of each published year, and the local exceptions to both. Every call
 * checks what it is given, so that its caller can say where a mistake stands.
 */
#pragma once

#include "domain/calendar.h"

/* A part of every year, both ends included; from after to goes over New Year. 02-29 may be named.
 * Hours count from Monday. A make-up working day has the hours of the first weekday that has any.
 */
struct calendar_season {
    int32_t from_month;
    int32_t from_day;
    int32_t to_month;
    int32_t to_day;
    struct calendar_hours week[7];
};

#define CALENDAR_SEASONS_MAX 8
#define CALENDAR_NAME_MAX_BYTES 64

/* A later layer wins over an earlier one. */
enum calendar_layer {
    CALENDAR_LAYER_YEAR,  /* the published list */
    CALENDAR_LAYER_LOCAL, /* this office's own */
    CALENDAR_LAYER_COUNT
};

struct calendar_builder;

/* The caller owns the result and closes it with calendar_builder_close(). */
struct calendar_builder *calendar_builder_open(struct zone zone);
void calendar_builder_close(struct calendar_builder *builder);

/* INVALID: a span is empty, runs backwards, touches the one before or leaves the day; *ret_span is
 * that one. */
enum status calendar_check_hours(const struct calendar_hours *hours, uint32_t *ret_span,
                                 struct err *err) MUST_USE;

/* INVALID: a day that doesn't exist; hours as of calendar_check_hours(); no hours on any weekday;
 * a day of the year that another season has; too many seasons. The field of the error is from, to
 * or week where one of them is to blame. */
enum status calendar_builder_put_season(struct calendar_builder *builder,
                                        const struct calendar_season *season,
                                        struct err *err) MUST_USE;

/* INVALID: the seasons leave out a day of the year; *ret_before is the season that ends before it,
 * or the number of seasons when none does. */
enum status calendar_builder_check_seasons(const struct calendar_builder *builder,
                                           uint32_t *ret_before, struct err *err) MUST_USE;

/* Declares a year's list complete. INVALID: outside the calendar, or declared before. */
enum status calendar_builder_put_year(struct calendar_builder *builder, int32_t year,
                                      struct err *err) MUST_USE;

/* One exception; put the seasons first. `day` in days since 1970-01-01; `name` is copied.
 * INVALID: outside the calendar; already put in this layer; a make-up day of the published list
 * that is a working day by its weekday anyway. */
enum status calendar_builder_put_day(struct calendar_builder *builder, enum calendar_layer layer,
                                     int64_t day, bool is_working, struct bytes name,
                                     struct err *err) MUST_USE;

/* The calendar of everything put so far; the builder stays usable. The caller owns *ret_calendar
 * and closes it with calendar_close(). INVALID: as
 * calendar_builder_check_seasons(). */
enum status calendar_builder_finish(const struct calendar_builder *builder,
                                    struct calendar **ret_calendar, struct err *err) MUST_USE;
