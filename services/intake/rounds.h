/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What intake looks after on every working day, as long as there is reason to: households without a
 * cadre, one round a community; and contact cards that are out of date. A round begins at once when
 * the reason appears, and ends on the first working day without one.
 */
#pragma once

#include "intake/intake.h"

/* Names of rounds: the cards, or ROUND_UNCOVERED and a community. */
#define ROUND_CARDS "cards"
#define ROUND_UNCOVERED "uncovered/"
#define ROUND_NAME_BYTES (sizeof ROUND_UNCOVERED - 1 + WORD_MAX_BYTES)
struct round_name {
    uint8_t bytes[ROUND_NAME_BYTES];
    size_t len;
};
struct round_name round_of_community(struct bytes community);
static inline struct bytes round_name_bytes(const struct round_name *name)
{
    return bytes_of(name->bytes, name->len);
}

/* In apply: begins the round, unless it is under way. */
void rounds_begin(struct ctx *ctx, const struct record *record, struct bytes name);
