/* SPDX-License-Identifier: Apache-2.0 */
/* When a notice goes out: now, when working time begins, or as a line of a leader's digest. */
#pragma once

#include "notifier/telling.h"

/* A notice in its words, for those who read the same ones. */
struct sending {
    struct bytes title;
    struct bytes text;
    const struct list *recipients;
    bool is_for_leader;
};

/* Emits it. What was told of the issue before is settled by the first event only. */
void send_notice(struct ctx *ctx, struct news *news, const struct sending *sending);

/* What a held notice becomes now. */
void send_held(struct ctx *ctx, const struct record *record, const struct held_event *held,
               bool is_moot);
