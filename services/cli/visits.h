/* SPDX-License-Identifier: Apache-2.0 */
/* `visit log`, `visit show` and `visit items`. */
#pragma once

#include "cli/session.h"

/* One visit from options or from a file of JSON, sent as one command; shows it as visits_run_show()
 * does. */
enum status visits_run_log(struct session *session, const struct args *args, json_t **ret_json,
                           struct err *err) MUST_USE;

/* A visit with its issues as the router has them now. */
enum status visits_run_show(struct session *session, const struct args *args, json_t **ret_json,
                            struct err *err) MUST_USE;
void visits_print(const struct session *session, const json_t *visit);

enum status visits_run_items(struct session *session, const struct args *args, json_t **ret_json,
                             struct err *err) MUST_USE;
