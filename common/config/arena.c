/* SPDX-License-Identifier: Apache-2.0 */
#include "config/arena.h"

#include "base/memory.h"
#include "base/status.h"

#include <stdalign.h>
#include <stdlib.h>

#define BLOCK_BYTES ((size_t)16 * 1024)

struct arena_block {
    struct arena_block *previous;
    size_t len;
    size_t cap;
    alignas(max_align_t) uint8_t bytes[];
};

void arena_done(struct arena *arena)
{
    while (arena->last != NULL) {
        struct arena_block *block = arena->last;
        arena->last = block->previous;
        free(block);
    }
}

void *arena_new(struct arena *arena, size_t count, size_t size)
{
    const size_t align = alignof(max_align_t);
    CHECK(size == 0 || count <= (SIZE_MAX / 2) / size);
    size_t need = (count * size + align - 1) / align * align;
    struct arena_block *block = arena->last;
    if (block == NULL || block->cap - block->len < need) {
        size_t cap = need > BLOCK_BYTES ? need : BLOCK_BYTES;
        block = memory_new(1, sizeof *block + cap);
        block->cap = cap;
        block->previous = arena->last;
        arena->last = block;
    }
    void *p = block->bytes + block->len;
    block->len += need;
    return p;
}

char *arena_copy_text(struct arena *arena, struct bytes text)
{
    char *copy = arena_new(arena, text.len + 1, 1);
    if (text.len != 0) {
        memcpy(copy, text.p, text.len);
    }
    return copy;
}
