/* SPDX-License-Identifier: Apache-2.0 */
/* What all commands of section staff share. */
#pragma once

#include "department/queue.h"

/* A fact of the section on its way: what comes after it is left to the router. */
bool work_has_pending(struct ctx *ctx, uint64_t issue, const struct work *work);

/* REFUSED with a sentence: the section has not signed yet, or has answered. */
enum status work_check_running(struct ctx *ctx, uint64_t issue, const struct work *work,
                               struct err *err) MUST_USE;

/* Records the fact. */
void work_emit(struct ctx *ctx, const struct message_type *type, const void *message,
               uint64_t issue, const struct work *work);
