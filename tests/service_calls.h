/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of services share: words for texts, and the shipped street. */
#pragma once

#include "harness.h"

#include "config/config.h"

/* NULL is the empty text. */
struct bytes text_of(const char *text);
void assert_text(struct bytes text, const char *expected);
/* The field of a refusal, and a part of its sentence. */
void assert_says(const struct err *err, const char *field, const char *part);

/* The configuration of config/example; closed with config_close(). */
struct config *street_open(void);
