/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Suggestions for the triage desk: which categories a report most likely belongs to, learned from
 * the desk's own dispatches. A complement naive-Bayes model (Rennie and others, 2003) over single
 * Chinese characters and pairs of them, because it learns by counting: a dispatch adds to rows, in
 * any order with the same result, so the model is a fold of the journal like every table.
 *
 * The rows live with the caller. A key is one of, with a zero byte between its parts:
 *   'c' CATEGORY                  reports learned of the category
 *   'd' CATEGORY 0 DEPARTMENT     of those, dispatched to the department
 *   't' CATEGORY                  sum of the category's 'g' rows
 *   'g' CHARACTERS 0 CATEGORY     weight of the characters in the category's reports
 * Only Chinese characters are kept, so no number of a person ever is.
 */
#pragma once

#include "base/bytes.h"
#include "base/number.h"

#include <stdbool.h>
#include <stdint.h>

#define SUGGEST_KEY_MAX_BYTES 80U
#define SUGGEST_CATEGORIES_MAX 64U
#define SUGGEST_COUNT 3U
#define SUGGEST_REASONS 3U
#define SUGGEST_REASON_MAX_BYTES 60U
#define SUGGEST_TEXT_MAX_BYTES 12288U /* what is beyond is not looked at */

typedef void suggest_row_fn(void *user, struct bytes key, uint64_t count);

/* Where the rows are. A failure of the store is the caller's to remember. */
struct suggest_rows {
    void *user;
    /* Calls `on_row` for each row whose key begins with `prefix`, in key order. */
    void (*visit)(void *user, struct bytes prefix, suggest_row_fn *on_row, void *on_row_user);
    /* Adds to a row's count; a row that is not there has 0. */
    void (*add)(void *user, struct bytes key, uint64_t count);
};

/* Learns that a report was of `category` (a word; the level to learn is the caller's choice) and
 * was dispatched to `department` (may be empty). Nothing is learned from a report without Chinese
 * characters, or when there are SUGGEST_CATEGORIES_MAX categories already and this is a new one. */
void suggest_learn(const struct suggest_rows *rows, struct bytes title, struct bytes text,
                   struct bytes category, struct bytes department);

/* How many reports the model has learned. */
uint64_t suggest_learned(const struct suggest_rows *rows);

struct suggestion {
    char category[WORD_MAX_BYTES + 1];
    char department[WORD_MAX_BYTES + 1]; /* the one it was mostly dispatched to; may be empty */
    uint32_t score_permille;             /* of all categories' 1000 */
    /* Character pairs that spoke most for it; "" beyond. */
    char reasons[SUGGEST_REASONS][SUGGEST_REASON_MAX_BYTES + 1];
};

/* The most likely categories, best first; returns how many, 0 when nothing was learned. */
uint32_t suggest_score(const struct suggest_rows *rows, struct bytes title, struct bytes text,
                       struct suggestion suggestions[SUGGEST_COUNT]);
