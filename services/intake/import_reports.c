/* SPDX-License-Identifier: Apache-2.0 */
/* Many reports at once: from a hotline's list, or of an older system. */
#include "domain/words.h"
#include "intake/import.h"
#include "intake/reports.h"

static void check_report(struct sheet *sheet, const void *row)
{
    const struct report_part *report = row;
    struct household_row household;
    if (report->at.us > ctx_now(sheet->ctx).us) {
        sheet_problem(sheet, "at", "lies in the future; say when it was said, or leave it out");
    }
    if (report->category.len != 0 &&
        office_find_category(&ctx_config(sheet->ctx)->office, report->category) == NULL) {
        sheet_problem(sheet, "category",
                      "there is no category '%.*s' in the catalogue; categories.yaml lists them",
                      BYTES_FMT(report->category));
    }
    if (report->household.len != 0 &&
        !register_find_household(sheet->ctx, report->household, &household)) {
        sheet_problem(sheet, "household", "there is no household '%.*s' in the register",
                      BYTES_FMT(report->household));
    }
}

static void take_report(void *user, const void *row)
{
    struct ctx *ctx = user;
    const struct report_part *report = row;
    struct household_row household = {0};
    (void)register_find_household(ctx, report->household, &household);
    struct reported_event event = {
        .household = report->household,
        .cadre = register_find_owner(ctx, &household),
        .kind = report->kind != 0 ? report->kind : (int)KIND_OPINION,
        .category = report->category,
        .urgency = (int)URGENCY_GENERAL,
        .source = (int)SOURCE_IMPORT,
        .area = household.village,
        .tags = household.tags,
        .said_at = report->at,
        .title = report->title,
        .text = report->text,
    };
    reports_emit(ctx, &event);
}

enum status intake_decide_reports(struct ctx *ctx, const struct command *command, struct err *err)
{
    const struct report_import_command *ask = command->message;
    struct sheet sheet = {.ctx = ctx,
                          .type = &report_part_type,
                          .rows = &ask->rows,
                          .is_partial = ask->is_partial,
                          .first_line = JSONL_FIRST_LINE,
                          .check = check_report};
    enum status st = import_check_right(ctx, command->person, err);
    if (st == STATUS_OK) {
        st = sheet_check(&sheet, err);
    }
    if (st == STATUS_OK) {
        st = reports_check_numbers(ctx, ask->rows.count, err);
    }
    if (st == STATUS_OK) {
        sheet_each(&sheet, take_report, ctx);
    }
    return st;
}
