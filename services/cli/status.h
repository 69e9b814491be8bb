/* SPDX-License-Identifier: Apache-2.0 */
/* How all daemons are, and whether they have come to rest. */
#pragma once

#include "cli/call.h"

enum status status_run(struct session *session, const struct args *args, json_t **ret_json,
                       struct err *err) MUST_USE;
void status_print(const struct session *session, const json_t *status);

/* Where every daemon stood at one look. */
struct rest {
    bool is_quiet; /* all up, nothing queued or due, every cursor at its head */
    uint64_t heads[CONFIG_DAEMONS_MAX];
    struct wall next_due;             /* the earliest; 0: nothing is due ever */
    char waiting[WORD_MAX_BYTES + 1]; /* a daemon that is not quiet, or "" */
};

/* Looks once; `now` is the time the daemons should have noticed (0: any). */
void status_look_at_rest(struct session *session, struct wall now, struct rest *ret_rest);
