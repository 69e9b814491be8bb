/* SPDX-License-Identifier: Apache-2.0 */
/* Invariant 10: one writer per journal, and a follower refuses a journal whose history disagrees
 * with its cursor. */
#include "fixture/storm.h"

#include "base/endian.h"
#include "runtime/daemon_state.h"

#define SEEDS 100U

static struct follower_view view_link(const struct fixture_part *part, uint32_t link)
{
    struct follower_view view;
    follower_get_view(part->daemon->followers[link], &view);
    return view;
}

static uint64_t read_epoch(const struct fixture_part *part)
{
    struct fixture_look look;
    struct bytes value;
    fixture_begin_look(part, &look);
    assert_int_equal(store_get(look.txn, TABLE_BASE, BYTES("epoch"), &value), STATUS_OK);
    uint64_t epoch = be64_load(value.p);
    fixture_end_look(&look);
    return epoch;
}

static void sign_many(struct storm *storm, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        (void)storm_sign(storm, 0, 20260000001, i % 2 == 0 ? "urban" : "civil");
    }
}

static uint64_t head_of(const struct fixture_part *part)
{
    struct fixture_look look;
    fixture_begin_look(part, &look);
    fixture_end_look(&look);
    return look.journal.head;
}

/* Puts `older` in the place of the first teller's disk, and lets it write before anybody follows.
 */
static void put_back(struct storm *storm, struct memory_disk *older, uint32_t writes)
{
    struct fixture *fixture = storm->fixture;
    fixture->is_history_loose = true;
    fixture_stop(storm->folders[0]);
    fixture_stop(storm->folders[1]);
    fixture_stop(storm->tellers[0]);
    fixture_set_disk(storm->tellers[0], older);
    buf_clear(&storm->tellers[0]->history);
    fixture_start(storm->tellers[0]);
    sign_many(storm, writes);
    for (uint32_t i = 0; i < 20000 && fixture->waiting_count != 0; i++) {
        fixture_step(fixture);
    }
    fixture_start(storm->folders[0]);
    fixture_start(storm->folders[1]);
}

/* Both followers refuse the first teller with a sentence that says what to do, and take nothing. */
static void check_all_refuse(struct storm *storm, uint64_t cursor, uint64_t folder_head)
{
    fixture_heal(storm->fixture);
    fixture_steps(storm->fixture, 20000);
    for (uint32_t i = 0; i < 2; i++) {
        check_refused(storm->folders[i], storm->tellers[0],
                      "run 'lianhu down' at once, then put back its newest state, or the whole "
                      "instance from one copy");
        assert_int_equal(view_link(storm->folders[i], 0).durable, cursor);
    }
    assert_int_equal(head_of(storm->folders[0]), folder_head);
}

/* The copy is taken in some weather at some time, and put back later; so the copy's head is below
 * the followers' cursors, or its opening is one they have seen before, or just its history is
 * another. */
static void run_put_back(uint64_t seed, struct sometimes *sometimes)
{
    struct storm storm;
    storm_open(&storm, seed, sometimes);
    struct dice *dice = &storm.fixture->dice;
    sign_many(&storm, 1 + (uint32_t)dice_below(dice, 10));
    storm_settle(&storm);
    struct memory_disk *older = memory_disk_copy(storm.tellers[0]->disk);
    if (dice_below(dice, 2) == 0) {
        fixture_crash(storm.tellers[0]);
    }
    sign_many(&storm, 1 + (uint32_t)dice_below(dice, 10));
    storm_settle(&storm);
    uint64_t cursor = head_of(storm.tellers[0]);
    uint64_t folder_head = head_of(storm.folders[0]);
    put_back(&storm, older, (uint32_t)dice_below(dice, 30));
    check_all_refuse(&storm, cursor, folder_head);
    storm_close(&storm);
}

static void an_older_copy_of_a_disk_is_refused_by_its_followers(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    fixture_each_seed(SEEDS, run_put_back, &sometimes);
    sometimes_expect(&sometimes, SOMETIMES_BIT(LINK_REFUSED));
}

/* Neither then, nor when it is started again. */
static void who_was_put_back_in_time_takes_no_command(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    struct storm storm;
    storm_open(&storm, 1, &sometimes);
    sign_many(&storm, 5);
    storm_settle(&storm);
    struct memory_disk *older = memory_disk_copy(storm.tellers[0]->disk);
    sign_many(&storm, 5);
    storm_settle(&storm);
    put_back(&storm, older, 0);
    fixture_heal(storm.fixture);
    fixture_steps(storm.fixture, 20000);
    uint64_t head = head_of(storm.tellers[0]);

    for (uint32_t round = 0; round < 2; round++) {
        sign_many(&storm, 3);
        fixture_steps(storm.fixture, 20000);
        assert_int_equal(head_of(storm.tellers[0]), head);

        fixture_stop(storm.tellers[0]);
        fixture_start(storm.tellers[0]);
        fixture_steps(storm.fixture, 20000);
    }
    storm_close(&storm);
}

/* It was the followers whose state was from elsewhere: with the right one they follow again, and
 * the daemon, which was not started again, takes commands. */
static void who_is_followed_again_takes_commands_again(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    struct storm storm;
    storm_open(&storm, 1, &sometimes);
    sign_many(&storm, 5);
    storm_settle(&storm);
    struct memory_disk *older = memory_disk_copy(storm.tellers[0]->disk);
    struct memory_disk *right[] = {memory_disk_copy(storm.folders[0]->disk),
                                   memory_disk_copy(storm.folders[1]->disk)};
    sign_many(&storm, 5);
    storm_settle(&storm);
    put_back(&storm, older, 0);
    fixture_heal(storm.fixture);
    fixture_steps(storm.fixture, 20000);
    uint64_t head = head_of(storm.tellers[0]);
    assert_true(node_is_put_back(storm.tellers[0]->daemon->node));

    for (uint32_t i = 0; i < 2; i++) {
        fixture_stop(storm.folders[i]);
        fixture_set_disk(storm.folders[i], right[i]);
        buf_clear(&storm.folders[i]->history);
        fixture_start(storm.folders[i]);
    }
    sign_many(&storm, 3);
    fixture_steps(storm.fixture, 20000);

    assert_false(node_is_put_back(storm.tellers[0]->daemon->node));
    assert_true(head_of(storm.tellers[0]) > head);
    storm_close(&storm);
}

/* The head has passed the cursors again and the opening is new: only the chain tells. */
static void another_history_of_the_same_journal_is_refused(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    struct storm storm;
    storm_open(&storm, 1, &sometimes);
    sign_many(&storm, 5);
    storm_settle(&storm);
    struct memory_disk *older = memory_disk_copy(storm.tellers[0]->disk);
    sign_many(&storm, 5);
    storm_settle(&storm);
    uint64_t folder_head = head_of(storm.folders[0]);
    put_back(&storm, older, 20);

    assert_true(head_of(storm.tellers[0]) > 11);
    check_all_refuse(&storm, 11, folder_head);
    check_refused(storm.folders[0], storm.tellers[0], "is not the one");
    storm_close(&storm);
}

static void each_opening_of_a_journal_has_a_higher_epoch(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    struct storm storm;
    storm_open(&storm, 1, &sometimes);
    uint64_t before = read_epoch(storm.tellers[0]);
    for (uint32_t i = 0; i < 5; i++) {
        fixture_stop(storm.tellers[0]);
        fixture_start(storm.tellers[0]);
        uint64_t epoch = read_epoch(storm.tellers[0]);
        if (epoch <= before) {
            fixture_broken(storm.fixture, "the journal was opened as epoch %d after epoch %d",
                           (int)epoch, (int)before);
        }
        before = epoch;
    }
    storm_close(&storm);
}

/* Two stores of one journal take turns as its writer. Followers keep to the one opened last. */
static void of_two_writers_the_one_opened_later_wins(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    struct storm storm;
    storm_open(&storm, 1, &sometimes);
    sign_many(&storm, 5);
    storm_settle(&storm);
    struct memory_disk *earlier = memory_disk_copy(storm.tellers[0]->disk);
    uint64_t epoch = read_epoch(storm.tellers[0]);
    for (uint32_t i = 0; i < 3; i++) {
        fixture_stop(storm.tellers[0]);
        fixture_start(storm.tellers[0]);
    }
    storm_settle(&storm);
    fixture_steps(storm.fixture, 3000);
    assert_true(read_epoch(storm.tellers[0]) > epoch + 1);
    assert_int_equal(view_link(storm.folders[0], 0).epoch, read_epoch(storm.tellers[0]));
    assert_int_equal(view_link(storm.folders[1], 0).epoch, read_epoch(storm.tellers[0]));
    uint64_t folder_head = head_of(storm.folders[0]);
    storm.fixture->is_history_loose = true;
    fixture_stop(storm.tellers[0]);
    fixture_set_disk(storm.tellers[0], earlier);
    fixture_start(storm.tellers[0]);
    sign_many(&storm, 3);

    check_all_refuse(&storm, 6, folder_head);
    check_refused(storm.folders[0], storm.tellers[0], "opening");
    storm_close(&storm);
}

static void another_journal_under_the_same_name_is_refused(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    struct storm storm;
    storm_open(&storm, 1, &sometimes);
    sign_many(&storm, 5);
    storm_settle(&storm);
    uint64_t folder_head = head_of(storm.folders[0]);
    put_back(&storm, memory_disk_open(), 12);

    check_all_refuse(&storm, 6, folder_head);
    storm_close(&storm);
}

static void a_second_writer_does_not_get_the_store(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    struct storm storm;
    struct err err = {0};
    struct store *second = NULL;
    const char *names[STORE_TABLES_MAX];
    storm_open(&storm, 1, &sometimes);
    struct store_options options = {.path = "teller1",
                                    .tables = names,
                                    .table_count =
                                        node_tables(storm.tellers[0]->spec->service, names),
                                    .map_bytes = 1U << 20};
    assert_status(store_open_memory(storm.tellers[0]->disk, &options, &second, &err), STATUS_BUSY);
    storm_close(&storm);
}

/* A follower that was put back in time is no danger: it is sent again what it has forgotten. */
static void a_follower_put_back_in_time_catches_up(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    struct storm storm;
    storm_open(&storm, 1, &sometimes);
    sign_many(&storm, 6);
    storm_settle(&storm);
    struct memory_disk *older = memory_disk_copy(storm.folders[1]->disk);
    sign_many(&storm, 6);
    storm_settle(&storm);
    fixture_stop(storm.folders[1]);
    fixture_set_disk(storm.folders[1], older);
    buf_clear(&storm.folders[1]->history);
    fixture_start(storm.folders[1]);
    storm_settle(&storm);

    storm_check(&storm);
    storm_close(&storm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_older_copy_of_a_disk_is_refused_by_its_followers),
        cmocka_unit_test(who_was_put_back_in_time_takes_no_command),
        cmocka_unit_test(who_is_followed_again_takes_commands_again),
        cmocka_unit_test(another_history_of_the_same_journal_is_refused),
        cmocka_unit_test(each_opening_of_a_journal_has_a_higher_epoch),
        cmocka_unit_test(of_two_writers_the_one_opened_later_wins),
        cmocka_unit_test(another_journal_under_the_same_name_is_refused),
        cmocka_unit_test(a_second_writer_does_not_get_the_store),
        cmocka_unit_test(a_follower_put_back_in_time_catches_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
