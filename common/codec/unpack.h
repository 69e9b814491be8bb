/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bounded cursor over msgpack bytes of unknown origin. It allocates nothing, never reads past the
 * end, and refuses what messages never hold: nil, floats, extensions, and values in a longer form
 * than needed. A count of elements is refused when the bytes left cannot hold that many, so a few
 * bytes can never make a reader loop or reserve for millions.
 *
 * Every function leaves the cursor where it was when it reports a fault.
 */
#pragma once

#include "base/bytes.h"

#include <stdbool.h>
#include <stdint.h>

struct unpack {
    const uint8_t *p;
    const uint8_t *end;
};

enum unpack_fault {
    UNPACK_FINE,
    UNPACK_TRUNCATED,
    UNPACK_OTHER_TYPE,
    UNPACK_LONG_FORM,
    UNPACK_NEVER_USED,
    UNPACK_TOO_DEEP,
    UNPACK_FAULT_COUNT
};

/* The fault in words that follow a field's name ("the bytes end too early"). Lives for ever. */
const char *unpack_fault_words(enum unpack_fault fault);

static inline struct unpack unpack_begin(struct bytes bytes)
{
    return (struct unpack){bytes.p, bytes.len == 0 ? bytes.p : bytes.p + bytes.len};
}

static inline size_t unpack_left(const struct unpack *in)
{
    return (size_t)(in->end - in->p);
}

enum unpack_fault unpack_u64(struct unpack *in, uint64_t *ret_value);
enum unpack_fault unpack_i64(struct unpack *in, int64_t *ret_value);
enum unpack_fault unpack_bool(struct unpack *in, bool *ret_value);
/* Both borrow from the bytes the cursor stands on. */
enum unpack_fault unpack_text(struct unpack *in, struct bytes *ret_text);
enum unpack_fault unpack_bin(struct unpack *in, struct bytes *ret_bin);
/* The elements, or the keys and values in turn, follow. */
enum unpack_fault unpack_array(struct unpack *in, uint32_t *ret_count);
enum unpack_fault unpack_map(struct unpack *in, uint32_t *ret_pairs);

/* Steps over one value of any type with all it holds, at most MESSAGE_DEPTH_MAX levels. */
enum unpack_fault unpack_skip(struct unpack *in);
