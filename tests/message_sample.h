/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of any type filled by their tables, for tests that must hold for every message. */
#pragma once

#include "codec/message_text.h"

enum sample_size {
    SAMPLE_SMALL, /* every field present, a few elements and characters each */
    SAMPLE_MIXED, /* fields absent or present, of any length up to their limits (or to 2,000) */
};

/* Fills `message` with valid values that depend only on the seed, the field ids and their types, so
 * that a field added to a type leaves the values of the others as they are. Texts and lists live in
 * the arena. */
void sample_fill(const struct message_type *type, enum sample_size size, uint64_t seed,
                 struct message_arena *arena, void *message);

/* Whether both hold the same values, field by field. */
bool sample_equal(const struct message_type *type, const void *a, const void *b);
