/* SPDX-License-Identifier: Apache-2.0 */
/* Invariant 7 where records cannot be taken: nothing is lost, what waits behind one that is dead
 * waits in order, and taken + waiting + dropped is what came. */
#include "fixture/fake.h"
#include "fixture/storm.h"

#include "base/endian.h"
#include "messages.h"
#include "runtime/node.h"

#define SEEDS 120U
#define COMMANDS 60U

static bool is_work(const struct record *record)
{
    return record->type == MESSAGE_SIGNED_EVENT || record->type == MESSAGE_PROGRESSED_EVENT ||
           record->type == MESSAGE_ANSWERED_EVENT;
}

static uint64_t count_came(const struct fixture_part *teller)
{
    struct fixture_look look;
    uint64_t count = 0;
    fixture_begin_look(teller, &look);
    for (uint64_t seq = 1; seq <= look.journal.head; seq++) {
        struct record record;
        assert_true(fixture_read(&look, seq, &record));
        count += is_work(&record);
    }
    fixture_end_look(&look);
    return count;
}

static uint64_t count_taken(const struct fixture_look *folder)
{
    struct bytes key = {0};
    struct bytes value;
    uint64_t count = 0;
    while (fixture_next_row(folder, FOLDER_SEEN, key, &key, &value)) {
        count += be64_load(value.p);
    }
    return count;
}

/* The first letter that waits; 0 when there is none. */
static uint64_t first_letter(const struct fixture_look *folder)
{
    struct bytes key;
    struct bytes value;
    return store_seek(folder->txn, TABLE_DEAD, (struct bytes){0}, &key, &value) == STATUS_OK
               ? be64_load(key.p)
               : 0;
}

static uint64_t count_dropped(const struct fixture_look *folder)
{
    uint64_t count = 0;
    for (uint64_t seq = 1; seq <= folder->journal.head; seq++) {
        struct record record;
        struct dead_settled_event event;
        struct err err;
        assert_true(fixture_read(folder, seq, &record));
        count += record_message(&record, &dead_settled_event_type, &event, &err) == STATUS_OK &&
                 event.is_dropped;
    }
    return count;
}

static void check_sum(struct storm *storm)
{
    struct fixture_look look;
    uint64_t waiting = 0;
    fixture_begin_look(storm->folders[0], &look);
    assert_int_equal(store_count(look.txn, TABLE_DEAD, &waiting), STATUS_OK);
    uint64_t came = count_came(storm->tellers[0]) + count_came(storm->tellers[1]);
    uint64_t taken = count_taken(&look);
    uint64_t dropped = count_dropped(&look);
    fixture_end_look(&look);
    if (came != taken + waiting + dropped) {
        fixture_broken(storm->fixture, "%d came, but %d were taken, %d wait and %d were dropped",
                       (int)came, (int)taken, (int)waiting, (int)dropped);
    }
}

/* What a folder took of one issue from one teller comes in the teller's order. */
static void check_order(struct storm *storm)
{
    struct fixture_look look;
    struct {
        struct id journal;
        uint64_t issue;
        uint64_t cause;
    } last[64];
    uint32_t count = 0;
    fixture_begin_look(storm->folders[0], &look);
    for (uint64_t seq = 1; seq <= look.journal.head; seq++) {
        struct record record;
        assert_true(fixture_read(&look, seq, &record));
        if ((record.flags & RECORD_BY_RECORD) == 0 || record.type == MESSAGE_DEAD_LETTERED_EVENT) {
            continue;
        }
        uint32_t i = 0;
        while (i < count && (last[i].issue != record.issue ||
                             !id_equal(&last[i].journal, &record.cause.journal))) {
            i++;
        }
        assert_true(i < 64);
        if (i < count && record.cause.seq <= last[i].cause) {
            fixture_broken(storm->fixture, "record %d of an issue was taken after record %d",
                           (int)record.cause.seq, (int)last[i].cause);
        }
        count += i == count;
        last[i].journal = record.cause.journal;
        last[i].issue = record.issue;
        last[i].cause = record.cause.seq;
    }
    fixture_end_look(&look);
}

static uint64_t find_letter(struct storm *storm)
{
    struct fixture_look look;
    fixture_begin_look(storm->folders[0], &look);
    uint64_t seq = first_letter(&look);
    fixture_end_look(&look);
    return seq;
}

static struct fixture_call *settle_letter(struct storm *storm, uint64_t seq, bool is_dropped)
{
    struct dead_settle_command command = {
        .seq = seq, .is_dropped = is_dropped, .reason = BYTES("nobody needs it")};
    struct fixture_ask ask = {.part = storm->folders[0],
                              .person = "operator",
                              .type = &dead_settle_command_type,
                              .message = &command};
    return fixture_call(storm->fixture, &ask);
}

static void run_dead(uint64_t seed, struct sometimes *sometimes)
{
    struct storm storm;
    storm_open(&storm, seed, sometimes);
    storm.has_poison = true;
    fixture_set_chances(storm.fixture, &storm_weather);
    storm_work(&storm, COMMANDS);
    storm_settle(&storm);
    storm_check(&storm);
    check_sum(&storm);
    check_order(&storm);

    fixture_set_chances(storm.fixture, &storm_weather);
    uint64_t letter;
    while ((letter = find_letter(&storm)) != 0) {
        (void)settle_letter(&storm, letter, false);
        struct fixture_call *call = settle_letter(&storm, letter, true);
        assert_true(call->status == STATUS_OK || find_letter(&storm) != letter);
    }
    storm_settle(&storm);
    check_all(storm.fixture);
    check_sum(&storm);
    check_order(&storm);
    storm_close(&storm);
}

static void what_came_is_taken_or_waits_or_was_dropped(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    fixture_each_seed(SEEDS, run_dead, &sometimes);
    sometimes_expect(&sometimes, SOMETIMES_BIT(DEAD_LETTER) | SOMETIMES_BIT(PARKED) |
                                     SOMETIMES_BIT(COMMAND_REFUSED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_came_is_taken_or_waits_or_was_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
