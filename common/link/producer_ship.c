/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shipping: all sessions are filled in one walk over the journal, so that a record which several
 * followers wait for is read once. The walk begins at the lowest place; a session joins it when it
 * comes by, and leaves it when its batch is full, its credit used up or the head reached.
 */
#include "link/producer_state.h"

#define BATCH_MAX_BYTES (256U << 10)
#define BATCH_MAX_ENTRIES 4096U
/* So many records one session looks at in one call, also when it wants none of them. */
#define BATCH_MAX_LOOKED 8192U
/* So many records that are not for a follower are told at once. */
#define PROGRESS_RECORDS_MAX 1000U
/* So many records are not held back any longer. */
#define HELD_RECORDS_MAX 500U
/* Of an entry beside its record: the map, its ids, number and length. */
#define ENTRY_MAX_OVERHEAD 32U

/* Whether records wait a little for more of them to go in one frame: each frame wakes a process. A
 * follower that allows it says for how long; one that has many waiting is not kept. */
static bool holds_records(struct session *session, const struct journal *journal, struct mono now)
{
    if (session->sent >= journal->head) {
        session->waiting_since = (struct mono){0};
        return false;
    }
    if (session->waiting_since.us == 0) {
        session->waiting_since = now;
    }
    return journal->head - session->sent < HELD_RECORDS_MAX &&
           now.us - session->waiting_since.us < session->linger_ms * INT64_C(1000);
}

static void open_batch(struct session *session, const struct journal *journal, struct mono now)
{
    struct batch *batch = &session->batch;
    buf_clear(&batch->entries);
    batch->list = (struct list){0};
    batch->through = session->sent;
    batch->bytes = 0;
    batch->looked_count = 0;
    batch->is_open = session->sent < journal->head && !holds_records(session, journal, now);
}

/* Whether the session follows this record. */
static bool does_want(const struct session *session, const struct record_glance *glance)
{
    if ((glance->flags & RECORD_LOCAL) != 0) {
        return false;
    }
    for (uint32_t i = 0; i < session->topic_count; i++) {
        if (bytes_equal(link_word_bytes(&session->topics[i]), glance->topic)) {
            return true;
        }
    }
    return session->topic_count == 0;
}

static bool has_room(const struct session *session, struct bytes raw)
{
    const struct batch *batch = &session->batch;
    uint64_t used = session->sent_bytes + batch->bytes;
    return session->credit_until >= used && session->credit_until - used >= raw.len &&
           batch->list.count < BATCH_MAX_ENTRIES &&
           batch->entries.len + raw.len + ENTRY_MAX_OVERHEAD <= BATCH_MAX_BYTES;
}

static void offer(struct session *session, uint64_t seq, struct bytes raw,
                  const struct record_glance *glance)
{
    struct batch *batch = &session->batch;
    if (does_want(session, glance)) {
        if (!has_room(session, raw)) {
            batch->is_open = false;
            return;
        }
        struct entry_part entry = {.seq = seq, .record = raw};
        list_put_message(&batch->list, &batch->entries, &entry_part_type, &entry);
        batch->bytes += raw.len;
    }
    batch->through = seq;
    memcpy(batch->chain, glance->chain, CHAIN_BYTES);
    batch->looked_count++;
    batch->is_open = batch->looked_count < BATCH_MAX_LOOKED;
}

/* The lowest record that an open batch waits for; 0 when there is none. */
static uint64_t find_next(const struct producer *producer)
{
    uint64_t next = 0;
    for (uint32_t i = 0; i < producer->session_count; i++) {
        const struct batch *batch = &producer->sessions[i].batch;
        if (batch->is_open && (next == 0 || batch->through + 1 < next)) {
            next = batch->through + 1;
        }
    }
    return next;
}

static void offer_to_all(struct producer *producer, uint64_t seq, struct bytes raw,
                         const struct record_glance *glance, uint64_t head)
{
    for (uint32_t i = 0; i < producer->session_count; i++) {
        struct session *session = &producer->sessions[i];
        struct batch *batch = &session->batch;
        if (batch->is_open && batch->through + 1 == seq) {
            offer(session, seq, raw, glance);
            batch->is_open = batch->is_open && seq != head;
        }
    }
}

/* Mere progress, past records that are not for the follower, may wait a little for more of it: a
 * frame for each commit would wake a process that has nothing to do. */
static bool holds_progress(const struct session *session, struct mono now)
{
    const struct batch *batch = &session->batch;
    return batch->list.count == 0 && batch->through != session->sent &&
           batch->looked_count < PROGRESS_RECORDS_MAX &&
           now.us - session->sent_at.us < PRODUCER_PROGRESS_MS * INT64_C(1000);
}

static void send_batch(struct producer *producer, struct session *session,
                       const struct journal *journal, struct mono now, bool *ret_did)
{
    struct batch *batch = &session->batch;
    if (batch->through == session->sent || holds_progress(session, now)) {
        return;
    }
    list_end(&batch->list, &batch->entries);
    struct batch_frame frame = {
        .epoch = journal->epoch,
        .from = session->sent + 1,
        .through = batch->through,
        .chain = bytes_of(batch->chain, CHAIN_BYTES),
        .entries = batch->list,
        .head = journal->head,
        .session = session->number,
    };
    enum status status = producer_send(producer, &session->peer, &batch_frame_type, &frame);
    session->is_gone = status == STATUS_NOT_FOUND;
    if (status == STATUS_OK) {
        session->sent = batch->through;
        session->sent_bytes += batch->bytes;
        session->sent_at = now;
        *ret_did = true;
    }
}

/* Nobody can be led past a record that cannot be read: those who stand before it are told so. */
static void refuse_at(struct producer *producer, uint64_t seq, enum status status)
{
    int reason = status == STATUS_NOT_FOUND ? REFUSE_REASON_NEED_SNAPSHOT : REFUSE_REASON_DAMAGED;
    for (uint32_t i = 0; i < producer->session_count; i++) {
        struct session *session = &producer->sessions[i];
        if (session->sent + 1 == seq) {
            producer_refuse(producer, &session->peer, session->number, reason,
                            producer->fault.text);
            session->is_gone = true;
        }
    }
}

static void close_batches_at(struct producer *producer, uint64_t seq)
{
    for (uint32_t i = 0; i < producer->session_count; i++) {
        struct batch *batch = &producer->sessions[i].batch;
        batch->is_open = batch->is_open && batch->through + 1 != seq;
    }
}

static enum status read_record(struct producer *producer, uint64_t seq, struct bytes *ret_raw,
                               struct record_glance *ret_glance)
{
    const struct journal_source *source = &producer->source;
    enum status status = source->read(source->user, seq, ret_raw, &producer->fault);
    if (status == STATUS_OK && !record_glance(*ret_raw, ret_glance)) {
        return fail(&producer->fault, STATUS_CORRUPT, "record %llu is damaged: it has %zu bytes",
                    (unsigned long long)seq, ret_raw->len);
    }
    return status;
}

static void send_ping(struct producer *producer, struct session *session,
                      const struct journal *journal, struct mono now)
{
    if (now.us - session->sent_at.us < PRODUCER_PING_MS * INT64_C(1000)) {
        return;
    }
    struct head_frame head = {
        .epoch = journal->epoch,
        .head = journal->head,
        .session = session->number,
        .sent = session->sent,
    };
    enum status status = producer_send(producer, &session->peer, &head_frame_type, &head);
    session->is_gone = session->is_gone || status == STATUS_NOT_FOUND;
    session->sent_at = now;
}

/* Remembers the earliest time at which something that is held back is due. */
static void note_held(struct producer *producer, struct session *session,
                      const struct journal *journal, struct mono now)
{
    struct mono at = {0};
    if (holds_records(session, journal, now)) {
        at.us = session->waiting_since.us + session->linger_ms * INT64_C(1000);
    } else if (holds_progress(session, now)) {
        at.us = session->sent_at.us + PRODUCER_PROGRESS_MS * INT64_C(1000);
    }
    if (at.us != 0 && (producer->next_at.us == 0 || at.us < producer->next_at.us)) {
        producer->next_at = at;
    }
}

void producer_ship(struct producer *producer, struct mono now, bool *ret_did)
{
    struct journal journal;
    producer->source.state(producer->source.user, &journal);
    for (uint32_t i = 0; i < producer->session_count; i++) {
        open_batch(&producer->sessions[i], &journal, now);
    }
    uint64_t seq;
    while ((seq = find_next(producer)) != 0) {
        struct bytes raw;
        struct record_glance glance;
        enum status status = read_record(producer, seq, &raw, &glance);
        if (status == STATUS_OK) {
            offer_to_all(producer, seq, raw, &glance, journal.head);
        } else {
            refuse_at(producer, seq, status);
            close_batches_at(producer, seq);
        }
    }
    producer->next_at = (struct mono){0};
    for (uint32_t i = 0; i < producer->session_count; i++) {
        struct session *session = &producer->sessions[i];
        if (!session->is_gone) {
            send_batch(producer, session, &journal, now, ret_did);
            send_ping(producer, session, &journal, now);
            note_held(producer, session, &journal, now);
        }
    }
    producer_sweep(producer);
}

struct mono producer_next_at(const struct producer *producer)
{
    return producer->next_at;
}
