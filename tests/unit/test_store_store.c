/* SPDX-License-Identifier: Apache-2.0 */
/* What store.h promises, asked of both implementations. */
#include "store_rig.h"

#include "base/buf.h"
#include "base/endian.h"

static void commit(struct store_txn *txn)
{
    struct err err;
    assert_ok(store_commit(txn, &err));
}

static void put(struct store_txn *txn, uint32_t table, const char *key, const char *value)
{
    (void)store_put(txn, table, bytes_of_string(key), bytes_of_string(value));
}

static void put_and_commit(const struct rig *rig, const char *key, const char *value)
{
    struct store_txn *txn = begin(rig, true);
    put(txn, FIRST, key, value);
    commit(txn);
}

static void assert_bytes(struct bytes actual, const char *expected)
{
    if (!bytes_equal(actual, bytes_of_string(expected))) {
        fail_msg("'%.*s', not '%s'", BYTES_FMT(actual), expected);
    }
}

/* Expects the value of `key`, or that there is none when `expected` is NULL. */
static void assert_value(struct store_txn *txn, uint32_t table, const char *key,
                         const char *expected)
{
    struct bytes value;
    enum status status = store_get(txn, table, bytes_of_string(key), &value);
    assert_int_equal(status, expected != NULL ? STATUS_OK : STATUS_NOT_FOUND);
    if (expected != NULL) {
        assert_bytes(value, expected);
    }
}

typedef enum status (*find_fn)(struct store_txn *txn, uint32_t table, struct bytes key,
                               struct bytes *ret_key, struct bytes *ret_value);

/* Expects what a search of FIRST finds; NULL: nothing. */
static void assert_found(find_fn find, struct store_txn *txn, const char *key, const char *expected)
{
    struct bytes found;
    struct bytes value;
    enum status status = find(txn, FIRST, bytes_of_string(key), &found, &value);
    assert_int_equal(status, expected != NULL ? STATUS_OK : STATUS_NOT_FOUND);
    if (expected != NULL) {
        assert_bytes(found, expected);
    }
}

static void reopening_finds_what_was_committed_and_nothing_else(void **state)
{
    struct rig *rig = *state;
    put_and_commit(rig, "kept", "yes");
    struct store_txn *txn = begin(rig, true);
    put(txn, FIRST, "kept", "no");
    put(txn, SECOND, "lost", "no");
    store_abort(txn);

    rig_reopen(rig);

    txn = begin(rig, false);
    assert_value(txn, FIRST, "kept", "yes");
    assert_value(txn, SECOND, "lost", NULL);
    assert_value(txn, SECOND, "kept", NULL);
    store_abort(txn);
}

static void a_transaction_sees_its_own_changes(void **state)
{
    struct store_txn *txn = begin(*state, true);

    put(txn, FIRST, "a", "1");
    put(txn, FIRST, "a", "2");
    put(txn, FIRST, "b", "");

    assert_value(txn, FIRST, "a", "2");
    assert_value(txn, FIRST, "b", "");
    assert_status(store_remove(txn, FIRST, BYTES("a")), STATUS_OK);
    assert_status(store_remove(txn, FIRST, BYTES("a")), STATUS_OK);
    assert_value(txn, FIRST, "a", NULL);
    commit(txn);
}

static void readers_side_by_side_see_what_was_committed(void **state)
{
    struct rig *rig = *state;
    put_and_commit(rig, "a", "old");
    put_and_commit(rig, "a", "new");
    struct store_txn *undone = begin(rig, true);
    put(undone, FIRST, "a", "undone");
    put(undone, FIRST, "b", "undone");
    store_abort(undone);

    struct store_txn *first = begin(rig, false);
    struct store_txn *second = begin(rig, false);
    assert_found(store_seek, first, "", "a");
    assert_value(second, FIRST, "a", "new");
    assert_found(store_next, first, "a", NULL);
    assert_found(store_before, second, "", "a");
    store_abort(first);
    assert_value(second, FIRST, "b", NULL);
    commit(second);
}

static void a_used_reader_begins_anew(void **state)
{
    struct rig *rig = *state;
    put_and_commit(rig, "a", "1");
    static const char *const others[] = {"b", "c", "d", "e"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct store_txn *reader = begin(rig, false);
        assert_found(store_seek, reader, "", "a");
        store_abort(reader);

        put_and_commit(rig, others[i], "new");

        reader = begin(rig, false);
        assert_found(store_seek, reader, others[i], others[i]);
        assert_found(store_next, reader, others[i], NULL);
        assert_found(store_before, reader, "", others[i]);
        store_abort(reader);
    }
}

static void keys_order_as_bytes(void **state)
{
    struct store_txn *txn = begin(*state, true);
    put(txn, FIRST, "b", "");
    put(txn, FIRST, "a\xff", "");
    put(txn, FIRST, "a", "");
    put(txn, FIRST, "aa", "");

    assert_found(store_seek, txn, "", "a");
    assert_found(store_next, txn, "", "a");
    assert_found(store_next, txn, "a", "aa");
    assert_found(store_next, txn, "aa", "a\xff");
    assert_found(store_next, txn, "a\xff", "b");
    assert_found(store_next, txn, "b", NULL);
    assert_found(store_seek, txn, "aab", "a\xff");
    assert_found(store_seek, txn, "c", NULL);
    assert_found(store_before, txn, "", "b");
    assert_found(store_before, txn, "b", "a\xff");
    assert_found(store_before, txn, "aa", "a");
    assert_found(store_before, txn, "a", NULL);
    assert_found(store_before, txn, "zz", "b");
    assert_status(store_status(txn), STATUS_OK);
    commit(txn);
}

static void nothing_is_found_in_an_empty_table(void **state)
{
    struct store_txn *txn = begin(*state, false);
    uint64_t count = 1;

    assert_found(store_seek, txn, "", NULL);
    assert_found(store_next, txn, "a", NULL);
    assert_found(store_before, txn, "", NULL);
    assert_found(store_before, txn, "a", NULL);
    assert_status(store_count(txn, FIRST, &count), STATUS_OK);
    assert_int_equal(count, 0);
    store_abort(txn);
}

static void removing_on_a_walk_leaves_out_nothing(void **state)
{
    struct store_txn *txn = begin(*state, true);
    for (uint32_t i = 0; i < 1000; i++) {
        uint8_t key[4];
        be32_store(key, i);
        (void)store_put(txn, FIRST, bytes_of(key, sizeof key), BYTES("some value or other"));
    }

    uint32_t seen = 0;
    uint8_t copy[4];
    struct bytes key = {0};
    struct bytes value;
    while (store_next(txn, FIRST, key, &key, &value) == STATUS_OK) {
        memcpy(copy, key.p, sizeof copy);
        assert_int_equal(be32_load(copy), seen);
        (void)store_remove(txn, FIRST, key);
        key = bytes_of(copy, sizeof copy);
        seen++;
    }

    assert_int_equal(seen, 1000);
    uint64_t count;
    assert_status(store_count(txn, FIRST, &count), STATUS_OK);
    assert_int_equal(count, 0);
    commit(txn);
}

static void clear_empties_one_table(void **state)
{
    struct rig *rig = *state;
    struct store_txn *txn = begin(rig, true);
    put(txn, FIRST, "a", "1");
    put(txn, SECOND, "a", "1");
    commit(txn);

    txn = begin(rig, true);
    assert_found(store_seek, txn, "", "a");
    assert_status(store_clear(txn, FIRST), STATUS_OK);
    assert_found(store_next, txn, "", NULL);
    put(txn, FIRST, "b", "2");
    commit(txn);

    rig_reopen(rig);
    txn = begin(rig, false);
    assert_found(store_seek, txn, "", "b");
    assert_found(store_next, txn, "b", NULL);
    assert_value(txn, SECOND, "a", "1");
    store_abort(txn);
}

static void appending_out_of_order_is_corrupt(void **state)
{
    struct err err;
    struct rig *rig = *state;
    struct store_txn *txn = begin(rig, true);
    assert_status(store_append(txn, FIRST, BYTES("a"), BYTES("1")), STATUS_OK);
    assert_status(store_append(txn, FIRST, BYTES("c"), BYTES("1")), STATUS_OK);
    put(txn, FIRST, "b", "1");
    commit(txn);

    static const char *const wrong[] = {"c", "b", "a", "bb"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        txn = begin(rig, true);
        assert_status(store_append(txn, FIRST, bytes_of_string(wrong[i]), BYTES("2")),
                      STATUS_CORRUPT);
        assert_status(store_commit(txn, &err), STATUS_CORRUPT);
        assert_non_null(strstr(err.text, "'first'"));
    }

    txn = begin(rig, true);
    assert_status(store_append(txn, FIRST, BYTES("d"), BYTES("1")), STATUS_OK);
    assert_value(txn, FIRST, "c", "1");
    commit(txn);
}

static void the_first_failure_sticks(void **state)
{
    struct err err;
    struct rig *rig = *state;
    struct store_txn *txn = begin(rig, true);
    put(txn, FIRST, "b", "1");
    assert_status(store_append(txn, FIRST, BYTES("a"), BYTES("1")), STATUS_CORRUPT);

    struct bytes key;
    struct bytes value;
    uint64_t count;
    assert_status(store_get(txn, FIRST, BYTES("b"), &value), STATUS_CORRUPT);
    assert_status(store_seek(txn, FIRST, BYTES("b"), &key, &value), STATUS_CORRUPT);
    assert_status(store_put(txn, SECOND, BYTES("b"), BYTES("2")), STATUS_CORRUPT);
    assert_status(store_remove(txn, FIRST, BYTES("b")), STATUS_CORRUPT);
    assert_status(store_clear(txn, FIRST), STATUS_CORRUPT);
    assert_status(store_count(txn, FIRST, &count), STATUS_CORRUPT);
    assert_status(store_status(txn), STATUS_CORRUPT);
    assert_status(store_commit(txn, &err), STATUS_CORRUPT);

    txn = begin(rig, false);
    assert_value(txn, FIRST, "b", NULL);
    store_abort(txn);
}

static void what_is_not_there_does_not_stick(void **state)
{
    struct rig *rig = *state;
    struct store_txn *txn = begin(rig, true);
    assert_value(txn, FIRST, "a", NULL);
    assert_found(store_seek, txn, "a", NULL);
    put(txn, FIRST, "a", "1");
    commit(txn);

    txn = begin(rig, false);
    assert_value(txn, FIRST, "a", "1");
    store_abort(txn);
}

static void a_key_is_1_to_511_bytes(void **state)
{
    struct err err;
    struct rig *rig = *state;
    static const uint8_t letters[STORE_KEY_MAX_BYTES + 1] = {'k'};
    struct bytes longest = bytes_of(letters, STORE_KEY_MAX_BYTES);
    struct bytes too_long = bytes_of(letters, STORE_KEY_MAX_BYTES + 1);
    struct bytes value;

    struct store_txn *txn = begin(rig, true);
    assert_status(store_put(txn, FIRST, longest, BYTES("1")), STATUS_OK);
    assert_status(store_get(txn, FIRST, longest, &value), STATUS_OK);
    assert_status(store_get(txn, FIRST, too_long, &value), STATUS_NOT_FOUND);
    assert_status(store_get(txn, FIRST, BYTES(""), &value), STATUS_NOT_FOUND);
    assert_status(store_remove(txn, FIRST, too_long), STATUS_OK);
    assert_status(store_put(txn, FIRST, too_long, BYTES("1")), STATUS_INVALID);
    assert_status(store_commit(txn, &err), STATUS_INVALID);

    txn = begin(rig, true);
    assert_status(store_put(txn, FIRST, BYTES(""), BYTES("1")), STATUS_INVALID);
    store_abort(txn);
}

static void values_may_be_large(void **state)
{
    struct rig *rig = *state;
    struct buf large = {0};
    memset(buf_extend(&large, 100000), 'x', 100000);
    struct store_txn *txn = begin(rig, true);
    assert_status(store_put(txn, FIRST, BYTES("a"), buf_bytes(&large)), STATUS_OK);
    commit(txn);

    rig_reopen(rig);
    txn = begin(rig, false);
    struct bytes value;
    assert_status(store_get(txn, FIRST, BYTES("a"), &value), STATUS_OK);
    assert_true(bytes_equal(value, buf_bytes(&large)));
    store_abort(txn);
    buf_done(&large);
}

static void a_second_writer_is_refused_with_the_name_of_the_folder(void **state)
{
    struct err err;
    struct rig *rig = *state;
    struct store *second = NULL;

    assert_status(rig_open_at(rig, rig->folder, &second, &err), STATUS_BUSY);

    assert_null(second);
    assert_non_null(strstr(err.text, rig->folder));
    put_and_commit(rig, "a", "still works");
    rig_reopen(rig);
}

static void a_copy_holds_what_was_committed(void **state)
{
    struct err err;
    struct rig *rig = *state;
    char path[FOLDER_PATH_BYTES + 8];
    (void)snprintf(path, sizeof path, "%s/copy", rig->folder);
    struct store_txn *txn = begin(rig, true);
    put(txn, FIRST, "a", "1");
    put(txn, FIRST, "b", "2");
    put(txn, SECOND, "c", "3");
    commit(txn);

    assert_ok(store_copy(rig->store, path, &err));

    struct store_options options = {
        .path = path, .tables = store_tables, .table_count = TABLES, .map_bytes = 1};
    struct rig copy = {0};
    assert_ok(store_open_lmdb(&options, &copy.store, &err));
    txn = begin(&copy, false);
    assert_value(txn, FIRST, "a", "1");
    assert_value(txn, FIRST, "b", "2");
    assert_value(txn, SECOND, "c", "3");
    store_abort(txn);
    store_close(copy.store);
}

static void usage_grows_with_what_is_stored(void **state)
{
    struct err err;
    struct rig *rig = *state;
    struct store_usage before;
    struct store_usage after;
    static const uint8_t value[8000];
    assert_ok(store_usage(rig->store, &before, &err));

    struct store_txn *txn = begin(rig, true);
    (void)store_put(txn, FIRST, BYTES("a"), bytes_of(value, sizeof value));
    commit(txn);

    assert_ok(store_usage(rig->store, &after, &err));
    assert_true(after.used_bytes >= before.used_bytes + sizeof value);
    assert_true(after.file_bytes > before.file_bytes);
    assert_int_equal(after.map_bytes, UINT64_C(64) << 20);
    store_tidy_readers(rig->store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(reopening_finds_what_was_committed_and_nothing_else),
        ON_BOTH(a_transaction_sees_its_own_changes),
        ON_BOTH(readers_side_by_side_see_what_was_committed),
        ON_BOTH(a_used_reader_begins_anew),
        ON_BOTH(keys_order_as_bytes),
        ON_BOTH(nothing_is_found_in_an_empty_table),
        ON_BOTH(removing_on_a_walk_leaves_out_nothing),
        ON_BOTH(clear_empties_one_table),
        ON_BOTH(appending_out_of_order_is_corrupt),
        ON_BOTH(the_first_failure_sticks),
        ON_BOTH(what_is_not_there_does_not_stick),
        ON_BOTH(a_key_is_1_to_511_bytes),
        ON_BOTH(values_may_be_large),
        ON_BOTH(a_second_writer_is_refused_with_the_name_of_the_folder),
        ON_BOTH(a_copy_holds_what_was_committed),
        ON_BOTH(usage_grows_with_what_is_stored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
