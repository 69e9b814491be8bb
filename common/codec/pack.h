/* SPDX-License-Identifier: Apache-2.0 */
/* msgpack-c's packer over a buf. It always picks the shortest form, as the format demands; its
 * results only repeat what pack_write() returned, which cannot fail. */
#pragma once

#include "base/buf.h"

#include <msgpack/pack.h>

static inline int pack_write(void *data, const char *p, size_t len)
{
    struct buf *out = data;
    if (len != 0 && len <= out->cap - out->len) {
        memcpy(out->p + out->len, p, len);
        out->len += len;
    } else {
        buf_append(out, p, len);
    }
    return 0;
}

static inline msgpack_packer pack_into(struct buf *out)
{
    return (msgpack_packer){.data = out, .callback = pack_write};
}
