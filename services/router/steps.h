/* SPDX-License-Identifier: Apache-2.0 */
/* One step of the lifecycle, from the question whether it may be to the event that says it was. */
#pragma once

#include "domain/lifecycle.h"
#include "router/issue_file.h"

/* Takes the step if the lifecycle allows it, and emits its event, filled in from `event` (which has
 * the texts and marks of the step) and from the issue after it; `file` then holds that issue.
 * Otherwise returns the lifecycle's refusal and has no effect. */
enum status take_step(struct ctx *ctx, struct issue_file *file, const struct step *step,
                      struct step_event *event, struct err *err) MUST_USE;

/* The issue and the person of a command. NOT_FOUND with a sentence. */
enum status begin_command(struct ctx *ctx, uint64_t number, const struct command *command,
                          struct issue_file *file, struct actor *actor, struct err *err) MUST_USE;

/* Records that a fact had no effect, and why. */
void set_aside(struct ctx *ctx, const struct record *fact, struct bytes topic, const char *reason);
