/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds many words in one pass over a text (Aho and Corasick, 1975), over letters of an alphabet.
 * The transitions of all states stand in one open-addressed table, so that a step that leads
 * nowhere, which is nearly every step, costs one look. Immutable once made.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define AUTOMATON_LETTERS_MAX (UINT32_C(1) << 24)

struct automaton;

/* A word as letters; must have at least one and none of them 0. No two words are equal. */
struct automaton_word {
    const uint16_t *letters;
    uint32_t count;
};

/* The automaton of `count` words, numbered in the order given, over letters 1 to `letter_count`.
 * Together they have less than AUTOMATON_LETTERS_MAX letters. The caller owns the result and closes
 * it with automaton_close(). */
struct automaton *automaton_open(const struct automaton_word *words, uint32_t count,
                                 uint32_t letter_count);
void automaton_close(struct automaton *automaton);

/* Calls `on_word` for each occurrence of each word, in the order of their last letters, `end` being
 * the index after it; of those that end together the longest first. */
typedef void automaton_word_fn(void *user, uint32_t word, uint32_t end);
void automaton_scan(const struct automaton *automaton, const uint16_t *letters, uint32_t count,
                    automaton_word_fn *on_word, void *user);

/* Bytes of memory held. */
uint64_t automaton_memory_bytes(const struct automaton *automaton);
