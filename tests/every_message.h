/* SPDX-License-Identifier: Apache-2.0 */
/* Every message there is, with a full sample of it whose encoding can be taken apart and put
 * together otherwise. */
#pragma once

#include "harness.h"

#include "message_sample.h"

#include "codec/field.h"
#include "codec/message.h"

struct pair {
    uint64_t id;
    struct bytes value;
};

#define PAIRS_MAX 64
struct pairs {
    struct pair at[PAIRS_MAX];
    uint32_t count;
};

struct pairs take_apart(struct bytes encoded);
struct bytes put_together(const struct pairs *pairs, struct buf *out);
void insert(struct pairs *pairs, uint32_t at, uint64_t id, struct bytes value);

/* A message type with a full sample of it. */
struct subject {
    const struct message_type *type;
    struct message_arena arena;
    struct buf encoded;
    _Alignas(max_align_t) uint8_t message[MESSAGE_SIZE_MAX];
    _Alignas(max_align_t) uint8_t decoded[MESSAGE_SIZE_MAX];
};

void for_every_type(void (*check)(struct subject *));

/* Decodes from memory of exactly that size, so that a sanitizer sees every step beyond it. */
enum status decode_exactly(const struct message_type *type, struct bytes bytes, void *ret_message,
                           struct err *err);
void expect_refused(struct subject *subject, struct bytes bytes, const char *what, uint64_t which);
