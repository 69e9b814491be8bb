/* SPDX-License-Identifier: Apache-2.0 */
/* What a replanned_event says, for people. */
#pragma once

#include "messages.h"
#include "runtime/service.h"

/* "handle: 2026-03-09T23:59:59+08:00 -> 2026-03-10T23:59:59+08:00, the calendar changed". Lives
 * until the end of the input. */
struct bytes replanned_describe(struct ctx *ctx, const struct replanned_event *event);
