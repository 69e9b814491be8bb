/* SPDX-License-Identifier: Apache-2.0 */
/* Everybody: the people of the configuration and the cadres of the register. */
#pragma once

#include "cli/call.h"

enum status people_run_list(struct session *session, const struct args *args, json_t **ret_json,
                            struct err *err) MUST_USE;
