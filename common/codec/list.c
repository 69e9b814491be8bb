/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/decode.h"
#include "codec/pack.h"

/* Reads the next element with `field` as its type; false at the end. */
static bool list_next(struct list_cursor *cursor,
                      enum unpack_fault (*read)(struct unpack *, void *), void *ret_value)
{
    if (cursor->left == 0) {
        return false;
    }
    struct unpack in = {cursor->p, cursor->end};
    CHECK(read(&in, ret_value) == UNPACK_FINE);
    cursor->p = in.p;
    cursor->left--;
    return true;
}

static enum unpack_fault read_run(struct unpack *in, void *ret_bytes)
{
    enum unpack_fault fault = unpack_text(in, ret_bytes);
    return fault == UNPACK_OTHER_TYPE ? unpack_bin(in, ret_bytes) : fault;
}

static enum unpack_fault read_number(struct unpack *in, void *ret_value)
{
    return unpack_u64(in, ret_value);
}

bool list_next_bytes(struct list_cursor *cursor, struct bytes *ret_bytes)
{
    return list_next(cursor, read_run, ret_bytes);
}

bool list_next_u64(struct list_cursor *cursor, uint64_t *ret_value)
{
    return list_next(cursor, read_number, ret_value);
}

bool list_next_message(struct list_cursor *cursor, const struct message_type *type,
                       void *ret_message)
{
    if (cursor->left == 0) {
        return false;
    }
    struct unpack in = {cursor->p, cursor->end};
    struct field element = {.name = type->name, .of_message = type, .type = FIELD_MESSAGE};
    struct err unread;
    memset(ret_message, 0, type->size);
    CHECK(decode_value(&element, &in, ret_message, &unread) == STATUS_OK);
    cursor->p = in.p;
    cursor->left--;
    return true;
}

void list_put_message(struct list *list, struct buf *out, const struct message_type *type,
                      const void *message)
{
    message_append(type, message, PART_ALL, out);
    list->count++;
}

void list_put_bytes(struct list *list, struct buf *out, struct bytes text)
{
    msgpack_packer packer = pack_into(out);
    (void)msgpack_pack_str_with_body(&packer, text.p, text.len);
    list->count++;
}

void list_put_bin(struct list *list, struct buf *out, struct bytes bin)
{
    msgpack_packer packer = pack_into(out);
    (void)msgpack_pack_bin_with_body(&packer, bin.p, bin.len);
    list->count++;
}

void list_put_u64(struct list *list, struct buf *out, uint64_t value)
{
    msgpack_packer packer = pack_into(out);
    (void)msgpack_pack_uint64(&packer, value);
    list->count++;
}
