/* SPDX-License-Identifier: Apache-2.0 */
/* Dead letters: followed records that a daemon could not take and that wait for an operator. */
#pragma once

#include "cli/call.h"

enum status dead_run_list(struct session *session, const struct args *args, json_t **ret_json,
                          struct err *err) MUST_USE;
enum status dead_run_show(struct session *session, const struct args *args, json_t **ret_json,
                          struct err *err) MUST_USE;

/* Tries a letter again, or drops it, as the message says. */
enum status dead_run_settle(struct session *session, const struct args *args, json_t **ret_json,
                            struct err *err) MUST_USE;
