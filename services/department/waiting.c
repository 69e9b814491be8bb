/* SPDX-License-Identifier: Apache-2.0 */
/* First contact with the household, and what the section has to wait for. As in commands.c the
 * checks are a courtesy: the router decides. */
#include "department/work.h"
#include "domain/words.h"

static enum status find_lead_work(struct ctx *ctx, const struct command *command, uint64_t issue,
                                  struct bytes section, struct work *ret_work, struct err *err)
{
    enum status st = queue_find_work(ctx, command->person, issue, section, ret_work, err);
    if (st == STATUS_OK && ret_work->leg.role != (int)LEG_ROLE_LEAD) {
        st = fail(err, STATUS_REFUSED, "section '%.*s' assists; this is for the section that leads",
                  BYTES_FMT(ret_work->section));
    }
    return st;
}

static bool is_suspended(const struct work *work)
{
    return work->leg.state == (int)LEG_STATE_SUSPENDED;
}

enum status department_decide_contact(struct ctx *ctx, const struct command *command,
                                      struct err *err)
{
    const struct contact_command *ask = command->message;
    struct work work;
    enum status st = find_lead_work(ctx, command, ask->issue, ask->department, &work, err);
    if (st == STATUS_OK && !is_suspended(&work)) {
        st = work_check_running(ctx, ask->issue, &work, err);
    }
    if (st == STATUS_OK) {
        struct contacted_event event = {
            .department = work.section, .generation = ask->generation, .words = ask->words};
        work_emit(ctx, &contacted_event_type, &event, ask->issue, &work);
    }
    return st;
}

enum status department_decide_wait(struct ctx *ctx, const struct command *command, struct err *err)
{
    const struct wait_command *ask = command->message;
    struct work work;
    enum status st = find_lead_work(ctx, command, ask->issue, ask->department, &work, err);
    if (st == STATUS_OK && ask->until.us <= ctx_now(ctx).us) {
        st = fail_field(err, STATUS_INVALID, "until",
                        "the end of the suspension lies behind us; a day alone means its end");
    }
    if (st == STATUS_OK) {
        st = work_check_running(ctx, ask->issue, &work, err);
    }
    if (st == STATUS_OK) {
        struct wait_asked_event event = {.department = work.section,
                                         .generation = ask->generation,
                                         .ground = ask->ground,
                                         .until = ask->until,
                                         .words = ask->words};
        work_emit(ctx, &wait_asked_event_type, &event, ask->issue, &work);
    }
    return st;
}

enum status department_decide_resume(struct ctx *ctx, const struct command *command,
                                     struct err *err)
{
    const struct resume_command *ask = command->message;
    struct work work;
    enum status st = find_lead_work(ctx, command, ask->issue, ask->department, &work, err);
    if (st == STATUS_OK && !is_suspended(&work) && !work_has_pending(ctx, ask->issue, &work)) {
        char text[ISSUE_TEXT_BYTES];
        issue_format(ask->issue, text);
        st = fail(err, STATUS_REFUSED, "the part of section '%.*s' in issue %s is not suspended",
                  BYTES_FMT(work.section), text);
    }
    if (st == STATUS_OK) {
        struct resumed_event event = {
            .department = work.section, .generation = ask->generation, .words = ask->words};
        work_emit(ctx, &resumed_event_type, &event, ask->issue, &work);
    }
    return st;
}
