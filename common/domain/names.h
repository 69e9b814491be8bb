/* SPDX-License-Identifier: Apache-2.0 */
/* Texts kept once each and numbered from 0 in the order they came. Zero-initialised is empty. */
#pragma once

#include "base/buf.h"
#include "base/bytes.h"

#include <stdint.h>

#define NAMES_NONE UINT32_MAX

struct names {
    struct buf texts;
    struct name *items;
    uint32_t count;
    uint32_t cap;
    uint32_t *places;
    uint32_t place_count;
};

void names_done(struct names *names);

/* The number of `text`, which is copied when it is new. */
uint32_t names_put(struct names *names, struct bytes text);

/* The number of `text`, or NAMES_NONE. */
uint32_t names_find(const struct names *names, struct bytes text);

/* Borrows until the next names_put(). */
struct bytes names_get(const struct names *names, uint32_t number);

/* Bytes of memory held. */
uint64_t names_memory_bytes(const struct names *names);
