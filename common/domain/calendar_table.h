/* SPDX-License-Identifier: Apache-2.0 */
/* What a calendar is in memory; known to calendar.c and calendar_builder.c only. */
#pragma once

#include "domain/calendar.h"
#include "domain/calendar_builder.h"

/* Days from 1970-01-01 up to and without 2100-01-01, so a day's index is its number. */
#define CALENDAR_DAYS 47482
#define CALENDAR_YEARS (CALENDAR_LAST_YEAR - CALENDAR_FIRST_YEAR + 1)
#define CALENDAR_PATTERNS (1 + 7 * CALENDAR_SEASONS_MAX)

struct calendar_exception {
    int32_t day;
    enum calendar_reason reason;
    char name[CALENDAR_NAME_MAX_BYTES + 1];
};

struct calendar {
    struct zone zone;
    struct calendar_hours patterns[CALENDAR_PATTERNS]; /* [0] is the day off */
    uint8_t pattern_of_day[CALENDAR_DAYS];
    /* Sums over all days before: working minutes, working days. */
    uint32_t minutes_before[CALENDAR_DAYS + 1];
    uint32_t days_before[CALENDAR_DAYS + 1];
    /* How many years before are not published. */
    uint8_t unpublished_before[CALENDAR_YEARS + 1];
    struct calendar_exception *exceptions; /* sorted by day */
    uint32_t exception_count;
};
