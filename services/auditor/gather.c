/* SPDX-License-Identifier: Apache-2.0 */
/* Followed events on their way into the ledger: hashed as they are seen, written down at the end of
 * the batch, so that a thousand of them cost one record. */
#include "auditor/ledger.h"

#include "base/memory.h"

#include <stdlib.h>

struct gathered {
    struct id journal;
    uint64_t seq;
    struct merkle_hash leaf;
    uint8_t link[WORD_MAX_BYTES];
    size_t link_len;
};

/* In the order seen; empty between batches. */
struct gathering {
    struct gathered *events;
    size_t count;
    size_t room;
    struct buf seqs;
    struct buf leaves;
};

struct gathering *gathering_open(void)
{
    return memory_new(1, sizeof(struct gathering));
}

void gathering_close(struct gathering *gathering)
{
    free(gathering->events);
    buf_done(&gathering->seqs);
    buf_done(&gathering->leaves);
    free(gathering);
}

void auditor_observe(struct ctx *ctx, struct bytes link, const struct id *journal,
                     const struct record *record)
{
    struct gathering *gathering = auditor_of(ctx)->gathering;
    CHECK(link.len <= WORD_MAX_BYTES);
    if (gathering->count == gathering->room) {
        gathering->room = gathering->room == 0 ? 256 : 2 * gathering->room;
        gathering->events =
            memory_resize(gathering->events, gathering->room, sizeof *gathering->events);
    }
    struct gathered *event = &gathering->events[gathering->count++];
    *event = (struct gathered){.journal = *journal,
                               .seq = record->seq,
                               .leaf = ledger_leaf(journal, record),
                               .link_len = link.len};
    memcpy(event->link, link.p, link.len);
}

/* Emits the events from `from` on that have one journal, and returns where the next ones begin. */
static size_t emit_run(struct ctx *ctx, struct gathering *gathering, size_t from)
{
    const struct gathered *first = &gathering->events[from];
    struct list seqs = {0};
    buf_clear(&gathering->seqs);
    buf_clear(&gathering->leaves);
    size_t at = from;
    for (; at < gathering->count && seqs.count < LEDGER_RUN_MAX; at++) {
        const struct gathered *event = &gathering->events[at];
        if (!id_equal(&event->journal, &first->journal)) {
            break;
        }
        list_put_u64(&seqs, &gathering->seqs, event->seq);
        buf_append(&gathering->leaves, event->leaf.bytes, MERKLE_HASH_BYTES);
    }
    list_end(&seqs, &gathering->seqs);
    struct ledger_event ledger = {.journal = first->journal,
                                  .link = bytes_of(first->link, first->link_len),
                                  .seqs = seqs,
                                  .leaves = buf_bytes(&gathering->leaves)};
    emit(ctx, &(struct emission){.type = &ledger_event_type, .message = &ledger, .is_local = true});
    return at;
}

void auditor_flush(struct ctx *ctx)
{
    struct gathering *gathering = auditor_of(ctx)->gathering;
    if (gathering->count == 0) {
        return;
    }
    for (size_t at = 0; at < gathering->count;) {
        at = emit_run(ctx, gathering, at);
    }
    gathering->count = 0;
    checkpoint_if_many(ctx);
}

void auditor_forget(void *user)
{
    struct auditor *auditor = user;
    auditor->gathering->count = 0;
}
