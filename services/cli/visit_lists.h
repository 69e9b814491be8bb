/* SPDX-License-Identifier: Apache-2.0 */
/* Lists about visits and cards as people read them, with the names of cadres and villages; and
 * promises that are kept. */
#pragma once

#include "cli/session.h"

/* `visit due`: each item says with `half`, `due` and `days_left` what it is owed in. */
enum status visit_lists_run_due(struct session *session, const struct args *args, json_t **ret_json,
                                struct err *err) MUST_USE;

enum status visit_lists_run_keep(struct session *session, const struct args *args,
                                 json_t **ret_json, struct err *err) MUST_USE;

void visit_lists_print_due(const struct session *session, const json_t *result);
void visit_lists_print_visits(const struct session *session, const json_t *result);
void visit_lists_print_promises(const struct session *session, const json_t *result);
void visit_lists_print_kept(const struct session *session, const json_t *result);
void visit_lists_print_cards(const struct session *session, const json_t *result);
