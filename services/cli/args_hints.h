/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences about words that the table of verbs does not have, with what may have been meant. All
 * return INVALID; REFUSED: there will be this noun, or the lifecycle has this verb or this way of
 * it, but it is not offered yet. */
#pragma once

#include "cli/args.h"

enum status args_no_such_noun(const char *word, struct err *err) MUST_USE;
enum status args_no_such_verb(const char *noun, const char *word, struct err *err) MUST_USE;
enum status args_no_such_option(const struct args *args, struct bytes name,
                                struct err *err) MUST_USE;
