/* SPDX-License-Identifier: Apache-2.0 */
/* What the triage desk did teaches what it is offered for the next report. */
#pragma once

#include "router/issue_file.h"

/* Category of level 1 to be learned when the desk dispatches `issue` to `lead` under `category`, or
 * without one under what `lead` shows it to be. Empty: nothing, because the issue does not come
 * from the desk, or because `lead` shows nothing or contradicts the category reported. */
struct bytes suggesting_lesson(struct ctx *ctx, const struct issue *issue, struct bytes category,
                               struct bytes lead);

/* Learns from the report of `row`; only in apply. */
void suggesting_learn(struct ctx *ctx, const struct issue_row *row, struct bytes category,
                      struct bytes department);
