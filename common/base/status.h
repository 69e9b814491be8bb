/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How things fail. A function that can fail returns `enum status`, which tells the program what to
 * do next, and takes `struct err *err` last, which tells a person what happened. An err is touched
 * only on failure, so calls can be chained.
 */
#pragma once

#include "base/attr.h"

#include <stddef.h>

/* Each status leads to a different action somewhere; the names are those people see as codes. */
#define STATUS_LIST(X)                                                                             \
    X(OK, "ok")                    /* done */                                                      \
    X(AGAIN, "again")              /* nothing there now, ask later */                              \
    X(NOT_FOUND, "not_found")      /* no such thing */                                             \
    X(EXISTS, "duplicate_request") /* a request id used again for something else */                \
    X(INVALID, "invalid")          /* the input is wrong; saying it again will not help */         \
    X(FORBIDDEN, "forbidden")      /* this person may not */                                       \
    X(REFUSED, "conflict")         /* a rule says no in the present state */                       \
    X(BUSY, "busy")                /* a door is closed for the moment */                           \
    X(UNKNOWN, "unknown")          /* it may or may not have happened */                           \
    X(FULL, "full")                /* no room: grow the map, or free the disk */                   \
    X(CORRUPT, "corrupt")          /* stored or received bytes are not what was written */         \
    X(IO, "io")                    /* the operating system or a library failed */                  \
    X(UNAVAILABLE, "unavailable")  /* nobody answers there */

enum status {
#define X(name, word) STATUS_##name,
    STATUS_LIST(X)
#undef X
        STATUS_COUNT
};

/* One sentence for people: lower case, no full stop, what failed first. `field` names the input
 * that is wrong, or is empty. */
struct err {
    char text[480];
    char field[32];
};

/* The word of a status as it is shown to programs ("not_found"). Lives for ever. */
const char *status_word(enum status status);

/* Writes the sentence and returns `status`, so that it can be used in a return statement. The
 * sentence that is there already may be among the arguments, here and below. */
enum status fail(struct err *err, enum status status, const char *format, ...) PRINTF_LIKE(3, 4);

/* As fail(), naming the input field at fault. */
enum status fail_field(struct err *err, enum status status, const char *field, const char *format,
                       ...) PRINTF_LIKE(4, 5);

/* Puts "purpose: " before the sentence that is already there and returns `status`. */
enum status wrap(struct err *err, enum status status, const char *format, ...) PRINTF_LIKE(3, 4);

/* Ends the process with file, line and text when `cond` does not hold. For broken invariants of
 * this program only, never for input. */
#define CHECK(cond) ((cond) ? (void)0 : check_failed(__FILE__, __LINE__, #cond))
_Noreturn void check_failed(const char *file, int line, const char *text);
