/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/field.h"

#include "base/text.h"

#define FIRST_PRINTABLE 0x20
#define DELETE 0x7f
/* Composing a text never makes its UTF-8 more than three times as long (Unicode FAQ,
 * Normalization).
 */
#define NFC_GROWTH_MAX 3U

/* Printable ASCII is in every normal form already; that spares most texts the work. */
static bool is_plain(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.p[i] < FIRST_PRINTABLE || text.p[i] >= DELETE) {
            return false;
        }
    }
    return true;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the schema, which the generator bounds */
static size_t room_needed(const struct message_type *type, const void *message)
{
    size_t room = 0;
    for (uint32_t i = 0; i < type->field_count; i++) {
        const struct field *field = &type->fields[i];
        const void *member = field_get(field, message);
        if (field->type == FIELD_MESSAGE) {
            room += room_needed(field->of_message, member);
        } else if (field->type == FIELD_TEXT && !is_plain(*(const struct bytes *)member)) {
            room += NFC_GROWTH_MAX * ((const struct bytes *)member)->len;
        }
    }
    return room;
}

static enum status normalise_text(struct bytes *text, struct buf *arena, struct err *err)
{
    if (is_plain(*text)) {
        return STATUS_OK;
    }
    const uint8_t *memory = arena->p;
    size_t from = arena->len;
    enum status st = text_append_nfc(arena, *text, err);
    if (st != STATUS_OK) {
        return st;
    }
    CHECK(arena->p == memory);
    struct bytes normal = {arena->p + from, arena->len - from};
    if (bytes_equal(normal, *text)) {
        arena->len = from;
    } else {
        *text = normal;
    }
    return STATUS_OK;
}

static enum status normalise_fields(const struct message_type *type, void *message,
                                    struct buf *arena, struct err *err);

/* NOLINTNEXTLINE(misc-no-recursion): see room_needed() */
static enum status normalise_field(const struct field *field, void *member, struct buf *arena,
                                   struct err *err)
{
    if (field_is_empty(field, member)) {
        return field->is_required ? fail(err, STATUS_INVALID, "required but absent") : STATUS_OK;
    }
    if (field->type == FIELD_MESSAGE) {
        return normalise_fields(field->of_message, member, arena, err);
    }
    enum status st = STATUS_OK;
    if (field->type == FIELD_TEXT) {
        st = normalise_text(member, arena, err);
        st = st == STATUS_OK ? field_check_writing(field, *(struct bytes *)member, err) : st;
    }
    return st == STATUS_OK ? field_check(field, member, err) : st;
}

/* NOLINTNEXTLINE(misc-no-recursion): see room_needed() */
static enum status normalise_fields(const struct message_type *type, void *message,
                                    struct buf *arena, struct err *err)
{
    for (uint32_t i = 0; i < type->field_count; i++) {
        const struct field *field = &type->fields[i];
        enum status st = normalise_field(field, (uint8_t *)message + field->offset, arena, err);
        if (st != STATUS_OK) {
            return field_blame(field, err);
        }
    }
    return STATUS_OK;
}

enum status message_normalise(const struct message_type *type, void *message, struct buf *arena,
                              struct err *err)
{
    size_t room = room_needed(type, message);
    if (room != 0) {
        (void)buf_extend(arena, room);
        arena->len -= room;
    }
    return normalise_fields(type, message, arena, err);
}
