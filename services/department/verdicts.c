/* SPDX-License-Identifier: Apache-2.0 */
/* What the router did with the issues of these sections. */
#include "department/queue.h"

/* A section gets the text once, in the record by which it was given its part. */
static enum status take_part(struct ctx *ctx, const struct record *record)
{
    if (record->topic.len != 0 && queue_is_served(ctx_config(ctx), ctx_name(ctx), record->topic)) {
        take_over(ctx, record);
    }
    return STATUS_OK;
}

enum status department_react_opened(struct ctx *ctx, const struct record *record,
                                    const void *message, struct err *err)
{
    (void)message;
    (void)err;
    return take_part(ctx, record);
}

enum status department_react_leg(struct ctx *ctx, const struct record *record, const void *message,
                                 struct err *err)
{
    (void)message;
    (void)err;
    return take_part(ctx, record);
}

/* The fact of this daemon that the record answers; 0 when it answers none. */
static uint64_t find_fact(const struct ctx *ctx, const struct record *record)
{
    bool is_answer = (record->flags & RECORD_BY_RECORD) != 0 && record->cause_index == 0 &&
                     id_equal(&record->cause.journal, &ctx_journal(ctx)->id);
    return is_answer ? record->cause.seq : 0;
}

static void settle(struct ctx *ctx, const struct record *record, struct settled_event *event)
{
    struct record fact;
    if (event->fact != 0 && record_get(ctx, event->fact, &fact) == STATUS_OK) {
        event->fact_type = fact.type;
    }
    emit(ctx, &(struct emission){.type = &settled_event_type,
                                 .message = event,
                                 .issue = record->issue,
                                 .generation = record->generation,
                                 .is_local = true});
}

/* No clock runs: no due time. */
static struct clock_part find_clock(const struct issue_part *part, enum stage stage)
{
    struct list_cursor cursor = list_begin(&part->clocks);
    struct clock_part clock;
    while (list_next_message(&cursor, &clock_part_type, &clock)) {
        if (clock.stage == (int)stage) {
            return clock;
        }
    }
    return (struct clock_part){0};
}

/* The leg's news, if it is one of this daemon's and there are any: it is what the step is about, or
 * its state is another than it was here. */
static void settle_leg(struct ctx *ctx, const struct record *record, const struct issue_part *after,
                       const struct leg_part *leg)
{
    struct leg_row row;
    bool is_addressed = bytes_equal(record->topic, leg->department);
    if (!queue_find_leg(ctx, leg->department, record->issue, &row) ||
        (!is_addressed && row.state == leg->state)) {
        return;
    }
    const struct clock_part handle = find_clock(after, STAGE_HANDLE);
    const struct clock_part sign = find_clock(after, STAGE_SIGN);
    struct settled_event event = {.fact = is_addressed ? find_fact(ctx, record) : 0,
                                  .state = after->state,
                                  .department = leg->department,
                                  .leg = leg->state,
                                  .lead = after->lead,
                                  .handle_due = handle.due_at,
                                  .is_handle_provisional = handle.is_provisional,
                                  .sign_due = sign.due_at,
                                  .is_sign_provisional = sign.is_provisional,
                                  .owner = after->owner,
                                  .wait_until = after->wait_until,
                                  .supervised_until = after->supervision.due_at,
                                  .is_supervised_provisional = after->supervision.is_provisional};
    event.urgency = row.urgency != after->urgency ? after->urgency : 0;
    if (!bytes_equal(row.category, after->category)) {
        event.category = after->category;
    }
    settle(ctx, record, &event);
}

/* The last leg of a section is the one that counts: those before it were returned. */
static bool has_later_leg(struct list_cursor rest, struct bytes section)
{
    struct leg_part leg;
    while (list_next_message(&rest, &leg_part_type, &leg)) {
        if (bytes_equal(leg.department, section)) {
            return true;
        }
    }
    return false;
}

static void settle_legs(struct ctx *ctx, const struct record *record,
                        const struct issue_part *after)
{
    struct list_cursor cursor = list_begin(&after->legs);
    struct leg_part leg;
    while (list_next_message(&cursor, &leg_part_type, &leg)) {
        if (!has_later_leg(cursor, leg.department)) {
            settle_leg(ctx, record, after, &leg);
        }
    }
}

enum status department_react_step(struct ctx *ctx, const struct record *record, const void *message,
                                  struct err *err)
{
    (void)err;
    const struct step_event *step = message;
    settle_legs(ctx, record, &step->after);
    return STATUS_OK;
}

enum status department_react_moved(struct ctx *ctx, const struct record *record,
                                   const void *message, struct err *err)
{
    (void)err;
    const struct leg_moved_event *moved = message;
    settle_legs(ctx, record, &moved->after);
    return STATUS_OK;
}

/* Its due time is heard of with the step that sets it; here only that it is lifted. */
enum status department_react_supervision(struct ctx *ctx, const struct record *record,
                                         const void *message, struct err *err)
{
    (void)err;
    const struct supervision_event *event = message;
    if (event->news == (int)SUPERVISION_NEWS_LIFTED) {
        settle_legs(ctx, record, &event->after);
    }
    return STATUS_OK;
}

enum status department_react_replanned(struct ctx *ctx, const struct record *record,
                                       const void *message, struct err *err)
{
    (void)err;
    const struct replanned_event *event = message;
    settle_legs(ctx, record, &event->after);
    return STATUS_OK;
}

enum status department_react_set_aside(struct ctx *ctx, const struct record *record,
                                       const void *message, struct err *err)
{
    (void)err;
    const struct set_aside_event *set_aside = message;
    uint64_t fact = find_fact(ctx, record);
    struct leg_key key = queue_fact_key(record->issue, fact);
    struct bytes section;
    if (fact != 0 && table_get(ctx, PENDING, leg_key_bytes(&key), &section) == STATUS_OK) {
        struct settled_event event = {
            .fact = fact, .is_set_aside = true, .reason = set_aside->reason, .department = section};
        settle(ctx, record, &event);
    }
    return STATUS_OK;
}
