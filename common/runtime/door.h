/* SPDX-License-Identifier: Apache-2.0 */
/* Requests at a daemon's door: read from frames, kept until they may be answered. */
#pragma once

#include "link/transport.h"
#include "runtime/node.h"

struct request {
    struct request *next;
    struct peer peer;
    struct request_frame frame; /* borrows from bytes */
    uint8_t *bytes;             /* owned */
    const struct command_spec *command;
    const struct query_spec *query;
    bool is_status;
    void *message;         /* decoded, owned */
    struct buf texts;      /* what normalising moved */
    struct mono deadline;  /* of the wait for after_seq */
    bool is_late;          /* the wait ended without it */
    struct config *config; /* loaded for an adoption; owned until adopted */
    struct outcome outcome;
};

struct request_list {
    struct request *first;
    struct request **last; /* where the next one is hung; NULL when empty and new */
    uint32_t count;
};

void request_list_add(struct request_list *list, struct request *request);
struct request *request_list_take(struct request_list *list);
void request_list_done(struct request_list *list);
void request_close(struct request *request);

/* Reads one message of the door. OK: *ret_request is a command, a query or a status query, decoded
 * and normalised. Otherwise a reply with the refusal is in `reply` (zero bytes when the message was
 * no request frame at all and nothing can be answered); `err` says the same. */
enum status request_open(const struct node *node, const struct arrival *arrival, struct mono now,
                         struct request **ret_request, struct buf *reply, struct err *err);

/* Appends the reply frame of an answered command. */
void reply_to_command(const struct node *node, const struct request *request, struct buf *out);
/* Appends a refusal. */
void reply_refusal(const struct request_frame *frame, enum status status, const struct err *err,
                   struct buf *out);
/* Appends the reply frame of a query. */
void reply_to_query(const struct node *node, const struct request *request,
                    const struct message_type *type, const void *reply, struct buf *out);
