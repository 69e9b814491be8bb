/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of struct ctx; for the runtime only. */
#pragma once

#include "runtime/node.h"

enum ctx_mode { CTX_DECIDING, CTX_APPLYING, CTX_ANSWERING };

/* What the input was, so that the events it causes can name it. */
enum ctx_cause { CAUSE_NONE, CAUSE_REQUEST, CAUSE_RECORD };

struct ctx {
    struct node *node;
    struct store_txn *txn;
    struct store_txn *journal_txn; /* where its records are: of a replay, not where it writes */
    struct scratch *scratch;
    enum ctx_mode mode;
    struct wall now;
    enum ctx_cause cause;
    struct bytes actor;
    /* CAUSE_REQUEST */
    struct id request;
    uint64_t request_hash;
    uint16_t request_type;
    /* CAUSE_RECORD */
    struct position position;
    uint8_t depth;
    uint16_t index;
    /* What the input has emitted. */
    uint64_t first;
    uint32_t count;
    uint32_t generation;
    uint64_t issue;
    struct outcome *outcome; /* of a command; takes problems */
};

/* The context of the next input of the open batch. Forgets the scratch memory of the one before. */
struct ctx ctx_begin(struct node *node);

/* Applies a record's runtime effects (trail, requests, dead letters, config), then the service's.
 */
void ctx_apply(struct ctx *ctx, const struct record *record, const void *message);

/* Applies a record read from a journal, decoding its payload first. */
enum status ctx_replay(struct ctx *ctx, const struct record *record, struct err *err) MUST_USE;

/* Raw access to any table of the store, the runtime's own too. */
enum status ctx_get(struct ctx *ctx, uint32_t table, struct bytes key, struct bytes *ret_value);
void ctx_put_row(struct ctx *ctx, uint32_t table, struct bytes key, const struct message_type *type,
                 const void *row);

/* Dead letters (dead.c). */
bool dead_has_issue(struct ctx *ctx, const struct id *journal, uint64_t issue);
void dead_letter(struct ctx *ctx, const struct node_link *link, const struct record *record,
                 const char *reason);
void dead_apply_lettered(struct ctx *ctx, const struct record *record,
                         const struct dead_lettered_event *event);
void dead_apply_settled(struct ctx *ctx, const struct record *record,
                        const struct dead_settled_event *event);
enum status dead_decide_settle(struct ctx *ctx, const struct command *command, struct err *err);
enum status dead_answer(struct ctx *ctx, const struct query *query, void *reply, struct err *err);
/* Hands a record to the service's react; INVALID when it can't be taken. */
enum status ctx_react(struct ctx *ctx, const struct record *record, struct err *err);

/* Records of an issue (records.c). */
enum status records_answer(struct ctx *ctx, const struct query *query, void *reply,
                           struct err *err);

/* Requests (request.c). OK: new; EXISTS with the stored reply when it is a repetition of the same;
 * REFUSED-like statuses otherwise. */
struct request_key {
    uint8_t bytes[1 + ID_BYTES];
};
struct request_key request_key(const struct id *id);
uint64_t request_hash(struct node *node, const struct message_type *type, const void *message);
enum status request_check(struct ctx *ctx, const struct asked *asked, struct wall real,
                          struct outcome *outcome);
void request_apply(struct ctx *ctx, const struct record *record);

/* FORBIDDEN: the person does not run the system. */
enum status check_operator(const struct ctx *ctx, struct bytes person, struct err *err) MUST_USE;

/* Commands of every daemon (input.c). The daemon has put the loaded configuration into the node. */
enum status config_decide_adopt(struct ctx *ctx, const struct command *command, struct err *err);
enum status clock_decide_accept(struct ctx *ctx, const struct command *command, struct err *err);
