/* SPDX-License-Identifier: Apache-2.0 */
/* The router's answers to what intake recorded. Of everything else the router does intake keeps
 * only that a feedback is late: then it is the office's, too. */
#include "domain/words.h"
#include "intake/intake.h"

/* A fact has exactly one answer: the first event it caused. */
static bool is_answer(const struct ctx *ctx, const struct record *record)
{
    return (record->flags & RECORD_BY_RECORD) != 0 && record->cause_index == 0 &&
           id_equal(&record->cause.journal, &ctx_journal(ctx)->id);
}

static void settle(struct ctx *ctx, const struct record *record, struct settled_event *event)
{
    struct record fact;
    event->fact = record->cause.seq;
    if (record_get(ctx, record->cause.seq, &fact) == STATUS_OK) {
        event->fact_type = fact.type;
    }
    emit(ctx, &(struct emission){.type = &settled_event_type,
                                 .message = event,
                                 .issue = record->issue,
                                 .generation = record->generation,
                                 .is_local = true});
}

enum status intake_react_opened(struct ctx *ctx, const struct record *record, const void *message,
                                struct err *err)
{
    (void)err;
    const struct opened_event *opened = message;
    if (is_answer(ctx, record)) {
        struct settled_event event = {
            .state = opened->after.state, .lead = opened->after.lead, .owner = opened->after.owner};
        settle(ctx, record, &event);
    }
    return STATUS_OK;
}

enum status intake_react_step(struct ctx *ctx, const struct record *record, const void *message,
                              struct err *err)
{
    (void)err;
    const struct step_event *step = message;
    if (is_answer(ctx, record)) {
        struct settled_event event = {
            .state = step->after.state, .lead = step->after.lead, .owner = step->after.owner};
        settle(ctx, record, &event);
    } else if (step->happening == (int)HAPPENING_FEEDBACK_LATE) {
        struct feedback_late_event event = {0};
        emit(ctx, &(struct emission){.type = &feedback_late_event_type,
                                     .message = &event,
                                     .issue = record->issue,
                                     .is_local = true,
                                     .is_by_system = true});
    }
    return STATUS_OK;
}

enum status intake_react_set_aside(struct ctx *ctx, const struct record *record,
                                   const void *message, struct err *err)
{
    (void)err;
    const struct set_aside_event *set_aside = message;
    if (is_answer(ctx, record)) {
        struct settled_event event = {.is_set_aside = true, .reason = set_aside->reason};
        settle(ctx, record, &event);
    }
    return STATUS_OK;
}
