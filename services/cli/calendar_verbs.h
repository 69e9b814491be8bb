/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to the office's calendar. */
#pragma once

#include "cli/call.h"

enum status calendar_run_due(struct session *session, const struct args *args, json_t **ret_json,
                             struct err *err) MUST_USE;
enum status calendar_run_left(struct session *session, const struct args *args, json_t **ret_json,
                              struct err *err) MUST_USE;
void calendar_print_due(const struct session *session, const json_t *result);
void calendar_print_left(const struct session *session, const json_t *result);
enum status calendar_run_show(struct session *session, const struct args *args, json_t **ret_json,
                              struct err *err) MUST_USE;
void calendar_print_year(const struct session *session, const json_t *result);
