/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "intake/register.h"
#include "intake/sheet.h"

/* FORBIDDEN unless the person may import. */
enum status import_check_right(struct ctx *ctx, struct bytes person, struct err *err) MUST_USE;
