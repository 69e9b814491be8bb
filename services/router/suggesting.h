/* SPDX-License-Identifier: Apache-2.0 */
/* What the triage desk did teaches what it is offered for the next report. */
#pragma once

#include "router/issue_file.h"

/* Category of level 1 to be learned when the desk dispatches `issue` under `category`; empty:
 * nothing, because the issue does not come from the desk or nobody gave it a category. */
struct bytes suggesting_lesson(const struct ctx *ctx, const struct issue *issue,
                               struct bytes category);

/* Learns from the report of `row`; only in apply. */
void suggesting_learn(struct ctx *ctx, const struct issue_row *row, struct bytes category,
                      struct bytes department);
