/* SPDX-License-Identifier: Apache-2.0 */
/* What a producer knows of those who follow it. Private to the module. */
#pragma once

#include "link/frames.h"
#include "link/producer.h"
#include "messages.h"

#define PRODUCER_TOPICS_MAX 64U

/* The batch a session is about to be sent. */
struct batch {
    struct buf entries; /* owned */
    struct list list;
    uint64_t through; /* last record covered so far */
    uint64_t bytes;   /* of records */
    uint32_t looked_count;
    uint8_t chain[CHAIN_BYTES]; /* at through */
    bool is_open;               /* takes more */
};

struct session {
    struct peer peer;
    struct link_word follower;
    struct link_word topics[PRODUCER_TOPICS_MAX];
    uint32_t topic_count;
    uint64_t number; /* the hello's */
    bool is_live;
    bool is_gone;
    uint64_t acked;
    uint64_t sent;       /* last record covered by what was sent */
    uint64_t sent_bytes; /* of records, in this session */
    uint64_t credit_until;
    struct mono sent_at;
    uint32_t linger_ms;        /* how long records may be held back */
    struct mono waiting_since; /* when the first that was not sent came; 0: all are sent */
    struct batch batch;
};

/* Sessions stand in the order in which they began. */
struct producer {
    struct transport *transport;
    struct journal_source source;
    struct session sessions[PRODUCER_SESSIONS_MAX];
    uint32_t session_count;
    struct mono next_at; /* when what some session is not sent yet is due; 0: nothing waits */
    struct buf frame;
    uint64_t malformed_count;
    struct err fault; /* the last record that could not be read */
};

/* Encodes and sends one frame. */
enum status producer_send(struct producer *producer, const struct peer *peer,
                          const struct message_type *type, const void *message);
void producer_refuse(struct producer *producer, const struct peer *peer, uint64_t number,
                     int reason, const char *text);
/* Lets go of the sessions that are marked as gone. */
void producer_sweep(struct producer *producer);

/* Where a hello wants to begin. */
struct place {
    uint64_t cursor;
    uint8_t chain[CHAIN_BYTES];
};
/* Looks whether the journal can be followed as the hello asks: REFUSE_REASON_NONE and the place, or
 * the reason and in `err` the sentence. */
int hello_decide(const struct producer *producer, const struct hello_frame *hello,
                 const struct journal *journal, struct place *ret_place, struct err *err);
/* False for a hello that says contradictory things. */
bool hello_is_sound(const struct hello_frame *hello);
