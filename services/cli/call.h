/* SPDX-License-Identifier: Apache-2.0 */
/* One message to one daemon and its answer; and the same question to all daemons at once. */
#pragma once

#include "cli/session.h"

struct ask {
    const struct message_type *type;
    const void *message;
    const struct message_type *reply_type;
    struct position after; /* journal zero: none */
    uint32_t wait_ms;      /* for `after` */
    bool is_command;       /* carries a request id */
    bool is_once;          /* busy is an answer, not a reason to ask again */
};

struct answer {
    struct position position; /* of the answering daemon: what was written, or what was seen */
    bool is_late;             /* `after` did not come in time */
};

/* How long a look waits for records on their way, at most. */
#define LOOK_MS 2000U

/* Asks and decodes the reply, which borrows until the next call to that daemon. Asks again while it
 * is busy, until the deadline. Statuses are those of the reply; UNAVAILABLE: nobody there; UNKNOWN:
 * no answer to a command, which may or may not have happened. `ret_answer` may be NULL. */
enum status call_daemon(struct session *session, const struct config_daemon *daemon,
                        const struct ask *ask, void *ret_reply, struct answer *ret_answer,
                        struct err *err) MUST_USE;

/* The same, to the daemon of that name. */
enum status call_named(struct session *session, const char *name, const struct ask *ask,
                       void *ret_reply, struct answer *ret_answer, struct err *err) MUST_USE;

/* Has a daemon that runs settle its store, so that its files have all that was committed; for who
 * reads them. False: it does not answer, and its files are all there is. */
bool call_settle(struct session *session, const struct config_daemon *daemon);

/* The id of this run's command: the one given, else one made at the first call. */
struct id call_request_id(struct session *session);

/* One daemon's answer to status_query. */
struct daemon_status {
    const struct config_daemon *daemon;
    bool is_listening;         /* somebody takes connections there */
    bool is_up;                /* and answered */
    struct status_reply reply; /* borrows until the next call to the daemon */
};

/* Asks every daemon of the instance for its status, all at once, and waits at most `timeout_ms`.
 * Returns how many answered. `statuses` has config->daemon_count places. */
uint32_t call_status(struct session *session, uint32_t timeout_ms, struct daemon_status *statuses);
