/* SPDX-License-Identifier: Apache-2.0 */
/* Inboxes: rows, reading, acknowledging. */
#include "base/endian.h"
#include "notifier/notifier.h"

#define PAGE_MAX 200U

struct inbox_key {
    uint8_t bytes[WORD_MAX_BYTES + 1 + 8];
    size_t len;
};

static struct inbox_key inbox_key(struct bytes person, uint64_t item)
{
    struct inbox_key key = {.len = person.len + 1 + 8};
    CHECK(person.len <= WORD_MAX_BYTES);
    memcpy(key.bytes, person.p, person.len);
    be64_store(key.bytes + person.len + 1, item);
    return key;
}

static struct bytes key_bytes(const struct inbox_key *key)
{
    return bytes_of(key->bytes, key->len);
}

void apply_noticed(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct noticed_event *event = message;
    struct list_cursor cursor = list_begin(&event->recipients);
    struct inbox_row row = {0};
    struct bytes person;
    for (uint32_t place = 0; list_next_bytes(&cursor, &person); place++) {
        struct inbox_key key = inbox_key(person, item_id(record->seq, place));
        row_put(ctx, INBOX, key_bytes(&key), &inbox_row_type, &row);
    }
    count_add(ctx, COUNTS, BYTES("notices"), 1);
    count_add(ctx, COUNTS, BYTES("items"), event->recipients.count);
}

void apply_acked(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct acked_event *event = message;
    struct inbox_key key = inbox_key(record->actor, event->item);
    struct inbox_row row;
    if (row_get(ctx, INBOX, key_bytes(&key), &inbox_row_type, &row) != STATUS_OK) {
        return;
    }
    if (event->is_ack && row.acked_at.us == 0) {
        count_add(ctx, COUNTS, BYTES("acked"), 1);
        row.acked_at = record->at;
    }
    if (row.read_at.us == 0) {
        row.read_at = record->at;
    }
    row_put(ctx, INBOX, key_bytes(&key), &inbox_row_type, &row);
}

enum status decide_ack(struct ctx *ctx, const struct command *command, struct err *err)
{
    const struct ack_command *ask = command->message;
    struct inbox_key key = inbox_key(command->person, ask->item);
    struct inbox_row row;
    struct record record = {0};
    if (row_get(ctx, INBOX, key_bytes(&key), &inbox_row_type, &row) != STATUS_OK) {
        return fail_field(err, STATUS_NOT_FOUND, "item",
                          "there is no notice %llu in your inbox; see 'inbox list'",
                          (unsigned long long)ask->item);
    }
    (void)record_get(ctx, ask->item / 256, &record);
    struct acked_event event = {.item = ask->item, .is_ack = !ask->read};
    emit(ctx,
         &(struct emission){.type = &acked_event_type, .message = &event, .issue = record.issue});
    return STATUS_OK;
}

/* The notice of an item as its recipient sees it. */
static enum status read_item(struct ctx *ctx, uint64_t item, const struct inbox_row *row,
                             struct inbox_item *ret_item, struct err *err)
{
    struct record record;
    struct noticed_event event;
    enum status st = record_get(ctx, item / 256, &record);
    if (st == STATUS_OK) {
        st = record_message(&record, &noticed_event_type, &event, err);
    }
    if (st != STATUS_OK) {
        return fail(err, STATUS_CORRUPT, "notice %llu is not readable", (unsigned long long)item);
    }
    *ret_item = (struct inbox_item){.id = item,
                                    .at = record.at,
                                    .category = event.category,
                                    .issue = record.issue,
                                    .title = event.title,
                                    .text = event.text,
                                    .level = event.level,
                                    .read_at = row->read_at,
                                    .acked_at = row->acked_at,
                                    .cause_journal = record.cause.journal,
                                    .cause_seq = record.cause.seq};
    return STATUS_OK;
}

/* The next item of the person's inbox. */
static bool step(struct ctx *ctx, struct bytes person, uint64_t *item, struct inbox_row *ret_row)
{
    struct inbox_key key = inbox_key(person, *item);
    struct bytes prefix = bytes_of(key.bytes, key.len - 8);
    struct bytes found;
    struct bytes value;
    struct err err;
    if (table_next(ctx, INBOX, key_bytes(&key), &found, &value) != STATUS_OK ||
        found.len != key.len || !bytes_start_with(found, prefix) ||
        message_decode(&inbox_row_type, value, ret_row, &err) != STATUS_OK) {
        return false;
    }
    *item = be64_load(found.p + prefix.len);
    return true;
}

enum status answer_inbox(struct ctx *ctx, const struct query *query, void *ret_reply,
                         struct err *err)
{
    const struct inbox_query *ask = query->message;
    struct inbox_reply *reply = ret_reply;
    struct buf out = {0};
    struct inbox_row row;
    uint32_t limit = ask->limit == 0 ? PAGE_MAX : ask->limit;
    uint64_t item = ask->after;
    enum status st = STATUS_OK;
    while (st == STATUS_OK && reply->items.count < limit && step(ctx, query->person, &item, &row)) {
        struct inbox_item view;
        if (ask->unread && row.read_at.us != 0) {
            continue;
        }
        st = read_item(ctx, item, &row, &view, err);
        if (st == STATUS_OK) {
            list_put_message(&reply->items, &out, &inbox_item_type, &view);
        }
    }
    struct bytes kept = ctx_copy(ctx, buf_bytes(&out));
    reply->items.p = kept.p;
    reply->items.len = kept.len;
    buf_done(&out);
    return st;
}
