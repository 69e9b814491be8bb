/* SPDX-License-Identifier: Apache-2.0 */
/* The department daemon of the section urban, in the shipped street in which "staff_urban_3" also
 * works in the section transport: what its people say, and what they see. */
#pragma once

#include "department_calls.h"

#include "department/department.h"

/* Its configuration, to change a copy of. */
extern struct config wider_street;

/* ---- what the section says: a command that is accepted writes one record ------------------- */

enum status sign(struct service_node *node, const char *person, const char *department,
                 struct err *err);
enum status progress(struct service_node *node, const char *person, struct err *err);
enum status answer(struct service_node *node, const char *person, enum outcome outcome,
                   const char *evidence, struct err *err);
enum status propose(struct service_node *node, const char *person, struct err *err);

/* Signed by staff_urban_1, and the router agreed. */
void open_and_sign(struct service_node *node);

/* ---- looking -------------------------------------------------------------------------------- */

struct queue_reply list(struct service_node *node, const char *person, struct queue_query query);
/* The one item of a section's queue. */
struct queue_item item(struct service_node *node, const char *department);

/* ---- before and after ----------------------------------------------------------------------- */

int open_wider_street(void **state);
int close_wider_street(void **state);
int open_department(void **state);
#define IN_URBAN(test) cmocka_unit_test_setup_teardown(test, open_department, close_rebuilt_node)
