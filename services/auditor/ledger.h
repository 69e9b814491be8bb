/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger's tree in its tables, and its entries wherever they are journaled. */
#pragma once

#include "auditor/auditor.h"

#define LEDGER_RUN_MAX 1000U /* leaves of one ledger_event */

/* Where the ledger stands. */
struct ledger {
    struct merkle_frontier frontier;
    uint64_t signed_size; /* of the newest checkpoint */
    struct wall due;      /* when the next checkpoint is due; 0 while nothing is unsigned */
};
void ledger_read(struct ctx *ctx, struct ledger *ret_ledger);
/* Only in apply. */
void ledger_write(struct ctx *ctx, const struct ledger *ledger);

void ledger_digest(struct bytes bytes, struct merkle_hash *ret_hash);
/* The leaf hash of the event `record` of `journal`. */
struct merkle_hash ledger_leaf(const struct id *journal, const struct record *record);

/* Entries that follow one another in the ledger and lie in one own record. */
struct ledger_run {
    uint64_t first;
    uint32_t count;
    struct id journal;
    const uint64_t *seqs;
    const uint8_t *leaves;
};

/* Reads the tree. It remembers the run it read last, so neighbours are found at once. */
struct ledger_reader {
    struct ctx *ctx;
    struct merkle_store store;
    struct ledger_run run;
};
void ledger_reader_init(struct ledger_reader *reader, struct ctx *ctx);

struct ledger_entry {
    struct id journal;
    uint64_t seq;
    struct merkle_hash leaf;
};
/* Entry number `index`, which is in the ledger. CORRUPT: its record is not what it should be. */
enum status ledger_read_entry(struct ledger_reader *reader, uint64_t index,
                              struct ledger_entry *ret_entry);
/* The entry that is record `seq` of `journal`. NOT_FOUND. */
enum status ledger_find(struct ledger_reader *reader, const struct id *journal, uint64_t seq,
                        uint64_t *ret_index);
