/* SPDX-License-Identifier: Apache-2.0 */
/* Many reports at once, from a file with a JSON object a line. */
#pragma once

#include "cli/call.h"

enum status reports_run_import(struct session *session, const struct args *args, json_t **ret_json,
                               struct err *err) MUST_USE;
