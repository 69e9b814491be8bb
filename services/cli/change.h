/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that change an issue: sent to the right daemon after the record the person saw, and
 * followed up to the router's verdict. */
#pragma once

#include "cli/call.h"

/* A fact recorded by intake, a department or the auditor; settled by the router. */
enum status change_run_fact(struct session *session, const struct args *args, json_t **ret_json,
                            struct err *err) MUST_USE;

/* A decision of the router itself. */
enum status change_run_router(struct session *session, const struct args *args, json_t **ret_json,
                              struct err *err) MUST_USE;

/* A new report. */
enum status change_run_submit(struct session *session, const struct args *args, json_t **ret_json,
                              struct err *err) MUST_USE;

/* A command to verb->daemon that concerns no issue. */
enum status change_run_plain(struct session *session, const struct args *args, json_t **ret_json,
                             struct err *err) MUST_USE;

/* {"journal": ..., "seq": ...}. The caller owns the result. */
json_t *change_position_json(const struct position *position);

void change_print(const struct session *session, const json_t *result);
