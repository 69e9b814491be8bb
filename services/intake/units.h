/* SPDX-License-Identifier: Apache-2.0 */
/* The units that cadres belong to, in order of their names, with their cadres. */
#pragma once

#include "intake/register.h"

/* The next unit after `unit` (empty: the first). False after the last. It lives until the end of
 * the input, as do cadres. */
bool units_next(struct ctx *ctx, struct bytes unit, struct bytes *ret_unit);

/* The unit's next cadre after `cadre` (empty: the first). */
bool units_next_cadre(struct ctx *ctx, struct bytes unit, struct bytes cadre,
                      struct bytes *ret_cadre);

/* The section of the office that the unit is, by name or id; NULL: it is another one. */
const struct department *units_find_section(const struct office *office, struct bytes unit);

/* In apply: a cadre belongs to the unit, or no longer. */
void units_put(struct ctx *ctx, struct bytes unit, struct bytes cadre);
void units_remove(struct ctx *ctx, struct bytes unit, struct bytes cadre);
