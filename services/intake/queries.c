/* SPDX-License-Identifier: Apache-2.0 */
/* What people ask about the register, and about reports. */
#include "base/endian.h"
#include "intake/register.h"

#define PAGE_MAX 200U
#define PENDING_MAX 100U

static struct list keep(struct ctx *ctx, struct list list, struct buf *out)
{
    struct bytes kept = ctx_copy(ctx, buf_bytes(out));
    list.p = kept.p;
    list.len = kept.len;
    buf_done(out);
    return list;
}

/* ---- households ----------------------------------------------------------------------------- */

/* Where a list of households is read: the whole register, or what an index has under a word. */
struct scope {
    uint32_t table;
    struct bytes word;
    struct bytes area; /* only those of this area; empty: all */
};

static bool may_see(struct ctx *ctx, const struct actor *actor, struct bytes cadre,
                    struct bytes area, struct err *err)
{
    struct object object = {.office = &ctx_config(ctx)->office, .cadre = cadre, .area = area};
    return may(actor, ACTION_VIEW_HOUSEHOLD, &object, err) == STATUS_OK;
}

/* The widest part of what is asked for that the person may see as a whole. */
static enum status find_scope(struct ctx *ctx, const struct actor *actor, struct bytes cadre,
                              struct scope *ret_scope, struct err *err)
{
    const struct bytes none = {0};
    if (may_see(ctx, actor, cadre, none, err)) {
        *ret_scope = cadre.len != 0 ? (struct scope){CADRE_HOUSEHOLDS, cadre, none}
                                    : (struct scope){HOUSEHOLDS, none, none};
    } else if (may_see(ctx, actor, none, actor->area, err)) {
        *ret_scope = cadre.len != 0 ? (struct scope){CADRE_HOUSEHOLDS, cadre, actor->area}
                                    : (struct scope){AREA_HOUSEHOLDS, actor->area, none};
    } else if (cadre.len == 0 && may_see(ctx, actor, actor->id, none, err)) {
        *ret_scope = (struct scope){CADRE_HOUSEHOLDS, actor->id, none};
    } else {
        return STATUS_FORBIDDEN;
    }
    return STATUS_OK;
}

static bool find_next(struct ctx *ctx, const struct scope *scope, struct bytes *id)
{
    struct bytes key;
    struct bytes value;
    if (scope->word.len == 0) {
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

static void put_household(struct bytes id, const struct household_row *row, struct list *list,
                          struct buf *out)
{
    struct household_part part = {.household = id,
                                  .head = row->head,
                                  .community = row->community,
                                  .village = row->village,
                                  .group = row->group,
                                  .address = row->address,
                                  .phone = row->phone,
                                  .members = row->members,
                                  .hardship = row->hardship,
                                  .tags = row->tags,
                                  .cadre = row->cadre};
    list_put_message(list, out, &household_part_type, &part);
}

static struct list household_list(struct ctx *ctx, const struct scope *scope,
                                  const struct household_query *ask)
{
    const struct office *office = &ctx_config(ctx)->office;
    uint32_t limit = ask->limit == 0 ? PAGE_MAX : ask->limit;
    struct bytes id = ask->after;
    struct list list = {0};
    struct buf out = {0};
    while (list.count < limit && find_next(ctx, scope, &id)) {
        struct household_row row;
        bool is_known = register_find_household(ctx, id, &row);
        CHECK(is_known);
        if (scope->area.len == 0 || office_area_is_within(office, row.village, scope->area)) {
            put_household(id, &row, &list, &out);
        }
    }
    return keep(ctx, list, &out);
}

static enum status answer_one(struct ctx *ctx, const struct actor *actor,
                              const struct household_query *ask, struct household_reply *reply,
                              struct err *err)
{
    struct household_row row;
    struct buf out = {0};
    if (!register_find_household(ctx, ask->household, &row)) {
        return fail_field(err, STATUS_NOT_FOUND, "household",
                          "there is no household '%.*s' in the register",
                          BYTES_FMT(ask->household));
    }
    if (!may_see(ctx, actor, row.cadre, row.village, err)) {
        return STATUS_FORBIDDEN;
    }
    if (ask->cadre.len == 0 || bytes_equal(ask->cadre, row.cadre)) {
        put_household(ask->household, &row, &reply->households, &out);
        reply->households = keep(ctx, reply->households, &out);
    }
    return STATUS_OK;
}

enum status intake_answer_households(struct ctx *ctx, const struct query *query, void *ret_reply,
                                     struct err *err)
{
    const struct household_query *ask = query->message;
    struct household_reply *reply = ret_reply;
    struct actor actor = register_find_actor(ctx, query->person);
    if (ask->household.len != 0) {
        return answer_one(ctx, &actor, ask, reply, err);
    }
    struct scope scope;
    enum status st = find_scope(ctx, &actor, ask->cadre, &scope, err);
    if (st == STATUS_OK) {
        reply->households = household_list(ctx, &scope, ask);
    }
    return st;
}

/* ---- cadres --------------------------------------------------------------------------------- */

static enum status check_on_duty(struct ctx *ctx, struct bytes person, struct err *err)
{
    struct actor actor = register_find_actor(ctx, person);
    struct object object = {.office = &ctx_config(ctx)->office};
    return may(&actor, ACTION_VIEW_PEOPLE, &object, err);
}

static void put_cadre(struct bytes id, const struct cadre_row *row, struct list *list,
                      struct buf *out)
{
    struct cadre_view_part part = {.cadre = id,
                                   .name = row->name,
                                   .unit = row->unit,
                                   .post = row->post,
                                   .phone = row->phone,
                                   .households = row->households};
    list_put_message(list, out, &cadre_view_part_type, &part);
}

static struct list cadre_list(struct ctx *ctx, const struct cadre_query *ask)
{
    uint32_t limit = ask->limit == 0 ? PAGE_MAX : ask->limit;
    struct bytes id = ask->after;
    struct bytes value;
    struct list list = {0};
    struct buf out = {0};
    while (list.count < limit && table_next(ctx, CADRES, id, &id, &value) == STATUS_OK) {
        struct cadre_row row;
        bool is_known = register_find_cadre(ctx, id, &row);
        CHECK(is_known);
        put_cadre(id, &row, &list, &out);
    }
    return keep(ctx, list, &out);
}

enum status intake_answer_cadres(struct ctx *ctx, const struct query *query, void *ret_reply,
                                 struct err *err)
{
    const struct cadre_query *ask = query->message;
    struct cadre_reply *reply = ret_reply;
    enum status st = check_on_duty(ctx, query->person, err);
    if (st != STATUS_OK) {
        return st;
    }
    if (ask->cadre.len == 0) {
        reply->cadres = cadre_list(ctx, ask);
        return STATUS_OK;
    }
    struct cadre_row row;
    if (!register_find_cadre(ctx, ask->cadre, &row)) {
        return fail_field(err, STATUS_NOT_FOUND, "cadre",
                          "there is no cadre '%.*s' in the register", BYTES_FMT(ask->cadre));
    }
    struct buf out = {0};
    put_cadre(ask->cadre, &row, &reply->cadres, &out);
    reply->cadres = keep(ctx, reply->cadres, &out);
    return STATUS_OK;
}

/* ---- reports -------------------------------------------------------------------------------- */

static struct list pending_list(struct ctx *ctx, uint64_t issue)
{
    struct register_key from = register_fact_key(issue, 0);
    struct bytes prefix = bytes_of(from.bytes, 8);
    struct bytes key = register_key_bytes(&from);
    struct bytes value;
    struct list list = {0};
    struct buf out = {0};
    while (list.count < PENDING_MAX && table_next(ctx, PENDING, key, &key, &value) == STATUS_OK &&
           bytes_start_with(key, prefix)) {
        struct record record;
        if (record_get(ctx, be64_load(key.p + 8), &record) == STATUS_OK) {
            struct pending_part part = {
                .seq = record.seq, .type = record.type, .at = record.at, .actor = record.actor};
            list_put_message(&list, &out, &pending_part_type, &part);
        }
    }
    return keep(ctx, list, &out);
}

enum status intake_answer_report(struct ctx *ctx, const struct query *query, void *ret_reply,
                                 struct err *err)
{
    const struct report_query *ask = query->message;
    struct report_reply *reply = ret_reply;
    struct report_row row;
    enum status st = check_on_duty(ctx, query->person, err);
    if (st == STATUS_OK) {
        st = register_read_report(ctx, ask->issue, &row, err);
    }
    if (st == STATUS_OK) {
        *reply = (struct report_reply){.issue = ask->issue,
                                       .seq = row.seq,
                                       .cadre = row.cadre,
                                       .pending = pending_list(ctx, ask->issue)};
    }
    return st;
}

/* Intake does not know which sections have a part in an issue, so that here every leader is in
 * charge of it; what it shows of an issue is who reported and who told. */
enum status intake_may_see_issue(struct ctx *ctx, struct bytes person, uint64_t issue,
                                 struct err *err)
{
    struct actor actor = register_find_actor(ctx, person);
    if (issue == 0) {
        return actor_has_role(&actor, ROLE_BIT(ROLE_OPERATOR) | ROLE_BIT(ROLE_SUPERVISOR))
                   ? STATUS_OK
                   : fail(err, STATUS_FORBIDDEN,
                          "only the operator and supervisors read the whole journal");
    }
    struct report_row row;
    enum status st = register_read_report(ctx, issue, &row, err);
    if (st != STATUS_OK || actor_has_role(&actor, ROLE_BIT(ROLE_LEADER))) {
        return st;
    }
    struct household_row household = {0};
    (void)register_find_household(ctx, row.household, &household);
    struct object object = {
        .office = &ctx_config(ctx)->office, .cadre = row.cadre, .area = household.village};
    return may(&actor, ACTION_VIEW_ISSUE, &object, err);
}
