/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rebuild: replays the journal into an empty in-memory store and compares every derived table with
 * the stored one, byte for byte; in write mode the stored tables are then replaced by the replayed
 * ones. Prints one JSON object: {"tables": [{name, rows, before, after}]}, `before` and `after`
 * being digests of the stored and the replayed table. Exit 0 when all were equal.
 */
#include "runtime/process.h"

#include "base/endian.h"
#include "runtime/node.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#define DIGEST_BYTES 16U
#define DIGEST_TEXT_BYTES (2 * DIGEST_BYTES + 1)

enum { EXIT_EQUAL = 0, EXIT_UNEQUAL = 1, EXIT_FAILED = 75 };

/* A digest over all entries of a table in key order, and their number. */
static enum status digest_table(struct store_txn *txn, uint32_t table, uint64_t *ret_rows,
                                char text[DIGEST_TEXT_BYTES])
{
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, NULL, 0, DIGEST_BYTES);
    struct bytes key;
    struct bytes value;
    uint64_t rows = 0;
    enum status st = store_seek(txn, table, (struct bytes){0}, &key, &value);
    while (st == STATUS_OK) {
        uint8_t lengths[16];
        be64_store(lengths, key.len);
        be64_store(lengths + 8, value.len);
        (void)crypto_generichash_update(&state, lengths, sizeof lengths);
        (void)crypto_generichash_update(&state, key.p, key.len);
        (void)crypto_generichash_update(&state, value.p, value.len);
        rows++;
        st = store_next(txn, table, key, &key, &value);
    }
    uint8_t digest[DIGEST_BYTES];
    (void)crypto_generichash_final(&state, digest, sizeof digest);
    (void)sodium_bin2hex(text, DIGEST_TEXT_BYTES, digest, sizeof digest);
    *ret_rows = rows;
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

/* Two stores with the same tables. */
struct pair {
    struct store *stored;
    struct store *replayed;
    const char *const *names;
    uint32_t count;
};

static enum status compare(const struct pair *pair, json_t *tables, bool *ret_equal,
                           struct err *err)
{
    struct store_txn *before = NULL;
    struct store_txn *after = NULL;
    enum status st = store_begin(pair->stored, false, &before, err);
    if (st == STATUS_OK) {
        st = store_begin(pair->replayed, false, &after, err);
    }
    *ret_equal = true;
    for (uint32_t i = TABLE_DERIVED; st == STATUS_OK && i < pair->count; i++) {
        char digest_before[DIGEST_TEXT_BYTES];
        char digest_after[DIGEST_TEXT_BYTES];
        uint64_t rows_before = 0;
        uint64_t rows_after = 0;
        st = digest_table(before, i, &rows_before, digest_before);
        if (st == STATUS_OK) {
            st = digest_table(after, i, &rows_after, digest_after);
        }
        *ret_equal = *ret_equal && strcmp(digest_before, digest_after) == 0;
        (void)json_array_append_new(tables,
                                    json_pack("{s:s, s:I, s:s, s:s}", "name", pair->names[i],
                                              "rows", (json_int_t)rows_after, "before",
                                              digest_before, "after", digest_after));
    }
    store_abort(before);
    store_abort(after);
    return st;
}

static enum status copy_tables(struct store *from, struct store *to, uint32_t count,
                               struct err *err)
{
    struct store_txn *source = NULL;
    struct store_txn *target = NULL;
    enum status st = store_begin(from, false, &source, err);
    if (st == STATUS_OK) {
        st = store_begin(to, true, &target, err);
    }
    for (uint32_t i = TABLE_DERIVED; st == STATUS_OK && i < count; i++) {
        struct bytes key;
        struct bytes value;
        st = store_clear(target, i);
        enum status found = store_seek(source, i, (struct bytes){0}, &key, &value);
        while (st == STATUS_OK && found == STATUS_OK) {
            st = store_append(target, i, key, value);
            found = store_next(source, i, key, &key, &value);
        }
    }
    store_abort(source);
    if (st != STATUS_OK) {
        store_abort(target);
        return fail(err, st, "write the replayed tables");
    }
    return store_commit(target, err);
}

static enum status replace(struct store *from, struct store *to, uint32_t count, struct err *err)
{
    enum status st = copy_tables(from, to, count, err);
    while (st == STATUS_FULL) {
        st = store_grow(to, err);
        if (st == STATUS_OK) {
            st = copy_tables(from, to, count, err);
        }
    }
    return st;
}

static void show_progress(void *user, uint64_t done, uint64_t all)
{
    const char *name = user;
    if (isatty(STDERR_FILENO) != 0) {
        (void)fprintf(stderr, "\r%s: %llu of %llu records%s", name, (unsigned long long)done,
                      (unsigned long long)all, done == all ? "\n" : "");
    }
}

static enum status rebuild(const struct service *service, struct store *stored,
                           struct store *replayed, const struct process_paths *paths, bool is_write,
                           struct err *err)
{
    const char *names[STORE_TABLES_MAX];
    uint32_t count = node_tables(service, names);
    char title[64];
    (void)snprintf(title, sizeof title, "%s", strrchr(paths->state, '/') + 1);
    struct replay replay = {.service = service,
                            .from = stored,
                            .to = replayed,
                            .on_progress = show_progress,
                            .user = title};
    enum status st = node_replay(&replay, err);
    if (st != STATUS_OK) {
        return st;
    }
    bool is_equal = false;
    json_t *tables = json_array();
    struct pair pair = {stored, replayed, names, count};
    st = compare(&pair, tables, &is_equal, err);
    if (st == STATUS_OK && is_write && !is_equal) {
        st = replace(replayed, stored, count, err);
    }
    json_t *result = json_pack("{s:o}", "tables", tables);
    (void)json_dumpf(result, stdout, JSON_COMPACT);
    (void)printf("\n");
    json_decref(result);
    if (st == STATUS_OK && !is_equal) {
        return fail(err, STATUS_EXISTS, "%s",
                    is_write ? "the stored tables differed and were "
                               "replaced by the replayed ones"
                             : "the stored tables differ from the "
                               "journal; 'rebuild' puts them right");
    }
    return st;
}

int rebuild_run(const struct service *service, const struct process_paths *paths, struct bytes name,
                bool is_write)
{
    const char *names[STORE_TABLES_MAX];
    struct store_options options = {.path = paths->state,
                                    .tables = names,
                                    .table_count = node_tables(service, names),
                                    .map_bytes = UINT64_C(1) << 30,
                                    .is_read_only = !is_write};
    struct err err;
    struct store *stored = NULL;
    struct store *replayed = NULL;
    struct memory_disk *disk = memory_disk_open();
    enum status st = store_open_lmdb(&options, &stored, &err);
    options.is_read_only = false;
    if (st == STATUS_OK) {
        st = store_open_memory(disk, &options, &replayed, &err);
    }
    if (st == STATUS_OK) {
        st = rebuild(service, stored, replayed, paths, is_write, &err);
    }
    store_close(replayed);
    store_close(stored);
    memory_disk_close(disk);
    if (st != STATUS_OK) {
        (void)fprintf(stderr, "%.*s: %s\n", BYTES_FMT(name), err.text);
    }
    return st == STATUS_OK ? EXIT_EQUAL : st == STATUS_EXISTS ? EXIT_UNEQUAL : EXIT_FAILED;
}
