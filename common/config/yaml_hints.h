/* SPDX-License-Identifier: Apache-2.0 */
/* What to do about a file that is no YAML, for people who do not know YAML. */
#pragma once

#include "base/buf.h"
#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>

/* Appends what to do about a problem of libyaml, where something is known: of the file's lines of
 * those numbers the first that has a full-width sign, else what the problem mostly means. */
void yaml_append_advice(struct buf *message, const char *problem, struct bytes text,
                        const size_t lines[3]);

/* The first full-width sign of `line` that stands where YAML has a half-width one (：，［“ and so
 * on), outside of quotes and comments, and the sign to write instead; false when there is none. */
bool yaml_find_wide_sign(struct bytes line, struct bytes *ret_wide, const char **ret_narrow);
