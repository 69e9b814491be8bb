/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a daemon's journal from its beginning, as any watcher may. */
#pragma once

#include "cli/call.h"

struct journal_walk {
    struct session *session;
    const struct config_daemon *daemon;
    struct id journal;
    uint64_t head; /* where to stop */
    /* Every record that is shipped, in order. Any status but OK ends the walk and is its result. */
    enum status (*each)(void *user, uint64_t seq, struct bytes raw, struct err *err);
    void *user;
};

/* CORRUPT: the daemon refuses, or does not come to the end of its journal. */
enum status journal_walk_run(const struct journal_walk *walk, struct err *err) MUST_USE;
