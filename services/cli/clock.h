/* SPDX-License-Identifier: Apache-2.0 */
/* The clock of an instance: the test clock is moved from one due instant to the next, so that
 * everything happens in its order; the real one can only be looked at and accepted. */
#pragma once

#include "cli/call.h"

enum status clock_run_show(struct session *session, const struct args *args, json_t **ret_json,
                           struct err *err) MUST_USE;
enum status clock_run_advance(struct session *session, const struct args *args, json_t **ret_json,
                              struct err *err) MUST_USE;
enum status clock_run_set(struct session *session, const struct args *args, json_t **ret_json,
                          struct err *err) MUST_USE;
enum status clock_run_accept(struct session *session, const struct args *args, json_t **ret_json,
                             struct err *err) MUST_USE;
void clock_print(const struct session *session, const json_t *result);
void clock_print_accepted(const struct session *session, const json_t *result);
