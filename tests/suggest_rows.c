/* SPDX-License-Identifier: Apache-2.0 */
#include "suggest_rows.h"

#include "base/memory.h"

#include <stdlib.h>

void memory_rows_done(struct memory_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        free((void *)(uintptr_t)rows->items[i].key.p);
    }
    free(rows->items);
    *rows = (struct memory_rows){0};
}

/* The first row with a key not below `key`. */
static size_t seek(const struct memory_rows *rows, struct bytes key)
{
    size_t from = 0;
    size_t until = rows->count;
    while (from < until) {
        size_t middle = from + (until - from) / 2;
        if (bytes_compare(rows->items[middle].key, key) < 0) {
            from = middle + 1;
        } else {
            until = middle;
        }
    }
    return from;
}

static void visit(void *user, struct bytes prefix, suggest_row_fn *on_row, void *on_row_user)
{
    const struct memory_rows *rows = user;
    for (size_t i = seek(rows, prefix);
         i < rows->count && bytes_start_with(rows->items[i].key, prefix); i++) {
        on_row(on_row_user, rows->items[i].key, rows->items[i].count);
    }
}

static void add(void *user, struct bytes key, uint64_t count)
{
    struct memory_rows *rows = user;
    size_t at = seek(rows, key);
    if (at == rows->count || !bytes_equal(rows->items[at].key, key)) {
        if (rows->count == rows->cap) {
            rows->cap = rows->cap == 0 ? 1024 : rows->cap * 2;
            rows->items = memory_resize(rows->items, rows->cap, sizeof *rows->items);
        }
        memmove(&rows->items[at + 1], &rows->items[at], (rows->count - at) * sizeof *rows->items);
        rows->items[at] = (struct memory_row){
            bytes_of(memory_copy_text(key.p, key.len), key.len),
            0,
        };
        rows->count++;
    }
    rows->items[at].count += count;
}

struct suggest_rows memory_rows_interface(struct memory_rows *rows)
{
    return (struct suggest_rows){.user = rows, .visit = visit, .add = add};
}
