/* SPDX-License-Identifier: Apache-2.0 */
/* What people ask about the register, and about reports. */
#include "base/endian.h"
#include "intake/links.h"
#include "intake/scope.h"

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

/* Of a cadre's own households none is without a cadre. */
static enum status narrow_to_uncovered(struct scope *scope, struct err *err)
{
    if (scope->table == CADRE_HOUSEHOLDS) {
        return fail(err, STATUS_FORBIDDEN,
                    "households without a cadre are shown to the office, supervisors, the operator "
                    "and the secretaries and liaisons of their area");
    }
    *scope = (struct scope){.table = CADRE_HOUSEHOLDS,
                            .area = scope->table == AREA_HOUSEHOLDS ? scope->word : scope->area,
                            .is_indexed = true};
    return STATUS_OK;
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
    uint32_t limit = ask->limit == 0 ? PAGE_MAX : ask->limit;
    struct bytes id = ask->after;
    struct list list = {0};
    struct buf out = {0};
    while (list.count < limit && scope_next(ctx, scope, &id)) {
        struct household_row row;
        bool is_known = register_find_household(ctx, id, &row);
        CHECK(is_known);
        if (scope_has(ctx, scope, &row)) {
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
    if (!scope_may_see(ctx, actor, row.cadre, row.village, err)) {
        return STATUS_FORBIDDEN;
    }
    if (ask->cadre.len == 0 || bytes_equal(ask->cadre, row.cadre)) {
        put_household(ask->household, &row, &reply->households, &out);
        reply->households = keep(ctx, reply->households, &out);
        reply->links = links_list(ctx, ask->household);
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
    if (ask->without_cadre && ask->cadre.len != 0) {
        return fail_field(err, STATUS_INVALID, "without_cadre",
                          "households without a cadre are nobody's; leave out one of the two");
    }
    struct scope scope;
    enum status st = scope_find(ctx, &actor, ACTION_VIEW_HOUSEHOLD,
                                &(struct scope_ask){.cadre = ask->cadre}, &scope, err);
    if (st == STATUS_OK && ask->without_cadre) {
        st = narrow_to_uncovered(&scope, err);
    }
    if (st == STATUS_OK) {
        reply->households = household_list(ctx, &scope, ask);
    }
    return st;
}

/* ---- cadres --------------------------------------------------------------------------------- */

static enum status check_right(struct ctx *ctx, struct bytes person, enum action action,
                               struct err *err)
{
    struct actor actor = register_find_actor(ctx, person);
    struct object object = {.office = &ctx_config(ctx)->office};
    return may(&actor, action, &object, err);
}

static void put_cadre(struct bytes id, const struct cadre_row *row, struct list *list,
                      struct buf *out)
{
    struct cadre_view_part part = {.cadre = id,
                                   .name = row->name,
                                   .unit = row->unit,
                                   .post = row->post,
                                   .phone = row->phone,
                                   .households = row->households,
                                   .left_at = row->left_at};
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
    enum status st = check_right(ctx, query->person, ACTION_VIEW_PEOPLE, err);
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
    enum status st = check_right(ctx, query->person, ACTION_VIEW_STATE, err);
    if (st == STATUS_OK) {
        st = register_read_report(ctx, ask->issue, &row, err);
    }
    if (st == STATUS_OK) {
        *reply = (struct report_reply){.issue = ask->issue,
                                       .seq = row.seq,
                                       .cadre = register_find_issue_owner(ctx, &row),
                                       .pending = pending_list(ctx, ask->issue),
                                       .visit = row.visit};
    }
    return st;
}

/* Intake does not know which sections have a part in an issue: here it is shown to those who see it
 * through its household, or all. */
enum status intake_may_see_issue(struct ctx *ctx, struct bytes person, uint64_t issue,
                                 struct err *err)
{
    struct actor actor = register_find_actor(ctx, person);
    if (issue == 0) {
        struct object object = {.office = &ctx_config(ctx)->office};
        return may(&actor, ACTION_READ_JOURNAL, &object, err);
    }
    struct report_row row;
    enum status st = register_read_report(ctx, issue, &row, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct household_row household = {0};
    (void)register_find_household(ctx, row.household, &household);
    struct object object = {
        .office = &ctx_config(ctx)->office, .cadre = row.cadre, .area = household.village};
    if (may(&actor, ACTION_VIEW_ISSUE, &object, err) == STATUS_OK) {
        return STATUS_OK; /* who reported it, also after the household changed hands */
    }
    object.cadre = register_find_issue_owner(ctx, &row);
    return may(&actor, ACTION_VIEW_ISSUE, &object, err);
}
