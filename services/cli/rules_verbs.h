/* SPDX-License-Identifier: Apache-2.0 */
/* Trying the routing rules out. */
#pragma once

#include "cli/call.h"

enum status rules_run_test(struct session *session, const struct args *args, json_t **ret_json,
                           struct err *err) MUST_USE;
enum status rules_run_explain(struct session *session, const struct args *args, json_t **ret_json,
                              struct err *err) MUST_USE;
void rules_print_test(const struct session *session, const json_t *result);
void rules_print_explanation(const struct session *session, const json_t *result);
