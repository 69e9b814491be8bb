/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages: plain structs that a table describes, and one walker over the table that encodes,
 * decodes, checks and prints them. The tables are generated from schemas/ (see schemas/README.md);
 * nothing here knows a particular message.
 *
 * On the wire a message is one msgpack map from small field ids to values, in rising id order, in
 * shortest forms, without floats; a field that holds its zero value (0, false, empty) is absent. So
 * equal messages have equal bytes. A message may be split into two such maps, the open part and the
 * part of fields marked `pii` (personal data); a part without fields is zero bytes long.
 *
 * A decoded message borrows: its texts and lists point into the bytes it was decoded from and live
 * no longer than they. Decoding allocates nothing and does not recurse over input.
 *
 * Refused when decoding, always with a sentence that names the field: truncated or trailing bytes,
 * a value of another type, a repeated or falling field id, a value over its limit, a required field
 * that is absent, a word not in its list, text that is not UTF-8, nesting or element counts that
 * the remaining bytes cannot hold, and all that encoding never writes: a longer form than needed, a
 * field with its zero value, nil, floats. So what is decoded and knows no strange fields encodes to
 * the very same bytes, and a hash over received bytes is a hash of the message. Ids that the table
 * does not know are skipped (bounded in depth and by the bytes left).
 */
#pragma once

#include "base/buf.h"
#include "base/bytes.h"
#include "base/number.h"
#include "base/status.h"
#include "base/wall.h"

#include <stdbool.h>
#include <stdint.h>

enum field_type {
    FIELD_U32,     /* uint32_t; max is a value */
    FIELD_U64,     /* uint64_t */
    FIELD_I64,     /* int64_t */
    FIELD_BOOL,    /* bool */
    FIELD_TIME,    /* struct wall */
    FIELD_ISSUE,   /* uint64_t, shown as YYYY-NNNNNNN */
    FIELD_ENUM,    /* int, an index into `words`; 0 is none, max is the last */
    FIELD_ID,      /* struct id, 16 bytes on the wire; all zero is absent */
    FIELD_WORD,    /* struct bytes, a plain identifier (base/number.h word_is_valid) */
    FIELD_TEXT,    /* struct bytes, UTF-8; max is in characters */
    FIELD_BIN,     /* struct bytes; max is in bytes */
    FIELD_LIST,    /* struct list of `of` (FIELD_MESSAGE: of `of_message`); max is in elements */
    FIELD_MESSAGE, /* an embedded struct described by `of_message` */
};

/* A list as it stands on the wire: `count` encoded elements, one after another. Walked with
 * list_next(), filled with list_put_*() into a buf that must outlive it. */
struct list {
    const uint8_t *p;
    size_t len;
    uint32_t count;
};

struct field {
    const char *name;  /* as in JSON and documents: snake_case */
    const char *about; /* one sentence */
    const char *unit;  /* of a number, or NULL */
    uint64_t max;      /* limit, in the unit of the type; 0 only where none is needed */
    uint64_t of_max;   /* FIELD_LIST: limit of each element, as max of its type */
    const struct message_type *of_message; /* list of messages, or embedded message */
    const char *const *words;              /* FIELD_ENUM: words[0] is "", ends with NULL */
    uint16_t id;
    uint16_t offset; /* of the member in the struct */
    uint16_t size;   /* of the member, checked by the generator's assertions */
    uint8_t type;    /* enum field_type */
    uint8_t of;      /* FIELD_LIST: type of the elements */
    bool is_required;
    bool is_pii;
    bool is_line; /* FIELD_TEXT: people write it in one line */
};

struct message_type {
    const char *name;
    const char *about;
    uint32_t number; /* message type number on the wire; 0 for parts of other messages */
    const struct field *fields;
    uint32_t field_count;
    uint32_t size; /* of the struct */
    bool has_pii;
};

#define MESSAGE_DEPTH_MAX 8U
/* No generated struct is larger; decode targets of unknown type use this much. */
#define MESSAGE_SIZE_MAX 2048U

enum message_part { PART_ALL, PART_OPEN, PART_PII };

/* Appends the encoded message (or one part of it). Every value must be within its limits: those are
 * checked where data comes in (decode, normalise, set), so breaking one here is a broken invariant;
 * so is a required field that is empty (but for PART_PII of a message without personal data). */
void message_append(const struct message_type *type, const void *message, enum message_part part,
                    struct buf *out);

/* Decodes one map that holds all fields. INVALID with a sentence and err->field on any fault. */
enum status message_decode(const struct message_type *type, struct bytes encoded, void *ret_message,
                           struct err *err) MUST_USE;

/* Decodes the two parts of a record's payload; `pii` may be empty: its fields are then absent and
 * not required. A field in the wrong part is refused. */
enum status message_decode_parts(const struct message_type *type, struct bytes open,
                                 struct bytes pii, void *ret_message, struct err *err) MUST_USE;

/* For what comes from people: turns every text field (not those inside lists) into NFC, moving what
 * changes into `arena`, which must not be changed while the message lives, and checks every limit
 * again; besides, no text may be blank, hold control characters, or line breaks where it is one
 * line. INVALID names the field. Reserve nothing: the arena is sized before the first text is
 * moved.
 */
enum status message_normalise(const struct message_type *type, void *message, struct buf *arena,
                              struct err *err) MUST_USE;

/* Where a walk over a list stands; begin with list_begin(). */
struct list_cursor {
    const uint8_t *p;
    const uint8_t *end;
    uint32_t left;
};

static inline struct list_cursor list_begin(const struct list *list)
{
    return (struct list_cursor){list->p, list->p == NULL ? NULL : list->p + list->len, list->count};
}

/* The next element; false at the end. The elements were checked when the message was decoded. */
bool list_next_message(struct list_cursor *cursor, const struct message_type *type,
                       void *ret_message);
bool list_next_bytes(struct list_cursor *cursor, struct bytes *ret_bytes); /* word, text, bin */
bool list_next_u64(struct list_cursor *cursor, uint64_t *ret_value);       /* u32, u64, issue */

/* Appends one element to `out`, which holds nothing but this list, and counts it in `list`. Before
 * the message is encoded, call list_end(), which points the list at the buf's bytes. */
void list_put_message(struct list *list, struct buf *out, const struct message_type *type,
                      const void *message);
void list_put_bytes(struct list *list, struct buf *out, struct bytes text); /* word or text */
void list_put_bin(struct list *list, struct buf *out, struct bytes bin);
void list_put_u64(struct list *list, struct buf *out, uint64_t value);
static inline void list_end(struct list *list, const struct buf *out)
{
    list->p = out->p;
    list->len = out->len;
}

/* The field of that name, or NULL. */
const struct field *message_find_field(const struct message_type *type, const char *name);

static inline const void *field_get(const struct field *field, const void *message)
{
    return (const uint8_t *)message + field->offset;
}
