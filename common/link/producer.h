/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The producer's end of a link: serves its journal to whoever says hello, within the credit each
 * follower gives. It holds no durable state; what followers have durably applied is reported to the
 * owner, who keeps it. It takes records from a source, so that it knows nothing of transactions.
 *
 * A follower that names itself like an earlier one takes its place. A live watcher is known by its
 * connection alone, begins at the head unless it names a place, may be of any name, and is the
 * first to go (the oldest) when there is no room.
 */
#pragma once

#include "base/wall.h"
#include "journal/journal.h"
#include "link/transport.h"

#define PRODUCER_SESSIONS_MAX 64U

struct journal_source {
    void *user;
    /* The journal as it is durable now. Its epoch is at least 1 and does not change. */
    void (*state)(void *user, struct journal *ret_journal);
    /* The bytes of record `seq`, alive until the next call. NOT_FOUND: trimmed away. */
    enum status (*read)(void *user, uint64_t seq, struct bytes *ret_raw, struct err *err);
    /* Whether a live watcher of `person` may see `topic` (empty: everything). FORBIDDEN, with the
     * sentence that the watcher is sent. */
    enum status (*may_watch)(void *user, struct bytes person, struct bytes topic, struct err *err);
    /* A follower that is no live watcher says it has durably applied up to `cursor`. */
    void (*on_ack)(void *user, struct bytes follower, uint64_t cursor);
    /* One that is no live watcher was refused because it has seen what this journal does not hold;
     * `sentence` says what, and what to do. */
    void (*on_other_past)(void *user, struct bytes follower, const char *sentence);
};

struct producer;
/* Takes ownership of `transport`, unless it fails; copies `source`. The caller owns
 * *ret_producer and closes it with producer_close(). */
enum status producer_open(struct transport *transport, const struct journal_source *source,
                          struct producer **ret_producer, struct err *err) MUST_USE;
void producer_close(struct producer *producer);
struct transport *producer_transport(struct producer *producer);

/* Receives at most `max` frames and answers them. A malformed frame is counted and ignored. Sets
 * *ret_did when anything arrived. */
void producer_receive(struct producer *producer, struct mono now, uint32_t max, bool *ret_did);
/* Sends what followers may have: to each at most one batch within its credit, or the head as a
 * ping. Called after each commit, after each receive, and at least every PRODUCER_PING_MS. Sets
 * *ret_did when a batch was sent: then there may be more to send. */
#define PRODUCER_PING_MS 500
#define PRODUCER_PROGRESS_MS 20
void producer_ship(struct producer *producer, struct mono now, bool *ret_did);

/* When shipping is worth it again, because the last call held something back: mere progress for
 * PRODUCER_PROGRESS_MS, records for as long as a follower's hello allows. 0: nothing is held. */
struct mono producer_next_at(const struct producer *producer);

struct producer_session {
    struct bytes follower;
    uint64_t acked;
    uint64_t sent;
    bool is_live;
};
uint32_t producer_session_count(const struct producer *producer);
void producer_get_session(const struct producer *producer, uint32_t index,
                          struct producer_session *ret_session);

struct producer_view {
    uint64_t malformed_count; /* frames that could not be understood and were ignored */
    const char *sentence;     /* why a record could not be read, else "". Lives with the producer */
};
void producer_get_view(const struct producer *producer, struct producer_view *ret_view);
