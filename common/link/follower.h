/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The follower's end of a link: says hello from a durable cursor, receives batches, hands out their
 * records in order, each once, and acknowledges what its owner has made durable. It notices lost,
 * repeated and late frames, silence and reconnects, and begins again from the cursor by itself.
 *
 * Credit bounds the bytes received and not yet popped; it never depends on the owner's own backlog.
 */
#pragma once

#include "base/wall.h"
#include "journal/journal.h"
#include "link/transport.h"

/* How far a journal has been applied, as the owner keeps it durably. */
struct cursor {
    struct id journal; /* zero: never followed */
    uint64_t epoch;
    uint64_t seq;
    uint8_t chain[CHAIN_BYTES];
};

#define FOLLOWER_CREDIT_BYTES (1U << 20)
#define FOLLOWER_TOPICS_MAX 64U

struct follower_options {
    struct bytes name;     /* of the following daemon */
    struct bytes producer; /* the followed daemon, for sentences */
    struct bytes person;   /* a live watcher's person; else empty */
    const struct bytes *topics;
    uint32_t topic_count; /* 0: everything */
    uint32_t linger_ms;   /* how long records may be held back to come together */
    bool is_live;         /* begins at the head, and after a break where it was; see producer.h */
};

struct follower;
/* Takes ownership of `transport`, unless it fails; copies the options. INVALID: a name, person
 * or topic that is no word (base/number.h). A live watcher gives a zero cursor, or the place from
 * which to go on. The caller owns *ret_follower and closes it with follower_close(). */
enum status follower_open(struct transport *transport, const struct follower_options *options,
                          const struct cursor *cursor, struct follower **ret_follower,
                          struct err *err) MUST_USE;
void follower_close(struct follower *follower);
struct transport *follower_transport(struct follower *follower);

/* Receives at most `max` frames, says hello again when it must, sends acknowledgements that are
 * due. Called when something arrived, and at least every FOLLOWER_TICK_MS. Sets *ret_did when
 * anything arrived. */
#define FOLLOWER_TICK_MS 100
void follower_receive(struct follower *follower, struct mono now, uint32_t max, bool *ret_did);

/* The next step of the cursor: a record, or (record NULL bytes: raw.len 0) only progress past
 * records that are not for this follower. AGAIN when there is none yet. It stays the next one until
 * popped, but a progress may grow by the next receive; the bytes live until the next pop, receive
 * or rewind. When a link begins again, what was not popped is fetched anew. */
struct followed {
    struct id journal; /* of the producer */
    uint64_t seq;      /* the cursor after this step */
    uint64_t epoch;
    struct bytes raw;           /* the record's bytes, empty for mere progress */
    uint8_t chain[CHAIN_BYTES]; /* chain hash at seq */
};
enum status follower_peek(struct follower *follower, struct followed *ret_followed);
void follower_pop(struct follower *follower);
/* Goes back to the durable cursor: what was popped and not made durable is handed out again. */
void follower_rewind(struct follower *follower);

/* The owner has made everything up to `cursor` durable; news are acknowledged at once. A live
 * watcher need not say so: for it, popped is durable. */
void follower_set_durable(struct follower *follower, const struct cursor *cursor);

/* Somebody waits for records that the producer may be holding back: asks for them at once. */
void follower_hurry(struct follower *follower);

enum follower_state {
    FOLLOWER_CONNECTING, /* hello sent, no answer yet */
    FOLLOWER_FOLLOWING,
    /* In the last two an operator must act. Whom the producer refused for what it has seen goes on
     * saying hello: a producer that was started again has to hear of it too, and one that was put
     * right is followed again. Else they are final, until the daemon is started again. */
    FOLLOWER_REFUSED,  /* the producer, or the follower itself, refuses: see the sentence */
    FOLLOWER_REPLACED, /* a newer one with this name took over */
};
struct follower_view {
    enum follower_state state;
    struct id journal;
    uint64_t epoch;
    uint64_t head; /* the producer's, as last heard; 0 before */
    uint64_t durable;
    uint64_t malformed_count; /* frames that could not be understood and were ignored */
    const char *sentence;     /* why it is refused or replaced; else "". Lives with the follower */
};
void follower_get_view(const struct follower *follower, struct follower_view *ret_view);
