/* SPDX-License-Identifier: Apache-2.0 */
/* What a household says through its cadre. What it comes to is the router's to say. */
#include "intake/register.h"

/* The cadre as the issue was reported, or as the register has it now, as for the feedback. */
static enum status check_right(struct ctx *ctx, struct bytes person, const struct report_row *row,
                               struct err *err)
{
    struct actor actor = register_find_actor(ctx, person);
    struct household_row household = {0};
    (void)register_find_household(ctx, row->household, &household);
    struct object object = {.office = &ctx_config(ctx)->office, .cadre = row->cadre};
    if (may(&actor, ACTION_INFORM, &object, err) == STATUS_OK) {
        return STATUS_OK;
    }
    object.cadre = register_find_owner(ctx, &household);
    return may(&actor, ACTION_INFORM, &object, err);
}

enum status intake_decide_info(struct ctx *ctx, const struct command *command, struct err *err)
{
    const struct info_command *ask = command->message;
    struct report_row row;
    enum status st = register_read_report(ctx, ask->issue, &row, err);
    if (st == STATUS_OK) {
        st = check_right(ctx, command->person, &row, err);
    }
    if (st == STATUS_OK && register_is_blank(ask->words)) {
        st = fail_field(err, STATUS_INVALID, "words",
                        "the words are blank; say what the household says");
    }
    if (st != STATUS_OK) {
        return st;
    }
    struct informed_event event = {.generation = ask->generation, .words = ask->words};
    emit(ctx, &(struct emission){.type = &informed_event_type,
                                 .message = &event,
                                 .issue = ask->issue,
                                 .generation = ask->generation});
    return STATUS_OK;
}
