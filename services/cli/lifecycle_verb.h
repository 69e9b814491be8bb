/* SPDX-License-Identifier: Apache-2.0 */
/* The lifecycle of an issue, as the program has it. */
#pragma once

#include "cli/call.h"

enum status lifecycle_run(struct session *session, const struct args *args, json_t **ret_json,
                          struct err *err) MUST_USE;
void lifecycle_print(const struct session *session, const json_t *result);
