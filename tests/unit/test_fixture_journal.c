/* SPDX-License-Identifier: Apache-2.0 */
/* Invariants 4, 5 and 6: numbers are dense and never used again, bytes never change, nothing is
 * trimmed by itself, and tables are what the journal makes. */
#include "fixture/storm.h"

#include "base/crc32c.h"
#include "base/endian.h"
#include "runtime/daemon_state.h"

#define SEEDS 150U
#define COMMANDS 60U
#define CHECKSUM_AT 104U

/* Journals are verified at each crash, and compared with what was seen before. */
static void run_journals(uint64_t seed, struct sometimes *sometimes)
{
    struct storm storm;
    storm_open(&storm, seed, sometimes);
    storm.has_poison = true;
    fixture_set_chances(storm.fixture, &storm_weather);
    for (uint32_t i = 0; i < 4; i++) {
        storm_work(&storm, COMMANDS / 4);
        storm_check(&storm);
    }
    storm_settle(&storm);
    storm_check(&storm);
    storm_close(&storm);
}

static void numbers_are_dense_and_bytes_never_change(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    fixture_each_seed(SEEDS, run_journals, &sometimes);
    sometimes_expect(&sometimes, SOMETIMES_BIT(CRASH_BEFORE_COMMIT) | SOMETIMES_BIT(COMMIT_LOST) |
                                     SOMETIMES_BIT(COMMIT_KEPT) | SOMETIMES_BIT(MAP_FULL_REDONE));
}

static void run_folds(uint64_t seed, struct sometimes *sometimes)
{
    struct storm storm;
    storm_open(&storm, seed, sometimes);
    storm.has_poison = true;
    fixture_set_chances(storm.fixture, &storm_weather);
    storm_work(&storm, COMMANDS);
    storm_settle(&storm);
    for (uint32_t i = 0; i < storm.fixture->part_count; i++) {
        check_fold(&storm.fixture->parts[i]);
    }
    storm_close(&storm);
}

static void tables_are_what_the_journal_makes_byte_for_byte(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    fixture_each_seed(SEEDS, run_folds, &sometimes);
    sometimes_expect(&sometimes, SOMETIMES_BIT(MAP_FULL_REDONE));
}

static struct store *open_disk(struct fixture_part *part)
{
    const char *names[STORE_TABLES_MAX];
    struct err err = {0};
    struct store *store = NULL;
    struct store_options options = {.path = part->spec->name,
                                    .tables = names,
                                    .table_count = node_tables(part->spec->service, names),
                                    .map_bytes = 1U << 20};
    assert_ok(store_open_memory(part->disk, &options, &store, &err));
    return store;
}

static struct bytes seq_key(uint64_t seq, uint8_t key[8])
{
    be64_store(key, seq);
    return bytes_of(key, 8);
}

/* Changes one byte of the actor of record `seq` behind the daemon's back. */
static void damage(struct fixture_part *part, uint64_t seq, bool does_mend_checksum)
{
    struct err err = {0};
    struct store_txn *txn = NULL;
    struct store *store = open_disk(part);
    uint8_t key[8];
    uint8_t bytes[4096];
    struct bytes raw;
    assert_ok(store_begin(store, true, &txn, &err));
    assert_ok(store_get(txn, TABLE_JOURNAL, seq_key(seq, key), &raw));
    assert_true(raw.len <= sizeof bytes);
    memcpy(bytes, raw.p, raw.len);
    bytes[RECORD_HEADER_BYTES] ^= 1;
    if (does_mend_checksum) {
        memset(bytes + CHECKSUM_AT, 0, 4);
        be32_store(bytes + CHECKSUM_AT, crc32c(0, bytes_of(bytes, raw.len)));
    }
    assert_ok(store_put(txn, TABLE_JOURNAL, seq_key(seq, key), bytes_of(bytes, raw.len)));
    assert_ok(store_commit(txn, &err));
    store_close(store);
}

static void trim(struct fixture_part *part, uint64_t through)
{
    struct err err = {0};
    struct store_txn *txn = NULL;
    struct store *store = open_disk(part);
    uint8_t key[8];
    assert_ok(store_begin(store, true, &txn, &err));
    for (uint64_t seq = 1; seq <= through; seq++) {
        assert_ok(store_remove(txn, TABLE_JOURNAL, seq_key(seq, key)));
    }
    assert_ok(store_commit(txn, &err));
    store_close(store);
}

static struct follower_view view_link(const struct fixture_part *part, uint32_t link)
{
    struct follower_view view;
    follower_get_view(part->daemon->followers[link], &view);
    return view;
}

/* teller1 has 12 records of which folder1 has followed six; then the tenth is damaged. */
static void damage_and_follow(bool does_mend_checksum, const char *why)
{
    struct sometimes sometimes = {{0}};
    struct storm storm;
    storm_open(&storm, 3, &sometimes);
    storm.fixture->is_history_loose = true;
    for (uint32_t i = 0; i < 6; i++) {
        (void)storm_sign(&storm, 0, 20260000001, "civil");
    }
    storm_settle(&storm);
    fixture_stop(storm.folders[0]);
    for (uint32_t i = 0; i < 6; i++) {
        (void)storm_sign(&storm, 0, 20260000001, "civil");
    }
    fixture_run_until_quiet(storm.fixture, FIXTURE_QUIET_STEPS);
    fixture_stop(storm.tellers[0]);
    damage(storm.tellers[0], 10, does_mend_checksum);
    fixture_start(storm.tellers[0]);
    fixture_start(storm.folders[0]);
    fixture_steps(storm.fixture, 20000);

    struct follower_view view = view_link(storm.folders[0], 0);
    struct fixture_look look;
    struct err err = {0};
    check_refused(storm.folders[0], storm.tellers[0], why);
    assert_true(view.durable < 10);
    fixture_begin_look(storm.tellers[0], &look);
    uint64_t count = 0;
    assert_status(journal_verify(look.txn, TABLE_JOURNAL, &count, &err), STATUS_CORRUPT);
    assert_non_null(strstr(err.text, "10"));
    fixture_end_look(&look);
    storm_close(&storm);
}

static void a_record_whose_checksum_is_wrong_is_not_followed(void **state)
{
    (void)state;
    damage_and_follow(false, "its checksum is wrong");
}

static void a_record_that_breaks_the_chain_is_not_followed(void **state)
{
    (void)state;
    damage_and_follow(true, "does not follow from the one before it");
}

static void a_follower_that_begins_late_gets_everything_from_the_first_record(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    struct storm storm;
    storm_open(&storm, 4, &sometimes);
    fixture_set_chances(storm.fixture, &storm_weather);
    storm_work(&storm, 300);
    storm_settle(&storm);
    fixture_stop(storm.folders[1]);
    fixture_set_disk(storm.folders[1], memory_disk_open());
    buf_clear(&storm.folders[1]->history);
    fixture_start(storm.folders[1]);
    storm_settle(&storm);

    storm_check(&storm);
    storm_close(&storm);
}

static void a_follower_below_what_was_trimmed_is_told_to_begin_from_a_snapshot(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    struct storm storm;
    storm_open(&storm, 5, &sometimes);
    storm.fixture->is_history_loose = true;
    storm_work(&storm, 60);
    storm_settle(&storm);
    fixture_stop(storm.folders[1]);
    fixture_set_disk(storm.folders[1], memory_disk_open());
    fixture_stop(storm.tellers[0]);
    trim(storm.tellers[0], 5);
    fixture_start(storm.tellers[0]);
    fixture_start(storm.folders[1]);
    fixture_steps(storm.fixture, 20000);

    struct follower_view late = view_link(storm.folders[1], 0);
    struct follower_view early = view_link(storm.folders[0], 0);
    check_refused(storm.folders[1], storm.tellers[0], "");
    assert_int_equal(late.durable, 0);
    assert_int_equal(early.state, FOLLOWER_FOLLOWING);
    struct fixture_call *call = storm_sign(&storm, 0, 20260000001, "urban");
    fixture_steps(storm.fixture, 20000);
    assert_int_equal(call->status, STATUS_OK);
    assert_int_equal(view_link(storm.folders[0], 0).durable, call->change.seq);
    storm_close(&storm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_dense_and_bytes_never_change),
        cmocka_unit_test(a_record_whose_checksum_is_wrong_is_not_followed),
        cmocka_unit_test(a_record_that_breaks_the_chain_is_not_followed),
        cmocka_unit_test(a_follower_that_begins_late_gets_everything_from_the_first_record),
        cmocka_unit_test(a_follower_below_what_was_trimmed_is_told_to_begin_from_a_snapshot),
        cmocka_unit_test(tables_are_what_the_journal_makes_byte_for_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
