/* SPDX-License-Identifier: Apache-2.0 */
/* A borrowed view of bytes, text or binary. It owns nothing and lives no longer than what it
 * points into. Empty is {NULL, 0} or any pointer with length 0. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
    const uint8_t *p;
    size_t len;
};

/* The view of a string literal, without its NUL. */
#define BYTES(literal) ((struct bytes){(const uint8_t *)("" literal), sizeof(literal) - 1})
/* For "%.*s". */
#define BYTES_FMT(b) (int)(b).len, (const char *)((b).p != NULL ? (b).p : (const uint8_t *)"")

static inline struct bytes bytes_of(const void *p, size_t len)
{
    return (struct bytes){(const uint8_t *)p, len};
}

static inline struct bytes bytes_of_string(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static inline bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

/* Order of memcmp, the shorter first among equals: the key order of every store. */
static inline int bytes_compare(struct bytes a, struct bytes b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter == 0 ? 0 : memcmp(a.p, b.p, shorter);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static inline bool bytes_start_with(struct bytes b, struct bytes prefix)
{
    return b.len >= prefix.len && (prefix.len == 0 || memcmp(b.p, prefix.p, prefix.len) == 0);
}
