/* SPDX-License-Identifier: Apache-2.0 */
#include "base/status.h"

#include <stdarg.h>
#include <stdint.h>
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

/* Takes away the beginning of a character that a full text was cut in: sentences may carry Chinese
 * words, and what is not UTF-8 cannot be sent. */
static void tidy_end(char *text, size_t size)
{
    size_t len = strnlen(text, size);
    size_t back = 0;
    if (len + 1 < size) {
        return; /* it was not cut */
    }
    while (back < 3 && back < len && ((uint8_t)text[len - 1 - back] & 0xc0) == 0x80) {
        back++;
    }
    if (back == len) {
        return;
    }
    uint8_t lead = (uint8_t)text[len - 1 - back];
    size_t wanted = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0;
    if (wanted > back) {
        text[len - 1 - back] = '\0';
    }
}

/* The arguments may point into the text that is written: it is made beside it. */
static void write_text(struct err *err, const char *format, va_list args) PRINTF_LIKE(2, 0);

static void write_text(struct err *err, const char *format, va_list args)
{
    char text[sizeof err->text];
    (void)vsnprintf(text, sizeof text, format, args);
    tidy_end(text, sizeof text);
    memcpy(err->text, text, strlen(text) + 1);
}

enum status fail(struct err *err, enum status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_text(err, format, args);
    va_end(args);
    err->field[0] = '\0';
    return status;
}

enum status fail_field(struct err *err, enum status status, const char *field, const char *format,
                       ...)
{
    char name[sizeof err->field];
    va_list args;
    (void)snprintf(name, sizeof name, "%s", field);
    va_start(args, format);
    write_text(err, format, args);
    va_end(args);
    memcpy(err->field, name, sizeof name);
    return status;
}

enum status wrap(struct err *err, enum status status, const char *format, ...)
{
    char inner[sizeof err->text];
    memcpy(inner, err->text, sizeof inner);

    va_list args;
    va_start(args, format);
    write_text(err, format, args);
    va_end(args);
    size_t used = strlen(err->text);
    if (used + sizeof ": " < sizeof err->text) {
        size_t room = sizeof err->text - used;
        (void)snprintf(err->text + used, room, ": %.*s", (int)(room - sizeof ": "), inner);
        tidy_end(err->text, sizeof err->text);
    }
    return status;
}

_Noreturn void check_failed(const char *file, int line, const char *text)
{
    (void)fprintf(stderr, "%s:%d: broken invariant: %s\n", file, line, text);
    abort();
}
