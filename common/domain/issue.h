/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An issue as the router holds it: one value without pointers, which can be copied. Texts
 * are not in it; they stay in the journal. Only lifecycle_apply() changes what the lifecycle owns;
 * the caller that creates an issue fills in the facts of the report.
 */
#pragma once

#include "base/number.h"
#include "base/wall.h"
#include "domain/duration.h"
#include "domain/words.h"

/* An identifier inside an issue: NUL-ended, and NUL to the end so that equal words have equal
 * bytes; empty is absent. */
struct word {
    char text[WORD_MAX_BYTES + 1];
};

/* `text` is empty or a valid word. */
struct word word_of(struct bytes text);
struct bytes word_bytes(const struct word *word);

static inline bool word_is_empty(const struct word *word)
{
    return word->text[0] == '\0';
}

#define ISSUE_LEGS_MAX 8U
#define ISSUE_TRIES_MAX 3U
#define ISSUE_REDO_MAX 2U /* by call-backs; after that the office decides */
#define ISSUE_SUPERVISED_MAX 3U
#define ISSUE_QUESTIONS_MAX 2U /* to the cadre, before dispatch */

#define REVIEW_BY_LEADER 1U
#define REVIEW_BY_OFFICE 2U

#define STATE_BIT(state) (UINT32_C(1) << (state))
#define LEG_BIT(leg_state) (UINT32_C(1) << (leg_state))

/* Nothing more is expected of anybody, though a closed issue can be reopened. */
#define STATES_FINAL                                                                               \
    (STATE_BIT(STATE_CLOSED) | STATE_BIT(STATE_ARCHIVED) | STATE_BIT(STATE_MERGED) |               \
     STATE_BIT(STATE_REFERRED))

/* One section's part. A returned leg stays as history; every other is active. */
struct leg {
    struct word department;
    enum leg_role role;
    enum leg_state state;
    uint32_t generation; /* of the issue when this leg last changed */
};

/* A level of supervision that a person set, with its own due time; no issuer: there is none. */
struct supervision {
    uint32_t level; /* 1 to ISSUE_SUPERVISED_MAX */
    struct word issuer;
    struct wall started_at;
    struct duration asked; /* that it lasts; none: until a day or a time that was named */
    struct wall due_at;
    bool is_provisional;
    struct wall next_at; /* when its timer fires: the next level of its ladder or the due time */
    uint32_t levels_done;
    bool is_overdue;
};

struct issue {
    uint64_t number;
    enum state state; /* STATE_NONE, STATE_DRAFT or STATE_ACCEPTED before the first step */
    /* The facts of the report. */
    enum source source;
    enum kind kind; /* may be absent */
    enum urgency urgency;
    struct word category;  /* may be empty */
    struct word area;      /* may be empty */
    struct word household; /* empty when the report names none */
    struct word cadre;     /* owner of the feedback */
    /* The work. */
    struct leg legs[ISSUE_LEGS_MAX];
    uint32_t leg_count;
    struct word leader; /* in charge of it */
    /* What the cadre was asked, and whether somebody spoke to the household. */
    uint32_t questions;   /* times asked */
    bool is_info_missing; /* the last one was not answered in time */
    bool is_contacted;
    bool is_feedback_late; /* the cadre did not tell the household in time */
    /* The suspension that is asked for (in progress) or granted (suspended). */
    enum wait_ground wait_ground;
    struct wall wait_until;
    /* The answer on its way, or taken. */
    enum outcome proposed;
    struct word submitter; /* person who submitted it */
    uint32_t reviews;      /* set of REVIEW_BY_..., those that passed it */
    struct word reviewer;  /* person of the last of them */
    /* The call-back. */
    uint32_t try_count;    /* different working days on which nobody was reached */
    uint32_t last_try_day; /* number of the last of them */
    bool is_unsatisfied;   /* the office head decides; in a closed issue the mark 不满意 */
    bool is_unreached;     /* closed without reaching the household, 未联系上 */
    enum outcome outcome;
    /* Counters. */
    uint32_t generation;       /* of every change */
    uint32_t state_generation; /* of the last change of state */
    uint32_t redo;
    uint32_t hops;
    uint32_t returns;
    uint32_t supervised; /* the greater of the two levels of supervision, 0 none */
    uint32_t supervised_by_system;
    struct supervision supervision; /* by a person */
    struct wall created_at;
    struct wall updated_at;
};

static inline bool issue_is_final(const struct issue *issue)
{
    return (STATES_FINAL & STATE_BIT(issue->state)) != 0;
}

/* Raises the level that the system set: by a redo, or by the ladder. */
void issue_raise_supervised(struct issue *issue, uint32_t level);
/* Ends the supervision that a person set; what the system set stays. */
void issue_end_supervision(struct issue *issue);

/* The active leg of that section, or NULL; and the active lead leg, or NULL. They point into the
 * issue. */
const struct leg *issue_find_leg(const struct issue *issue, struct bytes department);
const struct leg *issue_find_lead(const struct issue *issue);

/* Set of LEG_BIT: in these a section owes its share of what the stage is about. Empty: the stage
 * has no shares. */
uint32_t leg_states_owing(enum stage stage);

/* So urgent that it is told at once, by day and night. */
bool urgency_is_pressing(enum urgency urgency);

/* The invariant over the whole object. CORRUPT: it cannot have come from lifecycle_apply(). */
enum status issue_check(const struct issue *issue, struct err *err) MUST_USE;
