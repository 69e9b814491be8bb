/* SPDX-License-Identifier: Apache-2.0 */
/* Who is still to be visited in a half, and how far it has come. */
#include "intake/coverage.h"
#include "intake/halves.h"
#include "intake/scope.h"

#define PAGE_MAX 200U
/* Households or places that a page looks at: one that is full of visited ones is not a long wait
 * for everybody else. */
#define LOOKED_AT_MAX 20000U

static struct list keep(struct ctx *ctx, struct list list, struct buf *out)
{
    struct bytes kept = ctx_copy(ctx, buf_bytes(out));
    list.p = kept.p;
    list.len = kept.len;
    buf_done(out);
    return list;
}

/* "2026H2", or the present half. Which have not begun yet nobody owes. */
static enum status read_half(const struct ctx *ctx, struct bytes word, uint32_t *ret_half,
                             struct err *err)
{
    const struct config *config = ctx_config(ctx);
    uint32_t now = visit_half_of(&config->visits, config->zone, ctx_now(ctx));
    enum status st = STATUS_OK;
    *ret_half = now;
    if (word.len != 0) {
        st = visit_half_parse(word, ret_half, err);
        if (st == STATUS_OK && *ret_half > now) {
            st = fail(err, STATUS_INVALID, "%.*s has not begun", BYTES_FMT(word));
        }
    }
    if (st != STATUS_OK) {
        struct err why = *err;
        st = fail_field(err, st, "half", "%s", why.text);
    }
    return st;
}

static struct bytes half_word(struct ctx *ctx, uint32_t half)
{
    char text[VISIT_HALF_TEXT_BYTES];
    visit_half_format(half, text);
    return ctx_copy(ctx, bytes_of_string(text));
}

/* ---- households to be visited --------------------------------------------------------------- */

static void put_due(struct ctx *ctx, struct bytes id, const struct household_row *row,
                    struct list *list, struct buf *out)
{
    struct visit_due_part part = {.household = id,
                                  .head = row->head,
                                  .community = row->community,
                                  .village = row->village,
                                  .group = row->group,
                                  .cadre = row->cadre,
                                  .name = register_cadre_name(ctx, row->cadre)};
    list_put_message(list, out, &visit_due_part_type, &part);
}

/* The households of a page, with the links that count for the half. */
struct walk {
    struct scope scope;
    uint32_t half;
    struct bytes community; /* only in it; empty: all */
    bool is_over;           /* the half has ended */
};

/* The next household that is, or was when a half ended, in the scope. */
static bool next_household(struct ctx *ctx, const struct walk *walk, struct bytes *id)
{
    struct scope past = walk->scope;
    struct bytes present = *id;
    struct bytes former = *id;
    past.table = PAST_HOUSEHOLDS;
    bool has_present = scope_next(ctx, &walk->scope, &present);
    bool has_former = walk->is_over && walk->scope.is_indexed && scope_next(ctx, &past, &former);
    bool is_former = has_former && (!has_present || bytes_compare(former, present) < 0);
    *id = is_former ? former : present;
    return has_present || has_former;
}

static bool is_in(struct ctx *ctx, const struct walk *walk, const struct household_row *row)
{
    const struct scope *scope = &walk->scope;
    bool is_of_word =
        !scope->is_indexed || bytes_equal(scope->word, row->cadre) ||
        (scope->table == AREA_HOUSEHOLDS &&
         (bytes_equal(scope->word, row->village) || bytes_equal(scope->word, row->community)));
    return is_of_word && scope_has(ctx, scope, row) &&
           (walk->community.len == 0 || bytes_equal(row->community, walk->community));
}

static bool is_due(struct ctx *ctx, const struct walk *walk, struct bytes id,
                   struct household_row *ret_row)
{
    return halves_find_household(ctx, id, walk->half, ret_row) && ret_row->cadre.len != 0 &&
           is_in(ctx, walk, ret_row) && !coverage_is_visited(ctx, id, walk->half);
}

static struct list due_list(struct ctx *ctx, const struct walk *walk, struct bytes after,
                            uint32_t limit)
{
    struct bytes id = after;
    struct list list = {0};
    struct buf out = {0};
    for (uint32_t i = 0; i < LOOKED_AT_MAX && list.count < limit && next_household(ctx, walk, &id);
         i++) {
        struct household_row row;
        if (is_due(ctx, walk, id, &row)) {
            put_due(ctx, id, &row, &list, &out);
        }
    }
    return keep(ctx, list, &out);
}

/* The present day counts. */
static uint32_t days_until(struct wall now, struct wall end)
{
    int64_t day_us = S_PER_DAY * US_PER_S;
    return now.us < end.us ? (uint32_t)((end.us - now.us + day_us - 1) / day_us) : 0;
}

enum status intake_answer_visits_due(struct ctx *ctx, const struct query *query, void *ret_reply,
                                     struct err *err)
{
    const struct visit_due_query *ask = query->message;
    const struct config *config = ctx_config(ctx);
    struct visit_due_reply *reply = ret_reply;
    struct actor actor = register_find_actor(ctx, query->person);
    struct scope_ask narrowed = {ask->cadre, ask->village.len != 0 ? ask->village : ask->community};
    struct walk walk = {.community = ask->community};
    enum status st = read_half(ctx, ask->half, &walk.half, err);
    if (st == STATUS_OK) {
        st = scope_find(ctx, &actor, ACTION_VIEW_VISITS, &narrowed, &walk.scope, err);
    }
    if (st == STATUS_OK) {
        uint32_t limit = ask->limit == 0 ? PAGE_MAX : ask->limit;
        struct wall end = visit_half_end(&config->visits, config->zone, walk.half);
        walk.is_over = halves_is_over(ctx, walk.half);
        *reply = (struct visit_due_reply){.half = half_word(ctx, walk.half),
                                          .due = {end.us - US_PER_S},
                                          .days_left = days_until(ctx_now(ctx), end),
                                          .households = due_list(ctx, &walk, ask->after, limit)};
    }
    return st;
}

/* ---- coverage ------------------------------------------------------------------------------- */

/* A cadre sees the own row; a secretary the own area; others everything. */
static bool may_see(struct ctx *ctx, const struct actor *actor, const struct coverage_place *place,
                    struct err *err)
{
    struct object object = {.office = &ctx_config(ctx)->office};
    if (place->scope == COVERAGE_SCOPE_CADRE) {
        object.cadre = place->id;
    } else {
        object.area = place->id;
    }
    return may(actor, ACTION_VIEW_COVERAGE, &object, err) == STATUS_OK;
}

static struct bytes find_name(struct ctx *ctx, const struct coverage_place *place)
{
    const struct area *area = office_find_area(&ctx_config(ctx)->office, place->id);
    if (place->scope != COVERAGE_SCOPE_CADRE) {
        return area == NULL ? (struct bytes){0} : area->name;
    }
    return register_cadre_name(ctx, place->id);
}

static void put_coverage(struct ctx *ctx, const struct coverage_place *place, uint32_t half,
                         struct list *list, struct buf *out)
{
    struct coverage coverage = coverage_get(ctx, half, place->scope, place->id);
    uint32_t left = coverage.assigned > coverage.visited ? coverage.assigned - coverage.visited : 0;
    if (coverage.assigned == 0) {
        return;
    }
    struct coverage_part part = {
        .id = place->id,
        .name = find_name(ctx, place),
        .half = half_word(ctx, half),
        .assigned = coverage.assigned,
        .visited = coverage.visited,
        .left = left,
        .permille = (uint32_t)((uint64_t)(coverage.assigned - left) * 1000 / coverage.assigned)};
    list_put_message(list, out, &coverage_part_type, &part);
}

/* What somebody who does not say it wants counted: the whole street's communities, the own
 * community or village, or what is linked to them. */
static enum coverage_scope usual_scope(struct ctx *ctx, const struct actor *actor)
{
    const struct office *office = &ctx_config(ctx)->office;
    const struct area *area = office_find_area(office, actor->area);
    const struct object object = {.office = office, .area = actor->area};
    struct err unheard;
    return may(actor, ACTION_VIEW_COVERAGE, &object, &unheard) != STATUS_OK ? COVERAGE_SCOPE_CADRE
           : area != NULL && area->parent.len != 0                          ? COVERAGE_SCOPE_VILLAGE
                                                   : COVERAGE_SCOPE_COMMUNITY;
}

static struct bytes place_of(struct ctx *ctx, enum coverage_scope scope, struct bytes id)
{
    uint8_t *place = ctx_take(ctx, 1 + id.len);
    place[0] = (uint8_t)scope;
    if (id.len != 0) {
        memcpy(place + 1, id.p, id.len);
    }
    return bytes_of(place, 1 + id.len);
}

enum status intake_answer_coverage(struct ctx *ctx, const struct query *query, void *ret_reply,
                                   struct err *err)
{
    const struct coverage_query *ask = query->message;
    struct coverage_reply *reply = ret_reply;
    struct actor actor = register_find_actor(ctx, query->person);
    enum coverage_scope scope =
        ask->by != 0 ? (enum coverage_scope)ask->by : usual_scope(ctx, &actor);
    uint32_t half;
    enum status st = read_half(ctx, ask->half, &half, err);
    if (st != STATUS_OK) {
        return st;
    }
    uint32_t limit = ask->limit == 0 ? PAGE_MAX : ask->limit;
    struct coverage_place place = {.place = place_of(ctx, scope, ask->after)};
    struct list list = {0};
    struct buf out = {0};
    bool was_refused = false;
    while (list.count < limit && coverage_next(ctx, half, place.place, &place) &&
           place.scope == scope) {
        if (may_see(ctx, &actor, &place, err)) {
            put_coverage(ctx, &place, half, &list, &out);
        } else {
            was_refused = true;
        }
    }
    st = list.count == 0 && was_refused && ask->after.len == 0 ? STATUS_FORBIDDEN : STATUS_OK;
    reply->coverage = keep(ctx, list, &out);
    return st;
}
