/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/duration.h"

#include <inttypes.h>
#include <stdio.h>

struct unit {
    const char *suffix;
    uint32_t max;
    uint32_t nominal_minutes;
};

static const struct unit units[DURATION_UNIT_COUNT] = {[DURATION_NONE] = {"", 0, 0},
#define X(name, suffix, max, nominal_minutes) [DURATION_##name] = {suffix, max, nominal_minutes},
                                                       DURATION_UNIT_LIST(X)
#undef X
};

/* Amounts stop rising here, above every unit's greatest, so that no digits overflow. */
#define AMOUNT_CEILING 100000000U

static enum status refuse(struct bytes text, const char *why, struct err *err)
{
    struct bytes shown = {text.p, text.len < 40 ? text.len : 40};
    return fail(err, STATUS_INVALID,
                "'%.*s' is not a duration%s: write 30m, 2h, 4wh, 3wd or 15d (minutes, hours, "
                "working hours, working days, days)",
                BYTES_FMT(shown), why);
}

static enum duration_unit find_unit(struct bytes suffix)
{
    for (int unit = DURATION_NONE + 1; unit < DURATION_UNIT_COUNT; unit++) {
        if (bytes_equal(suffix, bytes_of_string(units[unit].suffix))) {
            return (enum duration_unit)unit;
        }
    }
    return DURATION_NONE;
}

enum status duration_parse(struct bytes text, struct duration *ret_duration, struct err *err)
{
    uint32_t amount = 0;
    size_t digits = 0;
    for (; digits < text.len && text.p[digits] >= '0' && text.p[digits] <= '9'; digits++) {
        amount = amount < AMOUNT_CEILING ? amount * 10 + (uint32_t)(text.p[digits] - '0') : amount;
    }
    if (bytes_start_with(text, BYTES("-"))) {
        return refuse(text, ", it can't be negative", err);
    }
    enum duration_unit unit =
        digits > 0 ? find_unit(bytes_of(text.p + digits, text.len - digits)) : DURATION_NONE;
    if (unit == DURATION_NONE) {
        return refuse(text, "", err);
    }
    if (amount == 0) {
        return refuse(text, ", it can't be zero", err);
    }
    if (text.p[0] == '0') {
        return refuse(text, ", it begins with a zero", err);
    }
    if (amount > units[unit].max) {
        return fail(err, STATUS_INVALID, "'%.*s' is too long: at most %" PRIu32 "%s",
                    BYTES_FMT(bytes_of(text.p, text.len < 40 ? text.len : 40)), units[unit].max,
                    units[unit].suffix);
    }
    *ret_duration = (struct duration){unit, amount};
    return STATUS_OK;
}

bool duration_is_valid(struct duration duration)
{
    return (unsigned)duration.unit < DURATION_UNIT_COUNT &&
           duration.amount <= units[duration.unit].max &&
           (duration.amount > 0 || duration.unit == DURATION_NONE);
}

bool duration_is_natural(struct duration duration)
{
    return duration.unit == DURATION_MINUTES || duration.unit == DURATION_HOURS;
}

void duration_format(struct duration duration, char *text)
{
    CHECK((unsigned)duration.unit < DURATION_UNIT_COUNT);
    if (duration.unit == DURATION_NONE) {
        text[0] = '\0';
        return;
    }
    (void)snprintf(text, DURATION_TEXT_BYTES, "%" PRIu32 "%s", duration.amount,
                   units[duration.unit].suffix);
}

int64_t duration_nominal_minutes(struct duration duration)
{
    CHECK((unsigned)duration.unit < DURATION_UNIT_COUNT);
    return (int64_t)duration.amount * units[duration.unit].nominal_minutes;
}
