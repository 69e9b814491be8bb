/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long something may take, in the unit the rule was written in: "30m" and "2h" are natural
 * time, "4wh" is working time, "3wd" working days, "15d" natural days. What each of them means on a
 * calendar is in domain/calendar.h.
 */
#pragma once

#include "base/bytes.h"
#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

/* The unit, its suffix, the greatest amount (ten years and more in each), its nominal minutes. */
#define DURATION_UNIT_LIST(X)                                                                      \
    X(MINUTES, "m", 6000000, 1)                                                                    \
    X(HOURS, "h", 100000, 60)                                                                      \
    X(WORKING_HOURS, "wh", 30000, 180)                                                             \
    X(WORKING_DAYS, "wd", 4000, 1440)                                                              \
    X(DAYS, "d", 4000, 1440)

enum duration_unit {
    DURATION_NONE,
#define X(name, suffix, max, nominal_minutes) DURATION_##name,
    DURATION_UNIT_LIST(X)
#undef X
        DURATION_UNIT_COUNT
};

/* Zero-initialised is "no duration". */
struct duration {
    enum duration_unit unit;
    uint32_t amount;
};

/* An amount from 1 to the unit's greatest, without sign or leading zeros, and its unit.
 * INVALID: anything else. */
enum status duration_parse(struct bytes text, struct duration *ret_duration,
                           struct err *err) MUST_USE;

/* Whether the unit is known and the amount in its range; true for no duration. */
bool duration_is_valid(struct duration duration);

/* Whether it passes at night and on days off as on any other: m and h. */
bool duration_is_natural(struct duration duration);

/* "3wd"; "" for no duration. `text` takes at least DURATION_TEXT_BYTES. */
#define DURATION_TEXT_BYTES 16
void duration_format(struct duration duration, char *text);

/* The length by which limits in different units are compared when rules are checked: a working day
 * counts as a day, a working hour as the eighth part of one. 0 for no duration. */
int64_t duration_nominal_minutes(struct duration duration);
