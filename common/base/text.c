/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <stdlib.h>
#include <utf8proc.h>

static bool is_ascii(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.p[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

/* Whether a character of three bytes that needs no closer look stands there, as nearly all Chinese
 * ones do: not one that could be overlong (0xe0) or a surrogate (0xed). */
static bool is_usual_three(const uint8_t *p, size_t left)
{
    return left >= 3 && p[0] > 0xe0 && p[0] < 0xf0 && p[0] != 0xed && (p[1] & 0xc0U) == 0x80 &&
           (p[2] & 0xc0U) == 0x80;
}

bool text_is_valid(struct bytes text, size_t *ret_chars)
{
    size_t chars = 0;
    bool good = true;
    for (size_t at = 0; at < text.len; chars++) {
        if (text.p[at] < 0x80) {
            good = text.p[at] != 0;
            at++;
        } else if (is_usual_three(text.p + at, text.len - at)) {
            at += 3;
        } else {
            utf8proc_int32_t c;
            utf8proc_ssize_t n =
                utf8proc_iterate(text.p + at, (utf8proc_ssize_t)(text.len - at), &c);
            good = n > 0;
            at += good ? (size_t)n : 0;
        }
        if (!good) {
            break;
        }
    }
    if (ret_chars != NULL) {
        *ret_chars = chars;
    }
    return good;
}

static bool is_invisible(utf8proc_int32_t c)
{
    utf8proc_category_t category = utf8proc_category(c);
    return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP || category == UTF8PROC_CATEGORY_CC ||
           category == UTF8PROC_CATEGORY_CF;
}

bool text_is_blank(struct bytes text)
{
    for (size_t at = 0; at < text.len;) {
        utf8proc_int32_t c;
        utf8proc_ssize_t n = utf8proc_iterate(text.p + at, (utf8proc_ssize_t)(text.len - at), &c);
        if (n <= 0 || !is_invisible(c)) {
            return false;
        }
        at += (size_t)n;
    }
    return true;
}

static enum status append_mapped(struct buf *buf, struct bytes text, utf8proc_option_t options,
                                 struct err *err)
{
    utf8proc_uint8_t *mapped = NULL;
    utf8proc_ssize_t n = utf8proc_map(text.p, (utf8proc_ssize_t)text.len, &mapped, options);
    if (n < 0) {
        return fail(err, STATUS_INVALID, "text is not valid UTF-8");
    }
    buf_append(buf, mapped, (size_t)n);
    free(mapped);
    return STATUS_OK;
}

/* Whether one of the control characters that take two bytes stands there, or a separator. */
static bool is_wide_control(const uint8_t *p, size_t left)
{
    bool is_c1 = left >= 2 && p[0] == 0xc2 && p[1] < 0xa0;
    bool is_separator = left >= 3 && p[0] == 0xe2 && p[1] == 0x80 && (p[2] == 0xa8 || p[2] == 0xa9);
    return is_c1 || is_separator;
}

/* Turns CR LF and CR into LF in place, from `from` on; false at any other control character. */
static bool tidy_controls(struct buf *buf, size_t from)
{
    size_t to = from;
    for (size_t i = from; i < buf->len; i++) {
        uint8_t c = buf->p[i];
        if (c == '\r' && i + 1 < buf->len && buf->p[i + 1] == '\n') {
            continue;
        }
        c = c == '\r' ? '\n' : c;
        if ((c < 0x20 && c != '\n') || c == 0x7f || is_wide_control(buf->p + i, buf->len - i)) {
            return false;
        }
        buf->p[to++] = c;
    }
    buf->len = to;
    return true;
}

enum status text_append_nfc(struct buf *buf, struct bytes text, struct err *err)
{
    size_t from = buf->len;
    if (!text_is_valid(text, NULL)) {
        return fail(err, STATUS_INVALID, "text is not valid UTF-8");
    }
    enum status st = STATUS_OK;
    if (is_ascii(text)) {
        buf_append_bytes(buf, text);
    } else {
        st = append_mapped(buf, text, UTF8PROC_STABLE | UTF8PROC_COMPOSE, err);
    }
    if (st == STATUS_OK && !tidy_controls(buf, from)) {
        st = fail(err, STATUS_INVALID,
                  "there is a tab or another control character in it; leave it out");
    }
    if (st != STATUS_OK) {
        buf->len = from;
    }
    return st;
}

enum status text_append_folded(struct buf *buf, struct bytes text, struct err *err)
{
    return append_mapped(
        buf, text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD, err);
}

size_t text_width(struct bytes text)
{
    size_t width = 0;
    for (size_t at = 0; at < text.len;) {
        utf8proc_int32_t c;
        utf8proc_ssize_t n = utf8proc_iterate(text.p + at, (utf8proc_ssize_t)(text.len - at), &c);
        if (n <= 0) {
            n = 1;
            c = '?';
        }
        width += (size_t)utf8proc_charwidth(c);
        at += (size_t)n;
    }
    return width;
}
