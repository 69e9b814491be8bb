/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crc32c.h"
#include "base/endian.h"
#include "store/lmdb_border.h"

#include <errno.h>
#include <sys/random.h>

/* The mark's row: id(16) seq(8) crc(4). */
#define MARK_BYTES (REDO_ID_BYTES + 8U + 4U)
/* A map that was doubled so often is larger than any disk. */
#define GROWTHS_MAX 32

static MDB_val mark_key(void)
{
    static char key[] = "mark";
    return (MDB_val){.mv_size = sizeof key - 1, .mv_data = key};
}

static int read_mark(MDB_txn *txn, MDB_dbi table, struct redo_mark *ret_mark)
{
    MDB_val key = mark_key();
    MDB_val value;
    int code = mdb_get(txn, table, &key, &value);
    if (code == MDB_SUCCESS && value.mv_size != MARK_BYTES) {
        return MDB_CORRUPTED;
    }
    if (code == MDB_SUCCESS) {
        const uint8_t *p = value.mv_data;
        memcpy(ret_mark->id, p, REDO_ID_BYTES);
        ret_mark->seq = be64_load(p + REDO_ID_BYTES);
        ret_mark->crc = be32_load(p + REDO_ID_BYTES + 8);
    }
    return code;
}

static int write_mark(MDB_txn *txn, MDB_dbi table, const struct redo_mark *mark)
{
    uint8_t row[MARK_BYTES];
    memcpy(row, mark->id, REDO_ID_BYTES);
    be64_store(row + REDO_ID_BYTES, mark->seq);
    be32_store(row + REDO_ID_BYTES + 8, mark->crc);
    MDB_val key = mark_key();
    MDB_val value = {.mv_size = sizeof row, .mv_data = row};
    return mdb_put(txn, table, &key, &value, 0);
}

/* ---- the live transaction ------------------------------------------------------------------- */

struct replaying {
    struct lmdb_store *store;
    MDB_txn *txn;
};

/* LMDB only reads what it is given here, though its type does not say so. */
static MDB_val to_val(struct bytes bytes)
{
    union {
        const void *ours;
        void *theirs;
    } data = {.ours = bytes.p};
    return (MDB_val){.mv_size = bytes.len, .mv_data = data.theirs};
}

static enum status apply(void *user, const struct redo_operation *operation, struct err *err)
{
    const struct replaying *replaying = user;
    const struct lmdb_store *store = replaying->store;
    if (operation->table >= store->base.table_count) {
        return fail(err, STATUS_CORRUPT, "the redo log '%s' names a table that is none",
                    store->redo.path);
    }
    MDB_dbi table = store->tables[operation->table];
    MDB_val key = to_val(operation->key);
    MDB_val value = to_val(operation->value);
    int code = operation->kind == REDO_CLEAR ? mdb_drop(replaying->txn, table, 0)
               : operation->kind == REDO_REMOVE
                   ? mdb_del(replaying->txn, table, &key, NULL)
                   : mdb_put(replaying->txn, table, &key, &value,
                             operation->kind == REDO_APPEND ? MDB_APPEND : 0);
    /* What was removed was there. */
    code = code == MDB_NOTFOUND ? MDB_CORRUPTED : code;
    return code == MDB_SUCCESS ? STATUS_OK
                               : lmdb_fail(err, code, "do again the redo log of", store->base.path);
}

static enum status try_live(struct lmdb_store *store, struct err *err)
{
    struct replaying replaying = {.store = store};
    int code = mdb_txn_begin(store->env, NULL, 0, &replaying.txn);
    if (code != MDB_SUCCESS) {
        return lmdb_fail(err, code, "begin a transaction in", store->base.path);
    }
    enum status st = redo_replay(&store->redo, &store->stored, apply, &replaying, err);
    if (st != STATUS_OK) {
        mdb_txn_abort(replaying.txn);
        return st;
    }
    store->live = (struct lmdb_view){.txn = replaying.txn};
    return STATUS_OK;
}

enum status lmdb_open_live(struct lmdb_store *store, struct err *err)
{
    if (store->live.txn != NULL) {
        return STATUS_OK;
    }
    if (store->redo.is_broken) {
        return fail(err, STATUS_IO, "writing '%s' failed before; open the store again",
                    store->redo.path);
    }
    enum status st = try_live(store, err);
    for (int i = 0; st == STATUS_FULL && i < GROWTHS_MAX; i++) {
        int code = lmdb_grow(store);
        st = code == MDB_SUCCESS ? try_live(store, err)
                                 : lmdb_fail(err, code, "enlarge the map of", store->base.path);
    }
    return st;
}

void lmdb_drop_live(struct lmdb_store *store)
{
    if (store->live.txn != NULL) {
        lmdb_close_cursors(&store->live);
        mdb_txn_abort(store->live.txn);
        store->live = (struct lmdb_view){0};
    }
}

static int commit_live(struct lmdb_store *store)
{
    MDB_txn *txn = store->live.txn;
    int code = write_mark(txn, store->mark_table, &store->redo.last);
    if (code != MDB_SUCCESS) {
        lmdb_drop_live(store);
        return code;
    }
    lmdb_close_cursors(&store->live);
    store->live = (struct lmdb_view){0};
    return mdb_txn_commit(txn);
}

enum status lmdb_settle(struct lmdb_store *store, struct err *err)
{
    if (store->redo.at == 0) {
        return STATUS_OK;
    }
    enum status st = lmdb_open_live(store, err);
    int code = st == STATUS_OK ? commit_live(store) : MDB_SUCCESS;
    for (int i = 0; st == STATUS_OK && code == MDB_MAP_FULL && i < GROWTHS_MAX; i++) {
        code = lmdb_grow(store);
        st = code == MDB_SUCCESS ? lmdb_open_live(store, err) : STATUS_OK;
        code = st == STATUS_OK && code == MDB_SUCCESS ? commit_live(store) : code;
    }
    if (st != STATUS_OK || code != MDB_SUCCESS) {
        return st != STATUS_OK ? st : lmdb_fail(err, code, "commit to", store->base.path);
    }
    store->stored = store->redo.last;
    redo_restart(&store->redo);
    lmdb_extend(store);
    return STATUS_OK;
}

/* ---- opening -------------------------------------------------------------------------------- */

static uint32_t checksum_tables(const struct store *store)
{
    uint32_t crc = 0;
    for (uint32_t i = 0; i < store->table_count; i++) {
        /* The NUL keeps names apart. */
        crc = crc32c(crc, bytes_of(store->tables[i], strlen(store->tables[i]) + 1));
    }
    return crc;
}

static int commit_mark(struct lmdb_store *store)
{
    MDB_txn *txn;
    int code = mdb_txn_begin(store->env, NULL, 0, &txn);
    if (code != MDB_SUCCESS) {
        return code;
    }
    code = write_mark(txn, store->mark_table, &store->stored);
    if (code == MDB_SUCCESS) {
        return mdb_txn_commit(txn);
    }
    mdb_txn_abort(txn);
    return code;
}

/* A store that has no mark gets one with a new id, which LMDB knows before the log's first entry.
 */
static enum status give_id(struct lmdb_store *store, struct err *err)
{
    if (getrandom(store->stored.id, REDO_ID_BYTES, 0) != (ssize_t)REDO_ID_BYTES) {
        return lmdb_fail(err, errno, "make an id for", store->base.path);
    }
    int code = commit_mark(store);
    if (code == MDB_MAP_FULL) {
        code = lmdb_grow(store);
        code = code == MDB_SUCCESS ? commit_mark(store) : code;
    }
    return code == MDB_SUCCESS ? STATUS_OK : lmdb_fail(err, code, "commit to", store->base.path);
}

static enum status find_mark(struct lmdb_store *store, bool *ret_is_there, struct err *err)
{
    MDB_txn *txn;
    int code = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn);
    if (code == MDB_SUCCESS) {
        code = read_mark(txn, store->mark_table, &store->stored);
        mdb_txn_abort(txn);
    }
    *ret_is_there = code == MDB_SUCCESS;
    return code == MDB_SUCCESS || code == MDB_NOTFOUND
               ? STATUS_OK
               : lmdb_fail(err, code, "read the mark of", store->base.path);
}

enum status lmdb_open_log(struct lmdb_store *store, struct err *err)
{
    bool has_mark = false;
    const char *path = store->base.path;
    enum status st = find_mark(store, &has_mark, err);
    if (st == STATUS_OK) {
        st = redo_open(&store->redo, path, checksum_tables(&store->base), !has_mark, err);
    }
    /* A mark is never there without its log. */
    st = st == STATUS_OK && !has_mark ? lmdb_sync_folder(path, err) : st;
    st = st == STATUS_OK && !has_mark ? give_id(store, err) : st;
    if (st == STATUS_OK) {
        st = redo_find_end(&store->redo, &store->stored, err);
    }
    if (st == STATUS_OK) {
        st = lmdb_open_live(store, err);
    }
    /* What was just read may be in memory only, after a flush that failed. Settled it is not. */
    return st == STATUS_OK ? lmdb_settle(store, err) : st;
}
