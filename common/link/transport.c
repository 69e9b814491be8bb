/* SPDX-License-Identifier: Apache-2.0 */
#include "link/transport.h"

#include "link/transport_driver.h"

#include <zmq.h>

#include <errno.h>

enum status transport_receive(struct transport *transport, struct arrival *ret_arrival,
                              struct err *err)
{
    return transport->driver->receive(transport, ret_arrival, err);
}

enum status transport_send(struct transport *transport, const struct peer *peer,
                           struct bytes message, struct err *err)
{
    return transport->driver->send(transport, peer, message, err);
}

void transport_close(struct transport *transport)
{
    if (transport != NULL) {
        transport->driver->close(transport);
    }
}

/* Fills `items` with what can be waited for, and shortens `*timeout_ms` when something cannot. */
static int list_items(struct transport *const *transports, uint32_t count, zmq_pollitem_t *items,
                      int *timeout_ms)
{
    int item_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        void *socket = transports[i]->driver->find_socket(transports[i]);
        if (socket != NULL) {
            items[item_count++] = (zmq_pollitem_t){.socket = socket, .events = ZMQ_POLLIN};
        } else if (transports[i]->driver->is_ready(transports[i])) {
            *timeout_ms = 0;
        } else if (*timeout_ms != 0) {
            *timeout_ms = 1;
        }
    }
    return item_count;
}

enum status transport_wait(struct transport *const *transports, uint32_t count, int wake_fd,
                           int timeout_ms, struct err *err)
{
    CHECK(count <= TRANSPORT_WAIT_MAX);
    zmq_pollitem_t items[TRANSPORT_WAIT_MAX + 1];
    int item_count = list_items(transports, count, items, &timeout_ms);
    if (wake_fd >= 0) {
        items[item_count++] = (zmq_pollitem_t){.fd = wake_fd, .events = ZMQ_POLLIN};
    }
    /* zmq_poll() looks at the sockets' events themselves, so nothing that came during an earlier
     * receive or send is slept over. */
    if (zmq_poll(items, item_count, timeout_ms) >= 0) {
        return STATUS_OK;
    }
    if (errno == EINTR) {
        return STATUS_AGAIN;
    }
    return fail(err, STATUS_IO, "waiting for messages: %s", zmq_strerror(errno));
}
