/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What section staff do. The checks of the leg's state are a courtesy, so that who asks hears at
 * once what the router would say; while a fact of the section is on its way they are left to it.
 */
#include "department/queue.h"
#include "department/work.h"
#include "domain/words.h"

#define LEGS_WORKING (LEG_BIT(LEG_STATE_IN_PROGRESS) | LEG_BIT(LEG_STATE_REDO))

/* Who signed, going by what the router accepted; empty when the limit did. */
static struct bytes find_signer(struct ctx *ctx, uint64_t issue, struct bytes section)
{
    uint64_t seq = UINT64_MAX;
    while (trail_before(ctx, issue, seq, &seq) == STATUS_OK) {
        struct record record;
        struct settled_event event;
        struct err err;
        if (record_get(ctx, seq, &record) != STATUS_OK || record.type != MESSAGE_SETTLED_EVENT ||
            record_message(&record, &settled_event_type, &event, &err) != STATUS_OK) {
            continue;
        }
        if (event.fact_type == MESSAGE_SIGNED_EVENT && !event.is_set_aside &&
            bytes_equal(event.department, section)) {
            return record_get(ctx, event.fact, &record) == STATUS_OK ? record.actor
                                                                     : (struct bytes){0};
        }
    }
    return (struct bytes){0};
}

static enum status refuse_sign(struct ctx *ctx, uint64_t issue, const struct work *work,
                               struct err *err)
{
    char text[ISSUE_TEXT_BYTES];
    issue_format(issue, text);
    struct bytes signer = find_signer(ctx, issue, work->section);
    if (signer.len == 0) {
        return fail(err, STATUS_REFUSED,
                    "issue %s does not wait for the signature of section '%.*s': its part is %s "
                    "(%s)",
                    text, BYTES_FMT(work->section), leg_state_word((enum leg_state)work->leg.state),
                    leg_state_name((enum leg_state)work->leg.state));
    }
    return fail(err, STATUS_REFUSED, "issue %s was signed for section '%.*s' already by '%.*s'",
                text, BYTES_FMT(work->section), BYTES_FMT(signer));
}

bool work_has_pending(struct ctx *ctx, uint64_t issue, const struct work *work)
{
    uint64_t seq = 0;
    return queue_next_pending(ctx, issue, work->section, &seq);
}

/* Progress and answers come between signing and the answer. */
enum status work_check_running(struct ctx *ctx, uint64_t issue, const struct work *work,
                               struct err *err)
{
    if ((LEGS_WORKING & LEG_BIT(work->leg.state)) != 0 || work_has_pending(ctx, issue, work)) {
        return STATUS_OK;
    }
    char text[ISSUE_TEXT_BYTES];
    issue_format(issue, text);
    if (work->leg.state == (int)LEG_STATE_DISPATCHED) {
        return fail(err, STATUS_REFUSED,
                    "section '%.*s' has not signed for issue %s yet; sign first with 'queue sign'",
                    BYTES_FMT(work->section), text);
    }
    return fail(err, STATUS_REFUSED,
                "the part of section '%.*s' in issue %s is %s (%s); nothing is to be added now",
                BYTES_FMT(work->section), text, leg_state_word((enum leg_state)work->leg.state),
                leg_state_name((enum leg_state)work->leg.state));
}

void work_emit(struct ctx *ctx, const struct message_type *type, const void *message,
               uint64_t issue, const struct work *work)
{
    emit(ctx,
         &(struct emission){
             .type = type, .message = message, .issue = issue, .generation = work->leg.generation});
}

enum status department_decide_sign(struct ctx *ctx, const struct command *command, struct err *err)
{
    const struct sign_command *ask = command->message;
    struct work work;
    enum status st = queue_find_work(ctx, command->person, ask->issue, ask->department, &work, err);
    if (st == STATUS_OK && work.leg.state != (int)LEG_STATE_DISPATCHED &&
        !work_has_pending(ctx, ask->issue, &work)) {
        st = refuse_sign(ctx, ask->issue, &work, err);
    }
    if (st == STATUS_OK) {
        struct signed_event event = {.department = work.section, .generation = ask->generation};
        work_emit(ctx, &signed_event_type, &event, ask->issue, &work);
    }
    return st;
}

enum status department_decide_progress(struct ctx *ctx, const struct command *command,
                                       struct err *err)
{
    const struct progress_command *ask = command->message;
    struct work work;
    enum status st = queue_find_work(ctx, command->person, ask->issue, ask->department, &work, err);
    if (st == STATUS_OK) {
        st = work_check_running(ctx, ask->issue, &work, err);
    }
    if (st == STATUS_OK) {
        struct progressed_event event = {
            .department = work.section, .generation = ask->generation, .words = ask->words};
        work_emit(ctx, &progressed_event_type, &event, ask->issue, &work);
    }
    return st;
}

static enum status check_answer(const struct answer_command *ask, struct err *err)
{
    if (ask->outcome != (int)OUTCOME_SOLVED && ask->outcome != (int)OUTCOME_PARTLY) {
        return fail_field(err, STATUS_INVALID, "outcome",
                          "a section answers 'solved' or 'partly'; what cannot be solved is "
                          "proposed with 'queue propose-unresolvable'");
    }
    if (ask->outcome == (int)OUTCOME_SOLVED && ask->evidence.len == 0) {
        return fail_field(err, STATUS_INVALID, "evidence",
                          "'solved' needs evidence; say with --evidence how it can be seen");
    }
    return STATUS_OK;
}

enum status department_decide_answer(struct ctx *ctx, const struct command *command,
                                     struct err *err)
{
    const struct answer_command *ask = command->message;
    struct work work;
    enum status st = queue_find_work(ctx, command->person, ask->issue, ask->department, &work, err);
    if (st == STATUS_OK) {
        st = check_answer(ask, err);
    }
    if (st == STATUS_OK) {
        st = work_check_running(ctx, ask->issue, &work, err);
    }
    if (st == STATUS_OK) {
        struct answered_event event = {.department = work.section,
                                       .generation = ask->generation,
                                       .outcome = ask->outcome,
                                       .words = ask->words,
                                       .evidence = ask->evidence};
        work_emit(ctx, &answered_event_type, &event, ask->issue, &work);
    }
    return st;
}

enum status department_decide_propose(struct ctx *ctx, const struct command *command,
                                      struct err *err)
{
    const struct propose_command *ask = command->message;
    struct work work;
    enum status st = queue_find_work(ctx, command->person, ask->issue, ask->department, &work, err);
    if (st == STATUS_OK && work.leg.role != (int)LEG_ROLE_LEAD) {
        st = fail(err, STATUS_REFUSED,
                  "section '%.*s' assists; only the lead section proposes that a matter cannot be "
                  "solved",
                  BYTES_FMT(work.section));
    }
    if (st == STATUS_OK) {
        st = work_check_running(ctx, ask->issue, &work, err);
    }
    if (st == STATUS_OK) {
        struct proposed_event event = {.department = work.section,
                                       .generation = ask->generation,
                                       .ground = ask->ground,
                                       .tried = ask->tried,
                                       .words = ask->words};
        work_emit(ctx, &proposed_event_type, &event, ask->issue, &work);
    }
    return st;
}
