/* SPDX-License-Identifier: Apache-2.0 */
/* Inboxes as people see them: reading, acknowledging, listing. */
#include "base/endian.h"
#include "notifier/notifier.h"

#define PAGE_MAX 200U

struct inbox_key inbox_key(struct bytes person, uint64_t item)
{
    struct inbox_key key = {.len = person.len + 1 + 8};
    CHECK(person.len <= WORD_MAX_BYTES);
    memcpy(key.bytes, person.p, person.len);
    be64_store(key.bytes + person.len + 1, item);
    return key;
}

enum status decide_ack(struct ctx *ctx, const struct command *command, struct err *err)
{
    const struct ack_command *ask = command->message;
    struct inbox_key key = inbox_key(command->person, ask->item);
    struct inbox_row row;
    struct record record = {0};
    enum status st = notifier_check_inbox(ctx, command->person, err);
    if (st != STATUS_OK) {
        return st;
    }
    if (row_get(ctx, INBOX, inbox_key_bytes(&key), &inbox_row_type, &row) != STATUS_OK) {
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

/* The record that has the words: its own, or that of the notice it tells again; of a held one,
 * where it was held. */
bool find_words(struct ctx *ctx, const struct record *record, const struct noticed_event *event,
                struct words *ret_words)
{
    struct record source = *record;
    struct noticed_event told = *event;
    struct held_event held;
    struct err err;
    if (told.repeats != 0 &&
        (record_get(ctx, told.repeats, &source) != STATUS_OK ||
         record_message(&source, &noticed_event_type, &told, &err) != STATUS_OK)) {
        return false;
    }
    *ret_words = (struct words){told.title, told.text, source.cause};
    if (told.held == 0) {
        return true;
    }
    if (record_get(ctx, told.held, &source) != STATUS_OK ||
        record_message(&source, &held_event_type, &held, &err) != STATUS_OK) {
        return false;
    }
    *ret_words = (struct words){held.title, held.text, source.cause};
    return true;
}

/* The notice of an item as its recipient sees it. */
static enum status read_item(struct ctx *ctx, uint64_t item, const struct inbox_row *row,
                             struct inbox_item *ret_item, struct err *err)
{
    struct record record;
    struct noticed_event event;
    struct words words;
    enum status st = record_get(ctx, item / 256, &record);
    if (st == STATUS_OK) {
        st = record_message(&record, &noticed_event_type, &event, err);
    }
    if (st != STATUS_OK || !find_words(ctx, &record, &event, &words)) {
        return fail(err, STATUS_CORRUPT, "notice %llu is not readable", (unsigned long long)item);
    }
    *ret_item = (struct inbox_item){.id = item,
                                    .at = record.at,
                                    .category = event.category,
                                    .issue = record.issue,
                                    .title = words.title,
                                    .text = words.text,
                                    .level = event.level,
                                    .read_at = row->read_at,
                                    .acked_at = row->acked_at,
                                    .cause_journal = words.cause.journal,
                                    .cause_seq = words.cause.seq,
                                    .repeats = row->repeats};
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
    if (table_next(ctx, INBOX, inbox_key_bytes(&key), &found, &value) != STATUS_OK ||
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
    enum status st = notifier_check_inbox(ctx, query->person, err);
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
