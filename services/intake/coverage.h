/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many households are linked to a cadre, or lie in a community or village, and how many of them
 * their cadre visited at home in a half of the year.
 *
 * A household counts as visited in a half when its present cadre was there in it; so handing it
 * over moves the duty. When a half has ended, how many were linked is fixed for it, and it is no
 * longer touched by who is linked to whom later.
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

/* The first half that has not ended; 0 as long as there is no plan. */
uint32_t coverage_open_half(struct ctx *ctx);

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

/* Whether this cadre was at this household's home in the half. */
bool coverage_is_visited(struct ctx *ctx, struct bytes household, uint32_t half,
                         struct bytes cadre);

/* In apply: a household is linked (+1), or no longer (-1), to what its row names. */
void coverage_link(struct ctx *ctx, struct bytes household, const struct household_row *row,
                   int sign);

/* In apply: its cadre was there. */
void coverage_visit(struct ctx *ctx, struct bytes household, uint32_t half, struct bytes cadre,
                    uint64_t visit);

/* In apply: fixes what was linked in a half that has ended, for the places after `from` up to
 * `through` (empty: to the last). */
void coverage_close(struct ctx *ctx, uint32_t half, struct bytes from, struct bytes through);
