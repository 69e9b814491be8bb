/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/scratch.h"

#include "base/memory.h"

#include <stdlib.h>

#define BLOCK_BYTES ((size_t)64 * 1024)

struct scratch_block {
    struct scratch_block *next;
    size_t size;
    max_align_t data[];
};

void scratch_done(struct scratch *scratch)
{
    struct scratch_block *block = scratch->first;
    while (block != NULL) {
        struct scratch_block *next = block->next;
        free(block);
        block = next;
    }
    *scratch = (struct scratch){0};
}

void scratch_reset(struct scratch *scratch)
{
    scratch->now = scratch->first;
    scratch->used = 0;
}

/* The first block after the present one that has room for `len`, made when there is none. */
static struct scratch_block *find_block(struct scratch *scratch, size_t len)
{
    struct scratch_block **link = scratch->now == NULL ? &scratch->first : &scratch->now->next;
    while (*link != NULL && (*link)->size < len) {
        link = &(*link)->next;
    }
    if (*link == NULL) {
        size_t size = len > BLOCK_BYTES ? len : BLOCK_BYTES;
        *link = memory_new(1, sizeof(struct scratch_block) + size);
        (*link)->size = size;
    }
    return *link;
}

void *scratch_take(struct scratch *scratch, size_t len)
{
    len = (len + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    if (scratch->now == NULL || scratch->now->size - scratch->used < len) {
        scratch->now = find_block(scratch, len);
        scratch->used = 0;
    }
    uint8_t *at = (uint8_t *)scratch->now->data + scratch->used;
    scratch->used += len;
    return at;
}

struct bytes scratch_copy(struct scratch *scratch, struct bytes bytes)
{
    if (bytes.len == 0) {
        return (struct bytes){0};
    }
    void *copy = scratch_take(scratch, bytes.len);
    memcpy(copy, bytes.p, bytes.len);
    return bytes_of(copy, bytes.len);
}
