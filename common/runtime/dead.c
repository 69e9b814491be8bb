/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dead letters: followed records that cannot be taken. One is kept whole in an event of this
 * journal, so nothing is lost; later records of the same issue on the same link wait behind it, so
 * that nothing is applied out of order. An operator has it tried again or drops it, and those
 * behind it follow in order.
 */
#include "runtime/ctx.h"

#include "base/endian.h"

static bool read_row(struct bytes value, struct dead_row *ret_row)
{
    struct err err;
    return message_decode(&dead_row_type, value, ret_row, &err) == STATUS_OK;
}

/* The next waiting letter after number `after`; false past the end. The row borrows from scratch.
 */
static bool find_next(struct ctx *ctx, uint64_t after, uint64_t *ret_seq, struct dead_row *ret_row)
{
    uint8_t key[8];
    be64_store(key, after);
    struct bytes found;
    struct bytes value;
    if (store_next(ctx->txn, TABLE_DEAD, bytes_of(key, sizeof key), &found, &value) != STATUS_OK) {
        return false;
    }
    *ret_seq = be64_load(found.p);
    return read_row(ctx_copy(ctx, value), ret_row);
}

bool dead_has_issue(struct ctx *ctx, const struct id *journal, uint64_t issue)
{
    uint64_t seq = 0;
    struct dead_row row;
    while (find_next(ctx, seq, &seq, &row)) {
        if (row.issue == issue && id_equal(&row.journal, journal)) {
            return true;
        }
    }
    return false;
}

void dead_letter(struct ctx *ctx, const struct node_link *link, const struct record *record,
                 const char *reason)
{
    struct dead_lettered_event event = {
        .journal = link->cursor.journal,
        .seq = record->seq,
        .reason = reason == NULL ? (struct bytes){0} : bytes_of_string(reason),
        .is_parked = reason == NULL,
        .link = bytes_of_string(link->name),
        .record = record->raw,
    };
    if (ctx->depth >= RECORD_DEPTH_MAX) {
        ctx->depth = RECORD_DEPTH_MAX - 1; /* the letter ends the chain and is no part of it */
    }
    emit(ctx, &(struct emission){.type = &dead_lettered_event_type,
                                 .message = &event,
                                 .issue = record->issue,
                                 .generation = record->generation,
                                 .is_by_system = true});
}

void dead_apply_lettered(struct ctx *ctx, const struct record *record,
                         const struct dead_lettered_event *event)
{
    struct dead_row row = {.journal = event->journal,
                           .followed_seq = event->seq,
                           .issue = record->issue,
                           .is_parked = event->is_parked,
                           .link = event->link};
    uint8_t key[8];
    be64_store(key, record->seq);
    ctx_put_row(ctx, TABLE_DEAD, bytes_of(key, sizeof key), &dead_row_type, &row);
}

void dead_apply_settled(struct ctx *ctx, const struct record *record,
                        const struct dead_settled_event *event)
{
    (void)record;
    uint8_t key[8];
    be64_store(key, event->seq);
    (void)store_remove(ctx->txn, TABLE_DEAD, bytes_of(key, sizeof key));
}

static void settle(struct ctx *ctx, uint64_t seq, uint64_t issue, bool is_dropped,
                   struct bytes reason)
{
    struct dead_settled_event event = {.seq = seq, .is_dropped = is_dropped, .reason = reason};
    emit(ctx,
         &(struct emission){.type = &dead_settled_event_type, .message = &event, .issue = issue});
}

/* The followed record that the letter `seq` keeps. */
static enum status read_letter(struct ctx *ctx, uint64_t seq, struct record *ret_record,
                               struct dead_lettered_event *ret_event, struct err *err)
{
    struct record own;
    enum status st = record_get(ctx, seq, &own);
    if (st == STATUS_OK) {
        st = record_message(&own, &dead_lettered_event_type, ret_event, err);
    }
    if (st != STATUS_OK) {
        return fail(err, STATUS_NOT_FOUND, "there is no dead letter %llu; see 'dead list'",
                    (unsigned long long)seq);
    }
    return record_decode(ret_event->record, ret_event->seq, ret_record, err);
}

/* Takes one letter again, as if its record had just come. */
static enum status retry(struct ctx *ctx, uint64_t seq, const struct record *record,
                         const struct dead_lettered_event *event, struct err *err)
{
    struct ctx again = *ctx;
    again.cause = CAUSE_RECORD;
    again.position = (struct position){event->journal, record->seq};
    again.depth = record->depth;
    again.index = 0;
    again.actor = record->actor;
    again.count = 0;
    enum status st = ctx_react(&again, record, err);
    if (st == STATUS_OK) {
        settle(ctx, seq, record->issue, false, (struct bytes){0});
    }
    return st;
}

/* Retries what waited behind a settled letter, in order, until one fails again or none is left. */
static void release_parked(struct ctx *ctx, const struct id *journal, uint64_t issue)
{
    uint64_t seq = 0;
    struct dead_row row;
    while (find_next(ctx, seq, &seq, &row)) {
        if (row.issue != issue || !id_equal(&row.journal, journal)) {
            continue;
        }
        struct record record;
        struct dead_lettered_event event;
        struct err err;
        if (read_letter(ctx, seq, &record, &event, &err) != STATUS_OK ||
            retry(ctx, seq, &record, &event, &err) != STATUS_OK) {
            return;
        }
    }
}

enum status dead_decide_settle(struct ctx *ctx, const struct command *command, struct err *err)
{
    const struct dead_settle_command *settling = command->message;
    enum status st = check_operator(ctx, command->person, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct record record;
    struct dead_lettered_event event;
    uint8_t key[8];
    be64_store(key, settling->seq);
    struct bytes value;
    if (ctx_get(ctx, TABLE_DEAD, bytes_of(key, sizeof key), &value) != STATUS_OK) {
        return fail_field(err, STATUS_NOT_FOUND, "seq",
                          "there is no dead letter %llu; see 'dead list'",
                          (unsigned long long)settling->seq);
    }
    st = read_letter(ctx, settling->seq, &record, &event, err);
    if (st != STATUS_OK && !settling->is_dropped) {
        return st;
    }
    struct id journal = event.journal;
    if (settling->is_dropped) {
        settle(ctx, settling->seq, record.issue, true, settling->reason);
    } else {
        st = retry(ctx, settling->seq, &record, &event, err);
        if (st != STATUS_OK) {
            return fail(err, STATUS_REFUSED, "it still cannot be taken: %s", err->text);
        }
    }
    release_parked(ctx, &journal, record.issue);
    return STATUS_OK;
}

enum status dead_answer(struct ctx *ctx, const struct query *query, void *ret_reply,
                        struct err *err)
{
    const struct dead_query *ask = query->message;
    enum status st = check_operator(ctx, query->person, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct dead_reply *reply = ret_reply;
    struct buf *out = &ctx->node->row;
    buf_clear(out);
    uint32_t limit = ask->limit == 0 ? 200 : ask->limit;
    uint64_t seq = ask->after;
    struct dead_row row;
    while (reply->letters.count < limit && find_next(ctx, seq, &seq, &row)) {
        struct record record;
        struct dead_lettered_event event;
        struct err unreadable;
        struct dead_part part = {.seq = seq,
                                 .link = row.link,
                                 .followed_seq = row.followed_seq,
                                 .issue = row.issue,
                                 .is_parked = row.is_parked};
        if (read_letter(ctx, seq, &record, &event, &unreadable) == STATUS_OK) {
            part.type = record.type;
            part.reason = event.reason;
            part.at = record.at;
        }
        list_put_message(&reply->letters, out, &dead_part_type, &part);
    }
    list_end(&reply->letters, out);
    return STATUS_OK;
}
