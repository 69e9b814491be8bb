/* SPDX-License-Identifier: Apache-2.0 */
/* Rows for the register and calls of intake, as its tests make them. */
#pragma once

#include "intake/intake.h"
#include "service_calls.h"
#include "service_node.h"
#include "street.h"

#define ISSUE_1 UINT64_C(20260000001) /* the first of the year in which a node begins */

/* Rows that are right: a household in village c01v02 of community c01. */
struct cadre_part cadre_of(const char *id);
struct household_part household_of(const char *id, const char *cadre);
struct report_part report_of(const char *title, const char *household);

/* A list of rows on the wire. */
struct rows {
    struct list list;
    struct buf out;
    bool is_partial;
};
void add_cadre(struct rows *rows, struct cadre_part row);
void add_household(struct rows *rows, struct household_part row);
void add_report(struct rows *rows, struct report_part row);

/* Imports by the operator or somebody else, and empties `rows`. A refusal has written nothing. */
enum status import(struct service_node *node, const struct message_type *type, struct rows *rows,
                   struct err *err);
enum status import_as(struct service_node *node, const char *person,
                      const struct message_type *type, struct rows *rows, struct err *err);

/* Cadres "cadre1" and "cadre2"; households "h1" and "h2" of the first, "h3" of the second in
 * another community. */
void fill_register(struct service_node *node);

/* A report that is right, if it is by the household's cadre. */
struct submit_command submit_of(const char *household);
enum status submit(struct service_node *node, const char *person,
                   const struct submit_command *command, uint64_t *ret_issue, struct err *err);
uint64_t submit_h1(struct service_node *node);
struct report_reply ask_report(struct service_node *node, uint64_t issue);

/* Before each test: intake that has not heard of anything. */
int open_new_intake(void **state);
