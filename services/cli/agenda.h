/* SPDX-License-Identifier: Apache-2.0 */
/* What a person owes, on issues (the router knows) and towards households (intake knows), as one
 * list in the order in which it is due. */
#pragma once

#include "cli/call.h"

enum status agenda_run(struct session *session, const struct args *args, json_t **ret_json,
                       struct err *err) MUST_USE;
void agenda_print(const struct session *session, const json_t *duties);
