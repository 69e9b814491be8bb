/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/ctx.h"

#include "base/endian.h"

struct wall ctx_now(const struct ctx *ctx)
{
    return ctx->now;
}

const struct config *ctx_config(const struct ctx *ctx)
{
    CHECK(ctx->mode != CTX_APPLYING);
    return ctx->node->config;
}

struct bytes ctx_name(const struct ctx *ctx)
{
    return bytes_of_string(ctx->node->name);
}

bool ctx_is_void(const struct ctx *ctx)
{
    return store_status(ctx->txn) != STATUS_OK;
}

void *ctx_user(const struct ctx *ctx)
{
    return ctx->node->user;
}

const struct journal *ctx_journal(const struct ctx *ctx)
{
    return ctx->mode == CTX_ANSWERING ? &ctx->node->durable : &ctx->node->journal;
}

void *ctx_take(struct ctx *ctx, size_t len)
{
    return scratch_take(ctx->scratch, len);
}

struct bytes ctx_copy(struct ctx *ctx, struct bytes bytes)
{
    return scratch_copy(ctx->scratch, bytes);
}

struct ctx ctx_begin(struct node *node)
{
    scratch_reset(&node->scratch);
    return (struct ctx){.node = node,
                        .txn = node->txn,
                        .journal_txn = node->txn,
                        .scratch = &node->scratch,
                        .mode = CTX_DECIDING,
                        .now = node->now};
}

enum status ctx_get(struct ctx *ctx, uint32_t table, struct bytes key, struct bytes *ret_value)
{
    struct bytes value;
    enum status st = store_get(ctx->txn, table, key, &value);
    if (st == STATUS_OK) {
        *ret_value = scratch_copy(ctx->scratch, value);
    }
    return st;
}

enum status table_get(struct ctx *ctx, uint32_t table, struct bytes key, struct bytes *ret_value)
{
    return ctx_get(ctx, TABLE_SERVICE + table, key, ret_value);
}

typedef enum status (*walk_fn)(struct store_txn *txn, uint32_t table, struct bytes key,
                               struct bytes *ret_key, struct bytes *ret_value);

static enum status walk(struct ctx *ctx, walk_fn step, uint32_t table, struct bytes key,
                        struct bytes *ret[2])
{
    struct bytes found_key;
    struct bytes found_value;
    enum status st = step(ctx->txn, TABLE_SERVICE + table, key, &found_key, &found_value);
    if (st == STATUS_OK) {
        *ret[0] = scratch_copy(ctx->scratch, found_key);
        *ret[1] = scratch_copy(ctx->scratch, found_value);
    }
    return st;
}

enum status table_seek(struct ctx *ctx, uint32_t table, struct bytes key, struct bytes *ret_key,
                       struct bytes *ret_value)
{
    return walk(ctx, store_seek, table, key, (struct bytes *[2]){ret_key, ret_value});
}

enum status table_next(struct ctx *ctx, uint32_t table, struct bytes key, struct bytes *ret_key,
                       struct bytes *ret_value)
{
    return walk(ctx, store_next, table, key, (struct bytes *[2]){ret_key, ret_value});
}

enum status table_before(struct ctx *ctx, uint32_t table, struct bytes key, struct bytes *ret_key,
                         struct bytes *ret_value)
{
    return walk(ctx, store_before, table, key, (struct bytes *[2]){ret_key, ret_value});
}

enum status row_get(struct ctx *ctx, uint32_t table, struct bytes key,
                    const struct message_type *type, void *ret_row)
{
    struct bytes value;
    enum status st = table_get(ctx, table, key, &value);
    if (st != STATUS_OK) {
        return st;
    }
    struct err err;
    st = message_decode(type, value, ret_row, &err);
    CHECK(st == STATUS_OK);
    return STATUS_OK;
}

void table_put(struct ctx *ctx, uint32_t table, struct bytes key, struct bytes value)
{
    CHECK(ctx->mode == CTX_APPLYING);
    (void)store_put(ctx->txn, TABLE_SERVICE + table, key, value);
}

void table_append(struct ctx *ctx, uint32_t table, struct bytes key, struct bytes value)
{
    CHECK(ctx->mode == CTX_APPLYING);
    (void)store_append(ctx->txn, TABLE_SERVICE + table, key, value);
}

void table_remove(struct ctx *ctx, uint32_t table, struct bytes key)
{
    CHECK(ctx->mode == CTX_APPLYING);
    (void)store_remove(ctx->txn, TABLE_SERVICE + table, key);
}

void ctx_put_row(struct ctx *ctx, uint32_t table, struct bytes key, const struct message_type *type,
                 const void *row)
{
    struct buf *buf = &ctx->node->row;
    buf_clear(buf);
    message_append(type, row, PART_ALL, buf);
    (void)store_put(ctx->txn, table, key, buf_bytes(buf));
}

void row_put(struct ctx *ctx, uint32_t table, struct bytes key, const struct message_type *type,
             const void *row)
{
    CHECK(ctx->mode == CTX_APPLYING);
    ctx_put_row(ctx, TABLE_SERVICE + table, key, type, row);
}

uint64_t count_get(struct ctx *ctx, uint32_t table, struct bytes name)
{
    struct bytes value;
    enum status st = table_get(ctx, table, name, &value);
    return st == STATUS_OK && value.len == 8 ? be64_load(value.p) : 0;
}

void count_add(struct ctx *ctx, uint32_t table, struct bytes name, int64_t difference)
{
    uint8_t value[8];
    be64_store(value, count_get(ctx, table, name) + (uint64_t)difference);
    table_put(ctx, table, name, bytes_of(value, sizeof value));
}

#define TIMER_ID_MAX_BYTES 24U
#define TIMER_KEY_MAX_BYTES (8U + TIMER_ID_MAX_BYTES)

static struct bytes timer_key(struct wall at, struct bytes id, uint8_t key[TIMER_KEY_MAX_BYTES])
{
    CHECK(id.len > 0 && id.len <= TIMER_ID_MAX_BYTES && at.us >= 0);
    be64_store(key, (uint64_t)at.us);
    memcpy(key + 8, id.p, id.len);
    return bytes_of(key, 8 + id.len);
}

void timer_put(struct ctx *ctx, struct wall at, struct bytes id)
{
    CHECK(ctx->mode == CTX_APPLYING);
    uint8_t key[TIMER_KEY_MAX_BYTES];
    (void)store_put(ctx->txn, TABLE_TIMER, timer_key(at, id, key), (struct bytes){0});
}

void timer_remove(struct ctx *ctx, struct wall at, struct bytes id)
{
    CHECK(ctx->mode == CTX_APPLYING);
    uint8_t key[TIMER_KEY_MAX_BYTES];
    (void)store_remove(ctx->txn, TABLE_TIMER, timer_key(at, id, key));
}

enum status record_get(struct ctx *ctx, uint64_t seq, struct record *ret_record)
{
    uint8_t key[8];
    be64_store(key, seq);
    struct bytes raw;
    enum status st = store_get(ctx->journal_txn, TABLE_JOURNAL, bytes_of(key, sizeof key), &raw);
    struct err err;
    return st == STATUS_OK ? record_decode(scratch_copy(ctx->scratch, raw), seq, ret_record, &err)
                           : st;
}

static struct bytes trail_key(uint64_t issue, uint64_t seq, uint8_t key[16])
{
    be64_store(key, issue);
    be64_store(key + 8, seq);
    return bytes_of(key, 16);
}

static enum status trail_walk(struct ctx *ctx, walk_fn step, uint64_t issue, uint64_t seq,
                              uint64_t *ret_seq)
{
    uint8_t key[16];
    struct bytes found;
    struct bytes value;
    enum status st = step(ctx->txn, TABLE_TRAIL, trail_key(issue, seq, key), &found, &value);
    if (st == STATUS_OK && be64_load(found.p) != issue) {
        st = STATUS_NOT_FOUND;
    }
    if (st == STATUS_OK) {
        *ret_seq = be64_load(found.p + 8);
    }
    return st;
}

enum status trail_next(struct ctx *ctx, uint64_t issue, uint64_t after, uint64_t *ret_seq)
{
    return trail_walk(ctx, store_next, issue, after, ret_seq);
}

enum status trail_before(struct ctx *ctx, uint64_t issue, uint64_t before, uint64_t *ret_seq)
{
    return trail_walk(ctx, store_before, issue, before, ret_seq);
}

enum status record_message(const struct record *record, const struct message_type *type,
                           void *ret_message, struct err *err)
{
    if (record->type != type->number) {
        return fail(err, STATUS_CORRUPT, "record %llu is of type %u, not %s",
                    (unsigned long long)record->seq, record->type, type->name);
    }
    return message_decode_parts(type, record->open, record->pii, ret_message, err);
}
