/* SPDX-License-Identifier: Apache-2.0 */
#include "store/lmdb_border.h"

#include "base/memory.h"

#include <stdlib.h>

struct lmdb_txn {
    struct store_txn base;
    struct lmdb_view *view; /* the store's live one; its own where it only reads */
    struct lmdb_view own;
    struct lmdb_txn *next_idle;
};

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

static struct lmdb_view *view_of(const struct store_txn *txn)
{
    return ((const struct lmdb_txn *)txn)->view;
}

static int start(struct lmdb_store *store, struct lmdb_view *view)
{
    return view->txn != NULL ? mdb_txn_renew(view->txn)
                             : mdb_txn_begin(store->env, NULL, MDB_RDONLY, &view->txn);
}

/* Begins a snapshot, after what can be put right: a map that the writer made larger, slots of
 * readers that died. */
static enum status start_reader(struct lmdb_store *store, struct lmdb_txn *txn, struct err *err)
{
    int code = start(store, &txn->own);
    if (code == MDB_MAP_RESIZED && store->base.open_txns == 0) {
        code = mdb_env_set_mapsize(store->env, 0);
        code = code != MDB_SUCCESS ? code : start(store, &txn->own);
    } else if (code == MDB_READERS_FULL) {
        code = mdb_reader_check(store->env, NULL);
        code = code != MDB_SUCCESS ? code : start(store, &txn->own);
    }
    txn->own.stale = UINT32_MAX;
    txn->own.positioned = 0;
    txn->view = &txn->own;
    return code == MDB_SUCCESS ? STATUS_OK
                               : lmdb_fail(err, code, "begin a transaction in", store->base.path);
}

/* A log that is full is settled before the next commit, not after the last: whoever waited for that
 * one has been answered. */
static enum status start_live(struct lmdb_store *store, struct lmdb_txn *txn, bool is_write,
                              struct err *err)
{
    enum status st = STATUS_OK;
    if (is_write && redo_is_full(&store->redo)) {
        st = lmdb_settle(store, err);
    }
    if (st == STATUS_OK) {
        st = lmdb_open_live(store, err);
    }
    if (is_write) {
        redo_begin(&store->redo);
    }
    txn->view = &store->live;
    return st;
}

static void make_idle(struct lmdb_store *store, struct lmdb_txn *txn)
{
    txn->next_idle = store->idle;
    store->idle = txn;
}

enum status lmdb_begin(struct store *store, bool is_write, struct store_txn **ret_txn,
                       struct err *err)
{
    struct lmdb_store *lmdb = (struct lmdb_store *)store;
    struct lmdb_txn *txn = lmdb->idle;
    if (txn != NULL) {
        lmdb->idle = txn->next_idle;
    } else {
        txn = memory_new(1, sizeof *txn);
    }
    enum status st =
        store->is_read_only ? start_reader(lmdb, txn, err) : start_live(lmdb, txn, is_write, err);
    if (st != STATUS_OK) {
        make_idle(lmdb, txn);
        return st;
    }
    *ret_txn = &txn->base;
    return STATUS_OK;
}

void lmdb_close_cursors(struct lmdb_view *view)
{
    for (uint32_t i = 0; i < STORE_TABLES_MAX; i++) {
        if (view->cursors[i] != NULL) {
            mdb_cursor_close(view->cursors[i]);
            view->cursors[i] = NULL;
        }
    }
}

enum status lmdb_commit(struct store_txn *txn, struct err *err)
{
    struct lmdb_store *store = store_of(txn);
    enum status st = redo_commit(&store->redo, err);
    if (st != STATUS_OK) {
        lmdb_drop_live(store);
    }
    make_idle(store, (struct lmdb_txn *)txn);
    return st;
}

void lmdb_abort(struct store_txn *txn)
{
    struct lmdb_txn *lmdb = (struct lmdb_txn *)txn;
    struct lmdb_store *store = store_of(txn);
    /* Others that still read keep what they have borrowed. */
    bool is_spoilt = (txn->status != STATUS_OK && store->base.open_txns == 0) ||
                     (txn->is_write && store->redo.entry_operations != 0);
    if (lmdb->view == &lmdb->own) {
        mdb_txn_reset(lmdb->own.txn);
    } else if (is_spoilt) {
        lmdb_drop_live(store);
    }
    make_idle(store, lmdb);
}

/* The table's cursor, ready for use. */
static int get_cursor(struct store_txn *txn, uint32_t table, MDB_cursor **ret_cursor)
{
    struct lmdb_view *view = view_of(txn);
    uint32_t bit = UINT32_C(1) << table;
    int code = MDB_SUCCESS;
    if (view->cursors[table] == NULL) {
        code = mdb_cursor_open(view->txn, store_of(txn)->tables[table], &view->cursors[table]);
    } else if ((view->stale & bit) != 0) {
        code = mdb_cursor_renew(view->txn, view->cursors[table]);
    }
    if (code == MDB_SUCCESS) {
        view->stale &= ~bit;
        *ret_cursor = view->cursors[table];
    }
    return code;
}

static void set_positioned(struct store_txn *txn, uint32_t table, bool is_positioned)
{
    struct lmdb_view *view = view_of(txn);
    uint32_t bit = UINT32_C(1) << table;
    view->positioned = is_positioned ? view->positioned | bit : view->positioned & ~bit;
}

enum status lmdb_get(struct store_txn *txn, uint32_t table, struct bytes key,
                     struct bytes *ret_value)
{
    MDB_val key_val = to_val(key);
    MDB_val value;
    int code = mdb_get(view_of(txn)->txn, store_of(txn)->tables[table], &key_val, &value);
    if (code == MDB_SUCCESS) {
        *ret_value = from_val(&value);
    }
    return settle(txn, table, "read", code);
}

/* Keys and values may be borrowed from this very transaction, whose pages move under a change; so
 * LMDB gets the copies that the redo log has made. */
static enum status write_entry(struct store_txn *txn, const struct redo_operation *operation,
                               unsigned flags)
{
    uint32_t table = operation->table;
    struct redo *redo = &store_of(txn)->redo;
    struct redo_operation added = redo_add(redo, operation);
    MDB_val key = to_val(added.key);
    MDB_val value = to_val(added.value);
    MDB_cursor *cursor;
    int code = get_cursor(txn, table, &cursor);
    if (code == MDB_SUCCESS) {
        set_positioned(txn, table, false);
        code = mdb_cursor_put(cursor, &key, &value, flags);
    }
    if (code != MDB_SUCCESS) {
        redo_take_back(redo, &added);
    }
    return settle(txn, table, "write", code);
}

enum status lmdb_put(struct store_txn *txn, uint32_t table, struct bytes key, struct bytes value)
{
    struct redo_operation operation = {REDO_PUT, (uint8_t)table, key, value};
    return write_entry(txn, &operation, 0);
}

enum status lmdb_append(struct store_txn *txn, uint32_t table, struct bytes key, struct bytes value)
{
    struct redo_operation operation = {REDO_APPEND, (uint8_t)table, key, value};
    return write_entry(txn, &operation, MDB_APPEND);
}

/* Finding it leaves the key's bytes where they are, removing it does not: the log gets them
 * between. */
enum status lmdb_remove(struct store_txn *txn, uint32_t table, struct bytes key)
{
    MDB_cursor *cursor;
    int code = get_cursor(txn, table, &cursor);
    if (code == MDB_SUCCESS) {
        set_positioned(txn, table, false);
        MDB_val key_val = to_val(key);
        MDB_val value;
        code = mdb_cursor_get(cursor, &key_val, &value, MDB_SET);
    }
    if (code == MDB_SUCCESS) {
        struct redo_operation operation = {
            .kind = REDO_REMOVE, .table = (uint8_t)table, .key = key};
        struct redo *redo = &store_of(txn)->redo;
        struct redo_operation added = redo_add(redo, &operation);
        code = mdb_cursor_del(cursor, 0);
        if (code != MDB_SUCCESS) {
            redo_take_back(redo, &added);
        }
    }
    return code == MDB_NOTFOUND ? STATUS_OK : settle(txn, table, "remove from", code);
}

/* Whether the cursor stands on `key`, so that a walk goes on from there without a search. */
static bool stands_on(const struct store_txn *txn, uint32_t table, MDB_cursor *cursor,
                      struct bytes key)
{
    MDB_val here;
    MDB_val value;
    bool is_positioned = (view_of(txn)->positioned >> table & 1U) != 0;
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
    struct redo_operation operation = {.kind = REDO_CLEAR, .table = (uint8_t)table};
    set_positioned(txn, table, false);
    int code = mdb_drop(view_of(txn)->txn, store_of(txn)->tables[table], 0);
    if (code == MDB_SUCCESS) {
        (void)redo_add(&store_of(txn)->redo, &operation);
    }
    return settle(txn, table, "clear", code);
}

enum status lmdb_count(struct store_txn *txn, uint32_t table, uint64_t *ret_count)
{
    MDB_stat stat;
    int code = mdb_stat(view_of(txn)->txn, store_of(txn)->tables[table], &stat);
    if (code == MDB_SUCCESS) {
        *ret_count = stat.ms_entries;
    }
    return settle(txn, table, "count", code);
}

void lmdb_free_idle(struct lmdb_store *store)
{
    while (store->idle != NULL) {
        struct lmdb_txn *txn = store->idle;
        store->idle = txn->next_idle;
        lmdb_close_cursors(&txn->own);
        mdb_txn_abort(txn->own.txn);
        free(txn);
    }
}
