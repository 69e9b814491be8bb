/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Batches. Within a session each begins where the one before it ended: what does not is a repeated
 * frame, or follows a lost one. Records up to the place that was popped before the session began
 * were handed out already and are passed over.
 *
 * Every record is checked: its checksum, its number, and its chain hash wherever the record before
 * it is known. Damage is taken for the way's fault at first: the link begins again.
 */
#include "link/follower_state.h"

#include <inttypes.h>

/* Where a walk over the entries stands. */
struct walk {
    uint64_t seq; /* of the entry before, or the place before the batch */
    uint8_t chain[CHAIN_BYTES];
    uint64_t bytes;
};

static void on_damage(struct follower *follower, uint64_t seq, const char *what)
{
    follower->fault_count++;
    if (seq > follower->fault_seq) {
        follower->fault_seq = seq;
    }
    if (follower->fault_count < FOLLOWER_FAULTS_MAX) {
        follower_begin_again(follower);
        return;
    }
    follower_stop(
        follower, FOLLOWER_REFUSED,
        "journal '%.*s' cannot be followed: damaged data came %u times in a row (%s); run "
        "'lianhu audit verify' to see which record it is",
        BYTES_FMT(link_word_bytes(&follower->producer)), FOLLOWER_FAULTS_MAX, what);
}

static enum status check_entry(const struct walk *walk, const struct batch_frame *batch,
                               const struct entry_part *entry, struct record *record,
                               struct err *err)
{
    if (entry->seq <= walk->seq || entry->seq > batch->through) {
        return fail(err, STATUS_CORRUPT, "record %" PRIu64 " is out of place", entry->seq);
    }
    enum status status = record_decode(entry->record, entry->seq, record, err);
    if (status != STATUS_OK) {
        return status;
    }
    uint8_t chain[CHAIN_BYTES];
    if (entry->seq == walk->seq + 1) {
        record_chain(walk->chain, entry->record, chain);
        if (memcmp(chain, record->chain, CHAIN_BYTES) != 0) {
            return fail(err, STATUS_CORRUPT,
                        "record %" PRIu64 " does not follow from the one before it", entry->seq);
        }
    }
    if ((record->flags & RECORD_LOCAL) != 0) {
        return fail(err, STATUS_CORRUPT, "record %" PRIu64 " is not meant for others", entry->seq);
    }
    return STATUS_OK;
}

/* Keeps one step unless it was handed out before; then it must be the one that was. */
static enum status keep_step(struct follower *follower, const struct walk *walk, struct bytes raw,
                             struct err *err)
{
    const struct cursor *popped = &follower->popped;
    if (walk->seq > popped->seq) {
        steps_append(&follower->steps, walk->seq, walk->chain, raw);
    } else if (walk->seq == popped->seq && memcmp(walk->chain, popped->chain, CHAIN_BYTES) != 0) {
        return fail(err, STATUS_CORRUPT, "record %" PRIu64 " is not the one that came before",
                    walk->seq);
    }
    return STATUS_OK;
}

static enum status keep_entries(struct follower *follower, const struct batch_frame *batch,
                                struct walk *walk, struct err *err)
{
    struct list_cursor entries = list_begin(&batch->entries);
    struct entry_part entry;
    while (list_next_message(&entries, &entry_part_type, &entry)) {
        struct record record;
        enum status status = check_entry(walk, batch, &entry, &record, err);
        if (status != STATUS_OK) {
            return status;
        }
        walk->seq = entry.seq;
        walk->bytes += entry.record.len;
        memcpy(walk->chain, record.chain, CHAIN_BYTES);
        status = keep_step(follower, walk, entry.record, err);
        if (status != STATUS_OK) {
            return status;
        }
    }
    if (walk->seq < batch->through) {
        walk->seq = batch->through;
        memcpy(walk->chain, batch->chain.p, CHAIN_BYTES);
        return keep_step(follower, walk, (struct bytes){NULL, 0}, err);
    }
    if (memcmp(walk->chain, batch->chain.p, CHAIN_BYTES) != 0) {
        return fail(err, STATUS_CORRUPT, "the chain hash at record %" PRIu64 " is wrong",
                    walk->seq);
    }
    return STATUS_OK;
}

static bool is_sound(const struct follower *follower, const struct batch_frame *batch)
{
    return batch->epoch == follower->epoch && batch->chain.len == CHAIN_BYTES &&
           batch->through >= batch->from;
}

bool follower_take_batch(struct follower *follower, const struct batch_frame *batch)
{
    if (!is_sound(follower, batch)) {
        return false;
    }
    follower->heard_at = follower->now;
    if (batch->through <= follower->through) {
        return true; /* came twice */
    }
    if (batch->from != follower->through + 1) {
        follower_begin_again(follower); /* the one before it was lost */
        return true;
    }
    struct err err = {0};
    struct walk walk = {.seq = follower->through};
    memcpy(walk.chain, follower->chain, CHAIN_BYTES);
    enum status status = keep_entries(follower, batch, &walk, &err);
    if (status == STATUS_OK && follower->received_bytes + walk.bytes > follower->credit_granted) {
        status = fail(&err, STATUS_CORRUPT, "more was sent than was granted");
    }
    if (status == STATUS_REFUSED) {
        follower_stop(follower, FOLLOWER_REFUSED, "journal '%.*s' cannot be followed: %s",
                      BYTES_FMT(link_word_bytes(&follower->producer)), err.text);
    } else if (status != STATUS_OK) {
        on_damage(follower, batch->through, err.text);
    } else {
        follower->received_bytes += walk.bytes;
        follower->through = batch->through;
        follower->head = batch->head > batch->through ? batch->head : batch->through;
        memcpy(follower->chain, walk.chain, CHAIN_BYTES);
        follower->fault_count =
            follower->through >= follower->fault_seq ? 0 : follower->fault_count;
    }
    return true;
}
