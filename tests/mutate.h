/* SPDX-License-Identifier: Apache-2.0 */
/* Damages a text at random places, in ways that often leave it close to what a reader accepts. */
#pragma once

#include "harness.h"

#include "base/buf.h"

/* Replaces `len` bytes at `at` by `with`. */
static inline void mutate_replace(struct buf *text, size_t at, size_t len, struct bytes with)
{
    struct buf result = {0};
    buf_append(&result, text->p, at);
    buf_append_bytes(&result, with);
    if (text->len > at + len) {
        buf_append(&result, text->p + at + len, text->len - at - len);
    }
    buf_done(text);
    *text = result;
}

static inline void mutate_once(struct dice *dice, struct buf *text)
{
    static const char *const pieces[] = {
        "0",    "-",    "9999999999", "..",     ":",      ": ",      "\n", "\n  - ",
        "[",    "]",    "{}",         "\t",     "&a",     "*a",      "\"", "wd",
        "%",    "~",    "#",          "é",      "\xff",   "\n---\n", ",",  "2026-02-30",
        "none", "null", "24:00",      "like: ", "!!int ",
    };
    size_t at = (size_t)dice_below(dice, text->len + 1);
    size_t len = (size_t)dice_below(dice, 12);
    len = len < text->len - at ? len : text->len - at;
    uint64_t which = dice_below(dice, 4);
    if (which == 0 && len > 0) {
        text->p[at] = (uint8_t)dice_below(dice, 256);
    } else if (which == 1) {
        mutate_replace(text, at, len, (struct bytes){NULL, 0});
    } else if (which == 2) {
        const char *piece = pieces[dice_below(dice, sizeof pieces / sizeof pieces[0])];
        mutate_replace(text, at, 0, bytes_of_string(piece));
    } else if (text->len > 0) {
        size_t from = (size_t)dice_below(dice, text->len);
        size_t most = text->len - from < 40 ? text->len - from : 40;
        struct buf copy = {0};
        buf_append(&copy, text->p + from, (size_t)dice_below(dice, most + 1));
        mutate_replace(text, at, len, buf_bytes(&copy));
        buf_done(&copy);
    }
}
