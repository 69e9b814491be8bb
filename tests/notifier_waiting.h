/* SPDX-License-Identifier: Apache-2.0 */
/* A notifier of the shipped street, for tests of what waits in it and for how long. */
#pragma once

#include "notifier_calls.h"

#define MONDAY_NIGHT "2026-03-02T03:00:00"
#define MONDAY_OPENING "2026-03-02T08:30:00"
#define MONDAY "2026-03-02T10:00:00"

void set_now(struct service_node *node, const char *text);
void wait_until(struct service_node *node, const char *text);

/* Handling of AN_ISSUE is due soon, and these people are told. */
void warn(struct service_node *node, const char *const *people);

void assert_waiting(struct service_node *node, uint64_t held, uint64_t digests, uint64_t unread);
/* Nothing more ever happens by itself. */
void assert_quiet(struct service_node *node);
