/* SPDX-License-Identifier: Apache-2.0 */
/* Who has to act in a stage of an issue, and the phrases that say so. */
#pragma once

#include "config/texts.h"
#include "domain/issue.h"
#include "domain/office.h"
#include "domain/words.h"
#include "messages.h"

/* Borrows from the issue. */
struct duty {
    enum text_phrase who; /* none: nobody has to act in the stage */
    enum text_phrase task;
    enum text_phrase remedy;                  /* what those above can do */
    struct bytes person;                      /* the cadre or the leader; else empty */
    struct bytes departments[ISSUE_LEGS_MAX]; /* the sections */
    uint32_t department_count;
    uint32_t roles; /* set of ROLE_BIT of others who have to act */
};

struct duty duty_of(const struct issue_part *after, enum stage stage);

/* Whether the person has to act: as the one named, in one of the sections, or by role. */
bool duty_is_of(const struct duty *duty, const struct office *office, struct bytes person);
