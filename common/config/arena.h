/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is freed as a whole: what a configuration is built of. Zero-initialised is empty. */
#pragma once

#include "base/bytes.h"

struct arena_block;

struct arena {
    struct arena_block *last;
};

/* Frees everything that was handed out; may be repeated. */
void arena_done(struct arena *arena);

/* Zeroed room for `count` items of `size` bytes, aligned for any type; lives until arena_done(). */
void *arena_new(struct arena *arena, size_t count, size_t size);

/* A NUL-ended copy of `text`; lives until arena_done(). */
char *arena_copy_text(struct arena *arena, struct bytes text);
