/* SPDX-License-Identifier: Apache-2.0 */
/* Options that are needed with or instead of each other, as the table of verbs says. */
#pragma once

#include "cli/args.h"

/* INVALID: a rule of the verb is not kept; the sentence has a line that keeps it. */
enum status args_check_rules(const struct args *args, struct err *err) MUST_USE;
