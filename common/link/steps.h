/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of a cursor that have been received and not yet been popped. Private to the module. */
#pragma once

#include "base/buf.h"
#include "journal/journal.h"

struct step {
    uint64_t seq;
    uint32_t len; /* of the record that follows; 0 for mere progress */
    uint8_t chain[CHAIN_BYTES];
};

struct steps {
    struct buf buf;        /* each step, then its record */
    size_t first;          /* where the next one begins */
    size_t last;           /* where the newest one begins */
    uint64_t record_bytes; /* of all that are here */
};

void steps_done(struct steps *steps);
void steps_clear(struct steps *steps);
bool steps_are_empty(const struct steps *steps);

/* Adds a record (not empty), or progress, which is joined to progress that is the newest step. */
void steps_append(struct steps *steps, uint64_t seq, const uint8_t chain[CHAIN_BYTES],
                  struct bytes raw);

/* The next step; false when there is none. Lives until the next change. */
bool steps_peek(const struct steps *steps, struct step *ret_step, struct bytes *ret_raw);
/* Takes away the next step, which is there. */
void steps_pop(struct steps *steps);
