/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to common/store: what lmdb.c (the environment), lmdb_live.c (commits before they are
 * settled) and lmdb_txn.c (transactions) share. These are the only files that see LMDB. What
 * version 0.9.24 is kept away from: duplicate keys (DUPSORT) and more than one cursor per table,
 * which later releases had to repair. Every change of a table therefore goes through the one cursor
 * that also walks it.
 *
 * A store that writes has one LMDB transaction, the live one, that stays open over many commits.
 * Each commit is made durable by the redo log alone; all reading and writing goes through the live
 * transaction, which therefore always is what was committed plus the open write transaction.
 */
#pragma once

#include "base/buf.h"
#include "store/driver.h"
#include "store/redo.h"

#include <lmdb.h>

struct lmdb_txn;

/* An LMDB transaction with a cursor per table. */
struct lmdb_view {
    MDB_txn *txn; /* NULL: not begun */
    MDB_cursor *cursors[STORE_TABLES_MAX];
    uint32_t stale;      /* bit per table: the cursor belongs to an earlier life of a reader */
    uint32_t positioned; /* bit per table: the cursor stands on what was returned last */
};

_Static_assert(STORE_TABLES_MAX <= 32, "a table is a bit of uint32_t");

struct lmdb_store {
    struct store base;
    MDB_env *env;
    MDB_dbi tables[STORE_TABLES_MAX];
    MDB_dbi mark_table;     /* what of the redo log LMDB has */
    int lock_fd;            /* -1: opened for reading only */
    struct lmdb_txn *idle;  /* to be used again: beginning one costs no system call */
    uint64_t written_bytes; /* the file is at least so long, unless the disk was full */
    struct redo redo;
    struct redo_mark stored;
    struct lmdb_view live;
};

/* The one place where LMDB's codes and errno become ours. */
enum status lmdb_status(int code);
/* The status of `code`, with "what 'path': why". */
enum status lmdb_fail(struct err *err, int code, const char *what, const char *path);

/* The part of the driver that is about transactions. */
enum status lmdb_begin(struct store *store, bool is_write, struct store_txn **ret_txn,
                       struct err *err);
enum status lmdb_commit(struct store_txn *txn, struct err *err);
void lmdb_abort(struct store_txn *txn);
enum status lmdb_get(struct store_txn *txn, uint32_t table, struct bytes key,
                     struct bytes *ret_value);
enum status lmdb_put(struct store_txn *txn, uint32_t table, struct bytes key, struct bytes value);
enum status lmdb_append(struct store_txn *txn, uint32_t table, struct bytes key,
                        struct bytes value);
enum status lmdb_remove(struct store_txn *txn, uint32_t table, struct bytes key);
enum status lmdb_find(struct store_txn *txn, uint32_t table, enum store_where where,
                      struct bytes key, struct bytes *ret_key, struct bytes *ret_value);
enum status lmdb_clear(struct store_txn *txn, uint32_t table);
enum status lmdb_count(struct store_txn *txn, uint32_t table, uint64_t *ret_count);
/* Frees the idle transactions, before the environment closes. */
void lmdb_free_idle(struct lmdb_store *store);

/* Makes the names in a folder survive a power cut. */
enum status lmdb_sync_folder(const char *path, struct err *err);

/* A cursor ends before its transaction does. */
void lmdb_close_cursors(struct lmdb_view *view);

/* Opens the redo log beside the data, once the tables are open. */
enum status lmdb_open_log(struct lmdb_store *store, struct err *err);
/* Sees to it that the live transaction is begun and has every commit. */
enum status lmdb_open_live(struct lmdb_store *store, struct err *err);
/* Lets it go; lmdb_open_live() makes it again from what LMDB and the redo log have. */
void lmdb_drop_live(struct lmdb_store *store);
/* Commits the live transaction, so that LMDB has everything and the log is free again; blocks for
 * two flushes. Nothing is lost when it fails: the log has it. */
enum status lmdb_settle(struct lmdb_store *store, struct err *err);

/* Keeps written space behind the last page in use. A commit into pages that the file already has is
 * one flush of data; one that makes the file longer also waits for the file system's own journal.
 * Never fails: without the space commits are only slower. No transaction may be open. */
void lmdb_extend(struct lmdb_store *store);
/* Doubles the map. No transaction may be open. */
int lmdb_grow(struct lmdb_store *store);
