/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "store/driver.h"
#include "store/store.h"
#include "store/tree.h"

#include <stdlib.h>

/* What is durable: a tree for each table. A transaction works on copies of them, which cost
 * nothing, and a commit puts its copies in their place. */
struct memory_disk {
    char *names[STORE_TABLES_MAX];
    struct tree trees[STORE_TABLES_MAX];
    uint32_t table_count;
    enum memory_fault fault;
    uint64_t puts_until_full; /* MAP_FULL: how many puts still succeed */
    uint32_t open_stores;
    bool has_writer;
};

struct memory_store {
    struct store base;
    struct memory_disk *disk;
    uint32_t slots[STORE_TABLES_MAX]; /* of the disk, for each table of this store */
};

struct memory_txn {
    struct store_txn base;
    struct tree trees[STORE_TABLES_MAX];
};

struct memory_disk *memory_disk_open(void)
{
    return memory_new(1, sizeof(struct memory_disk));
}

void memory_disk_close(struct memory_disk *disk)
{
    if (disk == NULL) {
        return;
    }
    CHECK(disk->open_stores == 0);
    for (uint32_t i = 0; i < disk->table_count; i++) {
        tree_done(&disk->trees[i]);
        free(disk->names[i]);
    }
    free(disk);
}

void memory_disk_set_fault(struct memory_disk *disk, enum memory_fault fault)
{
    disk->fault = fault;
    disk->puts_until_full = 0;
}

void memory_disk_set_full_at(struct memory_disk *disk, uint64_t nth)
{
    CHECK(nth != 0);
    disk->fault = MEMORY_FAULT_MAP_FULL;
    disk->puts_until_full = nth - 1;
}

bool memory_disk_has_fault(const struct memory_disk *disk)
{
    return disk->fault != MEMORY_FAULT_NONE;
}

struct memory_disk *memory_disk_copy(const struct memory_disk *disk)
{
    struct memory_disk *copy = memory_disk_open();
    copy->table_count = disk->table_count;
    for (uint32_t i = 0; i < disk->table_count; i++) {
        copy->names[i] = memory_copy_text(disk->names[i], strlen(disk->names[i]));
        copy->trees[i] = tree_copy(&disk->trees[i]);
    }
    return copy;
}

/* Whether `fault` is set; it is gone then. */
static bool take_fault(struct memory_disk *disk, enum memory_fault fault)
{
    bool is_set = disk->fault == fault;
    if (is_set) {
        disk->fault = MEMORY_FAULT_NONE;
    }
    return is_set;
}

/* The disk's tree of that name, made when there is none and it may be; table_count when not. */
static uint32_t find_slot(struct memory_disk *disk, const char *name, bool may_make)
{
    uint32_t slot = 0;
    while (slot < disk->table_count && strcmp(disk->names[slot], name) != 0) {
        slot++;
    }
    if (slot == disk->table_count && may_make) {
        CHECK(slot < STORE_TABLES_MAX);
        disk->names[slot] = memory_copy_text(name, strlen(name));
        disk->table_count++;
    }
    return slot;
}

static struct memory_disk *disk_of(const struct store *store)
{
    return ((const struct memory_store *)store)->disk;
}

static struct tree *tree_of(struct store_txn *txn, uint32_t table)
{
    return &((struct memory_txn *)txn)->trees[table];
}

static void on_close(struct store *store)
{
    struct memory_disk *disk = disk_of(store);
    disk->open_stores--;
    if (!store->is_read_only) {
        disk->has_writer = false;
    }
    store_done(store);
    free(store);
}

static enum status on_begin(struct store *store, bool is_write, struct store_txn **ret_txn,
                            struct err *err)
{
    (void)is_write;
    (void)err;
    const struct memory_store *memory = (const struct memory_store *)store;
    struct memory_txn *txn = memory_new(1, sizeof *txn);
    for (uint32_t i = 0; i < store->table_count; i++) {
        txn->trees[i] = tree_copy(&memory->disk->trees[memory->slots[i]]);
    }
    *ret_txn = &txn->base;
    return STATUS_OK;
}

static void on_abort(struct store_txn *txn)
{
    for (uint32_t i = 0; i < txn->store->table_count; i++) {
        tree_done(tree_of(txn, i));
    }
    free(txn);
}

static enum status on_commit(struct store_txn *txn, struct err *err)
{
    const struct memory_store *memory = (const struct memory_store *)txn->store;
    const char *path = memory->base.path;
    bool is_lost = take_fault(memory->disk, MEMORY_FAULT_COMMIT_LOST);
    bool is_failed = take_fault(memory->disk, MEMORY_FAULT_COMMIT_KEPT) || is_lost;
    for (uint32_t i = 0; i < txn->store->table_count && !is_lost; i++) {
        struct tree before = memory->disk->trees[memory->slots[i]];
        memory->disk->trees[memory->slots[i]] = *tree_of(txn, i);
        *tree_of(txn, i) = before;
    }
    on_abort(txn);
    return is_failed ? fail(err, STATUS_IO, "commit to '%s': a fault that was asked for", path)
                     : STATUS_OK;
}

static enum status on_get(struct store_txn *txn, uint32_t table, struct bytes key,
                          struct bytes *ret_value)
{
    return tree_get(tree_of(txn, table), key, ret_value) ? STATUS_OK : STATUS_NOT_FOUND;
}

static enum status on_put(struct store_txn *txn, uint32_t table, struct bytes key,
                          struct bytes value)
{
    struct memory_disk *disk = disk_of(txn->store);
    if (disk->puts_until_full != 0) {
        disk->puts_until_full--;
    } else if (take_fault(disk, MEMORY_FAULT_MAP_FULL)) {
        return fail(&txn->err, STATUS_FULL, "write table '%s' of '%s': the map is full",
                    txn->store->tables[table], txn->store->path);
    }
    tree_put(tree_of(txn, table), key, value);
    return STATUS_OK;
}

static enum status on_append(struct store_txn *txn, uint32_t table, struct bytes key,
                             struct bytes value)
{
    struct bytes last;
    struct bytes last_value;
    if (tree_find(tree_of(txn, table), STORE_BEFORE, (struct bytes){0}, &last, &last_value) &&
        bytes_compare(last, key) >= 0) {
        return fail(&txn->err, STATUS_CORRUPT,
                    "append to table '%s' of '%s': the key is not above the last one",
                    txn->store->tables[table], txn->store->path);
    }
    return on_put(txn, table, key, value);
}

static enum status on_remove(struct store_txn *txn, uint32_t table, struct bytes key)
{
    tree_remove(tree_of(txn, table), key);
    return STATUS_OK;
}

static enum status on_find(struct store_txn *txn, uint32_t table, enum store_where where,
                           struct bytes key, struct bytes *ret_key, struct bytes *ret_value)
{
    return tree_find(tree_of(txn, table), where, key, ret_key, ret_value) ? STATUS_OK
                                                                          : STATUS_NOT_FOUND;
}

static enum status on_clear(struct store_txn *txn, uint32_t table)
{
    tree_done(tree_of(txn, table));
    return STATUS_OK;
}

static enum status on_count(struct store_txn *txn, uint32_t table, uint64_t *ret_count)
{
    *ret_count = tree_of(txn, table)->count;
    return STATUS_OK;
}

static enum status on_settle(struct store *store, struct err *err)
{
    (void)store;
    (void)err;
    return STATUS_OK; /* a commit leaves nothing to do */
}

static bool on_is_settled(const struct store *store)
{
    (void)store;
    return true;
}

static enum status on_grow(struct store *store, struct err *err)
{
    (void)err;
    (void)take_fault(disk_of(store), MEMORY_FAULT_MAP_FULL);
    return STATUS_OK;
}

static enum status on_usage(struct store *store, struct store_usage *ret_usage, struct err *err)
{
    (void)err;
    const struct memory_disk *disk = disk_of(store);
    uint64_t used = 0;
    for (uint32_t i = 0; i < disk->table_count; i++) {
        used += disk->trees[i].bytes;
    }
    *ret_usage =
        (struct store_usage){.map_bytes = store->map_bytes, .used_bytes = used, .file_bytes = used};
    return STATUS_OK;
}

static void on_tidy_readers(struct store *store)
{
    (void)store;
}

static enum status copy_table(struct store_txn *from, struct store_txn *to, uint32_t table)
{
    struct bytes key = {0};
    struct bytes value;
    enum status status = store_status(to);
    while (status == STATUS_OK) {
        status = store_next(from, table, key, &key, &value);
        if (status == STATUS_OK) {
            status = store_append(to, table, key, value);
        }
    }
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status copy_all(struct store *from, struct store *to, struct err *err)
{
    struct store_txn *reading;
    enum status status = store_begin(from, false, &reading, err);
    if (status != STATUS_OK) {
        return status;
    }
    struct store_txn *writing;
    status = store_begin(to, true, &writing, err);
    if (status == STATUS_OK) {
        for (uint32_t i = 0; i < from->table_count && status == STATUS_OK; i++) {
            status = copy_table(reading, writing, i);
        }
        status = store_commit(writing, err);
    }
    store_abort(reading);
    return status;
}

/* The folder is for others to open, so it holds what a store on disk holds. */
static enum status on_copy(struct store *store, const char *path, struct err *err)
{
    struct store_usage usage;
    enum status status = on_usage(store, &usage, err);
    if (status != STATUS_OK) {
        return status;
    }
    /* LMDB's pages are at worst a third full when filled in key order, and few when there is
     * little. */
    uint64_t need = usage.used_bytes * 4 + UINT64_C(1048576);
    struct store_options options = {
        .path = path,
        .tables = (const char *const *)store->tables,
        .table_count = store->table_count,
        .map_bytes = store->map_bytes > need ? store->map_bytes : need,
    };
    struct store *copy;
    status = store_open_lmdb(&options, &copy, err);
    if (status == STATUS_OK) {
        status = copy_all(store, copy, err);
        store_close(copy);
    }
    return status;
}

static const struct store_driver driver = {
    .close = on_close,
    .begin = on_begin,
    .commit = on_commit,
    .abort = on_abort,
    .get = on_get,
    .put = on_put,
    .append = on_append,
    .remove = on_remove,
    .find = on_find,
    .clear = on_clear,
    .count = on_count,
    .grow = on_grow,
    .settle = on_settle,
    .is_settled = on_is_settled,
    .usage = on_usage,
    .tidy_readers = on_tidy_readers,
    .copy = on_copy,
};

enum status store_open_memory(struct memory_disk *disk, const struct store_options *options,
                              struct store **ret_store, struct err *err)
{
    const char *path = options->path != NULL ? options->path : "memory";
    if (!options->is_read_only && disk->has_writer) {
        return fail(err, STATUS_BUSY, "'%s' is in use by another writer: stop that one first",
                    path);
    }
    struct memory_store *store = memory_new(1, sizeof *store);
    for (uint32_t i = 0; i < options->table_count; i++) {
        store->slots[i] = find_slot(disk, options->tables[i], !options->is_read_only);
        if (store->slots[i] == disk->table_count) {
            free(store);
            return fail(err, STATUS_NOT_FOUND, "there is no table '%s' in '%s'", options->tables[i],
                        path);
        }
    }
    store_init(&store->base, &driver, options);
    store->disk = disk;
    disk->open_stores++;
    disk->has_writer |= !options->is_read_only;
    *ret_store = &store->base;
    return STATUS_OK;
}
