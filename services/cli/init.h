/* SPDX-License-Identifier: Apache-2.0 */
/* Making an instance. */
#pragma once

#include "cli/call.h"

enum status init_run(struct session *session, const struct args *args, json_t **ret_json,
                     struct err *err) MUST_USE;
void init_print(const struct session *session, const json_t *result);

/* The folder of the shipped example: $LIANHU_EXAMPLE, that of an installed program, or that of its
 * sources. `name` is a file that must be in it. NOT_FOUND: there is none. */
enum status init_find_example(const char *name, char path[PATH_MAX], struct err *err) MUST_USE;
