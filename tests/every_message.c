/* SPDX-License-Identifier: Apache-2.0 */
#include "every_message.h"

#include "codec/unpack.h"
#include "messages.h"

#include <string.h>

struct pairs take_apart(struct bytes encoded)
{
    struct pairs pairs;
    struct unpack in = unpack_begin(encoded);
    assert_int_equal(unpack_map(&in, &pairs.count), UNPACK_FINE);
    assert_in_range(pairs.count, 0, PAIRS_MAX - 2);
    for (uint32_t i = 0; i < pairs.count; i++) {
        assert_int_equal(unpack_u64(&in, &pairs.at[i].id), UNPACK_FINE);
        const uint8_t *begin = in.p;
        assert_int_equal(unpack_skip(&in), UNPACK_FINE);
        pairs.at[i].value = bytes_of(begin, (size_t)(in.p - begin));
    }
    return pairs;
}

struct bytes put_together(const struct pairs *pairs, struct buf *out)
{
    struct list unused = {0};
    buf_clear(out);
    if (pairs->count > 15) {
        buf_append_u8(out, 0xde);
        buf_append_be16(out, (uint16_t)pairs->count);
    } else {
        buf_append_u8(out, (uint8_t)(0x80U | pairs->count));
    }
    for (uint32_t i = 0; i < pairs->count; i++) {
        list_put_u64(&unused, out, pairs->at[i].id);
        buf_append_bytes(out, pairs->at[i].value);
    }
    return buf_bytes(out);
}

void insert(struct pairs *pairs, uint32_t at, uint64_t id, struct bytes value)
{
    memmove(&pairs->at[at + 1], &pairs->at[at], (pairs->count - at) * sizeof pairs->at[0]);
    pairs->at[at] = (struct pair){id, value};
    pairs->count++;
}

enum status decode_exactly(const struct message_type *type, struct bytes bytes, void *ret_message,
                           struct err *err)
{
    uint8_t *copy = malloc(bytes.len + (bytes.len == 0));
    assert_non_null(copy);
    if (bytes.len != 0) {
        memcpy(copy, bytes.p, bytes.len);
    }
    enum status st = message_decode(type, bytes_of(copy, bytes.len), ret_message, err);
    free(copy);
    return st;
}

void for_every_type(void (*check)(struct subject *))
{
    for (uint32_t i = 0; i < message_type_count; i++) {
        struct subject subject = {.type = message_types[i]};
        sample_fill(subject.type, SAMPLE_SMALL, subject.type->number, &subject.arena,
                    subject.message);
        message_append(subject.type, subject.message, PART_ALL, &subject.encoded);
        check(&subject);
        buf_done(&subject.encoded);
        message_arena_done(&subject.arena);
    }
}

void expect_refused(struct subject *subject, struct bytes bytes, const char *what, uint64_t which)
{
    struct err err = {{0}, {0}};
    if (decode_exactly(subject->type, bytes, subject->decoded, &err) != STATUS_INVALID ||
        err.text[0] == '\0') {
        fail_msg("%s: %s %llu is not refused: '%s'", subject->type->name, what,
                 (unsigned long long)which, err.text);
    }
}
