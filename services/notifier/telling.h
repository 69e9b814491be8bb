/* SPDX-License-Identifier: Apache-2.0 */
/* Putting something into inboxes, in the words of texts/: each audience in its own. */
#pragma once

#include "notifier/duty.h"
#include "notifier/notifier.h"

/* One thing to tell, with the values for its words. */
struct news {
    const char *category; /* notice of TEXT_NOTICE_LIST */
    const char *words;    /* those of another one; NULL: its own */
    enum notice_level level;
    uint64_t issue;
    uint32_t generation;
    struct bytes title;
    struct bytes department; /* id */
    struct bytes person;     /* id */
    struct bytes reason;
    struct bytes household;  /* id */
    struct bytes head;       /* name of the household's head */
    const struct list *rows; /* of intake: whose the households are; NULL: nobody's */
    struct wall due;
    bool is_provisional; /* the due time reaches into a year that is not published */
    uint32_t count;
    int state;
    /* Of a clock; NULL and 0 elsewhere. */
    const struct duty *duty; /* those who have to act read words of their own */
    uint32_t ladder_level;
    int64_t late_us;
    /* Of a digest: its lines, and which it is; how many did not fit, also of rows. */
    struct bytes list;
    uint32_t rest;
    uint64_t digest;
    /* When it is told. */
    bool is_urgent;     /* waits for no working hours */
    bool is_supervised; /* of an issue under supervision */
    bool is_final;      /* of an issue that is over */
    bool settles;       /* the issue went on: what was told of it before asks for nothing */
    uint64_t passes_on; /* the notice that somebody else did not read */
    /* What it asks for, and what was told before and is over; 0: nothing. */
    enum notice_subject subject;
    uint64_t promise; /* of either */
    uint32_t ended;   /* set of SUBJECT_BIT */
};

/* Tells everybody on the list of person ids, each audience in its own words. */
void tell_list(struct ctx *ctx, struct news *news, const struct list *people);
/* Tells one person, in the words of that person's audience or in those for cadres; nobody when
 * `person` is empty. */
void tell_person(struct ctx *ctx, struct news *news, struct bytes person);
void tell_cadre(struct ctx *ctx, struct news *news, struct bytes person);

/* When something that comes up now is told. */
struct wall telling_time(const struct ctx *ctx, bool is_urgent);

/* Emits an event that nobody else needs. */
void emit_own(struct ctx *ctx, const struct message_type *type, const void *message,
              uint64_t issue);
