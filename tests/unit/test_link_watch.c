/* SPDX-License-Identifier: Apache-2.0 */
/* Watchers: who only looks on from the head, by leave, and while there is room. */
#include "link_world.h"

static void a_live_watcher_begins_at_the_head_and_goes_on_after_a_break(void **state)
{
    struct world *world = *state;
    world->is_live = true;
    append_many(&world->daemon, 5);
    open_producer(world);
    open_follower(world);
    for (int i = 0; i < 3; i++) {
        (void)turn(world, 20 * MS);
    }
    assert_false(apply_one(world));

    world->owner.applied.seq = 5;
    append_many(&world->daemon, 1);
    (void)turn(world, 0);
    (void)turn(world, 0);
    assert_true(apply_one(world));
    assert_false(apply_one(world));
    memory_network_set_cut(world->network, world->endpoint, true);
    memory_network_set_cut(world->network, world->endpoint, false);
    append_many(&world->daemon, 2);
    for (int i = 0; i < 100 && world->owner.applied.seq < 8; i++) {
        (void)turn(world, 100 * MS);
        (void)apply_one(world);
    }

    assert_int_equal(world->owner.record_count, 3);
    assert_int_equal(world->daemon.acked, 0);
}

static void a_watcher_without_leave_is_refused(void **state)
{
    struct world *world = *state;
    world->is_live = true;
    world->daemon.may_watch = false;
    open_producer(world);
    open_follower(world);

    expect_refusal(world, "'leader' may not watch this");
}

static void the_oldest_watcher_goes_when_there_is_no_room(void **state)
{
    struct world *world = *state;
    struct follower *followers[PRODUCER_SESSIONS_MAX];
    bool did = false;
    open_producer(world);
    open_follower(world);
    (void)turn(world, 0);
    world->is_live = true;
    for (uint32_t i = 0; i < PRODUCER_SESSIONS_MAX; i++) {
        followers[i] = make_follower(world, &(struct cursor){0});
        follower_receive(followers[i], world->now, 64, &did);
        (void)turn(world, 0);
    }

    assert_int_equal(producer_session_count(world->producer), PRODUCER_SESSIONS_MAX);
    for (uint32_t i = 0; i < PRODUCER_SESSIONS_MAX; i++) {
        struct follower_view view;
        follower_receive(followers[i], world->now, 64, &did);
        follower_get_view(followers[i], &view);
        assert_int_equal(view.state, i == 0 ? FOLLOWER_REFUSED : FOLLOWER_FOLLOWING);
        follower_close(followers[i]);
    }
    (void)turn(world, 0);
    assert_int_equal(state_of(world), FOLLOWER_FOLLOWING);
    (void)turn(world, PRODUCER_PING_MS * MS);
    assert_int_equal(producer_session_count(world->producer), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(a_live_watcher_begins_at_the_head_and_goes_on_after_a_break),
        IN_WORLD(a_watcher_without_leave_is_refused),
        IN_WORLD(the_oldest_watcher_goes_when_there_is_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
