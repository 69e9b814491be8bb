/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/halves.h"

#include "base/endian.h"

#define FIRST BYTES("half/first")
#define LAST_CLOSED BYTES("half/closed")

static uint32_t last_closed(struct ctx *ctx)
{
    return (uint32_t)count_get(ctx, COUNTS, LAST_CLOSED);
}

uint32_t halves_open(struct ctx *ctx)
{
    struct visit_plan_row plan;
    uint32_t closed = last_closed(ctx);
    uint32_t planned =
        row_get(ctx, VISIT_PLAN, BYTES("plan"), &visit_plan_row_type, &plan) == STATUS_OK
            ? plan.half
            : 0;
    return closed >= planned && closed != 0 ? visit_half_next(closed) : planned;
}

bool halves_is_over(struct ctx *ctx, uint32_t half)
{
    return half < halves_open(ctx);
}

/* household, NUL, half. */
static struct register_key past_key(struct bytes household, uint32_t half)
{
    uint8_t number[4];
    be32_store(number, half);
    return register_pair_key(household, bytes_of(number, sizeof number));
}

/* The first row that was kept for this half or a later one. */
static bool find_kept(struct ctx *ctx, struct bytes household, uint32_t half,
                      struct past_link_row *ret_row)
{
    struct register_key from = past_key(household, half);
    struct bytes key;
    struct bytes value;
    struct err err;
    return table_seek(ctx, PAST_LINKS, register_key_bytes(&from), &key, &value) == STATUS_OK &&
           key.len == from.len && bytes_start_with(key, bytes_of(from.bytes, household.len + 1)) &&
           message_decode(&past_link_row_type, value, ret_row, &err) == STATUS_OK;
}

bool halves_find_household(struct ctx *ctx, struct bytes household, uint32_t half,
                           struct household_row *ret_row)
{
    struct past_link_row kept;
    if (!register_find_household(ctx, household, ret_row)) {
        return false;
    }
    if (!halves_is_over(ctx, half)) {
        return true;
    }
    if (half < count_get(ctx, COUNTS, FIRST) || last_closed(ctx) == 0) {
        return false;
    }
    if (find_kept(ctx, household, half, &kept)) {
        ret_row->cadre = kept.cadre;
        ret_row->community = kept.community;
        ret_row->village = kept.village;
    }
    return ret_row->village.len != 0;
}

/* ---- applying ------------------------------------------------------------------------------- */

static void put_entry(struct ctx *ctx, struct bytes word, struct bytes household)
{
    if (word.len != 0) {
        struct register_key key = register_pair_key(word, household);
        table_put(ctx, PAST_HOUSEHOLDS, register_key_bytes(&key), (struct bytes){0});
    }
}

void halves_keep(struct ctx *ctx, struct bytes household, const struct household_row *before)
{
    struct past_link_row row = {0};
    uint32_t closed = last_closed(ctx);
    if (closed == 0 || find_kept(ctx, household, closed, &row)) {
        return;
    }
    if (before != NULL) {
        row = (struct past_link_row){
            .cadre = before->cadre, .community = before->community, .village = before->village};
        put_entry(ctx, before->cadre, household);
        put_entry(ctx, before->community, household);
        put_entry(ctx, before->village, household);
    }
    struct register_key key = past_key(household, closed);
    row_put(ctx, PAST_LINKS, register_key_bytes(&key), &past_link_row_type, &row);
}

static void put_half(struct ctx *ctx, struct bytes name, uint32_t half)
{
    uint8_t number[8];
    be64_store(number, half);
    table_put(ctx, COUNTS, name, bytes_of(number, sizeof number));
}

void halves_close(struct ctx *ctx, uint32_t half)
{
    if (last_closed(ctx) == 0) {
        put_half(ctx, FIRST, half);
    }
    put_half(ctx, LAST_CLOSED, half);
}
