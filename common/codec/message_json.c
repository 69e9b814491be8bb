/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/field.h"
#include "codec/message_text.h"
#include "codec/value.h"

#include <inttypes.h>

/* ---- to JSON -------------------------------------------------------------------------------- */

static json_t *json_of_bytes(struct bytes text)
{
    json_t *json = json_stringn(text.p == NULL ? "" : (const char *)text.p, text.len);
    CHECK(json != NULL);
    return json;
}

/* Jansson's integers are signed; what is larger becomes a decimal string. */
static json_t *json_of_number(uint64_t value)
{
    if (value <= INT64_MAX) {
        return json_integer((json_int_t)value);
    }
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIu64, value);
    return json_string(text);
}

static json_t *show_u32(const struct field *field, const void *member, struct zone zone)
{
    (void)field;
    (void)zone;
    return json_of_number(*(const uint32_t *)member);
}

static json_t *show_u64(const struct field *field, const void *member, struct zone zone)
{
    (void)field;
    (void)zone;
    return json_of_number(*(const uint64_t *)member);
}

static json_t *show_i64(const struct field *field, const void *member, struct zone zone)
{
    (void)field;
    (void)zone;
    return json_integer(*(const int64_t *)member);
}

static json_t *show_bool(const struct field *field, const void *member, struct zone zone)
{
    (void)field;
    (void)zone;
    return json_boolean(*(const bool *)member);
}

static json_t *show_time(const struct field *field, const void *member, struct zone zone)
{
    (void)field;
    char text[WALL_TEXT_BYTES];
    wall_format(*(const struct wall *)member, zone, text);
    return json_string(text);
}

static json_t *show_issue(const struct field *field, const void *member, struct zone zone)
{
    (void)field;
    (void)zone;
    char text[ISSUE_TEXT_BYTES];
    issue_format(*(const uint64_t *)member, text);
    return json_string(text);
}

static json_t *show_enum(const struct field *field, const void *member, struct zone zone)
{
    (void)zone;
    int value = *(const int *)member;
    CHECK(value >= 0 && (uint64_t)value <= field->max);
    return json_string(field->words[value]);
}

static json_t *show_id(const struct field *field, const void *member, struct zone zone)
{
    (void)field;
    (void)zone;
    char text[ID_TEXT_BYTES];
    id_format(member, text);
    return json_string(text);
}

static json_t *show_text(const struct field *field, const void *member, struct zone zone)
{
    (void)field;
    (void)zone;
    return json_of_bytes(*(const struct bytes *)member);
}

static json_t *show_bin(const struct field *field, const void *member, struct zone zone)
{
    (void)field;
    (void)zone;
    static const char digits[] = "0123456789abcdef";
    struct bytes bin = *(const struct bytes *)member;
    struct buf hex = {0};
    for (size_t i = 0; i < bin.len; i++) {
        buf_append_u8(&hex, (uint8_t)digits[bin.p[i] >> 4]);
        buf_append_u8(&hex, (uint8_t)digits[bin.p[i] & 15]);
    }
    json_t *json = json_of_bytes(buf_bytes(&hex));
    buf_done(&hex);
    return json;
}

/* Reads the next element of any type into `ret_value`. */
static bool next_element(struct list_cursor *cursor, const struct field *element, void *ret_value)
{
    if (element->type == FIELD_MESSAGE) {
        return list_next_message(cursor, element->of_message, ret_value);
    }
    if (element->type == FIELD_WORD || element->type == FIELD_TEXT || element->type == FIELD_BIN) {
        return list_next_bytes(cursor, ret_value);
    }
    uint64_t number;
    if (!list_next_u64(cursor, &number)) {
        return false;
    }
    if (element->type == FIELD_U32) {
        *(uint32_t *)ret_value = (uint32_t)number;
    } else {
        *(uint64_t *)ret_value = number;
    }
    return true;
}

static json_t *show_list(const struct field *field, const void *member, struct zone zone);
static json_t *show_message(const struct field *field, const void *member, struct zone zone);

/* How a value is shown, and whether its absence is shown as null. */
static const struct {
    json_t *(*show)(const struct field *, const void *, struct zone);
    bool is_nullable;
} shows[] = {
    [FIELD_U32] = {show_u32, false},        [FIELD_U64] = {show_u64, false},
    [FIELD_I64] = {show_i64, false},        [FIELD_BOOL] = {show_bool, false},
    [FIELD_TIME] = {show_time, true},       [FIELD_ISSUE] = {show_issue, true},
    [FIELD_ENUM] = {show_enum, true},       [FIELD_ID] = {show_id, true},
    [FIELD_WORD] = {show_text, true},       [FIELD_TEXT] = {show_text, false},
    [FIELD_BIN] = {show_bin, false},        [FIELD_LIST] = {show_list, false},
    [FIELD_MESSAGE] = {show_message, true},
};

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the schema, which the generator bounds */
static json_t *show_list(const struct field *field, const void *member, struct zone zone)
{
    _Alignas(max_align_t) uint8_t value[MESSAGE_SIZE_MAX];
    struct field element = field_of_element(field);
    json_t *array = json_array();
    struct list_cursor cursor = list_begin(member);
    while (next_element(&cursor, &element, value)) {
        json_t *json = shows[element.type].show(&element, value, zone);
        CHECK(json_array_append_new(array, json) == 0);
    }
    return array;
}

/* NOLINTNEXTLINE(misc-no-recursion): see show_list() */
static json_t *show_message(const struct field *field, const void *member, struct zone zone)
{
    return message_to_json(field->of_message, member, zone);
}

/* NOLINTNEXTLINE(misc-no-recursion): see show_list() */
static json_t *json_of_value(const struct field *field, const void *member, struct zone zone)
{
    if (shows[field->type].is_nullable && field_is_empty(field, member)) {
        return json_null();
    }
    return shows[field->type].show(field, member, zone);
}

/* NOLINTNEXTLINE(misc-no-recursion): see show_list() */
json_t *message_to_json(const struct message_type *type, const void *message, struct zone zone)
{
    json_t *object = json_object();
    for (uint32_t i = 0; i < type->field_count; i++) {
        const struct field *field = &type->fields[i];
        json_t *value = json_of_value(field, field_get(field, message), zone);
        CHECK(json_object_set_new(object, field->name, value) == 0);
    }
    return object;
}

/* ---- from JSON ------------------------------------------------------------------------------ */

static enum status read_object(const struct message_type *type, json_t *object,
                               const struct value_source *source, void *message, struct err *err);
static enum status read_value(const struct field *field, json_t *json,
                              const struct value_source *source, void *ret_member, struct err *err);

/* What JSON to write for each type, in the words of a sentence. */
static const char *const wanted[] = {
    [FIELD_U32] = "a number",
    [FIELD_U64] = "a number",
    [FIELD_I64] = "a number",
    [FIELD_BOOL] = "true or false",
    [FIELD_TIME] = "a time as a string",
    [FIELD_ISSUE] = "the number of an issue as a string",
    [FIELD_ENUM] = "a word as a string",
    [FIELD_ID] = "a UUID as a string",
    [FIELD_WORD] = "a string",
    [FIELD_TEXT] = "a string",
    [FIELD_BIN] = "hexadecimal digits as a string",
    [FIELD_LIST] = "a list",
    [FIELD_MESSAGE] = "an object",
};

static bool is_number(const struct field *field)
{
    return field->type == FIELD_U32 || field->type == FIELD_U64 || field->type == FIELD_I64;
}

/* Numbers and booleans are read as the texts they are written as. */
static enum status read_scalar(const struct field *field, json_t *json,
                               const struct value_source *source, void *ret_member, struct err *err)
{
    char text[24];
    if (json_is_integer(json) && is_number(field)) {
        (void)snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, json_integer_value(json));
        return value_parse(field, bytes_of_string(text), source, ret_member, err);
    }
    if (json_is_boolean(json) && field->type == FIELD_BOOL) {
        struct bytes word = json_is_true(json) ? BYTES("yes") : BYTES("no");
        return value_parse(field, word, source, ret_member, err);
    }
    bool is_text = json_is_string(json) && field->type != FIELD_BOOL && field->type != FIELD_U32;
    if (!is_text) {
        return fail(err, STATUS_INVALID, "write %s", wanted[field->type]);
    }
    struct bytes string = bytes_of(json_string_value(json), json_string_length(json));
    return value_parse(field, string, source, ret_member, err);
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the schema, which the generator bounds */
static enum status read_elements(const struct field *field, json_t *array,
                                 const struct value_source *source, struct list *ret_list,
                                 struct err *err)
{
    _Alignas(max_align_t) uint8_t value[MESSAGE_SIZE_MAX];
    struct field element = field_of_element(field);
    struct list list = {.count = (uint32_t)json_array_size(array)};
    enum status st = field_check(field, &list, err);
    list.count = 0;
    struct buf out = {0};
    for (size_t i = 0; st == STATUS_OK && i < json_array_size(array); i++) {
        st = read_value(&element, json_array_get(array, i), source, value, err);
        if (st == STATUS_OK) {
            value_put(&element, &list, &out, value);
        } else {
            st = wrap(err, st, "element %zu", i + 1);
        }
    }
    if (st == STATUS_OK) {
        value_keep_list(&list, &out, source->arena);
        *ret_list = list;
    }
    buf_done(&out);
    return st;
}

/* NOLINTNEXTLINE(misc-no-recursion): see read_elements() */
static enum status read_value(const struct field *field, json_t *json,
                              const struct value_source *source, void *ret_member, struct err *err)
{
    if (field->type == FIELD_LIST && json_is_array(json)) {
        return read_elements(field, json, source, ret_member, err);
    }
    if (field->type == FIELD_MESSAGE && json_is_object(json)) {
        return read_object(field->of_message, json, source, ret_member, err);
    }
    if (field->type == FIELD_LIST || field->type == FIELD_MESSAGE) {
        return fail(err, STATUS_INVALID, "write %s", wanted[field->type]);
    }
    return read_scalar(field, json, source, ret_member, err);
}

static enum status refuse_unknown(const struct message_type *type, json_t *object, struct err *err)
{
    const char *name;
    json_t *unused;
    json_object_foreach(object, name, unused)
    {
        if (message_find_field(type, name) == NULL) {
            return fail_field(err, STATUS_INVALID, name, "unknown field '%.60s'", name);
        }
    }
    return STATUS_OK;
}

/* NOLINTNEXTLINE(misc-no-recursion): see read_elements() */
static enum status read_object(const struct message_type *type, json_t *object,
                               const struct value_source *source, void *message, struct err *err)
{
    memset(message, 0, type->size);
    enum status st = refuse_unknown(type, object, err);
    for (uint32_t i = 0; st == STATUS_OK && i < type->field_count; i++) {
        const struct field *field = &type->fields[i];
        void *member = (uint8_t *)message + field->offset;
        json_t *json = json_object_get(object, field->name);
        if (json != NULL && !json_is_null(json)) {
            st = read_value(field, json, source, member, err);
        }
        if (st == STATUS_OK && field->is_required && field_is_empty(field, member)) {
            st = fail(err, STATUS_INVALID, "required but absent");
        }
        if (st != STATUS_OK) {
            return field_blame(field, err);
        }
    }
    return st;
}

enum status message_from_json(const struct message_type *type, json_t *object, struct zone zone,
                              struct message_arena *arena, void *ret_message, struct err *err)
{
    _Alignas(max_align_t) uint8_t scratch[MESSAGE_SIZE_MAX];
    if (!json_is_object(object)) {
        return fail(err, STATUS_INVALID, "not a JSON object");
    }
    struct value_source source = {zone, arena};
    enum status st = read_object(type, object, &source, scratch, err);
    if (st == STATUS_OK) {
        memcpy(ret_message, scratch, type->size);
    }
    return st;
}
