/* SPDX-License-Identifier: Apache-2.0 */
/* Events: appended to the journal with their cause, and applied at once. */
#include "runtime/ctx.h"

#include "base/endian.h"

/* Puts the cause of the input into the record: request, followed record, or nothing. */
static void set_cause(struct ctx *ctx, struct record *record)
{
    record->depth = 1;
    if (ctx->cause == CAUSE_REQUEST) {
        record->flags |= RECORD_BY_REQUEST;
        record->request = ctx->request;
        record->request_hash = ctx->request_hash;
        record->request_type = ctx->request_type;
    } else if (ctx->cause == CAUSE_RECORD) {
        record->flags |= RECORD_BY_RECORD;
        record->cause = ctx->position;
        record->cause_index = ctx->index++;
        record->depth = (uint8_t)(ctx->depth + 1);
    }
}

static void remember_first(struct ctx *ctx, const struct record *record)
{
    if (ctx->count++ == 0) {
        ctx->first = record->seq;
        ctx->generation = record->generation;
        ctx->issue = record->issue;
    }
}

/* Appends and applies; `message` is the decoded payload of `record`. */
static uint64_t append(struct ctx *ctx, struct record *record, const void *message)
{
    struct node *node = ctx->node;
    CHECK(ctx->mode == CTX_DECIDING);
    record->at = ctx->now;
    record->config = node->config == NULL ? 0 : be64_load(node->config->hash);
    set_cause(ctx, record);

    struct err err;
    enum status st = journal_append(&node->journal, ctx->txn, record, &node->record, &err);
    CHECK(st == STATUS_OK || store_status(ctx->txn) != STATUS_OK);
    if (st != STATUS_OK) {
        return 0;
    }
    node->emitted++;
    remember_first(ctx, record);

    struct ctx applying = *ctx;
    applying.mode = CTX_APPLYING;
    ctx_apply(&applying, record, message);
    return record->seq;
}

uint64_t emit(struct ctx *ctx, const struct emission *emission)
{
    struct node *node = ctx->node;
    buf_clear(&node->open);
    buf_clear(&node->pii);
    message_append(emission->type, emission->message, PART_OPEN, &node->open);
    message_append(emission->type, emission->message, PART_PII, &node->pii);

    struct bytes actor = emission->actor.len != 0 ? emission->actor : ctx->actor;
    if (ctx->cause == CAUSE_REQUEST) {
        CHECK(!emission->is_by_system); /* request records take the person from the actor */
        actor = ctx->actor;
    }
    struct record record = {
        .flags = emission->is_local ? RECORD_LOCAL : 0,
        .type = (uint16_t)emission->type->number,
        .issue = emission->issue,
        .generation = emission->generation,
        .actor = emission->is_by_system ? (struct bytes){0} : actor,
        .topic = emission->topic,
        .open = buf_bytes(&node->open),
        .pii = buf_bytes(&node->pii),
    };
    return append(ctx, &record, emission->message);
}

uint64_t take_over(struct ctx *ctx, const struct record *followed)
{
    const struct message_type *type = message_find_type(followed->type);
    CHECK(type != NULL);
    void *message = ctx_take(ctx, type->size);
    struct err err;
    enum status st = record_message(followed, type, message, &err);
    CHECK(st == STATUS_OK);

    struct record record = {
        .flags = RECORD_LOCAL,
        .type = followed->type,
        .issue = followed->issue,
        .generation = followed->generation,
        .actor = followed->actor,
        .topic = followed->topic,
        .open = followed->open,
        .pii = followed->pii,
    };
    return append(ctx, &record, message);
}

static void apply_trail(struct ctx *ctx, const struct record *record)
{
    uint8_t key[16];
    be64_store(key, record->issue);
    be64_store(key + 8, record->seq);
    (void)store_put(ctx->txn, TABLE_TRAIL, bytes_of(key, sizeof key), (struct bytes){0});
}

static void apply_adopted(struct ctx *ctx, const struct record *record,
                          const struct config_adopted_event *event)
{
    (void)record;
    (void)store_put(ctx->txn, TABLE_CONFIG, BYTES("hash"), event->hash);
}

static void apply_clock(struct ctx *ctx, const struct record *record,
                        const struct clock_accepted_event *event)
{
    (void)record;
    uint8_t value[8];
    be64_store(value, (uint64_t)event->now.us);
    (void)store_put(ctx->txn, TABLE_CONFIG, BYTES("clock"), bytes_of(value, sizeof value));
}

static void apply_own(struct ctx *ctx, const struct record *record, const void *message)
{
    if (record->type == MESSAGE_CONFIG_ADOPTED_EVENT) {
        apply_adopted(ctx, record, message);
    } else if (record->type == MESSAGE_DEAD_LETTERED_EVENT) {
        dead_apply_lettered(ctx, record, message);
    } else if (record->type == MESSAGE_DEAD_SETTLED_EVENT) {
        dead_apply_settled(ctx, record, message);
    } else if (record->type == MESSAGE_CLOCK_ACCEPTED_EVENT) {
        apply_clock(ctx, record, message);
    }
}

void ctx_apply(struct ctx *ctx, const struct record *record, const void *message)
{
    ctx->now = record->at;
    if (record->issue != 0) {
        apply_trail(ctx, record);
    }
    if ((record->flags & RECORD_BY_REQUEST) != 0) {
        request_apply(ctx, record);
    }
    apply_own(ctx, record, message);
    for (const struct apply_spec *spec = ctx->node->service->applies; spec->type != NULL; spec++) {
        if (spec->type->number == record->type && !ctx_is_void(ctx)) {
            spec->apply(ctx, record, message);
        }
    }
}

enum status ctx_replay(struct ctx *ctx, const struct record *record, struct err *err)
{
    const struct message_type *type = message_find_type(record->type);
    if (type == NULL) {
        return fail(err, STATUS_REFUSED,
                    "record %llu has type %u, which this program does not know; use a newer one",
                    (unsigned long long)record->seq, record->type);
    }
    void *message = ctx_take(ctx, type->size);
    enum status st = record_message(record, type, message, err);
    if (st != STATUS_OK) {
        return wrap(err, st, "record %llu", (unsigned long long)record->seq);
    }
    ctx->mode = CTX_APPLYING;
    ctx_apply(ctx, record, message);
    return store_status(ctx->txn);
}
