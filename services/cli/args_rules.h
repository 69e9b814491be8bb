/* SPDX-License-Identifier: Apache-2.0 */
/* What the table of verbs says of options: which are needed with or instead of each other, and
 * which words and values they take. */
#pragma once

#include "cli/args.h"

/* INVALID: a rule of the verb is not kept; the sentence has a line that keeps it. */
enum status args_check_rules(const struct args *args, struct err *err) MUST_USE;

/* INVALID: a word that this verb does not take; the sentence names those it does. */
enum status args_check_choice(const struct parameter *parameter, struct bytes text,
                              struct err *err) MUST_USE;

/* INVALID: the value that was set is nothing. On the wire nothing and zero are the same, so that it
 * would not be seen. */
enum status args_check_empty(const struct args *args, const struct parameter *parameter,
                             struct err *err) MUST_USE;
