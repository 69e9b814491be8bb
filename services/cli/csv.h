/* SPDX-License-Identifier: Apache-2.0 */
/* Comma-separated values as RFC 4180 has them: quoted fields with doubled quotes and line ends in
 * them, CRLF or LF, a byte-order mark at the beginning. Lines without anything are passed over. */
#pragma once

#include "base/buf.h"
#include "base/bytes.h"
#include "base/status.h"

#define CSV_FIELDS_MAX 32U

struct csv {
    struct bytes text; /* borrowed */
    size_t at;
    uint32_t line;
    struct buf fields; /* of the row at hand */
};

struct csv_row {
    uint32_t line; /* where it begins, from 1 */
    uint32_t count;
    struct bytes fields[CSV_FIELDS_MAX]; /* live until the next row */
};

void csv_init(struct csv *csv, struct bytes text);
void csv_done(struct csv *csv);

/* The next row. AGAIN: there is none. INVALID: a quote where none may be, no end of a quoted field,
 * or too many fields; reading cannot go on then. */
enum status csv_next(struct csv *csv, struct csv_row *ret_row, struct err *err) MUST_USE;
