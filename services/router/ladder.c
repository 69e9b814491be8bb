/* SPDX-License-Identifier: Apache-2.0 */
#include "router/ladder.h"

struct wall ladder_next(const struct limit_plan *plan, uint32_t levels_done, bool is_overdue)
{
    struct wall next = is_overdue ? (struct wall){0} : plan->due;
    for (uint32_t i = 0; i < plan->point_count; i++) {
        const struct limit_point *point = &plan->points[i];
        if (point->level + 1 > levels_done) {
            return next.us == 0 || point->at.us < next.us ? point->at : next;
        }
    }
    return next;
}

uint32_t ladder_stays_told(const struct limit_plan *plan, uint32_t levels_done, struct wall now)
{
    for (uint32_t i = 0; i < plan->point_count; i++) {
        const struct limit_point *point = &plan->points[i];
        if (point->at.us > now.us && point->level < levels_done) {
            return point->level;
        }
    }
    return levels_done;
}

const struct limit_point *ladder_find_passed(struct ctx *ctx, const struct limit_plan *plan,
                                             uint32_t levels_done, struct wall now,
                                             struct list *ret_skipped)
{
    const struct limit_point *highest = NULL;
    struct buf out = {0};
    struct list skipped = {0};
    for (uint32_t i = 0; i < plan->point_count; i++) {
        const struct limit_point *point = &plan->points[i];
        if (point->level + 1 <= levels_done || point->at.us > now.us) {
            continue;
        }
        if (highest != NULL) {
            list_put_u64(&skipped, &out, highest->level);
        }
        highest = point;
    }
    struct bytes kept = ctx_copy(ctx, buf_bytes(&out));
    skipped.p = kept.p;
    skipped.len = kept.len;
    buf_done(&out);
    *ret_skipped = skipped;
    return highest;
}
