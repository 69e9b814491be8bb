/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/table.h"

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

struct table {
    uint32_t column_count;
    size_t count;
    size_t cap;
    struct cell *cells;
    struct buf texts;
};

struct table *table_open(uint32_t column_count)
{
    struct table *table = memory_new(1, sizeof *table);
    table->column_count = column_count;
    return table;
}

void table_close(struct table *table)
{
    if (table == NULL) {
        return;
    }
    buf_done(&table->texts);
    free(table->cells);
    free(table);
}

void table_put(struct table *table, struct bytes text)
{
    if (table->count == table->cap) {
        table->cap = table->cap == 0 ? 64 : table->cap * 2;
        table->cells = memory_resize(table->cells, table->cap, sizeof *table->cells);
    }
    struct cell *cell = &table->cells[table->count++];
    *cell = (struct cell){table->texts.len, text.len, text_width(text)};
    buf_append_bytes(&table->texts, text);
    for (size_t i = cell->offset; i < table->texts.len; i++) {
        uint8_t *byte = &table->texts.p[i];
        *byte = *byte == '\n' || *byte == '\r' || *byte == '\t' ? ' ' : *byte;
    }
}

static size_t column_width(const struct table *table, uint32_t column)
{
    size_t widest = 0;
    for (size_t i = column; i < table->count; i += table->column_count) {
        size_t width = table->cells[i].width < COLUMN_MAX ? table->cells[i].width : COLUMN_MAX;
        widest = width > widest ? width : widest;
    }
    return widest;
}

void table_append(const struct table *table, struct buf *out)
{
    size_t *widths = memory_new(table->column_count, sizeof *widths);
    for (uint32_t column = 0; column < table->column_count; column++) {
        widths[column] = column_width(table, column);
    }
    size_t whole = table->count - table->count % table->column_count;
    for (size_t i = 0; i < whole; i++) {
        const struct cell *cell = &table->cells[i];
        uint32_t column = (uint32_t)(i % table->column_count);
        buf_append_bytes(out, bytes_of(table->texts.p + cell->offset, cell->len));
        if (column + 1 == table->column_count) {
            while (out->len > 0 && out->p[out->len - 1] == ' ') {
                out->len--;
            }
            buf_append_u8(out, '\n');
            continue;
        }
        for (size_t at = cell->width; at < widths[column] + GAP; at++) {
            buf_append_u8(out, ' ');
        }
    }
    free(widths);
}
