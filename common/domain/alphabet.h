/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The characters that occur in a set of words, numbered from 1. A text read through an alphabet
 * becomes a run of small numbers, 0 for every character that is in no word; reading folds it on the
 * way (NFKC and case folding, as text_append_folded) and remembers where each letter stood in the
 * text as written.
 *
 * Nearly all of what people here write are Chinese characters, ASCII and full-width forms, which
 * fold one by one and join with nothing: those take one look into a table. The rest goes through
 * the Unicode library in runs, with the character before the run, because a mark may join it.
 */
#pragma once

#include "base/bytes.h"

#include <stdbool.h>
#include <stdint.h>

#define ALPHABET_LETTERS_MAX 65000U

struct alphabet;

/* What a text was read into. Zero-initialised is empty; reading replaces the content. */
struct letters {
    uint16_t *letters;
    uint32_t *origins; /* of each letter: the character's index in the text as written */
    uint32_t count;
    uint32_t cap;
};

void letters_done(struct letters *letters);

/* The alphabet of `count` words, already folded. Characters beyond ALPHABET_LETTERS_MAX different
 * ones stay letter 0; *ret_is_whole tells whether there were none. The caller owns the result and
 * closes it with alphabet_close(). */
struct alphabet *alphabet_open(const struct bytes *words, uint32_t count, bool *ret_is_whole);
void alphabet_close(struct alphabet *alphabet);

/* The number of letters; they are 1 to this. */
uint32_t alphabet_size(const struct alphabet *alphabet);

/* The letters of a word that is already folded, into `letters`, which has room for `max`. Returns
 * how many there are. */
uint32_t alphabet_encode(const struct alphabet *alphabet, struct bytes folded, uint16_t *letters,
                         uint32_t max);

/* Bytes of memory held. */
uint64_t alphabet_memory_bytes(const struct alphabet *alphabet);

/* Reads a text as written. Bytes that are not UTF-8 count as one character each, in no word. */
void alphabet_read(const struct alphabet *alphabet, struct bytes text, struct letters *letters);
