/* SPDX-License-Identifier: Apache-2.0 */
/* The three kinds of inputs that may write: commands, followed records, due timers. */
#include "runtime/ctx.h"

#include "base/endian.h"

#include <stdio.h>

void node_on_command(struct node *node, const struct asked *asked, struct wall real,
                     struct outcome *ret_outcome)
{
    buf_done(&ret_outcome->problems); /* of an earlier try of the same batch */
    *ret_outcome = (struct outcome){0};
    struct ctx ctx = ctx_begin(node);
    ctx.actor = asked->person;
    ctx.outcome = ret_outcome;
    enum status st = request_check(&ctx, asked, real, ret_outcome);
    if (st == STATUS_AGAIN) {
        ret_outcome->status = STATUS_OK; /* a repetition: the stored reply */
        return;
    }
    if (st != STATUS_OK) {
        ret_outcome->status = st;
        return;
    }
    const struct config *before = node->config;
    if (asked->config != NULL) {
        node->config = asked->config;
    }
    struct command command = {.person = asked->person, .message = asked->message};
    st = asked->spec->decide(&ctx, &command, &ret_outcome->err);
    CHECK((st == STATUS_OK) == (ctx.count > 0) || store_status(node->txn) != STATUS_OK);
    if (st != STATUS_OK) {
        node->config = before;
    }
    ret_outcome->status = st;
    ret_outcome->change = (struct change_reply){
        .issue = ctx.issue, .seq = ctx.first, .count = ctx.count, .generation = ctx.generation};
}

void add_problem(struct ctx *ctx, uint32_t line, const char *column, const char *message)
{
    if (ctx->outcome->problem_count >= PROBLEM_LINES_MAX) {
        return;
    }
    struct problem_part part = {
        .line = line, .column = bytes_of_string(column), .message = bytes_of_string(message)};
    struct list list = {.count = ctx->outcome->problem_count};
    list_put_message(&list, &ctx->outcome->problems, &problem_part_type, &part);
    ctx->outcome->problem_count = list.count;
}

uint32_t problem_count(const struct ctx *ctx)
{
    return ctx->outcome->problem_count;
}

/* Whether the record's cause lies in a journal this node follows and has not been applied yet.
 * While a link was never welcomed its journal is unknown, and any strange cause may lie there. */
static bool waits_for_cause(const struct node *node, const struct record *record)
{
    bool may_come = false;
    if ((record->flags & RECORD_BY_RECORD) == 0 ||
        id_equal(&node->journal.id, &record->cause.journal)) {
        return false;
    }
    for (uint32_t i = 0; i < node->link_count; i++) {
        const struct cursor *cursor = &node->links[i].cursor;
        if (id_equal(&cursor->journal, &record->cause.journal)) {
            return cursor->seq < record->cause.seq;
        }
        may_come = may_come || id_is_zero(&cursor->journal);
    }
    return may_come;
}

/* NULL: records of this type have no effect here. */
static const struct react_spec *find_react(const struct node *node, uint16_t type)
{
    const struct react_spec *spec = node->service->reacts;
    while (spec->type != NULL && spec->type->number != type) {
        spec++;
    }
    return spec->type == NULL ? NULL : spec;
}

enum status ctx_react(struct ctx *ctx, const struct record *record, struct err *err)
{
    const struct react_spec *spec = find_react(ctx->node, record->type);
    if (spec == NULL) {
        return STATUS_OK;
    }
    if (record->depth >= RECORD_DEPTH_MAX) {
        return fail(err, STATUS_INVALID, "the chain of causes is too long");
    }
    void *message = ctx_take(ctx, spec->type->size);
    enum status st = record_message(record, spec->type, message, err);
    if (st == STATUS_OK) {
        st = spec->react(ctx, record, message, err);
    }
    CHECK(st == STATUS_OK || ctx->count == 0);
    return st;
}

static void take_record(struct node *node, const struct node_link *link,
                        const struct record *record)
{
    struct ctx ctx = ctx_begin(node);
    ctx.cause = CAUSE_RECORD;
    ctx.position = (struct position){link->cursor.journal, record->seq};
    ctx.depth = record->depth;
    ctx.actor = record->actor;
    if (node->service->observe != NULL) {
        node->service->observe(&ctx, bytes_of_string(link->name), &link->cursor.journal, record);
    }
    struct err err;
    if (find_react(node, record->type) == NULL) {
        return; /* what has no effect here can neither be dead nor wait behind what is */
    }
    if (record->issue != 0 && dead_has_issue(&ctx, &link->cursor.journal, record->issue)) {
        dead_letter(&ctx, link, record, NULL);
    } else if (ctx_react(&ctx, record, &err) != STATUS_OK) {
        dead_letter(&ctx, link, record, err.text);
    }
}

static enum status stop_link(struct node_link *link, unsigned type, struct err *err)
{
    link->is_stopped = true;
    (void)fail(err, STATUS_REFUSED,
               "'%s' sends records of type %u, which this program does not know: upgrade this "
               "daemon first",
               link->name, type);
    (void)snprintf(link->sentence, sizeof link->sentence, "%.*s", (int)sizeof link->sentence - 1,
                   err->text);
    return STATUS_REFUSED;
}

enum status node_on_followed(struct node *node, uint32_t index, const struct followed *followed,
                             struct err *err)
{
    CHECK(node->txn != NULL && index < node->link_count);
    struct node_link *link = &node->links[index];
    if (followed->seq <= link->cursor.seq) {
        return STATUS_OK; /* applied before; only not durable then */
    }
    struct record record;
    bool has_record = followed->raw.len != 0;
    if (has_record) {
        enum status st = record_decode(followed->raw, followed->seq, &record, err);
        if (st != STATUS_OK) {
            return st == STATUS_REFUSED ? stop_link(link, 0, err) : st;
        }
        if (message_find_type(record.type) == NULL) {
            return stop_link(link, record.type, err);
        }
        if (waits_for_cause(node, &record)) {
            return STATUS_AGAIN;
        }
    }
    link->cursor.journal = followed->journal;
    link->cursor.epoch = followed->epoch;
    if (has_record) {
        take_record(node, link, &record);
    }
    link->cursor.seq = followed->seq;
    memcpy(link->cursor.chain, followed->chain, CHAIN_BYTES);
    return STATUS_OK;
}

void end_waking(struct ctx *ctx)
{
    ctx->node->is_waking_over = true;
}

uint32_t node_wake(struct node *node, uint32_t max)
{
    uint32_t woken = 0;
    if (node->service->wake == NULL) {
        return 0;
    }
    for (; woken < max && !node->is_waking_over; woken++) {
        struct bytes key;
        struct bytes value;
        enum status st = store_seek(node->txn, TABLE_TIMER, (struct bytes){0}, &key, &value);
        if (st != STATUS_OK || (int64_t)be64_load(key.p) > node->now.us) {
            break;
        }
        struct ctx ctx = ctx_begin(node);
        struct bytes copy = ctx_copy(&ctx, key);
        struct bytes id = bytes_of(copy.p + 8, copy.len - 8);
        node->service->wake(&ctx, (struct wall){(int64_t)be64_load(copy.p)}, id);
        /* A timer that stays would fire for ever. */
        CHECK(store_get(node->txn, TABLE_TIMER, copy, &value) == STATUS_NOT_FOUND ||
              store_status(node->txn) != STATUS_OK);
    }
    return woken;
}

void node_flush(struct node *node)
{
    if (node->service->flush != NULL) {
        struct ctx ctx = ctx_begin(node);
        node->service->flush(&ctx);
    }
}

enum status check_operator(const struct ctx *ctx, struct bytes person, struct err *err)
{
    const struct node *node = ctx->node;
    return node->service->may_operate != NULL
               ? node->service->may_operate(&node->config->office, person, err)
               : fail(err, STATUS_FORBIDDEN, "nobody operates '%s'", node->name);
}

static void emit_adopted(struct ctx *ctx, bool is_by_system)
{
    struct config_adopted_event event = {.hash =
                                             bytes_of(ctx->node->config->hash, CONFIG_HASH_BYTES)};
    emit(ctx, &(struct emission){.type = &config_adopted_event_type,
                                 .message = &event,
                                 .is_by_system = is_by_system});
}

void node_adopt(struct node *node)
{
    struct bytes stored = {0};
    if (node->config == NULL) {
        return;
    }
    struct ctx ctx = ctx_begin(node);
    enum status st = ctx_get(&ctx, TABLE_CONFIG, BYTES("hash"), &stored);
    if (st != STATUS_OK || !bytes_equal(stored, bytes_of(node->config->hash, CONFIG_HASH_BYTES))) {
        emit_adopted(&ctx, true);
    }
}

enum status config_decide_adopt(struct ctx *ctx, const struct command *command, struct err *err)
{
    const struct adopt_config_command *adopt = command->message;
    const struct config *config = ctx->node->config;
    struct bytes hash = bytes_of(config->hash, CONFIG_HASH_BYTES);
    enum status st = check_operator(ctx, command->person, err);
    if (st != STATUS_OK) {
        return st;
    }
    if (!bytes_equal(hash, adopt->hash)) {
        return fail(err, STATUS_NOT_FOUND, "no checked configuration lies under this hash");
    }
    const struct service *service = ctx->node->service;
    if (service->may_adopt != NULL) {
        st = service->may_adopt(ctx, config, err);
        if (st != STATUS_OK) {
            return st;
        }
    }
    emit_adopted(ctx, false);
    return STATUS_OK;
}

enum status clock_decide_accept(struct ctx *ctx, const struct command *command, struct err *err)
{
    enum status st = check_operator(ctx, command->person, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct clock_accepted_event event = {.now = ctx->now};
    emit(ctx, &(struct emission){.type = &clock_accepted_event_type, .message = &event});
    return STATUS_OK;
}
