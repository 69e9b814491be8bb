/* SPDX-License-Identifier: Apache-2.0 */
/* Texts and refusals, as the tests of services compare them. */
#pragma once

#include "harness.h"

/* NULL is the empty text. */
struct bytes text_of(const char *text);
void assert_text(struct bytes text, const char *expected);
/* The field of a refusal, and a part of its sentence. */
void assert_says(const struct err *err, const char *field, const char *part);
