/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "link/transport.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define MESSAGE_MAX 4096U
#define QUEUE 64U
#define DEADLINE_MS 10000
#define OPEN_MAX 64U

/* Both implementations are held against the same sentences. */
struct world {
    bool is_zmq;
    struct transport_context *context;
    struct memory_network *network;
    char endpoint[64];
    struct err err;
    /* Closed at the end, also when an assertion left them open: the context waits for them. */
    struct transport *open[OPEN_MAX];
    uint32_t open_count;
};

static int open_world(void **state, bool is_zmq)
{
    struct world *world = calloc(1, sizeof(*world));
    assert_non_null(world);
    world->is_zmq = is_zmq;
    if (is_zmq) {
        (void)snprintf(world->endpoint, sizeof(world->endpoint), "ipc:///tmp/test_link_%d",
                       (int)getpid());
        assert_int_equal(transport_context_open(&world->context, &world->err), STATUS_OK);
    } else {
        (void)snprintf(world->endpoint, sizeof(world->endpoint), "somewhere");
        world->network = memory_network_open();
    }
    *state = world;
    return 0;
}

static int open_zmq_world(void **state)
{
    return open_world(state, true);
}

static int open_memory_world(void **state)
{
    return open_world(state, false);
}

static int close_world(void **state)
{
    struct world *world = *state;
    while (world->open_count > 0) {
        transport_close(world->open[--world->open_count]);
    }
    transport_context_close(world->context);
    memory_network_close(world->network);
    if (world->is_zmq) {
        (void)unlink(world->endpoint + strlen("ipc://"));
    }
    free(world);
    return 0;
}

static struct transport *keep(struct world *world, struct transport *transport)
{
    assert_true(world->open_count < OPEN_MAX);
    world->open[world->open_count++] = transport;
    return transport;
}

/* Closes before the end of the test. */
static void close_now(struct world *world, struct transport *transport)
{
    for (uint32_t i = 0; i < world->open_count; i++) {
        if (world->open[i] == transport) {
            world->open[i] = NULL;
        }
    }
    transport_close(transport);
}

static struct transport *serve(struct world *world)
{
    struct err err = {0};
    struct transport *transport = NULL;
    struct transport_options options = {world->endpoint, MESSAGE_MAX, QUEUE};
    assert_ok(world->is_zmq ? transport_serve(world->context, &options, &transport, &err)
                            : memory_network_serve(world->network, &options, &transport, &err));
    return keep(world, transport);
}

static struct transport *connect_to(struct world *world)
{
    struct err err = {0};
    struct transport *transport = NULL;
    struct transport_options options = {world->endpoint, MESSAGE_MAX, QUEUE};
    assert_ok(world->is_zmq ? transport_connect(world->context, &options, &transport, &err)
                            : memory_network_connect(world->network, &options, &transport, &err));
    return keep(world, transport);
}

static int64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Sends as soon as there is a connection. */
static void send_soon(struct transport *transport, const struct peer *peer, const char *text)
{
    struct err err = {0};
    int64_t end = now_ms() + DEADLINE_MS;
    enum status status;
    do {
        status = transport_send(transport, peer, bytes_of_string(text), &err);
        if (status == STATUS_AGAIN) {
            (void)poll(NULL, 0, 1);
        }
    } while (status == STATUS_AGAIN && now_ms() < end);
    assert_ok(status);
}

static void receive_soon(struct transport *transport, struct arrival *ret_arrival)
{
    struct err err = {0};
    int64_t end = now_ms() + DEADLINE_MS;
    enum status status = transport_receive(transport, ret_arrival, &err);
    while (status == STATUS_AGAIN && now_ms() < end) {
        assert_ok(transport_wait(&transport, 1, -1, 100, &err));
        status = transport_receive(transport, ret_arrival, &err);
    }
    assert_ok(status);
}

/* What a client sends before it notices that its connection broke is lost; so it is sent again. */
static void send_until_received(struct transport *client, struct transport *server,
                                const char *text, struct arrival *ret_arrival)
{
    struct err err = {0};
    int64_t end = now_ms() + DEADLINE_MS;
    do {
        enum status status = transport_send(client, NULL, bytes_of_string(text), &err);
        assert_true(status == STATUS_OK || status == STATUS_AGAIN);
        assert_ok(transport_wait(&server, 1, -1, 1, &err));
    } while (transport_receive(server, ret_arrival, &err) != STATUS_OK && now_ms() < end);
}

static void expect_text(struct arrival *arrival, const char *text)
{
    assert_true(bytes_equal(arrival->message, bytes_of_string(text)));
}

static void messages_arrive_in_order_both_ways(void **state)
{
    struct transport *server = serve(*state);
    struct transport *client = connect_to(*state);
    struct arrival arrival;
    char text[32];

    for (int i = 0; i < 50; i++) {
        (void)snprintf(text, sizeof(text), "up %d", i);
        send_soon(client, NULL, text);
    }
    for (int i = 0; i < 50; i++) {
        (void)snprintf(text, sizeof(text), "up %d", i);
        receive_soon(server, &arrival);
        expect_text(&arrival, text);
        (void)snprintf(text, sizeof(text), "down %d", i);
        send_soon(server, &arrival.peer, text);
    }
    for (int i = 0; i < 50; i++) {
        (void)snprintf(text, sizeof(text), "down %d", i);
        receive_soon(client, &arrival);
        expect_text(&arrival, text);
    }
}

static void each_client_has_its_own_peer_and_gets_its_own_answers(void **state)
{
    enum { CLIENTS = 20 };
    struct transport *server = serve(*state);
    struct transport *clients[CLIENTS];
    struct peer peers[CLIENTS];
    struct arrival arrival;
    char text[32];

    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = connect_to(*state);
        (void)snprintf(text, sizeof(text), "%d", i);
        send_soon(clients[i], NULL, text);
        receive_soon(server, &arrival);
        expect_text(&arrival, text);
        peers[i] = arrival.peer;
        for (int k = 0; k < i; k++) {
            assert_false(peer_equal(&peers[k], &peers[i]));
        }
    }
    for (int i = CLIENTS - 1; i >= 0; i--) {
        (void)snprintf(text, sizeof(text), "for %d", i);
        send_soon(server, &peers[i], text);
    }
    for (int i = 0; i < CLIENTS; i++) {
        (void)snprintf(text, sizeof(text), "for %d", i);
        receive_soon(clients[i], &arrival);
        expect_text(&arrival, text);
    }
}

static void nothing_there_is_again(void **state)
{
    struct err err = {0};
    struct transport *server = serve(*state);
    struct arrival arrival;

    assert_status(transport_receive(server, &arrival, &err), STATUS_AGAIN);
}

static void who_cannot_send_can_still_sleep(void **state)
{
    struct err err = {0};
    struct transport *client = connect_to(*state);
    struct arrival arrival;
    assert_status(transport_receive(client, &arrival, &err), STATUS_AGAIN);
    assert_status(transport_send(client, NULL, BYTES("nobody"), &err), STATUS_AGAIN);

    int64_t begun = now_ms();
    assert_ok(transport_wait(&client, 1, -1, 50, &err));
    assert_true(now_ms() - begun >= 40);
}

static void a_client_without_a_server_is_told_to_try_again(void **state)
{
    struct err err = {0};
    struct transport *client = connect_to(*state);

    assert_status(transport_send(client, NULL, BYTES("anyone?"), &err), STATUS_AGAIN);
}

/* Sends to `peer` until the transport says that it is gone. */
static void expect_gone(struct transport *server, const struct peer *peer)
{
    struct err err = {0};
    int64_t end = now_ms() + DEADLINE_MS;
    enum status status = STATUS_OK;
    while (status != STATUS_NOT_FOUND && now_ms() < end) {
        status = transport_send(server, peer, BYTES("still there?"), &err);
        (void)poll(NULL, 0, 1);
    }
    assert_int_equal(status, STATUS_NOT_FOUND);
}

static void a_peer_that_went_away_is_not_found(void **state)
{
    struct transport *server = serve(*state);
    struct transport *client = connect_to(*state);
    struct arrival arrival;
    send_soon(client, NULL, "hello");
    receive_soon(server, &arrival);

    close_now(*state, client);

    expect_gone(server, &arrival.peer);
}

static void a_peer_that_never_was_is_not_found(void **state)
{
    struct err err = {0};
    struct transport *server = serve(*state);
    struct peer nobody = {.bytes = {0, 1, 2, 3, 4}, .len = 5};
    struct peer zero = {.len = 8};

    assert_status(transport_send(server, &nobody, BYTES("x"), &err), STATUS_NOT_FOUND);
    assert_status(transport_send(server, &zero, BYTES("x"), &err), STATUS_NOT_FOUND);
}

static void a_message_over_the_limit_never_arrives_and_costs_the_connection(void **state)
{
    struct err err = {0};
    struct transport *server = serve(*state);
    struct transport *client = connect_to(*state);
    struct arrival before;
    struct arrival after;
    static uint8_t big[MESSAGE_MAX + 1];
    send_soon(client, NULL, "before");
    receive_soon(server, &before);
    struct peer first = before.peer;

    assert_ok(transport_send(client, NULL, bytes_of(big, sizeof(big)), &err));
    expect_gone(server, &first);
    send_until_received(client, server, "after", &after);

    expect_text(&after, "after");
    assert_false(peer_equal(&first, &after.peer));
}

static void a_full_queue_says_again(void **state)
{
    struct err err = {0};
    (void)serve(*state);
    struct transport *client = connect_to(*state);
    enum status status = STATUS_OK;
    send_soon(client, NULL, "first");

    static uint8_t message[MESSAGE_MAX];
    for (uint32_t i = 0; i < 100 * QUEUE && status == STATUS_OK; i++) {
        status = transport_send(client, NULL, bytes_of(message, sizeof(message)), &err);
    }

    assert_int_equal(status, STATUS_AGAIN);
}

static void a_client_finds_a_server_that_begins_again(void **state)
{
    struct transport *server = serve(*state);
    struct transport *client = connect_to(*state);
    struct arrival arrival;
    send_soon(client, NULL, "one");
    receive_soon(server, &arrival);

    close_now(*state, server);
    server = serve(*state);
    send_until_received(client, server, "two", &arrival);

    expect_text(&arrival, "two");
}

static void waiting_ends_for_messages_for_the_wake_fd_and_for_time(void **state)
{
    struct err err = {0};
    struct transport *server = serve(*state);
    int wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    uint64_t one = 1;

    assert_ok(transport_wait(&server, 1, wake_fd, 1, &err));
    assert_int_equal(write(wake_fd, &one, sizeof(one)), sizeof(one));
    assert_ok(transport_wait(&server, 1, wake_fd, DEADLINE_MS, &err));
    struct transport *client = connect_to(*state);
    send_soon(client, NULL, "x");
    assert_ok(transport_wait(&server, 1, -1, DEADLINE_MS, &err));

    (void)close(wake_fd);
}

static void a_second_server_in_the_network_is_refused(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    (void)serve(world);
    struct transport *second = NULL;
    struct transport_options options = {world->endpoint, MESSAGE_MAX, QUEUE};

    assert_status(memory_network_serve(world->network, &options, &second, &err), STATUS_BUSY);
}

static void a_cut_loses_messages_and_makes_new_connections(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    struct transport *server = serve(world);
    struct transport *client = connect_to(world);
    struct arrival arrival;
    send_soon(client, NULL, "before");
    receive_soon(server, &arrival);
    struct peer first = arrival.peer;

    memory_network_set_cut(world->network, world->endpoint, true);
    assert_ok(transport_send(client, NULL, BYTES("lost"), &err));
    assert_ok(transport_send(server, &first, BYTES("lost"), &err));
    assert_true(memory_network_is_quiet(world->network));
    memory_network_set_cut(world->network, world->endpoint, false);

    assert_status(transport_send(server, &first, BYTES("gone"), &err), STATUS_NOT_FOUND);
    send_soon(client, NULL, "after");
    receive_soon(server, &arrival);
    expect_text(&arrival, "after");
    assert_false(peer_equal(&first, &arrival.peer));
}

static uint64_t always(void *user)
{
    (void)user;
    return 0;
}

static void faults_drop_repeat_and_reset(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    struct transport *server = serve(world);
    struct transport *client = connect_to(world);
    struct arrival arrival;

    memory_network_set_faults(world->network,
                              &(struct memory_faults){.drop_permille = 1, .random = always});
    assert_ok(transport_send(client, NULL, BYTES("dropped"), &err));
    assert_status(transport_receive(server, &arrival, &err), STATUS_AGAIN);

    memory_network_set_faults(world->network,
                              &(struct memory_faults){.repeat_permille = 1, .random = always});
    assert_ok(transport_send(client, NULL, BYTES("twice"), &err));
    receive_soon(server, &arrival);
    expect_text(&arrival, "twice");
    receive_soon(server, &arrival);
    expect_text(&arrival, "twice");

    assert_ok(transport_send(client, NULL, BYTES("under way"), &err));
    memory_network_set_faults(world->network,
                              &(struct memory_faults){.reset_permille = 1, .random = always});
    assert_ok(transport_send(client, NULL, BYTES("reset"), &err));
    assert_true(memory_network_is_quiet(world->network));
    assert_status(transport_send(server, &arrival.peer, BYTES("x"), &err), STATUS_NOT_FOUND);
}

static void a_socket_path_that_is_too_long_is_named(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    char endpoint[200] = "ipc://";
    memset(endpoint + 6, 'x', 108);
    struct transport_options options = {endpoint, MESSAGE_MAX, QUEUE};
    struct transport *transport = NULL;

    assert_status(transport_serve(world->context, &options, &transport, &err), STATUS_INVALID);

    assert_non_null(strstr(err.text, "107"));
}

#define IN_BOTH(test)                                                                              \
    cmocka_unit_test_setup_teardown(test, open_memory_world, close_world),                         \
        cmocka_unit_test_setup_teardown(test, open_zmq_world, close_world)
#define IN_MEMORY(test) cmocka_unit_test_setup_teardown(test, open_memory_world, close_world)
#define IN_ZMQ(test) cmocka_unit_test_setup_teardown(test, open_zmq_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_BOTH(messages_arrive_in_order_both_ways),
        IN_BOTH(each_client_has_its_own_peer_and_gets_its_own_answers),
        IN_BOTH(nothing_there_is_again),
        IN_BOTH(a_client_without_a_server_is_told_to_try_again),
        IN_BOTH(a_peer_that_went_away_is_not_found),
        IN_BOTH(a_peer_that_never_was_is_not_found),
        IN_BOTH(a_message_over_the_limit_never_arrives_and_costs_the_connection),
        IN_BOTH(a_full_queue_says_again),
        IN_BOTH(a_client_finds_a_server_that_begins_again),
        IN_BOTH(waiting_ends_for_messages_for_the_wake_fd_and_for_time),
        IN_MEMORY(a_second_server_in_the_network_is_refused),
        IN_MEMORY(a_cut_loses_messages_and_makes_new_connections),
        IN_MEMORY(faults_drop_repeat_and_reset),
        IN_ZMQ(who_cannot_send_can_still_sleep),
        IN_ZMQ(a_socket_path_that_is_too_long_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
