/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is owed on an issue, and by whom: one duty for everything that somebody has to do before it
 * goes on. Who may do something besides (a cadre may be the first to speak to the household, the
 * office head may review any answer) is in the lifecycle; here is who is expected to.
 */
#pragma once

#include "domain/actor.h"
#include "domain/issue.h"

/* Whose a duty is. */
enum duty_holder {
    DUTY_OF_ROLES,    /* whoever holds one of `roles` */
    DUTY_OF_SECTION,  /* staff and heads of the section `id` */
    DUTY_OF_OWNER,    /* `id`, who owns the feedback */
    DUTY_OF_LEADER,   /* the leader in charge whose review is missing */
    DUTY_OF_REVIEWER, /* the office head whose review is missing */
    DUTY_OF_CALLER,   /* a supervisor who had no hand in it */
    DUTY_OF_ISSUER,   /* `id`, who put it under supervision */
};

/* Marks under which issues with rarer duties are filed, so that nobody has to read all others. */
enum duty_mark {
    DUTY_MARK_WAIT = 1,        /* a suspension waits for its decision */
    DUTY_MARK_SUPERVISION = 2, /* a person supervises it */
};

struct duty {
    enum duty_kind kind;
    enum stage stage; /* whose clock it runs on; STAGE_NONE: supervision has its own, others none */
    enum duty_holder holder;
    bool is_marked;   /* of issues with a mark */
    uint32_t roles;   /* of which the holder has one; 0: no matter */
    struct bytes id;  /* section or person, borrowed from the issue */
    const char *does; /* "signs with 'queue sign'" */
};

#define DUTIES_MAX (2 * ISSUE_LEGS_MAX + 4)

/* The duties open on an issue; `late` is the set of STAGE_BIT whose due time has passed. Returns
 * how many there are. */
uint32_t duties_of(const struct issue *issue, uint32_t late, struct duty ret_duties[DUTIES_MAX]);

/* Whether a duty on the issue is this person's. Of DUTY_OF_CALLER the person's history with the
 * issue is left to who knows it. */
bool duty_is_owed_by(const struct duty *duty, const struct issue *issue, const struct actor *actor);

/* The issue's marks, set of enum duty_mark. */
uint8_t duty_marks(const struct issue *issue);

/* Where the duties of somebody with these roles are, those apart that are a section's or the
 * owner's: issues in these states (set of STATE_BIT), and issues with a mark or not. */
struct duty_search {
    uint32_t states;
    bool has_marks;
};
struct duty_search duty_search(uint32_t roles);

/*
 * Where a duty stands in an agenda: by due time, what has none last, then by kind, number and
 * section. `text` takes at least DUTY_PLACE_BYTES; texts compare byte by byte as the duties do.
 */
struct duty_place {
    struct wall due;
    enum duty_kind kind;
    uint64_t number;    /* issue, or promise */
    struct bytes where; /* section or community; may be empty */
};
int duty_place_compare(const struct duty_place *a, const struct duty_place *b);
#define DUTY_PLACE_BYTES 160
void duty_place_format(const struct duty_place *place, char *text);
