/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/field.h"
#include "codec/pack.h"

#define FIXMAP_MAX 15U

static void append_map(const struct message_type *type, const void *message, enum message_part part,
                       struct buf *out);

static void pack_u32(const struct field *field, const void *member, msgpack_packer *packer)
{
    (void)field;
    (void)msgpack_pack_uint32(packer, *(const uint32_t *)member);
}

static void pack_u64(const struct field *field, const void *member, msgpack_packer *packer)
{
    (void)field;
    (void)msgpack_pack_uint64(packer, *(const uint64_t *)member);
}

static void pack_i64(const struct field *field, const void *member, msgpack_packer *packer)
{
    (void)field;
    (void)msgpack_pack_int64(packer, *(const int64_t *)member);
}

static void pack_bool(const struct field *field, const void *member, msgpack_packer *packer)
{
    (void)field;
    (void)(*(const bool *)member ? msgpack_pack_true(packer) : msgpack_pack_false(packer));
}

static void pack_time(const struct field *field, const void *member, msgpack_packer *packer)
{
    (void)field;
    (void)msgpack_pack_int64(packer, ((const struct wall *)member)->us);
}

static void pack_enum(const struct field *field, const void *member, msgpack_packer *packer)
{
    (void)field;
    (void)msgpack_pack_int(packer, *(const int *)member);
}

static void pack_id(const struct field *field, const void *member, msgpack_packer *packer)
{
    (void)field;
    (void)msgpack_pack_bin_with_body(packer, ((const struct id *)member)->bytes, ID_BYTES);
}

static void pack_text(const struct field *field, const void *member, msgpack_packer *packer)
{
    (void)field;
    struct bytes text = *(const struct bytes *)member;
    (void)msgpack_pack_str_with_body(packer, text.p, text.len);
}

static void pack_bin(const struct field *field, const void *member, msgpack_packer *packer)
{
    (void)field;
    struct bytes bin = *(const struct bytes *)member;
    (void)msgpack_pack_bin_with_body(packer, bin.p, bin.len);
}

static void pack_list(const struct field *field, const void *member, msgpack_packer *packer)
{
    (void)field;
    const struct list *list = member;
    (void)msgpack_pack_array(packer, list->count);
    buf_append(packer->data, list->p, list->len);
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the schema, which the generator bounds */
static void pack_message(const struct field *field, const void *member, msgpack_packer *packer)
{
    append_map(field->of_message, member, PART_ALL, packer->data);
}

static void (*const packers[])(const struct field *, const void *, msgpack_packer *) = {
    [FIELD_U32] = pack_u32,         [FIELD_U64] = pack_u64,   [FIELD_I64] = pack_i64,
    [FIELD_BOOL] = pack_bool,       [FIELD_TIME] = pack_time, [FIELD_ISSUE] = pack_u64,
    [FIELD_ENUM] = pack_enum,       [FIELD_ID] = pack_id,     [FIELD_WORD] = pack_text,
    [FIELD_TEXT] = pack_text,       [FIELD_BIN] = pack_bin,   [FIELD_LIST] = pack_list,
    [FIELD_MESSAGE] = pack_message,
};

/* Puts the map's head before the fields that were appended behind the one byte left for it. */
static void finish_map(struct buf *out, size_t at, uint32_t count)
{
    if (count <= FIXMAP_MAX) {
        out->p[at] = (uint8_t)(0x80U | count);
        return;
    }
    (void)buf_extend(out, 2);
    memmove(out->p + at + 3, out->p + at + 1, out->len - at - 3);
    out->p[at] = 0xde;
    out->p[at + 1] = (uint8_t)(count >> 8);
    out->p[at + 2] = (uint8_t)count;
}

/* NOLINTNEXTLINE(misc-no-recursion): see pack_message() */
static void append_map(const struct message_type *type, const void *message, enum message_part part,
                       struct buf *out)
{
    msgpack_packer packer = pack_into(out);
    size_t at = out->len;
    (void)buf_extend(out, 1);
    uint32_t count = 0;
    bool is_whole = true;
    for (uint32_t i = 0; i < type->field_count; i++) {
        const struct field *field = &type->fields[i];
        const void *member = field_get(field, message);
        if (part != PART_ALL && field->is_pii != (part == PART_PII)) {
            continue;
        }
        if (field_is_empty(field, member)) {
            is_whole = is_whole && !field->is_required;
            continue;
        }
        CHECK(field_is_plausible(field, member));
        (void)msgpack_pack_uint16(&packer, field->id);
        packers[field->type](field, member, &packer);
        count++;
    }
    /* Without any personal data is what an erased message is. */
    CHECK(is_whole || (part == PART_PII && count == 0));
    finish_map(out, at, count);
    if (part != PART_ALL && count == 0) {
        out->len = at;
    }
}

void message_append(const struct message_type *type, const void *message, enum message_part part,
                    struct buf *out)
{
    append_map(type, message, part, out);
}
