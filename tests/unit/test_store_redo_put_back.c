/* SPDX-License-Identifier: Apache-2.0 */
/* A person puts files back: data and redo log that do not belong together are refused, with what is
 * wrong. */
#include "redo_store.h"

#include <unistd.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(older_data_beside_a_newer_log_is_refused),
        IN_A_FOLDER(an_older_log_beside_newer_data_adds_nothing),
        IN_A_FOLDER(the_log_of_another_store_is_refused),
        IN_A_FOLDER(a_missing_log_is_told),
        IN_A_FOLDER(data_and_log_of_two_histories_are_refused),
        IN_A_FOLDER(a_log_of_other_tables_is_refused_until_it_is_settled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
