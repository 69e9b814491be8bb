/* SPDX-License-Identifier: Apache-2.0 */
/* What the router says to a department daemon, as its tests let it. */
#pragma once

#include "domain/words.h"
#include "service_calls.h"
#include "service_node.h"
#include "street.h"

#define ISSUE UINT64_C(20260000042)
#define HOUR_US (INT64_C(3600) * US_PER_S)

/* Each returns how many records the daemon wrote about it. An issue opened or stepped is to be
 * signed an hour after the node's beginning, and handled ten hours after; a leg given an hour later
 * each. */
uint64_t open_issue(struct service_node *node, uint64_t issue, const char *topic);
uint64_t add_leg(struct service_node *node, uint64_t issue, const char *topic, enum leg_role role);

struct share {
    const char *department; /* NULL: no more */
    enum leg_role role;
    enum leg_state state;
};
#define SHARES_MAX 4

/* A step under `topic` (or none), after which ISSUE is as `shares` say. */
uint64_t step(struct service_node *node, const char *topic, uint64_t fact, enum state state,
              const struct share *shares);
/* The same when the section urban is alone in it. */
uint64_t step_urban(struct service_node *node, uint64_t fact, enum state state, enum leg_state leg);
uint64_t put_aside(struct service_node *node, uint64_t fact, const char *reason);

/* Before each test: the daemon of urban, which has not heard of anything. */
int open_new_department(void **state);
