/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "store/lmdb_border.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Only the owner: what is stored is about people. */
#define FOLDER_MODE 0700
#define FILE_MODE 0600

/* Beside the tables of the daemon, whose names are words. */
#define MARK_TABLE "redo-mark"

/* See lmdb_extend(): how much is added at a time, and from how little left. */
#define EXTEND_BYTES UINT64_C(1048576)
#define EXTEND_BELOW_BYTES UINT64_C(262144)

enum status lmdb_status(int code)
{
    static const struct {
        int code;
        enum status status;
    } codes[] = {
        {MDB_SUCCESS, STATUS_OK},
        {MDB_NOTFOUND, STATUS_NOT_FOUND},
        {ENOENT, STATUS_NOT_FOUND},
        {MDB_KEYEXIST, STATUS_CORRUPT}, /* only MDB_APPEND says it: the order is broken */
        {MDB_MAP_FULL, STATUS_FULL},
        {MDB_READERS_FULL, STATUS_BUSY},
        {MDB_MAP_RESIZED, STATUS_BUSY},
        {MDB_PAGE_NOTFOUND, STATUS_CORRUPT},
        {MDB_CORRUPTED, STATUS_CORRUPT},
        {MDB_INVALID, STATUS_CORRUPT},
        {MDB_VERSION_MISMATCH, STATUS_CORRUPT},
        {MDB_INCOMPATIBLE, STATUS_CORRUPT},
    };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (codes[i].code == code) {
            return codes[i].status;
        }
    }
    return STATUS_IO;
}

enum status lmdb_fail(struct err *err, int code, const char *what, const char *path)
{
    return fail(err, lmdb_status(code), "%s '%s': %s", what, path, mdb_strerror(code));
}

static char *path_join(const char *folder, const char *name)
{
    size_t len = strlen(folder) + 1 + strlen(name);
    char *path = memory_new(len + 1, 1);
    (void)snprintf(path, len + 1, "%s/%s", folder, name);
    return path;
}

enum status lmdb_sync_folder(const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return lmdb_fail(err, errno, "open folder", path);
    }
    int code = fsync(fd) == 0 ? 0 : errno;
    (void)close(fd);
    return code == 0 ? STATUS_OK : lmdb_fail(err, code, "write folder", path);
}

/* Makes the folder when it is not there, so that it stays there. */
static enum status make_folder(const char *path, struct err *err)
{
    if (mkdir(path, FOLDER_MODE) != 0) {
        return errno == EEXIST ? STATUS_OK : lmdb_fail(err, errno, "make folder", path);
    }
    char *parent = path_join(path, "..");
    enum status status = lmdb_sync_folder(parent, err);
    free(parent);
    return status;
}

/* The lock is the kernel's: it ends with the process, however that ends. */
static enum status take_lock(struct lmdb_store *store, struct err *err)
{
    char *path = path_join(store->base.path, "lock");
    enum status status = STATUS_OK;
    store->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
    if (store->lock_fd < 0) {
        status = lmdb_fail(err, errno, "open", path);
    } else if (flock(store->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        status = errno == EWOULDBLOCK
                     ? fail(err, STATUS_BUSY,
                            "folder '%s' is in use by another process that writes to it: stop "
                            "that one first",
                            store->base.path)
                     : lmdb_fail(err, errno, "lock", path);
    }
    free(path);
    return status;
}

/* Opens the file and sees to a map that is as large as asked for; what a file already has is never
 * made smaller. */
static int open_env(struct lmdb_store *store)
{
    unsigned flags = MDB_NOTLS | (store->base.is_read_only ? MDB_RDONLY : 0U);
    int code = mdb_env_create(&store->env);
    if (code == MDB_SUCCESS) {
        code = mdb_env_set_maxdbs(store->env, STORE_TABLES_MAX + 1); /* and the mark's */
    }
    if (code == MDB_SUCCESS) {
        code = mdb_env_open(store->env, store->base.path, flags, FILE_MODE);
    }
    MDB_envinfo info;
    if (code == MDB_SUCCESS) {
        code = mdb_env_info(store->env, &info);
    }
    if (code == MDB_SUCCESS && info.me_mapsize < store->base.map_bytes) {
        code = mdb_env_set_mapsize(store->env, store->base.map_bytes);
    }
    return code;
}

static int open_tables(struct lmdb_store *store)
{
    bool is_read_only = store->base.is_read_only;
    MDB_txn *txn;
    int code = mdb_txn_begin(store->env, NULL, is_read_only ? MDB_RDONLY : 0, &txn);
    if (code == MDB_MAP_RESIZED) {
        code = mdb_env_set_mapsize(store->env, 0);
        code = code != MDB_SUCCESS ? code : mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn);
    }
    if (code != MDB_SUCCESS) {
        return code;
    }
    for (uint32_t i = 0; i < store->base.table_count && code == MDB_SUCCESS; i++) {
        code = mdb_dbi_open(txn, store->base.tables[i], is_read_only ? 0 : MDB_CREATE,
                            &store->tables[i]);
    }
    if (code == MDB_SUCCESS && !is_read_only) {
        code = mdb_dbi_open(txn, MARK_TABLE, MDB_CREATE, &store->mark_table);
    }
    if (code == MDB_SUCCESS) {
        return mdb_txn_commit(txn);
    }
    mdb_txn_abort(txn);
    return code;
}

static void on_close(struct store *store)
{
    struct lmdb_store *lmdb = (struct lmdb_store *)store;
    struct err err;
    if (lmdb->live.txn != NULL) {
        (void)lmdb_settle(lmdb, &err); /* what it could not settle is in the log */
    }
    lmdb_drop_live(lmdb);
    redo_close(&lmdb->redo);
    lmdb_free_idle(lmdb);
    if (lmdb->env != NULL) {
        mdb_env_close(lmdb->env);
    }
    if (lmdb->lock_fd >= 0) {
        (void)close(lmdb->lock_fd);
    }
    store_done(store);
    free(lmdb);
}

int lmdb_grow(struct lmdb_store *store)
{
    MDB_envinfo info;
    int code = mdb_env_info(store->env, &info);
    return code == MDB_SUCCESS ? mdb_env_set_mapsize(store->env, info.me_mapsize * 2) : code;
}

static enum status on_grow(struct store *store, struct err *err)
{
    struct lmdb_store *lmdb = (struct lmdb_store *)store;
    lmdb_drop_live(lmdb);
    int code = lmdb_grow(lmdb);
    return code == MDB_SUCCESS ? STATUS_OK
                               : lmdb_fail(err, code, "enlarge the map of", store->path);
}

static enum status on_settle(struct store *store, struct err *err)
{
    struct lmdb_store *lmdb = (struct lmdb_store *)store;
    return store->is_read_only ? STATUS_OK : lmdb_settle(lmdb, err);
}

static bool on_is_settled(const struct store *store)
{
    return ((const struct lmdb_store *)store)->redo.at == 0;
}

void lmdb_extend(struct lmdb_store *store)
{
    static const uint8_t zeros[65536];
    MDB_envinfo info;
    MDB_stat stat;
    struct stat file;
    int fd = -1;
    if (mdb_env_info(store->env, &info) != MDB_SUCCESS ||
        mdb_env_stat(store->env, &stat) != MDB_SUCCESS ||
        mdb_env_get_fd(store->env, &fd) != MDB_SUCCESS) {
        return;
    }
    uint64_t used = ((uint64_t)info.me_last_pgno + 1) * stat.ms_psize;
    if (store->written_bytes >= used + EXTEND_BELOW_BYTES || fstat(fd, &file) != 0) {
        return;
    }
    /* Only ever behind the end: what LMDB has written lies before it. */
    uint64_t at = (uint64_t)file.st_size;
    uint64_t end = used + EXTEND_BYTES;
    while (at < end && at < info.me_mapsize) {
        ssize_t len = pwrite(fd, zeros, sizeof zeros, (off_t)at);
        if (len <= 0) {
            break;
        }
        at += (uint64_t)len;
    }
    store->written_bytes = end;
}

static enum status on_usage(struct store *store, struct store_usage *ret_usage, struct err *err)
{
    const struct redo *redo = &((struct lmdb_store *)store)->redo;
    MDB_env *env = ((struct lmdb_store *)store)->env;
    MDB_envinfo info;
    MDB_stat stat;
    struct stat file;
    int fd = -1;
    int code = mdb_env_info(env, &info);
    code = code != MDB_SUCCESS ? code : mdb_env_stat(env, &stat);
    code = code != MDB_SUCCESS ? code : mdb_env_get_fd(env, &fd);
    if (code == MDB_SUCCESS && fstat(fd, &file) != 0) {
        code = errno;
    }
    if (code != MDB_SUCCESS) {
        return lmdb_fail(err, code, "look at", store->path);
    }
    *ret_usage = (struct store_usage){
        .map_bytes = info.me_mapsize,
        .used_bytes = ((uint64_t)info.me_last_pgno + 1) * stat.ms_psize + redo->at,
        /* st_blocks counts in 512, stat(2) */
        .file_bytes = (uint64_t)file.st_blocks * 512 + redo->written_bytes,
    };
    return STATUS_OK;
}

static void on_tidy_readers(struct store *store)
{
    (void)mdb_reader_check(((struct lmdb_store *)store)->env, NULL);
}

static enum status copy_to_file(MDB_env *env, const char *path, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    if (fd < 0) {
        return lmdb_fail(err, errno, "make", path);
    }
    int code = mdb_env_copyfd2(env, fd, MDB_CP_COMPACT);
    if (code == MDB_SUCCESS && fsync(fd) != 0) {
        code = errno;
    }
    (void)close(fd);
    if (code == MDB_SUCCESS) {
        return STATUS_OK;
    }
    (void)unlink(path); /* half a copy would look like one */
    return lmdb_fail(err, code, "copy to", path);
}

/* What is settled needs no entries, but a store whose log is missing is refused. */
static enum status make_empty_log(const char *folder, struct err *err)
{
    char *path = path_join(folder, REDO_FILE);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, FILE_MODE);
    enum status status = fd >= 0 ? STATUS_OK : lmdb_fail(err, errno, "make", path);
    if (fd >= 0) {
        (void)close(fd);
    }
    free(path);
    return status;
}

static enum status on_copy(struct store *store, const char *path, struct err *err)
{
    enum status status = on_settle(store, err);
    status = status != STATUS_OK ? status : make_folder(path, err);
    if (status == STATUS_OK) {
        char *file = path_join(path, "data.mdb");
        status = copy_to_file(((struct lmdb_store *)store)->env, file, err);
        free(file);
    }
    status = status == STATUS_OK ? make_empty_log(path, err) : status;
    return status == STATUS_OK ? lmdb_sync_folder(path, err) : status;
}

static const struct store_driver driver = {
    .close = on_close,
    .begin = lmdb_begin,
    .commit = lmdb_commit,
    .abort = lmdb_abort,
    .get = lmdb_get,
    .put = lmdb_put,
    .append = lmdb_append,
    .remove = lmdb_remove,
    .find = lmdb_find,
    .clear = lmdb_clear,
    .count = lmdb_count,
    .grow = on_grow,
    .settle = on_settle,
    .is_settled = on_is_settled,
    .usage = on_usage,
    .tidy_readers = on_tidy_readers,
    .copy = on_copy,
};

static enum status open_all(struct lmdb_store *store, struct err *err)
{
    enum status status = STATUS_OK;
    if (!store->base.is_read_only) {
        status = make_folder(store->base.path, err);
        status = status != STATUS_OK ? status : take_lock(store, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    int code = open_env(store);
    if (code == MDB_SUCCESS) {
        code = open_tables(store);
    }
    if (code == MDB_MAP_FULL) {
        code = lmdb_grow(store);
        code = code == MDB_SUCCESS ? open_tables(store) : code;
    }
    if (code == ENOENT || code == MDB_NOTFOUND) {
        return fail(err, STATUS_NOT_FOUND, "folder '%s' holds no state yet: start its daemon once",
                    store->base.path);
    }
    if (code != MDB_SUCCESS) {
        return lmdb_fail(err, code, "open the store in folder", store->base.path);
    }
    if (store->base.is_read_only) {
        return STATUS_OK;
    }
    status = lmdb_open_log(store, err);
    return status == STATUS_OK ? lmdb_sync_folder(store->base.path, err) : status;
}

enum status store_open_lmdb(const struct store_options *options, struct store **ret_store,
                            struct err *err)
{
    struct lmdb_store *store = memory_new(1, sizeof *store);
    store_init(&store->base, &driver, options);
    store->lock_fd = -1;
    store->redo.fd = -1;
    enum status status = open_all(store, err);
    if (status != STATUS_OK) {
        on_close(&store->base);
        return status;
    }
    *ret_store = &store->base;
    return STATUS_OK;
}
