/* SPDX-License-Identifier: Apache-2.0 */
/* A journal as lines of JSON, for programs that count again what happened. */
#pragma once

#include "base/wall.h"
#include "store/store.h"

#include <stdio.h>

/* Writes the records behind number `after` of the journal in a daemon's store, one a line:
 *   {"seq", "at", "issue"?, "type", "actor"?, "topic"?, "request"?, "cause_journal"?, "cause"?,
 *    "message"}
 * without the texts that people wrote.
 * Returns the number of the last one. Times are in `zone`. It ends the program when a record cannot
 * be read. */
uint64_t journal_lines_write(struct store_txn *txn, uint64_t after, struct zone zone, FILE *file);
