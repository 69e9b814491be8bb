/* SPDX-License-Identifier: Apache-2.0 */
/* Households change hands, and what went along with them is said. */
#pragma once

#include "cli/session.h"

/* Handing over, and leaving. The issues are those that are open when the router is looked at, which
 * may fail: `issues` is null then. */
enum status handover_run(struct session *session, const struct args *args, json_t **ret_json,
                         struct err *err) MUST_USE;
void handover_print(const struct session *session, const json_t *result);
