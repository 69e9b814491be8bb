/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The base table: what a daemon must know that is not a fold of its journal.
 *
 *   "journal"        id of the journal, 16 bytes, made once
 *   "epoch"          u64, rises at every opening for writing
 *   "clock"          "real" or "test", fixed when the store is made
 *   "cursor/NAME"    journal id (16), epoch (u64), seq (u64), chain (32) of what is followed
 *   "peer/NAME"      u64, what a registered follower has durably applied
 */
#pragma once

#include "runtime/node.h"

/* Reads or makes journal, epoch and kind of clock inside node->txn. */
enum status base_open_journal(struct node *node, const struct node_options *options,
                              struct err *err) MUST_USE;
/* The journal's id; zero in a store that has none yet. */
struct id base_read_journal(struct store_txn *txn);
/* Sets *ret_cursor to zero when there is none. */
void base_read_cursor(struct store_txn *txn, const char *name, struct cursor *ret_cursor);
uint64_t base_read_peer(struct store_txn *txn, const char *name);
/* Writes every cursor and acknowledgement that changed since the last commit. */
void base_write(struct node *node);
