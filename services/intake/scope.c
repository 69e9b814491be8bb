/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/scope.h"

bool scope_may_see(struct ctx *ctx, const struct actor *actor, struct bytes cadre,
                   struct bytes area, struct err *err)
{
    struct object object = {.office = &ctx_config(ctx)->office, .cadre = cadre, .area = area};
    return may(actor, ACTION_VIEW_HOUSEHOLD, &object, err) == STATUS_OK;
}

static bool may_see(struct ctx *ctx, const struct actor *actor, enum action action,
                    const struct scope_ask *ask, struct err *err)
{
    struct object object = {
        .office = &ctx_config(ctx)->office, .cadre = ask->cadre, .area = ask->area};
    return may(actor, action, &object, err) == STATUS_OK;
}

static struct scope scope_of(struct bytes cadre, struct bytes area)
{
    return cadre.len != 0 ? (struct scope){.table = CADRE_HOUSEHOLDS,
                                           .word = cadre,
                                           .area = area,
                                           .is_indexed = true}
           : area.len != 0
               ? (struct scope){.table = AREA_HOUSEHOLDS, .word = area, .is_indexed = true}
               : (struct scope){.table = HOUSEHOLDS};
}

enum status scope_find(struct ctx *ctx, const struct actor *actor, enum action action,
                       const struct scope_ask *ask, struct scope *ret_scope, struct err *err)
{
    const struct scope_ask by_area = {.area = actor->area};
    const struct scope_ask by_cadre = {.cadre = actor->id};
    if (may_see(ctx, actor, action, ask, err)) {
        *ret_scope = scope_of(ask->cadre, ask->area);
    } else if (ask->area.len == 0 && may_see(ctx, actor, action, &by_area, err)) {
        *ret_scope = scope_of(ask->cadre, actor->area);
    } else if (ask->cadre.len == 0 && may_see(ctx, actor, action, &by_cadre, err)) {
        *ret_scope = scope_of(actor->id, ask->area);
    } else {
        return STATUS_FORBIDDEN;
    }
    return STATUS_OK;
}

bool scope_next(struct ctx *ctx, const struct scope *scope, struct bytes *id)
{
    struct bytes key;
    struct bytes value;
    if (scope->word.len == 0 && !scope->is_indexed) {
        return table_next(ctx, scope->table, *id, id, &value) == STATUS_OK;
    }
    struct register_key from = register_pair_key(scope->word, *id);
    size_t prefix_len = scope->word.len + 1;
    struct bytes prefix = bytes_of(from.bytes, prefix_len);
    if (table_next(ctx, scope->table, register_key_bytes(&from), &key, &value) != STATUS_OK ||
        !bytes_start_with(key, prefix)) {
        return false;
    }
    *id = bytes_of(key.p + prefix_len, key.len - prefix_len);
    return true;
}

bool scope_has(struct ctx *ctx, const struct scope *scope, const struct household_row *row)
{
    const struct office *office = &ctx_config(ctx)->office;
    return (scope->area.len == 0 || office_area_is_within(office, row->village, scope->area)) &&
           (scope->asked.len == 0 || office_area_is_within(office, row->village, scope->asked));
}

void scope_narrow(struct ctx *ctx, struct bytes area, struct scope *scope)
{
    const struct office *office = &ctx_config(ctx)->office;
    bool lies_in =
        scope->table == AREA_HOUSEHOLDS && office_area_is_within(office, area, scope->word);
    if (scope->table == HOUSEHOLDS || lies_in) {
        *scope = (struct scope){.table = AREA_HOUSEHOLDS, .word = area, .is_indexed = true};
    } else {
        scope->asked = area;
    }
}
