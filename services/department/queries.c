/* SPDX-License-Identifier: Apache-2.0 */
/* What people see of the queues. */
#include "base/endian.h"
#include "department/queue.h"

#define PAGE_MAX 200U
#define ITEM_PENDING_MAX 20U
#define ISSUE_PENDING_MAX 100U
/* A page ends early here, so that a reply with long texts stays well below what a frame takes. */
#define PAGE_FULL_BYTES ((size_t)600 * 1024)

static struct list keep(struct ctx *ctx, struct list list, struct buf *out)
{
    struct bytes kept = ctx_copy(ctx, buf_bytes(out));
    list.p = kept.p;
    list.len = kept.len;
    buf_done(out);
    return list;
}

static struct list pending_list(struct ctx *ctx, uint64_t issue, struct bytes section, uint32_t max)
{
    struct list list = {0};
    struct buf out = {0};
    uint64_t seq = 0;
    while (list.count < max && queue_next_pending(ctx, issue, section, &seq)) {
        struct record record;
        if (record_get(ctx, seq, &record) == STATUS_OK) {
            struct pending_part part = {
                .seq = seq, .type = record.type, .at = record.at, .actor = record.actor};
            list_put_message(&list, &out, &pending_part_type, &part);
        }
    }
    return keep(ctx, list, &out);
}

/* ---- a queue -------------------------------------------------------------------------------- */

/* Title and text, from the record by which the section was given its part. */
static void fill_texts(struct ctx *ctx, const struct leg_row *row, struct queue_item *item)
{
    struct record record;
    struct opened_event opened;
    struct leg_event leg;
    struct err err;
    if (record_get(ctx, row->taken, &record) != STATUS_OK) {
        return;
    }
    if (record.type == MESSAGE_OPENED_EVENT &&
        record_message(&record, &opened_event_type, &opened, &err) == STATUS_OK) {
        item->title = opened.title;
        item->text = opened.text;
    } else if (record.type == MESSAGE_LEG_EVENT &&
               record_message(&record, &leg_event_type, &leg, &err) == STATUS_OK) {
        item->title = leg.title;
        item->text = leg.text;
    }
}

static void fill_set_aside(struct ctx *ctx, const struct leg_row *row, struct queue_item *item)
{
    struct record record;
    struct settled_event event;
    struct err err;
    if (row->set_aside != 0 && record_get(ctx, row->set_aside, &record) == STATUS_OK &&
        record_message(&record, &settled_event_type, &event, &err) == STATUS_OK) {
        item->set_aside = event.reason;
    }
}

/* Whether the next act is the section's. */
static bool is_to_act(const struct leg_row *row)
{
    return row->state != (int)LEG_STATE_SUSPENDED && row->state != (int)LEG_STATE_SUBMITTED &&
           !queue_is_finished(row->state);
}

/* Until when the section has to act, or it waits; not at all while the next act is somebody else's.
 */
static void fill_due(const struct leg_row *row, struct wall now, struct queue_item *item)
{
    if (row->state == (int)LEG_STATE_DISPATCHED) {
        item->due_at = row->sign_due;
        item->is_provisional = row->is_sign_provisional;
    } else if (row->state == (int)LEG_STATE_SUSPENDED) {
        item->due_at = row->wait_until;
    } else if (is_to_act(row)) {
        item->due_at = row->handle_due;
        item->is_provisional = row->is_handle_provisional;
    }
    item->supervised_until = row->supervised_until;
    if (is_to_act(row) && row->supervised_until.us != 0 &&
        (item->due_at.us == 0 || row->supervised_until.us < item->due_at.us)) {
        item->due_at = row->supervised_until;
        item->is_provisional = row->is_supervised_provisional;
    }
    item->is_overdue = item->due_at.us != 0 && item->due_at.us <= now.us;
}

static void put_item(struct ctx *ctx, struct bytes section, uint64_t issue, struct list *list,
                     struct buf *out)
{
    struct leg_row row;
    bool is_known = queue_find_leg(ctx, section, issue, &row);
    CHECK(is_known);
    struct queue_item item = {
        .issue = issue,
        .state = row.state,
        .role = row.role,
        .urgency = row.urgency,
        .category = row.category,
        .area = row.area,
        .pending = pending_list(ctx, issue, section, ITEM_PENDING_MAX),
        .generation = row.generation,
        .department = section,
    };
    fill_due(&row, ctx_now(ctx), &item);
    fill_texts(ctx, &row, &item);
    fill_set_aside(ctx, &row, &item);
    list_put_message(list, out, &queue_item_type, &item);
}

enum status department_answer_queue(struct ctx *ctx, const struct query *query, void *ret_reply,
                                    struct err *err)
{
    const struct queue_query *ask = query->message;
    struct queue_reply *reply = ret_reply;
    struct bytes section;
    enum status st = queue_find_section(ctx, query->person, ask->department, &section, err);
    if (st != STATUS_OK) {
        return st;
    }
    uint32_t table = ask->all ? LEGS : OPEN;
    uint32_t limit = ask->limit == 0 ? PAGE_MAX : ask->limit;
    struct leg_key from = queue_leg_key(section, ask->after);
    struct bytes prefix = bytes_of(from.bytes, section.len + 1);
    struct bytes key = leg_key_bytes(&from);
    struct bytes value;
    struct buf out = {0};
    while (reply->items.count < limit && out.len < PAGE_FULL_BYTES &&
           table_next(ctx, table, key, &key, &value) == STATUS_OK &&
           bytes_start_with(key, prefix)) {
        put_item(ctx, section, be64_load(key.p + prefix.len), &reply->items, &out);
    }
    reply->items = keep(ctx, reply->items, &out);
    return STATUS_OK;
}

/* ---- one issue ------------------------------------------------------------------------------ */

/* Whoever may see the issue through one of the sections that have a part in it here. */
enum status department_may_see_issue(struct ctx *ctx, struct bytes person, uint64_t issue,
                                     struct err *err)
{
    struct actor actor = queue_find_actor(ctx, person);
    if (issue == 0) {
        struct object object = {.office = &ctx_config(ctx)->office};
        return may(&actor, ACTION_READ_JOURNAL, &object, err);
    }
    char text[ISSUE_TEXT_BYTES];
    issue_format(issue, text);
    enum status st =
        fail_field(err, STATUS_NOT_FOUND, "issue", "issue %s is in no queue here", text);
    struct leg_key from = queue_issue_key(issue, (struct bytes){0});
    struct bytes key = leg_key_bytes(&from);
    struct bytes value;
    while (st != STATUS_OK && table_next(ctx, BY_ISSUE, key, &key, &value) == STATUS_OK &&
           be64_load(key.p) == issue) {
        struct leg_row row;
        struct bytes section = bytes_of(key.p + 8, key.len - 8);
        bool is_known = queue_find_leg(ctx, section, issue, &row);
        CHECK(is_known);
        struct object object = {
            .office = &ctx_config(ctx)->office, .department = section, .area = row.area};
        st = may(&actor, ACTION_VIEW_ISSUE, &object, err);
    }
    return st;
}

/* Where the issue stands, by the part here of which the last was heard. */
static void fill_place(struct ctx *ctx, uint64_t issue, struct queue_pending_reply *reply)
{
    struct leg_key from = queue_issue_key(issue, (struct bytes){0});
    struct bytes key = leg_key_bytes(&from);
    struct bytes value;
    while (table_next(ctx, BY_ISSUE, key, &key, &value) == STATUS_OK && be64_load(key.p) == issue) {
        struct leg_row row;
        bool is_known = queue_find_leg(ctx, bytes_of(key.p + 8, key.len - 8), issue, &row);
        CHECK(is_known);
        if (row.generation >= reply->generation) {
            reply->state = row.issue_state;
            reply->lead = row.lead;
            reply->generation = row.generation;
        }
    }
}

enum status department_answer_pending(struct ctx *ctx, const struct query *query, void *ret_reply,
                                      struct err *err)
{
    const struct queue_pending_query *ask = query->message;
    struct queue_pending_reply *reply = ret_reply;
    enum status st = department_may_see_issue(ctx, query->person, ask->issue, err);
    if (st == STATUS_OK) {
        fill_place(ctx, ask->issue, reply);
        reply->pending = pending_list(ctx, ask->issue, (struct bytes){0}, ISSUE_PENDING_MAX);
    }
    return st;
}
