/* SPDX-License-Identifier: Apache-2.0 */
/* The history of an issue across all daemons, as a walk over causes: what led to what, and how long
 * it took. */
#pragma once

#include "cli/call.h"

enum status trace_run(struct session *session, const struct args *args, json_t **ret_json,
                      struct err *err) MUST_USE;
void trace_print(const struct session *session, const json_t *records);
