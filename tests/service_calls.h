/* SPDX-License-Identifier: Apache-2.0 */
/* Texts, lists of them and refusals, as the tests of services compare them. */
#pragma once

#include "harness.h"

#include "codec/message.h"

/* NULL is the empty text. */
struct bytes text_of(const char *text);
void assert_text(struct bytes text, const char *expected);
/* Whether a list of texts has the word. */
bool list_has(const struct list *list, const char *word);
/* The field of a refusal, and a part of its sentence. */
void assert_says(const struct err *err, const char *field, const char *part);
