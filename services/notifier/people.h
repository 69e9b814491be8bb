/* SPDX-License-Identifier: Apache-2.0 */
/* Cadres as intake's register has them: name and unit, also of those who have left. */
#pragma once

#include "notifier/notifier.h"

/* The name by the office or by the register; else the id. */
struct bytes people_name(struct ctx *ctx, struct bytes id);

/* The unit that a cadre of the register belongs to, by name or id of the section; else empty. */
struct bytes people_unit(struct ctx *ctx, struct bytes id);
