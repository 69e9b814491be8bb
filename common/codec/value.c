/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/value.h"

#include "base/memory.h"
#include "base/text.h"
#include "codec/field.h"

#include <stddef.h>
#include <stdlib.h>

/* How much of a wrong value is shown back; no time, issue or UUID is longer. */
#define SHOWN_MAX 60U

struct block {
    struct block *next;
    _Alignas(max_align_t) uint8_t bytes[];
};

uint8_t *message_arena_take(struct message_arena *arena, size_t len)
{
    struct block *block = memory_new(1, sizeof *block + len);
    block->next = arena->blocks;
    arena->blocks = block;
    return block->bytes;
}

void message_arena_done(struct message_arena *arena)
{
    for (struct block *block = arena->blocks; block != NULL;) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
    arena->blocks = NULL;
}

/* The beginning of a value for a sentence, cut between two characters. */
static struct bytes shown(struct bytes text)
{
    if (text.len <= SHOWN_MAX) {
        return text;
    }
    size_t len = SHOWN_MAX;
    while (len > 0 && (text.p[len] & 0xc0U) == 0x80) {
        len--;
    }
    return (struct bytes){text.p, len};
}

static enum status refuse(struct bytes text, const char *what, struct err *err)
{
    return fail(err, STATUS_INVALID, "'%.*s' is not %s", BYTES_FMT(shown(text)), what);
}

/* Decimal digits and nothing else, up to `max`. */
static bool read_digits(struct bytes text, uint64_t max, uint64_t *ret_value)
{
    uint64_t value = 0;
    bool good = text.len != 0;
    for (size_t i = 0; good && i < text.len; i++) {
        uint64_t digit = (uint64_t)text.p[i] - '0';
        good = digit <= 9 && value <= (max - digit) / 10;
        value = value * 10 + digit;
    }
    *ret_value = value;
    return good;
}

static enum status parse_u32(const struct field *field, struct bytes text,
                             const struct value_source *source, void *member, struct err *err)
{
    (void)field;
    (void)source;
    uint64_t value;
    if (!read_digits(text, UINT32_MAX, &value)) {
        return refuse(text, "a whole number in range", err);
    }
    *(uint32_t *)member = (uint32_t)value;
    return STATUS_OK;
}

static enum status parse_u64(const struct field *field, struct bytes text,
                             const struct value_source *source, void *member, struct err *err)
{
    (void)field;
    (void)source;
    return read_digits(text, UINT64_MAX, member) ? STATUS_OK
                                                 : refuse(text, "a whole number in range", err);
}

static enum status parse_i64(const struct field *field, struct bytes text,
                             const struct value_source *source, void *member, struct err *err)
{
    (void)field;
    (void)source;
    bool is_negative = text.len != 0 && text.p[0] == '-';
    struct bytes digits = is_negative ? bytes_of(text.p + 1, text.len - 1) : text;
    uint64_t value;
    if (!read_digits(digits, (uint64_t)INT64_MAX + is_negative, &value)) {
        return refuse(text, "a whole number in range", err);
    }
    *(int64_t *)member = is_negative ? (int64_t)(0 - value) : (int64_t)value;
    return STATUS_OK;
}

static enum status parse_bool(const struct field *field, struct bytes text,
                              const struct value_source *source, void *member, struct err *err)
{
    (void)field;
    (void)source;
    bool is_true = bytes_equal(text, BYTES("yes")) || bytes_equal(text, BYTES("true"));
    bool is_false = bytes_equal(text, BYTES("no")) || bytes_equal(text, BYTES("false"));
    if (!is_true && !is_false) {
        return refuse(text, "yes or no", err);
    }
    *(bool *)member = is_true;
    return STATUS_OK;
}

static enum status parse_time(const struct field *field, struct bytes text,
                              const struct value_source *source, void *member, struct err *err)
{
    (void)field;
    return text.len <= SHOWN_MAX ? wall_parse(text, source->zone, member, err)
                                 : refuse(text, "a time", err);
}

static enum status parse_issue(const struct field *field, struct bytes text,
                               const struct value_source *source, void *member, struct err *err)
{
    (void)field;
    (void)source;
    return issue_parse(shown(text), member, err);
}

static enum status parse_id(const struct field *field, struct bytes text,
                            const struct value_source *source, void *member, struct err *err)
{
    (void)field;
    (void)source;
    return id_parse(shown(text), member, err);
}

static enum status parse_enum(const struct field *field, struct bytes text,
                              const struct value_source *source, void *member, struct err *err)
{
    (void)source;
    struct buf known = {0};
    for (int i = 1; field->words[i] != NULL; i++) {
        if (bytes_equal(text, bytes_of_string(field->words[i]))) {
            *(int *)member = i;
            buf_done(&known);
            return STATUS_OK;
        }
        buf_append_format(&known, " %s", field->words[i]);
    }
    enum status st = fail(err, STATUS_INVALID, "unknown word '%.*s': write one of%.*s",
                          BYTES_FMT(shown(text)), BYTES_FMT(buf_bytes(&known)));
    buf_done(&known);
    return st;
}

static struct bytes keep(struct bytes text, struct message_arena *arena)
{
    uint8_t *copy = message_arena_take(arena, text.len);
    if (text.len != 0) {
        memcpy(copy, text.p, text.len);
    }
    return (struct bytes){copy, text.len};
}

static enum status parse_word(const struct field *field, struct bytes text,
                              const struct value_source *source, void *member, struct err *err)
{
    if (field_check(field, &text, err) != STATUS_OK) {
        return refuse(text, "a plain identifier of at most 32 letters, digits and . _ -", err);
    }
    *(struct bytes *)member = keep(text, source->arena);
    return STATUS_OK;
}

static enum status parse_text(const struct field *field, struct bytes text,
                              const struct value_source *source, void *member, struct err *err)
{
    struct buf normal = {0};
    enum status st = text_append_nfc(&normal, text, err);
    if (st == STATUS_OK && normal.len != 0) {
        st = field_check_writing(field, buf_bytes(&normal), err);
    }
    if (st == STATUS_OK) {
        *(struct bytes *)member = keep(buf_bytes(&normal), source->arena);
    }
    buf_done(&normal);
    return st;
}

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    uint8_t lower = c | 0x20U;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static enum status parse_bin(const struct field *field, struct bytes text,
                             const struct value_source *source, void *member, struct err *err)
{
    (void)field;
    bool good = text.len % 2 == 0;
    uint8_t *bin = message_arena_take(source->arena, text.len / 2);
    for (size_t i = 0; good && i < text.len; i += 2) {
        int high = hex_value(text.p[i]);
        int low = hex_value(text.p[i + 1]);
        good = high >= 0 && low >= 0;
        bin[i / 2] = (uint8_t)(good ? high * 16 + low : 0);
    }
    if (!good) {
        return refuse(text, "an even number of hexadecimal digits", err);
    }
    *(struct bytes *)member = (struct bytes){bin, text.len / 2};
    return STATUS_OK;
}

/* Lists and messages are put together from values by the callers. */
static enum status (*const parsers[])(const struct field *, struct bytes,
                                      const struct value_source *, void *, struct err *) = {
    [FIELD_U32] = parse_u32,   [FIELD_U64] = parse_u64,   [FIELD_I64] = parse_i64,
    [FIELD_BOOL] = parse_bool, [FIELD_TIME] = parse_time, [FIELD_ISSUE] = parse_issue,
    [FIELD_ENUM] = parse_enum, [FIELD_ID] = parse_id,     [FIELD_WORD] = parse_word,
    [FIELD_TEXT] = parse_text, [FIELD_BIN] = parse_bin,   [FIELD_MESSAGE] = NULL,
};

enum status value_parse(const struct field *field, struct bytes text,
                        const struct value_source *source, void *ret_member, struct err *err)
{
    if (parsers[field->type] == NULL) {
        return fail(err, STATUS_INVALID, "cannot be given as text");
    }
    union {
        uint64_t number;
        int value;
        bool flag;
        struct wall wall;
        struct id id;
        struct bytes bytes;
    } parsed = {0};
    enum status st = parsers[field->type](field, text, source, &parsed, err);
    if (st == STATUS_OK && !field_is_empty(field, &parsed)) {
        st = field_check(field, &parsed, err);
    }
    if (st == STATUS_OK) {
        memcpy(ret_member, &parsed, field->size);
    }
    return st;
}

static void put_u32(const struct field *element, struct list *list, struct buf *out,
                    const void *member)
{
    (void)element;
    list_put_u64(list, out, *(const uint32_t *)member);
}

static void put_u64(const struct field *element, struct list *list, struct buf *out,
                    const void *member)
{
    (void)element;
    list_put_u64(list, out, *(const uint64_t *)member);
}

static void put_text(const struct field *element, struct list *list, struct buf *out,
                     const void *member)
{
    (void)element;
    list_put_bytes(list, out, *(const struct bytes *)member);
}

static void put_bin(const struct field *element, struct list *list, struct buf *out,
                    const void *member)
{
    (void)element;
    list_put_bin(list, out, *(const struct bytes *)member);
}

static void put_message(const struct field *element, struct list *list, struct buf *out,
                        const void *member)
{
    list_put_message(list, out, element->of_message, member);
}

void value_put(const struct field *element, struct list *list, struct buf *out, const void *member)
{
    static void (*const puts_by_type[])(const struct field *, struct list *, struct buf *,
                                        const void *) = {
        [FIELD_U32] = put_u32,         [FIELD_U64] = put_u64,   [FIELD_ISSUE] = put_u64,
        [FIELD_WORD] = put_text,       [FIELD_TEXT] = put_text, [FIELD_BIN] = put_bin,
        [FIELD_MESSAGE] = put_message,
    };
    puts_by_type[element->type](element, list, out, member);
}

void value_keep_list(struct list *list, const struct buf *out, struct message_arena *arena)
{
    struct bytes kept = keep(buf_bytes(out), arena);
    list->p = kept.p;
    list->len = kept.len;
}
