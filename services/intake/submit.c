/* SPDX-License-Identifier: Apache-2.0 */
/* One report: by the household's cadre, or entered for somebody who called. */
#include "domain/words.h"
#include "intake/register.h"
#include "intake/reports.h"

/* The household's row; all empty where a direct report names none. */
static enum status read_subject(struct ctx *ctx, const struct submit_command *ask,
                                struct household_row *ret_row, struct err *err)
{
    *ret_row = (struct household_row){0};
    if (ask->household.len == 0) {
        return ask->direct ? STATUS_OK
                           : fail_field(err, STATUS_INVALID, "household",
                                        "say with --household whose matter it is; only a direct "
                                        "report may leave it out");
    }
    if (!register_find_household(ctx, ask->household, ret_row)) {
        return fail_field(err, STATUS_NOT_FOUND, "household",
                          "there is no household '%.*s' in the register",
                          BYTES_FMT(ask->household));
    }
    return STATUS_OK;
}

static enum status check_right(struct ctx *ctx, const struct command *command,
                               const struct household_row *row, struct err *err)
{
    const struct submit_command *ask = command->message;
    struct actor actor = register_find_actor(ctx, command->person);
    struct object object = {
        .office = &ctx_config(ctx)->office, .cadre = row->cadre, .area = row->village};
    struct err other;
    enum status st = may(&actor, ask->direct ? ACTION_SUBMIT_DIRECT : ACTION_SUBMIT, &object, err);
    if (st == STATUS_FORBIDDEN && !ask->direct &&
        may(&actor, ACTION_SUBMIT_DIRECT, &object, &other) == STATUS_OK) {
        other = *err;
        return fail(err, st, "%s; for somebody who called, add --direct", other.text);
    }
    return st;
}

enum status intake_decide_submit(struct ctx *ctx, const struct command *command, struct err *err)
{
    const struct submit_command *ask = command->message;
    struct household_row row;
    enum status st = read_subject(ctx, ask, &row, err);
    if (st == STATUS_OK) {
        st = check_right(ctx, command, &row, err);
    }
    if (st == STATUS_OK) {
        st = reports_check_category(ctx, ask->category, err);
    }
    if (st == STATUS_OK) {
        st = reports_check_numbers(ctx, 1, err);
    }
    if (st != STATUS_OK) {
        return st;
    }
    struct reported_event event = {
        .household = ask->household,
        .cadre = register_find_owner(ctx, &row),
        .kind = ask->kind,
        .category = ask->category,
        .urgency = ask->urgency != 0 ? ask->urgency : (int)URGENCY_GENERAL,
        .source = ask->direct ? (int)SOURCE_HOUSEHOLD : (int)SOURCE_CADRE,
        .area = row.village,
        .tags = row.tags,
        .title = ask->title,
        .text = ask->text,
    };
    reports_emit(ctx, &event);
    return STATUS_OK;
}
