/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs the daemons of an instance as children of this process. One that ends is started again: at
 * once when its life had committed something, else after 0.1 s, doubling to 2 s. One that says its
 * configuration or state needs a person (exit 64, 78) is tried again every 10 s. While
 * run/hold.<name> exists, its daemon is not started. Children get SIGTERM when this process ends.
 */
#pragma once

#include "cli/call.h"

#include <sys/types.h>

struct child {
    const struct config_daemon *daemon;
    pid_t pid; /* 0: not running */
    bool has_answered;
    bool has_committed;    /* in this life */
    bool is_broken;        /* the last life ended with 64 or 78 */
    uint32_t delay_ms;     /* before the next start */
    struct mono starts_at; /* when it is not running */
};

struct supervisor {
    struct session *session;
    bool is_test_clock;
    bool is_quiet;           /* says nothing about restarts: everything is being ended */
    char programs[PATH_MAX]; /* the folder of this program and of the daemons */
    struct child children[CONFIG_DAEMONS_MAX];
    uint32_t count;
};

/* IO: this program's own folder cannot be found. */
enum status supervisor_init(struct supervisor *supervisor, struct session *session,
                            bool is_test_clock, struct err *err) MUST_USE;

/* Starts what is due, and returns how many milliseconds nothing will be due. */
int supervisor_start_due(struct supervisor *supervisor);

/* Takes note of children that ended. */
void supervisor_reap(struct supervisor *supervisor);

/* Asks the children how they are, at most for a moment; true when all of them answered. */
bool supervisor_look(struct supervisor *supervisor);

/* Whether every child has committed something, so that nothing is learnt by looking again. */
bool supervisor_knows_all(const struct supervisor *supervisor);

/* A child that cannot work without a person's help, or NULL. */
const struct child *supervisor_find_broken(const struct supervisor *supervisor);

/* Ends all children: SIGTERM, and after 10 s SIGKILL. Returns when all are gone. */
void supervisor_stop(struct supervisor *supervisor);
