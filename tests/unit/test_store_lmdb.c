/* SPDX-License-Identifier: Apache-2.0 */
/* What only the store on disk has: a map that fills, other processes, files. */
#include "harness.h"

#include "folder.h"

#include "store/store.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SMALL_MAP_BYTES (UINT64_C(1) << 20)

static const char *const tables[] = {"first"};
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

static enum status open_at(const char *path, bool is_read_only, struct store **ret_store,
                           struct err *err)
{
    struct store_options options = {.path = path,
                                    .tables = tables,
                                    .table_count = 1,
                                    .map_bytes = SMALL_MAP_BYTES,
                                    .is_read_only = is_read_only};
    return store_open_lmdb(&options, ret_store, err);
}

static struct store *open_writer(void)
{
    struct err err;
    struct store *store = NULL;
    assert_ok(open_at(folder, false, &store, &err));
    return store;
}

static struct store_txn *begin(struct store *store, bool is_write)
{
    struct err err;
    struct store_txn *txn = NULL;
    assert_ok(store_begin(store, is_write, &txn, &err));
    return txn;
}

/* Writes `count` entries of 1,000 bytes in one transaction. */
static enum status write_batch(struct store *store, unsigned count, char fill, struct err *err)
{
    uint8_t value[1000];
    memset(value, fill, sizeof value);
    struct store_txn *txn = begin(store, true);
    for (unsigned i = 0; i < count; i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "%08u", i);
        (void)store_put(txn, 0, bytes_of_string(key), bytes_of(value, sizeof value));
    }
    return store_commit(txn, err);
}

/* The number of entries and the first byte of the last one's value. */
static void look(struct store *store, uint64_t *ret_count, char *ret_fill)
{
    struct store_txn *txn = begin(store, false);
    struct bytes key;
    struct bytes value;
    assert_status(store_count(txn, 0, ret_count), STATUS_OK);
    *ret_fill = store_before(txn, 0, BYTES(""), &key, &value) == STATUS_OK ? (char)value.p[0] : '-';
    store_abort(txn);
}

static void assert_content(struct store *store, uint64_t count, char fill)
{
    uint64_t actual_count;
    char actual_fill;
    look(store, &actual_count, &actual_fill);
    assert_int_equal(actual_count, count);
    assert_int_equal(actual_fill, fill);
}

static void a_full_map_is_grown_and_the_batch_done_again(void **state)
{
    (void)state;
    struct err err;
    struct store_usage before;
    struct store_usage after;
    struct store *store = open_writer();
    assert_ok(write_batch(store, 10, 'a', &err));
    assert_ok(store_usage(store, &before, &err));

    assert_status(write_batch(store, 1500, 'b', &err), STATUS_FULL);
    assert_non_null(strstr(err.text, folder));
    assert_content(store, 10, 'a');
    assert_ok(store_grow(store, &err));
    assert_ok(store_grow(store, &err));
    assert_ok(write_batch(store, 1500, 'b', &err));

    assert_content(store, 1500, 'b');
    assert_ok(store_usage(store, &after, &err));
    assert_int_equal(after.map_bytes, before.map_bytes * 4);
    store_close(store);
}

static void a_grown_map_stays_grown(void **state)
{
    (void)state;
    struct err err;
    struct store_usage usage;
    struct store *store = open_writer();
    assert_ok(store_grow(store, &err));
    assert_ok(write_batch(store, 1, 'a', &err));
    store_close(store);

    store = open_writer();

    assert_ok(store_usage(store, &usage, &err));
    assert_int_equal(usage.map_bytes, SMALL_MAP_BYTES * 2);
    store_close(store);
}

/* Two processes that take turns over a pair of pipes. */
struct turns {
    int to_child[2];
    int to_parent[2];
    pid_t child;
};

static void give(const int pipe[2])
{
    CHECK(write(pipe[1], "t", 1) == 1);
}

static void wait_turn(const int pipe[2])
{
    char turn;
    CHECK(read(pipe[0], &turn, 1) == 1);
}

static struct turns turns_open(void (*run)(const struct turns *turns))
{
    struct turns turns;
    CHECK(pipe(turns.to_child) == 0 && pipe(turns.to_parent) == 0);
    turns.child = fork();
    CHECK(turns.child >= 0);
    if (turns.child == 0) {
        run(&turns);
        _exit(0);
    }
    return turns;
}

/* The child's exit status, or the signal that ended it as a negative number. */
static int turns_close(const struct turns *turns)
{
    int status;
    CHECK(waitpid(turns->child, &status, 0) == turns->child);
    for (int i = 0; i < 2; i++) {
        (void)close(turns->to_child[i]);
        (void)close(turns->to_parent[i]);
    }
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void read_beside_the_writer(const struct turns *turns)
{
    struct err err;
    struct store *store = NULL;
    uint64_t count;
    char fill;

    wait_turn(turns->to_child);
    CHECK(open_at(folder, true, &store, &err) == STATUS_OK);
    look(store, &count, &fill);
    CHECK(count == 10 && fill == 'a');
    give(turns->to_parent);

    wait_turn(turns->to_child);
    look(store, &count, &fill);
    CHECK(count == 1500 && fill == 'b');
    store_close(store);
    give(turns->to_parent);
}

static void reading_works_beside_a_writer_and_after_it_grew(void **state)
{
    (void)state;
    struct err err;
    struct turns turns = turns_open(read_beside_the_writer);
    struct store *store = open_writer();
    assert_ok(write_batch(store, 10, 'a', &err));
    assert_ok(store_settle(store, &err));
    give(turns.to_child);
    wait_turn(turns.to_parent);

    assert_ok(store_grow(store, &err));
    assert_ok(store_grow(store, &err));
    assert_ok(write_batch(store, 1500, 'b', &err));
    assert_ok(store_settle(store, &err));
    give(turns.to_child);
    wait_turn(turns.to_parent);

    assert_int_equal(turns_close(&turns), 0);
    store_close(store);
}

static void write_and_wait(const struct turns *turns)
{
    struct err err;
    struct store *store = open_writer();
    CHECK(write_batch(store, 10, 'a', &err) == STATUS_OK);
    struct store_txn *txn = begin(store, true);
    CHECK(store_put(txn, 0, BYTES("zzz"), BYTES("z")) == STATUS_OK);
    give(turns->to_parent);
    wait_turn(turns->to_child); /* is killed here */
}

static void another_process_that_writes_closes_the_folder(void **state)
{
    (void)state;
    struct err err;
    struct store *store = NULL;
    struct turns turns = turns_open(write_and_wait);
    wait_turn(turns.to_parent);

    assert_status(open_at(folder, false, &store, &err), STATUS_BUSY);

    assert_non_null(strstr(err.text, folder));
    assert_int_equal(kill(turns.child, SIGKILL), 0);
    assert_int_equal(turns_close(&turns), -SIGKILL);
}

static void a_killed_writer_leaves_what_it_committed_and_no_lock(void **state)
{
    (void)state;
    struct turns turns = turns_open(write_and_wait);
    wait_turn(turns.to_parent);
    assert_int_equal(kill(turns.child, SIGKILL), 0);
    assert_int_equal(turns_close(&turns), -SIGKILL);

    struct store *store = open_writer();

    assert_content(store, 10, 'a');
    store_close(store);
}

static void read_and_wait(const struct turns *turns)
{
    struct err err;
    struct store *store = NULL;
    wait_turn(turns->to_child);
    CHECK(open_at(folder, true, &store, &err) == STATUS_OK);
    (void)begin(store, false);
    give(turns->to_parent);
    wait_turn(turns->to_child); /* is killed here */
}

/* By how many bytes the file's used part grows when the same entries are written again and again.
 */
static uint64_t grown_by_rewriting(struct store *store)
{
    struct err err;
    struct store_usage before;
    struct store_usage after;
    assert_ok(store_usage(store, &before, &err));
    for (int i = 0; i < 20; i++) {
        assert_ok(write_batch(store, 100, 'b', &err));
        assert_ok(store_settle(store, &err));
    }
    assert_ok(store_usage(store, &after, &err));
    return after.used_bytes - before.used_bytes;
}

static void tidying_frees_what_a_dead_reader_held(void **state)
{
    (void)state;
    struct err err;
    struct turns turns = turns_open(read_and_wait);
    struct store *store = open_writer();
    for (int i = 0; i < 3; i++) {
        assert_ok(store_grow(store, &err));
    }
    assert_ok(write_batch(store, 100, 'a', &err));
    assert_ok(store_settle(store, &err));
    give(turns.to_child);
    wait_turn(turns.to_parent);
    assert_int_equal(kill(turns.child, SIGKILL), 0);
    assert_int_equal(turns_close(&turns), -SIGKILL);

    /* The snapshot of the dead keeps every later page from being used again. */
    uint64_t held = grown_by_rewriting(store);
    store_tidy_readers(store);
    uint64_t tidied = grown_by_rewriting(store);

    assert_true(held >= UINT64_C(20) * 100 * 1000);
    assert_true(tidied < held / 10);
    store_close(store);
}

static void reading_where_nothing_is_tells_what_to_do(void **state)
{
    (void)state;
    struct err err;
    struct store *store = NULL;

    assert_status(open_at(folder, true, &store, &err), STATUS_NOT_FOUND);

    assert_non_null(strstr(err.text, folder));
    assert_non_null(strstr(err.text, "start its daemon"));
}

static void a_folder_that_cannot_be_made_is_named(void **state)
{
    (void)state;
    struct err err;
    struct store *store = NULL;
    char path[FOLDER_PATH_BYTES + 16];
    (void)snprintf(path, sizeof path, "%s/missing/deeper", folder);

    assert_status(open_at(path, false, &store, &err), STATUS_NOT_FOUND);

    assert_non_null(strstr(err.text, path));
}

static void a_file_that_is_none_of_ours_is_corrupt(void **state)
{
    (void)state;
    struct err err;
    struct store *store = NULL;
    char path[FOLDER_PATH_BYTES + 16];
    (void)snprintf(path, sizeof path, "%s/data.mdb", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 8192; i++) {
        (void)fputc('x', file);
    }
    assert_int_equal(fclose(file), 0);

    assert_status(open_at(folder, false, &store, &err), STATUS_CORRUPT);
}

static void a_copy_never_overwrites_another(void **state)
{
    (void)state;
    struct err err;
    char path[FOLDER_PATH_BYTES + 16];
    (void)snprintf(path, sizeof path, "%s/copy", folder);
    struct store *store = open_writer();
    assert_ok(write_batch(store, 10, 'a', &err));
    assert_ok(store_copy(store, path, &err));
    assert_ok(write_batch(store, 10, 'b', &err));

    assert_status(store_copy(store, path, &err), STATUS_IO);

    assert_non_null(strstr(err.text, path));
    store_close(store);
    assert_ok(open_at(path, false, &store, &err));
    assert_content(store, 10, 'a');
    store_close(store);
}

static void only_the_owner_can_read_what_is_stored(void **state)
{
    (void)state;
    struct err err;
    struct stat stat_of;
    struct store *store = NULL;
    char path[FOLDER_PATH_BYTES + 32];
    (void)snprintf(path, sizeof path, "%s/state", folder);

    assert_ok(open_at(path, false, &store, &err));

    assert_int_equal(stat(path, &stat_of), 0);
    assert_int_equal(stat_of.st_mode & 0777, 0700);
    (void)snprintf(path, sizeof path, "%s/state/data.mdb", folder);
    assert_int_equal(stat(path, &stat_of), 0);
    assert_int_equal(stat_of.st_mode & 0777, 0600);
    store_close(store);
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(a_full_map_is_grown_and_the_batch_done_again),
        IN_A_FOLDER(a_grown_map_stays_grown),
        IN_A_FOLDER(reading_works_beside_a_writer_and_after_it_grew),
        IN_A_FOLDER(another_process_that_writes_closes_the_folder),
        IN_A_FOLDER(a_killed_writer_leaves_what_it_committed_and_no_lock),
        IN_A_FOLDER(tidying_frees_what_a_dead_reader_held),
        IN_A_FOLDER(reading_where_nothing_is_tells_what_to_do),
        IN_A_FOLDER(a_folder_that_cannot_be_made_is_named),
        IN_A_FOLDER(a_file_that_is_none_of_ours_is_corrupt),
        IN_A_FOLDER(a_copy_never_overwrites_another),
        IN_A_FOLDER(only_the_owner_can_read_what_is_stored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
