/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include "base/memory.h"
#include "store/driver.h"

#include <stdlib.h>

void store_init(struct store *store, const struct store_driver *driver,
                const struct store_options *options)
{
    CHECK(options->table_count <= STORE_TABLES_MAX);
    const char *path = options->path != NULL ? options->path : "memory";
    store->driver = driver;
    store->path = memory_copy_text(path, strlen(path));
    store->table_count = options->table_count;
    store->map_bytes = options->map_bytes;
    store->is_read_only = options->is_read_only;
    for (uint32_t i = 0; i < options->table_count; i++) {
        store->tables[i] = memory_copy_text(options->tables[i], strlen(options->tables[i]));
    }
}

void store_done(struct store *store)
{
    for (uint32_t i = 0; i < store->table_count; i++) {
        free(store->tables[i]);
    }
    free(store->path);
    *store = (struct store){0};
}

void store_close(struct store *store)
{
    if (store != NULL) {
        CHECK(store->open_txns == 0);
        store->driver->close(store);
    }
}

enum status store_begin(struct store *store, bool is_write, struct store_txn **ret_txn,
                        struct err *err)
{
    CHECK(!store->is_writing && (!is_write || (!store->is_read_only && store->open_txns == 0)));
    struct store_txn *txn;
    enum status status = store->driver->begin(store, is_write, &txn, err);
    if (status != STATUS_OK) {
        return status;
    }
    txn->store = store;
    txn->is_write = is_write;
    txn->status = STATUS_OK;
    store->open_txns++;
    store->is_writing |= is_write;
    *ret_txn = txn;
    return STATUS_OK;
}

/* The store's side of an ending, before the driver frees the transaction. */
static const struct store_driver *leave(const struct store_txn *txn)
{
    struct store *store = txn->store;
    store->open_txns--;
    if (txn->is_write) {
        store->is_writing = false;
    }
    return store->driver;
}

enum status store_commit(struct store_txn *txn, struct err *err)
{
    enum status status = txn->status;
    if (status != STATUS_OK) {
        *err = txn->err;
        store_abort(txn);
        return status;
    }
    if (!txn->is_write) {
        store_abort(txn);
        return STATUS_OK;
    }
    return leave(txn)->commit(txn, err);
}

void store_abort(struct store_txn *txn)
{
    if (txn != NULL) {
        leave(txn)->abort(txn);
    }
}

enum status store_status(const struct store_txn *txn)
{
    return txn->status;
}

/* Remembers the first failure; that something is not there is none. */
static enum status keep(struct store_txn *txn, enum status status)
{
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        txn->status = status;
    }
    return status;
}

static bool key_is_possible(struct bytes key)
{
    return key.len != 0 && key.len <= STORE_KEY_MAX_BYTES;
}

static enum status check_change(struct store_txn *txn, uint32_t table, struct bytes key)
{
    CHECK(txn->is_write && table < txn->store->table_count);
    if (txn->status != STATUS_OK) {
        return txn->status;
    }
    if (!key_is_possible(key)) {
        return keep(txn, fail(&txn->err, STATUS_INVALID,
                              "write table '%s' of '%s': a key of %zu bytes, not 1 to %u",
                              txn->store->tables[table], txn->store->path, key.len,
                              STORE_KEY_MAX_BYTES));
    }
    return STATUS_OK;
}

enum status store_get(struct store_txn *txn, uint32_t table, struct bytes key,
                      struct bytes *ret_value)
{
    CHECK(table < txn->store->table_count);
    if (txn->status != STATUS_OK) {
        return txn->status;
    }
    if (!key_is_possible(key)) {
        return STATUS_NOT_FOUND;
    }
    return keep(txn, txn->store->driver->get(txn, table, key, ret_value));
}

enum status store_put(struct store_txn *txn, uint32_t table, struct bytes key, struct bytes value)
{
    enum status status = check_change(txn, table, key);
    return status != STATUS_OK ? status
                               : keep(txn, txn->store->driver->put(txn, table, key, value));
}

enum status store_append(struct store_txn *txn, uint32_t table, struct bytes key,
                         struct bytes value)
{
    enum status status = check_change(txn, table, key);
    return status != STATUS_OK ? status
                               : keep(txn, txn->store->driver->append(txn, table, key, value));
}

enum status store_remove(struct store_txn *txn, uint32_t table, struct bytes key)
{
    CHECK(txn->is_write && table < txn->store->table_count);
    if (txn->status != STATUS_OK || !key_is_possible(key)) {
        return txn->status;
    }
    return keep(txn, txn->store->driver->remove(txn, table, key));
}

static enum status find(struct store_txn *txn, uint32_t table, enum store_where where,
                        struct bytes key, struct bytes *ret_key, struct bytes *ret_value)
{
    CHECK(table < txn->store->table_count);
    if (txn->status != STATUS_OK) {
        return txn->status;
    }
    return keep(txn, txn->store->driver->find(txn, table, where, key, ret_key, ret_value));
}

enum status store_seek(struct store_txn *txn, uint32_t table, struct bytes key,
                       struct bytes *ret_key, struct bytes *ret_value)
{
    return find(txn, table, STORE_AT_OR_AFTER, key, ret_key, ret_value);
}

enum status store_next(struct store_txn *txn, uint32_t table, struct bytes key,
                       struct bytes *ret_key, struct bytes *ret_value)
{
    return find(txn, table, STORE_AFTER, key, ret_key, ret_value);
}

enum status store_before(struct store_txn *txn, uint32_t table, struct bytes key,
                         struct bytes *ret_key, struct bytes *ret_value)
{
    return find(txn, table, STORE_BEFORE, key, ret_key, ret_value);
}

enum status store_clear(struct store_txn *txn, uint32_t table)
{
    CHECK(txn->is_write && table < txn->store->table_count);
    return txn->status != STATUS_OK ? txn->status
                                    : keep(txn, txn->store->driver->clear(txn, table));
}

enum status store_count(struct store_txn *txn, uint32_t table, uint64_t *ret_count)
{
    CHECK(table < txn->store->table_count);
    return txn->status != STATUS_OK ? txn->status
                                    : keep(txn, txn->store->driver->count(txn, table, ret_count));
}

enum status store_grow(struct store *store, struct err *err)
{
    CHECK(store->open_txns == 0);
    return store->driver->grow(store, err);
}

enum status store_settle(struct store *store, struct err *err)
{
    CHECK(store->open_txns == 0);
    return store->driver->settle(store, err);
}

bool store_is_settled(const struct store *store)
{
    return store->driver->is_settled(store);
}

enum status store_usage(struct store *store, struct store_usage *ret_usage, struct err *err)
{
    return store->driver->usage(store, ret_usage, err);
}

void store_tidy_readers(struct store *store)
{
    store->driver->tidy_readers(store);
}

enum status store_copy(struct store *store, const char *path, struct err *err)
{
    CHECK(store->open_txns == 0);
    return store->driver->copy(store, path, err);
}
