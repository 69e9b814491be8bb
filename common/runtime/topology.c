/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/topology.h"

static const struct arrow arrows[] = {
    {.follower = "router", .producer = "intake"},
    {.follower = "router", .producer = "department"},
    {.follower = "router", .producer = "auditor"},
    {.follower = "intake", .producer = "router"},
    {.follower = "department", .producer = "router", .is_by_topic = true},
    {.follower = "notifier", .producer = "intake"},
    {.follower = "notifier", .producer = "router"},
    {.follower = "auditor", .producer = "intake"},
    {.follower = "auditor", .producer = "router"},
    {.follower = "auditor", .producer = "department"},
    {.follower = "auditor", .producer = "notifier"},
};

const struct arrow *topology_find(struct bytes follower, struct bytes producer)
{
    for (size_t i = 0; i < sizeof arrows / sizeof arrows[0]; i++) {
        if (bytes_equal(follower, bytes_of_string(arrows[i].follower)) &&
            bytes_equal(producer, bytes_of_string(arrows[i].producer))) {
            return &arrows[i];
        }
    }
    return NULL;
}
