/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why an issue is where it is, who has to act until when, and what happens if nobody does: as parts
 * of answers, for people. Decides nothing; what comes next is asked of the clocks themselves.
 */
#pragma once

#include "domain/duty.h"
#include "router/issue_file.h"

/* The stages whose due time has passed, set of STAGE_BIT. */
uint32_t explain_late(const struct issue_file *file);

/* Until when a duty is due; `at` is 0 where there is no limit. */
struct explain_due {
    struct wall at;
    bool is_provisional;
    bool is_overdue;
};
struct explain_due explain_due(const struct issue_file *file, const struct duty *duty);

/* A duty with what comes next if it is not done; without title and people. */
struct duty_part explain_duty(struct ctx *ctx, const struct issue_file *file,
                              const struct duty *duty);

/* Why it is where it is, the duties on it with their people, and what happens if nobody does
 * them. */
void explain_issue(struct ctx *ctx, const struct issue_file *file, struct issue_view *view);
