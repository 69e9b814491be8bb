/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for the length of one input: handed out quickly, forgotten as a whole, kept for the next.
 * Zero-initialised is empty. */
#pragma once

#include "base/buf.h"
#include "base/bytes.h"

struct scratch_block;

struct scratch {
    struct scratch_block *first;
    struct scratch_block *now;
    size_t used; /* of the block that is in use */
};

void scratch_done(struct scratch *scratch);

/* Forgets everything that was handed out, keeps the memory. */
void scratch_reset(struct scratch *scratch);

/* Room for `len` bytes, aligned for any type, not cleared; lives until the next reset. */
void *scratch_take(struct scratch *scratch, size_t len);

/* A copy that lives until the next reset. */
struct bytes scratch_copy(struct scratch *scratch, struct bytes bytes);
