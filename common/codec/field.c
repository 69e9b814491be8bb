/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/field.h"

#include "base/text.h"

#include <inttypes.h>

/* 9999-12-30T23:59:59.999999Z: what every zone can write with four digits of year. */
#define TIME_MAX_US INT64_C(253402214399999999)
#define ISSUE_MAX UINT64_C(99999999999)
#define UTF8_BYTES_MAX 4U

/* How a type is looked at; every function gets the address of the member. */
struct type_row {
    uint16_t size; /* of the member; of a message: its type's */
    bool (*is_empty)(const struct field *field, const void *member);
    enum status (*check)(const struct field *field, const void *member, struct err *err);
};

static bool zero_u32(const struct field *field, const void *member)
{
    (void)field;
    return *(const uint32_t *)member == 0;
}

static bool zero_u64(const struct field *field, const void *member)
{
    (void)field;
    return *(const uint64_t *)member == 0;
}

static bool zero_i64(const struct field *field, const void *member)
{
    (void)field;
    return *(const int64_t *)member == 0;
}

static bool zero_bool(const struct field *field, const void *member)
{
    (void)field;
    return !*(const bool *)member;
}

static bool zero_time(const struct field *field, const void *member)
{
    (void)field;
    return ((const struct wall *)member)->us == 0;
}

static bool zero_enum(const struct field *field, const void *member)
{
    (void)field;
    return *(const int *)member == 0;
}

static bool zero_id(const struct field *field, const void *member)
{
    (void)field;
    return id_is_zero(member);
}

static bool zero_bytes(const struct field *field, const void *member)
{
    (void)field;
    return ((const struct bytes *)member)->len == 0;
}

static bool zero_list(const struct field *field, const void *member)
{
    (void)field;
    return ((const struct list *)member)->count == 0;
}

/* Goes as deep as the schema, which the generator bounds. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static bool zero_message(const struct field *field, const void *member)
{
    const struct message_type *type = field->of_message;
    for (uint32_t i = 0; i < type->field_count; i++) {
        if (!field_is_empty(&type->fields[i], field_get(&type->fields[i], member))) {
            return false;
        }
    }
    return true;
}

static enum status check_max(uint64_t value, uint64_t max, struct err *err)
{
    return value <= max
               ? STATUS_OK
               : fail(err, STATUS_INVALID, "%" PRIu64 " is more than %" PRIu64, value, max);
}

static enum status check_u32(const struct field *field, const void *member, struct err *err)
{
    return check_max(*(const uint32_t *)member, field->max, err);
}

static enum status check_u64(const struct field *field, const void *member, struct err *err)
{
    return check_max(*(const uint64_t *)member, field->max, err);
}

static enum status check_issue(const struct field *field, const void *member, struct err *err)
{
    (void)field;
    uint64_t issue = *(const uint64_t *)member;
    return issue <= ISSUE_MAX && issue % (ISSUE_RUNNING_MAX + 1) != 0
               ? STATUS_OK
               : fail(err, STATUS_INVALID, "%" PRIu64 " is not the number of an issue", issue);
}

static enum status check_time(const struct field *field, const void *member, struct err *err)
{
    (void)field;
    int64_t us = ((const struct wall *)member)->us;
    return us >= 0 && us <= TIME_MAX_US
               ? STATUS_OK
               : fail(err, STATUS_INVALID, "not a time between the years 1970 and 9999");
}

static enum status check_enum(const struct field *field, const void *member, struct err *err)
{
    int value = *(const int *)member;
    return value >= 0 && (uint64_t)value <= field->max
               ? STATUS_OK
               : fail(err, STATUS_INVALID, "%d is not the number of a word in its list", value);
}

static enum status check_word(const struct field *field, const void *member, struct err *err)
{
    (void)field;
    return word_is_valid(*(const struct bytes *)member)
               ? STATUS_OK
               : fail(err, STATUS_INVALID,
                      "not a plain identifier of 1 to %d letters, digits and . _ -",
                      WORD_MAX_BYTES);
}

static enum status check_text(const struct field *field, const void *member, struct err *err)
{
    struct bytes text = *(const struct bytes *)member;
    size_t chars = 0;
    bool is_too_long = text.len > field->max * UTF8_BYTES_MAX;
    if (!is_too_long && !text_is_valid(text, &chars)) {
        return fail(err, STATUS_INVALID, "not valid UTF-8 text");
    }
    return !is_too_long && chars <= field->max
               ? STATUS_OK
               : fail(err, STATUS_INVALID, "longer than %" PRIu64 " characters", field->max);
}

static enum status check_bin(const struct field *field, const void *member, struct err *err)
{
    return ((const struct bytes *)member)->len <= field->max
               ? STATUS_OK
               : fail(err, STATUS_INVALID, "longer than %" PRIu64 " bytes", field->max);
}

static enum status check_list(const struct field *field, const void *member, struct err *err)
{
    return ((const struct list *)member)->count <= field->max
               ? STATUS_OK
               : fail(err, STATUS_INVALID, "more than %" PRIu64 " elements", field->max);
}

static enum status check_nothing(const struct field *field, const void *member, struct err *err)
{
    (void)field;
    (void)member;
    (void)err;
    return STATUS_OK;
}

static const struct type_row types[] = {
    [FIELD_U32] = {sizeof(uint32_t), zero_u32, check_u32},
    [FIELD_U64] = {sizeof(uint64_t), zero_u64, check_u64},
    [FIELD_I64] = {sizeof(int64_t), zero_i64, check_nothing},
    [FIELD_BOOL] = {sizeof(bool), zero_bool, check_nothing},
    [FIELD_TIME] = {sizeof(struct wall), zero_time, check_time},
    [FIELD_ISSUE] = {sizeof(uint64_t), zero_u64, check_issue},
    [FIELD_ENUM] = {sizeof(int), zero_enum, check_enum},
    [FIELD_ID] = {sizeof(struct id), zero_id, check_nothing},
    [FIELD_WORD] = {sizeof(struct bytes), zero_bytes, check_word},
    [FIELD_TEXT] = {sizeof(struct bytes), zero_bytes, check_text},
    [FIELD_BIN] = {sizeof(struct bytes), zero_bytes, check_bin},
    [FIELD_LIST] = {sizeof(struct list), zero_list, check_list},
    [FIELD_MESSAGE] = {0, zero_message, check_nothing},
};

/* NOLINTNEXTLINE(misc-no-recursion): see zero_message() */
bool field_is_empty(const struct field *field, const void *member)
{
    return types[field->type].is_empty(field, member);
}

enum status field_check(const struct field *field, const void *member, struct err *err)
{
    return types[field->type].check(field, member, err);
}

bool field_is_plausible(const struct field *field, const void *member)
{
    if (field->type == FIELD_TEXT) {
        return ((const struct bytes *)member)->len <= field->max * UTF8_BYTES_MAX;
    }
    struct err unread;
    return field_check(field, member, &unread) == STATUS_OK;
}

enum status field_check_writing(const struct field *field, struct bytes text, struct err *err)
{
    if (text_is_blank(text)) {
        return fail(err, STATUS_INVALID, "blank, nothing but white space; write something%s",
                    field->is_required ? "" : ", or leave it out");
    }
    if (field->is_line && memchr(text.p, '\n', text.len) != NULL) {
        return fail(err, STATUS_INVALID, "has a line break in it; write it in one line");
    }
    return STATUS_OK;
}

struct field field_of_element(const struct field *list)
{
    return (struct field){.name = list->name,
                          .about = list->about,
                          .max = list->of_max,
                          .of_message = list->of_message,
                          .id = list->id,
                          .size = types[list->of].size,
                          .type = list->of};
}

enum status field_blame(const struct field *field, struct err *err)
{
    char sentence[sizeof err->text];
    memcpy(sentence, err->text, sizeof sentence);
    return fail_field(err, STATUS_INVALID, field->name, "%s: %s", field->name, sentence);
}

const struct field *message_find_field(const struct message_type *type, const char *name)
{
    for (uint32_t i = 0; i < type->field_count; i++) {
        if (strcmp(type->fields[i].name, name) == 0) {
            return &type->fields[i];
        }
    }
    return NULL;
}
