/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "cli/call.h"

/* Prints the completion script of a shell. */
enum status completion_run(struct session *session, const struct args *args, json_t **ret_json,
                           struct err *err) MUST_USE;
