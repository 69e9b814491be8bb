/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/units.h"

#define UNIT_MAX_BYTES ((size_t)80 * 4) /* of cadre_part */

/* unit, NUL, cadre. No unit has a control character in its name. */
struct unit_key {
    uint8_t bytes[UNIT_MAX_BYTES + 1 + WORD_MAX_BYTES];
    size_t len;
};

static struct unit_key unit_key(struct bytes unit, uint8_t mark, struct bytes cadre)
{
    struct unit_key key = {.len = unit.len + 1 + cadre.len};
    CHECK(unit.len <= UNIT_MAX_BYTES && cadre.len <= WORD_MAX_BYTES);
    if (unit.len != 0) {
        memcpy(key.bytes, unit.p, unit.len);
    }
    key.bytes[unit.len] = mark;
    if (cadre.len != 0) {
        memcpy(key.bytes + unit.len + 1, cadre.p, cadre.len);
    }
    return key;
}

bool units_next(struct ctx *ctx, struct bytes unit, struct bytes *ret_unit)
{
    struct unit_key behind = unit_key(unit, 1, (struct bytes){0});
    struct bytes key;
    struct bytes value;
    if (table_next(ctx, UNIT_CADRES, bytes_of(behind.bytes, unit.len == 0 ? 0 : behind.len), &key,
                   &value) != STATUS_OK) {
        return false;
    }
    const uint8_t *end = memchr(key.p, 0, key.len);
    CHECK(end != NULL);
    *ret_unit = bytes_of(key.p, (size_t)(end - key.p));
    return true;
}

bool units_next_cadre(struct ctx *ctx, struct bytes unit, struct bytes cadre,
                      struct bytes *ret_cadre)
{
    struct unit_key from = unit_key(unit, 0, cadre);
    struct bytes key;
    struct bytes value;
    if (table_next(ctx, UNIT_CADRES, bytes_of(from.bytes, from.len), &key, &value) != STATUS_OK ||
        !bytes_start_with(key, bytes_of(from.bytes, unit.len + 1))) {
        return false;
    }
    *ret_cadre = bytes_of(key.p + unit.len + 1, key.len - unit.len - 1);
    return true;
}

const struct department *units_find_section(const struct office *office, struct bytes unit)
{
    for (uint32_t i = 0; i < office->department_count; i++) {
        const struct department *department = &office->departments[i];
        if (bytes_equal(department->name, unit) || bytes_equal(department->id, unit)) {
            return department;
        }
    }
    return NULL;
}

void units_put(struct ctx *ctx, struct bytes unit, struct bytes cadre)
{
    struct unit_key key = unit_key(unit, 0, cadre);
    table_put(ctx, UNIT_CADRES, bytes_of(key.bytes, key.len), (struct bytes){0});
}

void units_remove(struct ctx *ctx, struct bytes unit, struct bytes cadre)
{
    struct unit_key key = unit_key(unit, 0, cadre);
    table_remove(ctx, UNIT_CADRES, bytes_of(key.bytes, key.len));
}
