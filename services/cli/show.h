/* SPDX-License-Identifier: Apache-2.0 */
/* One issue whole: the router's view, what waits for its verdict elsewhere, and its history. */
#pragma once

#include "cli/call.h"

enum status show_run(struct session *session, const struct args *args, json_t **ret_json,
                     struct err *err) MUST_USE;
void show_print(const struct session *session, const json_t *issue);
