/* SPDX-License-Identifier: Apache-2.0 */
#include "link/frames.h"

#include "base/endian.h"
#include "messages.h"

void link_word_set(struct link_word *word, struct bytes bytes)
{
    CHECK(bytes.len <= WORD_MAX_BYTES);
    word->len = (uint8_t)bytes.len;
    if (bytes.len != 0) {
        memcpy(word->text, bytes.p, bytes.len);
    }
}

void frame_append(const struct message_type *type, const void *message, struct buf *out)
{
    buf_append_be16(out, (uint16_t)type->number);
    message_append(type, message, PART_ALL, out);
}

bool refuse_is_other_past(int reason)
{
    return reason == REFUSE_REASON_OTHER_JOURNAL || reason == REFUSE_REASON_HISTORY_DIFFERS ||
           reason == REFUSE_REASON_CURSOR_BEYOND_HEAD;
}

bool frame_split(struct bytes frame, uint32_t *ret_number, struct bytes *ret_encoded)
{
    if (frame.len < sizeof(uint16_t)) {
        return false;
    }
    *ret_number = be16_load(frame.p);
    *ret_encoded = bytes_of(frame.p + sizeof(uint16_t), frame.len - sizeof(uint16_t));
    return true;
}
