/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A daemon with its sockets but without a process: a node, its door for commands and queries, its
 * journal's producer, and its links. daemon_turn() does one round of everything and never blocks;
 * the process (process.h) calls it when something may be there, a test calls it from a virtual
 * clock over in-memory transports. Both run this same code.
 *
 * The order inside a turn is the promise: inputs are gathered; one transaction takes links, then
 * commands, then timers; it is committed; only then replies, acknowledgements and records leave.
 */
#pragma once

#include "link/follower.h"
#include "link/producer.h"
#include "runtime/node.h"

struct daemon_time {
    struct wall now;  /* what the daemon goes by: real or the test clock's */
    struct wall real; /* what request ids go by */
    struct mono mono; /* what waiting goes by */
};

/* Moments at which a test may end the daemon. */
enum daemon_point { POINT_BEFORE_COMMIT, POINT_AFTER_COMMIT, POINT_AFTER_REPLIES };

struct daemon_options {
    struct node_options node;
    struct transport *door;    /* ownership passes */
    struct transport *journal; /* ownership passes */
    /* A checked configuration by hash, for adoption. The caller owns *ret_config. */
    enum status (*load_config)(void *user, struct bytes hash, struct config **ret_config,
                               struct err *err);
    /* True ends the turn with STATUS_UNKNOWN, as a crash would. NULL: never. */
    bool (*on_point)(void *user, enum daemon_point point);
    /* Free bytes of the disk the state is on. NULL: plenty. */
    uint64_t (*free_bytes)(void *user);
    /* A clock that never steps, at the moment, which bounds how long a transaction goes on. NULL:
     * only counts bound it, so that what happens does not depend on the machine. */
    int64_t (*moment_us)(void);
    void *user;
};

struct daemon;
/* The caller owns *ret_daemon. The first config stays the caller's until it is replaced. */
enum status daemon_open(const struct daemon_options *options, struct daemon **ret_daemon,
                        struct err *err) MUST_USE;
/* Follows the daemon `name` over `transport`, whose ownership passes. */
enum status daemon_follow(struct daemon *daemon, struct bytes name, struct transport *transport,
                          const struct bytes *topics, uint32_t topic_count,
                          struct err *err) MUST_USE;
/* Lets `name` follow as a registered follower. */
enum status daemon_add_follower(struct daemon *daemon, struct bytes name, struct err *err) MUST_USE;
void daemon_close(struct daemon *daemon);

/* One round. Sets *ret_did when there was anything to do, so that another round is worth it.
 * IO, CORRUPT: end the process, its state will be read again. UNKNOWN: on_point said so. */
enum status daemon_turn(struct daemon *daemon, const struct daemon_time *time, bool *ret_did,
                        struct err *err) MUST_USE;

/* Holds timers (the clock stepped) or lets them go on; a clock_accept command does the latter too.
 */
void daemon_hold_timers(struct daemon *daemon, bool is_held);
bool daemon_is_held(const struct daemon *daemon);
/* When the journal's last record was decided; 0 without one. Accepted times count too. */
struct wall daemon_last_time(struct daemon *daemon);

/* Nothing queued, no timer due at `now`, every cursor durable. */
bool daemon_is_idle(struct daemon *daemon, struct wall now);
/* How long nothing will be due, so that the caller may wait for its transports: 0 to 500 ms. */
int daemon_wait_ms(struct daemon *daemon, const struct daemon_time *time);
/* The transports to wait for; returns how many were written into `transports`. */
uint32_t daemon_transports(struct daemon *daemon, struct transport *transports[], uint32_t max);
const struct node *daemon_node(const struct daemon *daemon);
/* The configuration in force when it was adopted while running; the caller must not close it. */
const struct config *daemon_config(const struct daemon *daemon);
