/* SPDX-License-Identifier: Apache-2.0 */
/* What the notifier's events make of its tables. */
#include "notifier/digest.h"
#include "notifier/pending.h"

/* ---- told ----------------------------------------------------------------------------------- */

/* The item of a notice in the person's inbox; 0: there is none. */
static uint64_t find_item(struct ctx *ctx, uint64_t seq, struct bytes person)
{
    struct record record;
    struct noticed_event event;
    struct err err;
    struct bytes recipient;
    if (record_get(ctx, seq, &record) != STATUS_OK ||
        record_message(&record, &noticed_event_type, &event, &err) != STATUS_OK) {
        return 0;
    }
    struct list_cursor cursor = list_begin(&event.recipients);
    for (uint32_t place = 0; list_next_bytes(&cursor, &recipient); place++) {
        if (bytes_equal(recipient, person)) {
            return item_id(seq, place);
        }
    }
    return 0;
}

/* The first notice knows the one that tells it again, so that reading one is reading both. */
static void join(struct ctx *ctx, struct bytes person, uint64_t first, uint64_t again)
{
    struct inbox_key key = inbox_key(person, first);
    struct inbox_row row;
    if (row_get(ctx, INBOX, inbox_key_bytes(&key), &inbox_row_type, &row) == STATUS_OK) {
        row.repeated = again;
        row_put(ctx, INBOX, inbox_key_bytes(&key), &inbox_row_type, &row);
    }
}

static void put_items(struct ctx *ctx, const struct record *record,
                      const struct noticed_event *event)
{
    struct list_cursor cursor = list_begin(&event->recipients);
    struct bytes person;
    for (uint32_t place = 0; list_next_bytes(&cursor, &person); place++) {
        uint64_t item = item_id(record->seq, place);
        struct inbox_key key = inbox_key(person, item);
        struct inbox_row row = {0};
        if (event->repeats != 0) {
            row.repeats = find_item(ctx, event->repeats, person);
            join(ctx, person, row.repeats, item);
        }
        row_put(ctx, INBOX, inbox_key_bytes(&key), &inbox_row_type, &row);
    }
}

/* What waited for this event waits no more. */
static void end_waiting(struct ctx *ctx, const struct record *record,
                        const struct noticed_event *event)
{
    struct list_cursor cursor = list_begin(&event->recipients);
    struct bytes person;
    if (event->held != 0) {
        pending_remove(ctx, record->issue, event->held);
    }
    if (event->passes_on != 0) {
        pending_remove(ctx, record->issue, event->passes_on);
    }
    if (event->digest != 0 && list_next_bytes(&cursor, &person)) {
        digest_remove(ctx, person, event->digest);
    }
}

static void begin_waiting(struct ctx *ctx, const struct record *record,
                          const struct noticed_event *event)
{
    if (event->repeats != 0 && event->unread_at.us != 0) {
        pending_move(ctx, record->issue, event->repeats, event->unread_at, record->seq);
    } else if (event->repeats != 0) {
        pending_remove(ctx, record->issue, event->repeats);
    } else if (event->unread_at.us != 0) {
        struct pending_row row = {.at = event->unread_at,
                                  .left = event->recipients.count,
                                  .subject = event->subject,
                                  .promise = event->promise};
        pending_put(ctx, record->issue, record->seq, &row);
    }
}

void apply_noticed(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct noticed_event *event = message;
    if (event->settles) {
        pending_settle(ctx, record->issue);
    }
    pending_end(ctx, record->issue, event->ended, event->promise);
    end_waiting(ctx, record, event);
    put_items(ctx, record, event);
    begin_waiting(ctx, record, event);
    count_add(ctx, COUNTS, BYTES("notices"), 1);
    count_add(ctx, COUNTS, BYTES("items"), event->recipients.count);
}

/* ---- held ----------------------------------------------------------------------------------- */

void apply_held(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct held_event *event = message;
    struct list_cursor cursor = list_begin(&event->recipients);
    struct bytes person;
    if (event->settles) {
        pending_settle(ctx, record->issue);
    }
    pending_end(ctx, record->issue, event->ended, event->promise);
    if (event->passes_on != 0) {
        pending_remove(ctx, record->issue, event->passes_on);
    }
    if (!event->is_for_digest) {
        struct pending_row row = {.at = event->until,
                                  .is_held = true,
                                  .subject = event->subject,
                                  .promise = event->promise};
        pending_put(ctx, record->issue, record->seq, &row);
        return;
    }
    for (uint32_t place = 0; list_next_bytes(&cursor, &person); place++) {
        digest_add(ctx, record, place, person, event->until);
    }
}

void apply_moved(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct moved_event *event = message;
    if (event->digest != 0) {
        digest_move(ctx, event->digest, event->until);
    } else {
        pending_move(ctx, record->issue, event->notice, event->until, 0);
    }
}

void apply_lapsed(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct lapsed_event *event = message;
    if (event->notice != 0) {
        pending_remove(ctx, record->issue, event->notice);
    } else if (event->ended != 0) {
        pending_end(ctx, record->issue, event->ended, event->promise);
    } else {
        pending_settle(ctx, record->issue);
    }
}

/* ---- read ----------------------------------------------------------------------------------- */

/* Sets what is not set yet; true when it was not read before. */
static bool mark(struct ctx *ctx, const struct record *record, uint64_t item, bool is_ack,
                 struct inbox_row *ret_row)
{
    struct inbox_key key = inbox_key(record->actor, item);
    if (row_get(ctx, INBOX, inbox_key_bytes(&key), &inbox_row_type, ret_row) != STATUS_OK) {
        return false;
    }
    bool is_first = ret_row->read_at.us == 0;
    if (is_ack && ret_row->acked_at.us == 0) {
        count_add(ctx, COUNTS, BYTES("acked"), 1);
        ret_row->acked_at = record->at;
    }
    if (is_first) {
        ret_row->read_at = record->at;
    }
    row_put(ctx, INBOX, inbox_key_bytes(&key), &inbox_row_type, ret_row);
    return is_first;
}

void apply_acked(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct acked_event *event = message;
    struct inbox_row row = {0};
    struct inbox_row other;
    bool is_first = mark(ctx, record, event->item, event->is_ack, &row);
    uint64_t first = row.repeats != 0 ? row.repeats : event->item;
    uint64_t twin = row.repeats != 0 ? row.repeats : row.repeated;
    if (twin != 0) {
        (void)mark(ctx, record, twin, event->is_ack, &other);
    }
    if (is_first) {
        pending_read(ctx, record->issue, first / 256);
    }
}
