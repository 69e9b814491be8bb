/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notices that wait, by issue: held ones, until they are told; told ones, until everybody has read
 * them. Each has a row and a timer, known by the number of its record.
 */
#pragma once

#include "notifier/notifier.h"

bool pending_find(struct ctx *ctx, uint64_t issue, uint64_t seq, struct pending_row *ret_row);
/* Whether a notice of the issue that was told is not read by everybody. */
bool pending_has_unread(struct ctx *ctx, uint64_t issue);
/* Of which subjects something waits, a set of SUBJECT_BIT; of promises, of this one. */
uint32_t pending_subjects(struct ctx *ctx, uint64_t issue, uint64_t promise);

/* All of these only in apply. */
void pending_put(struct ctx *ctx, uint64_t issue, uint64_t seq, const struct pending_row *row);
/* The same row with another time and, where it is not 0, what told it again. */
void pending_move(struct ctx *ctx, uint64_t issue, uint64_t seq, struct wall at, uint64_t repeated);
void pending_remove(struct ctx *ctx, uint64_t issue, uint64_t seq);
/* One more recipient has read it. */
void pending_read(struct ctx *ctx, uint64_t issue, uint64_t seq);
/* The issue went on: nobody has to read what was told, and what is held need not be read later. */
void pending_settle(struct ctx *ctx, uint64_t issue);
/* Subjects are over: what waits of them is not told, again or at all. */
void pending_end(struct ctx *ctx, uint64_t issue, uint32_t ended, uint64_t promise);

/* The timer of a row, told apart from those of digests by its first byte. */
void pending_wake(struct ctx *ctx, struct bytes id);
