/* SPDX-License-Identifier: Apache-2.0 */
/* Where an issue stands: what a person saw before doing something about it. */
#pragma once

#include "cli/call.h"
#include "domain/words.h"

#define PLACE_LEGS_MAX 8U

struct place {
    bool is_known;    /* false: the router is not there, or has not heard of the issue yet */
    enum state state; /* STATE_NONE: nobody who was asked knows */
    uint32_t generation;
    struct position position; /* the router's last record of it */
    char lead[WORD_MAX_BYTES + 1];
    char legs[PLACE_LEGS_MAX][WORD_MAX_BYTES + 1];
    uint32_t leg_count;
};

/* Asks the router, and where it does not know the number, intake, whose record the router is then
 * given 2 seconds to take. NOT_FOUND: neither knows it. A router that is not there is no failure.
 */
enum status place_find(struct session *session, uint64_t issue, struct place *ret_place,
                       struct err *err) MUST_USE;

/* Where the issue stood when the daemon of its section last heard of it. False: it does not say. */
bool place_find_in_queue(struct session *session, const struct config_daemon *daemon,
                         uint64_t issue, struct place *ret_place);

/* Where intake's record of the report is. NOT_FOUND: intake does not know the number either. The
 * reply borrows until the next call to intake. */
enum status place_find_report(struct session *session, uint64_t issue,
                              struct report_reply *ret_reply, struct position *ret_position,
                              struct err *err) MUST_USE;

/* The daemon that serves the section a person acts for: the one of `department` when it is given,
 * else of the leg of the issue that is the person's, else of the person's only section. `place` may
 * be NULL. INVALID: the section is not known, or cannot be guessed. *ret_department lives as long
 * as the configuration. */
enum status place_find_department(const struct session *session, struct bytes department,
                                  const struct place *place,
                                  const struct config_daemon **ret_daemon,
                                  struct bytes *ret_department, struct err *err) MUST_USE;
