/* SPDX-License-Identifier: Apache-2.0 */
/* What intake wants told to somebody: an event of which the notifier makes notices. */
#pragma once

#include "intake/intake.h"

struct intake_telling {
    const char *category; /* of TEXT_NOTICE_LIST */
    enum notice_level level;
    const struct bytes *recipients; /* person ids, each once; nobody: nothing is told */
    uint32_t recipient_count;
    /* For the placeholders of the words; what is left empty shows as "—". */
    struct bytes household; /* id */
    struct bytes head;      /* name of its head */
    struct bytes person;    /* id */
    struct wall due;
    uint32_t count;
    struct bytes reason;
    struct list rows; /* of counted_part: whose the households are, the first of them */
    uint32_t more;    /* rows left out */
    uint64_t promise; /* its number */
};

/* Emits it, as one event for as many recipients as fit into one. */
void intake_tell(struct ctx *ctx, const struct intake_telling *telling);
