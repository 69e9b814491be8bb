/* SPDX-License-Identifier: Apache-2.0 */
/* A table of texts with aligned columns; Chinese characters take two. */
#pragma once

#include "base/buf.h"
#include "base/bytes.h"

struct table;

/* The caller owns the result and closes it with table_close(). */
struct table *table_open(uint32_t column_count);
void table_close(struct table *table);

/* The next cell, from left to right, row after row. The text is copied; line ends become spaces. */
void table_put(struct table *table, struct bytes text);

/* Appends the lines; a last row that is not full is left out. */
void table_append(const struct table *table, struct buf *out);
