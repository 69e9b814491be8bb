/* SPDX-License-Identifier: Apache-2.0 */
/* The department's events into its tables: what an event says is written down, nothing is decided.
 */
#include "department/queue.h"

static void put_leg(struct ctx *ctx, struct bytes section, uint64_t issue,
                    const struct leg_row *row)
{
    struct leg_row before;
    struct leg_key key = queue_leg_key(section, issue);
    bool is_known = queue_find_leg(ctx, section, issue, &before);
    bool was_open = is_known && !queue_is_finished(before.state);
    bool is_open = !queue_is_finished(row->state);
    if (is_open && !was_open) {
        table_put(ctx, OPEN, leg_key_bytes(&key), (struct bytes){0});
        count_add(ctx, COUNTS, BYTES("queued"), 1);
    } else if (was_open && !is_open) {
        table_remove(ctx, OPEN, leg_key_bytes(&key));
        count_add(ctx, COUNTS, BYTES("queued"), -1);
    }
    if (!is_known) {
        struct leg_key issue_key = queue_issue_key(issue, section);
        table_put(ctx, BY_ISSUE, leg_key_bytes(&issue_key), (struct bytes){0});
    }
    row_put(ctx, LEGS, leg_key_bytes(&key), &leg_row_type, row);
}

static void read_clocks(const struct list *clocks, struct leg_row *row)
{
    struct list_cursor cursor = list_begin(clocks);
    struct clock_part clock;
    while (list_next_message(&cursor, &clock_part_type, &clock)) {
        if (clock.stage == (int)STAGE_SIGN) {
            row->sign_due = clock.due_at;
            row->is_sign_provisional = clock.is_provisional;
        } else if (clock.stage == (int)STAGE_HANDLE) {
            row->handle_due = clock.due_at;
            row->is_handle_provisional = clock.is_provisional;
        }
    }
}

/* An issue opened under a section's topic is dispatched to it as its lead. */
void department_apply_opened(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct opened_event *event = message;
    struct leg_row row = {.taken = record->seq,
                          .state = (int)LEG_STATE_DISPATCHED,
                          .role = (int)LEG_ROLE_LEAD,
                          .generation = record->generation,
                          .urgency = event->after.urgency,
                          .category = event->after.category,
                          .area = event->area,
                          .issue_state = event->after.state,
                          .lead = event->after.lead};
    read_clocks(&event->after.clocks, &row);
    put_leg(ctx, record->topic, record->issue, &row);
}

void department_apply_leg(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct leg_event *event = message;
    struct leg_row row = {.taken = record->seq,
                          .state = (int)LEG_STATE_DISPATCHED,
                          .role = event->role,
                          .generation = record->generation,
                          .sign_due = event->sign_due,
                          .is_sign_provisional = event->is_sign_provisional,
                          .handle_due = event->handle_due,
                          .is_handle_provisional = event->is_handle_provisional,
                          .urgency = event->urgency,
                          .category = event->category,
                          .area = event->area,
                          .issue_state = (int)STATE_DISPATCHED,
                          .lead = event->lead,
                          .supervised_until = event->supervised_until,
                          .is_supervised_provisional = event->is_supervised_provisional};
    put_leg(ctx, record->topic, record->issue, &row);
}

static void put_pending(struct ctx *ctx, const struct record *record, struct bytes section)
{
    struct leg_key key = queue_fact_key(record->issue, record->seq);
    table_put(ctx, PENDING, leg_key_bytes(&key), section);
    count_add(ctx, COUNTS, BYTES("pending"), 1);
}

void department_apply_signed(struct ctx *ctx, const struct record *record, const void *message)
{
    put_pending(ctx, record, ((const struct signed_event *)message)->department);
}

void department_apply_progressed(struct ctx *ctx, const struct record *record, const void *message)
{
    put_pending(ctx, record, ((const struct progressed_event *)message)->department);
}

void department_apply_answered(struct ctx *ctx, const struct record *record, const void *message)
{
    put_pending(ctx, record, ((const struct answered_event *)message)->department);
}

void department_apply_proposed(struct ctx *ctx, const struct record *record, const void *message)
{
    put_pending(ctx, record, ((const struct proposed_event *)message)->department);
}

void department_apply_contacted(struct ctx *ctx, const struct record *record, const void *message)
{
    put_pending(ctx, record, ((const struct contacted_event *)message)->department);
}

void department_apply_wait_asked(struct ctx *ctx, const struct record *record, const void *message)
{
    put_pending(ctx, record, ((const struct wait_asked_event *)message)->department);
}

void department_apply_resumed(struct ctx *ctx, const struct record *record, const void *message)
{
    put_pending(ctx, record, ((const struct resumed_event *)message)->department);
}

static void remove_pending(struct ctx *ctx, uint64_t issue, uint64_t fact)
{
    struct leg_key key = queue_fact_key(issue, fact);
    struct bytes value;
    if (table_get(ctx, PENDING, leg_key_bytes(&key), &value) == STATUS_OK) {
        table_remove(ctx, PENDING, leg_key_bytes(&key));
        count_add(ctx, COUNTS, BYTES("pending"), -1);
    }
}

void department_apply_settled(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct settled_event *event = message;
    struct leg_row row;
    bool is_known = queue_find_leg(ctx, event->department, record->issue, &row);
    CHECK(is_known);
    remove_pending(ctx, record->issue, event->fact);
    if (event->is_set_aside) {
        row.set_aside = record->seq;
    } else {
        row.state = event->leg;
        row.issue_state = event->state;
        row.lead = event->lead.len != 0 ? event->lead : row.lead;
        row.generation = record->generation;
        row.sign_due = event->sign_due;
        row.is_sign_provisional = event->is_sign_provisional;
        row.handle_due = event->handle_due;
        row.is_handle_provisional = event->is_handle_provisional;
        row.wait_until = event->wait_until;
        row.supervised_until = event->supervised_until;
        row.is_supervised_provisional = event->is_supervised_provisional;
        row.urgency = event->urgency != 0 ? event->urgency : row.urgency;
        row.category = event->category.len != 0 ? event->category : row.category;
        row.set_aside = event->fact != 0 ? 0 : row.set_aside;
    }
    put_leg(ctx, event->department, record->issue, &row);
}
