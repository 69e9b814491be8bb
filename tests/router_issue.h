/* SPDX-License-Identifier: Apache-2.0 */
/* A router of the shipped street, and an issue in it: how it comes there, and what is shown of
 * it. */
#pragma once

#include "domain/words.h"
#include "router/router.h"
#include "service_calls.h"
#include "service_node.h"
#include "street.h"

/* Before each test: a router that has not heard of anything. */
int open_new_router(void **state);

/* Of household h1, by cadre1, in words of no rule and of a category that is for the triage desk. */
struct reported_event desk_report(void);

/* The person is shown it; borrows until the next call. */
struct issue_view ask_issue(struct service_node *node, const char *person, uint64_t issue);
