/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the triage desk is offered for a report: what the model suggests once it has learned enough,
 * and before that what the rules know. Categories are those of level 1.
 */
#pragma once

#include "domain/rules.h"
#include "domain/suggest.h"

/* Below this many reports learned the rules suggest better than the model. */
#define SUGGEST_LEARNED_MIN 50U

struct suggest_desk {
    const struct suggest_rows *rows;
    const struct office *office;
    const struct rules *rules;
    struct rules_scratch *scratch;
};

/* Best first; returns how many. Of the model, `score_permille` is a share of certainty; of the
 * rules, a share of the words they found, and the reasons are these words. Either is the smaller
 * the less there is to go by, so that it is about as high as the suggestion is often right. A
 * department is the one that reports of the category mostly went to, else the one that the rules
 * give the category to. */
uint32_t suggest_for_desk(const struct suggest_desk *desk, struct bytes title, struct bytes text,
                          struct suggestion suggestions[SUGGEST_COUNT]);

/* The category of level 1 that a dispatch to `lead` shows a report to be of: the one of `reported`
 * when the rules send anything in it to `lead`; with nothing reported the only one of which they
 * do. Empty: it shows nothing, or contradicts what was reported. */
struct bytes suggest_lesson_of_lead(const struct suggest_desk *desk, struct bytes reported,
                                    struct bytes lead);
