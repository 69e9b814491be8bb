/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walk over everybody who is told that households are left: in a half that goes on its cadres;
 * when it has ended they, the secretaries of the communities, the head of each section that has
 * such cadres, and once the heads of the office of all other units.
 */
#pragma once

#include "intake/coverage.h"

/* Rows of a notice; what is more is counted. */
#define VISIT_ROWS_MAX 10U
struct visit_rows {
    struct list list; /* of counted_part */
    struct buf out;
    uint32_t more;
    uint32_t count; /* households of all of them */
};
void visit_rows_add(struct visit_rows *rows, struct bytes name, uint32_t count);
void visit_rows_done(struct visit_rows *rows);

struct visit_walk {
    struct ctx *ctx;
    uint32_t half;
    bool is_over;
    struct bytes through;    /* how far it came; empty at its beginning */
    struct visit_rows units; /* that are no section of the office, so far */
};

/* As much as one transaction takes; true when all were told. */
bool visit_walk_step(struct visit_walk *walk);
