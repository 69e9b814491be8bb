/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The auditor keeps the ledger, an RFC 9162 Merkle log over every event of every daemon, and takes
 * down what supervisors found when they called households back.
 *
 *   gather.c      followed events into ledger_events    ledger.c      the tree and its tables
 *   checkpoint.c  signed heads                          key.c         the signing key
 *   callback.c    call-backs and the router's verdicts  queries.c     entries and proofs
 *   people.c      who may do what
 *
 * An entry of the ledger is one event that is shipped. Its leaf hash is
 *
 *   SHA-256(0x00, journal id (16 bytes), number in that journal (u64, big-endian), record bytes)
 *
 * Leaves lie where they were journaled, in the ledger_events, up to 1,000 in one; the tables only
 * find them again. An own event that is shipped becomes an entry as it is applied; its leaf is
 * computed from its record whenever it is needed.
 */
#pragma once

#include "domain/merkle.h"
#include "messages.h"
#include "runtime/service.h"

extern const struct service auditor_service;

/* Its tables. */
enum auditor_table {
    LEDGER,      /* "ledger" -> ledger_row */
    ENTRIES,     /* first entry -> own record: a ledger_event, or the event that is the entry */
    SPANS,       /* journal, first number -> first entry; further ones follow in its ledger_event */
    NODES,       /* level (u8), index -> hash; every MERKLE_STRIDE-th level above the leaves */
    CHECKPOINTS, /* own record -> size */
    PENDING,     /* issue, own record: a call-back without the router's verdict */
    COUNTS,      /* name -> u64 */
};

/* The service's own data. */
struct signer;
struct gathering;
struct auditor {
    struct signer *signer;
    struct gathering *gathering;
};
struct auditor *auditor_of(const struct ctx *ctx);

/* gather.c */
struct gathering *gathering_open(void);
void gathering_close(struct gathering *gathering);
void auditor_observe(struct ctx *ctx, struct bytes link, const struct id *journal,
                     const struct record *record);
void auditor_flush(struct ctx *ctx);
void auditor_forget(void *user);

/* ledger.c */
void apply_ledger(struct ctx *ctx, const struct record *record, const void *message);
/* An own event that is shipped. */
void apply_entry(struct ctx *ctx, const struct record *record, const void *message);

/* checkpoint.c */
/* Signs the head when 1,000 entries have come since the last time; not in apply. */
void checkpoint_if_many(struct ctx *ctx);
void wake_checkpoint(struct ctx *ctx, struct wall at, struct bytes id);
void apply_checkpoint(struct ctx *ctx, const struct record *record, const void *message);
enum status decide_checkpoint(struct ctx *ctx, const struct command *command, struct err *err);
enum status answer_checkpoint(struct ctx *ctx, const struct query *query, void *reply,
                              struct err *err);

/* callback.c */
enum status decide_callback(struct ctx *ctx, const struct command *command, struct err *err);
enum status react_step(struct ctx *ctx, const struct record *record, const void *message,
                       struct err *err);
enum status react_set_aside(struct ctx *ctx, const struct record *record, const void *message,
                            struct err *err);
void apply_called_back(struct ctx *ctx, const struct record *record, const void *message);
void apply_settled(struct ctx *ctx, const struct record *record, const void *message);

/* queries.c */
enum status answer_ledger(struct ctx *ctx, const struct query *query, void *reply, struct err *err);
enum status answer_proof(struct ctx *ctx, const struct query *query, void *reply, struct err *err);

/* people.c: FORBIDDEN, with a sentence that says who may. */
enum status may_audit(struct ctx *ctx, struct bytes person, struct err *err) MUST_USE;
enum status may_call_back(struct ctx *ctx, struct bytes person, struct err *err) MUST_USE;
enum status may_see_issue(struct ctx *ctx, struct bytes person, uint64_t issue, struct err *err);
