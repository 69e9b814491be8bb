/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/qr.h"

#include <errno.h>
#include <qrencode.h>
#include <string.h>

/* A bit of each byte of libqrencode's matrix says whether the module is dark. */
#define IS_DARK 1U

/* Dark modules side by side as one rectangle. */
static void append_row(struct buf *out, const uint8_t *row, uint32_t width, uint32_t y)
{
    for (uint32_t x = 0; x < width; x++) {
        uint32_t begin = x;
        while (x < width && (row[x] & IS_DARK) != 0) {
            x++;
        }
        if (x > begin) {
            buf_append_format(out, "M%u %uh%uv1h-%uz", begin + QR_QUIET_MODULES,
                              y + QR_QUIET_MODULES, x - begin, x - begin);
        }
    }
}

enum status qr_append_symbol(struct buf *out, const char *id, const char *text, struct err *err)
{
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (code == NULL) {
        return fail(err, STATUS_INVALID, "'%s' does not fit into a QR code: %s", text,
                    strerror(errno));
    }
    uint32_t width = (uint32_t)code->width;
    uint32_t size = width + 2 * QR_QUIET_MODULES;
    buf_append_format(out,
                      "<symbol id=\"%s\" viewBox=\"0 0 %u %u\"><path fill=\"#000\" "
                      "shape-rendering=\"crispEdges\" d=\"",
                      id, size, size);
    for (uint32_t y = 0; y < width; y++) {
        append_row(out, code->data + (size_t)y * width, width, y);
    }
    buf_append_string(out, "\"/></symbol>\n");
    QRcode_free(code);
    return STATUS_OK;
}
