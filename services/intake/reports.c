/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/reports.h"

#include <inttypes.h>
#include <stdio.h>

struct bytes reports_year_name(uint64_t year, char text[YEAR_NAME_BYTES])
{
    (void)snprintf(text, YEAR_NAME_BYTES, "year/%04" PRIu64, year % 10000);
    return bytes_of_string(text);
}

static uint64_t this_year(const struct ctx *ctx)
{
    return (uint64_t)civil_from_wall(ctx_now(ctx), ctx_config(ctx)->zone).year;
}

static uint64_t last_number(struct ctx *ctx, uint64_t year)
{
    char text[YEAR_NAME_BYTES];
    return count_get(ctx, COUNTS, reports_year_name(year, text));
}

enum status reports_check_numbers(struct ctx *ctx, uint32_t needed, struct err *err)
{
    uint64_t year = this_year(ctx);
    uint64_t left = ISSUE_RUNNING_MAX - last_number(ctx, year);
    if (left < needed) {
        return fail(err, STATUS_REFUSED,
                    "only %" PRIu64 " numbers are left for issues of %" PRIu64
                    "; take in no more than that this year",
                    left, year);
    }
    return STATUS_OK;
}

enum status reports_check_category(struct ctx *ctx, struct bytes category, struct err *err)
{
    if (office_find_category(&ctx_config(ctx)->office, category) == NULL) {
        return fail_field(
            err, STATUS_INVALID, "category",
            "there is no category '%.*s' in the catalogue; categories.yaml lists them",
            BYTES_FMT(category));
    }
    return STATUS_OK;
}

void reports_emit(struct ctx *ctx, const struct reported_event *event)
{
    uint64_t year = this_year(ctx);
    emit(ctx, &(struct emission){.type = &reported_event_type,
                                 .message = event,
                                 .issue = year * ISSUES_PER_YEAR + last_number(ctx, year) + 1});
}
