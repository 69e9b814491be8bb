/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A year of the example street in one process: its households, its cadres and its reports, spread
 * over the days and hours as people's days are, and people who do what comes next for an issue
 * after a while, some of them late. Everything follows from the seed.
 */
#pragma once

#include "fixture/office.h"

#include "domain/calendar.h"
#include "domain/words.h"

/* ---- the street ---- */

struct household {
    char id[16];
    char cadre[16];
    char community[16];
    char village[16];
    /* Before it changed hands: whose it was, empty if they left. */
    struct wall handed_at;
    char former[16];
};

struct street {
    struct household *households;
    uint32_t household_count;
    char (*cadres)[16];
    uint32_t cadre_count;
};

/* Reads cadres.csv and households.csv as scripts/generate_street writes them, and writes the first
 * `households` of them into the register (0: all). */
void street_import(struct street *street, struct office_run *run, uint32_t households);
void street_done(struct street *street);

/* One report to come; texts are those of the example's reports. */
struct report {
    struct wall at;
    uint32_t household; /* place in the street */
    int kind;
    int urgency;
    const char *category;
    const char *title;
    const char *text;
    bool is_direct; /* somebody called the office */
};

struct report_plan {
    struct report *reports; /* in order of time */
    uint32_t count;
    void *samples; /* owns the texts */
};

/* `count` reports from `from` to `until`: on working days by day, fewer at weekends and on
 * holidays, few at night. */
struct report_span {
    struct wall from;
    struct wall until;
    uint32_t count;
};
void reports_plan(struct report_plan *plan, const struct calendar *calendar,
                  const struct street *street, const struct report_span *span, struct dice *dice);
void reports_done(struct report_plan *plan);

/* ---- the agenda ---- */

enum deed_kind {
    DEED_NONE,
    DEED_DISPATCH, /* or a question to the cadre */
    DEED_INFORM,
    DEED_SIGN,
    DEED_PROGRESS,
    DEED_ANSWER,
    DEED_CONTACT,
    DEED_WAIT,
    DEED_DECIDE_WAIT,
    DEED_RESUME,
    DEED_CORRECT,
    DEED_REVIEW,
    DEED_FEEDBACK,
    DEED_CALLBACK,
    DEED_CLOSE,
    /* Of no issue: */
    DEED_HAND_OVER,
    DEED_LEAVE,
    DEED_KEEP, /* a promise */
    DEED_READ, /* a notice */
    DEED_COUNT
};

/* Something that somebody will do. */
struct deed {
    struct wall at;
    uint64_t order; /* among those of one instant */
    uint64_t issue;
    enum deed_kind kind;
    uint32_t leg;       /* place among the issue's, for those of sections */
    uint32_t household; /* place in the street, for those of no issue */
    uint64_t promise;
    uint64_t item; /* of an inbox */
};

/* A heap, the earliest first. */
struct agenda {
    struct deed *deeds;
    uint32_t count;
    uint64_t order;
};
void agenda_put(struct agenda *agenda, const struct deed *deed);
/* The earliest; false when there is none. */
bool agenda_peek(const struct agenda *agenda, struct deed *ret_deed);
void agenda_drop(struct agenda *agenda);
void agenda_done(struct agenda *agenda);

/* ---- visits ---- */

struct planned_visit {
    struct wall at;
    struct wall entered;
    uint32_t household; /* place in the street */
    int mode;
    bool raises; /* a matter */
    bool promises;
};

struct visit_plan {
    struct planned_visit *visits; /* in order of their entry */
    uint32_t count;
    uint32_t cap;
    uint32_t next;
    uint32_t raised; /* matters */
};

/* ---- the year ---- */

#define YEAR_LEGS_MAX 8U

enum { LEG_SIGNS = 1, LEG_ANSWERS = 2 };

/* What is on the agenda for an issue, so that nothing is put there twice. */
struct awaited {
    uint32_t deeds;              /* set of 1 << deed_kind */
    uint8_t legs[YEAR_LEGS_MAX]; /* set of LEG_SIGNS, LEG_ANSWERS for each leg */
};

struct year {
    struct office_run run;
    struct dice dice;
    const struct calendar *calendar;
    struct street street;
    struct report_plan plan;
    struct visit_plan visits;
    struct agenda agenda;
    struct awaited *awaited; /* by running number of the issue */
    uint32_t issue_max;
    uint64_t seen;       /* records of the router that people have heard of */
    uint64_t told;       /* records of the notifier that were looked at */
    int64_t day;         /* of the last instant */
    uint32_t storm_left; /* instants */
    uint64_t deeds_done;
    uint64_t deeds_late; /* there was nothing to do any more */
};

/* Puts on the agenda what the records of the router that came since mean for people. */
void people_listen(struct year *year);
/* Puts on the agenda what is still to be done for the issue: a deed may have been refused. */
void people_reconsider(struct year *year, uint64_t issue);
/* Does a deed of the agenda, if it is still to be done; without waiting. */
void people_do(struct year *year, const struct deed *deed);
/* A report; without waiting. */
void people_report(struct year *year, const struct report *report);

/* Shared by people.c, which plans, and acts.c, which does. */
bool people_chance(struct year *year, uint32_t permille);
struct awaited *people_awaited(struct year *year, uint64_t issue);
bool people_is_at_work(const struct leg_part *leg);

/* Puts on the agenda that households change hands now and then between the two times. */
void handovers_plan(struct year *year, struct wall from, struct wall until);
void handovers_do(struct year *year, const struct deed *deed);
/* Plans visits for the first `halves` halves of the year. */
void tours_plan(struct year *year, int32_t halves);
void tours_done(struct visit_plan *plan);
/* The next to be entered, or NULL. */
const struct planned_visit *tours_next(const struct year *year);
/* Enters what is to be entered by now. */
void tours_log(struct year *year);
/* Who gave the household away enters a visit of an hour before. */
void tours_log_forgotten(struct year *year, uint32_t household);
/* A promise is kept; without waiting. */
void tours_keep(struct year *year, const struct deed *deed);
/* What the daemon says of a half, a line of JSON for each cadre, community and village. */
void tours_write_coverage(struct year *year, const char *half, FILE *file);

/* Puts on the agenda that people read what they were told since. */
void readers_listen(struct year *year);
void readers_do(struct year *year, const struct deed *deed);
