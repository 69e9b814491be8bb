/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/coverage.h"

#include "base/endian.h"
#include "intake/halves.h"

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

static uint32_t half_of_assigned(struct ctx *ctx, uint32_t half)
{
    return halves_is_over(ctx, half) ? half : COVERAGE_NOW;
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

/* household, NUL, half. */
static struct register_key visited_key(struct bytes household, uint32_t half)
{
    uint8_t number[4];
    be32_store(number, half);
    return register_pair_key(household, bytes_of(number, sizeof number));
}

bool coverage_is_visited(struct ctx *ctx, struct bytes household, uint32_t half)
{
    struct register_key key = visited_key(household, half);
    struct bytes value;
    return table_get(ctx, VISITED, register_key_bytes(&key), &value) == STATUS_OK;
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
    uint32_t open = halves_open(ctx);
    struct register_key from = visited_key(household, open);
    struct bytes prefix = bytes_of(from.bytes, household.len + 1);
    struct bytes key;
    struct bytes value;
    count_places(ctx, COVERAGE_NOW, COVERAGE_ASSIGNED, row, sign);
    enum status st = table_seek(ctx, VISITED, register_key_bytes(&from), &key, &value);
    while (st == STATUS_OK && bytes_start_with(key, prefix)) {
        count_places(ctx, be32_load(key.p + prefix.len), COVERAGE_VISITED, row, sign);
        st = table_next(ctx, VISITED, key, &key, &value);
    }
}

void coverage_visit(struct ctx *ctx, struct bytes household, uint32_t half, uint64_t visit)
{
    struct register_key key = visited_key(household, half);
    struct household_row row;
    uint8_t value[8];
    if (coverage_is_visited(ctx, household, half)) {
        return;
    }
    be64_store(value, visit);
    table_put(ctx, VISITED, register_key_bytes(&key), bytes_of(value, sizeof value));
    if (halves_find_household(ctx, household, half, &row)) {
        count_places(ctx, half, COVERAGE_VISITED, &row, 1);
    }
}

void coverage_close(struct ctx *ctx, uint32_t half)
{
    struct bytes place = {0};
    struct bytes key;
    while (next_key(ctx, COVERAGE_NOW, place, &key)) {
        place = bytes_of(key.p + 5, key.len - 5);
        struct coverage_key closed =
            coverage_key(half, COVERAGE_ASSIGNED, (enum coverage_scope)key.p[5],
                         bytes_of(key.p + 6, key.len - 6));
        uint64_t assigned = count_get(ctx, COVERAGE, key);
        if (assigned != 0) {
            count_add(ctx, COVERAGE, coverage_key_bytes(&closed), (int64_t)assigned);
        }
    }
    halves_close(ctx, half);
}
