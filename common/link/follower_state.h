/* SPDX-License-Identifier: Apache-2.0 */
/* What a follower knows. Private to the module. */
#pragma once

#include "link/follower.h"
#include "link/frames.h"
#include "link/steps.h"
#include "messages.h"

/* Damage on the way at the same place so often in a row is no accident. */
#define FOLLOWER_FAULTS_MAX 3U

/* How often a follower that was refused for what it has seen says hello. */
#define REFUSED_WAIT_US (2 * US_PER_S)

struct follower {
    struct transport *transport;
    struct link_word name;
    struct link_word producer;
    struct link_word person;
    struct list topics;
    struct buf topics_buf;
    bool is_live;
    uint32_t linger_ms;

    enum follower_state state;
    char sentence[480];
    bool asks_again; /* refused, but says hello now and then */
    uint64_t malformed_count;
    uint64_t epoch_seen; /* the highest */
    uint64_t head;
    struct cursor durable;
    struct cursor popped;

    /* The session: everything between one hello and the next. */
    uint64_t session; /* its number */
    uint64_t epoch;
    uint64_t through;           /* last record covered by what was received */
    uint8_t chain[CHAIN_BYTES]; /* at through */
    uint64_t received_bytes;    /* of records */
    uint64_t credit_granted;
    struct steps steps;

    struct mono now;
    struct mono heard_at;
    struct mono acked_at;
    struct mono hello_at; /* when the next hello is due, while connecting or asking again */
    int64_t hello_wait_us;
    bool is_ack_due;
    bool is_hurried; /* asked for what is held back, in this acknowledgement */
    bool has_news;   /* durable records that are not acknowledged yet */

    uint32_t fault_count;
    uint64_t fault_seq; /* passing it proves that the fault was an accident */
    struct buf frame;
};

/* Forgets the session; a hello is due. */
void follower_begin_again(struct follower *follower);
/* Stops with a sentence; for good, unless asks_again is set then. */
void follower_stop(struct follower *follower, enum follower_state state, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* Handles one frame; false when it cannot be understood. */
bool follower_take_frame(struct follower *follower, struct bytes frame);
/* Handles a batch of the present session. */
bool follower_take_batch(struct follower *follower, const struct batch_frame *batch);
