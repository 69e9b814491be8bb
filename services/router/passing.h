/* SPDX-License-Identifier: Apache-2.0 */
/* What happens by itself when a deadline passes. */
#pragma once

#include "router/issue_file.h"

/* A section counts as having signed, an unanswered question goes back to triage, a suspension ends,
 * a closed issue is archived. True: the stage's clock is dealt with; false: it is only told that it
 * is late. */
bool pass_by_itself(struct ctx *ctx, struct issue_file *file, enum stage stage);

/* The feedback is late: the cadre is marked, and the office may give it, too. */
void pass_late_feedback(struct ctx *ctx, struct issue_file *file);

/* What it is that happens, as a sentence without a full stop; NULL where nothing does. */
const char *passing_words(enum stage stage);
