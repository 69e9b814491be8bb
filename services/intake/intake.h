/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The field's door: the register of households and cadres, the reports that come in, and what
 * households were told. Intake numbers the issues; what becomes of them is the router's.
 *
 *   submit.c    one report                           feedback.c  what a household was told
 *   import.c, import_register.c, import_reports.c    many rows at once
 *   sheet.c     rows checked as a whole              verdicts.c  the router's answers
 *   apply.c     events into tables                   register.c  rows, keys, who somebody is
 *   queries.c   households, cadres, reports          links.c     who is linked to whom, by period
 *   handover.c  households change hands              cards.c     contact cards, card_list.c
 *   rounds.c    looked after every working day       reports.c   numbering
 *   telling.c   notices by the notifier              timers.c    whose a timer is
 *   visit_plan.c   reminders of visits               visit_log.c    a visit
 *   coverage.c  households linked and visited        halves.c    who was linked when a half ended
 *   visits.c    visits and promises in tables        promises.c  reminders of promises, keeping
 *   visit_queries.c, visit_due.c  who was visited, who was not
 *   visit_walk.c   who is told of it, and when a half ended           units.c     cadres by unit
 *   scope.c     what of the register somebody sees   agenda.c   what somebody owes to households
 */
#pragma once

#include "messages.h"
#include "runtime/service.h"

extern const struct service intake_service;

/* Its tables. */
enum intake_table {
    HOUSEHOLDS,       /* household -> household_row */
    CADRES,           /* cadre -> cadre_row */
    CADRE_HOUSEHOLDS, /* cadre, NUL, household */
    AREA_HOUSEHOLDS,  /* village or community, NUL, household */
    REPORTS,          /* issue -> report_row */
    PENDING,          /* issue, number of the fact; while the router has not answered it */
    PERIODS,          /* household, NUL, number of the event -> period_row */
    UNCOVERED,        /* community, NUL, household; while it has no cadre */
    CARDS,            /* household -> card_row */
    ROUNDS,           /* name -> round_row */
    COUNTS,           /* name -> u64: "accepted" and so on; "year/2026": last number given */
    VISITED,          /* household, NUL, half -> visit: the first at its home in that half */
    COVERAGE,         /* half, count, scope, id -> u64 */
    VISIT_PLAN,       /* "plan" -> visit_plan_row */
    VISITS,           /* visit -> visit_row */
    VISIT_INDEX,      /* under what it is listed, word, NUL, time, visit */
    PROMISES,         /* promise -> promise_row */
    PROMISE_INDEX,    /* the same for promises that are open, by due time */
    PAST_LINKS,       /* household, NUL, half that ended -> past_link_row */
    PAST_HOUSEHOLDS,  /* cadre, community or village of such a row, NUL, household */
    UNIT_CADRES,      /* unit, NUL, cadre */
};

/* Decisions, tabled in intake.c. */
enum status intake_decide_submit(struct ctx *ctx, const struct command *command, struct err *err);
enum status intake_decide_feedback(struct ctx *ctx, const struct command *command, struct err *err);
enum status intake_decide_info(struct ctx *ctx, const struct command *command, struct err *err);
enum status intake_decide_visit(struct ctx *ctx, const struct command *command, struct err *err);
enum status intake_decide_promise_kept(struct ctx *ctx, const struct command *command,
                                       struct err *err);
enum status intake_decide_cadres(struct ctx *ctx, const struct command *command, struct err *err);
enum status intake_decide_households(struct ctx *ctx, const struct command *command,
                                     struct err *err);
enum status intake_decide_reports(struct ctx *ctx, const struct command *command, struct err *err);
enum status intake_decide_handover(struct ctx *ctx, const struct command *command, struct err *err);
enum status intake_decide_leave(struct ctx *ctx, const struct command *command, struct err *err);
enum status intake_decide_card_print(struct ctx *ctx, const struct command *command,
                                     struct err *err);
enum status intake_decide_card_deliver(struct ctx *ctx, const struct command *command,
                                       struct err *err);

enum status intake_react_opened(struct ctx *ctx, const struct record *record, const void *message,
                                struct err *err);
enum status intake_react_step(struct ctx *ctx, const struct record *record, const void *message,
                              struct err *err);
enum status intake_react_set_aside(struct ctx *ctx, const struct record *record,
                                   const void *message, struct err *err);

void intake_apply_reported(struct ctx *ctx, const struct record *record, const void *message);
void intake_apply_told(struct ctx *ctx, const struct record *record, const void *message);
void intake_apply_feedback_late(struct ctx *ctx, const struct record *record, const void *message);
void intake_apply_informed(struct ctx *ctx, const struct record *record, const void *message);
void intake_apply_cadres(struct ctx *ctx, const struct record *record, const void *message);
void intake_apply_households(struct ctx *ctx, const struct record *record, const void *message);
void intake_apply_relinked(struct ctx *ctx, const struct record *record, const void *message);
void intake_apply_cadre_left(struct ctx *ctx, const struct record *record, const void *message);
void intake_apply_cards_printed(struct ctx *ctx, const struct record *record, const void *message);
void intake_apply_card_delivered(struct ctx *ctx, const struct record *record, const void *message);
void intake_apply_round(struct ctx *ctx, const struct record *record, const void *message);
void intake_apply_adopted(struct ctx *ctx, const struct record *record, const void *message);
void intake_apply_visits_planned(struct ctx *ctx, const struct record *record, const void *message);
void intake_apply_visited(struct ctx *ctx, const struct record *record, const void *message);
void intake_apply_promise_told(struct ctx *ctx, const struct record *record, const void *message);
void intake_apply_promise_kept(struct ctx *ctx, const struct record *record, const void *message);
void intake_apply_settled(struct ctx *ctx, const struct record *record, const void *message);

void intake_wake(struct ctx *ctx, struct wall at, struct bytes id);

enum status intake_answer_households(struct ctx *ctx, const struct query *query, void *reply,
                                     struct err *err);
enum status intake_answer_handover(struct ctx *ctx, const struct query *query, void *reply,
                                   struct err *err);
enum status intake_answer_cards(struct ctx *ctx, const struct query *query, void *reply,
                                struct err *err);
enum status intake_answer_cadres(struct ctx *ctx, const struct query *query, void *reply,
                                 struct err *err);
enum status intake_answer_report(struct ctx *ctx, const struct query *query, void *reply,
                                 struct err *err);
enum status intake_answer_visit(struct ctx *ctx, const struct query *query, void *reply,
                                struct err *err);
enum status intake_answer_visits(struct ctx *ctx, const struct query *query, void *reply,
                                 struct err *err);
enum status intake_answer_visits_due(struct ctx *ctx, const struct query *query, void *reply,
                                     struct err *err);
enum status intake_answer_coverage(struct ctx *ctx, const struct query *query, void *reply,
                                   struct err *err);
enum status intake_answer_promises(struct ctx *ctx, const struct query *query, void *reply,
                                   struct err *err);
enum status intake_answer_agenda(struct ctx *ctx, const struct query *query, void *reply,
                                 struct err *err);
enum status intake_may_see_issue(struct ctx *ctx, struct bytes person, uint64_t issue,
                                 struct err *err);
