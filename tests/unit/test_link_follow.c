/* SPDX-License-Identifier: Apache-2.0 */
/* What a follower gets of a journal, how soon, and what it gets again after a break. */
#include "link_world.h"

static void every_record_comes_once_and_in_order(void **state)
{
    struct world *world = *state;
    follow_many(world, 500);
    append_many(&world->daemon, 10);
    catch_up(world);

    assert_int_equal(world->owner.record_count, 510);
    assert_int_equal(producer_session_count(world->producer), 1);
    struct producer_session session;
    producer_get_session(world->producer, 0, &session);
    assert_int_equal(session.acked, 510);
    assert_true(bytes_equal(session.follower, BYTES("notifier")));
}

static void a_committed_record_is_there_in_two_turns(void **state)
{
    struct world *world = *state;
    follow_many(world, 1);

    append_many(&world->daemon, 1);
    (void)turn(world, 0);
    (void)turn(world, 0);

    assert_true(apply_one(world));
}

static void local_records_and_other_topics_are_only_progress(void **state)
{
    struct world *world = *state;
    world->owner.topic = BYTES("water");
    for (uint32_t i = 0; i < 300; i++) {
        append_sized(&world->daemon, i % 5 == 0 ? RECORD_LOCAL : 0, i % 3, 10);
    }
    open_producer(world);
    open_follower(world);

    catch_up(world);

    uint64_t expected = 0;
    for (uint64_t seq = 1; seq <= 300; seq++) {
        expected += is_for(&world->owner, seq);
    }
    assert_int_equal(world->owner.record_count, expected);
    assert_true(expected > 0 && expected < 100);
}

static void credit_stops_a_producer_and_popping_lets_it_go_on(void **state)
{
    struct world *world = *state;
    for (int i = 0; i < 100; i++) {
        append_sized(&world->daemon, 0, 1, 60000);
    }
    open_producer(world);
    open_follower(world);

    for (int i = 0; i < 100; i++) {
        (void)turn(world, 20 * MS);
    }
    struct producer_session session;
    producer_get_session(world->producer, 0, &session);
    assert_int_equal(session.sent, FOLLOWER_CREDIT_BYTES / 60113);

    catch_up(world);
    assert_int_equal(world->owner.record_count, 100);
}

static void what_was_not_made_durable_comes_again_after_a_rewind(void **state)
{
    struct world *world = *state;
    append_many(&world->daemon, 20);
    open_producer(world);
    open_follower(world);
    for (int i = 0; i < 5; i++) {
        (void)turn(world, 20 * MS);
    }
    for (int i = 0; i < 10; i++) {
        assert_true(apply_one(world));
        if (i == 4) {
            commit(world);
        }
    }

    follower_rewind(world->follower);
    world->owner.applied = world->owner.durable;
    catch_up(world);

    assert_int_equal(world->owner.record_count, 25);
}

static void a_restarted_producer_is_followed_again_by_itself(void **state)
{
    struct world *world = *state;
    follow_many(world, 20);

    producer_close(world->producer);
    world->daemon.journal.epoch++;
    append_many(&world->daemon, 20);
    open_producer(world);
    int64_t before_us = world->now.us;
    catch_up(world);

    assert_true(world->now.us - before_us < 2 * US_PER_S);
    assert_int_equal(world->owner.durable.epoch, 2);
}

static void silence_makes_a_follower_begin_again(void **state)
{
    struct world *world = *state;
    follow_many(world, 3);

    memory_network_set_cut(world->network, world->endpoint, true);
    for (int i = 0; i < 40; i++) {
        (void)turn(world, 100 * MS);
    }
    assert_int_equal(state_of(world), FOLLOWER_CONNECTING);
    memory_network_set_cut(world->network, world->endpoint, false);
    append_many(&world->daemon, 3);

    catch_up(world);
}

static void the_newer_of_two_followers_with_one_name_wins(void **state)
{
    struct world *world = *state;
    follow_many(world, 5);
    struct follower *older = world->follower;

    open_follower(world);
    append_many(&world->daemon, 5);
    catch_up(world);

    bool did = false;
    struct follower_view view;
    follower_receive(older, world->now, 64, &did);
    follower_get_view(older, &view);
    assert_int_equal(view.state, FOLLOWER_REPLACED);
    assert_non_null(strstr(view.sentence, "another daemon named 'notifier'"));
    assert_int_equal(producer_session_count(world->producer), 1);
    follower_close(older);
}

static void names_that_are_no_words_are_refused(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    struct transport *transport = NULL;
    struct follower *follower = NULL;
    struct transport_options options = {ENDPOINT, 1000, 10};
    struct follower_options follow = {.name = BYTES("two words"), .producer = BYTES("router")};
    assert_ok(memory_network_connect(world->network, &options, &transport, &err));

    assert_status(follower_open(transport, &follow, &(struct cursor){0}, &follower, &err),
                  STATUS_INVALID);
    transport_close(transport);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(every_record_comes_once_and_in_order),
        IN_WORLD(a_committed_record_is_there_in_two_turns),
        IN_WORLD(local_records_and_other_topics_are_only_progress),
        IN_WORLD(credit_stops_a_producer_and_popping_lets_it_go_on),
        IN_WORLD(what_was_not_made_durable_comes_again_after_a_rewind),
        IN_WORLD(a_restarted_producer_is_followed_again_by_itself),
        IN_WORLD(silence_makes_a_follower_begin_again),
        IN_WORLD(the_newer_of_two_followers_with_one_name_wins),
        IN_WORLD(names_that_are_no_words_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
