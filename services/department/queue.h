/* SPDX-License-Identifier: Apache-2.0 */
/* Rows and keys of the queues, who somebody is, and in which section's name. */
#pragma once

#include "department/department.h"
#include "domain/access.h"

/* "section NUL issue", the other way round, and issue with the number of a fact. */
struct leg_key {
    uint8_t bytes[WORD_MAX_BYTES + 1 + 8];
    size_t len;
};
struct leg_key queue_leg_key(struct bytes section, uint64_t issue);
struct leg_key queue_issue_key(uint64_t issue, struct bytes section);
struct leg_key queue_fact_key(uint64_t issue, uint64_t seq);
static inline struct bytes leg_key_bytes(const struct leg_key *key)
{
    return bytes_of(key->bytes, key->len);
}

/* False: the section has no part in the issue. The row lives until the end of the input. */
bool queue_find_leg(struct ctx *ctx, struct bytes section, uint64_t issue, struct leg_row *ret_row);
/* Approved and returned legs are finished. */
bool queue_is_finished(int leg_state);

/* The next fact of the issue after number *seq that waits for the router, of any section if
 * `section` is empty. False past the last. */
bool queue_next_pending(struct ctx *ctx, uint64_t issue, struct bytes section, uint64_t *seq);

/* Whether the daemon `name` serves the section. */
bool queue_is_served(const struct config *config, struct bytes name, struct bytes section);

/* The person with the roles of the office; the built-in operator; anybody else may be a cadre, who
 * has no right here. */
struct actor queue_find_actor(const struct ctx *ctx, struct bytes id);

/* The section in whose name the person works on the issue, and its leg: the one given, or the only
 * one of the person's that has a part in it. FORBIDDEN, NOT_FOUND, INVALID (several) otherwise. */
struct work {
    struct bytes section;
    struct leg_row leg;
};
enum status queue_find_work(struct ctx *ctx, struct bytes person, uint64_t issue,
                            struct bytes section, struct work *ret_work, struct err *err) MUST_USE;

/* The section whose queue the person wants to see: the one given, or the only one of the person's
 * that this daemon serves. FORBIDDEN, NOT_FOUND (not served here), INVALID (none or several). */
enum status queue_find_section(struct ctx *ctx, struct bytes person, struct bytes section,
                               struct bytes *ret_section, struct err *err) MUST_USE;
