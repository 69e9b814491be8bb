/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Request records: a command that was accepted is known by its request id, so that its repetition
 * gets the same reply and has no second effect. The record is written by apply, from what the first
 * event of the command carries in its header, and counts the events that follow.
 *
 * A version-7 id that is older than the configuration's request_retention_days is refused unseen.
 * The record is kept for RETENTION_US, the most that can be configured, by the time inside the ids
 * themselves: forgetting it cannot repeat an effect, and what is kept follows from the journal
 * alone. Each new record lets go of at most two old ones. Ids of other versions carry no time and
 * are kept.
 */
#include "runtime/ctx.h"

#include <sodium.h>

#define DAY_US (S_PER_DAY * US_PER_S)
#define RETENTION_US (CONFIG_REQUEST_DAYS_MAX * DAY_US)
#define SLACK_US DAY_US /* records outlive the last id that is still accepted */
#define AHEAD_US (INT64_C(10) * 60 * US_PER_S)
#define SWEEP_MAX 2

struct request_key request_key(const struct id *id)
{
    struct request_key key;
    struct wall at;
    key.bytes[0] = id_find_time(id, &at) ? 7 : 255;
    memcpy(key.bytes + 1, id->bytes, ID_BYTES);
    return key;
}

/* Over what is asked, and not over what the person had seen when asking: when a command is repeated
 * after its effect, the issue has moved on, and it is the same command all the same. */
uint64_t request_hash(struct node *node, const struct message_type *type, const void *message)
{
    _Alignas(max_align_t) uint8_t asked[MESSAGE_SIZE_MAX];
    const struct field *seen = message_find_field(type, "generation");
    CHECK(type->size <= sizeof asked);
    memcpy(asked, message, type->size);
    if (seen != NULL) {
        memset(asked + seen->offset, 0, seen->size);
    }
    buf_clear(&node->open);
    message_append(type, asked, PART_ALL, &node->open);
    uint8_t hash[crypto_generichash_BYTES_MIN];
    (void)crypto_generichash(hash, sizeof hash, node->open.p, node->open.len, NULL, 0);
    uint64_t value;
    memcpy(&value, hash, sizeof value);
    return value;
}

static enum status check_age(const struct ctx *ctx, const struct id *id, struct wall real,
                             struct err *err)
{
    const struct config *config = ctx_config(ctx);
    uint32_t days = config != NULL ? config->request_retention_days : CONFIG_REQUEST_DAYS_MAX;
    struct wall at;
    if (id_is_zero(id)) {
        return fail_field(err, STATUS_INVALID, "request_id", "a command needs a request id");
    }
    if (!id_find_time(id, &at)) {
        return STATUS_OK;
    }
    if (at.us < real.us - days * DAY_US) {
        return fail_field(err, STATUS_INVALID, "request_id",
                          "this request id was made more than %u day%s ago; look whether it had "
                          "its effect, then ask again with a new one",
                          days, days == 1 ? "" : "s");
    }
    if (at.us > real.us + AHEAD_US) {
        return fail_field(err, STATUS_INVALID, "request_id",
                          "this request id was made in the future; check the clock of the machine "
                          "that made it");
    }
    return STATUS_OK;
}

static enum status give_stored(struct ctx *ctx, const struct request_row *row,
                               const struct asked *asked, uint64_t hash, struct outcome *outcome)
{
    if (row->hash != hash || row->type != asked->spec->type->number ||
        !bytes_equal(row->person, asked->person)) {
        return fail_field(&outcome->err, STATUS_EXISTS, "request_id",
                          "this request id was used before by another person or for something "
                          "else; make a new one");
    }
    struct record record;
    enum status st = record_get(ctx, row->seq, &record);
    if (st != STATUS_OK) {
        return fail(&outcome->err, STATUS_CORRUPT, "record %llu of the request is not readable",
                    (unsigned long long)row->seq);
    }
    outcome->change = (struct change_reply){.issue = record.issue,
                                            .seq = row->seq,
                                            .count = row->count,
                                            .generation = record.generation};
    return STATUS_AGAIN;
}

/* OK: new. AGAIN: known, the outcome holds its reply. Otherwise the outcome says why not. */
enum status request_check(struct ctx *ctx, const struct asked *asked, struct wall real,
                          struct outcome *outcome)
{
    enum status st = check_age(ctx, &asked->request, real, &outcome->err);
    if (st != STATUS_OK) {
        return st;
    }
    ctx->request = asked->request;
    ctx->request_type = (uint16_t)asked->spec->type->number;
    ctx->request_hash = request_hash(ctx->node, asked->spec->type, asked->message);
    ctx->cause = CAUSE_REQUEST;

    struct request_key key = request_key(&asked->request);
    struct bytes value;
    st = ctx_get(ctx, TABLE_REQUEST, bytes_of(key.bytes, sizeof key.bytes), &value);
    if (st == STATUS_NOT_FOUND) {
        return STATUS_OK;
    }
    struct request_row row;
    struct err err;
    if (st != STATUS_OK || message_decode(&request_row_type, value, &row, &err) != STATUS_OK) {
        return fail(&outcome->err, STATUS_CORRUPT, "the record of this request is not readable");
    }
    return give_stored(ctx, &row, asked, ctx->request_hash, outcome);
}

/* Lets go of records whose ids are refused by now anyway, going by the newest id's time. */
static void sweep(struct ctx *ctx, const struct id *newest)
{
    struct wall at;
    if (!id_find_time(newest, &at)) {
        return;
    }
    for (int i = 0; i < SWEEP_MAX; i++) {
        struct bytes key;
        struct bytes value;
        enum status st = store_seek(ctx->txn, TABLE_REQUEST, (struct bytes){0}, &key, &value);
        if (st != STATUS_OK || key.len != sizeof(struct request_key) || key.p[0] != 7) {
            return;
        }
        struct id oldest;
        memcpy(oldest.bytes, key.p + 1, ID_BYTES);
        struct wall then;
        if (!id_find_time(&oldest, &then) || then.us > at.us - RETENTION_US - SLACK_US) {
            return;
        }
        struct request_key copy = request_key(&oldest);
        (void)store_remove(ctx->txn, TABLE_REQUEST, bytes_of(copy.bytes, sizeof copy.bytes));
    }
}

void request_apply(struct ctx *ctx, const struct record *record)
{
    struct request_key key = request_key(&record->request);
    struct bytes key_bytes = bytes_of(key.bytes, sizeof key.bytes);
    struct request_row row = {.seq = record->seq,
                              .count = 1,
                              .person = record->actor,
                              .type = record->request_type,
                              .hash = record->request_hash};
    struct bytes value;
    if (ctx_get(ctx, TABLE_REQUEST, key_bytes, &value) == STATUS_OK) {
        struct err err;
        enum status st = message_decode(&request_row_type, value, &row, &err);
        CHECK(st == STATUS_OK);
        row.count++;
    } else {
        sweep(ctx, &record->request);
    }
    ctx_put_row(ctx, TABLE_REQUEST, key_bytes, &request_row_type, &row);
}
