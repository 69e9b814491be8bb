/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `demo play`: plays the example's reports through the running instance to their ends. Everything
 * is done with the commands of this program, by the people who may do it.
 */
#pragma once

#include "cli/session.h"

/* The result is {issues, closed, outcomes{outcome: n}, redo, explained, unreached, seconds, ...};
 * session->exit says when not every issue reached its end. */
enum status demo_run(struct session *session, const struct args *args, json_t **ret_json,
                     struct err *err) MUST_USE;
void demo_print(const struct session *session, const json_t *result);
