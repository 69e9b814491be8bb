/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to common/store: what an implementation of store.h fills in. store.c does what is the
 * same for all of them (the sticky status, counting open transactions, invariants), so that a
 * driver sees only calls that make sense: table numbers in range, changes only in write
 * transactions, keys of 1 to STORE_KEY_MAX_BYTES bytes (find: also empty), and nothing after the
 * first failure.
 */
#pragma once

#include "store/store.h"

enum store_where {
    STORE_AT_OR_AFTER, /* an empty key: the first of the table */
    STORE_AFTER,       /* an empty key: the first of the table */
    STORE_BEFORE,      /* an empty key: the last of the table */
};

/* Calls inside a transaction write the sentence of a failure to txn->err; NOT_FOUND has none. */
struct store_driver {
    void (*close)(struct store *store);
    enum status (*begin)(struct store *store, bool is_write, struct store_txn **ret_txn,
                         struct err *err);
    enum status (*commit)(struct store_txn *txn, struct err *err); /* of a write transaction */
    void (*abort)(struct store_txn *txn);
    enum status (*get)(struct store_txn *txn, uint32_t table, struct bytes key,
                       struct bytes *ret_value);
    enum status (*put)(struct store_txn *txn, uint32_t table, struct bytes key, struct bytes value);
    enum status (*append)(struct store_txn *txn, uint32_t table, struct bytes key,
                          struct bytes value);
    enum status (*remove)(struct store_txn *txn, uint32_t table, struct bytes key);
    enum status (*find)(struct store_txn *txn, uint32_t table, enum store_where where,
                        struct bytes key, struct bytes *ret_key, struct bytes *ret_value);
    enum status (*clear)(struct store_txn *txn, uint32_t table);
    enum status (*count)(struct store_txn *txn, uint32_t table, uint64_t *ret_count);
    enum status (*grow)(struct store *store, struct err *err);
    enum status (*settle)(struct store *store, struct err *err);
    bool (*is_settled)(const struct store *store);
    enum status (*usage)(struct store *store, struct store_usage *ret_usage, struct err *err);
    void (*tidy_readers)(struct store *store);
    enum status (*copy)(struct store *store, const char *path, struct err *err);
};

/* The first member of every implementation's store. */
struct store {
    const struct store_driver *driver;
    char *path; /* for sentences; "memory" when there is none */
    char *tables[STORE_TABLES_MAX];
    uint32_t table_count;
    uint64_t map_bytes; /* as asked for at the opening */
    bool is_read_only;
    bool is_writing;
    uint32_t open_txns;
};

/* The first member of every implementation's transaction. */
struct store_txn {
    struct store *store;
    bool is_write;
    enum status status;
    struct err err;
};

/* Copies what the options say; store_done() frees it again. */
void store_init(struct store *store, const struct store_driver *driver,
                const struct store_options *options);
void store_done(struct store *store);
