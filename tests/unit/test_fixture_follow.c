/* SPDX-License-Identifier: Apache-2.0 */
/* Invariant 3: from each journal a follower applies 1..n, contiguous, each once. */
#include "fixture/storm.h"
#include "runtime/node.h"

#define SEEDS 200U
#define COMMANDS 60U

static void run_links(uint64_t seed, struct sometimes *sometimes)
{
    struct storm storm;
    storm_open(&storm, seed, sometimes);
    fixture_set_chances(storm.fixture, &storm_links);
    storm_work(&storm, COMMANDS);
    storm_check(&storm);
    storm_settle(&storm);
    storm_check(&storm);
    storm_close(&storm);
}

static void a_follower_applies_each_record_once_whatever_the_link_does(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    fixture_each_seed(SEEDS, run_links, &sometimes);
    sometimes_expect(&sometimes, SOMETIMES_BIT(HELLO_AGAIN) | SOMETIMES_BIT(BATCH_REPEATED) |
                                     SOMETIMES_BIT(BATCH_LOST) | SOMETIMES_BIT(CUT) |
                                     SOMETIMES_BIT(WAITED_FOR_CAUSE));
}

static void run_weather(uint64_t seed, struct sometimes *sometimes)
{
    struct storm storm;
    storm_open(&storm, seed, sometimes);
    fixture_set_chances(storm.fixture, &storm_weather);
    storm_work(&storm, COMMANDS);
    storm_settle(&storm);
    storm_check(&storm);
    storm_close(&storm);
}

static void a_follower_applies_each_record_once_although_both_ends_crash(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    fixture_each_seed(SEEDS, run_weather, &sometimes);
    sometimes_expect(&sometimes, SOMETIMES_BIT(HELLO_AGAIN) | SOMETIMES_BIT(CRASH_BETWEEN_TURNS) |
                                     SOMETIMES_BIT(CRASH_AFTER_COMMIT) |
                                     SOMETIMES_BIT(MAP_FULL_REDONE));
}

/* The record of `look` that was caused by record `seq` of `journal`; 0 when there is none. */
static uint64_t find_effect(const struct fixture_look *look, const struct id *journal, uint64_t seq)
{
    for (uint64_t own = 1; own <= look->journal.head; own++) {
        struct record record;
        assert_true(fixture_read(look, own, &record));
        if ((record.flags & RECORD_BY_RECORD) != 0 && record.cause.seq == seq &&
            id_equal(&record.cause.journal, journal)) {
            return own;
        }
    }
    return 0;
}

/* folder2 hears of a signature twice: from the teller, and as what folder1 made of it. */
static void check_order(struct storm *storm)
{
    struct fixture_look teller;
    struct fixture_look middle;
    struct fixture_look last;
    fixture_begin_look(storm->tellers[0], &teller);
    fixture_begin_look(storm->folders[0], &middle);
    fixture_begin_look(storm->folders[1], &last);
    for (uint64_t own = 1; own <= last.journal.head; own++) {
        struct record record;
        struct record cause;
        assert_true(fixture_read(&last, own, &record));
        if (!id_equal(&record.cause.journal, &middle.journal.id)) {
            continue;
        }
        assert_true(fixture_read(&middle, record.cause.seq, &cause));
        if (id_equal(&cause.cause.journal, &teller.journal.id)) {
            uint64_t first = find_effect(&last, &teller.journal.id, cause.cause.seq);
            if (first > own) {
                fixture_broken(storm->fixture,
                               "folder2 took as record %d what came of its record %d", (int)own,
                               (int)first);
            }
        }
    }
    fixture_end_look(&last);
    fixture_end_look(&middle);
    fixture_end_look(&teller);
}

static void run_causes(uint64_t seed, struct sometimes *sometimes)
{
    struct storm storm;
    storm_open(&storm, seed, sometimes);
    fixture_set_chances(storm.fixture, &storm_weather);
    storm_work(&storm, COMMANDS);
    storm_settle(&storm);
    check_order(&storm);
    storm_close(&storm);
}

static void no_effect_is_seen_before_its_cause(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    fixture_each_seed(SEEDS, run_causes, &sometimes);
    sometimes_expect(&sometimes, SOMETIMES_BIT(WAITED_FOR_CAUSE));
}

static void a_follower_of_one_section_moves_past_the_others(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    struct storm storm;
    storm_open(&storm, 1, &sometimes);
    for (uint32_t i = 0; i < 40; i++) {
        (void)storm_sign(&storm, 0, 20260000001, i % 10 == 0 ? "urban" : "civil");
    }
    storm_settle(&storm);

    storm_check(&storm);
    struct fixture_look look;
    struct fixture_look source;
    fixture_begin_look(storm.folders[1], &look);
    fixture_begin_look(storm.tellers[0], &source);
    uint64_t effects = 0;
    for (uint64_t seq = 1; seq <= source.journal.head; seq++) {
        effects += find_effect(&look, &source.journal.id, seq) != 0;
    }
    assert_int_equal(source.journal.head, 41); /* the adopted configuration comes first */
    assert_int_equal(effects, 4);
    fixture_end_look(&source);
    fixture_end_look(&look);
    storm_close(&storm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_follower_applies_each_record_once_whatever_the_link_does),
        cmocka_unit_test(a_follower_applies_each_record_once_although_both_ends_crash),
        cmocka_unit_test(no_effect_is_seen_before_its_cause),
        cmocka_unit_test(a_follower_of_one_section_moves_past_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
