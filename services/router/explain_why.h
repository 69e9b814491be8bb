/* SPDX-License-Identifier: Apache-2.0 */
/* What led to where an issue is, told from its records. */
#pragma once

#include "router/issue_file.h"

/* Sentences in the order of time. */
#define WHY_MAX 8U
struct list explain_why(struct ctx *ctx, const struct issue_file *file);

/* "2026-03-02 16:00" in the office's zone. */
void explain_append_time(const struct ctx *ctx, struct wall at, struct buf *out);
