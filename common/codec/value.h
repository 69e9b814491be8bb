/* SPDX-License-Identifier: Apache-2.0 */
/* Single values read from text, for command lines and JSON alike. */
#pragma once

#include "codec/message_text.h"

/* What a value read from text depends on besides its field. */
struct value_source {
    struct zone zone;
    struct message_arena *arena;
};

/* Reads one value (of a list: one element of it, for which `field` is the element) and checks its
 * limits. INVALID with the words that follow the field's name. */
enum status value_parse(const struct field *field, struct bytes text,
                        const struct value_source *source, void *ret_member,
                        struct err *err) MUST_USE;

/* Appends a value of the element's type to the list that `out` holds, and counts it. */
void value_put(const struct field *element, struct list *list, struct buf *out, const void *member);

/* Points the list at a copy of `out` that the arena owns. */
void value_keep_list(struct list *list, const struct buf *out, struct message_arena *arena);
