/* SPDX-License-Identifier: Apache-2.0 */
/* Visits and promises: their rows, and the order in which they are listed. */
#pragma once

#include "domain/words.h"
#include "intake/register.h"

#define VISIT_PROMISES_MAX 10U
/* A promise's number is its visit's times this, plus its place from 1. */
#define PROMISES_PER_VISIT UINT64_C(100)

/* Whether the cadre was at the household's home: what a half asks for. */
static inline bool visit_is_home(enum contact_mode mode)
{
    return mode == CONTACT_MODE_VISIT || mode == CONTACT_MODE_STAY;
}

bool visits_find(struct ctx *ctx, uint64_t visit, struct visit_row *ret_row);
bool visits_find_promise(struct ctx *ctx, uint64_t promise, struct promise_row *ret_row);

/* The event of a visit with its texts. False: its record is gone. */
bool visits_read_event(struct ctx *ctx, uint64_t visit, struct visited_event *ret_event);

/* A promise of that event, by its number. */
bool visits_promise_of(const struct visited_event *event, uint64_t promise,
                       struct promised_part *ret_part);

/* Under what visits and open promises are listed: by time, then number. */
enum visit_index {
    VISIT_INDEX_ALL = '*', /* with an empty word */
    VISIT_INDEX_HOUSEHOLD = 'h',
    VISIT_INDEX_CADRE = 'c',
    VISIT_INDEX_AREA = 'a', /* village or community */
};

struct visit_place {
    struct wall at;
    uint64_t number;
};

/* The next entry after `place`, which it becomes; false past the last. `table` is VISIT_INDEX or
 * PROMISE_INDEX. */
bool visits_next(struct ctx *ctx, uint32_t table, enum visit_index index, struct bytes word,
                 struct visit_place *place);

/* When a promise is reminded of by the calendar in force; 0 when that would be before now. */
struct wall promises_find_reminder(const struct ctx *ctx, struct wall due);

/* How many promises to the household are open. */
uint32_t visits_count_promises(struct ctx *ctx, struct bytes household);

/* In apply: a household with promises that are open is linked (+1), or no longer (-1), to what its
 * row names. */
void visits_link(struct ctx *ctx, struct bytes household, const struct household_row *row,
                 int sign);

/* In apply: an issue was raised in a visit. */
void visits_add_issue(struct ctx *ctx, uint64_t visit, uint64_t issue);
