/* SPDX-License-Identifier: Apache-2.0 */
/* The redo log: what a writer that ended at any moment leaves, and what becomes of a full log or of
 * a disk that takes no more. */
#include "redo_store.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(commits_survive_a_writer_that_settles_nothing),
        IN_A_FOLDER(a_settling_in_between_changes_nothing),
        IN_A_FOLDER(a_full_log_is_settled_by_itself_and_used_again),
        IN_A_FOLDER(an_entry_larger_than_the_log_is_kept_too),
        IN_A_FOLDER(reading_beside_it_sees_what_is_settled),
        IN_A_FOLDER(after_a_failed_write_nothing_goes_on_until_the_store_is_opened_again),
        IN_A_FOLDER(only_the_owner_can_read_the_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
