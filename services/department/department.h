/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The queues of one or more sections, and what their people say. A department daemon follows the
 * router under the topics of its sections, keeps the text of what is in its queues, and records
 * facts (signed, progressed, answered and so on); what they come to is the router's to decide.
 *
 *   commands.c  what section staff do     verdicts.c  what the router did
 *   waiting.c   contacts and suspensions
 *   queue.c     rows, keys, which section  apply.c     events into tables
 *   queries.c   queues and what is pending
 */
#pragma once

#include "messages.h"
#include "runtime/service.h"

extern const struct service department_service;

/* Its tables. */
enum department_table {
    LEGS,     /* section, NUL, issue -> leg_row */
    OPEN,     /* section, NUL, issue; while the leg is not finished */
    BY_ISSUE, /* issue, section */
    PENDING,  /* issue, number of the fact -> section; while the router has not answered it */
    COUNTS,   /* "queued", "pending" -> u64 */
};

/* Decisions, tabled in department.c. */
enum status department_decide_sign(struct ctx *ctx, const struct command *command, struct err *err);
enum status department_decide_progress(struct ctx *ctx, const struct command *command,
                                       struct err *err);
enum status department_decide_answer(struct ctx *ctx, const struct command *command,
                                     struct err *err);
enum status department_decide_propose(struct ctx *ctx, const struct command *command,
                                      struct err *err);

enum status department_decide_contact(struct ctx *ctx, const struct command *command,
                                      struct err *err);
enum status department_decide_wait(struct ctx *ctx, const struct command *command, struct err *err);
enum status department_decide_resume(struct ctx *ctx, const struct command *command,
                                     struct err *err);

enum status department_react_opened(struct ctx *ctx, const struct record *record,
                                    const void *message, struct err *err);
enum status department_react_leg(struct ctx *ctx, const struct record *record, const void *message,
                                 struct err *err);
enum status department_react_step(struct ctx *ctx, const struct record *record, const void *message,
                                  struct err *err);
enum status department_react_supervision(struct ctx *ctx, const struct record *record,
                                         const void *message, struct err *err);
enum status department_react_replanned(struct ctx *ctx, const struct record *record,
                                       const void *message, struct err *err);
enum status department_react_moved(struct ctx *ctx, const struct record *record,
                                   const void *message, struct err *err);
enum status department_react_set_aside(struct ctx *ctx, const struct record *record,
                                       const void *message, struct err *err);

void department_apply_opened(struct ctx *ctx, const struct record *record, const void *message);
void department_apply_leg(struct ctx *ctx, const struct record *record, const void *message);
void department_apply_signed(struct ctx *ctx, const struct record *record, const void *message);
void department_apply_progressed(struct ctx *ctx, const struct record *record, const void *message);
void department_apply_answered(struct ctx *ctx, const struct record *record, const void *message);
void department_apply_proposed(struct ctx *ctx, const struct record *record, const void *message);
void department_apply_contacted(struct ctx *ctx, const struct record *record, const void *message);
void department_apply_wait_asked(struct ctx *ctx, const struct record *record, const void *message);
void department_apply_resumed(struct ctx *ctx, const struct record *record, const void *message);
void department_apply_settled(struct ctx *ctx, const struct record *record, const void *message);

enum status department_answer_queue(struct ctx *ctx, const struct query *query, void *reply,
                                    struct err *err);
enum status department_answer_pending(struct ctx *ctx, const struct query *query, void *reply,
                                      struct err *err);
enum status department_may_see_issue(struct ctx *ctx, struct bytes person, uint64_t issue,
                                     struct err *err);
