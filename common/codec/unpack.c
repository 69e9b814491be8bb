/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/unpack.h"

#include "base/endian.h"
#include "base/status.h"
#include "codec/message.h"

enum shape {
    SHAPE_NEVER,
    SHAPE_NUMBER,
    SHAPE_NEGATIVE,
    SHAPE_BOOL,
    SHAPE_TEXT,
    SHAPE_BIN,
    SHAPE_ARRAY,
    SHAPE_MAP
};

/* The head of a value: its shape and its number, which is the value itself (negative ones in two's
 * complement), the length in bytes, or the count of what follows. */
struct head {
    enum shape shape;
    uint64_t number;
};

/* The forms 0xc0 to 0xdf: how many bytes of number follow, and the least number that needs them
 * (of a negative number: of its complement). */
struct form {
    enum shape shape;
    uint8_t width;
    uint64_t least;
};

static const struct form forms[32] = {
    [0x02] = {SHAPE_BOOL, 0, 0},
    [0x03] = {SHAPE_BOOL, 0, 0},
    [0x04] = {SHAPE_BIN, 1, 0},
    [0x05] = {SHAPE_BIN, 2, 0x100},
    [0x06] = {SHAPE_BIN, 4, 0x10000},
    [0x0c] = {SHAPE_NUMBER, 1, 0x80},
    [0x0d] = {SHAPE_NUMBER, 2, 0x100},
    [0x0e] = {SHAPE_NUMBER, 4, 0x10000},
    [0x0f] = {SHAPE_NUMBER, 8, UINT64_C(0x100000000)},
    [0x10] = {SHAPE_NEGATIVE, 1, 0x20},
    [0x11] = {SHAPE_NEGATIVE, 2, 0x80},
    [0x12] = {SHAPE_NEGATIVE, 4, 0x8000},
    [0x13] = {SHAPE_NEGATIVE, 8, 0x80000000},
    [0x19] = {SHAPE_TEXT, 1, 0x20},
    [0x1a] = {SHAPE_TEXT, 2, 0x100},
    [0x1b] = {SHAPE_TEXT, 4, 0x10000},
    [0x1c] = {SHAPE_ARRAY, 2, 0x10},
    [0x1d] = {SHAPE_ARRAY, 4, 0x10000},
    [0x1e] = {SHAPE_MAP, 2, 0x10},
    [0x1f] = {SHAPE_MAP, 4, 0x10000},
};

/* How many bytes an element of each shape takes at least. */
static const uint8_t least_bytes[] = {
    [SHAPE_TEXT] = 1, [SHAPE_BIN] = 1, [SHAPE_ARRAY] = 1, [SHAPE_MAP] = 2};

static const char *const fault_words[UNPACK_FAULT_COUNT] = {
    [UNPACK_FINE] = "fine",
    [UNPACK_TRUNCATED] = "the bytes end too early",
    [UNPACK_OTHER_TYPE] = "a value of another type stands there",
    [UNPACK_LONG_FORM] = "the value is not in its shortest form",
    [UNPACK_NEVER_USED] = "nil, floats and extensions are not allowed",
    [UNPACK_TOO_DEEP] = "the value is nested too deep",
};

const char *unpack_fault_words(enum unpack_fault fault)
{
    CHECK((unsigned)fault < UNPACK_FAULT_COUNT);
    return fault_words[fault];
}

static uint64_t load_number(const uint8_t *p, unsigned width)
{
    if (width == 8) {
        return be64_load(p);
    }
    if (width == 4) {
        return be32_load(p);
    }
    return width == 2 ? be16_load(p) : width == 1 ? *p : 0;
}

static uint64_t extend_sign(uint64_t number, unsigned width)
{
    CHECK(width >= 1 && width <= 8);
    unsigned unused_bits = 64 - 8 * width;
    return (uint64_t)((int64_t)(number << unused_bits) >> unused_bits);
}

/* Reads a head of the forms that carry their number in bytes of its own. */
static enum unpack_fault read_wide_head(struct unpack *in, uint8_t first, struct head *ret_head)
{
    const struct form *form = &forms[first - 0xc0];
    if (form->shape == SHAPE_NEVER) {
        return UNPACK_NEVER_USED;
    }
    if (unpack_left(in) < 1U + form->width) {
        return UNPACK_TRUNCATED;
    }
    struct head head = {form->shape, load_number(in->p + 1, form->width)};
    uint64_t needed_for = head.number;
    if (head.shape == SHAPE_BOOL) {
        head.number = first & 1U;
    }
    if (head.shape == SHAPE_NEGATIVE) {
        head.number = extend_sign(head.number, form->width);
        needed_for = (int64_t)head.number < 0 ? ~head.number : 0;
    }
    if (needed_for < form->least) {
        return UNPACK_LONG_FORM;
    }
    in->p += 1U + form->width;
    *ret_head = head;
    return UNPACK_FINE;
}

static inline enum unpack_fault read_head(struct unpack *in, struct head *ret_head)
{
    if (in->p == in->end) {
        return UNPACK_TRUNCATED;
    }
    uint8_t first = *in->p;
    if (first >= 0xc0 && first < 0xe0) {
        return read_wide_head(in, first, ret_head);
    }
    in->p++;
    if (first < 0x80) {
        *ret_head = (struct head){SHAPE_NUMBER, first};
    } else if (first < 0x90) {
        *ret_head = (struct head){SHAPE_MAP, first & 0x0fU};
    } else if (first < 0xa0) {
        *ret_head = (struct head){SHAPE_ARRAY, first & 0x0fU};
    } else if (first < 0xc0) {
        *ret_head = (struct head){SHAPE_TEXT, first & 0x1fU};
    } else {
        *ret_head = (struct head){SHAPE_NEGATIVE, extend_sign(first, 1)};
    }
    return UNPACK_FINE;
}

/* Reads a head of the wanted shape whose content the bytes left can hold. */
static inline enum unpack_fault read_shape(struct unpack *in, enum shape shape,
                                           uint64_t *ret_number)
{
    struct unpack next = *in;
    struct head head;
    enum unpack_fault fault = read_head(&next, &head);
    if (fault != UNPACK_FINE) {
        return fault;
    }
    if (head.shape != shape) {
        return UNPACK_OTHER_TYPE;
    }
    if (shape >= SHAPE_TEXT && head.number > unpack_left(&next) / least_bytes[shape]) {
        return UNPACK_TRUNCATED;
    }
    *in = next;
    *ret_number = head.number;
    return UNPACK_FINE;
}

enum unpack_fault unpack_u64(struct unpack *in, uint64_t *ret_value)
{
    return read_shape(in, SHAPE_NUMBER, ret_value);
}

enum unpack_fault unpack_i64(struct unpack *in, int64_t *ret_value)
{
    uint64_t number;
    enum unpack_fault fault = read_shape(in, SHAPE_NUMBER, &number);
    if (fault == UNPACK_FINE && number > INT64_MAX) {
        return UNPACK_OTHER_TYPE;
    }
    if (fault == UNPACK_OTHER_TYPE) {
        fault = read_shape(in, SHAPE_NEGATIVE, &number);
    }
    if (fault == UNPACK_FINE) {
        *ret_value = (int64_t)number;
    }
    return fault;
}

enum unpack_fault unpack_bool(struct unpack *in, bool *ret_value)
{
    uint64_t number;
    enum unpack_fault fault = read_shape(in, SHAPE_BOOL, &number);
    if (fault == UNPACK_FINE) {
        *ret_value = number != 0;
    }
    return fault;
}

static enum unpack_fault read_run(struct unpack *in, enum shape shape, struct bytes *ret_bytes)
{
    uint64_t len;
    enum unpack_fault fault = read_shape(in, shape, &len);
    if (fault == UNPACK_FINE) {
        *ret_bytes = (struct bytes){in->p, (size_t)len};
        in->p += len;
    }
    return fault;
}

enum unpack_fault unpack_text(struct unpack *in, struct bytes *ret_text)
{
    return read_run(in, SHAPE_TEXT, ret_text);
}

enum unpack_fault unpack_bin(struct unpack *in, struct bytes *ret_bin)
{
    return read_run(in, SHAPE_BIN, ret_bin);
}

static enum unpack_fault read_count(struct unpack *in, enum shape shape, uint32_t *ret_count)
{
    uint64_t count;
    enum unpack_fault fault = read_shape(in, shape, &count);
    if (fault == UNPACK_FINE) {
        *ret_count = (uint32_t)count;
    }
    return fault;
}

enum unpack_fault unpack_array(struct unpack *in, uint32_t *ret_count)
{
    return read_count(in, SHAPE_ARRAY, ret_count);
}

enum unpack_fault unpack_map(struct unpack *in, uint32_t *ret_pairs)
{
    return read_count(in, SHAPE_MAP, ret_pairs);
}

/* Steps over a head and over the bytes it counts; *ret_inner is how many values it holds. */
static enum unpack_fault skip_head(struct unpack *in, uint64_t *ret_inner)
{
    struct head head;
    enum unpack_fault fault = read_head(in, &head);
    if (fault != UNPACK_FINE) {
        return fault;
    }
    *ret_inner = 0;
    if (head.shape >= SHAPE_TEXT && head.number > unpack_left(in) / least_bytes[head.shape]) {
        return UNPACK_TRUNCATED;
    }
    if (head.shape == SHAPE_TEXT || head.shape == SHAPE_BIN) {
        in->p += head.number;
    } else if (head.shape == SHAPE_ARRAY || head.shape == SHAPE_MAP) {
        *ret_inner = head.number * least_bytes[head.shape];
    }
    return UNPACK_FINE;
}

enum unpack_fault unpack_skip(struct unpack *in)
{
    struct unpack next = *in;
    /* How many values are still to come on each level. */
    uint64_t left[MESSAGE_DEPTH_MAX + 1] = {1};
    unsigned depth = 0;
    while (left[0] != 0 || depth != 0) {
        if (left[depth] == 0) {
            depth--;
            continue;
        }
        left[depth]--;
        uint64_t inner;
        enum unpack_fault fault = skip_head(&next, &inner);
        if (fault != UNPACK_FINE) {
            return fault;
        }
        if (inner != 0 && depth == MESSAGE_DEPTH_MAX) {
            return UNPACK_TOO_DEEP;
        }
        if (inner != 0) {
            left[++depth] = inner;
        }
    }
    *in = next;
    return UNPACK_FINE;
}
