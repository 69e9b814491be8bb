/* SPDX-License-Identifier: Apache-2.0 */
/* A growing run of bytes that its owner fills from front to back. Zero-initialised is empty. */
#pragma once

#include "base/attr.h"
#include "base/bytes.h"

struct buf {
    uint8_t *p;
    size_t len;
    size_t cap;
};

/* Frees the bytes and leaves the buf empty; may be repeated. */
void buf_done(struct buf *buf);

/* Forgets the content, keeps the memory. */
static inline void buf_clear(struct buf *buf)
{
    buf->len = 0;
}

/* Room for `len` more bytes at the end, of which the caller fills all. The pointer is valid until
 * the next change of the buf. */
uint8_t *buf_extend(struct buf *buf, size_t len);

void buf_append(struct buf *buf, const void *p, size_t len);
void buf_append_bytes(struct buf *buf, struct bytes bytes);
void buf_append_u8(struct buf *buf, uint8_t v);
void buf_append_be16(struct buf *buf, uint16_t v);
void buf_append_be32(struct buf *buf, uint32_t v);
void buf_append_be64(struct buf *buf, uint64_t v);
void buf_append_string(struct buf *buf, const char *text);
void buf_append_format(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);

/* The content; lives until the next change of the buf. */
static inline struct bytes buf_bytes(const struct buf *buf)
{
    return (struct bytes){buf->p, buf->len};
}
