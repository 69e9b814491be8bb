/* SPDX-License-Identifier: Apache-2.0 */
/* Running an instance and ending it. */
#pragma once

#include "cli/call.h"

enum status up_run(struct session *session, const struct args *args, json_t **ret_json,
                   struct err *err) MUST_USE;
enum status up_run_down(struct session *session, const struct args *args, json_t **ret_json,
                        struct err *err) MUST_USE;
void up_print_down(const struct session *session, const json_t *result);
