/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to common/store: what lmdb.c (the environment) and lmdb_txn.c (transactions) share. These
 * are the only files that see LMDB. What version 0.9.24 is kept away from: duplicate keys (DUPSORT)
 * and more than one cursor per table, which later releases had to repair. Every change of a table
 * therefore goes through the one cursor that also walks it.
 */
#pragma once

#include "base/buf.h"
#include "store/driver.h"

#include <lmdb.h>

struct lmdb_txn;

struct lmdb_store {
    struct store base;
    MDB_env *env;
    MDB_dbi tables[STORE_TABLES_MAX];
    int lock_fd;                   /* -1: opened for reading only */
    struct lmdb_txn *idle_readers; /* reset, to be renewed: beginning one costs no system call */
    struct lmdb_txn *idle_writer;
    uint64_t written_bytes; /* the file is at least so long, unless the disk was full */
    struct buf scratch;
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

/* Keeps written space behind the last page in use. A commit into pages that the file already has is
 * one flush of data; one that makes the file longer also waits for the file system's own journal.
 * Never fails: without the space commits are only slower. No transaction may be open. */
void lmdb_extend(struct lmdb_store *store);

/* Frees the idle transactions, before the environment closes. */
void lmdb_free_idle(struct lmdb_store *store);
