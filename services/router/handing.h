/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Households change hands: their open issues get the new cadre as owner of the feedback, an event
 * each, so many in a transaction, and by a timer those that are left. Issues that have ended stay
 * with whoever had them.
 */
#pragma once

#include "router/router.h"

/* Who owns the feedback for a household now: the cadre it was last given to; `otherwise` where it
 * never changed hands. For what comes late or comes back: a report from the dead letters, an issue
 * that is opened again. */
struct bytes handing_find_owner(struct ctx *ctx, struct bytes household, struct bytes otherwise);

bool handing_is_timer(struct bytes id);
void handing_wake(struct ctx *ctx, struct bytes id);
