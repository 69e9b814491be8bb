/* SPDX-License-Identifier: Apache-2.0 */
/* One household with its cadres by period. */
#pragma once

#include "cli/call.h"

enum status household_run_show(struct session *session, const struct args *args, json_t **ret_json,
                               struct err *err) MUST_USE;
void household_print(const struct session *session, const json_t *result);
