/* SPDX-License-Identifier: Apache-2.0 */
/* What the walkers share: when a field counts as absent, and whether a value is within limits. */
#pragma once

#include "codec/message.h"

/* Whether the member holds its zero value, which is the same as being absent. */
bool field_is_empty(const struct field *field, const void *member);

/* Whether a value that is not empty is one its type and limits allow. INVALID with the words that
 * follow the field's name. Lists: the count only; embedded messages: nothing. */
enum status field_check(const struct field *field, const void *member, struct err *err) MUST_USE;

/* The same without reading texts, which are judged by their length in bytes: what encoding insists
 * on, because it must cost next to nothing. */
bool field_is_plausible(const struct field *field, const void *member);

/* Whether a text that is not empty, in its normal form, says something, and in one line where it is
 * one: for what people write, not for what was written. INVALID as above. */
enum status field_check_writing(const struct field *field, struct bytes text,
                                struct err *err) MUST_USE;

/* Puts the field's name before the sentence, names it in err->field and returns INVALID. */
enum status field_blame(const struct field *field, struct err *err);

/* A list's element as a field of its own, with the element's type and limit. */
struct field field_of_element(const struct field *list);
