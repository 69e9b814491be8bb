/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "base/endian.h"
#include "base/memory.h"
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buf_done(struct buf *buf)
{
    free(buf->p);
    *buf = (struct buf){0};
}

uint8_t *buf_extend(struct buf *buf, size_t len)
{
    CHECK(len <= SIZE_MAX / 2 - buf->len);
    if (buf->cap - buf->len < len) {
        size_t cap = buf->cap < 64 ? 64 : buf->cap;
        while (cap - buf->len < len) {
            cap *= 2;
        }
        buf->p = memory_resize(buf->p, cap, 1);
        buf->cap = cap;
    }
    uint8_t *at = buf->p + buf->len;
    buf->len += len;
    return at;
}

void buf_append(struct buf *buf, const void *p, size_t len)
{
    if (len != 0) {
        memcpy(buf_extend(buf, len), p, len);
    }
}

void buf_append_bytes(struct buf *buf, struct bytes bytes)
{
    buf_append(buf, bytes.p, bytes.len);
}

void buf_append_u8(struct buf *buf, uint8_t v)
{
    *buf_extend(buf, 1) = v;
}

void buf_append_be16(struct buf *buf, uint16_t v)
{
    be16_store(buf_extend(buf, 2), v);
}

void buf_append_be32(struct buf *buf, uint32_t v)
{
    be32_store(buf_extend(buf, 4), v);
}

void buf_append_be64(struct buf *buf, uint64_t v)
{
    be64_store(buf_extend(buf, 8), v);
}

void buf_append_string(struct buf *buf, const char *text)
{
    buf_append(buf, text, strlen(text));
}

void buf_append_format(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int need = vsnprintf(NULL, 0, format, args);
    va_end(args);
    CHECK(need >= 0);
    char *at = (char *)buf_extend(buf, (size_t)need + 1);
    (void)vsnprintf(at, (size_t)need + 1, format, again);
    va_end(again);
    buf->len--;
}
