/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The router decides each issue's lifecycle, and nobody else does. It answers every fact of intake,
 * the departments and the auditor with one event: the step it is, or set_aside with the reason.
 *
 *   routing.c   a report becomes an issue        facts.c     what people did
 *   commands.c  dispatch, review, closing        clocks.c    deadlines and their ladder
 *   waiting.c   questions, suspensions, corrections   passing.c   what a deadline does by itself
 *   people.c    who somebody is, who is told     apply.c     events into tables
 *   queries.c   one issue, lists, verdicts       issue_file.c  rows to issues and back
 *   replan.c    deadlines again, under another calendar or other limits
 *   handing.c   open issues follow their households to another cadre
 *   cadres.c    who is a cadre of the register
 *   suggesting.c  what the desk did, for what it does next
 *   agenda.c    what a person owes             explain.c, explain_why.c   why, who, what then
 *   urging.c    pressing those who have it       supervision.c  supervision by a person
 */
#pragma once

#include "domain/words.h"
#include "messages.h"
#include "runtime/service.h"

extern const struct service router_service;

/* Its tables. */
enum router_table {
    ISSUES,        /* issue -> issue_row */
    BY_STATE,      /* filing name, NUL, issue -> state; see filing_name() */
    BY_DEPARTMENT, /* section, NUL, issue */
    BY_CADRE,      /* person, NUL, issue */
    BY_AREA,       /* village, NUL, issue */
    OVERDUE,       /* issue, while a deadline of it has passed */
    COUNTS,        /* name -> u64: "state/<word>" */
    HANDED,        /* household that changed hands -> its cadre */
    HANDING,       /* record of households that changed hands -> handing_row */
    SUGGEST,       /* rows of the suggestion model (domain/suggest.h) -> u64 */
    REPLANNING,    /* "job" -> replanning_row */
    MARKED,        /* issue -> its marks (domain/duty.h), while it has any */
    CADRES,        /* cadre of the register -> empty, or that they left; see cadres.h */
    BY_LEVEL,      /* level of a ladder, NUL, issue of which it was told; see level_name() */
};

/* A ladder's level as a name of BY_LEVEL: "1" to "5". */
struct bytes level_name(uint32_t level);

/* Decisions, tabled in router.c. */
enum status react_reported(struct ctx *ctx, const struct record *record, const void *message,
                           struct err *err);
enum status react_told(struct ctx *ctx, const struct record *record, const void *message,
                       struct err *err);
enum status react_signed(struct ctx *ctx, const struct record *record, const void *message,
                         struct err *err);
enum status react_progressed(struct ctx *ctx, const struct record *record, const void *message,
                             struct err *err);
enum status react_answered(struct ctx *ctx, const struct record *record, const void *message,
                           struct err *err);
enum status react_proposed(struct ctx *ctx, const struct record *record, const void *message,
                           struct err *err);
enum status react_informed(struct ctx *ctx, const struct record *record, const void *message,
                           struct err *err);
enum status react_contacted(struct ctx *ctx, const struct record *record, const void *message,
                            struct err *err);
enum status react_wait_asked(struct ctx *ctx, const struct record *record, const void *message,
                             struct err *err);
enum status react_resumed(struct ctx *ctx, const struct record *record, const void *message,
                          struct err *err);
enum status react_called_back(struct ctx *ctx, const struct record *record, const void *message,
                              struct err *err);

enum status react_relinked(struct ctx *ctx, const struct record *record, const void *message,
                           struct err *err);
enum status react_cadres(struct ctx *ctx, const struct record *record, const void *message,
                         struct err *err);
enum status react_cadre_left(struct ctx *ctx, const struct record *record, const void *message,
                             struct err *err);

enum status decide_dispatch(struct ctx *ctx, const struct command *command, struct err *err);
enum status decide_review(struct ctx *ctx, const struct command *command, struct err *err);
enum status decide_close_unsatisfied(struct ctx *ctx, const struct command *command,
                                     struct err *err);

enum status decide_ask_info(struct ctx *ctx, const struct command *command, struct err *err);
enum status decide_suspend(struct ctx *ctx, const struct command *command, struct err *err);
enum status decide_correct(struct ctx *ctx, const struct command *command, struct err *err);
enum status decide_urge(struct ctx *ctx, const struct command *command, struct err *err);
enum status decide_supervise(struct ctx *ctx, const struct command *command, struct err *err);

void wake_clock(struct ctx *ctx, struct wall at, struct bytes id);

void apply_opened(struct ctx *ctx, const struct record *record, const void *message);
void apply_step(struct ctx *ctx, const struct record *record, const void *message);
void apply_clock(struct ctx *ctx, const struct record *record, const void *message);
void apply_relinked(struct ctx *ctx, const struct record *record, const void *message);
void apply_cadres(struct ctx *ctx, const struct record *record, const void *message);
void apply_owner(struct ctx *ctx, const struct record *record, const void *message);
void apply_handing(struct ctx *ctx, const struct record *record, const void *message);
void apply_supervision(struct ctx *ctx, const struct record *record, const void *message);
void apply_set_aside(struct ctx *ctx, const struct record *record, const void *message);
void apply_config_adopted(struct ctx *ctx, const struct record *record, const void *message);
void apply_replanning(struct ctx *ctx, const struct record *record, const void *message);
void apply_replanned(struct ctx *ctx, const struct record *record, const void *message);

enum status answer_issue(struct ctx *ctx, const struct query *query, void *reply, struct err *err);
enum status answer_issue_list(struct ctx *ctx, const struct query *query, void *reply,
                              struct err *err);
enum status answer_place(struct ctx *ctx, const struct query *query, void *reply, struct err *err);
enum status answer_verdict(struct ctx *ctx, const struct query *query, void *reply,
                           struct err *err);
enum status answer_agenda(struct ctx *ctx, const struct query *query, void *reply, struct err *err);
enum status answer_suggest(struct ctx *ctx, const struct query *query, void *reply,
                           struct err *err);
enum status router_may_see_issue(struct ctx *ctx, struct bytes person, uint64_t issue,
                                 struct err *err);

/* Whether the person may see the issue. */
struct actor;
struct issue;
bool router_sees(const struct ctx *ctx, const struct actor *actor, const struct issue *issue);

/* How many issues are in a state. */
uint64_t router_count_state(struct ctx *ctx, enum state state);

/* Constant helpers of the service that are no state: the matcher's working memory. */
struct rules_scratch;
struct rules_scratch *router_scratch(const struct ctx *ctx);
