/* SPDX-License-Identifier: Apache-2.0 */
/* A QR code as SVG. */
#pragma once

#include "base/buf.h"
#include "base/status.h"

/* White modules around a code, as ISO/IEC 18004 asks for. */
#define QR_QUIET_MODULES 4U

/* Appends <symbol id="ID" …> with one path of all dark modules, a unit each, level M. INVALID: the
 * text cannot be encoded. */
enum status qr_append_symbol(struct buf *out, const char *id, const char *text,
                             struct err *err) MUST_USE;
