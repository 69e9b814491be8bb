/* SPDX-License-Identifier: Apache-2.0 */
#include "link/transport.h"

#include "link/transport_driver.h"

#include <errno.h>
#include <poll.h>

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

/* Fills `fds` with what can be waited for, and shortens `*timeout_ms` when something is there
 * already or cannot be waited for. */
static void list_fds(struct transport *const *transports, uint32_t count, struct pollfd *fds,
                     int *timeout_ms)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct transport_driver *driver = transports[i]->driver;
        bool is_waited_for = driver->fd != NULL;
        fds[i] =
            (struct pollfd){.fd = is_waited_for ? driver->fd(transports[i]) : -1, .events = POLLIN};
        if (driver->is_ready(transports[i])) {
            *timeout_ms = 0;
        } else if (!is_waited_for && *timeout_ms != 0) {
            *timeout_ms = 1;
        }
    }
}

enum status transport_wait(struct transport *const *transports, uint32_t count, int wake_fd,
                           int timeout_ms, struct err *err)
{
    CHECK(count <= TRANSPORT_WAIT_MAX);
    struct pollfd fds[TRANSPORT_WAIT_MAX + 1];
    list_fds(transports, count, fds, &timeout_ms);
    fds[count] = (struct pollfd){.fd = wake_fd, .events = POLLIN};
    if (poll(fds, count + 1, timeout_ms) < 0) {
        return errno == EINTR ? STATUS_AGAIN
                              : fail(err, STATUS_IO, "waiting for messages: %s", strerror(errno));
    }
    for (uint32_t i = 0; i < count; i++) {
        if (fds[i].revents != 0 && fds[i].fd >= 0) {
            transports[i]->driver->stir(transports[i]);
        }
    }
    return STATUS_OK;
}
