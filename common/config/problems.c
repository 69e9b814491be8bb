/* SPDX-License-Identifier: Apache-2.0 */
#include "config/problems.h"

#include <stdio.h>

void problems_done(struct problems *problems)
{
    buf_done(&problems->text);
    problems->count = 0;
}

/* A problem is one line whatever text is quoted in it. */
static void append_line(struct buf *text, const char *message)
{
    for (const char *c = message; *c != '\0'; c++) {
        bool is_control = (unsigned char)*c < 0x20 || *c == 0x7f;
        buf_append_u8(text, is_control ? (uint8_t)'?' : (uint8_t)*c);
    }
}

/* Where to cut a text that was truncated at `len`, so that no character is cut in two. */
static size_t whole_characters(const char *text, size_t len)
{
    size_t at = len;
    while (at > 0 && ((unsigned char)text[at - 1] & 0xc0) == 0x80) {
        at--;
    }
    return at > 0 && (unsigned char)text[at - 1] >= 0xc0 ? at - 1 : len;
}

void problems_format(char *message, const char *format, va_list args)
{
    int need = vsnprintf(message, PROBLEM_MESSAGE_BYTES, format, args);
    if (need >= PROBLEM_MESSAGE_BYTES) {
        message[whole_characters(message, PROBLEM_MESSAGE_BYTES - 1)] = '\0';
    }
}

void problems_add(struct problems *problems, const char *file, uint32_t line, uint32_t column,
                  const char *path, const char *format, ...)
{
    if (++problems->count > PROBLEMS_MAX) {
        return;
    }
    char message[PROBLEM_MESSAGE_BYTES];
    va_list args;
    va_start(args, format);
    problems_format(message, format, args);
    va_end(args);
    append_line(&problems->text, file);
    buf_append_format(&problems->text, ":%u:%u", line != 0 ? line : 1, column != 0 ? column : 1);
    buf_append_string(&problems->text, ": error: ");
    if (path[0] != '\0') {
        append_line(&problems->text, path);
        buf_append_string(&problems->text, ": ");
    }
    append_line(&problems->text, message);
    buf_append_u8(&problems->text, '\n');
}

void problems_note(struct problems *problems, const char *file, const char *format, ...)
{
    char message[PROBLEM_MESSAGE_BYTES];
    va_list args;
    va_start(args, format);
    problems_format(message, format, args);
    va_end(args);
    append_line(&problems->text, file);
    buf_append_string(&problems->text, ":1:1: note: ");
    append_line(&problems->text, message);
    buf_append_u8(&problems->text, '\n');
}
