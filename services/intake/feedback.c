/* SPDX-License-Identifier: Apache-2.0 */
/* What a household was told. Whether it was the time for it is the router's to say. */
#include "intake/register.h"

/* The owner of the feedback as the register has it now, whom the router follows; or, where there is
 * no household, as the issue was reported. The office may when the feedback is overdue, which only
 * the router knows. */
static enum status check_right(struct ctx *ctx, struct bytes person, const struct report_row *row,
                               struct err *err)
{
    struct actor actor = register_find_actor(ctx, person);
    struct household_row household;
    bool is_known = register_find_household(ctx, row->household, &household);
    struct object object = {.office = &ctx_config(ctx)->office,
                            .cadre = is_known ? register_find_owner(ctx, &household) : row->cadre,
                            .is_overdue = true};
    return may(&actor, ACTION_FEEDBACK, &object, err);
}

enum status intake_decide_feedback(struct ctx *ctx, const struct command *command, struct err *err)
{
    const struct feedback_command *ask = command->message;
    struct report_row row;
    enum status st = register_read_report(ctx, ask->issue, &row, err);
    if (st == STATUS_OK) {
        st = check_right(ctx, command->person, &row, err);
    }
    if (st == STATUS_OK && register_is_blank(ask->words)) {
        st = fail_field(err, STATUS_INVALID, "words",
                        "the words are blank; say what the household was told");
    }
    if (st != STATUS_OK) {
        return st;
    }
    struct told_event event = {.mode = ask->mode,
                               .reaction = ask->reaction,
                               .generation = ask->generation,
                               .words = ask->words};
    emit(ctx, &(struct emission){.type = &told_event_type,
                                 .message = &event,
                                 .issue = ask->issue,
                                 .generation = ask->generation});
    return STATUS_OK;
}
