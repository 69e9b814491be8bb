/* SPDX-License-Identifier: Apache-2.0 */
/* Records that wait to go together to a follower that allows it. */
#include "link_world.h"

#define LINGER_MS 30

static uint64_t sent_of(const struct world *world)
{
    struct producer_session session;
    producer_get_session(world->producer, 0, &session);
    return session.sent;
}

/* A follower that allows it, and has everything there is. */
static void open_lingering(struct world *world, int count)
{
    world->linger_ms = LINGER_MS;
    follow_many(world, count);
}

static void records_are_held_back_for_as_long_as_a_follower_allows(void **state)
{
    struct world *world = *state;
    open_lingering(world, 20);
    append_many(&world->daemon, 1);

    (void)turn(world, 0);
    append_many(&world->daemon, 1);
    (void)turn(world, (LINGER_MS - 1) * MS);
    assert_int_equal(sent_of(world), 20);
    assert_int_equal(producer_next_at(world->producer).us, world->now.us + MS);
    (void)turn(world, MS);
    assert_int_equal(sent_of(world), 22);
    assert_int_equal(producer_next_at(world->producer).us, 0);
    catch_up(world);
}

static void whoever_waits_gets_what_is_held_back_at_once(void **state)
{
    struct world *world = *state;
    open_lingering(world, 20);
    append_many(&world->daemon, 1);
    (void)turn(world, 0);
    assert_int_equal(sent_of(world), 20);

    follower_hurry(world->follower);
    (void)turn(world, 0);
    assert_int_equal(sent_of(world), 21);
}

static void many_records_are_not_held_back(void **state)
{
    struct world *world = *state;
    open_lingering(world, 20);
    append_many(&world->daemon, 1000);

    (void)turn(world, 0);
    assert_int_equal(sent_of(world), 1020);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(records_are_held_back_for_as_long_as_a_follower_allows),
        IN_WORLD(whoever_waits_gets_what_is_held_back_at_once),
        IN_WORLD(many_records_are_not_held_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
