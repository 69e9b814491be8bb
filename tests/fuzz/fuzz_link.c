/* SPDX-License-Identifier: Apache-2.0 */
/* Lets a producer and a follower receive any frames. The input is a row of moves: a byte that says
 * which, two of length, and that many bytes. Nothing a follower hands out is damaged or out of
 * order, nothing is held beyond the credit, and neither end falls. */
#include "link_moves.h"

#include "base/endian.h"
#include "link/follower_state.h"
#include "link/producer_state.h"

#include <stdlib.h>

#define RECORDS 12U

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct world {
    struct memory_network *network;
    struct producer *producer;
    struct transport *raw_client; /* talks to the producer */
    struct transport *raw_server; /* talks to the follower */
    struct follower *follower;
    struct peer follower_peer;
    struct link_journal *journal;
    struct mono now;
    uint64_t popped;
};

static void read_state(void *user, struct journal *ret_journal)
{
    *ret_journal = ((struct link_journal *)user)->journal;
}

static enum status read_record(void *user, uint64_t seq, struct bytes *ret_raw, struct err *err)
{
    struct link_journal *journal = user;
    CHECK(seq >= 1 && seq <= journal->journal.head);
    if (seq == LINK_UNREADABLE) {
        return fail(err, STATUS_IO, "record %d cannot be read", (int)seq);
    }
    *ret_raw = buf_bytes(&journal->records[seq - 1]);
    return STATUS_OK;
}

static enum status may_watch(void *user, struct bytes person, struct bytes topic, struct err *err)
{
    (void)user;
    (void)topic;
    return person.len % 2 == 0 ? STATUS_OK : fail(err, STATUS_FORBIDDEN, "its length is odd");
}

static void on_ack(void *user, struct bytes follower, uint64_t cursor)
{
    CHECK(word_is_valid(follower));
    CHECK(cursor <= ((struct link_journal *)user)->journal.head);
}

static void on_other_past(void *user, struct bytes follower, const char *sentence)
{
    (void)user;
    CHECK(word_is_valid(follower) && sentence[0] != '\0');
}

static struct transport *open_transport(struct memory_network *network, const char *endpoint,
                                        bool is_server)
{
    struct err err;
    struct transport *transport = NULL;
    struct transport_options options = {endpoint, LINK_MESSAGE_MAX_BYTES, 64};
    enum status status = is_server ? memory_network_serve(network, &options, &transport, &err)
                                   : memory_network_connect(network, &options, &transport, &err);
    CHECK(status == STATUS_OK);
    return transport;
}

static void open_world(struct world *world)
{
    struct err err;
    world->network = memory_network_open();
    world->journal = link_journal_open(RECORDS);
    struct journal_source source = {.user = world->journal,
                                    .state = read_state,
                                    .read = read_record,
                                    .may_watch = may_watch,
                                    .on_ack = on_ack,
                                    .on_other_past = on_other_past};
    CHECK(producer_open(open_transport(world->network, "producer", true), &source, &world->producer,
                        &err) == STATUS_OK);
    world->raw_client = open_transport(world->network, "producer", false);
    world->raw_server = open_transport(world->network, "follower", true);
    struct follower_options options = {.name = BYTES("notifier"), .producer = BYTES("router")};
    CHECK(follower_open(open_transport(world->network, "follower", false), &options,
                        &(struct cursor){0}, &world->follower, &err) == STATUS_OK);
}

static void close_world(struct world *world)
{
    follower_close(world->follower);
    producer_close(world->producer);
    transport_close(world->raw_client);
    transport_close(world->raw_server);
    memory_network_close(world->network);
    link_journal_close(world->journal);
}

static void drain(struct transport *transport, struct peer *ret_peer)
{
    struct err err;
    struct arrival arrival;
    while (transport_receive(transport, &arrival, &err) == STATUS_OK) {
        *ret_peer = arrival.peer;
    }
}

/* Lets both ends look at what they have got. */
static void turn(struct world *world)
{
    bool did = false;
    struct peer peer;
    producer_receive(world->producer, world->now, 8, &did);
    producer_ship(world->producer, world->now, &did);
    drain(world->raw_client, &peer);
    follower_receive(world->follower, world->now, 8, &did);
    drain(world->raw_server, &world->follower_peer);
    CHECK(world->follower->steps.record_bytes <= FOLLOWER_CREDIT_BYTES);
    CHECK(world->producer->session_count <= PRODUCER_SESSIONS_MAX);
}

static void send_to_producer(struct world *world, struct bytes bytes)
{
    struct err err;
    enum status status = transport_send(world->raw_client, NULL, bytes, &err);
    (void)status;
}

static void send_to_follower(struct world *world, struct bytes bytes)
{
    struct err err;
    enum status status = transport_send(world->raw_server, &world->follower_peer, bytes, &err);
    (void)status;
}

static void pass_time(struct world *world, struct bytes bytes)
{
    world->now.us += (int64_t)bytes.len * 100000;
}

static void take_steps(struct world *world, struct bytes bytes)
{
    struct followed followed;
    for (size_t i = 0; i <= bytes.len; i++) {
        if (follower_peek(world->follower, &followed) != STATUS_OK) {
            return;
        }
        struct record record;
        struct err err;
        CHECK(followed.seq > world->popped);
        CHECK(followed.raw.len == 0 ||
              record_decode(followed.raw, followed.seq, &record, &err) == STATUS_OK);
        follower_pop(world->follower);
        world->popped = followed.seq;
    }
}

static void make_durable(struct world *world, struct bytes bytes)
{
    (void)bytes;
    follower_set_durable(world->follower, &world->follower->popped);
}

static void rewind_steps(struct world *world, struct bytes bytes)
{
    (void)bytes;
    follower_rewind(world->follower);
    world->popped = world->follower->durable.seq;
}

static void (*const moves[])(struct world *world, struct bytes bytes) = {
    [LINK_MOVE_TO_PRODUCER] = send_to_producer,
    [LINK_MOVE_TO_FOLLOWER] = send_to_follower,
    [LINK_MOVE_TIME] = pass_time,
    [LINK_MOVE_TAKE] = take_steps,
    [LINK_MOVE_DURABLE] = make_durable,
    [LINK_MOVE_REWIND] = rewind_steps,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world world = {.now.us = US_PER_S};
    open_world(&world);
    turn(&world);
    while (size >= LINK_MOVE_HEADER_BYTES) {
        size_t len = be16_load(data + 1);
        size_t left = size - LINK_MOVE_HEADER_BYTES;
        len = len < left ? len : left;
        moves[data[0] % LINK_MOVE_COUNT](&world, bytes_of(data + LINK_MOVE_HEADER_BYTES, len));
        turn(&world);
        data += LINK_MOVE_HEADER_BYTES + len;
        size = left - len;
    }
    close_world(&world);
    return 0;
}
