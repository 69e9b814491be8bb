/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that are not written on the command line itself. */
#pragma once

#include "base/buf.h"
#include "base/status.h"

#define TEXT_INPUT_MAX_BYTES ((size_t)64 * 1024)
#define FILE_INPUT_MAX_BYTES ((size_t)64 * 1024 * 1024)

/* Appends the whole file `path` ("-": standard input), at most `max` bytes. INVALID: it cannot be
 * read, or is longer. */
enum status text_input_read(const char *path, size_t max, struct buf *out,
                            struct err *err) MUST_USE;
