/* SPDX-License-Identifier: Apache-2.0 */
/* How a record becomes bytes; the layout stands in journal/journal.h. Private to the module. */
#pragma once

#include "journal/journal.h"

/* Encodes `record` after the record whose chain hash is `before` into `scratch`, and lets raw,
 * chain and the texts of `record` stand for what was encoded. Statuses as journal_append(). */
enum status record_encode(struct record *record, const uint8_t before[CHAIN_BYTES],
                          struct buf *scratch, struct err *err) MUST_USE;
