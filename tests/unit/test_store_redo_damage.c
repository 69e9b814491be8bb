/* SPDX-License-Identifier: Apache-2.0 */
/* A redo log that a torn write or a disk that lies has damaged: what still counts, what is as if
 * never written, and what is told. */
#include "redo_store.h"

#include "base/memory.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(an_entry_torn_at_any_byte_is_as_if_never_written),
        IN_A_FOLDER(a_torn_entry_is_written_over_by_the_next),
        IN_A_FOLDER(a_flipped_bit_before_the_last_entry_is_told_and_nothing_is_dropped),
        IN_A_FOLDER(a_first_entry_whose_beginning_never_came_is_as_if_never_written),
        IN_A_FOLDER(damage_among_settled_entries_harms_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
