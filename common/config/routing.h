/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads routing.yaml: named word lists, rules and examples.
 *
 *   household_tags: [tag, ...]      those of the register; when it is there, rules ask for no other
 *   words: {NAME: [word, "@NAME", ...]}
 *   rules:
 *     - id: ID
 *       when: {category, area, kind, source, urgency, household_tags, hours, text_any, text_all,
 *              text_none, title_any, title_all, title_none}
 *       then: {category, lead, assist, leader, urgency, tags} or {triage: true, category, ...}
 *       examples: [{text, match: true|false, ...}]
 *   examples: [{text, expect: ID, ...}]
 *
 * Each condition takes one value or a list. text_x look at title and text, title_x at the title;
 * "@NAME" there is any word of that list, and inside a list all words of a list above it. hours is
 * `working` or `off`. An example says of an issue what it knows: title, text, category, area, kind,
 * source, urgency, household_tags, hours (working unless it says off).
 */
#pragma once

#include "config/yaml.h"
#include "domain/office.h"

#include <stdbool.h>

struct rules; /* domain/rules.h */

/* Makes a rule set for `office`, which must outlive it. False, with at least one problem added and
 * no set, when the file can't be used. The caller owns *ret_rules and closes it with rules_close();
 * the document may be closed before. */
bool routing_read(const struct yaml_document *document, const struct office *office,
                  struct rules **ret_rules, struct problems *problems);

/* As routing_read(), but *ret_rules is set in any case: for showing which examples fail. A set with
 * problems must not route. */
bool routing_examine(const struct yaml_document *document, const struct office *office,
                     struct rules **ret_rules, struct problems *problems);
