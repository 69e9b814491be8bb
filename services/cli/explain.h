/* SPDX-License-Identifier: Apache-2.0 */
/* Why an issue is where it is, who has to act until when, and what happens if nobody does: the
 * router's answer with people's names, in sentences. */
#pragma once

#include "cli/call.h"

/* Gives `duties` and `then` of an issue's view the names of people, as the contract has them. */
void explain_reshape(struct session *session, json_t *view);

/* Prints them, as lines of `issue show`. */
void explain_print(const json_t *view);
