/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier_waiting.h"

void set_now(struct service_node *node, const char *text)
{
    service_node_set_now(node, at(text));
}

void wait_until(struct service_node *node, const char *text)
{
    service_node_wait(node, at(text));
}

void warn(struct service_node *node, const char *const *people)
{
    assert_int_equal(
        follow_clock(node, &(struct deadline_news){.issue = AN_ISSUE, .people = people}), 1);
}

void assert_waiting(struct service_node *node, uint64_t held, uint64_t digests, uint64_t unread)
{
    assert_int_equal(service_node_count(node, "held"), held);
    assert_int_equal(service_node_count(node, "digests"), digests);
    assert_int_equal(service_node_count(node, "unread"), unread);
    assert_int_equal(service_node_rows(node, PENDING), held + unread);
    assert_int_equal(service_node_rows(node, DIGESTS), digests);
    service_node_check_rebuild(node);
}

void assert_quiet(struct service_node *node)
{
    uint64_t head = service_node_head(node);
    wait_until(node, "2026-04-30T10:00:00");
    assert_int_equal(service_node_head(node), head);
    assert_waiting(node, 0, 0, 0);
}
