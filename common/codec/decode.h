/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding of single values, for lists and for the values of whole messages alike. */
#pragma once

#include "codec/message.h"
#include "codec/unpack.h"

/* Decodes the value at `in` into the member and checks its limits. The member of an embedded
 * message must be zero before. INVALID with the words that follow the field's name. */
enum status decode_value(const struct field *field, struct unpack *in, void *ret_member,
                         struct err *err) MUST_USE;
