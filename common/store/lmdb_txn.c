/* SPDX-License-Identifier: Apache-2.0 */
#include "store/lmdb_border.h"

#include "base/memory.h"

#include <stdlib.h>

struct lmdb_txn {
    struct store_txn base;
    MDB_txn *txn;
    MDB_cursor *cursors[STORE_TABLES_MAX];
    uint32_t stale;      /* bit per table: the cursor belongs to an earlier life of this reader */
    uint32_t positioned; /* bit per table: the cursor stands on what was returned last */
    struct lmdb_txn *next_idle;
};

_Static_assert(STORE_TABLES_MAX <= 32, "a table is a bit of uint32_t");

/* The status of a call inside a transaction, with its sentence if it failed. */
static enum status settle(struct store_txn *txn, uint32_t table, const char *what, int code)
{
    enum status status = lmdb_status(code);
    if (status == STATUS_OK || status == STATUS_NOT_FOUND) {
        return status;
    }
    return fail(&txn->err, status, "%s table '%s' of '%s': %s", what, txn->store->tables[table],
                txn->store->path, mdb_strerror(code));
}

static MDB_val to_val(struct bytes bytes)
{
    /* LMDB only reads what it is given here, though its type does not say so. */
    union {
        const void *ours;
        void *theirs;
    } data = {.ours = bytes.p};
    return (MDB_val){.mv_size = bytes.len, .mv_data = data.theirs};
}

static struct bytes from_val(const MDB_val *val)
{
    return bytes_of(val->mv_data, val->mv_size);
}

static struct lmdb_store *store_of(const struct store_txn *txn)
{
    return (struct lmdb_store *)txn->store;
}

static int start(struct lmdb_store *store, struct lmdb_txn *txn, bool is_write)
{
    if (txn->txn != NULL) {
        return mdb_txn_renew(txn->txn);
    }
    return mdb_txn_begin(store->env, NULL, is_write ? 0 : MDB_RDONLY, &txn->txn);
}

/* As start(), after what can be put right: a map that another process made larger, slots of readers
 * that died. */
static int start_again(struct lmdb_store *store, struct lmdb_txn *txn, bool is_write)
{
    int code = start(store, txn, is_write);
    if (code == MDB_MAP_RESIZED && store->base.open_txns == 0) {
        code = mdb_env_set_mapsize(store->env, 0);
        code = code != MDB_SUCCESS ? code : start(store, txn, is_write);
    } else if (code == MDB_READERS_FULL) {
        code = mdb_reader_check(store->env, NULL);
        code = code != MDB_SUCCESS ? code : start(store, txn, is_write);
    }
    return code;
}

static void make_idle(struct lmdb_store *store, struct lmdb_txn *txn, bool is_write)
{
    struct lmdb_txn **idle = is_write ? &store->idle_writer : &store->idle_readers;
    txn->next_idle = *idle;
    *idle = txn;
}

enum status lmdb_begin(struct store *store, bool is_write, struct store_txn **ret_txn,
                       struct err *err)
{
    struct lmdb_store *lmdb = (struct lmdb_store *)store;
    struct lmdb_txn **idle = is_write ? &lmdb->idle_writer : &lmdb->idle_readers;
    struct lmdb_txn *txn = *idle;
    if (txn != NULL) {
        *idle = txn->next_idle;
    } else {
        txn = memory_new(1, sizeof *txn);
    }
    int code = start_again(lmdb, txn, is_write);
    if (code != MDB_SUCCESS) {
        make_idle(lmdb, txn, is_write);
        return lmdb_fail(err, code, "begin a transaction in", store->path);
    }
    txn->stale = UINT32_MAX;
    txn->positioned = 0;
    *ret_txn = &txn->base;
    return STATUS_OK;
}

/* A cursor ends before its transaction does; a reader's are kept and renewed with it. */
static void close_cursors(struct lmdb_txn *txn)
{
    for (uint32_t i = 0; i < STORE_TABLES_MAX; i++) {
        if (txn->cursors[i] != NULL) {
            mdb_cursor_close(txn->cursors[i]);
            txn->cursors[i] = NULL;
        }
    }
}

enum status lmdb_commit(struct store_txn *txn, struct err *err)
{
    struct lmdb_txn *lmdb = (struct lmdb_txn *)txn;
    struct lmdb_store *store = store_of(txn);
    close_cursors(lmdb);
    int code = mdb_txn_commit(lmdb->txn);
    lmdb->txn = NULL;
    make_idle(store, lmdb, true);
    if (code == MDB_SUCCESS) {
        lmdb_extend(store);
        return STATUS_OK;
    }
    /* Only a full map is known to have left nothing: LMDB finds out before it writes. */
    enum status status = code == MDB_MAP_FULL ? STATUS_FULL : STATUS_IO;
    return fail(err, status, "commit to '%s': %s", store->base.path, mdb_strerror(code));
}

void lmdb_abort(struct store_txn *txn)
{
    struct lmdb_txn *lmdb = (struct lmdb_txn *)txn;
    if (txn->is_write) {
        close_cursors(lmdb);
        mdb_txn_abort(lmdb->txn);
        lmdb->txn = NULL;
    } else {
        mdb_txn_reset(lmdb->txn);
    }
    make_idle(store_of(txn), lmdb, txn->is_write);
}

/* The table's cursor, ready for use. */
static int get_cursor(struct store_txn *txn, uint32_t table, MDB_cursor **ret_cursor)
{
    struct lmdb_txn *lmdb = (struct lmdb_txn *)txn;
    uint32_t bit = UINT32_C(1) << table;
    int code = MDB_SUCCESS;
    if (lmdb->cursors[table] == NULL) {
        code = mdb_cursor_open(lmdb->txn, store_of(txn)->tables[table], &lmdb->cursors[table]);
    } else if ((lmdb->stale & bit) != 0) {
        code = mdb_cursor_renew(lmdb->txn, lmdb->cursors[table]);
    }
    if (code == MDB_SUCCESS) {
        lmdb->stale &= ~bit;
        *ret_cursor = lmdb->cursors[table];
    }
    return code;
}

static void set_positioned(struct store_txn *txn, uint32_t table, bool is_positioned)
{
    struct lmdb_txn *lmdb = (struct lmdb_txn *)txn;
    uint32_t bit = UINT32_C(1) << table;
    lmdb->positioned = is_positioned ? lmdb->positioned | bit : lmdb->positioned & ~bit;
}

enum status lmdb_get(struct store_txn *txn, uint32_t table, struct bytes key,
                     struct bytes *ret_value)
{
    MDB_val key_val = to_val(key);
    MDB_val value;
    int code =
        mdb_get(((struct lmdb_txn *)txn)->txn, store_of(txn)->tables[table], &key_val, &value);
    if (code == MDB_SUCCESS) {
        *ret_value = from_val(&value);
    }
    return settle(txn, table, "read", code);
}

/* Keys and values may be borrowed from this very transaction, whose pages move under a change; so
 * LMDB gets copies. */
static enum status write_entry(struct store_txn *txn, uint32_t table, struct bytes key,
                               struct bytes value, unsigned flags)
{
    struct buf *scratch = &store_of(txn)->scratch;
    buf_clear(scratch);
    buf_append_bytes(scratch, key);
    buf_append_bytes(scratch, value);
    MDB_val key_val = {.mv_size = key.len, .mv_data = scratch->p};
    MDB_val value_val = {.mv_size = value.len, .mv_data = scratch->p + key.len};

    MDB_cursor *cursor;
    int code = get_cursor(txn, table, &cursor);
    if (code == MDB_SUCCESS) {
        set_positioned(txn, table, false);
        code = mdb_cursor_put(cursor, &key_val, &value_val, flags);
    }
    return settle(txn, table, "write", code);
}

enum status lmdb_put(struct store_txn *txn, uint32_t table, struct bytes key, struct bytes value)
{
    return write_entry(txn, table, key, value, 0);
}

enum status lmdb_append(struct store_txn *txn, uint32_t table, struct bytes key, struct bytes value)
{
    return write_entry(txn, table, key, value, MDB_APPEND);
}

enum status lmdb_remove(struct store_txn *txn, uint32_t table, struct bytes key)
{
    MDB_cursor *cursor;
    int code = get_cursor(txn, table, &cursor);
    if (code == MDB_SUCCESS) {
        set_positioned(txn, table, false);
        MDB_val key_val = to_val(key);
        MDB_val value;
        code = mdb_cursor_get(cursor, &key_val, &value, MDB_SET);
        code = code != MDB_SUCCESS ? code : mdb_cursor_del(cursor, 0);
    }
    return code == MDB_NOTFOUND ? STATUS_OK : settle(txn, table, "remove from", code);
}

/* Whether the cursor stands on `key`, so that a walk goes on from there without a search. */
static bool stands_on(const struct store_txn *txn, uint32_t table, MDB_cursor *cursor,
                      struct bytes key)
{
    MDB_val here;
    MDB_val value;
    bool is_positioned = (((const struct lmdb_txn *)txn)->positioned >> table & 1U) != 0;
    return is_positioned && mdb_cursor_get(cursor, &here, &value, MDB_GET_CURRENT) == MDB_SUCCESS &&
           bytes_equal(from_val(&here), key);
}

static int find_at_or_after(MDB_cursor *cursor, struct bytes key, bool is_there, MDB_val entry[2])
{
    MDB_cursor_op sought = key.len == 0 ? MDB_FIRST : MDB_SET_RANGE;
    entry[0] = to_val(key);
    return mdb_cursor_get(cursor, &entry[0], &entry[1], is_there ? MDB_GET_CURRENT : sought);
}

static int find_after(MDB_cursor *cursor, struct bytes key, bool is_there, MDB_val entry[2])
{
    if (!is_there) {
        int code = find_at_or_after(cursor, key, false, entry);
        if (code != MDB_SUCCESS || !bytes_equal(from_val(&entry[0]), key)) {
            return code;
        }
    }
    return mdb_cursor_get(cursor, &entry[0], &entry[1], MDB_NEXT);
}

static int find_before(MDB_cursor *cursor, struct bytes key, bool is_there, MDB_val entry[2])
{
    int code = is_there ? MDB_SUCCESS : MDB_NOTFOUND;
    if (!is_there && key.len != 0) {
        code = find_at_or_after(cursor, key, false, entry);
    }
    if (code == MDB_NOTFOUND) {
        /* With nothing at or after the key, the last is the one before it. */
        return mdb_cursor_get(cursor, &entry[0], &entry[1], MDB_LAST);
    }
    return code != MDB_SUCCESS ? code : mdb_cursor_get(cursor, &entry[0], &entry[1], MDB_PREV);
}

enum status lmdb_find(struct store_txn *txn, uint32_t table, enum store_where where,
                      struct bytes key, struct bytes *ret_key, struct bytes *ret_value)
{
    static int (*const finders[])(MDB_cursor *, struct bytes, bool, MDB_val[2]) = {
        [STORE_AT_OR_AFTER] = find_at_or_after,
        [STORE_AFTER] = find_after,
        [STORE_BEFORE] = find_before,
    };
    MDB_cursor *cursor;
    MDB_val entry[2];
    int code = get_cursor(txn, table, &cursor);
    if (code == MDB_SUCCESS) {
        code = finders[where](cursor, key, stands_on(txn, table, cursor, key), entry);
    }
    set_positioned(txn, table, code == MDB_SUCCESS);
    if (code == MDB_SUCCESS) {
        *ret_key = from_val(&entry[0]);
        *ret_value = from_val(&entry[1]);
    }
    return settle(txn, table, "read", code);
}

enum status lmdb_clear(struct store_txn *txn, uint32_t table)
{
    set_positioned(txn, table, false);
    int code = mdb_drop(((struct lmdb_txn *)txn)->txn, store_of(txn)->tables[table], 0);
    return settle(txn, table, "clear", code);
}

enum status lmdb_count(struct store_txn *txn, uint32_t table, uint64_t *ret_count)
{
    MDB_stat stat;
    int code = mdb_stat(((struct lmdb_txn *)txn)->txn, store_of(txn)->tables[table], &stat);
    if (code == MDB_SUCCESS) {
        *ret_count = stat.ms_entries;
    }
    return settle(txn, table, "count", code);
}

void lmdb_free_idle(struct lmdb_store *store)
{
    struct lmdb_txn **lists[] = {&store->idle_readers, &store->idle_writer};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        while (*lists[i] != NULL) {
            struct lmdb_txn *txn = *lists[i];
            *lists[i] = txn->next_idle;
            close_cursors(txn);
            mdb_txn_abort(txn->txn);
            free(txn);
        }
    }
}
