/* SPDX-License-Identifier: Apache-2.0 */
/* Text as people write it: UTF-8, its normal forms, and how wide it is in a terminal. */
#pragma once

#include "base/buf.h"
#include "base/bytes.h"
#include "base/status.h"

/* Whether `text` is well-formed UTF-8 without NUL; *ret_chars (may be NULL) is its length in
 * characters, set in either case to what was read so far. */
bool text_is_valid(struct bytes text, size_t *ret_chars);

/* Whether there is nothing in it that could be read: no character but white space and invisible
 * ones. */
bool text_is_blank(struct bytes text);

/* Appends `text` in Unicode normal form C, line ends as LF. INVALID: not UTF-8, or control
 * characters other than LF, tabs and the separators of Unicode (U+2028, U+2029) among them. */
enum status text_append_nfc(struct buf *buf, struct bytes text, struct err *err) MUST_USE;

/* Appends the form texts are compared in: NFKC with case folding (full-width digits and letters
 * become ordinary ones). INVALID: not UTF-8. */
enum status text_append_folded(struct buf *buf, struct bytes text, struct err *err) MUST_USE;

/* How many terminal columns `text` takes; Chinese characters take two. */
size_t text_width(struct bytes text);
