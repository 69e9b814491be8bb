/* SPDX-License-Identifier: Apache-2.0 */
/* Who follows whom among the daemons of an instance, by kind: the one place that knows. */
#pragma once

#include "base/bytes.h"

struct arrow {
    const char *follower;
    const char *producer;
    bool is_by_topic; /* only the sections the follower serves */
};

/* The arrow from follower to producer, or NULL when there is none. Lives for ever. */
const struct arrow *topology_find(struct bytes follower, struct bytes producer);
