/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a suggestion model in memory, for tests and measurements. */
#pragma once

#include "domain/suggest.h"

#include <stddef.h>

/* Zero-initialised is empty. Sorted by key. */
struct memory_rows {
    struct memory_row {
        struct bytes key; /* owned */
        uint64_t count;
    } * items;
    size_t count;
    size_t cap;
};

void memory_rows_done(struct memory_rows *rows);

/* The interface of the model to these rows, which must not move. */
struct suggest_rows memory_rows_interface(struct memory_rows *rows);
