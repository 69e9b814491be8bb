/* SPDX-License-Identifier: Apache-2.0 */
/* Rebuilding: the derived tables again, from the journal alone. */
#include "runtime/base_table.h"
#include "runtime/ctx.h"

#define RECORDS_PER_COMMIT 1000U

/* Applies records [from, through] to `node`'s open transaction. */
static enum status replay_some(struct node *node, struct store_txn *source, uint64_t *seq,
                               uint64_t through, struct err *err)
{
    for (; *seq <= through; (*seq)++) {
        struct record record;
        enum status st = journal_read(source, TABLE_JOURNAL, *seq, &record, err);
        if (st == STATUS_OK) {
            struct ctx ctx = ctx_begin(node);
            ctx.journal_txn = source;
            st = ctx_replay(&ctx, &record, err);
        }
        if (st != STATUS_OK) {
            return st;
        }
    }
    return STATUS_OK;
}

/* One transaction's worth; done again after growing when the map is full. */
static enum status replay_batch(struct node *node, struct store_txn *source, uint64_t *seq,
                                uint64_t through, struct err *err)
{
    uint64_t first = *seq;
    for (;;) {
        enum status st = node_begin(node, (struct wall){0}, err);
        if (st != STATUS_OK) {
            return st;
        }
        *seq = first;
        st = replay_some(node, source, seq, through, err);
        struct store_txn *txn = node->txn;
        node->txn = NULL;
        if (st == STATUS_OK) {
            st = store_commit(txn, err);
        } else {
            store_abort(txn);
        }
        if (st != STATUS_FULL) {
            return st;
        }
        st = store_grow(node->store, err);
        if (st != STATUS_OK) {
            return st;
        }
    }
}

static enum status replay_all(const struct replay *replay, struct node *node,
                              struct store_txn *source, struct err *err)
{
    struct journal journal;
    enum status st = journal_open(&journal, source, TABLE_JOURNAL, err);
    node->journal.id = base_read_journal(source);
    uint64_t seq = 1;
    while (st == STATUS_OK && seq <= journal.head) {
        uint64_t through = seq + RECORDS_PER_COMMIT - 1;
        st = replay_batch(node, source, &seq, through < journal.head ? through : journal.head, err);
        if (st == STATUS_OK && replay->on_progress != NULL) {
            replay->on_progress(replay->user, seq - 1, journal.head);
        }
    }
    return st;
}

enum status node_replay(const struct replay *replay, struct err *err)
{
    struct node node = {.service = replay->service, .store = replay->to};
    struct store_txn *source = NULL;
    enum status st = store_begin(replay->from, false, &source, err);
    if (st == STATUS_OK) {
        st = replay_all(replay, &node, source, err);
    }
    store_abort(source);
    scratch_done(&node.scratch);
    buf_done(&node.open);
    buf_done(&node.pii);
    buf_done(&node.record);
    buf_done(&node.row);
    return st;
}
