/* SPDX-License-Identifier: Apache-2.0 */
/* Intake's events into its tables: what an event says is written down, nothing is decided. */
#include "base/endian.h"
#include "intake/links.h"
#include "intake/register.h"
#include "intake/reports.h"
#include "intake/timers.h"
#include "intake/units.h"
#include "intake/visits.h"

static void put_pending(struct ctx *ctx, const struct record *record)
{
    struct register_key key = register_fact_key(record->issue, record->seq);
    table_put(ctx, PENDING, register_key_bytes(&key), (struct bytes){0});
    count_add(ctx, COUNTS, BYTES("pending"), 1);
}

void intake_apply_reported(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct reported_event *event = message;
    struct report_row row = {.seq = record->seq,
                             .household = event->household,
                             .cadre = event->cadre,
                             .visit = event->visit};
    struct register_key key = register_issue_key(record->issue);
    row_put(ctx, REPORTS, register_key_bytes(&key), &report_row_type, &row);
    put_pending(ctx, record);
    count_add(ctx, COUNTS, BYTES("accepted"), 1);
    if (event->visit != 0) {
        visits_add_issue(ctx, event->visit, record->issue);
    }

    char text[YEAR_NAME_BYTES];
    uint8_t number[8];
    be64_store(number, record->issue % ISSUES_PER_YEAR);
    table_put(ctx, COUNTS, reports_year_name(record->issue / ISSUES_PER_YEAR, text),
              bytes_of(number, sizeof number));
}

void intake_apply_told(struct ctx *ctx, const struct record *record, const void *message)
{
    (void)message;
    put_pending(ctx, record);
}

void intake_apply_informed(struct ctx *ctx, const struct record *record, const void *message)
{
    (void)message;
    put_pending(ctx, record);
}

static void mark_feedback(struct ctx *ctx, uint64_t issue, bool is_late)
{
    struct report_row row;
    struct err err;
    if (register_read_report(ctx, issue, &row, &err) == STATUS_OK &&
        row.is_feedback_late != is_late) {
        struct register_key key = register_issue_key(issue);
        row.is_feedback_late = is_late;
        row_put(ctx, REPORTS, register_key_bytes(&key), &report_row_type, &row);
    }
}

void intake_apply_feedback_late(struct ctx *ctx, const struct record *record, const void *message)
{
    (void)message;
    mark_feedback(ctx, record->issue, true);
}

void intake_apply_settled(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct settled_event *event = message;
    struct register_key key = register_fact_key(record->issue, event->fact);
    struct bytes value;
    if (table_get(ctx, PENDING, register_key_bytes(&key), &value) == STATUS_OK) {
        table_remove(ctx, PENDING, register_key_bytes(&key));
        count_add(ctx, COUNTS, BYTES("pending"), -1);
    }
    if (event->fact_type == MESSAGE_TOLD_EVENT && !event->is_set_aside) {
        mark_feedback(ctx, record->issue, false);
    }
}

static void put_cadre(struct ctx *ctx, const struct cadre_part *part)
{
    struct cadre_row before;
    struct cadre_row row = {
        .name = part->name, .unit = part->unit, .post = part->post, .phone = part->phone};
    if (register_find_cadre(ctx, part->cadre, &before)) {
        row.households = before.households;
        units_remove(ctx, before.unit, part->cadre);
    } else {
        count_add(ctx, COUNTS, BYTES("cadres"), 1);
    }
    units_put(ctx, part->unit, part->cadre);
    row_put(ctx, CADRES, part->cadre, &cadre_row_type, &row);
}

void intake_apply_cadres(struct ctx *ctx, const struct record *record, const void *message)
{
    (void)record;
    const struct cadres_recorded_event *event = message;
    struct list_cursor cursor = list_begin(&event->rows);
    struct cadre_part part;
    while (list_next_message(&cursor, &cadre_part_type, &part)) {
        put_cadre(ctx, &part);
    }
}

static void put_household(struct ctx *ctx, const struct record *record,
                          const struct household_part *part)
{
    struct household_row before;
    struct household_row row = {.head = part->head,
                                .community = part->community,
                                .village = part->village,
                                .group = part->group,
                                .address = part->address,
                                .phone = part->phone,
                                .members = part->members,
                                .hardship = part->hardship,
                                .tags = part->tags,
                                .cadre = part->cadre};
    bool is_known = register_find_household(ctx, part->household, &before);
    if (!is_known) {
        count_add(ctx, COUNTS, BYTES("households"), 1);
    }
    struct period_row link = {.cadre = row.cadre, .since = record->at, .how = RELINK_WAY_IMPORT};
    links_put(ctx, record, part->household, is_known ? &before : NULL, &row);
    if (!is_known || !bytes_equal(before.cadre, row.cadre)) {
        links_begin_period(ctx, part->household, record->seq, &link);
    }
    row_put(ctx, HOUSEHOLDS, part->household, &household_row_type, &row);
}

void intake_apply_households(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct households_recorded_event *event = message;
    struct list_cursor cursor = list_begin(&event->rows);
    struct household_part part;
    while (list_next_message(&cursor, &household_part_type, &part)) {
        put_household(ctx, record, &part);
    }
    visit_plan_begin(ctx, record);
}
