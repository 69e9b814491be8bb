/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/decode.h"

#include "codec/field.h"

#include <inttypes.h>
#include <stddef.h>

static enum status decode_map(const struct message_type *type, enum message_part part,
                              struct unpack *in, void *message, struct err *err);

static enum status refuse(enum unpack_fault fault, struct err *err)
{
    return fault == UNPACK_FINE ? STATUS_OK
                                : fail(err, STATUS_INVALID, "%s", unpack_fault_words(fault));
}

static enum unpack_fault read_u32(struct unpack *in, void *member)
{
    uint64_t value;
    enum unpack_fault fault = unpack_u64(in, &value);
    if (fault == UNPACK_FINE && value > UINT32_MAX) {
        return UNPACK_OTHER_TYPE;
    }
    if (fault == UNPACK_FINE) {
        *(uint32_t *)member = (uint32_t)value;
    }
    return fault;
}

static enum unpack_fault read_u64(struct unpack *in, void *member)
{
    return unpack_u64(in, member);
}

static enum unpack_fault read_i64(struct unpack *in, void *member)
{
    return unpack_i64(in, member);
}

static enum unpack_fault read_bool(struct unpack *in, void *member)
{
    return unpack_bool(in, member);
}

static enum unpack_fault read_time(struct unpack *in, void *member)
{
    return unpack_i64(in, &((struct wall *)member)->us);
}

static enum unpack_fault read_enum(struct unpack *in, void *member)
{
    uint64_t value;
    enum unpack_fault fault = unpack_u64(in, &value);
    if (fault == UNPACK_FINE && value > INT32_MAX) {
        return UNPACK_OTHER_TYPE;
    }
    if (fault == UNPACK_FINE) {
        *(int *)member = (int)value;
    }
    return fault;
}

static enum unpack_fault read_id(struct unpack *in, void *member)
{
    struct bytes bin;
    enum unpack_fault fault = unpack_bin(in, &bin);
    if (fault == UNPACK_FINE && bin.len != ID_BYTES) {
        return UNPACK_OTHER_TYPE;
    }
    if (fault == UNPACK_FINE) {
        memcpy(((struct id *)member)->bytes, bin.p, ID_BYTES);
    }
    return fault;
}

static enum unpack_fault read_text(struct unpack *in, void *member)
{
    return unpack_text(in, member);
}

static enum unpack_fault read_bin(struct unpack *in, void *member)
{
    return unpack_bin(in, member);
}

/* How a value that holds no others is read; the rest is read by functions of its own. */
static enum unpack_fault (*const readers[])(struct unpack *, void *) = {
    [FIELD_U32] = read_u32,   [FIELD_U64] = read_u64,   [FIELD_I64] = read_i64,
    [FIELD_BOOL] = read_bool, [FIELD_TIME] = read_time, [FIELD_ISSUE] = read_u64,
    [FIELD_ENUM] = read_enum, [FIELD_ID] = read_id,     [FIELD_WORD] = read_text,
    [FIELD_TEXT] = read_text, [FIELD_BIN] = read_bin,
};

/* Elements are only checked here; list_next_*() decodes them again when they are asked for.
 * NOLINTNEXTLINE(misc-no-recursion): as deep as the schema, which the generator bounds */
static enum status decode_list(const struct field *field, struct unpack *in, struct list *ret_list,
                               struct err *err)
{
    uint32_t count;
    enum status st = refuse(unpack_array(in, &count), err);
    if (st != STATUS_OK) {
        return st;
    }
    struct list list = {.p = in->p, .count = count};
    st = field_check(field, &list, err);
    struct field element = field_of_element(field);
    for (uint32_t i = 0; i < count && st == STATUS_OK; i++) {
        _Alignas(max_align_t) uint8_t scratch[MESSAGE_SIZE_MAX];
        st = decode_value(&element, in, scratch, err);
        if (st != STATUS_OK) {
            return wrap(err, st, "element %" PRIu32, i + 1);
        }
    }
    if (st == STATUS_OK) {
        list.len = (size_t)(in->p - list.p);
        *ret_list = list;
    }
    return st;
}

/* NOLINTNEXTLINE(misc-no-recursion): see decode_list() */
enum status decode_value(const struct field *field, struct unpack *in, void *ret_member,
                         struct err *err)
{
    if (field->type == FIELD_MESSAGE) {
        return decode_map(field->of_message, PART_ALL, in, ret_member, err);
    }
    if (field->type == FIELD_LIST) {
        return decode_list(field, in, ret_member, err);
    }
    enum status st = refuse(readers[field->type](in, ret_member), err);
    return st == STATUS_OK ? field_check(field, ret_member, err) : st;
}

/* NOLINTNEXTLINE(misc-no-recursion): see decode_list() */
static enum status decode_field(const struct field *field, enum message_part part,
                                struct unpack *in, void *message, struct err *err)
{
    if (part != PART_ALL && field->is_pii != (part == PART_PII)) {
        (void)fail(err, STATUS_INVALID, "belongs in the other part of the record");
        return field_blame(field, err);
    }
    void *member = (uint8_t *)message + field->offset;
    enum status st = decode_value(field, in, member, err);
    if (st == STATUS_OK && field_is_empty(field, member)) {
        st = fail(err, STATUS_INVALID, "an empty value must be left out");
    }
    return st == STATUS_OK ? st : field_blame(field, err);
}

/* Where a walk over the fields stands, in step with the ids read. */
struct walk {
    const struct message_type *type;
    enum message_part part;
    uint32_t next;
};

/* Moves on to the first field with at least this id; INVALID when a required one is passed. */
static enum status pass_absent(struct walk *walk, uint64_t id, struct err *err)
{
    for (; walk->next < walk->type->field_count; walk->next++) {
        const struct field *field = &walk->type->fields[walk->next];
        if (field->id >= id) {
            break;
        }
        bool is_here = walk->part == PART_ALL || field->is_pii == (walk->part == PART_PII);
        if (field->is_required && is_here) {
            (void)fail(err, STATUS_INVALID, "required but absent");
            return field_blame(field, err);
        }
    }
    return STATUS_OK;
}

static enum status read_id_of_field(struct unpack *in, uint64_t *id, struct err *err)
{
    uint64_t last = *id;
    enum unpack_fault fault = unpack_u64(in, id);
    if (fault != UNPACK_FINE) {
        return fail(err, STATUS_INVALID, "field id after %" PRIu64 ": %s", last,
                    unpack_fault_words(fault));
    }
    if (*id <= last) {
        return fail(err, STATUS_INVALID,
                    "field id %" PRIu64 " after %" PRIu64 ": ids must rise and not repeat", *id,
                    last);
    }
    return STATUS_OK;
}

/* NOLINTNEXTLINE(misc-no-recursion): see decode_list() */
static enum status decode_pair(struct walk *walk, uint64_t id, struct unpack *in, void *message,
                               struct err *err)
{
    enum status st = pass_absent(walk, id, err);
    if (st != STATUS_OK) {
        return st;
    }
    if (walk->next < walk->type->field_count && walk->type->fields[walk->next].id == id) {
        const struct field *field = &walk->type->fields[walk->next++];
        return decode_field(field, walk->part, in, message, err);
    }
    enum unpack_fault fault = unpack_skip(in);
    return fault == UNPACK_FINE ? STATUS_OK
                                : fail(err, STATUS_INVALID, "unknown field %" PRIu64 ": %s", id,
                                       unpack_fault_words(fault));
}

/* NOLINTNEXTLINE(misc-no-recursion): see decode_list() */
static enum status decode_map(const struct message_type *type, enum message_part part,
                              struct unpack *in, void *message, struct err *err)
{
    uint32_t pairs;
    enum status st = refuse(unpack_map(in, &pairs), err);
    struct walk walk = {type, part, 0};
    uint64_t id = 0;
    for (uint32_t i = 0; st == STATUS_OK && i < pairs; i++) {
        st = read_id_of_field(in, &id, err);
        if (st == STATUS_OK) {
            st = decode_pair(&walk, id, in, message, err);
        }
    }
    return st == STATUS_OK ? pass_absent(&walk, UINT64_MAX, err) : st;
}

/* Decodes the one map that `encoded` is, to its last byte. */
static enum status decode_whole(const struct message_type *type, enum message_part part,
                                struct bytes encoded, void *message, struct err *err)
{
    struct unpack in = unpack_begin(encoded);
    enum status st = decode_map(type, part, &in, message, err);
    if (st == STATUS_OK && unpack_left(&in) != 0) {
        st = fail(err, STATUS_INVALID, "%zu bytes stand behind the end of the message",
                  unpack_left(&in));
    }
    return st;
}

enum status message_decode(const struct message_type *type, struct bytes encoded, void *ret_message,
                           struct err *err)
{
    _Alignas(max_align_t) uint8_t scratch[MESSAGE_SIZE_MAX];
    memset(scratch, 0, type->size);
    enum status st = decode_whole(type, PART_ALL, encoded, scratch, err);
    if (st == STATUS_OK) {
        memcpy(ret_message, scratch, type->size);
    }
    return st;
}

/* A part without fields is no bytes at all; then nothing of the open part may be required. */
static enum status decode_part(const struct message_type *type, enum message_part part,
                               struct bytes encoded, void *message, struct err *err)
{
    if (encoded.len == 0) {
        struct walk walk = {type, part, 0};
        return part == PART_PII ? STATUS_OK : pass_absent(&walk, UINT64_MAX, err);
    }
    if (encoded.p[0] == 0x80) {
        return fail(err, STATUS_INVALID, "a part without fields must be no bytes at all");
    }
    return decode_whole(type, part, encoded, message, err);
}

enum status message_decode_parts(const struct message_type *type, struct bytes open,
                                 struct bytes pii, void *ret_message, struct err *err)
{
    _Alignas(max_align_t) uint8_t scratch[MESSAGE_SIZE_MAX];
    memset(scratch, 0, type->size);
    enum status st = decode_part(type, PART_OPEN, open, scratch, err);
    if (st == STATUS_OK) {
        st = decode_part(type, PART_PII, pii, scratch, err);
    }
    if (st == STATUS_OK) {
        memcpy(ret_message, scratch, type->size);
    }
    return st;
}
