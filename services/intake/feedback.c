/* SPDX-License-Identifier: Apache-2.0 */
/* What a household was told. Whether it was the time for it is the router's to say. */
#include "intake/register.h"

enum status intake_decide_feedback(struct ctx *ctx, const struct command *command, struct err *err)
{
    const struct feedback_command *ask = command->message;
    struct report_row row;
    enum status st = register_read_report(ctx, ask->issue, &row, err);
    if (st == STATUS_OK) {
        st = register_check_owner(ctx, command->person, &row, ACTION_FEEDBACK, err);
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
