/* SPDX-License-Identifier: Apache-2.0 */
#include "link_world.h"

#include <time.h>
#include <unistd.h>

static void every_record_comes_once_and_in_order(void **state)
{
    struct world *world = *state;
    append_many(&world->daemon, 500);
    open_producer(world);
    open_follower(world);

    catch_up(world);
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
    append_many(&world->daemon, 1);
    open_producer(world);
    open_follower(world);
    catch_up(world);

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
    append_many(&world->daemon, 20);
    open_producer(world);
    open_follower(world);
    catch_up(world);

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
    append_many(&world->daemon, 3);
    open_producer(world);
    open_follower(world);
    catch_up(world);

    memory_network_set_cut(world->network, world->endpoint, true);
    for (int i = 0; i < 40; i++) {
        (void)turn(world, 100 * MS);
    }
    assert_int_equal(state_of(world), FOLLOWER_CONNECTING);
    memory_network_set_cut(world->network, world->endpoint, false);
    append_many(&world->daemon, 3);

    catch_up(world);
}

static void run_until_final(struct world *world)
{
    for (int i = 0; i < 400 && state_of(world) < FOLLOWER_REFUSED; i++) {
        (void)turn(world, 50 * MS);
        while (apply_one(world)) {
        }
    }
}

static void expect_refusal(struct world *world, const char *part)
{
    run_until_final(world);
    assert_int_equal(state_of(world), FOLLOWER_REFUSED);
    if (strstr(sentence_of(world), part) == NULL) {
        fail_msg("'%s' is not in '%s'", part, sentence_of(world));
    }
    assert_non_null(strstr(sentence_of(world), "router"));
    struct followed followed;
    assert_int_equal(follower_peek(world->follower, &followed), STATUS_AGAIN);
}

static void an_older_journal_is_refused(void **state)
{
    struct world *world = *state;
    append_many(&world->daemon, 20);
    open_producer(world);
    open_follower(world);
    catch_up(world);

    producer_close(world->producer);
    world->daemon.journal.epoch++;
    world->daemon.journal.head = 12;
    open_producer(world);

    expect_refusal(world, "its head is 12 but 'notifier' has applied 20");
    assert_non_null(strstr(sentence_of(world), "the whole instance from one copy"));
}

static void another_journal_is_refused(void **state)
{
    struct world *world = *state;
    append_many(&world->daemon, 5);
    open_producer(world);
    open_follower(world);
    catch_up(world);

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
    append_many(&world->daemon, 5);
    open_producer(world);
    open_follower(world);
    catch_up(world);

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

static void the_newer_of_two_followers_with_one_name_wins(void **state)
{
    struct world *world = *state;
    append_many(&world->daemon, 5);
    open_producer(world);
    open_follower(world);
    catch_up(world);
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

static uint64_t always(void *user)
{
    (void)user;
    return 0;
}

static void a_lost_batch_is_noticed_although_none_follows(void **state)
{
    struct world *world = *state;
    append_many(&world->daemon, 5);
    open_producer(world);
    open_follower(world);
    catch_up(world);
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
        IN_WORLD(every_record_comes_once_and_in_order),
        IN_WORLD(a_committed_record_is_there_in_two_turns),
        IN_WORLD(local_records_and_other_topics_are_only_progress),
        IN_WORLD(credit_stops_a_producer_and_popping_lets_it_go_on),
        IN_WORLD(what_was_not_made_durable_comes_again_after_a_rewind),
        IN_WORLD(a_restarted_producer_is_followed_again_by_itself),
        IN_WORLD(silence_makes_a_follower_begin_again),
        IN_WORLD(an_older_journal_is_refused),
        IN_WORLD(another_journal_is_refused),
        IN_WORLD(a_lower_epoch_is_refused),
        IN_WORLD(another_history_is_refused),
        IN_WORLD(a_trimmed_journal_asks_for_a_snapshot),
        IN_WORLD(damage_that_stays_stops_the_link_at_the_third_time),
        IN_WORLD(a_whole_record_of_another_place_is_damage_too),
        IN_WORLD(damage_that_passes_is_got_over),
        IN_WORLD(a_lost_batch_is_noticed_although_none_follows),
        IN_WORLD(repeated_frames_do_not_disturb_a_session),
        IN_WORLD(the_newer_of_two_followers_with_one_name_wins),
        IN_WORLD(a_live_watcher_begins_at_the_head_and_goes_on_after_a_break),
        IN_WORLD(a_watcher_without_leave_is_refused),
        IN_WORLD(the_oldest_watcher_goes_when_there_is_no_room),
        IN_WORLD(names_that_are_no_words_are_refused),
        IN_WORLD(all_arrives_once_whatever_the_network_does),
        IN_WORLD(a_filtered_follower_gets_its_own_whatever_the_network_does),
        IN_WORLD(all_arrives_on_a_terrible_network),
        IN_WORLD(all_arrives_over_zeromq),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
