/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client's side of commands and queries: one connection to one daemon, requests by tag, replies
 * in any order. It knows frames, not what is in them. (The daemon's side is in runtime: a door is a
 * transport whose messages are request frames.)
 */
#pragma once

#include "base/number.h"
#include "journal/journal.h"
#include "link/transport.h"
#include "messages.h"

#define RPC_PROTOCOL 1U

struct rpc_client;
/* Takes ownership of `transport`, unless it fails. The caller owns *ret_client and closes it with
 * rpc_client_close(). */
enum status rpc_client_open(struct transport *transport, struct rpc_client **ret_client,
                            struct err *err) MUST_USE;
void rpc_client_close(struct rpc_client *client);
struct transport *rpc_client_transport(struct rpc_client *client);

struct rpc_request {
    const struct message_type *type;
    const void *message;
    struct bytes person;
    struct id request;     /* zero for a query */
    struct position after; /* journal zero: none */
    uint32_t wait_ms;
    uint64_t tag;
};
/* Sends without waiting. AGAIN: the queue to the daemon is full, or there is no connection (yet).
 * INVALID: the person is no word, or the message too large. */
enum status rpc_client_send(struct rpc_client *client, const struct rpc_request *request,
                            struct err *err) MUST_USE;
/* The next reply that is there. AGAIN when there is none. The reply borrows from the client until
 * the next receive or call. CORRUPT for a frame that is no reply. */
enum status rpc_client_receive(struct rpc_client *client, struct reply_frame *ret_reply,
                               struct err *err) MUST_USE;

/* Sends and waits; repeats the same request, each time with a new tag of the client's own
 * (request->tag is not used), every second until a reply to one of them comes or `timeout_ms` has
 * passed. Replies to other requests are thrown away. UNAVAILABLE: nothing came for a query, or the
 * request could not even be sent. UNKNOWN: nothing came for a command, which may or may not have
 * happened. A reply with a status other than ok is OK here: look into it. Blocks. */
enum status rpc_client_call(struct rpc_client *client, const struct rpc_request *request,
                            int timeout_ms, struct reply_frame *ret_reply,
                            struct err *err) MUST_USE;

/* The status that goes with the word on the wire (enum reply_status), and back. What has no word of
 * its own becomes busy when it passes, else unknown. CORRUPT: no such word. */
enum status rpc_status_from_wire(int reply_status);
int rpc_status_to_wire(enum status status);
/* A request id of now with random bytes of the system's. */
struct id rpc_make_id(void);
