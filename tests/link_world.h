/* SPDX-License-Identifier: Apache-2.0 */
/* A link under test: a followed daemon that is only its journal, a follower with its owner, and the
 * network between them, in memory or ZeroMQ's. */
#pragma once

#include "harness.h"

#include "journal/journal.h"
#include "link/follower.h"
#include "link/follower_state.h"
#include "link/producer.h"
#include "link/producer_state.h"

#define RECORDS_MAX 4096U
#define ENDPOINT "router.link"
#define MS INT64_C(1000)

/* The journal of the followed daemon, kept as plain records; number n stands at n - 1. */
struct daemon {
    struct journal journal;
    struct buf records[RECORDS_MAX];
    uint64_t acked;
    uint32_t other_pasts; /* how often a follower was refused for what it has seen */
    uint64_t damaged;     /* this record's bytes come wrong */
    uint64_t swapped;     /* in place of this record comes the one before it */
    uint64_t trimmed;     /* this record and those before it are not there any more */
    struct buf lent;
    bool may_watch;
};

/* The follower's owner: applies what it pops, and makes it durable when it likes. */
struct owner {
    const struct daemon *daemon;
    struct bytes topic; /* empty: all */
    struct cursor durable;
    struct cursor applied;
    uint64_t record_count;
};

struct world {
    struct memory_network *network;
    struct transport_context *context; /* instead of the network */
    char endpoint[64];
    struct daemon daemon;
    struct owner owner;
    struct producer *producer;
    struct follower *follower;
    struct mono now;
    struct dice dice;
    bool is_live;
    uint32_t linger_ms;
};

/* Appends through a store of one transaction, so that the records are the journal's own. */
void append_sized(struct daemon *daemon, uint8_t flags, uint32_t topic, size_t len);
void append_many(struct daemon *daemon, int count);
void open_producer(struct world *world);
struct follower *make_follower(struct world *world, const struct cursor *cursor);
void open_follower(struct world *world);
bool is_for(const struct owner *owner, uint64_t seq);
/* Takes the next step and holds it against the journal: nothing left out, nothing twice, nothing
 * changed. False when there is none. */
bool apply_one(struct world *world);
void commit(struct world *world);
/* One turn of both ends' loops. */
bool turn(struct world *world, int64_t us);
void wait_a_little(const struct world *world);
enum follower_state state_of(const struct world *world);
const char *sentence_of(const struct world *world);
void catch_up(struct world *world);
/* Both ends open, and the follower has caught up with that many records. */
void follow_many(struct world *world, int count);
/* The link stops for good, with a sentence that has this part and names the daemon. */
void expect_refusal(struct world *world, const char *part);

int open_world(void **state);
int close_world(void **state);
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)
