/* SPDX-License-Identifier: Apache-2.0 */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const words[STATUS_COUNT] = {
#define X(name, word) [STATUS_##name] = word,
    STATUS_LIST(X)
#undef X
};

const char *status_word(enum status status)
{
    CHECK((unsigned)status < STATUS_COUNT);
    return words[status];
}

enum status fail(struct err *err, enum status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    err->field[0] = '\0';
    return status;
}

enum status fail_field(struct err *err, enum status status, const char *field, const char *format,
                       ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    (void)snprintf(err->field, sizeof err->field, "%s", field);
    return status;
}

enum status wrap(struct err *err, enum status status, const char *format, ...)
{
    char inner[sizeof err->text];
    memcpy(inner, err->text, sizeof inner);

    va_list args;
    va_start(args, format);
    int used = vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    if (used >= 0 && (size_t)used + sizeof ": " < sizeof err->text) {
        size_t room = sizeof err->text - (size_t)used;
        (void)snprintf(err->text + used, room, ": %.*s", (int)(room - sizeof ": "), inner);
    }
    return status;
}

_Noreturn void check_failed(const char *file, int line, const char *text)
{
    (void)fprintf(stderr, "%s:%d: broken invariant: %s\n", file, line, text);
    abort();
}
