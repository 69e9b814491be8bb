/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many households are linked to a cadre, or lie in a community or village, and how many of them
 * were visited at home in a half of the year.
 *
 * A visit settles the half for the household, whoever its cadre was then and is now: handing over
 * moves what is left of the duty, and no count of an area changes by it. When a half has ended, who
 * was linked to whom is fixed for it (halves.h).
 */
#pragma once

#include "domain/words.h"
#include "intake/register.h"

/* Half of those counts that follow the register. */
#define COVERAGE_NOW 0U

enum coverage_count {
    COVERAGE_ASSIGNED = 'a',
    COVERAGE_VISITED = 'v',
};

/* half, what is counted, scope, id. */
struct coverage_key {
    uint8_t bytes[4 + 1 + 1 + WORD_MAX_BYTES];
    size_t len;
};
struct coverage_key coverage_key(uint32_t half, enum coverage_count count,
                                 enum coverage_scope scope, struct bytes id);
static inline struct bytes coverage_key_bytes(const struct coverage_key *key)
{
    return bytes_of(key->bytes, key->len);
}

/* The next place after `place` (scope and id in one; empty: the first) that has or had households.
 * False after the last. */
struct coverage_place {
    struct bytes place; /* until the end of the input */
    enum coverage_scope scope;
    struct bytes id;
};
bool coverage_next(struct ctx *ctx, uint32_t half, struct bytes place,
                   struct coverage_place *ret_place);

/* Linked and visited. */
struct coverage {
    uint32_t assigned;
    uint32_t visited;
};
struct coverage coverage_get(struct ctx *ctx, uint32_t half, enum coverage_scope scope,
                             struct bytes id);

/* Whether a cadre of this household was at its home in the half. */
bool coverage_is_visited(struct ctx *ctx, struct bytes household, uint32_t half);

/* In apply: a household is linked (+1), or no longer (-1), to what its row names. */
void coverage_link(struct ctx *ctx, struct bytes household, const struct household_row *row,
                   int sign);

/* In apply: who was its cadre then was there. */
void coverage_visit(struct ctx *ctx, struct bytes household, uint32_t half, uint64_t visit);

/* In apply: a half has ended. As many rows as there are cadres and places, at once: in between
 * households could change hands. */
void coverage_close(struct ctx *ctx, uint32_t half);
