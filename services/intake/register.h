/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the register, the keys of its tables, and who somebody is. */
#pragma once

#include "domain/access.h"
#include "intake/intake.h"

/* Keys of two parts: "word NUL word", and issue with the number of a fact. */
struct register_key {
    uint8_t bytes[2 * WORD_MAX_BYTES + 1];
    size_t len;
};
struct register_key register_pair_key(struct bytes first, struct bytes second);
struct register_key register_issue_key(uint64_t issue);
struct register_key register_fact_key(uint64_t issue, uint64_t seq);
static inline struct bytes register_key_bytes(const struct register_key *key)
{
    return bytes_of(key->bytes, key->len);
}

/* False: there is none, or the id is empty. Rows live until the end of the input. */
bool register_find_household(struct ctx *ctx, struct bytes id, struct household_row *ret_row);
/* A cadre's name; empty when there is no such cadre. */
struct bytes register_cadre_name(struct ctx *ctx, struct bytes id);
bool register_find_cadre(struct ctx *ctx, struct bytes id, struct cadre_row *ret_row);
/* NOT_FOUND with a sentence. */
enum status register_read_report(struct ctx *ctx, uint64_t issue, struct report_row *ret_row,
                                 struct err *err) MUST_USE;

/* The person with the roles of the office, and as a cadre if the register knows one of that id.
 * Somebody unknown has no role at all. */
struct actor register_find_actor(struct ctx *ctx, struct bytes id);

/* The register's cadre of the household; without a household the office's feedback_default. */
struct bytes register_find_owner(const struct ctx *ctx, const struct household_row *row);

/* The same for an issue, by its household; as it was reported, where there is none. */
struct bytes register_find_issue_owner(struct ctx *ctx, const struct report_row *row);

/* Whether the person may do something on the issue as the owner of its feedback: the household's
 * cadre as the register has it now, whom the router follows, or, where there is no household, who
 * owned it when it was reported; the office, once the router said that the feedback is late.
 * FORBIDDEN with a sentence. */
enum status register_check_owner(struct ctx *ctx, struct bytes person, const struct report_row *row,
                                 enum action action, struct err *err) MUST_USE;
