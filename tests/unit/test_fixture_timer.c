/* SPDX-License-Identifier: Apache-2.0 */
/* Invariant 8: a timer takes effect at most once, never before it is due, and is not lost by a
 * restart or a step of the clock. */
#include "fixture/fake.h"
#include "fixture/storm.h"

#include "base/endian.h"
#include "messages.h"
#include "runtime/daemon.h"

#define SEEDS 150U
#define ALARMS 40U
#define HORIZON_S 600U

static struct fixture_call *set_alarm(struct storm *storm, uint64_t after_s)
{
    struct ack_command command = {.item = after_s};
    struct fixture_ask ask = {.part = storm->tellers[0],
                              .person = "clerk",
                              .type = &ack_command_type,
                              .message = &command};
    return fixture_ask(storm->fixture, &ask);
}

static void cancel_alarm(struct storm *storm, uint64_t seq)
{
    struct feedback_command command = {.issue = 20260000001,
                                       .generation = (uint32_t)seq,
                                       .mode = 1,
                                       .words = BYTES("never mind"),
                                       .reaction = 1};
    struct fixture_ask ask = {.part = storm->tellers[0],
                              .person = "clerk",
                              .type = &feedback_command_type,
                              .message = &command};
    (void)fixture_ask(storm->fixture, &ask);
}

struct alarm {
    uint64_t due;
    uint64_t fired_at;
    uint64_t times;
};

/* The next alarm after record `seq`; 0 past the last. */
static uint64_t next_alarm(const struct fixture_look *look, uint64_t seq, struct alarm *ret_alarm)
{
    uint8_t bytes[8];
    struct bytes key;
    struct bytes value;
    be64_store(bytes, seq);
    if (!fixture_next_row(look, TELLER_ALARM, bytes_of(bytes, 8), &key, &value)) {
        return 0;
    }
    *ret_alarm =
        (struct alarm){be64_load(value.p), be64_load(value.p + 8), be64_load(value.p + 16)};
    return be64_load(key.p);
}

/* Every alarm fired once if it is due by `now`, at its time or later, and not at all before. */
static void check_alarms(struct storm *storm, bool has_settled)
{
    struct fixture_look look;
    struct alarm alarm;
    uint64_t now = (uint64_t)storm->fixture->now.us;
    fixture_begin_look(storm->tellers[0], &look);
    for (uint64_t seq = next_alarm(&look, 0, &alarm); seq != 0;
         seq = next_alarm(&look, seq, &alarm)) {
        if (alarm.times > 1) {
            fixture_broken(storm->fixture, "alarm %d fired %d times", (int)seq, (int)alarm.times);
        }
        if (alarm.times == 1 && alarm.fired_at < alarm.due) {
            fixture_broken(storm->fixture, "alarm %d fired %d s before it was due", (int)seq,
                           (int)((alarm.due - alarm.fired_at) / 1000000));
        }
        if (has_settled && alarm.due <= now && alarm.times == 0) {
            fixture_broken(storm->fixture, "alarm %d was due and never fired", (int)seq);
        }
        storm->fixture->sometimes->counts[SOMETIMES_TIMER_FIRED] += has_settled && alarm.times;
    }
    fixture_end_look(&look);
}

/* Records of clock events, however the table counts them. */
static void check_events(struct storm *storm)
{
    struct fixture_look look;
    fixture_begin_look(storm->tellers[0], &look);
    uint8_t *fired = calloc(look.journal.head + 1, 1);
    for (uint64_t seq = 1; seq <= look.journal.head; seq++) {
        struct record record;
        assert_true(fixture_read(&look, seq, &record));
        if (record.type == MESSAGE_CLOCK_EVENT) {
            assert_true(record.issue < seq);
            fired[record.issue]++;
        }
        if (record.type == MESSAGE_CLOCK_EVENT && fired[record.issue] > 1) {
            fixture_broken(storm->fixture, "alarm %d fired again as record %d", (int)record.issue,
                           (int)seq);
        }
    }
    free(fired);
    fixture_end_look(&look);
}

static uint64_t pick_alarm(struct storm *storm)
{
    struct fixture_look look;
    struct alarm alarm;
    fixture_begin_look(storm->tellers[0], &look);
    uint64_t seq =
        next_alarm(&look, dice_below(&storm->fixture->dice, look.journal.head + 1), &alarm);
    fixture_end_look(&look);
    return seq;
}

static void work(struct storm *storm, uint32_t alarms, bool does_step_back)
{
    struct fixture *fixture = storm->fixture;
    for (uint32_t i = 0; i < alarms; i++) {
        (void)set_alarm(storm, 1 + dice_below(&fixture->dice, HORIZON_S));
        uint64_t seq = dice_below(&fixture->dice, 4) == 0 ? pick_alarm(storm) : 0;
        if (seq != 0) {
            cancel_alarm(storm, seq);
            fixture->sometimes->counts[SOMETIMES_TIMER_CANCELLED]++;
        }
        fixture_steps(fixture, (uint32_t)dice_below(&fixture->dice, 20));
        int64_t step_us = (int64_t)dice_below(&fixture->dice, 30 * 1000000);
        bool is_back = does_step_back && dice_below(&fixture->dice, 3) == 0;
        fixture_step_clock(fixture,
                           (struct wall){fixture->now.us + (is_back ? -step_us : step_us)});
        check_alarms(storm, false);
    }
}

static void run_alarms(uint64_t seed, struct sometimes *sometimes, bool does_step_back)
{
    struct storm storm;
    storm_open(&storm, seed, sometimes);
    fixture_set_chances(storm.fixture, &storm_weather);
    work(&storm, ALARMS, does_step_back);
    storm_settle(&storm);
    check_alarms(&storm, true);
    fixture_advance_to(storm.fixture, (struct wall){storm.fixture->now.us +
                                                    (2 * HORIZON_S + ALARMS * 30) * 1000000LL});
    check_alarms(&storm, true);
    check_events(&storm);
    check_all(storm.fixture);
    storm_close(&storm);
}

static void run_forward(uint64_t seed, struct sometimes *sometimes)
{
    run_alarms(seed, sometimes, false);
}

static void run_back_and_forth(uint64_t seed, struct sometimes *sometimes)
{
    run_alarms(seed, sometimes, true);
}

static void a_timer_takes_effect_once_and_never_before_it_is_due(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    fixture_each_seed(SEEDS, run_forward, &sometimes);
    sometimes_expect(&sometimes, SOMETIMES_BIT(TIMER_FIRED) | SOMETIMES_BIT(TIMER_CANCELLED) |
                                     SOMETIMES_BIT(CRASH_BEFORE_COMMIT) |
                                     SOMETIMES_BIT(CRASH_AFTER_COMMIT) |
                                     SOMETIMES_BIT(MAP_FULL_REDONE));
}

static void a_timer_is_not_lost_by_a_step_of_the_clock(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    fixture_each_seed(SEEDS, run_back_and_forth, &sometimes);
    sometimes_expect(&sometimes, SOMETIMES_BIT(TIMER_FIRED));
}

static void a_timer_that_fell_due_while_its_daemon_was_down_fires_at_the_next_start(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    struct storm storm;
    storm_open(&storm, 1, &sometimes);
    struct fixture_call *call = set_alarm(&storm, 60);
    storm_settle(&storm);
    fixture_stop(storm.tellers[0]);
    fixture_step_clock(storm.fixture, (struct wall){storm.fixture->now.us + 90 * 1000000});
    fixture_start(storm.tellers[0]);
    storm_settle(&storm);

    struct fixture_look look;
    struct alarm alarm;
    fixture_begin_look(storm.tellers[0], &look);
    assert_int_equal(next_alarm(&look, 0, &alarm), call->change.seq);
    check_alarms(&storm, true);
    assert_int_equal(alarm.fired_at, alarm.due + 30 * 1000000);
    fixture_end_look(&look);
    storm_close(&storm);
}

/* The daemon's process holds timers when the clock cannot be believed. */
static void held_timers_wait_until_the_clock_is_accepted(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    struct storm storm;
    storm_open(&storm, 1, &sometimes);
    (void)set_alarm(&storm, 60);
    storm_settle(&storm);
    daemon_hold_timers(storm.tellers[0]->daemon, true);
    fixture_step_clock(storm.fixture, (struct wall){storm.fixture->now.us + 90 * 1000000});
    fixture_steps(storm.fixture, 500);
    struct fixture_look look;
    struct alarm alarm;
    fixture_begin_look(storm.tellers[0], &look);
    assert_true(next_alarm(&look, 0, &alarm) != 0);
    fixture_end_look(&look);
    assert_int_equal(alarm.times, 0);

    struct clock_accept_command command;
    struct fixture_ask ask = {.part = storm.tellers[0],
                              .person = "operator",
                              .type = &clock_accept_command_type,
                              .message = &command};
    (void)fixture_must(storm.fixture, &ask);
    storm_settle(&storm);
    fixture_begin_look(storm.tellers[0], &look);
    assert_true(next_alarm(&look, 0, &alarm) != 0);
    fixture_end_look(&look);
    assert_int_equal(alarm.times, 1);
    storm_close(&storm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_timer_takes_effect_once_and_never_before_it_is_due),
        cmocka_unit_test(a_timer_is_not_lost_by_a_step_of_the_clock),
        cmocka_unit_test(a_timer_that_fell_due_while_its_daemon_was_down_fires_at_the_next_start),
        cmocka_unit_test(held_timers_wait_until_the_clock_is_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
