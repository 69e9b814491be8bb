/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transports over ZeroMQ: a server is a ROUTER, a client a DEALER. What is set here and why:
 * a finite high-water mark, because memory is high-water mark times message size; LINGER 0, because
 * everything that matters is sent again; ROUTER_MANDATORY, so that a peer that is gone is noticed;
 * IMMEDIATE at clients, so that nothing is queued for a server that never comes; no heartbeats of
 * ZeroMQ's own, because libzmq 4.3.4 aborts when one meets a stalled receiver; no routing ids of
 * our own, because a reconnecting one is silently ignored.
 *
 * Asking a ZeroMQ socket whether something is there costs system calls, also zmq_poll() for each of
 * its sockets, and a daemon has many. Its file descriptor says so for all of them in one poll(),
 * but only when something becomes new: once it was readable, or after a send (which may take in
 * what it announces), the socket is read until it says that it has nothing.
 */
#include "link/transport.h"

#include "base/memory.h"
#include "link/transport_driver.h"

#include <zmq.h>

#include <errno.h>
#include <stdlib.h>

#define IPC_PREFIX "ipc://"
#define IPC_PATH_MAX_BYTES 107U
#define RECONNECT_FIRST_MS 50
#define RECONNECT_LAST_MS 2000
#define HANDSHAKE_MS 3000
/* How many misshapen messages one receive clears away before it lets the caller go on. */
#define MISSHAPEN_MAX 64

struct transport_context {
    void *context;
};

struct zmq_transport {
    struct transport base;
    void *socket;
    zmq_msg_t message; /* the last arrival */
    int fd;            /* the socket's own */
    bool is_stirred;   /* something may be there */
    bool is_server;
};

struct option {
    int name;
    int value;
};

static enum status from_zmq(int error)
{
    static const struct {
        int error;
        enum status status;
    } rows[] = {
        {EAGAIN, STATUS_AGAIN},   {EHOSTUNREACH, STATUS_NOT_FOUND},  {ENAMETOOLONG, STATUS_INVALID},
        {EINVAL, STATUS_INVALID}, {EPROTONOSUPPORT, STATUS_INVALID},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].error == error) {
            return rows[i].status;
        }
    }
    return STATUS_IO;
}

static enum status fail_zmq(struct err *err, const char *what)
{
    int error = errno;
    return fail(err, from_zmq(error), "%s: %s", what, zmq_strerror(error));
}

enum status transport_context_open(struct transport_context **ret_context, struct err *err)
{
    void *context = zmq_ctx_new();
    if (context == NULL) {
        return fail_zmq(err, "ZeroMQ cannot be started");
    }
    /* Closing must not wait for what is still unsent. */
    (void)zmq_ctx_set(context, ZMQ_BLOCKY, 0);
    struct transport_context *opened = memory_new(1, sizeof(*opened));
    opened->context = context;
    *ret_context = opened;
    return STATUS_OK;
}

void transport_context_close(struct transport_context *context)
{
    if (context == NULL) {
        return;
    }
    while (zmq_ctx_term(context->context) != 0 && errno == EINTR) {
    }
    free(context);
}

static void zmq_transport_close(struct transport *transport)
{
    struct zmq_transport *self = (struct zmq_transport *)transport;
    (void)zmq_msg_close(&self->message);
    (void)zmq_close(self->socket);
    free(self);
}

/* Receives one frame into self->message. */
static enum status receive_frame(struct zmq_transport *self, struct err *err)
{
    while (zmq_msg_recv(&self->message, self->socket, ZMQ_DONTWAIT) < 0) {
        if (errno != EINTR) {
            return errno == EAGAIN ? STATUS_AGAIN : fail_zmq(err, "receiving a message");
        }
    }
    return STATUS_OK;
}

static enum status drop_rest(struct zmq_transport *self, struct err *err)
{
    enum status status = STATUS_OK;
    while (status == STATUS_OK && zmq_msg_more(&self->message) != 0) {
        status = receive_frame(self, err);
    }
    return status;
}

/* A ROUTER puts the sender's routing id before each message. False: no usable id. */
static bool take_peer(struct zmq_transport *self, struct peer *ret_peer)
{
    size_t len = zmq_msg_size(&self->message);
    if (len > PEER_MAX_BYTES || zmq_msg_more(&self->message) == 0) {
        return false;
    }
    ret_peer->len = (uint8_t)len;
    memcpy(ret_peer->bytes, zmq_msg_data(&self->message), len);
    return true;
}

/* One whole message. NOT_FOUND: it was misshapen and is dropped. */
static enum status receive_one(struct zmq_transport *self, struct arrival *arrival, struct err *err)
{
    enum status status = receive_frame(self, err);
    bool is_usable = true;
    if (status == STATUS_OK && self->is_server) {
        is_usable = take_peer(self, &arrival->peer);
        status = is_usable ? receive_frame(self, err) : STATUS_OK;
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (!is_usable || zmq_msg_more(&self->message) != 0) {
        status = drop_rest(self, err);
        return status == STATUS_OK ? STATUS_NOT_FOUND : status;
    }
    arrival->message = bytes_of(zmq_msg_data(&self->message), zmq_msg_size(&self->message));
    return STATUS_OK;
}

static enum status zmq_transport_receive(struct transport *transport, struct arrival *ret_arrival,
                                         struct err *err)
{
    struct zmq_transport *self = (struct zmq_transport *)transport;
    for (int i = 0; i < MISSHAPEN_MAX && self->is_stirred; i++) {
        struct arrival arrival = {0};
        enum status status = receive_one(self, &arrival, err);
        if (status == STATUS_OK) {
            *ret_arrival = arrival;
        }
        if (status != STATUS_NOT_FOUND) {
            self->is_stirred = status != STATUS_AGAIN;
            return status;
        }
    }
    return STATUS_AGAIN;
}

static enum status send_frame(struct zmq_transport *self, struct bytes frame, int flags,
                              struct err *err)
{
    while (zmq_send(self->socket, frame.p, frame.len, flags | ZMQ_DONTWAIT) < 0) {
        if (errno != EINTR) {
            return fail_zmq(err, "sending a message");
        }
    }
    return STATUS_OK;
}

/* Whether something can be received, as the socket itself says. */
static bool has_arrival(const struct zmq_transport *self)
{
    int events = 0;
    size_t len = sizeof events;
    return zmq_getsockopt(self->socket, ZMQ_EVENTS, &events, &len) != 0 ||
           (events & ZMQ_POLLIN) != 0;
}

static enum status zmq_transport_send(struct transport *transport, const struct peer *peer,
                                      struct bytes message, struct err *err)
{
    struct zmq_transport *self = (struct zmq_transport *)transport;
    enum status status = STATUS_OK;
    if (self->is_server) {
        status = send_frame(self, bytes_of(peer->bytes, peer->len), ZMQ_SNDMORE, err);
    }
    if (status == STATUS_OK) {
        status = send_frame(self, message, 0, err);
    }
    /* Who cannot send tries again and again, and must not be kept from sleeping by it. */
    self->is_stirred = status == STATUS_OK || self->is_stirred || has_arrival(self);
    return status;
}

static bool zmq_transport_is_ready(struct transport *transport)
{
    return ((struct zmq_transport *)transport)->is_stirred;
}

static int zmq_transport_fd(struct transport *transport)
{
    return ((struct zmq_transport *)transport)->fd;
}

static void zmq_transport_stir(struct transport *transport)
{
    ((struct zmq_transport *)transport)->is_stirred = true;
}

static const struct transport_driver zmq_driver = {
    .receive = zmq_transport_receive,
    .send = zmq_transport_send,
    .close = zmq_transport_close,
    .is_ready = zmq_transport_is_ready,
    .fd = zmq_transport_fd,
    .stir = zmq_transport_stir,
};

static enum status set_options(void *socket, const struct transport_options *options,
                               struct err *err)
{
    const struct option common[] = {
        {ZMQ_LINGER, 0},
        {ZMQ_SNDHWM, (int)options->queue_messages},
        {ZMQ_RCVHWM, (int)options->queue_messages},
        {ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS},
        {ZMQ_HEARTBEAT_IVL, 0},
    };
    for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++) {
        if (zmq_setsockopt(socket, common[i].name, &common[i].value, sizeof(int)) != 0) {
            return fail_zmq(err, "setting up a socket");
        }
    }
    int64_t message_max = (int64_t)options->message_max_bytes;
    if (zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &message_max, sizeof(message_max)) != 0) {
        return fail_zmq(err, "setting up a socket");
    }
    return STATUS_OK;
}

static enum status attach_server(void *socket, const char *endpoint, struct err *err)
{
    int yes = 1;
    if (zmq_setsockopt(socket, ZMQ_ROUTER_MANDATORY, &yes, sizeof(yes)) != 0 ||
        zmq_bind(socket, endpoint) != 0) {
        return fail_zmq(err, endpoint);
    }
    return STATUS_OK;
}

static enum status attach_client(void *socket, const char *endpoint, struct err *err)
{
    const struct option options[] = {
        {ZMQ_IMMEDIATE, 1},
        {ZMQ_RECONNECT_IVL, RECONNECT_FIRST_MS},
        {ZMQ_RECONNECT_IVL_MAX, RECONNECT_LAST_MS},
    };
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        if (zmq_setsockopt(socket, options[i].name, &options[i].value, sizeof(int)) != 0) {
            return fail_zmq(err, "setting up a socket");
        }
    }
    return zmq_connect(socket, endpoint) == 0 ? STATUS_OK : fail_zmq(err, endpoint);
}

static enum status check_options(const struct transport_options *options, struct err *err)
{
    CHECK(options->queue_messages > 0 && options->queue_messages <= INT32_MAX);
    CHECK(options->message_max_bytes > 0 && options->message_max_bytes <= INT64_MAX);
    size_t prefix_len = sizeof(IPC_PREFIX) - 1;
    if (strncmp(options->endpoint, IPC_PREFIX, prefix_len) == 0 &&
        strlen(options->endpoint + prefix_len) > IPC_PATH_MAX_BYTES) {
        return fail(err, STATUS_INVALID,
                    "the socket path '%s' has more than %u bytes; choose a shorter folder",
                    options->endpoint + prefix_len, IPC_PATH_MAX_BYTES);
    }
    return STATUS_OK;
}

static enum status open_zmq(struct transport_context *context,
                            const struct transport_options *options, bool is_server,
                            struct transport **ret_transport, struct err *err)
{
    enum status status = check_options(options, err);
    if (status != STATUS_OK) {
        return status;
    }
    void *socket = zmq_socket(context->context, is_server ? ZMQ_ROUTER : ZMQ_DEALER);
    if (socket == NULL) {
        return fail_zmq(err, "opening a socket");
    }
    status = set_options(socket, options, err);
    if (status == STATUS_OK) {
        status = is_server ? attach_server(socket, options->endpoint, err)
                           : attach_client(socket, options->endpoint, err);
    }
    int fd = -1;
    size_t fd_len = sizeof fd;
    if (status == STATUS_OK && zmq_getsockopt(socket, ZMQ_FD, &fd, &fd_len) != 0) {
        status = fail_zmq(err, "setting up a socket");
    }
    if (status != STATUS_OK) {
        (void)zmq_close(socket);
        return status;
    }
    struct zmq_transport *self = memory_new(1, sizeof(*self));
    self->base.driver = &zmq_driver;
    self->socket = socket;
    self->fd = fd;
    self->is_stirred = true;
    self->is_server = is_server;
    (void)zmq_msg_init(&self->message);
    *ret_transport = &self->base;
    return STATUS_OK;
}

enum status transport_serve(struct transport_context *context,
                            const struct transport_options *options,
                            struct transport **ret_transport, struct err *err)
{
    return open_zmq(context, options, true, ret_transport, err);
}

enum status transport_connect(struct transport_context *context,
                              const struct transport_options *options,
                              struct transport **ret_transport, struct err *err)
{
    return open_zmq(context, options, false, ret_transport, err);
}
