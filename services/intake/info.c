/* SPDX-License-Identifier: Apache-2.0 */
/* What a household says through its cadre. What it comes to is the router's to say. */
#include "intake/register.h"

enum status intake_decide_info(struct ctx *ctx, const struct command *command, struct err *err)
{
    const struct info_command *ask = command->message;
    struct report_row row;
    enum status st = register_read_report(ctx, ask->issue, &row, err);
    if (st == STATUS_OK) {
        st = register_check_owner(ctx, command->person, &row, ACTION_INFORM, err);
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
