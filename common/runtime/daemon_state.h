/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of struct daemon; for the runtime only. */
#pragma once

#include "runtime/daemon.h"
#include "runtime/door.h"

#define STATISTICS_MAX 1024U

/* The last commits: how many inputs, how long. */
struct commit_statistics {
    uint32_t inputs[STATISTICS_MAX];
    uint32_t us[STATISTICS_MAX];
    uint32_t count; /* at most STATISTICS_MAX */
    uint32_t next;
};

struct daemon {
    struct daemon_options options;
    struct node *node;
    struct transport *door;
    struct producer *producer;
    struct follower *followers[NODE_LINKS_MAX];
    struct request_list commands; /* to be decided in the next batch */
    struct request_list queries;  /* to be answered after it */
    struct request_list parked;   /* waiting for a record */
    struct config *adopted;       /* owned: the config in force when it was adopted here */
    struct buf reply;
    struct store_txn *shipping; /* while records are being shipped */
    uint64_t shipped_head;
    struct mono shipped_at;
    struct mono committed_at;
    struct mono followed_at; /* when followed records began to wait; 0: none do */
    struct mono disk_at;
    uint64_t free_bytes;
    uint64_t garbage;      /* messages that were none of ours */
    uint64_t replies_lost; /* to clients that were gone */
    bool is_held;
    bool has_adopted; /* the configuration it was started with */
    bool has_loaded;  /* a configuration, in this turn */
    bool is_refusal_told[NODE_LINKS_MAX];
    struct err other_past; /* why nothing is taken while node_is_put_back() */
    struct commit_statistics statistics;
};

/* Cursors that moved without an event are made durable after this long. */
#define PROGRESS_US INT64_C(20000)

/* Whether what the request wants to come after has been applied here, in a transaction that may
 * still be open. */
bool daemon_is_ready(const struct daemon *daemon, const struct request *request);
/* Whether followed records are there that should be taken now, and, when not yet, from when. */
bool daemon_is_link_due(struct daemon *daemon, struct mono now);

/* Puts the reply to a query into daemon->reply. */
void daemon_answer(struct daemon *daemon, const struct request *request,
                   const struct daemon_time *time);
/* Sends what is in daemon->reply. */
void daemon_send(struct daemon *daemon, const struct peer *peer);
