/* SPDX-License-Identifier: Apache-2.0 */
/* Invariants 1 and 2: what is acknowledged is durable, and a commit is whole. */
#include "fixture/storm.h"
#include "runtime/daemon.h"

#define SEEDS 200U
#define COMMANDS 60U

/* The check is made at the moment a client hears that its command was accepted (client.c), at the
 * moment a follower's acknowledgement leaves and at the moment a batch arrives (spy.c). */
static void run_acknowledged(uint64_t seed, struct sometimes *sometimes)
{
    static const struct fixture_chances weather = {.crash_before_commit = 40,
                                                   .crash_after_commit = 20,
                                                   .crash_after_replies = 20,
                                                   .commit_lost = 10,
                                                   .commit_kept = 10,
                                                   .drop = 10,
                                                   .repeat = 10};
    struct storm storm;
    storm_open(&storm, seed, sometimes);
    fixture_set_chances(storm.fixture, &weather);
    storm_work(&storm, COMMANDS);
    storm_settle(&storm);
    storm_check(&storm);
    storm_close(&storm);
}

static void nothing_is_acknowledged_before_it_is_durable(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    fixture_each_seed(SEEDS, run_acknowledged, &sometimes);
    sometimes_expect(&sometimes,
                     SOMETIMES_BIT(CRASH_BEFORE_COMMIT) | SOMETIMES_BIT(CRASH_AFTER_COMMIT) |
                         SOMETIMES_BIT(CRASH_AFTER_REPLIES) | SOMETIMES_BIT(COMMIT_LOST) |
                         SOMETIMES_BIT(COMMIT_KEPT) | SOMETIMES_BIT(REPLY_OF_A_REPETITION));
}

/* Looks at the disks as they lie there, whole or not, while everything is under way. */
static void check_disks(struct storm *storm)
{
    for (uint32_t i = 0; i < storm->fixture->part_count; i++) {
        check_fold(&storm->fixture->parts[i]);
        check_causes(&storm->fixture->parts[i]);
    }
    storm_check(storm);
}

static void run_together(uint64_t seed, struct sometimes *sometimes)
{
    struct storm storm;
    storm_open(&storm, seed, sometimes);
    fixture_set_chances(storm.fixture, &storm_weather);
    for (uint32_t i = 0; i < 6; i++) {
        storm_work(&storm, COMMANDS / 6);
        check_disks(&storm);
    }
    storm_settle(&storm);
    storm_check(&storm);
    storm_close(&storm);
}

static void state_cursors_timers_and_events_commit_together(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    fixture_each_seed(SEEDS, run_together, &sometimes);
    sometimes_expect(&sometimes, SOMETIMES_BIT(CRASH_BEFORE_COMMIT) |
                                     SOMETIMES_BIT(CRASH_AFTER_COMMIT) |
                                     SOMETIMES_BIT(MAP_FULL_REDONE) | SOMETIMES_BIT(COMMIT_LOST) |
                                     SOMETIMES_BIT(COMMIT_KEPT) | SOMETIMES_BIT(WAITED_FOR_CAUSE));
}

/* Three events of one command, cut short by a crash at every place: all or none. */
static void a_command_leaves_all_of_its_events_or_none(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    for (uint64_t at = 1; at <= 4; at++) {
        for (int point = POINT_BEFORE_COMMIT; point <= POINT_AFTER_REPLIES; point++) {
            struct storm storm;
            storm_open(&storm, at, &sometimes);
            storm.fixture->script =
                (struct fixture_script){.fault = FAULT_CRASH, .point = point, .at = at};
            struct fixture_call *call = storm_progress(&storm, 0, 20260000001, BYTES("paved"));
            storm_settle(&storm);

            assert_int_equal(call->status, STATUS_OK);
            assert_int_equal(call->change.count, 3);
            storm_check(&storm);
            storm_close(&storm);
        }
    }
}

static struct buf history_of(uint64_t seed, struct sometimes *sometimes)
{
    struct storm storm;
    struct buf history = {0};
    storm_open(&storm, seed, sometimes);
    fixture_set_chances(storm.fixture, &storm_weather);
    storm_work(&storm, COMMANDS);
    storm_settle(&storm);
    storm_check(&storm);
    for (uint32_t i = 0; i < storm.fixture->part_count; i++) {
        buf_append_bytes(&history, buf_bytes(&storm.fixture->parts[i].history));
    }
    storm_close(&storm);
    return history;
}

/* Or no failure could be looked at twice. */
static void a_seed_gives_one_run(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct sometimes first = {{0}};
        struct sometimes second = {{0}};
        struct buf histories[] = {history_of(seed, &first), history_of(seed, &second)};
        assert_true(histories[0].len > 0);
        assert_true(bytes_equal(buf_bytes(&histories[0]), buf_bytes(&histories[1])));
        assert_memory_equal(&first, &second, sizeof first);
        buf_done(&histories[0]);
        buf_done(&histories[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seed_gives_one_run),
        cmocka_unit_test(nothing_is_acknowledged_before_it_is_durable),
        cmocka_unit_test(state_cursors_timers_and_events_commit_together),
        cmocka_unit_test(a_command_leaves_all_of_its_events_or_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
