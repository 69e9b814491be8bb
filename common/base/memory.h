/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation of this program's own, bounded memory. Running out ends the process: every size that
 * comes from outside has a limit, so no peer can cause it. */
#pragma once

#include <stddef.h>

/* Zeroed memory for `count` items of `size` bytes. The caller owns it and frees it with free(). */
void *memory_new(size_t count, size_t size);

/* `p` (or NULL) resized to `count` items of `size` bytes. The caller owns the result. */
void *memory_resize(void *p, size_t count, size_t size);

/* A NUL-ended copy of `len` bytes. The caller owns it and frees it with free(). */
char *memory_copy_text(const void *p, size_t len);
