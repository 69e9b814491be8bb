/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/coverage.h"

#include "base/endian.h"

struct coverage_key coverage_key(uint32_t half, enum coverage_count count,
                                 enum coverage_scope scope, struct bytes id)
{
    struct coverage_key key = {.len = 6 + id.len};
    CHECK(id.len <= WORD_MAX_BYTES);
    be32_store(key.bytes, half);
    key.bytes[4] = (uint8_t)count;
    key.bytes[5] = (uint8_t)scope;
    if (id.len != 0) {
        memcpy(key.bytes + 6, id.p, id.len);
    }
    return key;
}

uint32_t coverage_open_half(struct ctx *ctx)
{
    struct visit_plan_row plan;
    return row_get(ctx, VISIT_PLAN, BYTES("plan"), &visit_plan_row_type, &plan) == STATUS_OK
               ? plan.half
               : 0;
}

static uint32_t half_of_assigned(struct ctx *ctx, uint32_t half)
{
    return half >= coverage_open_half(ctx) ? COVERAGE_NOW : half;
}

static bool next_key(struct ctx *ctx, uint32_t half, struct bytes place, struct bytes *ret_key)
{
    struct coverage_key from =
        coverage_key(half, COVERAGE_ASSIGNED, COVERAGE_SCOPE_NONE, (struct bytes){0});
    struct bytes value;
    CHECK(place.len <= sizeof from.bytes - 5);
    if (place.len != 0) {
        memcpy(from.bytes + 5, place.p, place.len);
        from.len = 5 + place.len;
    }
    return table_next(ctx, COVERAGE, coverage_key_bytes(&from), ret_key, &value) == STATUS_OK &&
           bytes_start_with(*ret_key, bytes_of(from.bytes, 5));
}

bool coverage_next(struct ctx *ctx, uint32_t half, struct bytes place,
                   struct coverage_place *ret_place)
{
    struct bytes key;
    if (!next_key(ctx, half_of_assigned(ctx, half), place, &key)) {
        return false;
    }
    *ret_place =
        (struct coverage_place){bytes_of(key.p + 5, key.len - 5), (enum coverage_scope)key.p[5],
                                bytes_of(key.p + 6, key.len - 6)};
    return true;
}

static uint32_t count(struct ctx *ctx, uint32_t half, enum coverage_count what,
                      enum coverage_scope scope, struct bytes id)
{
    struct coverage_key key = coverage_key(half, what, scope, id);
    return (uint32_t)count_get(ctx, COVERAGE, coverage_key_bytes(&key));
}

struct coverage coverage_get(struct ctx *ctx, uint32_t half, enum coverage_scope scope,
                             struct bytes id)
{
    return (struct coverage){count(ctx, half_of_assigned(ctx, half), COVERAGE_ASSIGNED, scope, id),
                             count(ctx, half, COVERAGE_VISITED, scope, id)};
}

/* household, NUL, half, cadre. */
struct visited_key {
    uint8_t bytes[WORD_MAX_BYTES + 1 + 4 + WORD_MAX_BYTES];
    size_t len;
};

static struct visited_key visited_key(struct bytes household, uint32_t half, struct bytes cadre)
{
    struct visited_key key = {.len = household.len + 5 + cadre.len};
    CHECK(household.len <= WORD_MAX_BYTES && cadre.len <= WORD_MAX_BYTES);
    memcpy(key.bytes, household.p, household.len);
    be32_store(key.bytes + household.len + 1, half);
    if (cadre.len != 0) {
        memcpy(key.bytes + household.len + 5, cadre.p, cadre.len);
    }
    return key;
}

bool coverage_is_visited(struct ctx *ctx, struct bytes household, uint32_t half, struct bytes cadre)
{
    struct visited_key key = visited_key(household, half, cadre);
    struct bytes value;
    return table_get(ctx, VISITED, bytes_of(key.bytes, key.len), &value) == STATUS_OK;
}

/* ---- applying ------------------------------------------------------------------------------- */

static void count_places(struct ctx *ctx, uint32_t half, enum coverage_count what,
                         const struct household_row *row, int sign)
{
    const struct {
        enum coverage_scope scope;
        struct bytes id;
    } places[] = {{COVERAGE_SCOPE_CADRE, row->cadre},
                  {COVERAGE_SCOPE_COMMUNITY, row->community},
                  {COVERAGE_SCOPE_VILLAGE, row->village}};
    if (row->cadre.len == 0) {
        return; /* nobody owes it a visit */
    }
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct coverage_key key = coverage_key(half, what, places[i].scope, places[i].id);
        count_add(ctx, COVERAGE, coverage_key_bytes(&key), sign);
    }
}

void coverage_link(struct ctx *ctx, struct bytes household, const struct household_row *row,
                   int sign)
{
    struct visited_key from = visited_key(household, coverage_open_half(ctx), (struct bytes){0});
    struct bytes prefix = bytes_of(from.bytes, household.len + 1);
    struct bytes key = bytes_of(from.bytes, from.len);
    struct bytes value;
    count_places(ctx, COVERAGE_NOW, COVERAGE_ASSIGNED, row, sign);
    while (table_next(ctx, VISITED, key, &key, &value) == STATUS_OK &&
           bytes_start_with(key, prefix)) {
        struct bytes cadre = bytes_of(key.p + from.len, key.len - from.len);
        if (bytes_equal(cadre, row->cadre)) {
            count_places(ctx, be32_load(key.p + prefix.len), COVERAGE_VISITED, row, sign);
        }
    }
}

void coverage_visit(struct ctx *ctx, struct bytes household, uint32_t half, struct bytes cadre,
                    uint64_t visit)
{
    struct visited_key key = visited_key(household, half, cadre);
    struct household_row row;
    uint8_t value[8];
    if (coverage_is_visited(ctx, household, half, cadre)) {
        return;
    }
    be64_store(value, visit);
    table_put(ctx, VISITED, bytes_of(key.bytes, key.len), bytes_of(value, sizeof value));
    if (register_find_household(ctx, household, &row) && bytes_equal(row.cadre, cadre)) {
        count_places(ctx, half, COVERAGE_VISITED, &row, 1);
    }
}

void coverage_close(struct ctx *ctx, uint32_t half, struct bytes from, struct bytes through)
{
    struct bytes key;
    while (next_key(ctx, COVERAGE_NOW, from, &key)) {
        from = bytes_of(key.p + 5, key.len - 5);
        if (through.len != 0 && bytes_compare(from, through) > 0) {
            return;
        }
        struct coverage_key closed =
            coverage_key(half, COVERAGE_ASSIGNED, (enum coverage_scope)key.p[5],
                         bytes_of(key.p + 6, key.len - 6));
        uint64_t assigned = count_get(ctx, COVERAGE, key);
        if (assigned != 0) {
            count_add(ctx, COVERAGE, coverage_key_bytes(&closed), (int64_t)assigned);
        }
    }
}
