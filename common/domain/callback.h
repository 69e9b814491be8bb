/* SPDX-License-Identifier: Apache-2.0 */
/* What a household said when it was called back, and what follows from it. */
#pragma once

#include "domain/issue.h"

#define CALLBACK_MARK_MAX 5U    /* best */
#define CALLBACK_MARK_CLOSES 3U /* a result from here up lets an issue close */

struct callback {
    bool is_reached; /* when false, nothing below counts */
    bool is_solved;
    uint32_t result; /* marks 1 to 5 for the result, the section and the cadre */
    uint32_t section;
    uint32_t cadre;
    bool is_reasonable; /* what the household still wants can be asked for */
};

/* INVALID: a mark outside 1 to 5; err->field names it. */
enum status callback_check(const struct callback *callback, struct err *err) MUST_USE;

/* The happening that this call-back is for this issue: CALLBACK_OK, CALLBACK_UNSATISFIED or
 * CALLBACK_UNREACHED. The call-back has passed callback_check(). */
enum happening callback_decide(const struct issue *issue, const struct callback *callback);

/* Whether an unsatisfied household's issue is handled again; otherwise the office head decides. */
bool callback_asks_redo(const struct issue *issue, const struct callback *callback);
