/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The in-process network. What is under way to a transport lies in its inbox in the order it was
 * sent; a connection that breaks takes along what is under way on it. Nothing here depends on
 * addresses or time, so equal calls give equal runs.
 */
#include "link/transport.h"

#include "base/endian.h"
#include "base/memory.h"
#include "link/transport_driver.h"

#include <stdlib.h>

#define PERMILLE 1000U

struct parcel {
    struct parcel *next;
    struct memory_transport *client; /* whose connection it is on */
    size_t len;
    uint8_t bytes[];
};

struct inbox {
    struct parcel *first;
    struct parcel **last; /* where the next one is hung */
};

struct memory_transport {
    struct transport base;
    struct memory_network *network;
    struct memory_transport *next;
    char *endpoint;
    uint64_t message_max_bytes;
    uint32_t queue_messages;
    bool is_server;
    struct inbox inbox;
    struct buf message; /* the last arrival */
    /* Of a client: its connection's number, 0 when there is none, and what is under way on it. */
    uint64_t connection;
    uint32_t to_client_count;
    uint32_t to_server_count;
};

struct cut {
    struct cut *next;
    char *endpoint;
};

struct memory_network {
    struct memory_transport *transports;
    struct cut *cuts;
    uint64_t connection_count;
    struct memory_faults faults;
};

struct memory_network *memory_network_open(void)
{
    return memory_new(1, sizeof(struct memory_network));
}

void memory_network_close(struct memory_network *network)
{
    if (network == NULL) {
        return;
    }
    CHECK(network->transports == NULL);
    while (network->cuts != NULL) {
        struct cut *cut = network->cuts;
        network->cuts = cut->next;
        free(cut->endpoint);
        free(cut);
    }
    free(network);
}

void memory_network_set_faults(struct memory_network *network, const struct memory_faults *faults)
{
    network->faults = *faults;
}

bool memory_network_is_quiet(const struct memory_network *network)
{
    const struct memory_transport *transport = network->transports;
    while (transport != NULL && transport->inbox.first == NULL) {
        transport = transport->next;
    }
    return transport == NULL;
}

static struct cut **find_cut(struct memory_network *network, const char *endpoint)
{
    struct cut **at = &network->cuts;
    while (*at != NULL && strcmp((*at)->endpoint, endpoint) != 0) {
        at = &(*at)->next;
    }
    return at;
}

/* The client that holds a connection, or NULL. */
static struct memory_transport *find_client(struct memory_network *network, uint64_t connection)
{
    struct memory_transport *transport = connection == 0 ? NULL : network->transports;
    while (transport != NULL && transport->connection != connection) {
        transport = transport->next;
    }
    return transport;
}

static struct memory_transport *find_server(struct memory_network *network, const char *endpoint)
{
    struct memory_transport *transport = network->transports;
    while (transport != NULL &&
           (!transport->is_server || strcmp(transport->endpoint, endpoint) != 0)) {
        transport = transport->next;
    }
    return transport;
}

static uint32_t *count_of(struct memory_transport *client, const struct memory_transport *receiver)
{
    return receiver->is_server ? &client->to_server_count : &client->to_client_count;
}

static void put_parcel(struct memory_transport *receiver, struct memory_transport *client,
                       struct bytes message)
{
    struct parcel *parcel = memory_new(1, sizeof(*parcel) + message.len);
    parcel->client = client;
    parcel->len = message.len;
    if (message.len != 0) {
        memcpy(parcel->bytes, message.p, message.len);
    }
    *receiver->inbox.last = parcel;
    receiver->inbox.last = &parcel->next;
    (*count_of(client, receiver))++;
}

/* Takes the parcel at `at` out of the inbox of `receiver`. */
static void drop_parcel(struct memory_transport *receiver, struct parcel **at)
{
    struct parcel *parcel = *at;
    *at = parcel->next;
    if (receiver->inbox.last == &parcel->next) {
        receiver->inbox.last = at;
    }
    (*count_of(parcel->client, receiver))--;
    free(parcel);
}

static void drop_parcels(struct memory_transport *receiver, const struct memory_transport *client)
{
    struct parcel **at = &receiver->inbox.first;
    while (*at != NULL) {
        if ((*at)->client == client) {
            drop_parcel(receiver, at);
        } else {
            at = &(*at)->next;
        }
    }
}

/* The connection of `client` is no more. */
static void break_connection(struct memory_transport *client)
{
    struct memory_transport *server = find_server(client->network, client->endpoint);
    drop_parcels(client, client);
    if (server != NULL) {
        drop_parcels(server, client);
    }
    client->connection = 0;
}

static void break_all(struct memory_network *network, const char *endpoint)
{
    struct memory_transport *transport = network->transports;
    for (; transport != NULL; transport = transport->next) {
        if (transport->connection != 0 && strcmp(transport->endpoint, endpoint) == 0) {
            break_connection(transport);
        }
    }
}

void memory_network_set_cut(struct memory_network *network, const char *endpoint, bool is_cut)
{
    struct cut **at = find_cut(network, endpoint);
    if (is_cut && *at == NULL) {
        struct cut *cut = memory_new(1, sizeof(*cut));
        cut->endpoint = memory_copy_text(endpoint, strlen(endpoint));
        *at = cut;
    } else if (!is_cut && *at != NULL) {
        struct cut *cut = *at;
        *at = cut->next;
        free(cut->endpoint);
        free(cut);
        break_all(network, endpoint);
    }
}

static bool does_happen(const struct memory_faults *faults, uint32_t permille)
{
    return permille != 0 && faults->random(faults->user) % PERMILLE < permille;
}

/* Sends on the connection of `client`, from it or to it, as well as the faults allow. */
static enum status carry(struct memory_transport *client, struct memory_transport *receiver,
                         struct bytes message)
{
    struct memory_network *network = client->network;
    const struct memory_faults *faults = &network->faults;
    if (*find_cut(network, client->endpoint) != NULL ||
        does_happen(faults, faults->drop_permille)) {
        return STATUS_OK;
    }
    if (message.len > receiver->message_max_bytes || does_happen(faults, faults->reset_permille)) {
        break_connection(client);
        return STATUS_OK;
    }
    if (*count_of(client, receiver) >= receiver->queue_messages) {
        return STATUS_AGAIN;
    }
    put_parcel(receiver, client, message);
    if (does_happen(faults, faults->repeat_permille)) {
        put_parcel(receiver, client, message);
    }
    return STATUS_OK;
}

static enum status send_as_client(struct memory_transport *self, struct bytes message)
{
    struct memory_transport *server = find_server(self->network, self->endpoint);
    if (server == NULL) {
        return STATUS_AGAIN;
    }
    if (self->connection == 0) {
        if (*find_cut(self->network, self->endpoint) != NULL) {
            return STATUS_AGAIN;
        }
        self->connection = ++self->network->connection_count;
    }
    return carry(self, server, message);
}

static enum status memory_transport_send(struct transport *transport, const struct peer *peer,
                                         struct bytes message, struct err *err)
{
    struct memory_transport *self = (struct memory_transport *)transport;
    enum status status;
    if (!self->is_server) {
        status = send_as_client(self, message);
    } else {
        struct memory_transport *client = NULL;
        if (peer->len == sizeof(uint64_t)) {
            client = find_client(self->network, be64_load(peer->bytes));
        }
        status =
            client == NULL || client->is_server ? STATUS_NOT_FOUND : carry(client, client, message);
    }
    if (status == STATUS_OK) {
        return STATUS_OK;
    }
    return fail(err, status, "sending a message: %s",
                status == STATUS_AGAIN ? "the queue is full or nobody listens"
                                       : "the peer is gone");
}

static enum status memory_transport_receive(struct transport *transport,
                                            struct arrival *ret_arrival, struct err *err)
{
    (void)err;
    struct memory_transport *self = (struct memory_transport *)transport;
    const struct parcel *parcel = self->inbox.first;
    if (parcel == NULL) {
        return STATUS_AGAIN;
    }
    *ret_arrival = (struct arrival){0};
    if (self->is_server) {
        be64_store(ret_arrival->peer.bytes, parcel->client->connection);
        ret_arrival->peer.len = sizeof(parcel->client->connection);
    }
    buf_clear(&self->message);
    buf_append(&self->message, parcel->bytes, parcel->len);
    ret_arrival->message = buf_bytes(&self->message);
    drop_parcel(self, &self->inbox.first);
    return STATUS_OK;
}

static bool memory_transport_is_ready(struct transport *transport)
{
    return ((struct memory_transport *)transport)->inbox.first != NULL;
}

static void memory_transport_close(struct transport *transport)
{
    struct memory_transport *self = (struct memory_transport *)transport;
    if (self->is_server) {
        break_all(self->network, self->endpoint);
    } else if (self->connection != 0) {
        break_connection(self);
    }
    struct memory_transport **at = &self->network->transports;
    while (*at != self) {
        CHECK(*at != NULL);
        at = &(*at)->next;
    }
    *at = self->next;
    buf_done(&self->message);
    free(self->endpoint);
    free(self);
}

static const struct transport_driver memory_driver = {
    .receive = memory_transport_receive,
    .send = memory_transport_send,
    .close = memory_transport_close,
    .is_ready = memory_transport_is_ready,
};

static struct transport *open_memory(struct memory_network *network,
                                     const struct transport_options *options, bool is_server)
{
    struct memory_transport *self = memory_new(1, sizeof(*self));
    self->base.driver = &memory_driver;
    self->network = network;
    self->endpoint = memory_copy_text(options->endpoint, strlen(options->endpoint));
    self->message_max_bytes = options->message_max_bytes;
    self->queue_messages = options->queue_messages;
    self->is_server = is_server;
    self->inbox.last = &self->inbox.first;
    self->next = network->transports;
    network->transports = self;
    return &self->base;
}

enum status memory_network_serve(struct memory_network *network,
                                 const struct transport_options *options,
                                 struct transport **ret_transport, struct err *err)
{
    if (find_server(network, options->endpoint) != NULL) {
        return fail(err, STATUS_BUSY, "the endpoint '%s' is served already", options->endpoint);
    }
    *ret_transport = open_memory(network, options, true);
    return STATUS_OK;
}

enum status memory_network_connect(struct memory_network *network,
                                   const struct transport_options *options,
                                   struct transport **ret_transport, struct err *err)
{
    (void)err;
    *ret_transport = open_memory(network, options, false);
    return STATUS_OK;
}
