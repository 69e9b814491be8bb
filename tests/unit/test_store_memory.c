/* SPDX-License-Identifier: Apache-2.0 */
/* What only the store in memory has: a disk that can be copied and that fails when asked to. */
#include "harness.h"

#include "store/store.h"

#include <string.h>

static const char *const tables[] = {"first", "second"};

static enum status open_tables(struct memory_disk *disk, uint32_t count, bool is_read_only,
                               struct store **ret_store, struct err *err)
{
    struct store_options options = {
        .tables = tables, .table_count = count, .is_read_only = is_read_only};
    return store_open_memory(disk, &options, ret_store, err);
}

static struct store *open_store(struct memory_disk *disk)
{
    struct err err;
    struct store *store = NULL;
    assert_ok(open_tables(disk, 1, false, &store, &err));
    return store;
}

static enum status put(struct store *store, const char *key, struct err *err)
{
    struct store_txn *txn = NULL;
    assert_int_equal(store_begin(store, true, &txn, err), STATUS_OK);
    (void)store_put(txn, 0, bytes_of_string(key), BYTES("value"));
    return store_commit(txn, err);
}

static bool has(struct store *store, const char *key)
{
    struct err err;
    struct store_txn *txn = NULL;
    struct bytes value;
    assert_ok(store_begin(store, false, &txn, &err));
    bool is_there = store_get(txn, 0, bytes_of_string(key), &value) == STATUS_OK;
    store_abort(txn);
    return is_there;
}

static void a_full_map_is_met_once(void **state)
{
    (void)state;
    struct err err;
    struct memory_disk *disk = memory_disk_open();
    struct store *store = open_store(disk);
    memory_disk_set_fault(disk, MEMORY_FAULT_MAP_FULL);

    assert_status(put(store, "a", &err), STATUS_FULL);
    assert_false(has(store, "a"));
    assert_ok(put(store, "a", &err));
    assert_true(has(store, "a"));

    store_close(store);
    memory_disk_close(disk);
}

static void the_nth_put_finds_the_map_full(void **state)
{
    (void)state;
    struct err err;
    struct memory_disk *disk = memory_disk_open();
    struct store *store = open_store(disk);
    memory_disk_set_full_at(disk, 3);

    assert_ok(put(store, "a", &err));
    assert_ok(put(store, "b", &err));
    assert_true(memory_disk_has_fault(disk));
    assert_status(put(store, "c", &err), STATUS_FULL);
    assert_false(memory_disk_has_fault(disk));
    assert_ok(put(store, "c", &err));

    store_close(store);
    memory_disk_close(disk);
}

static void growing_takes_the_full_map_away(void **state)
{
    (void)state;
    struct err err;
    struct memory_disk *disk = memory_disk_open();
    struct store *store = open_store(disk);
    memory_disk_set_fault(disk, MEMORY_FAULT_MAP_FULL);

    assert_ok(store_grow(store, &err));
    assert_ok(put(store, "a", &err));

    store_close(store);
    memory_disk_close(disk);
}

static void a_commit_that_fails_may_or_may_not_have_happened(void **state)
{
    (void)state;
    struct err err;
    struct memory_disk *disk = memory_disk_open();
    struct store *store = open_store(disk);

    memory_disk_set_fault(disk, MEMORY_FAULT_COMMIT_LOST);
    assert_status(put(store, "lost", &err), STATUS_IO);
    memory_disk_set_fault(disk, MEMORY_FAULT_COMMIT_KEPT);
    assert_status(put(store, "kept", &err), STATUS_IO);

    store_close(store);
    store = open_store(disk);
    assert_false(has(store, "lost"));
    assert_true(has(store, "kept"));
    assert_ok(put(store, "after", &err));
    store_close(store);
    memory_disk_close(disk);
}

static void a_copy_of_a_disk_goes_its_own_way(void **state)
{
    (void)state;
    struct err err;
    struct memory_disk *disk = memory_disk_open();
    struct store *store = open_store(disk);
    assert_ok(put(store, "before", &err));
    struct memory_disk *copy = memory_disk_copy(disk);
    assert_ok(put(store, "after", &err));
    store_close(store);

    store = open_store(copy);
    assert_true(has(store, "before"));
    assert_false(has(store, "after"));
    assert_ok(put(store, "elsewhere", &err));
    store_close(store);

    store = open_store(disk);
    assert_true(has(store, "after"));
    assert_false(has(store, "elsewhere"));
    store_close(store);
    memory_disk_close(disk);
    memory_disk_close(copy);
}

static void reading_works_beside_a_writer(void **state)
{
    (void)state;
    struct err err;
    struct memory_disk *disk = memory_disk_open();
    struct store *reader = NULL;
    assert_status(open_tables(disk, 1, true, &reader, &err), STATUS_NOT_FOUND);
    struct store *store = open_store(disk);
    assert_ok(open_tables(disk, 1, true, &reader, &err));

    assert_ok(put(store, "a", &err));

    assert_true(has(reader, "a"));
    store_close(reader);
    store_close(store);
    memory_disk_close(disk);
}

static void a_table_that_comes_later_is_empty(void **state)
{
    (void)state;
    struct err err;
    struct memory_disk *disk = memory_disk_open();
    struct store *store = open_store(disk);
    assert_ok(put(store, "a", &err));
    store_close(store);

    assert_ok(open_tables(disk, 2, false, &store, &err));

    uint64_t counts[2];
    struct store_txn *txn = NULL;
    assert_ok(store_begin(store, false, &txn, &err));
    assert_status(store_count(txn, 0, &counts[0]), STATUS_OK);
    assert_status(store_count(txn, 1, &counts[1]), STATUS_OK);
    store_abort(txn);
    assert_int_equal(counts[0], 1);
    assert_int_equal(counts[1], 0);
    store_close(store);
    memory_disk_close(disk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_map_is_met_once),
        cmocka_unit_test(the_nth_put_finds_the_map_full),
        cmocka_unit_test(growing_takes_the_full_map_away),
        cmocka_unit_test(a_commit_that_fails_may_or_may_not_have_happened),
        cmocka_unit_test(a_copy_of_a_disk_goes_its_own_way),
        cmocka_unit_test(reading_works_beside_a_writer),
        cmocka_unit_test(a_table_that_comes_later_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
