/* SPDX-License-Identifier: Apache-2.0 */
/* A table of texts with aligned columns; Chinese characters take two. */
#pragma once

#include "base/buf.h"
#include "base/bytes.h"

struct grid;

/* The caller owns the result and closes it with grid_close(). */
struct grid *grid_open(uint32_t column_count);
void grid_close(struct grid *grid);

/* The next cell, from left to right, row after row. The text is copied; line ends become spaces. */
void grid_put(struct grid *grid, struct bytes text);

/* Makes a column at least so wide, for a table that comes line after line. */
void grid_widen(struct grid *grid, uint32_t column, size_t width);

/* Appends the lines put since the last call, with columns as wide as any cell so far; a last row
 * that is not full is left out. */
void grid_append(struct grid *grid, struct buf *out);
