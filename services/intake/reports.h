/* SPDX-License-Identifier: Apache-2.0 */
/* How a report becomes an event: with the next number of its year. */
#pragma once

#include "intake/intake.h"

/* REFUSED: fewer than `needed` numbers are left in this year. */
enum status reports_check_numbers(struct ctx *ctx, uint32_t needed, struct err *err) MUST_USE;

/* INVALID: no such category. */
enum status reports_check_category(struct ctx *ctx, struct bytes category,
                                   struct err *err) MUST_USE;

/* The event under the next number of the year that it is in the office's zone. */
void reports_emit(struct ctx *ctx, const struct reported_event *event);

/* "year/2026", for the counter of numbers given. */
#define YEAR_NAME_BYTES 24
struct bytes reports_year_name(uint64_t year, char text[YEAR_NAME_BYTES]);

/* An issue's number is year * ISSUES_PER_YEAR + running number. */
#define ISSUES_PER_YEAR (ISSUE_RUNNING_MAX + UINT64_C(1))
