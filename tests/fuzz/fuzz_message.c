/* SPDX-License-Identifier: Apache-2.0 */
/* Decodes any bytes as any message. What is taken encodes to a message that decodes to the same,
 * shows as JSON, and has lists that can be walked. The first two bytes choose the type. */
#include "codec/message_text.h"
#include "messages.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decode_again(const struct message_type *type, const void *message)
{
    static const struct zone china = {8 * 3600};
    _Alignas(max_align_t) uint8_t decoded[MESSAGE_SIZE_MAX];
    struct err err;
    struct buf once = {0};
    struct buf twice = {0};
    message_append(type, message, PART_ALL, &once);
    CHECK(message_decode(type, buf_bytes(&once), decoded, &err) == STATUS_OK);
    message_append(type, decoded, PART_ALL, &twice);
    CHECK(bytes_equal(buf_bytes(&once), buf_bytes(&twice)));
    json_decref(message_to_json(type, decoded, china));
    buf_done(&once);
    buf_done(&twice);
}

static void decode_parts(const struct message_type *type, const void *message)
{
    _Alignas(max_align_t) uint8_t decoded[MESSAGE_SIZE_MAX];
    struct err err;
    struct buf open = {0};
    struct buf pii = {0};
    message_append(type, message, PART_OPEN, &open);
    message_append(type, message, PART_PII, &pii);
    CHECK(message_decode_parts(type, buf_bytes(&open), buf_bytes(&pii), decoded, &err) ==
          STATUS_OK);
    buf_done(&open);
    buf_done(&pii);
}

static void normalise(const struct message_type *type, void *message)
{
    struct err err;
    struct buf arena = {0};
    struct buf out = {0};
    if (message_normalise(type, message, &arena, &err) == STATUS_OK) {
        message_append(type, message, PART_ALL, &out);
        CHECK(message_decode(type, buf_bytes(&out), message, &err) == STATUS_OK);
    }
    buf_done(&arena);
    buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    const struct message_type *type =
        message_types[((uint32_t)data[0] << 8 | data[1]) % message_type_count];
    _Alignas(max_align_t) uint8_t message[MESSAGE_SIZE_MAX];
    struct err err = {{0}, {0}};
    if (message_decode(type, bytes_of(data + 2, size - 2), message, &err) == STATUS_OK) {
        decode_again(type, message);
        decode_parts(type, message);
        normalise(type, message);
    } else {
        CHECK(err.text[0] != '\0');
    }
    return 0;
}
