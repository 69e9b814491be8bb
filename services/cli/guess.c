/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/guess.h"

#include <string.h>

#define LETTERS_MAX 32U

struct guess guess_begin(struct bytes word)
{
    return (struct guess){.word = word};
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* How many letters differ: changed, left out, added, or swapped with the next. Both are at most
 * LETTERS_MAX long. */
static uint32_t distance(struct bytes a, struct bytes b)
{
    uint32_t rows[3][LETTERS_MAX + 1];
    for (uint32_t j = 0; j <= b.len; j++) {
        rows[1][j] = j;
    }
    for (uint32_t i = 1; i <= a.len; i++) {
        uint32_t *row = rows[(i + 1) % 3];
        const uint32_t *last = rows[i % 3];
        const uint32_t *before = rows[(i + 2) % 3];
        row[0] = i;
        for (uint32_t j = 1; j <= b.len; j++) {
            uint32_t change = last[j - 1] + (a.p[i - 1] == b.p[j - 1] ? 0 : 1);
            row[j] = least(change, least(last[j], row[j - 1]) + 1);
            bool is_swap = i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1];
            row[j] = is_swap ? least(row[j], before[j - 2] + 1) : row[j];
        }
    }
    return rows[(a.len + 1) % 3][b.len];
}

void guess_try(struct guess *guess, const char *known)
{
    struct bytes other = bytes_of_string(known);
    if (guess->word.len > LETTERS_MAX || other.len > LETTERS_MAX) {
        return;
    }
    bool is_begun = guess->word.len > 1 && bytes_start_with(other, guess->word);
    uint32_t far = is_begun ? 1 : distance(guess->word, other);
    bool is_near = far * 3 <= other.len;
    if (is_near && (guess->best == NULL || far < guess->distance)) {
        guess->best = known;
        guess->distance = far;
    }
}
