/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person owes to households: promises one by one, households to visit and cards to bring in
 * one row each, because forty of them would hide everything else; and households without a cadre, a
 * row for each community, for whoever has to find one.
 */
#include "base/memory.h"
#include "domain/duty.h"
#include "intake/cards.h"
#include "intake/coverage.h"
#include "intake/visits.h"

#include <stdlib.h>

#define PAGE_MAX 200U
#define LOOKED_AT_MAX 20000U
#define CARDS_LOOKED_AT_MAX 2000U

struct item {
    struct duty_place place;
    uint32_t count;   /* households, or cards to bring */
    uint32_t stale;   /* cards to replace */
    uint32_t missing; /* cards that were never printed */
};

/* The answer while it is filled. */
struct agenda {
    struct ctx *ctx;
    struct actor actor;
    uint32_t looked;
    bool is_cut;
    struct item *items;
    size_t count;
    size_t cap;
};

static void add(struct agenda *agenda, const struct item *item)
{
    if (agenda->count == agenda->cap) {
        agenda->cap = agenda->cap == 0 ? 16 : agenda->cap * 2;
        agenda->items = memory_resize(agenda->items, agenda->cap, sizeof *agenda->items);
    }
    agenda->items[agenda->count++] = *item;
}

/* Counts a look; false when there were enough. */
static bool may_look(struct agenda *agenda, uint32_t max)
{
    agenda->is_cut = agenda->is_cut || agenda->looked >= max;
    return agenda->looked++ < max;
}

/* ---- a cadre's ------------------------------------------------------------------------------ */

static uint32_t present_half(const struct ctx *ctx)
{
    const struct config *config = ctx_config(ctx);
    return visit_half_of(&config->visits, config->zone, ctx_now(ctx));
}

static void add_visits(struct agenda *agenda)
{
    const struct config *config = ctx_config(agenda->ctx);
    uint32_t half = present_half(agenda->ctx);
    struct coverage coverage =
        coverage_get(agenda->ctx, half, COVERAGE_SCOPE_CADRE, agenda->actor.id);
    struct wall end = visit_half_end(&config->visits, config->zone, half);
    if (coverage.assigned > coverage.visited) {
        add(agenda, &(struct item){.place = {.due = {end.us - US_PER_S}, .kind = DUTY_KIND_VISIT},
                                   .count = coverage.assigned - coverage.visited});
    }
}

static void add_promises(struct agenda *agenda)
{
    struct visit_place place = {{0}, 0};
    while (may_look(agenda, LOOKED_AT_MAX) &&
           visits_next(agenda->ctx, PROMISE_INDEX, VISIT_INDEX_CADRE, agenda->actor.id, &place)) {
        add(agenda,
            &(struct item){
                .place = {.due = place.at, .kind = DUTY_KIND_PROMISE, .number = place.number}});
    }
}

/* Those that nobody printed yet, those that were not brought yet, and those on which something has
 * changed since. */
static void add_cards(struct agenda *agenda)
{
    struct ctx *ctx = agenda->ctx;
    struct register_key from = register_pair_key(agenda->actor.id, (struct bytes){0});
    struct bytes prefix = bytes_of(from.bytes, from.len);
    struct bytes key = ctx_copy(ctx, prefix);
    struct bytes value;
    struct item item = {.place.kind = DUTY_KIND_CARD};
    struct card *card = ctx_take(ctx, sizeof *card);
    agenda->looked = 0;
    while (may_look(agenda, CARDS_LOOKED_AT_MAX) &&
           table_next(ctx, CADRE_HOUSEHOLDS, key, &key, &value) == STATUS_OK &&
           bytes_start_with(key, prefix)) {
        struct bytes id = bytes_of(key.p + prefix.len, key.len - prefix.len);
        struct card_row row = card_row_read(ctx, id);
        if (!card_read(ctx, id, card)) {
            continue;
        }
        int state = card_state_of(&row, edition_bytes(&card->edition));
        item.missing += state == CARD_STATE_NONE;
        item.count += state == CARD_STATE_PRINTED;
        item.stale += state == CARD_STATE_STALE;
    }
    if (item.missing + item.count + item.stale != 0) {
        add(agenda, &item);
    }
}

/* ---- who finds a cadre ---------------------------------------------------------------------- */

static uint32_t count_uncovered(struct agenda *agenda, struct bytes community)
{
    struct register_key from = register_pair_key(community, (struct bytes){0});
    struct bytes prefix = bytes_of(from.bytes, from.len);
    struct bytes key = ctx_copy(agenda->ctx, prefix);
    struct bytes value;
    uint32_t count = 0;
    while (may_look(agenda, LOOKED_AT_MAX) &&
           table_next(agenda->ctx, UNCOVERED, key, &key, &value) == STATUS_OK &&
           bytes_start_with(key, prefix)) {
        count++;
    }
    return count;
}

static void add_uncovered(struct agenda *agenda)
{
    const struct office *office = &ctx_config(agenda->ctx)->office;
    bool is_head = actor_has_role(&agenda->actor, ROLE_BIT(ROLE_OFFICE_HEAD));
    bool is_secretary = actor_has_role(&agenda->actor, ROLE_BIT(ROLE_COMMUNITY_SECRETARY));
    agenda->looked = 0;
    for (uint32_t i = 0; i < office->area_count; i++) {
        const struct area *area = &office->areas[i];
        bool is_theirs = is_head || (is_secretary && bytes_equal(area->id, agenda->actor.area));
        uint32_t count = is_theirs && area->parent.len == 0 ? count_uncovered(agenda, area->id) : 0;
        if (count != 0) {
            add(agenda, &(struct item){.place = {.kind = DUTY_KIND_COVERAGE, .where = area->id},
                                       .count = count});
        }
    }
}

/* ---- the rows ------------------------------------------------------------------------------- */

static struct bytes keep_text(struct ctx *ctx, struct buf *out)
{
    struct bytes kept = ctx_copy(ctx, buf_bytes(out));
    buf_done(out);
    return kept;
}

static struct bytes then_text(struct ctx *ctx, const struct item *item, const char *words)
{
    struct buf out = {0};
    char at[WALL_TEXT_BYTES];
    wall_format_minute(item->place.due, ctx_config(ctx)->zone, at);
    buf_append_format(&out, "%s: %s", at, words);
    return keep_text(ctx, &out);
}

static void fill_visits(struct ctx *ctx, const struct item *item, struct duty_part *part)
{
    char half[VISIT_HALF_TEXT_BYTES];
    struct buf title = {0};
    visit_half_format(present_half(ctx), half);
    buf_append_format(&title, "%u household%s not visited at home in %s", item->count,
                      item->count == 1 ? "" : "s", half);
    part->title = keep_text(ctx, &title);
    part->what = BYTES("visits them; 'visit due' lists them");
    part->then = then_text(ctx, item, "the half ends and they count as missed");
}

static void fill_promise(struct ctx *ctx, const struct item *item, struct duty_part *part)
{
    struct visited_event *event = ctx_take(ctx, sizeof *event);
    struct promised_part promised = {0};
    struct promise_row row;
    uint64_t promise = item->place.number;
    if (visits_find_promise(ctx, promise, &row)) {
        part->household = row.household;
        part->is_overdue = row.is_overdue;
    }
    if (visits_read_event(ctx, promise / PROMISES_PER_VISIT, event) &&
        visits_promise_of(event, promise, &promised)) {
        part->title = promised.words;
    }
    part->promise = promise;
    part->what = BYTES("keeps it and says how with 'visit keep'");
    part->then = part->is_overdue
                     ? (struct bytes){0}
                     : then_text(ctx, item, "it is overdue, and the community secretary is told");
}

static void fill_cards(struct ctx *ctx, const struct item *item, struct duty_part *part)
{
    const struct {
        uint32_t count;
        const char *how;
    } kinds[] = {
        {item->missing, "to print"}, {item->count, "to bring"}, {item->stale, "out of date"}};
    struct buf title = {0};
    part->count = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].count != 0) {
            buf_append_format(&title, "%s%u contact card%s %s", title.len != 0 ? ", " : "",
                              kinds[i].count, kinds[i].count == 1 ? "" : "s", kinds[i].how);
        }
        part->count += kinds[i].count;
    }
    part->title = keep_text(ctx, &title);
    part->what =
        BYTES("prints them with 'card print', brings them and says so with 'card deliver'; "
              "'card list' says how each stands");
}

static void fill_uncovered(struct ctx *ctx, const struct item *item, struct duty_part *part)
{
    const struct area *area = office_find_area(&ctx_config(ctx)->office, item->place.where);
    struct buf title = {0};
    buf_append_format(&title, "%u household%s without a cadre in %.*s", item->count,
                      item->count == 1 ? "" : "s", BYTES_FMT(area->name));
    part->title = keep_text(ctx, &title);
    part->community = area->id;
    part->what = BYTES("finds a cadre; 'household list --without-cadre' lists them, 'cadre "
                       "handover' gives them");
}

static struct duty_part part_of(struct ctx *ctx, const struct item *item)
{
    static void (*const fills[DUTY_KIND_COUNT])(struct ctx *, const struct item *,
                                                struct duty_part *) = {
        [DUTY_KIND_VISIT] = fill_visits,
        [DUTY_KIND_PROMISE] = fill_promise,
        [DUTY_KIND_CARD] = fill_cards,
        [DUTY_KIND_COVERAGE] = fill_uncovered,
    };
    char *id = ctx_take(ctx, DUTY_PLACE_BYTES);
    duty_place_format(&item->place, id);
    struct duty_part part = {.id = bytes_of_string(id),
                             .due_at = item->place.due,
                             .kind = (int)item->place.kind,
                             .count = item->count};
    fills[item->place.kind](ctx, item, &part);
    return part;
}

/* ---- the answer ----------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    return duty_place_compare(&((const struct item *)a)->place, &((const struct item *)b)->place);
}

static bool is_after(const struct item *item, struct bytes after)
{
    char id[DUTY_PLACE_BYTES];
    duty_place_format(&item->place, id);
    return bytes_compare(bytes_of_string(id), after) > 0;
}

static void fill(struct agenda *agenda, const struct agenda_query *ask, struct agenda_reply *reply)
{
    uint32_t limit = ask->limit == 0 ? PAGE_MAX : ask->limit;
    struct buf out = {0};
    if (agenda->count != 0) {
        qsort(agenda->items, agenda->count, sizeof *agenda->items, compare);
    }
    for (size_t i = 0; i < agenda->count; i++) {
        if (!is_after(&agenda->items[i], ask->after)) {
            continue;
        }
        if (reply->duties.count == limit) {
            reply->left++;
        } else {
            struct duty_part part = part_of(agenda->ctx, &agenda->items[i]);
            list_put_message(&reply->duties, &out, &duty_part_type, &part);
        }
    }
    struct bytes kept = ctx_copy(agenda->ctx, buf_bytes(&out));
    reply->duties.p = kept.p;
    reply->duties.len = kept.len;
    buf_done(&out);
}

/* Everybody the office or the register knows has an agenda, be it empty. */
static enum status check_known(struct ctx *ctx, struct bytes person, struct err *err)
{
    struct cadre_row row;
    if (bytes_equal(person, BYTES("operator"))) {
        return fail(err, STATUS_FORBIDDEN,
                    "the operator owes nothing; say with --as whose agenda is wanted");
    }
    if (office_find_person(&ctx_config(ctx)->office, person) == NULL &&
        !register_find_cadre(ctx, person, &row)) {
        return fail(err, STATUS_NOT_FOUND,
                    "there is no person '%.*s', neither in org.yaml nor among the cadres; 'lianhu "
                    "person list' lists everybody",
                    BYTES_FMT(person));
    }
    return STATUS_OK;
}

enum status intake_answer_agenda(struct ctx *ctx, const struct query *query, void *ret_reply,
                                 struct err *err)
{
    struct agenda_reply *reply = ret_reply;
    struct agenda agenda = {.ctx = ctx, .actor = register_find_actor(ctx, query->person)};
    enum status st = check_known(ctx, query->person, err);
    if (st != STATUS_OK) {
        return st;
    }
    if (actor_has_role(&agenda.actor, ROLE_BIT(ROLE_CADRE))) {
        add_visits(&agenda);
        add_promises(&agenda);
        add_cards(&agenda);
    }
    add_uncovered(&agenda);
    reply->now = ctx_now(ctx);
    reply->is_cut = agenda.is_cut;
    fill(&agenda, query->message, reply);
    free(agenda.items);
    return STATUS_OK;
}
