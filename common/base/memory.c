/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"

#include "base/status.h"

#include <stdlib.h>
#include <string.h>

void *memory_new(size_t count, size_t size)
{
    void *p = calloc(count != 0 ? count : 1, size != 0 ? size : 1);
    CHECK(p != NULL);
    return p;
}

void *memory_resize(void *p, size_t count, size_t size)
{
    void *resized = reallocarray(p, count != 0 ? count : 1, size != 0 ? size : 1);
    CHECK(resized != NULL);
    return resized;
}

char *memory_copy_text(const void *p, size_t len)
{
    char *copy = memory_new(len + 1, 1);
    if (len != 0) {
        memcpy(copy, p, len);
    }
    return copy;
}
