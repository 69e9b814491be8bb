/* SPDX-License-Identifier: Apache-2.0 */
/* A journal that is not the one that was followed, or is damaged, stops the link and says so. */
#include "link_world.h"

/* Of 20 records that the follower has, the producer's next opening knows 12. */
static void follow_then_lose_some(struct world *world)
{
    follow_many(world, 20);
    producer_close(world->producer);
    world->daemon.journal.epoch++;
    world->daemon.journal.head = 12;
    open_producer(world);
}

static void an_older_journal_is_refused(void **state)
{
    struct world *world = *state;
    follow_then_lose_some(world);

    expect_refusal(world, "its head is 12 but 'notifier' has applied 20");
    assert_non_null(strstr(sentence_of(world), "the whole instance from one copy"));
    assert_int_equal(world->daemon.other_pasts, 1);
}

static void a_producer_that_starts_again_hears_what_was_seen_too(void **state)
{
    struct world *world = *state;
    follow_then_lose_some(world);
    expect_refusal(world, "its head is 12");

    producer_close(world->producer);
    world->daemon.journal.epoch++;
    world->daemon.other_pasts = 0;
    open_producer(world);
    for (int i = 0; i < 2500 && world->daemon.other_pasts == 0; i++) {
        (void)turn(world, MS);
    }

    assert_int_equal(world->daemon.other_pasts, 1);
    assert_int_equal(state_of(world), FOLLOWER_REFUSED);
}

static void a_journal_that_was_put_right_is_followed_again(void **state)
{
    struct world *world = *state;
    follow_then_lose_some(world);
    expect_refusal(world, "its head is 12");

    producer_close(world->producer);
    world->daemon.journal.epoch++;
    world->daemon.journal.head = 20;
    append_many(&world->daemon, 5);
    open_producer(world);
    catch_up(world);

    assert_int_equal(state_of(world), FOLLOWER_FOLLOWING);
    assert_string_equal(sentence_of(world), "");
    assert_int_equal(world->owner.durable.seq, 25);
}

static void another_journal_is_refused(void **state)
{
    struct world *world = *state;
    follow_many(world, 5);

    producer_close(world->producer);
    world->daemon.journal.epoch++;
    world->daemon.journal.id = (struct id){{8}};
    open_producer(world);

    expect_refusal(world, "journal 08000000-");
}

static void a_lower_epoch_is_refused(void **state)
{
    struct world *world = *state;
    world->daemon.journal.epoch = 5;
    follow_many(world, 5);

    producer_close(world->producer);
    world->daemon.journal.epoch = 4;
    open_producer(world);

    expect_refusal(world, "this is its opening 4");
}

static void another_history_is_refused(void **state)
{
    struct world *world = *state;
    append_many(&world->daemon, 20);
    world->owner.durable = (struct cursor){.journal = world->daemon.journal.id, .seq = 7};
    memset(world->owner.durable.chain, 0xaa, CHAIN_BYTES);
    open_producer(world);
    open_follower(world);

    expect_refusal(world, "record 7 is not the one that 'notifier' has applied");
}

static void a_trimmed_journal_asks_for_a_snapshot(void **state)
{
    struct world *world = *state;
    append_many(&world->daemon, 20);
    world->daemon.trimmed = 3;
    open_producer(world);
    open_follower(world);

    expect_refusal(world, "record 1 is not in the journal");
    uint64_t session = world->follower->session;
    for (int i = 0; i < 20000; i++) {
        (void)turn(world, MS);
    }
    assert_int_equal(state_of(world), FOLLOWER_REFUSED);
    assert_int_equal(world->follower->session, session);
}

static void damage_that_stays_stops_the_link_at_the_third_time(void **state)
{
    struct world *world = *state;
    append_many(&world->daemon, 20);
    world->daemon.damaged = 13;
    open_producer(world);
    open_follower(world);

    expect_refusal(world, "record 13 is damaged: its checksum is wrong");
    assert_non_null(strstr(sentence_of(world), "lianhu audit verify"));
}

static void a_whole_record_of_another_place_is_damage_too(void **state)
{
    struct world *world = *state;
    append_many(&world->daemon, 20);
    world->daemon.swapped = 13;
    open_producer(world);
    open_follower(world);

    expect_refusal(world, "record 13 does not follow from the one before it");
}

static void damage_that_passes_is_got_over(void **state)
{
    struct world *world = *state;
    append_many(&world->daemon, 20);
    world->daemon.damaged = 13;
    open_producer(world);
    open_follower(world);
    for (int i = 0; i < 100 && world->follower->fault_count < 1; i++) {
        (void)turn(world, MS);
    }
    assert_int_equal(world->follower->fault_count, 1);

    world->daemon.damaged = 0;
    catch_up(world);

    assert_int_equal(world->follower->fault_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(an_older_journal_is_refused),
        IN_WORLD(a_producer_that_starts_again_hears_what_was_seen_too),
        IN_WORLD(a_journal_that_was_put_right_is_followed_again),
        IN_WORLD(another_journal_is_refused),
        IN_WORLD(a_lower_epoch_is_refused),
        IN_WORLD(another_history_is_refused),
        IN_WORLD(a_trimmed_journal_asks_for_a_snapshot),
        IN_WORLD(damage_that_stays_stops_the_link_at_the_third_time),
        IN_WORLD(a_whole_record_of_another_place_is_damage_too),
        IN_WORLD(damage_that_passes_is_got_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
