/* SPDX-License-Identifier: Apache-2.0 */
/* News in the words of texts/. */
#pragma once

#include "notifier/telling.h"

/* Appends the "title" or the "text" that an audience, named by its suffix there, reads. */
void words_format(struct ctx *ctx, const struct news *news, const char *suffix, const char *part,
                  struct buf *out);
