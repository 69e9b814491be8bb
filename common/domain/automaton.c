/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/automaton.h"

#include "base/memory.h"
#include "base/status.h"

#include <stdlib.h>

/* A transition is one number: the state it leaves (24 bits), its letter (16), where it leads (24).
 * No transition leads to the root, so 0 is an empty place. */
#define STATE_BITS 24
#define STATE_MASK ((UINT32_C(1) << STATE_BITS) - 1)
#define ROOT 0U
#define NO_WORD UINT32_MAX

struct state {
    uint32_t failure; /* the state of the longest proper suffix that is the beginning of a word */
    uint32_t output;  /* the nearest of itself, its failure, ... that ends a word; else ROOT */
};

struct automaton {
    struct state *states;
    uint32_t *words; /* of each state: the word that ends here, or NO_WORD */
    uint32_t state_count;
    uint32_t letter_count;
    uint32_t *first; /* of each letter: the state the root leads to, or ROOT */
    uint64_t *places;
    uint32_t place_mask;
    uint64_t *filter; /* a bit for the hash of each transition: small enough to stay in the cache,
                       * it answers most steps that lead nowhere without a look at the places */
};

#define FILTER_BITS (UINT32_C(1) << 18)

/* How states were made, needed only while the failures are worked out. */
struct origin {
    uint32_t parent;
    uint32_t depth;
    uint16_t letter;
};

static inline uint64_t hash_of(uint64_t key)
{
    return key * UINT64_C(0x9e3779b97f4a7c15);
}

static inline uint32_t place_of(const struct automaton *automaton, uint64_t hash)
{
    return (uint32_t)(hash >> 40) & automaton->place_mask;
}

static inline uint32_t filter_bit(uint64_t hash)
{
    return (uint32_t)(hash >> 20) % FILTER_BITS;
}

/* Where `letter` leads from `state`, or ROOT. */
static inline uint32_t step(const struct automaton *automaton, uint32_t state, uint16_t letter)
{
    if (state == ROOT) {
        return automaton->first[letter];
    }
    uint64_t wanted = (uint64_t)state << 16 | letter;
    uint64_t hash = hash_of(wanted);
    uint32_t bit = filter_bit(hash);
    if ((automaton->filter[bit / 64] >> bit % 64 & 1) == 0) {
        return ROOT;
    }
    for (uint32_t i = place_of(automaton, hash);; i = (i + 1) & automaton->place_mask) {
        uint64_t place = automaton->places[i];
        if (place >> STATE_BITS == wanted || place == 0) {
            return (uint32_t)place & STATE_MASK;
        }
    }
}

static void put(struct automaton *automaton, uint32_t state, uint16_t letter, uint32_t to)
{
    if (state == ROOT) {
        automaton->first[letter] = to;
        return;
    }
    uint64_t key = (uint64_t)state << 16 | letter;
    uint64_t hash = hash_of(key);
    automaton->filter[filter_bit(hash) / 64] |= UINT64_C(1) << filter_bit(hash) % 64;
    uint32_t i = place_of(automaton, hash);
    while (automaton->places[i] != 0) {
        i = (i + 1) & automaton->place_mask;
    }
    automaton->places[i] = key << STATE_BITS | to;
}

/* Room for the most states the words can need; trimmed when they are known. */
static struct automaton *allocate(uint32_t letters, uint32_t letter_count)
{
    struct automaton *automaton = memory_new(1, sizeof *automaton);
    uint32_t places = 64;
    while (places < letters * 2) {
        places *= 2;
    }
    automaton->states = memory_new((size_t)letters + 1, sizeof *automaton->states);
    automaton->words = memory_new((size_t)letters + 1, sizeof *automaton->words);
    automaton->first = memory_new((size_t)letter_count + 1, sizeof *automaton->first);
    automaton->places = memory_new(places, sizeof *automaton->places);
    automaton->filter = memory_new(FILTER_BITS / 64, sizeof *automaton->filter);
    automaton->place_mask = places - 1;
    automaton->letter_count = letter_count;
    automaton->words[ROOT] = NO_WORD;
    automaton->state_count = 1;
    return automaton;
}

static void add_word(struct automaton *automaton, struct origin *origins,
                     const struct automaton_word *word, uint32_t number)
{
    uint32_t state = ROOT;
    for (uint32_t i = 0; i < word->count; i++) {
        uint32_t next = step(automaton, state, word->letters[i]);
        if (next == ROOT) {
            next = automaton->state_count++;
            automaton->words[next] = NO_WORD;
            origins[next] = (struct origin){state, i + 1, word->letters[i]};
            put(automaton, state, word->letters[i], next);
        }
        state = next;
    }
    automaton->words[state] = number;
}

/* The states from the shallowest down, the root first. The caller frees the result. */
static uint32_t *sort_by_depth(const struct origin *origins, uint32_t count, uint32_t max_depth)
{
    uint32_t *starts = memory_new((size_t)max_depth + 2, sizeof *starts);
    uint32_t *order = memory_new(count, sizeof *order);
    for (uint32_t s = 0; s < count; s++) {
        starts[origins[s].depth + 1]++;
    }
    for (uint32_t d = 1; d <= max_depth + 1; d++) {
        starts[d] += starts[d - 1];
    }
    for (uint32_t s = 0; s < count; s++) {
        order[starts[origins[s].depth]++] = s;
    }
    free(starts);
    return order;
}

/* Follows the parent's failures until one goes on with the state's letter. Those of shallower
 * states are known. */
static uint32_t failure_of(const struct automaton *automaton, const struct origin *origin)
{
    uint32_t failure = ROOT;
    if (origin->depth > 1) {
        uint32_t from = automaton->states[origin->parent].failure;
        while ((failure = step(automaton, from, origin->letter)) == ROOT && from != ROOT) {
            from = automaton->states[from].failure;
        }
    }
    return failure;
}

static void link_failures(struct automaton *automaton, const struct origin *origins,
                          uint32_t max_depth)
{
    uint32_t *order = sort_by_depth(origins, automaton->state_count, max_depth);
    for (uint32_t i = 1; i < automaton->state_count; i++) {
        uint32_t s = order[i];
        uint32_t failure = failure_of(automaton, &origins[s]);
        automaton->states[s].failure = failure;
        automaton->states[s].output =
            automaton->words[s] != NO_WORD ? s : automaton->states[failure].output;
    }
    free(order);
}

struct automaton *automaton_open(const struct automaton_word *words, uint32_t count,
                                 uint32_t letter_count)
{
    uint64_t letters = 0;
    uint32_t max_depth = 0;
    for (uint32_t i = 0; i < count; i++) {
        letters += words[i].count;
        max_depth = words[i].count > max_depth ? words[i].count : max_depth;
    }
    CHECK(letters < AUTOMATON_LETTERS_MAX);
    struct automaton *automaton = allocate((uint32_t)letters, letter_count);
    struct origin *origins = memory_new((size_t)letters + 1, sizeof *origins);
    for (uint32_t i = 0; i < count; i++) {
        add_word(automaton, origins, &words[i], i);
    }
    automaton->states =
        memory_resize(automaton->states, automaton->state_count, sizeof *automaton->states);
    automaton->words =
        memory_resize(automaton->words, automaton->state_count, sizeof *automaton->words);
    link_failures(automaton, origins, max_depth);
    free(origins);
    return automaton;
}

void automaton_close(struct automaton *automaton)
{
    if (automaton != NULL) {
        free(automaton->states);
        free(automaton->words);
        free(automaton->first);
        free(automaton->places);
        free(automaton->filter);
        free(automaton);
    }
}

void automaton_scan(const struct automaton *automaton, const uint16_t *letters, uint32_t count,
                    automaton_word_fn *on_word, void *user)
{
    uint32_t state = ROOT;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t next;
        while ((next = step(automaton, state, letters[i])) == ROOT && state != ROOT) {
            state = automaton->states[state].failure;
        }
        state = next;
        uint32_t out = automaton->states[state].output;
        for (; out != ROOT; out = automaton->states[automaton->states[out].failure].output) {
            on_word(user, automaton->words[out], i + 1);
        }
    }
}

uint64_t automaton_memory_bytes(const struct automaton *automaton)
{
    uint64_t states = automaton->state_count * (sizeof *automaton->states + sizeof(uint32_t));
    return sizeof *automaton + states + (automaton->letter_count + 1) * sizeof(uint32_t) +
           ((uint64_t)automaton->place_mask + 1) * sizeof *automaton->places + FILTER_BITS / 8;
}
