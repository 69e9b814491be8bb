/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run of `lianhu` in one instance: where the instance is, its configuration, and connections to
 * its daemons, made when they are first needed.
 *
 * The first connection changes into DIR/run, because the path of a socket must be short. So files
 * that were given by name are read before.
 */
#pragma once

#include "cli/args.h"
#include "cli/exits.h"
#include "config/config.h"
#include "rpc/rpc.h"

#include <limits.h>

struct connection {
    const struct config_daemon *daemon;
    struct rpc_client *client;
};

struct session {
    struct globals globals;
    char home[PATH_MAX];   /* absolute */
    struct config *config; /* as much of it as the verb needs */
    struct transport_context *context;
    struct connection connections[CONFIG_DAEMONS_MAX];
    uint32_t connection_count;
    uint64_t last_tag;
    bool is_logged;       /* what it says on the way are lines of a log */
    bool is_look;         /* the run only looks: a daemon that is not there is said early */
    struct mono deadline; /* of the whole run */
    enum cli_exit exit;   /* when a verb has a result and is no success all the same */
    json_t *lines;        /* bad lines of an import that was refused; owned */
    json_t *notes;        /* sentences for people, of session_note(); owned */
};

/* Reads what `need` asks for. INVALID: no such folder, or a configuration that cannot be used; its
 * problems have been written to stderr and session->exit is set. Whatever comes back, the caller
 * ends it with session_close(). */
enum status session_open(const struct globals *globals, enum need need, struct session *session,
                         struct err *err) MUST_USE;
void session_close(struct session *session);

/* A sentence that people read after the result, on stderr: a table may be longer than a screen. */
void session_note(struct session *session, const char *format, ...) PRINTF_LIKE(2, 3);
void session_say_notes(const struct session *session);

/* Closes every connection, so that what follows speaks to daemons started since. */
void session_disconnect(struct session *session);

/* Reads the whole configuration that is in force: the adopted one, else DIR/config. */
enum status session_load_config(struct session *session, struct err *err) MUST_USE;

/* Reads any folder of configuration; its problems go to stderr. INVALID sets session->exit. */
enum status session_open_config(struct session *session, const char *dir,
                                struct config **ret_config, struct err *err) MUST_USE;

/* DIR/`name`. REFUSED: too long. */
enum status session_path(const struct session *session, const char *name, char path[PATH_MAX],
                         struct err *err) MUST_USE;

struct zone session_zone(const struct session *session);
struct wall session_now(void);
struct mono session_mono(void);

/* What time it is for an instance: by its test clock when it has one. Needs no daemons. */
struct wall session_now_of(const char *dir);

/* Milliseconds until the deadline; 0 when it has passed. */
uint32_t session_left_ms(const struct session *session);

/* Begins the time for an answer anew, for work that takes many of them. */
void session_renew(struct session *session);

/* Moves the deadline to at most `ms` from now, for something that can be left out; returns the old
 * one, to be put back. */
struct mono session_shorten(struct session *session, uint32_t ms);

/* The connection to a daemon. UNAVAILABLE: nobody listens there. `up` starts a daemon that died
 * again, so while it runs this is said at the deadline; of a run that only looks after
 * SESSION_LOOK_MS, and at once when the daemon is held. Without `up` it is said at once. */
#define SESSION_LOOK_MS 2000
enum status session_connect(struct session *session, const struct config_daemon *daemon,
                            struct rpc_client **ret_client, struct err *err) MUST_USE;

/* The daemon of that name. INVALID: the configuration has none. */
enum status session_find_daemon(const struct session *session, struct bytes name,
                                const struct config_daemon **ret_daemon, struct err *err) MUST_USE;
