/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Households change hands: their open issues get the new cadre as owner of the feedback, an event
 * each, so many in a transaction, and by a timer those that are left. Issues that have ended stay
 * with whoever had them.
 */
#pragma once

#include "router/router.h"

bool handing_is_timer(struct bytes id);
void handing_wake(struct ctx *ctx, struct bytes id);
