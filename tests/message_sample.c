/* SPDX-License-Identifier: Apache-2.0 */
#include "message_sample.h"

#include "base/text.h"
#include "harness.h"

#define LONG_MAX_UNITS 2000U
#define SMALL_MAX_UNITS 9U
#define SMALL_MAX_ELEMENTS 2U

struct filler {
    struct dice dice;
    enum sample_size size;
    struct message_arena *arena;
};

static void fill_value(const struct field *field, struct filler *filler, void *member);

static uint64_t at_least_one(struct filler *filler, uint64_t max)
{
    return 1 + dice_below(&filler->dice, max);
}

/* A number from 1 to `max` whose size in bits is as likely as any other. */
static uint64_t number_up_to(struct filler *filler, uint64_t max)
{
    uint64_t bits_less = dice_below(&filler->dice, 64);
    uint64_t number = dice_next(&filler->dice) >> bits_less;
    return number == 0 || number > max ? 1 + number % max : number;
}

static uint64_t units_up_to(struct filler *filler, uint64_t max)
{
    uint64_t usual = filler->size == SAMPLE_SMALL ? SMALL_MAX_UNITS : LONG_MAX_UNITS;
    uint64_t most = max < usual ? max : usual;
    bool is_whole = filler->size == SAMPLE_MIXED && dice_below(&filler->dice, 8) == 0;
    return is_whole ? most : at_least_one(filler, most);
}

static void fill_u32(const struct field *field, struct filler *filler, void *member)
{
    *(uint32_t *)member = (uint32_t)number_up_to(filler, field->max);
}

static void fill_u64(const struct field *field, struct filler *filler, void *member)
{
    *(uint64_t *)member = number_up_to(filler, field->max);
}

static void fill_i64(const struct field *field, struct filler *filler, void *member)
{
    (void)field;
    int64_t number = (int64_t)number_up_to(filler, INT64_MAX);
    *(int64_t *)member = dice_below(&filler->dice, 2) == 0 ? number : -number;
}

static void fill_bool(const struct field *field, struct filler *filler, void *member)
{
    (void)field;
    (void)filler;
    *(bool *)member = true;
}

static void fill_time(const struct field *field, struct filler *filler, void *member)
{
    (void)field;
    ((struct wall *)member)->us = (int64_t)number_up_to(filler, UINT64_C(253402214399999999));
}

static void fill_issue(const struct field *field, struct filler *filler, void *member)
{
    (void)field;
    uint64_t year = 1970 + dice_below(&filler->dice, 130);
    *(uint64_t *)member = year * 10000000 + at_least_one(filler, ISSUE_RUNNING_MAX);
}

static void fill_enum(const struct field *field, struct filler *filler, void *member)
{
    *(int *)member = (int)at_least_one(filler, field->max);
}

static void fill_id(const struct field *field, struct filler *filler, void *member)
{
    (void)field;
    struct id *id = member;
    for (size_t i = 0; i < ID_BYTES; i++) {
        id->bytes[i] = (uint8_t)at_least_one(filler, 255);
    }
}

static void fill_word(const struct field *field, struct filler *filler, void *member)
{
    (void)field;
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789._-";
    size_t len = (size_t)units_up_to(filler, WORD_MAX_BYTES);
    uint8_t *word = message_arena_take(filler->arena, len);
    for (size_t i = 0; i < len; i++) {
        word[i] = (uint8_t)letters[dice_below(&filler->dice, sizeof letters - 1)];
    }
    *(struct bytes *)member = bytes_of(word, len);
}

static void fill_text(const struct field *field, struct filler *filler, void *member)
{
    static const char *const characters[] = {"a", "Z", "7", " ", "é", "ж", "路", "灯", "坏", "😀"};
    size_t chars = (size_t)units_up_to(filler, field->max);
    uint8_t *text = message_arena_take(filler->arena, chars * 4);
    size_t len = 0;
    for (size_t i = 0; i < chars; i++) {
        struct bytes character = bytes_of_string(
            characters[dice_below(&filler->dice, sizeof characters / sizeof characters[0])]);
        memcpy(text + len, character.p, character.len);
        len += character.len;
    }
    if (text_is_blank(bytes_of(text, len))) {
        text[0] = 'a';
    }
    *(struct bytes *)member = bytes_of(text, len);
}

static void fill_bin(const struct field *field, struct filler *filler, void *member)
{
    size_t len = (size_t)units_up_to(filler, field->max);
    uint8_t *bin = message_arena_take(filler->arena, len);
    for (size_t i = 0; i < len; i++) {
        bin[i] = (uint8_t)dice_next(&filler->dice);
    }
    *(struct bytes *)member = bytes_of(bin, len);
}

static void put_element(const struct field *element, const void *value, struct list *list,
                        struct buf *out)
{
    if (element->type == FIELD_MESSAGE) {
        list_put_message(list, out, element->of_message, value);
    } else if (element->type == FIELD_WORD || element->type == FIELD_TEXT) {
        list_put_bytes(list, out, *(const struct bytes *)value);
    } else if (element->type == FIELD_BIN) {
        list_put_bin(list, out, *(const struct bytes *)value);
    } else if (element->type == FIELD_U32) {
        list_put_u64(list, out, *(const uint32_t *)value);
    } else {
        list_put_u64(list, out, *(const uint64_t *)value);
    }
}

static void fill_list(const struct field *field, struct filler *filler, void *member)
{
    _Alignas(max_align_t) uint8_t value[MESSAGE_SIZE_MAX];
    struct field element = {.type = field->of, .max = field->of_max};
    element.of_message = field->of_message;
    uint64_t most = filler->size == SAMPLE_SMALL ? SMALL_MAX_ELEMENTS : 20;
    uint64_t count = at_least_one(filler, field->max < most ? field->max : most);
    struct list list = {0};
    struct buf out = {0};
    for (uint64_t i = 0; i < count; i++) {
        fill_value(&element, filler, value);
        put_element(&element, value, &list, &out);
    }
    uint8_t *kept = message_arena_take(filler->arena, out.len);
    memcpy(kept, out.p, out.len);
    list.p = kept;
    list.len = out.len;
    *(struct list *)member = list;
    buf_done(&out);
}

static void fill_message(const struct field *field, struct filler *filler, void *member)
{
    sample_fill(field->of_message, filler->size, dice_next(&filler->dice), filler->arena, member);
}

static void (*const fills[])(const struct field *, struct filler *, void *) = {
    [FIELD_U32] = fill_u32,         [FIELD_U64] = fill_u64,   [FIELD_I64] = fill_i64,
    [FIELD_BOOL] = fill_bool,       [FIELD_TIME] = fill_time, [FIELD_ISSUE] = fill_issue,
    [FIELD_ENUM] = fill_enum,       [FIELD_ID] = fill_id,     [FIELD_WORD] = fill_word,
    [FIELD_TEXT] = fill_text,       [FIELD_BIN] = fill_bin,   [FIELD_LIST] = fill_list,
    [FIELD_MESSAGE] = fill_message,
};

static void fill_value(const struct field *field, struct filler *filler, void *member)
{
    fills[field->type](field, filler, member);
}

void sample_fill(const struct message_type *type, enum sample_size size, uint64_t seed,
                 struct message_arena *arena, void *message)
{
    memset(message, 0, type->size);
    for (uint32_t i = 0; i < type->field_count; i++) {
        const struct field *field = &type->fields[i];
        struct filler filler = {{seed + field->id * UINT64_C(0x632be59bd9b4e019)}, size, arena};
        bool is_left_out =
            !field->is_required && size == SAMPLE_MIXED && dice_below(&filler.dice, 3) == 0;
        if (!is_left_out) {
            fill_value(field, &filler, (uint8_t *)message + field->offset);
        }
    }
}

static bool equal_values(const struct field *field, const void *a, const void *b)
{
    if (field->type == FIELD_WORD || field->type == FIELD_TEXT || field->type == FIELD_BIN) {
        return bytes_equal(*(const struct bytes *)a, *(const struct bytes *)b);
    }
    if (field->type == FIELD_MESSAGE) {
        return sample_equal(field->of_message, a, b);
    }
    if (field->type == FIELD_LIST) {
        const struct list *left = a;
        const struct list *right = b;
        return left->count == right->count &&
               bytes_equal(bytes_of(left->p, left->len), bytes_of(right->p, right->len));
    }
    return memcmp(a, b, field->size) == 0;
}

bool sample_equal(const struct message_type *type, const void *a, const void *b)
{
    for (uint32_t i = 0; i < type->field_count; i++) {
        const struct field *field = &type->fields[i];
        if (!equal_values(field, field_get(field, a), field_get(field, b))) {
            return false;
        }
    }
    return true;
}
