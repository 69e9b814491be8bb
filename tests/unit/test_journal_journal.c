/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "base/crc32c.h"
#include "base/endian.h"
#include "journal/journal.h"

#include <sodium.h>

enum { TABLE_JOURNAL };

static const char *const tables[] = {"journal"};

struct world {
    struct memory_disk *disk;
    struct store *store;
    struct journal journal;
    struct buf scratch;
};

static struct store *open_store(struct world *world)
{
    struct err err = {0};
    struct store_options options = {
        .path = "memory", .tables = tables, .table_count = 1, .map_bytes = 1U << 24};
    struct store *store = NULL;
    assert_ok(store_open_memory(world->disk, &options, &store, &err));
    return store;
}

static struct store_txn *begin(struct world *world, bool is_write)
{
    struct err err = {0};
    struct store_txn *txn = NULL;
    assert_ok(store_begin(world->store, is_write, &txn, &err));
    return txn;
}

static void open_journal(struct world *world)
{
    struct err err = {0};
    struct store_txn *txn = begin(world, false);
    assert_ok(journal_open(&world->journal, txn, TABLE_JOURNAL, &err));
    store_abort(txn);
}

static int open_world(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    world->disk = memory_disk_open();
    world->store = open_store(world);
    open_journal(world);
    *state = world;
    return 0;
}

static int close_world(void **state)
{
    struct world *world = *state;
    buf_done(&world->scratch);
    store_close(world->store);
    memory_disk_close(world->disk);
    free(world);
    return 0;
}

static struct record by_request(void)
{
    return (struct record){
        .flags = RECORD_BY_REQUEST,
        .type = 0x0102,
        .config = 0x1112131415161718,
        .at.us = 0x2122232425262728,
        .issue = 20260000042,
        .generation = 0x31323334,
        .depth = 1,
        .request.bytes = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
        .request_hash = 0x4142434445464748,
        .request_type = 0x5152,
        .actor = BYTES("c-001"),
        .topic = BYTES("water"),
        .open = BYTES("open part"),
        .pii = BYTES("pii"),
    };
}

static struct record by_record(void)
{
    return (struct record){
        .flags = RECORD_BY_RECORD | RECORD_LOCAL,
        .type = 7,
        .depth = RECORD_DEPTH_MAX,
        .cause = {.journal.bytes = {0xff, 0xfe}, .seq = 99},
        .cause_index = 3,
        .open = BYTES("x"),
    };
}

static void append(struct world *world, struct record record)
{
    struct err err = {0};
    struct store_txn *txn = begin(world, true);
    assert_ok(journal_append(&world->journal, txn, &record, &world->scratch, &err));
    assert_ok(store_commit(txn, &err));
}

static void append_many(struct world *world, int count)
{
    for (int i = 0; i < count; i++) {
        append(world, i % 2 == 0 ? by_request() : by_record());
    }
}

/* Puts `raw` in the place of record `seq`, as damage on a disk would. */
static void overwrite(struct world *world, uint64_t seq, struct bytes raw)
{
    struct err err = {0};
    uint8_t key[8];
    be64_store(key, seq);
    struct store_txn *txn = begin(world, true);
    (void)store_put(txn, TABLE_JOURNAL, bytes_of(key, sizeof(key)), raw);
    assert_ok(store_commit(txn, &err));
}

/* The layout of journal.h, written down byte by byte: it may never change. */
static void record_bytes_are_those_of_the_format(void **state)
{
    static const uint8_t golden_header[] = {
        1,    2,    0x01, 0x02, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x21, 0x22, 0x23,
        0x24, 0x25, 0x26, 0x27, 0x28, 0,    0,    0,    0x04, 0xb7, 0x97, 0x11, 0x2a, 0x31, 0x32,
        0x33, 0x34, 1,    0,    0,    0,    1,    2,    3,    4,    5,    6,    7,    8,    9,
        10,   11,   12,   13,   14,   15,   16,   0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48,
        0x51, 0x52, 5,    5,    0,    0,    0,    9,    0,    0,    0,    3};
    struct world *world = *state;
    struct err err = {0};
    struct record record = by_request();
    struct store_txn *txn = begin(world, true);

    assert_ok(journal_append(&world->journal, txn, &record, &world->scratch, &err));

    assert_int_equal(sizeof(golden_header), 72);
    assert_int_equal(record.raw.len, RECORD_HEADER_BYTES + 5 + 5 + 9 + 3);
    assert_memory_equal(record.raw.p, golden_header, sizeof(golden_header));
    assert_memory_equal(record.raw.p + RECORD_HEADER_BYTES, "c-001wateropen partpii", 22);
    /* The checksum covers the record with its own four bytes zero, the chain hash the chain before
     * and the record without both. */
    uint8_t zeroed[200];
    memcpy(zeroed, record.raw.p, record.raw.len);
    memset(zeroed + 104, 0, 4);
    assert_int_equal(be32_load(record.raw.p + 104), crc32c(0, bytes_of(zeroed, record.raw.len)));
    uint8_t hashed[32 + 72 + 22] = {0};
    memcpy(hashed + 32, golden_header, 72);
    memcpy(hashed + 32 + 72, "c-001wateropen partpii", 22);
    uint8_t chain[CHAIN_BYTES];
    (void)crypto_generichash(chain, sizeof(chain), hashed, sizeof(hashed), NULL, 0);
    assert_memory_equal(record.raw.p + 72, chain, sizeof(chain));
    store_abort(txn);
}

static void chain_of_the_first_golden_record_never_changes(void **state)
{
    static const char golden[] = "75b2ad72d7b6dd76ba8f4eda196a2dc95d205b7f26eb92e89db0ba2e6f0910b8";
    struct world *world = *state;
    char hex[2 * CHAIN_BYTES + 1];

    append(world, by_request());

    (void)sodium_bin2hex(hex, sizeof(hex), world->journal.chain, CHAIN_BYTES);
    assert_string_equal(hex, golden);
}

static void expect_equal(const struct record *a, const struct record *b)
{
    assert_int_equal(a->flags, b->flags);
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->config, b->config);
    assert_int_equal(a->at.us, b->at.us);
    assert_int_equal(a->issue, b->issue);
    assert_int_equal(a->generation, b->generation);
    assert_int_equal(a->depth, b->depth);
    assert_true(id_equal(&a->request, &b->request));
    assert_int_equal(a->request_hash, b->request_hash);
    assert_int_equal(a->request_type, b->request_type);
    assert_true(id_equal(&a->cause.journal, &b->cause.journal));
    assert_int_equal(a->cause.seq, b->cause.seq);
    assert_int_equal(a->cause_index, b->cause_index);
    assert_true(bytes_equal(a->actor, b->actor));
    assert_true(bytes_equal(a->topic, b->topic));
    assert_true(bytes_equal(a->open, b->open));
    assert_true(bytes_equal(a->pii, b->pii));
}

static void what_is_appended_is_read_back(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    struct record records[] = {by_request(), by_record()};
    append(world, records[0]);
    append(world, records[1]);

    struct store_txn *txn = begin(world, false);
    for (uint64_t seq = 1; seq <= 2; seq++) {
        struct record read;
        assert_ok(journal_read(txn, TABLE_JOURNAL, seq, &read, &err));
        assert_int_equal(read.seq, seq);
        expect_equal(&read, &records[seq - 1]);
        struct record_glance glance;
        assert_true(record_glance(read.raw, &glance));
        assert_int_equal(glance.flags, read.flags);
        assert_true(bytes_equal(glance.topic, read.topic));
        assert_memory_equal(glance.chain, read.chain, CHAIN_BYTES);
    }
    struct record none;
    assert_status(journal_read(txn, TABLE_JOURNAL, 3, &none, &err), STATUS_NOT_FOUND);
    store_abort(txn);
}

static void numbers_are_dense_from_one_and_go_on_after_opening_again(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    append_many(world, 5);
    struct journal before = world->journal;
    assert_int_equal(before.head, 5);

    store_close(world->store);
    world->store = open_store(world);
    memset(&world->journal, 0xee, sizeof(world->journal));
    open_journal(world);
    assert_int_equal(world->journal.head, 5);
    assert_memory_equal(world->journal.chain, before.chain, CHAIN_BYTES);
    append_many(world, 5);

    uint64_t count = 0;
    struct store_txn *txn = begin(world, false);
    assert_ok(journal_verify(txn, TABLE_JOURNAL, &count, &err));
    store_abort(txn);
    assert_int_equal(count, 10);
    assert_int_equal(world->journal.head, 10);
}

static void an_empty_journal_is_whole(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    uint64_t count = 1;

    struct store_txn *txn = begin(world, false);
    assert_ok(journal_verify(txn, TABLE_JOURNAL, &count, &err));

    assert_int_equal(count, 0);
    assert_int_equal(world->journal.head, 0);
    store_abort(txn);
}

static void an_aborted_append_leaves_nothing_in_the_store(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    append_many(world, 1);
    struct journal before = world->journal;
    struct record record = by_record();
    struct store_txn *txn = begin(world, true);

    assert_ok(journal_append(&world->journal, txn, &record, &world->scratch, &err));
    store_abort(txn);
    world->journal = before;
    append_many(world, 1);

    assert_int_equal(world->journal.head, 2);
}

static void a_full_store_leaves_the_journal_where_it_was(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    append_many(world, 1);
    struct journal before = world->journal;
    struct record record = by_record();
    memory_disk_set_fault(world->disk, MEMORY_FAULT_MAP_FULL);
    struct store_txn *txn = begin(world, true);

    assert_status(journal_append(&world->journal, txn, &record, &world->scratch, &err),
                  STATUS_FULL);

    store_abort(txn);
    assert_memory_equal(&before, &world->journal, sizeof(before));
}

static void every_changed_byte_is_found(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    append_many(world, 3);
    struct store_txn *txn = begin(world, false);
    struct record record;
    assert_ok(journal_read(txn, TABLE_JOURNAL, 2, &record, &err));
    uint8_t good[256];
    size_t len = record.raw.len;
    memcpy(good, record.raw.p, len);
    store_abort(txn);

    for (size_t at = 0; at < len; at++) {
        uint8_t bad[256];
        memcpy(bad, good, len);
        bad[at] ^= 0x41;
        assert_status(record_decode(bytes_of(bad, len), 2, &record, &err), STATUS_CORRUPT);
        overwrite(world, 2, bytes_of(bad, len));
        uint64_t count = 0;
        txn = begin(world, false);
        assert_status(journal_verify(txn, TABLE_JOURNAL, &count, &err), STATUS_CORRUPT);
        assert_non_null(strstr(err.text, "record 2"));
        store_abort(txn);
    }
}

static void every_truncation_is_found(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    append_many(world, 1);
    struct store_txn *txn = begin(world, false);
    struct record record;
    assert_ok(journal_read(txn, TABLE_JOURNAL, 1, &record, &err));
    struct bytes raw = record.raw;

    for (size_t len = 0; len < raw.len; len++) {
        struct bytes part = bytes_of(raw.p, len);
        assert_status(record_decode(part, 1, &record, &err), STATUS_CORRUPT);
    }
    store_abort(txn);
}

static void a_damaged_head_stops_the_opening(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    append_many(world, 2);
    overwrite(world, 2, BYTES("not a record"));
    struct store_txn *txn = begin(world, false);

    assert_status(journal_open(&world->journal, txn, TABLE_JOURNAL, &err), STATUS_CORRUPT);

    store_abort(txn);
}

static void a_missing_record_is_found(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    append_many(world, 3);
    uint8_t key[8];
    be64_store(key, 2);
    struct store_txn *txn = begin(world, true);
    (void)store_remove(txn, TABLE_JOURNAL, bytes_of(key, sizeof(key)));
    assert_ok(store_commit(txn, &err));

    uint64_t count = 0;
    txn = begin(world, false);
    assert_status(journal_verify(txn, TABLE_JOURNAL, &count, &err), STATUS_CORRUPT);

    assert_non_null(strstr(err.text, "record 2 is missing"));
    store_abort(txn);
}

static void a_whole_record_of_another_history_breaks_the_chain(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    append_many(world, 3);
    struct store_txn *txn = begin(world, false);
    struct record record;
    assert_ok(journal_read(txn, TABLE_JOURNAL, 1, &record, &err));
    uint8_t copy[256];
    size_t len = record.raw.len;
    memcpy(copy, record.raw.p, len);
    store_abort(txn);
    overwrite(world, 3, bytes_of(copy, len));

    uint64_t count = 0;
    txn = begin(world, false);
    assert_status(journal_verify(txn, TABLE_JOURNAL, &count, &err), STATUS_CORRUPT);

    assert_non_null(strstr(err.text, "record 3"));
    store_abort(txn);
}

/* Gives a whole record another header byte and the checksum that goes with it. */
static enum status decode_with(struct world *world, size_t at, uint8_t value)
{
    struct err err = {0};
    struct record record = by_request();
    struct store_txn *txn = begin(world, true);
    assert_ok(journal_append(&world->journal, txn, &record, &world->scratch, &err));
    uint8_t raw[256];
    size_t len = record.raw.len;
    memcpy(raw, record.raw.p, len);
    store_abort(txn);
    raw[at] = value;
    memset(raw + 104, 0, 4);
    be32_store(raw + 104, crc32c(0, bytes_of(raw, len)));
    return record_decode(bytes_of(raw, len), 1, &record, &err);
}

static void a_newer_record_asks_for_a_newer_program(void **state)
{
    assert_int_equal(decode_with(*state, 0, 2), STATUS_REFUSED);
    assert_int_equal(decode_with(*state, 33, 1), STATUS_REFUSED);
}

static void an_impossible_header_is_refused(void **state)
{
    assert_int_equal(decode_with(*state, 0, 0), STATUS_CORRUPT);
    assert_int_equal(decode_with(*state, 1, 6), STATUS_CORRUPT);
    assert_int_equal(decode_with(*state, 1, 8), STATUS_CORRUPT);
    assert_int_equal(decode_with(*state, 32, RECORD_DEPTH_MAX + 1), STATUS_CORRUPT);
    assert_int_equal(decode_with(*state, 62, 6), STATUS_CORRUPT);
    assert_int_equal(decode_with(*state, 64, 0xff), STATUS_CORRUPT);
    assert_int_equal(decode_with(*state, 68, 0xff), STATUS_CORRUPT);
}

static enum status try_append(struct world *world, struct record *record)
{
    struct err err = {0};
    struct store_txn *txn = begin(world, true);
    struct journal before = world->journal;
    enum status status = journal_append(&world->journal, txn, record, &world->scratch, &err);
    store_abort(txn);
    world->journal = before;
    return status;
}

static void limits_are_kept(void **state)
{
    static uint8_t big[RECORD_MAX_BYTES];
    struct record record = {.open = {big, RECORD_MAX_BYTES - RECORD_HEADER_BYTES}};
    assert_int_equal(try_append(*state, &record), STATUS_OK);
    record =
        (struct record){.open = {big, RECORD_MAX_BYTES - RECORD_HEADER_BYTES}, .pii = BYTES("x")};
    assert_int_equal(try_append(*state, &record), STATUS_INVALID);
    record = (struct record){.open = {big, SIZE_MAX / 2}, .pii = {big, SIZE_MAX / 2}};
    assert_int_equal(try_append(*state, &record), STATUS_INVALID);
    record = (struct record){.topic = {big, RECORD_NAME_MAX_BYTES + 1}};
    assert_int_equal(try_append(*state, &record), STATUS_INVALID);
    record = (struct record){.depth = RECORD_DEPTH_MAX + 1};
    assert_int_equal(try_append(*state, &record), STATUS_REFUSED);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(record_bytes_are_those_of_the_format),
        IN_WORLD(chain_of_the_first_golden_record_never_changes),
        IN_WORLD(what_is_appended_is_read_back),
        IN_WORLD(numbers_are_dense_from_one_and_go_on_after_opening_again),
        IN_WORLD(an_empty_journal_is_whole),
        IN_WORLD(an_aborted_append_leaves_nothing_in_the_store),
        IN_WORLD(a_full_store_leaves_the_journal_where_it_was),
        IN_WORLD(every_changed_byte_is_found),
        IN_WORLD(every_truncation_is_found),
        IN_WORLD(a_damaged_head_stops_the_opening),
        IN_WORLD(a_missing_record_is_found),
        IN_WORLD(a_whole_record_of_another_history_breaks_the_chain),
        IN_WORLD(a_newer_record_asks_for_a_newer_program),
        IN_WORLD(an_impossible_header_is_refused),
        IN_WORLD(limits_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
