/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/rpc.h"

#include "base/memory.h"

#include <sodium.h>

#include <stdlib.h>
#include <time.h>

#define REPEAT_MS 1000
/* How often it is tried to send while there is no connection. */
#define RETRY_FIRST_MS 1
#define RETRY_LAST_MS 50

struct rpc_client {
    struct transport *transport;
    struct buf payload;
    struct buf frame;
    uint64_t last_tag; /* of rpc_client_call() */
};

static const int to_wire[STATUS_COUNT] = {
    [STATUS_OK] = REPLY_STATUS_OK,
    [STATUS_AGAIN] = REPLY_STATUS_BUSY,
    [STATUS_NOT_FOUND] = REPLY_STATUS_NOT_FOUND,
    [STATUS_EXISTS] = REPLY_STATUS_DUPLICATE_REQUEST,
    [STATUS_INVALID] = REPLY_STATUS_INVALID,
    [STATUS_FORBIDDEN] = REPLY_STATUS_FORBIDDEN,
    [STATUS_REFUSED] = REPLY_STATUS_CONFLICT,
    [STATUS_BUSY] = REPLY_STATUS_BUSY,
    [STATUS_UNKNOWN] = REPLY_STATUS_UNKNOWN,
    [STATUS_FULL] = REPLY_STATUS_BUSY,
    [STATUS_CORRUPT] = REPLY_STATUS_UNKNOWN,
    [STATUS_IO] = REPLY_STATUS_UNKNOWN,
    [STATUS_UNAVAILABLE] = REPLY_STATUS_UNKNOWN,
};

static const enum status from_wire[REPLY_STATUS_COUNT] = {
    [REPLY_STATUS_NONE] = STATUS_CORRUPT,
    [REPLY_STATUS_OK] = STATUS_OK,
    [REPLY_STATUS_NOT_FOUND] = STATUS_NOT_FOUND,
    [REPLY_STATUS_FORBIDDEN] = STATUS_FORBIDDEN,
    [REPLY_STATUS_CONFLICT] = STATUS_REFUSED,
    [REPLY_STATUS_INVALID] = STATUS_INVALID,
    [REPLY_STATUS_DUPLICATE_REQUEST] = STATUS_EXISTS,
    [REPLY_STATUS_UNKNOWN] = STATUS_UNKNOWN,
    [REPLY_STATUS_BUSY] = STATUS_BUSY,
};

enum status rpc_status_from_wire(int reply_status)
{
    bool is_known = reply_status >= 0 && reply_status < REPLY_STATUS_COUNT;
    return is_known ? from_wire[reply_status] : STATUS_CORRUPT;
}

int rpc_status_to_wire(enum status status)
{
    CHECK(status < STATUS_COUNT);
    return to_wire[status];
}

struct id rpc_make_id(void)
{
    struct timespec now;
    uint8_t random[10];
    CHECK(clock_gettime(CLOCK_REALTIME, &now) == 0);
    randombytes_buf(random, sizeof(random));
    struct wall wall = {(int64_t)now.tv_sec * US_PER_S + now.tv_nsec / 1000};
    return id_make(wall, random);
}

enum status rpc_client_open(struct transport *transport, struct rpc_client **ret_client,
                            struct err *err)
{
    if (sodium_init() < 0) {
        return fail(err, STATUS_IO, "libsodium cannot be started");
    }
    struct rpc_client *client = memory_new(1, sizeof(*client));
    client->transport = transport;
    *ret_client = client;
    return STATUS_OK;
}

void rpc_client_close(struct rpc_client *client)
{
    if (client == NULL) {
        return;
    }
    buf_done(&client->payload);
    buf_done(&client->frame);
    transport_close(client->transport);
    free(client);
}

struct transport *rpc_client_transport(struct rpc_client *client)
{
    return client->transport;
}

enum status rpc_client_send(struct rpc_client *client, const struct rpc_request *request,
                            struct err *err)
{
    if (!word_is_valid(request->person)) {
        return fail_field(err, STATUS_INVALID, "--as", "'%.*s' is not the id of a person",
                          BYTES_FMT(request->person));
    }
    buf_clear(&client->payload);
    message_append(request->type, request->message, PART_ALL, &client->payload);
    const struct field *payload = message_find_field(&request_frame_type, "payload");
    if (client->payload.len > payload->max) {
        return fail(err, STATUS_INVALID, "the request has %zu bytes; at most %llu are taken",
                    client->payload.len, (unsigned long long)payload->max);
    }
    struct request_frame frame = {
        .protocol = RPC_PROTOCOL,
        .type = request->type->number,
        .request = request->request,
        .person = request->person,
        .tag = request->tag,
        .after_journal = request->after.journal,
        .after_seq = request->after.seq,
        .wait_ms = request->wait_ms,
        .payload = buf_bytes(&client->payload),
    };
    buf_clear(&client->frame);
    message_append(&request_frame_type, &frame, PART_ALL, &client->frame);
    return transport_send(client->transport, NULL, buf_bytes(&client->frame), err);
}

enum status rpc_client_receive(struct rpc_client *client, struct reply_frame *ret_reply,
                               struct err *err)
{
    struct arrival arrival;
    enum status status = transport_receive(client->transport, &arrival, err);
    if (status != STATUS_OK) {
        return status;
    }
    struct reply_frame reply;
    if (message_decode(&reply_frame_type, arrival.message, &reply, err) != STATUS_OK) {
        return wrap(err, STATUS_CORRUPT, "the daemon's answer cannot be understood");
    }
    if (reply.protocol != RPC_PROTOCOL) {
        return fail(err, STATUS_CORRUPT,
                    "the daemon answers in version %u of the protocol, not %u; install the same "
                    "release everywhere",
                    reply.protocol, RPC_PROTOCOL);
    }
    *ret_reply = reply;
    return STATUS_OK;
}

static int64_t now_ms(void)
{
    struct timespec now;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct call {
    struct rpc_request request;
    uint64_t first_tag;
    int64_t send_at_ms;
    int64_t retry_ms;
    bool was_sent;
};

/* Sends, or sends again, when it is time. */
static enum status send_due(struct rpc_client *client, struct call *call, int64_t now,
                            struct err *err)
{
    if (now < call->send_at_ms) {
        return STATUS_OK;
    }
    call->request.tag = client->last_tag + 1;
    enum status status = rpc_client_send(client, &call->request, err);
    if (status == STATUS_OK) {
        client->last_tag++;
        call->was_sent = true;
        call->send_at_ms = now + REPEAT_MS;
    } else if (status == STATUS_AGAIN) {
        call->send_at_ms = now + call->retry_ms;
        call->retry_ms = call->retry_ms * 2 < RETRY_LAST_MS ? call->retry_ms * 2 : RETRY_LAST_MS;
        status = STATUS_OK;
    }
    return status;
}

/* The reply to this call among those that are there. AGAIN: not yet. */
static enum status find_reply(struct rpc_client *client, const struct call *call,
                              struct reply_frame *ret_reply, struct err *err)
{
    struct reply_frame reply = {0};
    enum status status;
    while ((status = rpc_client_receive(client, &reply, err)) == STATUS_OK ||
           status == STATUS_CORRUPT) {
        if (status == STATUS_OK && reply.tag >= call->first_tag && reply.tag <= client->last_tag) {
            *ret_reply = reply;
            return STATUS_OK;
        }
    }
    return status;
}

static enum status give_up(const struct call *call, int timeout_ms, struct err *err)
{
    if (!call->was_sent) {
        return fail(err, STATUS_UNAVAILABLE,
                    "the daemon cannot be reached; nothing was sent to it in %d ms", timeout_ms);
    }
    if (id_is_zero(&call->request.request)) {
        return fail(err, STATUS_UNAVAILABLE, "the daemon did not answer within %d ms", timeout_ms);
    }
    char text[ID_TEXT_BYTES];
    id_format(&call->request.request, text);
    return fail(err, STATUS_UNKNOWN,
                "the daemon did not answer within %d ms; it may or may not have done it; repeat it "
                "with the same request id %s",
                timeout_ms, text);
}

enum status rpc_client_call(struct rpc_client *client, const struct rpc_request *request,
                            int timeout_ms, struct reply_frame *ret_reply, struct err *err)
{
    int64_t now = now_ms();
    int64_t end = now + timeout_ms;
    struct call call = {
        .request = *request,
        .first_tag = client->last_tag + 1,
        .send_at_ms = now,
        .retry_ms = RETRY_FIRST_MS,
    };
    while (now < end) {
        enum status status = send_due(client, &call, now, err);
        if (status == STATUS_OK) {
            status = find_reply(client, &call, ret_reply, err);
        }
        if (status != STATUS_AGAIN) {
            return status;
        }
        int64_t until = call.send_at_ms < end ? call.send_at_ms : end;
        status = transport_wait(&client->transport, 1, -1, (int)(until - now), err);
        if (status != STATUS_OK && status != STATUS_AGAIN) {
            return status;
        }
        now = now_ms();
    }
    return give_up(&call, timeout_ms, err);
}
