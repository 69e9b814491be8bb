/* SPDX-License-Identifier: Apache-2.0 */
/* The redo log: what a writer that ended at any moment, a disk that lies, or a person who puts
 * files back leaves, and what opening the store makes of it. */
#include "harness.h"

#include "folder.h"

#include "base/endian.h"
#include "base/memory.h"
#include "store/store.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define BLOCK_BYTES 4096U
#define PATH_BYTES (FOLDER_PATH_BYTES + 32)
#define DATA "data.mdb"
#define LOG "redo.log"

static const char *const two_tables[] = {"first", "second"};
static char folder[FOLDER_PATH_BYTES];

static int setup(void **state)
{
    (void)state;
    folder_make(folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

static void path_of(const char *name, char path[PATH_BYTES])
{
    (void)snprintf(path, PATH_BYTES, "%s/%s", folder, name);
}

static enum status open_store(const char *const *tables, bool is_read_only,
                              struct store **ret_store, struct err *err)
{
    struct store_options options = {.path = folder,
                                    .tables = tables,
                                    .table_count = 2,
                                    .map_bytes = UINT64_C(64) << 20,
                                    .is_read_only = is_read_only};
    return store_open_lmdb(&options, ret_store, err);
}

static struct store *open_writer(void)
{
    struct err err;
    struct store *store = NULL;
    assert_ok(open_store(two_tables, false, &store, &err));
    return store;
}

/* Commit number `n` says so under "last", keeps a row of its own, and removes the row of n - 3. */
static enum status write_one(struct store *store, uint32_t n, size_t value_len, struct err *err)
{
    struct store_txn *txn = NULL;
    enum status st = store_begin(store, true, &txn, err);
    if (st != STATUS_OK) {
        return st;
    }
    uint8_t *value = memory_new(value_len + 1, 1);
    uint8_t key[4];
    memset(value, (int)('a' + n % 26), value_len);
    be32_store(key, n);
    (void)store_append(txn, 0, bytes_of(key, sizeof key), bytes_of(value, value_len));
    (void)store_put(txn, 1, BYTES("last"), bytes_of(key, sizeof key));
    if (n > 3) {
        be32_store(key, n - 3);
        (void)store_remove(txn, 0, bytes_of(key, sizeof key));
    }
    free(value);
    return store_commit(txn, err);
}

/* The last commit that is there, 0 for none; everything must be as it was right after it. */
static uint32_t read_last(struct store *store)
{
    struct err err;
    struct store_txn *txn = NULL;
    assert_ok(store_begin(store, false, &txn, &err));
    struct bytes value;
    uint32_t last = 0;
    if (store_get(txn, 1, BYTES("last"), &value) == STATUS_OK) {
        last = be32_load(value.p);
    }
    uint64_t count = 0;
    assert_status(store_count(txn, 0, &count), STATUS_OK);
    assert_int_equal(count, last < 3 ? last : 3);
    struct bytes key = {0};
    for (uint32_t n = last < 3 ? 1 : last - 2; n <= last; n++) {
        assert_status(store_next(txn, 0, key, &key, &value), STATUS_OK);
        assert_int_equal(be32_load(key.p), n);
        assert_true(value.len == 0 || value.p[value.len - 1] == 'a' + n % 26);
    }
    store_abort(txn);
    return last;
}

static uint32_t reopen_and_read_last(void)
{
    struct store *store = open_writer();
    uint32_t last = read_last(store);
    store_close(store);
    return last;
}

/* A process that writes commits `first` to `last` and then ends without closing anything, as one
 * that is killed. After `settle_at` it settles. */
static void write_and_die(uint32_t first, uint32_t last, uint32_t settle_at, size_t value_len)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct err err;
        struct store *store = NULL;
        CHECK(open_store(two_tables, false, &store, &err) == STATUS_OK);
        for (uint32_t n = first; n <= last; n++) {
            CHECK(write_one(store, n, value_len, &err) == STATUS_OK);
            CHECK(n != settle_at || store_settle(store, &err) == STATUS_OK);
        }
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* A whole file in memory, and back. */
struct kept {
    uint8_t *p;
    size_t len;
};

static struct kept keep(const char *name)
{
    char path[PATH_BYTES];
    struct stat file;
    path_of(name, path);
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0 && fstat(fd, &file) == 0);
    struct kept kept = {memory_new((size_t)file.st_size + 1, 1), (size_t)file.st_size};
    assert_int_equal(read(fd, kept.p, kept.len), (ssize_t)kept.len);
    (void)close(fd);
    return kept;
}

static void put_back(const char *name, const struct kept *kept, size_t len)
{
    char path[PATH_BYTES];
    path_of(name, path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, kept->p, len), (ssize_t)len);
    (void)close(fd);
}

static void assert_opening_is_refused(const char *part_of_sentence)
{
    struct err err;
    struct store *store = NULL;
    assert_status(open_store(two_tables, false, &store, &err), STATUS_CORRUPT);
    assert_non_null(strstr(err.text, LOG));
    if (strstr(err.text, part_of_sentence) == NULL) {
        fail_msg("'%s' does not say '%s'", err.text, part_of_sentence);
    }
}

static void commits_survive_a_writer_that_settles_nothing(void **state)
{
    (void)state;
    write_and_die(1, 7, 0, 100);

    assert_int_equal(reopen_and_read_last(), 7);
    assert_int_equal(reopen_and_read_last(), 7);
}

static void a_settling_in_between_changes_nothing(void **state)
{
    (void)state;
    for (uint32_t at = 1; at <= 7; at++) {
        uint32_t first = (at - 1) * 7 + 1;
        write_and_die(first, first + 6, first + at - 1, 3000);
        assert_int_equal(reopen_and_read_last(), first + 6);
    }
}

/* How long the file is up to the last entry's end, and where that entry begins; entries of 100
 * bytes fill one block each. */
static size_t last_entry_at(const struct kept *log, uint32_t entries)
{
    assert_memory_equal(log->p + (size_t)(entries - 1) * BLOCK_BYTES, "lhR1", 4);
    return (size_t)(entries - 1) * BLOCK_BYTES;
}

static void an_entry_torn_at_any_byte_is_as_if_never_written(void **state)
{
    (void)state;
    write_and_die(1, 5, 0, 100);
    struct kept data = keep(DATA);
    struct kept log = keep(LOG);
    size_t at = last_entry_at(&log, 5);

    for (size_t cut = 0; cut < 300; cut++) {
        struct kept torn = {memory_new(log.len, 1), log.len};
        memcpy(torn.p, log.p, log.len);
        bool was_zero = true;
        for (size_t i = at + cut; i < at + BLOCK_BYTES; i++) {
            was_zero = was_zero && torn.p[i] == 0;
            torn.p[i] = 0;
        }
        put_back(DATA, &data, data.len);
        put_back(LOG, &torn, torn.len);
        assert_int_equal(reopen_and_read_last(), was_zero ? 5 : 4);
        free(torn.p);
    }
    for (size_t cut = 0; cut < 300; cut += 7) {
        put_back(DATA, &data, data.len);
        put_back(LOG, &log, at + cut);
        uint32_t last = reopen_and_read_last();
        assert_true(last == 4 || (last == 5 && cut > 100));
    }
    free(data.p);
    free(log.p);
}

static void a_torn_entry_is_written_over_by_the_next(void **state)
{
    (void)state;
    write_and_die(1, 5, 0, 100);
    struct kept log = keep(LOG);
    log.p[last_entry_at(&log, 5) + 60] ^= 1;
    put_back(LOG, &log, log.len);

    write_and_die(5, 8, 0, 100);

    assert_int_equal(reopen_and_read_last(), 8);
    free(log.p);
}

static void a_flipped_bit_before_the_last_entry_is_told_and_nothing_is_dropped(void **state)
{
    (void)state;
    struct dice dice = dice_open(20261129);
    write_and_die(1, 6, 0, 100);
    struct kept log = keep(LOG);
    struct kept data = keep(DATA);

    for (int i = 0; i < 60; i++) {
        size_t entry = (size_t)dice_below(&dice, 5) * BLOCK_BYTES;
        size_t len = 56 + (size_t)be64_load(log.p + entry + 24);
        size_t at = entry + (size_t)dice_below(&dice, len);
        uint8_t bit = (uint8_t)(1U << dice_below(&dice, 8));
        log.p[at] ^= bit;
        put_back(LOG, &log, log.len);
        assert_opening_is_refused("damaged at byte");
        log.p[at] ^= bit;
    }
    put_back(LOG, &log, log.len);
    put_back(DATA, &data, data.len);
    assert_int_equal(reopen_and_read_last(), 6);
    free(log.p);
    free(data.p);
}

static void older_data_beside_a_newer_log_is_refused(void **state)
{
    (void)state;
    write_and_die(1, 3, 3, 100);
    struct kept older = keep(DATA);
    write_and_die(4, 9, 6, 100);
    struct kept newer = keep(DATA);
    struct kept log = keep(LOG);

    put_back(DATA, &older, older.len);
    assert_opening_is_refused("is older than this log");

    put_back(DATA, &newer, newer.len);
    put_back(LOG, &log, log.len);
    assert_int_equal(reopen_and_read_last(), 9);
    free(older.p);
    free(newer.p);
    free(log.p);
}

static void an_older_log_beside_newer_data_adds_nothing(void **state)
{
    (void)state;
    write_and_die(1, 3, 0, 100);
    struct kept older = keep(LOG);
    write_and_die(4, 6, 6, 100);

    put_back(LOG, &older, older.len);

    assert_int_equal(reopen_and_read_last(), 6);
    free(older.p);
}

static void the_log_of_another_store_is_refused(void **state)
{
    (void)state;
    write_and_die(1, 3, 0, 100);
    struct kept log = keep(LOG);
    char path[PATH_BYTES];
    path_of(DATA, path);
    assert_int_equal(unlink(path), 0);
    assert_opening_is_refused("belongs to another data.mdb");

    assert_int_equal(unlink(path), 0);
    path_of(LOG, path);
    assert_int_equal(unlink(path), 0);
    write_and_die(1, 2, 0, 100);
    put_back(LOG, &log, log.len);
    assert_opening_is_refused("belongs to another data.mdb");
    free(log.p);
}

static void a_missing_log_is_told(void **state)
{
    (void)state;
    char path[PATH_BYTES];
    write_and_die(1, 3, 0, 100);
    path_of(LOG, path);
    assert_int_equal(unlink(path), 0);

    assert_opening_is_refused("is missing");
    assert_opening_is_refused("is missing");
}

/* Two instances that began as copies of each other number their commits alike. */
static void data_and_log_of_two_histories_are_refused(void **state)
{
    (void)state;
    write_and_die(1, 3, 3, 100);
    struct kept data = keep(DATA);
    struct kept log = keep(LOG);
    write_and_die(4, 6, 6, 100);
    struct kept data_of_one = keep(DATA);

    put_back(DATA, &data, data.len);
    put_back(LOG, &log, log.len);
    write_and_die(4, 9, 0, 101);
    put_back(DATA, &data_of_one, data_of_one.len);

    assert_opening_is_refused("from another state");
    free(data.p);
    free(log.p);
    free(data_of_one.p);
}

/* The disk wrote the later blocks of the first entry of a round, but not its first: the old entry
 * still stands there, and LMDB has all that was acknowledged. */
static void a_first_entry_whose_beginning_never_came_is_as_if_never_written(void **state)
{
    (void)state;
    write_and_die(1, 9, 9, 100);
    struct kept before = keep(LOG);
    struct kept data = keep(DATA);
    write_and_die(10, 10, 0, 9000);
    struct kept after = keep(LOG);
    memcpy(after.p, before.p, BLOCK_BYTES);
    put_back(LOG, &after, after.len);
    put_back(DATA, &data, data.len);

    assert_int_equal(reopen_and_read_last(), 9);
    write_and_die(10, 12, 0, 100);
    assert_int_equal(reopen_and_read_last(), 12);
    free(before.p);
    free(after.p);
    free(data.p);
}

static void damage_among_settled_entries_harms_nothing(void **state)
{
    (void)state;
    write_and_die(1, 6, 6, 100);
    struct kept log = keep(LOG);
    for (size_t entry = 0; entry < 6; entry++) {
        log.p[entry * BLOCK_BYTES + 60] ^= 1;
        put_back(LOG, &log, log.len);
        assert_int_equal(reopen_and_read_last(), 6);
        log.p[entry * BLOCK_BYTES + 60] ^= 1;
    }
    free(log.p);
}

static void a_log_of_other_tables_is_refused_until_it_is_settled(void **state)
{
    (void)state;
    static const char *const others[] = {"second", "first"};
    struct err err;
    struct store *store = NULL;
    write_and_die(1, 3, 0, 100);

    assert_status(open_store(others, false, &store, &err), STATUS_CORRUPT);
    assert_non_null(strstr(err.text, "another release"));

    assert_int_equal(reopen_and_read_last(), 3);
    assert_ok(open_store(others, false, &store, &err));
    store_close(store);
}

static off_t log_size(void)
{
    char path[PATH_BYTES];
    struct stat file;
    path_of(LOG, path);
    assert_int_equal(stat(path, &file), 0);
    return file.st_size;
}

static void a_full_log_is_settled_by_itself_and_used_again(void **state)
{
    (void)state;
    struct err err;
    struct store *store = open_writer();
    struct store *reader = NULL;
    for (uint32_t n = 1; n <= 400; n++) {
        assert_ok(write_one(store, n, 40000, &err));
    }
    assert_true(log_size() < 6 << 20);
    assert_ok(open_store(two_tables, true, &reader, &err));
    assert_true(read_last(reader) > 300);
    assert_int_equal(read_last(store), 400);
    store_close(reader);
    store_close(store);
    assert_int_equal(reopen_and_read_last(), 400);
}

static void an_entry_larger_than_the_log_is_kept_too(void **state)
{
    (void)state;
    write_and_die(1, 2, 0, 9000000);
    assert_true(log_size() > 9000000);

    assert_int_equal(reopen_and_read_last(), 2);
    assert_true(log_size() < 6 << 20);
}

static void reading_beside_it_sees_what_is_settled(void **state)
{
    (void)state;
    struct err err;
    struct store *store = open_writer();
    struct store *reader = NULL;
    assert_ok(write_one(store, 1, 100, &err));
    assert_ok(store_settle(store, &err));
    assert_ok(write_one(store, 2, 100, &err));
    assert_ok(open_store(two_tables, true, &reader, &err));

    assert_int_equal(read_last(reader), 1);
    assert_false(store_is_settled(store));
    assert_ok(store_settle(store, &err));
    assert_int_equal(read_last(reader), 2);

    store_close(reader);
    store_close(store);
}

/* In a process of its own: the limit of a file's size stands for a disk that takes no more. */
static void write_beyond_the_limit(void)
{
    struct err err;
    struct store *store = NULL;
    struct rlimit limit = {.rlim_cur = 300000, .rlim_max = 300000};
    CHECK(open_store(two_tables, false, &store, &err) == STATUS_OK);
    CHECK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR && setrlimit(RLIMIT_FSIZE, &limit) == 0);
    CHECK(write_one(store, 1, 1000, &err) == STATUS_OK);
    CHECK(write_one(store, 2, 1000000, &err) == STATUS_IO);
    CHECK(strstr(err.text, LOG) != NULL);
    struct store_txn *txn = NULL;
    CHECK(store_begin(store, true, &txn, &err) == STATUS_IO);
    CHECK(store_begin(store, false, &txn, &err) == STATUS_IO);
    store_close(store);
    _exit(0);
}

static void after_a_failed_write_nothing_goes_on_until_the_store_is_opened_again(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        write_beyond_the_limit();
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);

    assert_int_equal(reopen_and_read_last(), 1);
}

static void only_the_owner_can_read_the_log(void **state)
{
    (void)state;
    char path[PATH_BYTES];
    struct stat file;
    write_and_die(1, 1, 0, 100);
    path_of(LOG, path);
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(commits_survive_a_writer_that_settles_nothing),
        IN_A_FOLDER(a_settling_in_between_changes_nothing),
        IN_A_FOLDER(an_entry_torn_at_any_byte_is_as_if_never_written),
        IN_A_FOLDER(a_torn_entry_is_written_over_by_the_next),
        IN_A_FOLDER(a_flipped_bit_before_the_last_entry_is_told_and_nothing_is_dropped),
        IN_A_FOLDER(older_data_beside_a_newer_log_is_refused),
        IN_A_FOLDER(an_older_log_beside_newer_data_adds_nothing),
        IN_A_FOLDER(the_log_of_another_store_is_refused),
        IN_A_FOLDER(a_missing_log_is_told),
        IN_A_FOLDER(data_and_log_of_two_histories_are_refused),
        IN_A_FOLDER(a_first_entry_whose_beginning_never_came_is_as_if_never_written),
        IN_A_FOLDER(damage_among_settled_entries_harms_nothing),
        IN_A_FOLDER(a_log_of_other_tables_is_refused_until_it_is_settled),
        IN_A_FOLDER(a_full_log_is_settled_by_itself_and_used_again),
        IN_A_FOLDER(an_entry_larger_than_the_log_is_kept_too),
        IN_A_FOLDER(reading_beside_it_sees_what_is_settled),
        IN_A_FOLDER(after_a_failed_write_nothing_goes_on_until_the_store_is_opened_again),
        IN_A_FOLDER(only_the_owner_can_read_the_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
