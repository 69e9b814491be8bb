/* SPDX-License-Identifier: Apache-2.0 */
/* What both ends of a link share: frames as messages. Private to the module. */
#pragma once

#include "base/buf.h"
#include "base/number.h"
#include "codec/message.h"

#define LINK_PROTOCOL 1U

/* A copy of a word that outlives the message it came in. */
struct link_word {
    uint8_t len;
    uint8_t text[WORD_MAX_BYTES];
};

static inline struct bytes link_word_bytes(const struct link_word *word)
{
    return bytes_of(word->text, word->len);
}

/* `bytes` is a valid word or empty. */
void link_word_set(struct link_word *word, struct bytes bytes);

/* Appends the frame of `message`: type number, then the encoded message. */
void frame_append(const struct message_type *type, const void *message, struct buf *out);

/* Whether a hello was refused because of two histories one is not what people were told: either the
 * journal lost what it had, or the follower is no follower of it. */
bool refuse_is_other_past(int reason);

/* What to do then; both ends say it. */
#define ADVICE                                                                                     \
    "run 'lianhu down' at once, then put back its newest state, or the whole instance from one "   \
    "copy"

/* Splits a frame; false when it is too short to be one. */
bool frame_split(struct bytes frame, uint32_t *ret_number, struct bytes *ret_encoded);
