/* SPDX-License-Identifier: Apache-2.0 */
/* Invariant 9: every queue, batch, message and depth has a bound; bytes in flight never exceed the
 * credit that was given (which spy.c also checks on every link of every other run). */
#include "fixture/fake.h"
#include "fixture/storm.h"

#include "base/endian.h"
#include "link/frames.h"
#include "messages.h"
#include "runtime/daemon_state.h"

#define WORDS 2000U
#define PARKED_MAX 4096U

static struct bytes long_words(void)
{
    static char words[WORDS];
    memset(words, 'w', sizeof words);
    return bytes_of(words, sizeof words);
}

/* ---- credit ---- */

/* A follower made by hand, which counts what it is sent. */
struct raw {
    struct fixture *fixture;
    struct transport *transport;
    uint64_t received;
    uint64_t through;
};

static void send_raw(struct raw *raw, const struct message_type *type, const void *message)
{
    struct err err = {0};
    struct buf frame = {0};
    frame_append(type, message, &frame);
    assert_ok(transport_send(raw->transport, NULL, buf_bytes(&frame), &err));
    buf_done(&frame);
}

static void open_raw(struct raw *raw, struct fixture *fixture, uint64_t credit)
{
    struct err err = {0};
    struct transport_options options = {"teller1.journal", LINK_MESSAGE_MAX_BYTES,
                                        LINK_QUEUE_MESSAGES};
    struct hello_frame hello = {
        .protocol = LINK_PROTOCOL, .follower = BYTES("slow"), .credit_until = credit, .session = 1};
    *raw = (struct raw){.fixture = fixture};
    assert_ok(memory_network_connect(fixture->network, &options, &raw->transport, &err));
    send_raw(raw, &hello_frame_type, &hello);
}

static void take_batch(struct raw *raw, struct bytes encoded)
{
    struct batch_frame batch;
    struct entry_part entry;
    struct err err = {0};
    assert_ok(message_decode(&batch_frame_type, encoded, &batch, &err));
    struct list_cursor entries = list_begin(&batch.entries);
    while (list_next_message(&entries, &entry_part_type, &entry)) {
        raw->received += entry.record.len;
    }
    raw->through = batch.through;
}

static void receive_raw(struct raw *raw)
{
    struct arrival arrival;
    struct err err;
    for (uint32_t i = 0; i < 2000; i++) {
        fixture_step(raw->fixture);
        while (transport_receive(raw->transport, &arrival, &err) == STATUS_OK) {
            uint32_t number;
            struct bytes encoded;
            assert_true(frame_split(arrival.message, &number, &encoded));
            if (number == batch_frame_type.number) {
                take_batch(raw, encoded);
            }
        }
    }
}

static void check_credit(const struct raw *raw, uint64_t credit)
{
    if (raw->received > credit) {
        fixture_broken(raw->fixture, "%d bytes were shipped on a credit of %d", (int)raw->received,
                       (int)credit);
    }
}

static void a_producer_ships_no_more_than_the_credit(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    struct storm storm;
    struct raw raw;
    uint64_t credit = 20000;
    storm_open(&storm, 1, &sometimes);
    for (uint32_t i = 0; i < 60; i++) {
        (void)storm_progress(&storm, 0, 20260000001, long_words());
    }
    storm_settle(&storm);
    open_raw(&raw, storm.fixture, credit);
    receive_raw(&raw);
    check_credit(&raw, credit);
    assert_true(raw.received > credit / 2);

    while (raw.through < 180) {
        uint64_t before = raw.received;
        credit += 30000;
        struct ack_frame ack = {.cursor = raw.through, .credit_until = credit, .session = 1};
        send_raw(&raw, &ack_frame_type, &ack);
        receive_raw(&raw);
        check_credit(&raw, credit);
        assert_true(raw.received > before);
    }
    transport_close(raw.transport);
    storm_close(&storm);
}

static void run_slow(uint64_t seed, struct sometimes *sometimes)
{
    struct storm storm;
    storm_open(&storm, seed, sometimes);
    fixture_stop(storm.folders[0]);
    for (uint32_t i = 0; i < 220; i++) {
        (void)storm_progress(&storm, 0, 20260000001, long_words());
        fixture_steps(storm.fixture, 3);
    }
    fixture_run_until_quiet(storm.fixture, FIXTURE_QUIET_STEPS);
    fixture_start(storm.folders[0]);
    fixture_set_chances(storm.fixture, &storm_links);
    fixture_steps(storm.fixture, 500);
    storm_settle(&storm);
    storm_check(&storm);
    storm_close(&storm);
}

static void a_follower_that_was_away_catches_up_within_its_credit(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    fixture_each_seed(4, run_slow, &sometimes);
    sometimes_expect(&sometimes, SOMETIMES_BIT(HELLO_AGAIN));
}

/* ---- batches and doors ---- */

static void a_batch_takes_no_more_commands_than_the_limit(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    struct storm storm;
    storm_open(&storm, 1, &sometimes);
    storm.config->commands_per_batch = 50;
    for (uint32_t i = 0; i < 600; i++) {
        (void)storm_sign(&storm, 1, 20260000001, "civil");
    }
    storm_settle(&storm);

    const struct commit_statistics *statistics = &storm.tellers[1]->daemon->statistics;
    uint32_t most = 0;
    for (uint32_t i = 0; i < statistics->count; i++) {
        most = statistics->inputs[i] > most ? statistics->inputs[i] : most;
    }
    if (most != 50) {
        fixture_broken(storm.fixture, "a batch took %d commands, the limit is 50", (int)most);
    }
    storm_check(&storm);
    storm_close(&storm);
}

static void a_door_closes_when_a_follower_lags_and_opens_when_it_has_caught_up(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    struct storm storm;
    storm_open(&storm, 1, &sometimes);
    storm.config->outbox_records_max = 20;
    storm_settle(&storm);
    fixture_stop(storm.folders[0]);
    uint32_t accepted = 0;
    uint32_t busy = 0;
    for (uint32_t i = 0; i < 60; i++) {
        const struct fixture_call *call = storm_sign(&storm, 1, 20260000001, "civil");
        fixture_run_until_quiet(storm.fixture, FIXTURE_QUIET_STEPS);
        accepted += call->status == STATUS_OK;
        busy += call->status == STATUS_BUSY;
    }
    if (accepted != 21 || busy != 39) {
        fixture_broken(storm.fixture, "%d of 60 were accepted with room for 20, %d were busy",
                       (int)accepted, (int)busy);
    }

    /* What goes on with work that was taken has more room. */
    const struct fixture_call *work = storm_progress(&storm, 1, 20260000001, BYTES("on"));
    fixture_run_until_quiet(storm.fixture, FIXTURE_QUIET_STEPS);
    assert_int_equal(work->status, STATUS_OK);

    fixture_start(storm.folders[0]);
    storm_settle(&storm);
    fixture_steps(storm.fixture, 500); /* until its acknowledgement has come */
    const struct fixture_call *later = storm_sign(&storm, 1, 20260000001, "civil");
    storm_settle(&storm);
    assert_int_equal(later->status, STATUS_OK);
    storm_check(&storm);
    storm_close(&storm);
}

static void no_more_requests_wait_than_there_are_places(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    struct storm storm;
    storm_open(&storm, 1, &sometimes);
    struct sign_command command = {.issue = 20260000001, .department = BYTES("civil")};
    struct fixture_ask ask = {.part = storm.tellers[0],
                              .person = "clerk",
                              .type = &sign_command_type,
                              .message = &command,
                              .after = {.journal = {{1}}, .seq = 1}};
    for (uint32_t i = 0; i < PARKED_MAX + 100; i++) {
        (void)fixture_ask(storm.fixture, &ask);
        if (i % 100 == 0) {
            fixture_steps(storm.fixture, 20);
        }
        assert_true(storm.tellers[0]->daemon->parked.count <= PARKED_MAX);
    }
    storm_settle(&storm);
    storm_check(&storm);
    sometimes_expect(&sometimes, SOMETIMES_BIT(COMMAND_BUSY));
    storm_close(&storm);
}

/* ---- messages ---- */

static void a_message_beyond_its_limit_is_refused_whole(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    struct storm storm;
    storm_open(&storm, 1, &sometimes);
    /* One character more than a text may have, so encoded by hand: id 3, a str16. */
    struct fixture_call *call = storm_progress(&storm, 0, 20260000001, long_words());
    struct bytes good = buf_bytes(&call->message);
    uint8_t *bytes = malloc(good.len + 1);
    memcpy(bytes, good.p, good.len);
    bytes[good.len] = 'w';
    size_t at = good.len - WORDS - 2;
    assert_int_equal(be16_load(bytes + at), WORDS);
    be16_store(bytes + at, WORDS + 1);
    struct progress_command command;
    struct err err = {0};
    assert_status(
        message_decode(&progress_command_type, bytes_of(bytes, good.len + 1), &command, &err),
        STATUS_INVALID);
    free(bytes);
    storm_settle(&storm);
    storm_close(&storm);
}

/* ---- depth ---- */

/* Two daemons that answer each other for ever, but not their dead letters. */
static void a_chain_of_causes_ends_at_its_limit(void **state)
{
    (void)state;
    static const struct fixture_daemon daemons[] = {
        {.name = "echo1", .service = &echo_service, .follows = {{.producer = "echo2"}}},
        {.name = "echo2", .service = &echo_service, .follows = {{.producer = "echo1"}}},
    };
    struct sometimes sometimes = {{0}};
    struct config *config = storm_config();
    struct fixture_options options = {.seed = 1,
                                      .daemons = daemons,
                                      .daemon_count = 2,
                                      .config = config,
                                      .now.us = INT64_C(1790000000) * US_PER_S,
                                      .sometimes = &sometimes};
    struct fixture *fixture = fixture_open(&options);
    struct feedback_command command = {
        .issue = 20260000001, .mode = 1, .words = BYTES("hello"), .reaction = 1};
    struct fixture_ask ask = {.part = &fixture->parts[0],
                              .person = "clerk",
                              .type = &feedback_command_type,
                              .message = &command};
    for (uint32_t i = 0; i < 3; i++) {
        (void)fixture_must(fixture, &ask);
        fixture_run_until_quiet(fixture, FIXTURE_QUIET_STEPS);
    }

    uint32_t told = 0;
    uint32_t dead = 0;
    for (uint32_t i = 0; i < 2; i++) {
        struct fixture_look look;
        struct record record;
        fixture_begin_look(&fixture->parts[i], &look);
        for (uint64_t seq = 1; seq <= look.journal.head; seq++) {
            assert_true(fixture_read(&look, seq, &record));
            assert_true(record.depth <= RECORD_DEPTH_MAX);
            told += record.type == MESSAGE_TOLD_EVENT;
            dead += record.type == MESSAGE_DEAD_LETTERED_EVENT;
        }
        fixture_end_look(&look);
    }
    assert_true(told > RECORD_DEPTH_MAX && told <= 3 * RECORD_DEPTH_MAX);
    assert_int_equal(dead, 3);
    fixture_close(fixture);
    free(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_producer_ships_no_more_than_the_credit),
        cmocka_unit_test(a_follower_that_was_away_catches_up_within_its_credit),
        cmocka_unit_test(a_batch_takes_no_more_commands_than_the_limit),
        cmocka_unit_test(a_door_closes_when_a_follower_lags_and_opens_when_it_has_caught_up),
        cmocka_unit_test(no_more_requests_wait_than_there_are_places),
        cmocka_unit_test(a_message_beyond_its_limit_is_refused_whole),
        cmocka_unit_test(a_chain_of_causes_ends_at_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
