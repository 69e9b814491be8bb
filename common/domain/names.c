/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/names.h"

#include "base/memory.h"
#include "base/status.h"

#include <stdlib.h>

struct name {
    uint32_t at;
    uint32_t len;
    uint32_t hash;
};

void names_done(struct names *names)
{
    buf_done(&names->texts);
    free(names->items);
    free(names->places);
    *names = (struct names){0};
}

/* FNV-1a. */
static uint32_t hash_of(struct bytes text)
{
    uint32_t hash = UINT32_C(2166136261);
    for (size_t i = 0; i < text.len; i++) {
        hash = (hash ^ text.p[i]) * UINT32_C(16777619);
    }
    return hash ^ hash >> 15;
}

struct bytes names_get(const struct names *names, uint32_t number)
{
    CHECK(number < names->count);
    return bytes_of(names->texts.p + names->items[number].at, names->items[number].len);
}

/* The place where `text` stands, or where it would be put. */
static uint32_t *place_of(const struct names *names, struct bytes text, uint32_t hash)
{
    uint32_t mask = names->place_count - 1;
    for (uint32_t i = hash & mask;; i = (i + 1) & mask) {
        uint32_t item = names->places[i];
        if (item == NAMES_NONE ||
            (names->items[item].hash == hash && bytes_equal(names_get(names, item), text))) {
            return &names->places[i];
        }
    }
}

uint32_t names_find(const struct names *names, struct bytes text)
{
    return names->place_count == 0 ? NAMES_NONE : *place_of(names, text, hash_of(text));
}

static void grow(struct names *names)
{
    names->cap = names->cap == 0 ? 64 : names->cap * 2;
    names->items = memory_resize(names->items, names->cap, sizeof *names->items);
    names->place_count = names->cap * 2;
    names->places = memory_resize(names->places, names->place_count, sizeof *names->places);
    memset(names->places, 0xFF, names->place_count * sizeof *names->places);
    for (uint32_t i = 0; i < names->count; i++) {
        *place_of(names, names_get(names, i), names->items[i].hash) = i;
    }
}

uint32_t names_put(struct names *names, struct bytes text)
{
    if (names->count == names->cap) {
        grow(names);
    }
    uint32_t hash = hash_of(text);
    uint32_t *place = place_of(names, text, hash);
    if (*place == NAMES_NONE) {
        CHECK(names->texts.len + text.len < UINT32_MAX);
        names->items[names->count] =
            (struct name){(uint32_t)names->texts.len, (uint32_t)text.len, hash};
        buf_append_bytes(&names->texts, text);
        *place = names->count++;
    }
    return *place;
}

uint64_t names_memory_bytes(const struct names *names)
{
    return names->texts.cap + names->cap * sizeof *names->items +
           names->place_count * sizeof *names->places;
}
