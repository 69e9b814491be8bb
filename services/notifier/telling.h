/* SPDX-License-Identifier: Apache-2.0 */
/* Putting something into inboxes, in the words of texts/: each audience in its own. */
#pragma once

#include "notifier/duty.h"
#include "notifier/notifier.h"

/* One thing to tell, with the values for its words. */
struct news {
    const char *category; /* notice of TEXT_NOTICE_LIST */
    enum notice_level level;
    uint64_t issue;
    uint32_t generation;
    struct bytes title;
    struct bytes department; /* id */
    struct bytes person;     /* id */
    struct bytes reason;
    struct bytes household; /* id */
    struct wall due;
    bool is_provisional; /* the due time reaches into a year that is not published */
    uint32_t count;
    int state;
    /* Of a clock; NULL and 0 elsewhere. */
    const struct duty *duty; /* those who have to act read words of their own */
    uint32_t ladder_level;
    int64_t late_us;
};

/* Tells everybody on the list of person ids, each audience in its own words. */
void tell_list(struct ctx *ctx, const struct news *news, const struct list *people);
/* Tells one person, in the words of that person's audience or in those for cadres; nobody when
 * `person` is empty. */
void tell_person(struct ctx *ctx, const struct news *news, struct bytes person);
void tell_cadre(struct ctx *ctx, const struct news *news, struct bytes person);
