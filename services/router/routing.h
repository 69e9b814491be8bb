/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "router/issue_file.h"

/* One leg_event for each section of the issue, or (without `has_lead`) for the assisting ones: its
 * share of the issue with the text of the report, under the section's topic. */
void emit_legs(struct ctx *ctx, const struct issue_file *file, const struct opened_event *opened,
               bool has_lead);
