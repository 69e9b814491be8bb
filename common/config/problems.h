/* SPDX-License-Identifier: Apache-2.0 */
/* The list of everything that is wrong with a set of files, so that one run of `config check` shows
 * all of it, each line as "file:line:col: error: path: message". */
#pragma once

#include "base/attr.h"
#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>

#define PROBLEMS_MAX 500U

struct problems {
    struct buf text; /* one line a problem or note, each ending in LF */
    uint32_t count;  /* also those past PROBLEMS_MAX, which are counted and not written */
};

void problems_done(struct problems *problems);

/* Adds one problem. `file` is shown as given; line and column count from 1, 0 for a fault of the
 * whole file, which is shown at 1:1; `path` is the place inside the document ("rules[3].then.lead")
 * or "". */
void problems_add(struct problems *problems, const char *file, uint32_t line, uint32_t column,
                  const char *path, const char *format, ...) PRINTF_LIKE(6, 7);

/* Adds a line "file:1:1: note: message", which is no problem and not counted: what was left undone
 * because of the problems in that file. */
void problems_note(struct problems *problems, const char *file, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Formats one message of at most PROBLEM_MESSAGE_BYTES with its NUL, cut between two characters. */
#define PROBLEM_MESSAGE_BYTES 1024
void problems_format(char *message, const char *format, va_list args) PRINTF_LIKE(2, 0);
