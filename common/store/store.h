/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An ordered, transactional key-value store of several tables, with two implementations behind one
 * interface: LMDB on disk, and memory for tests and checks. Several may read, or one writes: a
 * write transaction is the only one of its store. Keys order as bytes (base/bytes.h bytes_compare).
 *
 * A transaction is sticky: it remembers the first failure and turns every later call into a no-op
 * that returns the same status, so a sequence needs one check, at store_commit().
 *
 * What a transaction returns (keys, values) is borrowed: it lives until the next change of the same
 * transaction or its end, whichever comes first.
 */
#pragma once

#include "base/bytes.h"
#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

#define STORE_TABLES_MAX 32U
#define STORE_KEY_MAX_BYTES 511U

struct store;
struct store_txn;

/* Opens (and with `create` makes) an LMDB environment in folder `path`, with the named tables.
 * `map_bytes` is where the map begins; store_grow() enlarges it. Takes the folder's lock: a second
 * writer process gets BUSY with a sentence that names the folder. Durable: a commit that returned
 * OK survives power loss: it lies in the redo log beside the data (store/redo.h), and what LMDB has
 * of it is flushed too when it is settled. The caller owns *ret_store and closes it with
 * store_close(). */
struct store_options {
    const char *path;
    const char *const *tables; /* names; their index is the table number */
    uint32_t table_count;
    uint64_t map_bytes;
    bool is_read_only; /* no lock, no write transactions; works beside a running writer, and sees
                        * what that one has settled */
};
enum status store_open_lmdb(const struct store_options *options, struct store **ret_store,
                            struct err *err) MUST_USE;

/* The same in memory. It lives in `disk`, which outlives the store: opening the same disk again
 * after store_close() finds what was committed, as after a crash. */
struct memory_disk;
struct memory_disk *memory_disk_open(void);
void memory_disk_close(struct memory_disk *disk);
enum status store_open_memory(struct memory_disk *disk, const struct store_options *options,
                              struct store **ret_store, struct err *err) MUST_USE;

/* Faults that the next commits of this disk meet, for tests. */
enum memory_fault {
    MEMORY_FAULT_NONE,
    MEMORY_FAULT_MAP_FULL,    /* the next put answers FULL, once */
    MEMORY_FAULT_COMMIT_LOST, /* the next commit answers IO and did not happen */
    MEMORY_FAULT_COMMIT_KEPT, /* the next commit answers IO and did happen */
};
void memory_disk_set_fault(struct memory_disk *disk, enum memory_fault fault);
/* The `nth` put from now (1: the next one) answers FULL, once. */
void memory_disk_set_full_at(struct memory_disk *disk, uint64_t nth);
/* Whether a fault that was set has not been met yet. */
bool memory_disk_has_fault(const struct memory_disk *disk);
/* An independent copy of what is durable now (an older copy to put back in a test). */
struct memory_disk *memory_disk_copy(const struct memory_disk *disk);

/* Closes; accepts NULL. Open transactions must have ended. */
void store_close(struct store *store);

/* Begins; waits for no one (one writer process, one thread), but for two flushes when a write
 * transaction finds much that is not settled. */
enum status store_begin(struct store *store, bool is_write, struct store_txn **ret_txn,
                        struct err *err) MUST_USE;
/* Ends the transaction in every case. On any status but OK nothing of it is there — except IO,
 * after which it may or may not be: the caller must end the process and look again. */
enum status store_commit(struct store_txn *txn, struct err *err) MUST_USE;
/* Ends the transaction without effect; accepts NULL. */
void store_abort(struct store_txn *txn);
/* The first failure of the transaction so far, OK when there was none. */
enum status store_status(const struct store_txn *txn);

/* NOT_FOUND (not sticky) when there is no such key. */
enum status store_get(struct store_txn *txn, uint32_t table, struct bytes key,
                      struct bytes *ret_value);
/* Writes or replaces. FULL: the map is full; abort, store_grow(), do the batch again. */
enum status store_put(struct store_txn *txn, uint32_t table, struct bytes key, struct bytes value);
/* As store_put() for a key above every other of the table (faster; CORRUPT when it is not). */
enum status store_append(struct store_txn *txn, uint32_t table, struct bytes key,
                         struct bytes value);
/* OK also when there was no such key. */
enum status store_remove(struct store_txn *txn, uint32_t table, struct bytes key);
/* The first entry with a key >= `key`. NOT_FOUND (not sticky) past the end. */
enum status store_seek(struct store_txn *txn, uint32_t table, struct bytes key,
                       struct bytes *ret_key, struct bytes *ret_value);
/* The first entry with a key > `key`: the next one in a walk. Fast when `key` is what the last
 * seek, next or before call of this table returned. */
enum status store_next(struct store_txn *txn, uint32_t table, struct bytes key,
                       struct bytes *ret_key, struct bytes *ret_value);
/* The last entry with a key < `key`; an empty key means the last of the table. */
enum status store_before(struct store_txn *txn, uint32_t table, struct bytes key,
                         struct bytes *ret_key, struct bytes *ret_value);
/* Removes every entry of a table. */
enum status store_clear(struct store_txn *txn, uint32_t table);
/* Number of entries. */
enum status store_count(struct store_txn *txn, uint32_t table, uint64_t *ret_count);

/* Doubles the map (LMDB) or clears the fault (memory). No transaction may be open. */
enum status store_grow(struct store *store, struct err *err) MUST_USE;

/* Writes what commits have changed to where readers of other processes see it and a start need not
 * do it again. Blocks for two flushes when there is anything. No transaction may be open. A failure
 * loses nothing: the commits are durable. */
enum status store_settle(struct store *store, struct err *err) MUST_USE;
bool store_is_settled(const struct store *store);

struct store_usage {
    uint64_t map_bytes;
    uint64_t used_bytes; /* of the map, by the last page in use */
    uint64_t file_bytes; /* on disk */
};
enum status store_usage(struct store *store, struct store_usage *ret_usage,
                        struct err *err) MUST_USE;
/* Lets go of reader slots of processes that died. */
void store_tidy_readers(struct store *store);
/* A consistent copy of a running store into an empty folder `path`, compacted. No transaction may
 * be open. */
enum status store_copy(struct store *store, const char *path, struct err *err) MUST_USE;
