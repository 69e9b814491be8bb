/* SPDX-License-Identifier: Apache-2.0 */
/* What people ask about visits and promises. */
#include "domain/words.h"
#include "intake/scope.h"
#include "intake/visits.h"

#define PAGE_MAX 200U
#define PROMISES_PAGE_MAX 50U
/* Entries that a page looks at; more than a page when most belong to somebody else. */
#define LOOKED_AT_MAX 2000U

static struct list keep(struct ctx *ctx, struct list list, struct buf *out)
{
    struct bytes kept = ctx_copy(ctx, buf_bytes(out));
    list.p = kept.p;
    list.len = kept.len;
    buf_done(out);
    return list;
}

/* Who made a visit may see it, and who has to do with the household now. */
static enum status check_right(struct ctx *ctx, const struct actor *actor, enum action action,
                               const struct visit_row *row, struct err *err)
{
    struct household_row household = {0};
    struct object object = {
        .office = &ctx_config(ctx)->office, .cadre = row->cadre, .area = row->village};
    if (may(actor, action, &object, err) == STATUS_OK) {
        return STATUS_OK;
    }
    (void)register_find_household(ctx, row->household, &household);
    object.cadre = household.cadre;
    object.area = household.village;
    return may(actor, action, &object, err);
}

static struct bytes half_word(struct ctx *ctx, uint32_t half)
{
    char text[VISIT_HALF_TEXT_BYTES];
    visit_half_format(half, text);
    return ctx_copy(ctx, bytes_of_string(text));
}

/* ---- one visit ------------------------------------------------------------------------------ */

static bool fill_promise(struct ctx *ctx, uint64_t promise, const struct visited_event *event,
                         struct promise_view_part *ret_part)
{
    struct promise_row row;
    struct promised_part part = {0};
    struct household_row household = {0};
    if (!visits_find_promise(ctx, promise, &row)) {
        return false;
    }
    (void)visits_promise_of(event, promise, &part);
    (void)register_find_household(ctx, row.household, &household);
    *ret_part = (struct promise_view_part){.promise = promise,
                                           .visit = promise / PROMISES_PER_VISIT,
                                           .household = row.household,
                                           .cadre = row.cadre,
                                           .due = row.due,
                                           .is_overdue = row.is_overdue,
                                           .name = register_cadre_name(ctx, row.cadre),
                                           .words = part.words,
                                           .head = household.head};
    struct record record;
    struct promise_kept_event *kept = ctx_take(ctx, sizeof *kept);
    struct err err;
    if (row.kept != 0 && record_get(ctx, row.kept, &record) == STATUS_OK &&
        record_message(&record, &promise_kept_event_type, kept, &err) == STATUS_OK) {
        ret_part->kept_at = record.at;
        ret_part->kept_words = kept->words;
    }
    return true;
}

static void fill_texts(struct ctx *ctx, uint64_t visit, struct visit_view *view)
{
    struct visited_event *event = ctx_take(ctx, sizeof *event);
    struct promise_view_part part;
    struct buf out = {0};
    if (!visits_read_event(ctx, visit, event)) {
        return;
    }
    view->words = event->words;
    for (uint64_t i = 1; i <= event->promises.count; i++) {
        if (fill_promise(ctx, visit * PROMISES_PER_VISIT + i, event, &part)) {
            list_put_message(&view->promises, &out, &promise_view_part_type, &part);
        }
    }
    view->promises = keep(ctx, view->promises, &out);
}

enum status intake_answer_visit(struct ctx *ctx, const struct query *query, void *ret_reply,
                                struct err *err)
{
    const struct visit_query *ask = query->message;
    struct visit_view *view = ret_reply;
    struct visit_row row;
    struct err unheard;
    if (!visits_find(ctx, ask->visit, &row)) {
        return fail_field(err, STATUS_NOT_FOUND, "visit",
                          "there is no visit %llu; 'lianhu visit list' lists them",
                          (unsigned long long)ask->visit);
    }
    struct actor actor = register_find_actor(ctx, query->person);
    enum status st = check_right(ctx, &actor, ACTION_VIEW_VISITS, &row, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct visited_event *event = ctx_take(ctx, sizeof *event);
    *view = (struct visit_view){.visit = ask->visit,
                                .household = row.household,
                                .village = row.village,
                                .cadre = row.cadre,
                                .mode = row.mode,
                                .at = row.at,
                                .entered_at = row.entered_at,
                                .half = half_word(ctx, row.half),
                                .is_late = row.is_late,
                                .transport = row.transport,
                                .is_official_car = row.transport == (int)TRAVEL_OFFICIAL,
                                .issues = row.issues};
    if (visits_read_event(ctx, ask->visit, event)) {
        view->items = event->items;
    }
    if (check_right(ctx, &actor, ACTION_READ_VISIT, &row, &unheard) == STATUS_OK) {
        fill_texts(ctx, ask->visit, view);
    }
    return STATUS_OK;
}

/* ---- lists ---------------------------------------------------------------------------------- */

/* Where a list is read. */
struct walk {
    enum visit_index index;
    struct bytes word;
    struct bytes area;  /* only those in it; empty: all */
    struct bytes cadre; /* only this cadre's; empty: all */
};

static struct walk walk_of(const struct scope *scope)
{
    return scope->table == CADRE_HOUSEHOLDS
               ? (struct walk){.index = VISIT_INDEX_CADRE, .word = scope->word, .area = scope->area}
           : scope->table == AREA_HOUSEHOLDS
               ? (struct walk){.index = VISIT_INDEX_AREA, .word = scope->word}
               : (struct walk){.index = VISIT_INDEX_ALL};
}

/* What a list is asked for. */
struct narrowed {
    enum action action;
    struct bytes household;
    struct scope_ask scope;
};

/* A household's own list, or what the person may see of cadre and area. */
static enum status find_walk(struct ctx *ctx, const struct actor *actor, const struct narrowed *ask,
                             struct walk *ret_walk, struct err *err)
{
    struct bytes household = ask->household;
    struct household_row row;
    struct scope scope;
    if (household.len == 0) {
        enum status st = scope_find(ctx, actor, ask->action, &ask->scope, &scope, err);
        *ret_walk = st == STATUS_OK ? walk_of(&scope) : (struct walk){0};
        return st;
    }
    if (!register_find_household(ctx, household, &row)) {
        return fail_field(err, STATUS_NOT_FOUND, "household",
                          "there is no household '%.*s' in the register", BYTES_FMT(household));
    }
    struct object object = {
        .office = &ctx_config(ctx)->office, .cadre = row.cadre, .area = row.village};
    *ret_walk = (struct walk){.index = VISIT_INDEX_HOUSEHOLD,
                              .word = household,
                              .area = ask->scope.area,
                              .cadre = ask->scope.cadre};
    return may(actor, ask->action, &object, err);
}

static bool is_wanted(const struct ctx *ctx, const struct walk *walk, const struct visit_row *row)
{
    const struct office *office = &ctx_config(ctx)->office;
    return (walk->area.len == 0 || office_area_is_within(office, row->village, walk->area)) &&
           (walk->cadre.len == 0 || bytes_equal(row->cadre, walk->cadre));
}

static void put_visit(struct ctx *ctx, uint64_t visit, const struct visit_row *row,
                      struct list *list, struct buf *out)
{
    struct visit_part part = {.visit = visit,
                              .household = row->household,
                              .village = row->village,
                              .cadre = row->cadre,
                              .mode = row->mode,
                              .at = row->at,
                              .entered_at = row->entered_at,
                              .is_late = row->is_late,
                              .is_official_car = row->transport == (int)TRAVEL_OFFICIAL,
                              .issues = row->issues,
                              .promises = row->promises,
                              .name = register_cadre_name(ctx, row->cadre)};
    list_put_message(list, out, &visit_part_type, &part);
}

enum status intake_answer_visits(struct ctx *ctx, const struct query *query, void *ret_reply,
                                 struct err *err)
{
    const struct visit_list_query *ask = query->message;
    struct visit_list_reply *reply = ret_reply;
    struct actor actor = register_find_actor(ctx, query->person);
    struct visit_place place = {ask->from, 0};
    struct visit_row row;
    struct walk walk;
    struct narrowed narrowed = {ACTION_VIEW_VISITS, ask->household, {ask->cadre, ask->area}};
    enum status st = find_walk(ctx, &actor, &narrowed, &walk, err);
    if (st != STATUS_OK) {
        return st;
    }
    if (ask->after != 0) {
        if (!visits_find(ctx, ask->after, &row)) {
            return fail_field(err, STATUS_NOT_FOUND, "after", "there is no visit %llu",
                              (unsigned long long)ask->after);
        }
        place = (struct visit_place){row.at, ask->after};
    }
    uint32_t limit = ask->limit == 0 ? PAGE_MAX : ask->limit;
    struct list list = {0};
    struct buf out = {0};
    for (uint32_t i = 0; i < LOOKED_AT_MAX && list.count < limit; i++) {
        reply->through = 0;
        if (!visits_next(ctx, VISIT_INDEX, walk.index, walk.word, &place) ||
            (ask->until.us != 0 && place.at.us >= ask->until.us)) {
            break;
        }
        reply->through = place.number;
        if (visits_find(ctx, place.number, &row) && is_wanted(ctx, &walk, &row)) {
            put_visit(ctx, place.number, &row, &list, &out);
        }
    }
    reply->visits = keep(ctx, list, &out);
    return STATUS_OK;
}

/* ---- promises ------------------------------------------------------------------------------- */

static bool put_promise(struct ctx *ctx, const struct walk *walk, uint64_t promise,
                        struct list *list, struct buf *out)
{
    struct visited_event *event = ctx_take(ctx, sizeof *event);
    struct promise_view_part part;
    struct visit_row row;
    uint64_t visit = promise / PROMISES_PER_VISIT;
    if (!visits_find(ctx, visit, &row) || !visits_read_event(ctx, visit, event) ||
        !fill_promise(ctx, promise, event, &part)) {
        return false;
    }
    row.cadre = part.cadre;
    if (is_wanted(ctx, walk, &row)) {
        list_put_message(list, out, &promise_view_part_type, &part);
    }
    return true;
}

enum status intake_answer_promises(struct ctx *ctx, const struct query *query, void *ret_reply,
                                   struct err *err)
{
    const struct promise_query *ask = query->message;
    struct promise_reply *reply = ret_reply;
    struct actor actor = register_find_actor(ctx, query->person);
    struct visit_place place = {{0}, 0};
    struct promise_row row;
    struct walk walk;
    struct narrowed narrowed = {ACTION_READ_VISIT, ask->household, {ask->cadre, ask->area}};
    enum status st = find_walk(ctx, &actor, &narrowed, &walk, err);
    if (st != STATUS_OK) {
        return st;
    }
    if (ask->after != 0) {
        if (!visits_find_promise(ctx, ask->after, &row)) {
            return fail_field(err, STATUS_NOT_FOUND, "after", "there is no promise %llu",
                              (unsigned long long)ask->after);
        }
        place = (struct visit_place){row.due, ask->after};
    }
    uint32_t limit = ask->limit == 0 ? PROMISES_PAGE_MAX : ask->limit;
    struct list list = {0};
    struct buf out = {0};
    for (uint32_t i = 0; i < LOOKED_AT_MAX && list.count < limit; i++) {
        reply->through = 0;
        if (!visits_next(ctx, PROMISE_INDEX, walk.index, walk.word, &place)) {
            break;
        }
        reply->through = place.number;
        (void)put_promise(ctx, &walk, place.number, &list, &out);
    }
    reply->promises = keep(ctx, list, &out);
    return STATUS_OK;
}
