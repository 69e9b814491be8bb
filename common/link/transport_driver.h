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
    /* Whether something may be there, so that waiting is no use. */
    bool (*is_ready)(struct transport *transport);
    /* The file descriptor that becomes readable when something may be there; NULL for a transport
     * that can only be looked at. */
    int (*fd)(struct transport *transport);
    /* It has become readable. */
    void (*stir)(struct transport *transport);
};

/* The first member of every implementation. */
struct transport {
    const struct transport_driver *driver;
};
