/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "rpc/rpc.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#define MESSAGE_MAX (1U << 20)
#define QUEUE 64U
#define TIMEOUT_MS 10000

/* Over the in-process network the test is the daemon; over ZeroMQ a thread is. */
struct world {
    struct memory_network *network;
    struct transport *server;
    struct rpc_client *client;
};

static int open_world(void **state)
{
    struct err err = {0};
    struct world *world = calloc(1, sizeof(*world));
    struct transport *transport = NULL;
    struct transport_options options = {"intake.rpc", MESSAGE_MAX, QUEUE};
    world->network = memory_network_open();
    assert_ok(memory_network_serve(world->network, &options, &world->server, &err));
    assert_ok(memory_network_connect(world->network, &options, &transport, &err));
    assert_ok(rpc_client_open(transport, &world->client, &err));
    *state = world;
    return 0;
}

static int close_world(void **state)
{
    struct world *world = *state;
    rpc_client_close(world->client);
    transport_close(world->server);
    memory_network_close(world->network);
    free(world);
    return 0;
}

static const struct change_reply body = {.issue = 20260000042, .seq = 7, .count = 1};

static struct rpc_request make_request(uint64_t tag)
{
    return (struct rpc_request){
        .type = &change_reply_type, .message = &body, .person = BYTES("c-001"), .tag = tag};
}

static void receive_request(struct transport *server, struct arrival *arrival,
                            struct request_frame *ret_request)
{
    struct err err = {0};
    assert_ok(transport_receive(server, arrival, &err));
    assert_ok(message_decode(&request_frame_type, arrival->message, ret_request, &err));
}

static void answer(struct transport *server, const struct peer *peer, uint64_t tag, uint64_t seq)
{
    struct err err = {0};
    struct buf frame = {0};
    struct reply_frame reply = {
        .protocol = RPC_PROTOCOL, .status = REPLY_STATUS_OK, .tag = tag, .seq = seq};
    message_append(&reply_frame_type, &reply, PART_ALL, &frame);
    assert_ok(transport_send(server, peer, buf_bytes(&frame), &err));
    buf_done(&frame);
}

static void a_request_says_who_asks_what_and_after_what(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    struct rpc_request request = make_request(9);
    request.request = rpc_make_id();
    request.after = (struct position){.journal = {{3}}, .seq = 12};
    request.wait_ms = 2000;

    assert_ok(rpc_client_send(world->client, &request, &err));

    struct arrival arrival;
    struct request_frame frame;
    struct change_reply payload;
    receive_request(world->server, &arrival, &frame);
    assert_int_equal(frame.protocol, 1);
    assert_int_equal(frame.type, change_reply_type.number);
    assert_true(id_equal(&frame.request, &request.request));
    assert_true(bytes_equal(frame.person, BYTES("c-001")));
    assert_int_equal(frame.tag, 9);
    assert_true(id_equal(&frame.after_journal, &request.after.journal));
    assert_int_equal(frame.after_seq, 12);
    assert_int_equal(frame.wait_ms, 2000);
    assert_ok(message_decode(&change_reply_type, frame.payload, &payload, &err));
    assert_int_equal(payload.issue, body.issue);
}

static void replies_come_in_any_order_with_their_tags(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    struct arrival arrival;
    struct request_frame frame;
    for (uint64_t tag = 1; tag <= 3; tag++) {
        struct rpc_request request = make_request(tag);
        assert_ok(rpc_client_send(world->client, &request, &err));
        receive_request(world->server, &arrival, &frame);
    }

    struct reply_frame reply;
    assert_status(rpc_client_receive(world->client, &reply, &err), STATUS_AGAIN);
    answer(world->server, &arrival.peer, 3, 30);
    answer(world->server, &arrival.peer, 1, 10);

    assert_ok(rpc_client_receive(world->client, &reply, &err));
    assert_int_equal(reply.tag, 3);
    assert_int_equal(reply.seq, 30);
    assert_ok(rpc_client_receive(world->client, &reply, &err));
    assert_int_equal(reply.tag, 1);
    assert_status(rpc_client_receive(world->client, &reply, &err), STATUS_AGAIN);
}

static void a_frame_that_is_no_reply_is_corrupt(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    struct arrival arrival;
    struct request_frame frame;
    struct reply_frame reply;
    struct rpc_request request = make_request(1);
    assert_ok(rpc_client_send(world->client, &request, &err));
    receive_request(world->server, &arrival, &frame);

    assert_ok(transport_send(world->server, &arrival.peer, BYTES("\xff nonsense"), &err));
    assert_status(rpc_client_receive(world->client, &reply, &err), STATUS_CORRUPT);

    struct buf newer = {0};
    struct reply_frame two = {.protocol = 2, .status = REPLY_STATUS_OK};
    message_append(&reply_frame_type, &two, PART_ALL, &newer);
    assert_ok(transport_send(world->server, &arrival.peer, buf_bytes(&newer), &err));
    assert_status(rpc_client_receive(world->client, &reply, &err), STATUS_CORRUPT);
    buf_done(&newer);
}

static void a_person_that_is_no_word_is_refused(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    struct rpc_request request = make_request(1);
    request.person = BYTES("");

    assert_status(rpc_client_send(world->client, &request, &err), STATUS_INVALID);
}

static void a_full_queue_says_again(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    struct rpc_request request = make_request(1);
    for (uint32_t i = 0; i < QUEUE; i++) {
        assert_ok(rpc_client_send(world->client, &request, &err));
    }

    assert_status(rpc_client_send(world->client, &request, &err), STATUS_AGAIN);
}

static void silence_is_unavailable_for_a_query_and_unknown_for_a_command(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    struct reply_frame reply;
    struct rpc_request query = make_request(0);
    struct rpc_request command = make_request(0);
    command.request = rpc_make_id();

    assert_status(rpc_client_call(world->client, &query, 20, &reply, &err), STATUS_UNAVAILABLE);
    assert_status(rpc_client_call(world->client, &command, 20, &reply, &err), STATUS_UNKNOWN);

    char text[ID_TEXT_BYTES];
    id_format(&command.request, text);
    assert_non_null(strstr(err.text, text));
}

static void a_command_that_was_never_sent_is_unavailable(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    struct reply_frame reply;
    struct rpc_request command = make_request(0);
    command.request = rpc_make_id();
    transport_close(world->server);
    world->server = NULL;

    assert_status(rpc_client_call(world->client, &command, 20, &reply, &err), STATUS_UNAVAILABLE);
}

static void a_call_is_not_answered_by_an_earlier_one(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    struct arrival arrival;
    struct request_frame frame;
    struct reply_frame reply;
    struct rpc_request query = make_request(0);
    assert_status(rpc_client_call(world->client, &query, 5, &reply, &err), STATUS_UNAVAILABLE);
    receive_request(world->server, &arrival, &frame);

    answer(world->server, &arrival.peer, frame.tag, 1);

    assert_status(rpc_client_call(world->client, &query, 5, &reply, &err), STATUS_UNAVAILABLE);
}

static void every_status_has_a_word_and_words_come_back(void **state)
{
    (void)state;
    static const enum status same[] = {STATUS_OK,      STATUS_NOT_FOUND, STATUS_EXISTS,
                                       STATUS_INVALID, STATUS_FORBIDDEN, STATUS_REFUSED,
                                       STATUS_BUSY,    STATUS_UNKNOWN};
    for (int i = 0; i < STATUS_COUNT; i++) {
        assert_int_not_equal(rpc_status_to_wire((enum status)i), REPLY_STATUS_NONE);
    }
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        const struct field *status = message_find_field(&reply_frame_type, "status");
        int wire = rpc_status_to_wire(same[i]);
        assert_int_equal(rpc_status_from_wire(wire), same[i]);
        assert_string_equal(status->words[wire], status_word(same[i]));
    }
    assert_int_equal(rpc_status_from_wire(REPLY_STATUS_COUNT), STATUS_CORRUPT);
    assert_int_equal(rpc_status_from_wire(-1), STATUS_CORRUPT);
}

static void ids_are_of_now_and_differ(void **state)
{
    (void)state;
    struct id first = rpc_make_id();
    struct id second = rpc_make_id();
    struct wall at;

    assert_false(id_equal(&first, &second));
    assert_true(id_find_time(&first, &at));
    assert_true(at.us / US_PER_S - (int64_t)time(NULL) <= 1);
}

/* A daemon in a thread: is deaf to the first request, answers the ones after it. */
struct echo {
    struct transport *server;
    atomic_bool is_over;
    struct request_frame seen[2];
    struct id ids[2];
    uint32_t count;
};

static void *run_echo(void *user)
{
    struct echo *echo = user;
    struct err err = {0};
    while (!atomic_load(&echo->is_over)) {
        struct arrival arrival;
        struct request_frame frame;
        (void)(transport_wait(&echo->server, 1, -1, 10, &err) == STATUS_OK);
        if (transport_receive(echo->server, &arrival, &err) != STATUS_OK ||
            message_decode(&request_frame_type, arrival.message, &frame, &err) != STATUS_OK ||
            echo->count == 2) {
            continue;
        }
        echo->ids[echo->count] = frame.request;
        echo->seen[echo->count++] = frame;
        if (echo->count == 2) {
            answer(echo->server, &arrival.peer, frame.tag, 77);
        }
    }
    return NULL;
}

static void a_call_without_an_answer_is_repeated_with_the_same_id_and_a_new_tag(void **state)
{
    (void)state;
    struct err err = {0};
    struct transport_context *context = NULL;
    struct transport *transport = NULL;
    struct rpc_client *client = NULL;
    struct echo echo = {0};
    char endpoint[64];
    (void)snprintf(endpoint, sizeof(endpoint), "ipc:///tmp/test_rpc_%d", (int)getpid());
    struct transport_options options = {endpoint, MESSAGE_MAX, QUEUE};
    assert_ok(transport_context_open(&context, &err));
    assert_ok(transport_connect(context, &options, &transport, &err));
    assert_ok(transport_serve(context, &options, &echo.server, &err));
    assert_ok(rpc_client_open(transport, &client, &err));
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, run_echo, &echo), 0);

    struct reply_frame reply = {0};
    struct rpc_request command = make_request(0);
    command.request = rpc_make_id();
    enum status status = rpc_client_call(client, &command, TIMEOUT_MS, &reply, &err);
    atomic_store(&echo.is_over, true);
    assert_int_equal(pthread_join(thread, NULL), 0);

    assert_ok(status);
    assert_int_equal(reply.seq, 77);
    assert_int_equal(echo.count, 2);
    assert_true(id_equal(&echo.ids[0], &command.request));
    assert_true(id_equal(&echo.ids[1], &command.request));
    assert_int_not_equal(echo.seen[0].tag, echo.seen[1].tag);
    rpc_client_close(client);
    transport_close(echo.server);
    transport_context_close(context);
    (void)unlink(endpoint + strlen("ipc://"));
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(a_request_says_who_asks_what_and_after_what),
        IN_WORLD(replies_come_in_any_order_with_their_tags),
        IN_WORLD(a_frame_that_is_no_reply_is_corrupt),
        IN_WORLD(a_person_that_is_no_word_is_refused),
        IN_WORLD(a_full_queue_says_again),
        IN_WORLD(silence_is_unavailable_for_a_query_and_unknown_for_a_command),
        IN_WORLD(a_command_that_was_never_sent_is_unavailable),
        IN_WORLD(a_call_is_not_answered_by_an_earlier_one),
        cmocka_unit_test(every_status_has_a_word_and_words_come_back),
        cmocka_unit_test(ids_are_of_now_and_differ),
        cmocka_unit_test(a_call_without_an_answer_is_repeated_with_the_same_id_and_a_new_tag),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
