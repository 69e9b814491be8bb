/* SPDX-License-Identifier: Apache-2.0 */
/* Everything arrives once and in order, whatever the network loses, repeats or cuts off, and over
 * ZeroMQ. */
#include "link_world.h"

#include <unistd.h>

static uint64_t always(void *user)
{
    (void)user;
    return 0;
}

static void a_lost_batch_is_noticed_although_none_follows(void **state)
{
    struct world *world = *state;
    follow_many(world, 5);
    bool did = false;
    append_many(&world->daemon, 1);
    memory_network_set_faults(world->network,
                              &(struct memory_faults){.drop_permille = 1, .random = always});
    producer_ship(world->producer, world->now, &did);
    memory_network_set_faults(world->network, &(struct memory_faults){0});
    assert_true(did);

    int64_t before_us = world->now.us;
    catch_up(world);
    assert_true(world->now.us - before_us < US_PER_S);
}

static void repeated_frames_do_not_disturb_a_session(void **state)
{
    struct world *world = *state;
    memory_network_set_faults(world->network,
                              &(struct memory_faults){.repeat_permille = 1, .random = always});
    open_producer(world);
    open_follower(world);
    for (int i = 0; i < 20; i++) {
        append_many(&world->daemon, 10);
        catch_up(world);
    }

    assert_int_equal(world->follower->session, 1);
    assert_int_equal(world->owner.record_count, 200);
}

static uint64_t roll(void *user)
{
    return dice_next(user);
}

static void append_at_random(struct world *world)
{
    uint64_t count = dice_below(&world->dice, 20);
    for (uint64_t i = 0; i < count && world->daemon.journal.head + 1 < RECORDS_MAX; i++) {
        size_t len = dice_below(&world->dice, 30) == 0 ? dice_below(&world->dice, 65000)
                                                       : dice_below(&world->dice, 300);
        append_sized(&world->daemon, dice_below(&world->dice, 4) == 0 ? RECORD_LOCAL : 0,
                     (uint32_t)dice_below(&world->dice, 3), len);
    }
}

static void restart_follower(struct world *world)
{
    follower_close(world->follower);
    open_follower(world);
}

static void restart_producer(struct world *world)
{
    producer_close(world->producer);
    world->daemon.journal.epoch++;
    open_producer(world);
}

static void rewind_follower(struct world *world)
{
    follower_rewind(world->follower);
    world->owner.applied = world->owner.durable;
}

static void toggle_cut(struct world *world)
{
    memory_network_set_cut(world->network, world->endpoint, dice_below(&world->dice, 3) == 0);
}

static void apply_some(struct world *world)
{
    for (uint64_t i = dice_below(&world->dice, 40); i > 0 && apply_one(world); i--) {
    }
}

static void one_random_step(struct world *world)
{
    static const struct {
        uint32_t permille;
        void (*play)(struct world *world);
    } plays[] = {
        {60, append_at_random}, {500, apply_some},     {300, commit},    {4, restart_follower},
        {4, restart_producer},  {10, rewind_follower}, {20, toggle_cut},
    };
    (void)turn(world, (int64_t)dice_below(&world->dice, 200) * MS);
    for (size_t i = 0; i < sizeof(plays) / sizeof(plays[0]); i++) {
        if (dice_below(&world->dice, 1000) < plays[i].permille) {
            plays[i].play(world);
        }
    }
}

static void play_at_random(struct world *world, struct bytes topic, uint32_t permille)
{
    world->owner.topic = topic;
    struct memory_faults faults = {.drop_permille = permille,
                                   .repeat_permille = permille,
                                   .reset_permille = permille / 2,
                                   .random = roll,
                                   .user = &world->dice};
    memory_network_set_faults(world->network, &faults);
    open_producer(world);
    open_follower(world);
    for (int i = 0; i < 3000; i++) {
        one_random_step(world);
    }
    memory_network_set_faults(world->network, &(struct memory_faults){0});
    memory_network_set_cut(world->network, world->endpoint, false);
    catch_up(world);
    assert_true(world->owner.record_count > 0);
}

static void all_arrives_once_whatever_the_network_does(void **state)
{
    struct world *world = *state;
    world->dice = dice_open(20261122);
    play_at_random(world, (struct bytes){NULL, 0}, 30);
}

static void a_filtered_follower_gets_its_own_whatever_the_network_does(void **state)
{
    struct world *world = *state;
    world->dice = dice_open(42);
    play_at_random(world, BYTES("roads"), 30);
}

static void all_arrives_on_a_terrible_network(void **state)
{
    struct world *world = *state;
    world->dice = dice_open(7);
    play_at_random(world, (struct bytes){NULL, 0}, 200);
}

static void all_arrives_over_zeromq(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    assert_ok(transport_context_open(&world->context, &err));
    (void)snprintf(world->endpoint, sizeof(world->endpoint), "ipc:///tmp/test_follow_%d",
                   (int)getpid());
    for (uint32_t i = 0; i < 2000; i++) {
        append_sized(&world->daemon, i % 7 == 0 ? RECORD_LOCAL : 0, i % 3, i * 37 % 5000);
    }
    open_producer(world);
    open_follower(world);

    for (int restarts = 0; restarts < 3; restarts++) {
        for (int i = 0; i < 20000 && world->owner.durable.seq < 600U * (uint32_t)(restarts + 1);
             i++) {
            (void)turn(world, MS);
            wait_a_little(world);
            for (int k = 0; k < 3 && apply_one(world); k++) {
            }
            commit(world);
        }
        restart_producer(world);
        restart_follower(world);
    }
    for (int i = 0; i < 20000 && world->daemon.acked < 2000; i++) {
        (void)turn(world, MS);
        wait_a_little(world);
        while (apply_one(world)) {
        }
        commit(world);
    }

    assert_int_equal(world->owner.durable.seq, 2000);
    assert_int_equal(world->daemon.acked, 2000);
    (void)unlink(world->endpoint + strlen("ipc://"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(a_lost_batch_is_noticed_although_none_follows),
        IN_WORLD(repeated_frames_do_not_disturb_a_session),
        IN_WORLD(all_arrives_once_whatever_the_network_does),
        IN_WORLD(a_filtered_follower_gets_its_own_whatever_the_network_does),
        IN_WORLD(all_arrives_on_a_terrible_network),
        IN_WORLD(all_arrives_over_zeromq),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
