/* SPDX-License-Identifier: Apache-2.0 */
/* Who the cadres of the register are: their ids, from what intake recorded. Names stay there. */
#pragma once

#include "router/router.h"

/* Whether somebody of this id is a cadre, and has not left. */
bool cadres_has(struct ctx *ctx, struct bytes id);

/* Whether somebody of this id is or was one: issues stay with whoever closed them. */
bool cadres_had(struct ctx *ctx, struct bytes id);
