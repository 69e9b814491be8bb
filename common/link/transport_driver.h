/* SPDX-License-Identifier: Apache-2.0 */
/* What an implementation of link/transport.h provides. Private to the module. */
#pragma once

#include "link/transport.h"

struct transport_driver {
    enum status (*receive)(struct transport *transport, struct arrival *ret_arrival,
                           struct err *err);
    enum status (*send)(struct transport *transport, const struct peer *peer, struct bytes message,
                        struct err *err);
    void (*close)(struct transport *transport);
    /* The ZeroMQ socket to wait for; NULL for a transport that can only be looked at. */
    void *(*find_socket)(struct transport *transport);
    /* Whether something is there; asked only of transports without a socket. */
    bool (*is_ready)(struct transport *transport);
};

/* The first member of every implementation. */
struct transport {
    const struct transport_driver *driver;
};
