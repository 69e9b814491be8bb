/* SPDX-License-Identifier: Apache-2.0 */
/* What the rules decide, without any daemon: for trying out imports and rules. */
#pragma once

#include "cli/session.h"
#include "domain/rules.h"

/* The Chinese names from the top level down; [] for an unknown code. The caller owns the result. */
json_t *routing_path_json(const struct config *config, struct bytes category);

/* {state, lead, leader, assist, urgency, category, category_path, rule} of a decision. The caller
 * owns the result. */
json_t *routing_decision_json(const struct config *config, const struct rule_decision *decision);

/* The code of a category that is given as code or, where that is unique, as Chinese name. False:
 * neither. */
bool routing_find_category(const struct config *config, struct bytes text, struct bytes *ret_code);
