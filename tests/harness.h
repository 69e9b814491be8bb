/* SPDX-License-Identifier: Apache-2.0 */
/* What every test file needs: cmocka's headers in the only order it accepts, and an assertion that
 * shows the sentence of a failure. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* Before cmocka, whose macro fail() would break the declaration in status.h. */
#include "base/bytes.h"
#include "base/status.h"

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

/* Fails the test with the error's sentence when `expr` is not STATUS_OK. `err` is in scope. */
#define assert_ok(expr)                                                                            \
    do {                                                                                           \
        enum status harness_status_ = (expr);                                                      \
        if (harness_status_ != STATUS_OK) {                                                        \
            fail_msg("%s: %s: %s", #expr, status_word(harness_status_), err.text);                 \
        }                                                                                          \
    } while (0)

#define assert_status(expr, expected)                                                              \
    do {                                                                                           \
        enum status harness_status_ = (expr);                                                      \
        if (harness_status_ != (expected)) {                                                       \
            fail_msg("%s: %s, not %s", #expr, status_word(harness_status_),                        \
                     status_word(expected));                                                       \
        }                                                                                          \
    } while (0)

/* A seeded generator (splitmix64), so that every random test can be repeated: the seed is taken
 * from REPRO_SEED or made up, and printed. */
struct dice {
    uint64_t state;
};

static inline uint64_t dice_next(struct dice *dice)
{
    uint64_t z = (dice->state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static inline uint64_t dice_below(struct dice *dice, uint64_t bound)
{
    return dice_next(dice) % bound;
}

static inline struct dice dice_open(uint64_t usual_seed)
{
    const char *given = getenv("REPRO_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 0) : usual_seed;
    (void)fprintf(stderr, "seed %llu (repeat with REPRO_SEED)\n", (unsigned long long)seed);
    return (struct dice){seed};
}
