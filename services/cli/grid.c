/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/grid.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>

/* Wider cells do not push the following columns: only their own row does. */
#define COLUMN_MAX 48U
#define GAP 2U

struct cell {
    size_t offset;
    size_t len;
    size_t width;
};

struct grid {
    uint32_t column_count;
    size_t count;
    size_t cap;
    struct cell *cells;
    size_t *widths; /* of the columns, as far as they are known; at least so wide */
    struct buf texts;
};

struct grid *grid_open(uint32_t column_count)
{
    struct grid *grid = memory_new(1, sizeof *grid);
    grid->column_count = column_count;
    grid->widths = memory_new(column_count, sizeof *grid->widths);
    return grid;
}

void grid_close(struct grid *grid)
{
    if (grid == NULL) {
        return;
    }
    buf_done(&grid->texts);
    free(grid->cells);
    free(grid->widths);
    free(grid);
}

void grid_put(struct grid *grid, struct bytes text)
{
    if (grid->count == grid->cap) {
        grid->cap = grid->cap == 0 ? 64 : grid->cap * 2;
        grid->cells = memory_resize(grid->cells, grid->cap, sizeof *grid->cells);
    }
    struct cell *cell = &grid->cells[grid->count++];
    *cell = (struct cell){grid->texts.len, text.len, text_width(text)};
    buf_append_bytes(&grid->texts, text);
    for (size_t i = cell->offset; i < grid->texts.len; i++) {
        uint8_t *byte = &grid->texts.p[i];
        *byte = *byte == '\n' || *byte == '\r' || *byte == '\t' ? ' ' : *byte;
    }
}

void grid_widen(struct grid *grid, uint32_t column, size_t width)
{
    size_t most = width < COLUMN_MAX ? width : COLUMN_MAX;
    grid->widths[column] = most > grid->widths[column] ? most : grid->widths[column];
}

static void append_cell(const struct grid *grid, const struct cell *cell, size_t width,
                        struct buf *out)
{
    buf_append_bytes(out, bytes_of(grid->texts.p + cell->offset, cell->len));
    size_t end = (cell->width > width ? cell->width : width) + GAP;
    for (size_t at = cell->width; at < end; at++) {
        buf_append_u8(out, ' ');
    }
}

static void end_line(struct buf *out)
{
    while (out->len > 0 && out->p[out->len - 1] == ' ') {
        out->len--;
    }
    buf_append_u8(out, '\n');
}

void grid_append(struct grid *grid, struct buf *out)
{
    CHECK(grid->column_count != 0);
    for (size_t i = 0; i < grid->count; i++) {
        grid_widen(grid, (uint32_t)(i % grid->column_count), grid->cells[i].width);
    }
    size_t whole = grid->count - grid->count % grid->column_count;
    for (size_t i = 0; i < whole; i++) {
        uint32_t column = (uint32_t)(i % grid->column_count);
        append_cell(grid, &grid->cells[i], grid->widths[column], out);
        if (column + 1 == grid->column_count) {
            end_line(out);
        }
    }
    grid->count = 0;
    buf_clear(&grid->texts);
}
