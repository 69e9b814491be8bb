/* SPDX-License-Identifier: Apache-2.0 */
/* Messages as people and scripts see them: JSON out, and values given as text in. */
#pragma once

#include "codec/message.h"

#include <jansson.h>

/* A JSON object with every field by name, absent ones too ("" -> null for words, enums and ids;
 * text stays ""; 0 for numbers, null for a time of 0, [] for lists). Times in `zone`, issues as
 * YYYY-NNNNNNN, bin as hex, ids as UUIDs. The caller owns the result. */
json_t *message_to_json(const struct message_type *type, const void *message, struct zone zone);

/* Memory for what was given as text; zero-initialised is empty. */
struct message_arena {
    void *blocks; /* owned; freed by message_arena_done() */
};

/* Frees everything; may be repeated. */
void message_arena_done(struct message_arena *arena);

/* Zeroed memory, aligned for any type, that lives until message_arena_done(). */
uint8_t *message_arena_take(struct message_arena *arena, size_t len);

/* Sets one field from text as given on a command line: numbers in decimal, booleans yes/no/true/
 * false, times as wall_parse() reads them, enum words, UUIDs, hex for bin; to a list of anything
 * but messages it adds one element (call again for more). Texts are turned into NFC. What must be
 * kept is copied into memory that `arena` owns. INVALID names the field as people write it
 * ("--title"); the message is then as before. Whether everything required is there,
 * message_normalise() tells. */
enum status message_set_text(const struct field *field, struct bytes text, struct zone zone,
                             struct message_arena *arena, void *message, struct err *err) MUST_USE;

/* Fills a message from a JSON object as message_to_json() writes it; null is the same as a missing
 * member. INVALID names the field at fault: unknown names are refused, and what is required must be
 * there. Texts are turned into NFC. */
enum status message_from_json(const struct message_type *type, json_t *object, struct zone zone,
                              struct message_arena *arena, void *ret_message,
                              struct err *err) MUST_USE;
