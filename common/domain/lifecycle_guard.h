/* SPDX-License-Identifier: Apache-2.0 */
/* The checks behind the names of a row; for lifecycle.c. */
#pragma once

#include "domain/lifecycle.h"

/* FORBIDDEN, with who may. */
enum status who_check(uint32_t who, const struct issue *issue, const struct step *step,
                      struct err *err) MUST_USE;

/* REFUSED or INVALID. */
enum status guard_check(enum guard guard, const struct issue *issue, const struct step *step,
                        struct err *err) MUST_USE;

/* Whether the step, which is already recorded in the issue, moves it. */
bool move_is_due(enum move move, const struct issue *issue, const struct step *step);

/* The review that this actor can still make of the answer, REVIEW_BY_..., or 0. */
uint32_t review_open_to(const struct issue *issue, const struct actor *actor);

/* The checks one by one, for the table of guard_check(). */
typedef enum status guard_fn(const struct issue *issue, const struct step *step, struct err *err);
guard_fn guard_words, guard_reason, guard_question, guard_told, guard_contact, guard_wait;
guard_fn guard_wait_asked, guard_wait_refused, guard_wait_over, guard_window_over;
guard_fn guard_correction;

/* INVALID with the field and the sentence unless it is given. */
enum status guard_need(struct err *err, bool given, const char *field,
                       const char *sentence) MUST_USE;
