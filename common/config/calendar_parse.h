/* SPDX-License-Identifier: Apache-2.0 */
/* The texts inside calendar files. Each is INVALID with a sentence that says how to write it. */
#pragma once

#include "base/bytes.h"
#include "base/status.h"

#include <stdint.h>

/* "2026-10-01" or "2026-10-01..2026-10-07", both ends included, as days since 1970-01-01; at most
 * CALENDAR_RANGE_MAX_DAYS long. */
#define CALENDAR_RANGE_MAX_DAYS 31
enum status calendar_parse_days(struct bytes text, int64_t *ret_first, int64_t *ret_last,
                                struct err *err) MUST_USE;

/* "05-01" of any year. */
enum status calendar_parse_month_day(struct bytes text, int32_t *ret_month, int32_t *ret_day,
                                     struct err *err) MUST_USE;

/* "08:30-12:00" in minutes of the day, up to "24:00". */
enum status calendar_parse_span(struct bytes text, int32_t *ret_open_minute,
                                int32_t *ret_close_minute, struct err *err) MUST_USE;
