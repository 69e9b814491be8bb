/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The notifier keeps every person's inbox. It reacts to what the router did, and to what intake
 * wants told, by noticing the persons the event names, in the words of texts/, and lets recipients
 * read and acknowledge. What was told to whom is in its journal; telling happens once, because it
 * is an event like any other.
 *
 *   notices.c   events to news         telling.c   who reads which words, into inboxes
 *   duty.c      who has to act         words.c     news into words
 *   inbox.c     commands, queries, tables
 */
#pragma once

#include "messages.h"
#include "runtime/service.h"

extern const struct service notifier_service;

enum notifier_table {
    INBOX,  /* person, NUL, item -> inbox_row */
    COUNTS, /* "notices", "items", "acked" -> u64 */
};

/* A notice's id: the number of its record times 256, plus the recipient's place. */
#define ITEM_RECIPIENTS_MAX 64U
static inline uint64_t item_id(uint64_t seq, uint32_t place)
{
    return seq * 256 + place;
}

enum status notifier_react_opened(struct ctx *ctx, const struct record *record, const void *message,
                                  struct err *err);
enum status notifier_react_leg(struct ctx *ctx, const struct record *record, const void *message,
                               struct err *err);
enum status notifier_react_step(struct ctx *ctx, const struct record *record, const void *message,
                                struct err *err);
enum status notifier_react_clock(struct ctx *ctx, const struct record *record, const void *message,
                                 struct err *err);
enum status notifier_react_set_aside(struct ctx *ctx, const struct record *record,
                                     const void *message, struct err *err);

enum status notifier_react_supervision(struct ctx *ctx, const struct record *record,
                                       const void *message, struct err *err);
enum status notifier_react_intake(struct ctx *ctx, const struct record *record, const void *message,
                                  struct err *err);

enum status decide_ack(struct ctx *ctx, const struct command *command, struct err *err);
void apply_noticed(struct ctx *ctx, const struct record *record, const void *message);
void apply_acked(struct ctx *ctx, const struct record *record, const void *message);
enum status answer_inbox(struct ctx *ctx, const struct query *query, void *reply, struct err *err);
