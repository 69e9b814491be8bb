/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger as the auditor gives it out, taken down whole, so that it can be checked without
 * trusting the auditor. */
#pragma once

#include "cli/call.h"
#include "domain/merkle.h"

struct ledger_line {
    uint32_t journal; /* index into journals */
    uint64_t seq;
    struct merkle_hash leaf;
};

/* A signed head. */
struct ledger_checkpoint {
    uint64_t record; /* of the auditor's journal */
    struct merkle_head head;
    json_t *json;   /* as answered; owned */
    bool is_signed; /* the signature is right and the text says the same as the fields */
    bool is_root;   /* its root is that of the ledger's first entries */
};

#define LEDGER_JOURNALS_MAX 256U

/* Zero-initialised is empty. */
struct ledger_copy {
    struct ledger_line *lines;
    uint64_t count;
    uint64_t cap;
    struct id journals[LEDGER_JOURNALS_MAX];
    uint32_t journal_count;
    struct merkle_head said;     /* what the auditor says about the whole */
    struct merkle_head computed; /* what its entries come to */
    struct ledger_checkpoint *checkpoints;
    uint32_t checkpoint_count;
    uint32_t checkpoint_cap;
};

/* Takes down checkpoints and entries, and computes every root on the way. */
enum status ledger_copy_take(struct session *session, struct ledger_copy *copy,
                             struct err *err) MUST_USE;
void ledger_copy_done(struct ledger_copy *copy);

/* SHA-256. */
void ledger_copy_digest(struct bytes bytes, struct merkle_hash *ret_hash);

/* The leaf hash of a record: SHA-256(0x00, journal id, number as u64 big-endian, bytes). */
struct merkle_hash ledger_copy_leaf(const struct id *journal, uint64_t seq, struct bytes raw);

/* The index of a journal in the copy, or LEDGER_JOURNALS_MAX. */
uint32_t ledger_copy_find_journal(const struct ledger_copy *copy, const struct id *journal);
