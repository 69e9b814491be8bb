/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What leaders hear once a day. A digest is known by the place where its first line was held: the
 * held record's number and the recipient's place in it, as in an item's id. Each has a row under
 * (person, digest) and a timer.
 */
#pragma once

#include "notifier/notifier.h"

/* In apply: a line more for the person's digest, or the first one of the next, until then. */
void digest_add(struct ctx *ctx, const struct record *record, uint32_t place, struct bytes person,
                struct wall until);
void digest_remove(struct ctx *ctx, struct bytes person, uint64_t digest);
void digest_move(struct ctx *ctx, uint64_t digest, struct wall until);

void digest_wake(struct ctx *ctx, struct bytes id);
