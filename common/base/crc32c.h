/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32C (Castagnoli), the checksum of journal records (RFC 3720, appendix B.4). */
#pragma once

#include "base/bytes.h"

/* Continues `crc` (0 to begin) over `bytes`. */
uint32_t crc32c(uint32_t crc, struct bytes bytes);
