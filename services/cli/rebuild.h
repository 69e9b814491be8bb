/* SPDX-License-Identifier: Apache-2.0 */
/* Making a daemon's tables again from its journal, or only comparing them. */
#pragma once

#include "cli/call.h"

enum status rebuild_run_verb(struct session *session, const struct args *args, json_t **ret_json,
                             struct err *err) MUST_USE;
void rebuild_print(const struct session *session, const json_t *result);
