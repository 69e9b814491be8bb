/* SPDX-License-Identifier: Apache-2.0 */
/* An issue on its way through the router of the shipped street, and what the router says of it, in
 * few words. */
#pragma once

#include "router_issue.h"

#define ISSUE(n) (UINT64_C(20260000000) + (n))

/* ---- what happens --------------------------------------------------------------------------- */

/* Of another daemon; the router has to write something about it. */
void fact(struct service_node *node, uint64_t issue, const struct message_type *type,
          const void *message, const char *actor);
/* It has to be accepted. */
void command(struct service_node *node, const char *person, const struct message_type *type,
             const void *message);

/* Of a category that is for the triage desk; without a name by cadre1. */
void report_by(struct service_node *node, uint64_t issue, const char *cadre);
void report(struct service_node *node, uint64_t issue);
/* To urban, with another section assisting unless NULL. */
void dispatch(struct service_node *node, uint64_t issue, const char *assist);
void sign(struct service_node *node, uint64_t issue, const char *section, const char *staff);
/* From the report to the first contact. */
void to_work(struct service_node *node, uint64_t issue);
void ask_to_wait(struct service_node *node, uint64_t issue);
void answer(struct service_node *node, uint64_t issue);
void propose(struct service_node *node, uint64_t issue);
void review(struct service_node *node, uint64_t issue, const char *person);
void tell(struct service_node *node, uint64_t issue, const char *person);
/* From the report to the call-back. */
void to_callback(struct service_node *node, uint64_t issue);
void call_back(struct service_node *node, uint64_t issue, bool is_good);

/* ---- what is said of it --------------------------------------------------------------------- */

/* Each borrows until the next call. */
struct issue_view view_of(struct service_node *node, uint64_t issue);
/* What comes first; all zero when nothing will. */
struct then_part first_then(struct service_node *node, uint64_t issue);
/* Whether one of the sentences has this in it. */
void assert_why(struct service_node *node, uint64_t issue, const char *part);

/* ---- around --------------------------------------------------------------------------------- */

/* Before each test: it knows cadre1 and cadre2. */
int open_router(void **state);
#define IN_ROUTER(test) cmocka_unit_test_setup_teardown(test, open_router, close_rebuilt_node)
