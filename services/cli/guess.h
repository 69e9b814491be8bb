/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody may have meant by a word that is not known: the nearest one that is. */
#pragma once

#include "base/bytes.h"

struct guess {
    struct bytes word;
    const char *best; /* NULL: nothing is near */
    uint32_t distance;
};

struct guess guess_begin(struct bytes word);

/* Keeps `known` when it is near, and nearer than what was tried before: when at most a third of its
 * letters were changed, left out, added or swapped with the next, or it begins with the word.
 * `known` must outlive the guess. */
void guess_try(struct guess *guess, const char *known);
