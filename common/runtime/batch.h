/* SPDX-License-Identifier: Apache-2.0 */
/* The transaction in the middle of a daemon's turn. */
#pragma once

#include "runtime/daemon.h"

/* Takes what the links have, the queued commands and the due timers into one transaction, commits
 * it, then sends the replies and tells the links what is durable. Sets *ret_did when anything was
 * done. */
enum status batch_run(struct daemon *daemon, const struct daemon_time *time, bool *ret_did,
                      struct err *err) MUST_USE;
