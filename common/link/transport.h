/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Carries messages between one server endpoint and its clients, with two implementations behind one
 * interface: ZeroMQ (ROUTER and DEALER) and in-process queues with faults, for tests.
 *
 * Nothing is promised but this: a message arrives whole or not at all, and messages of one
 * connection arrive in order. A send that answers OK says nothing about arrival. No call blocks.
 */
#pragma once

#include "base/buf.h"
#include "base/bytes.h"
#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

/* A client as its server sees it: an opaque routing id, good until the client goes away. */
#define PEER_MAX_BYTES 16U
struct peer {
    uint8_t bytes[PEER_MAX_BYTES];
    uint8_t len;
};

static inline bool peer_equal(const struct peer *a, const struct peer *b)
{
    return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

struct transport;

/* What arrived; the bytes live until the next transport_receive() of the same transport. */
struct arrival {
    struct peer peer; /* empty at a client */
    struct bytes message;
};

/* AGAIN when nothing is there: then nothing more is found before the next transport_wait(), which
 * may be one of 0 ms. */
enum status transport_receive(struct transport *transport, struct arrival *ret_arrival,
                              struct err *err) MUST_USE;
/* Sends to one peer (a client ignores `peer`, which may be NULL). AGAIN: its queue is full, or a
 * client has no connection at the moment; NOT_FOUND: the peer is gone. */
enum status transport_send(struct transport *transport, const struct peer *peer,
                           struct bytes message, struct err *err) MUST_USE;
/* Closes the endpoint; what is under way is lost. Accepts NULL. */
void transport_close(struct transport *transport);

/* ZeroMQ. One context per process; it outlives its transports. */
struct transport_context;
enum status transport_context_open(struct transport_context **ret_context,
                                   struct err *err) MUST_USE;
void transport_context_close(struct transport_context *context);

struct transport_options {
    const char *endpoint;       /* "ipc://intake.rpc", relative to the folder of sockets */
    uint64_t message_max_bytes; /* a peer that sends more is disconnected */
    uint32_t queue_messages;    /* high-water mark for each peer and direction */
};
/* message_max_bytes and queue_messages at both ends of a link. The queue holds more messages than
 * the credit can fill with records, so that credit and not the queue is what stops a producer. */
#define LINK_MESSAGE_MAX_BYTES (1U << 19)
#define LINK_QUEUE_MESSAGES 16384U
/* INVALID: an address that cannot be used, such as one over 107 bytes. */
enum status transport_serve(struct transport_context *context,
                            const struct transport_options *options,
                            struct transport **ret_transport, struct err *err) MUST_USE;
enum status transport_connect(struct transport_context *context,
                              const struct transport_options *options,
                              struct transport **ret_transport, struct err *err) MUST_USE;

/* Waits until one of `transports` has something to receive, `wake_fd` (or -1) is readable, or
 * `timeout_ms` (-1: for ever) has passed. OK in each case; AGAIN when a signal ended it. In-process
 * transports are looked at, never waited for: with one of them it answers within a millisecond. */
#define TRANSPORT_WAIT_MAX 64U
enum status transport_wait(struct transport *const *transports, uint32_t count, int wake_fd,
                           int timeout_ms, struct err *err) MUST_USE;

/* In-process: a network of named endpoints on which tests play faults. Everything is ordered by the
 * calls made, so one seed gives one run. A client connects when it first sends, and again after its
 * connection broke; each connection is a new peer. Transports are closed before their network. */
struct memory_network;
struct memory_network *memory_network_open(void);
void memory_network_close(struct memory_network *network);
enum status memory_network_serve(struct memory_network *network,
                                 const struct transport_options *options,
                                 struct transport **ret_transport, struct err *err) MUST_USE;
enum status memory_network_connect(struct memory_network *network,
                                   const struct transport_options *options,
                                   struct transport **ret_transport, struct err *err) MUST_USE;

/* Chances in 1/1000 for every message sent, decided by `random(user)`; and the cut: while an
 * endpoint is cut, what is sent to or from it is lost and its connections are new afterwards. A
 * repeated message comes directly after itself. */
struct memory_faults {
    uint32_t drop_permille;
    uint32_t repeat_permille;
    uint32_t reset_permille; /* the connection breaks: everything under way on it is lost */
    uint64_t (*random)(void *user);
    void *user;
};
void memory_network_set_faults(struct memory_network *network, const struct memory_faults *faults);
void memory_network_set_cut(struct memory_network *network, const char *endpoint, bool is_cut);
/* Whether anything is waiting to be received anywhere. */
bool memory_network_is_quiet(const struct memory_network *network);
