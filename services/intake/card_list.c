/* SPDX-License-Identifier: Apache-2.0 */
/* What people ask about contact cards, to print them and to see what is missing. */
#include "intake/cards.h"
#include "intake/scope.h"

#define PAGE_MAX 200U
#define LOOKED_AT_MAX 2000U
#define PLACES_MAX 200U

/* A page while it is filled. */
struct page {
    struct ctx *ctx;
    const struct card_query *ask;
    struct card_reply *reply;
    struct buf cards;
    struct buf places;
    struct bytes villages[PLACES_MAX]; /* that stand in `places` */
};

static struct list keep(struct ctx *ctx, struct list list, struct buf *out)
{
    struct bytes kept = ctx_copy(ctx, buf_bytes(out));
    list.p = kept.p;
    list.len = kept.len;
    buf_done(out);
    return list;
}

static void put_place(struct page *page, const struct card *card)
{
    struct list *places = &page->reply->places;
    struct bytes village = card->household.village;
    for (uint32_t i = 0; i < places->count; i++) {
        if (bytes_equal(page->villages[i], village)) {
            return;
        }
    }
    struct card_place_part part = {.village = village};
    struct buf out = {0};
    for (uint32_t i = 0; i < card->contact_count; i++) {
        list_put_message(&part.contacts, &out, &card_contact_part_type, &card->contacts[i]);
    }
    list_end(&part.contacts, &out);
    page->villages[places->count] = village;
    list_put_message(places, &page->places, &card_place_part_type, &part);
    buf_done(&out);
}

static struct bytes find_words(struct ctx *ctx, uint64_t seq)
{
    struct record record;
    struct err err;
    struct card_delivered_event *event = ctx_take(ctx, sizeof *event);
    bool is_there = seq != 0 && record_get(ctx, seq, &record) == STATUS_OK &&
                    record_message(&record, &card_delivered_event_type, event, &err) == STATUS_OK;
    return is_there ? event->words : (struct bytes){0};
}

static bool is_wanted(const struct card_query *ask, int state)
{
    bool is_undelivered = state == 0 || state == (int)CARD_STATE_PRINTED;
    bool is_stale = state == (int)CARD_STATE_STALE;
    return (!ask->undelivered && !ask->stale) || (ask->undelivered && is_undelivered) ||
           (ask->stale && is_stale);
}

/* Adds the household's card if it is asked for. */
static void put_card(struct page *page, struct bytes id, struct card *card, bool has_card)
{
    struct card_row row = card_row_read(page->ctx, id);
    struct bytes edition = has_card ? edition_bytes(&card->edition) : (struct bytes){0};
    int state = card_state_of(&row, edition);
    if (!is_wanted(page->ask, state)) {
        return;
    }
    struct card_part part = {.household = id,
                             .head = card->household.head,
                             .community = card->household.community,
                             .village = card->household.village,
                             .cadre = card->household.cadre,
                             .edition = edition,
                             .state = state,
                             .printed_at = row.printed_at,
                             .delivered_at = row.delivered_at,
                             .recorded_at = row.recorded_at,
                             .person = row.person,
                             .words = find_words(page->ctx, row.record)};
    if (has_card) {
        part.name = card->cadre.name;
        part.unit = card->cadre.unit;
        part.post = card->cadre.post;
        part.phone = card->cadre.phone;
        put_place(page, card);
    }
    list_put_message(&page->reply->cards, &page->cards, &card_part_type, &part);
}

/* The cards of the scope after ask->after, as many as fit into a page and one look. */
static void fill(struct page *page, const struct scope *scope)
{
    struct ctx *ctx = page->ctx;
    uint32_t limit = page->ask->limit == 0 ? PAGE_MAX : page->ask->limit;
    struct bytes id = page->ask->after;
    struct card *card = ctx_take(ctx, sizeof *card);
    for (uint32_t looked = 0; page->reply->cards.count < limit && looked < LOOKED_AT_MAX;
         looked++) {
        if (!scope_next(ctx, scope, &id)) {
            page->reply->through = (struct bytes){0};
            return;
        }
        bool has_card = card_read(ctx, id, card);
        if (scope_has(ctx, scope, &card->household)) {
            put_card(page, id, card, has_card);
        }
        page->reply->through = id;
    }
}

static enum status fill_one(struct page *page, const struct actor *actor, struct err *err)
{
    struct bytes id = page->ask->household;
    struct card *card = ctx_take(page->ctx, sizeof *card);
    *card = (struct card){0};
    bool has_card = card_read(page->ctx, id, card);
    if (card->household.head.len == 0) {
        return fail_field(err, STATUS_NOT_FOUND, "household",
                          "there is no household '%.*s' in the register", BYTES_FMT(id));
    }
    if (!scope_may_see(page->ctx, actor, card->household.cadre, card->household.village, err)) {
        return STATUS_FORBIDDEN;
    }
    if (page->ask->after.len == 0) {
        put_card(page, id, card, has_card);
    }
    return STATUS_OK;
}

/* A village is cut out of its community; two areas that lie apart are refused rather than empty. */
static enum status check_areas(struct ctx *ctx, const struct card_query *ask, struct err *err)
{
    const struct office *office = &ctx_config(ctx)->office;
    const struct area *village = office_find_area(office, ask->village);
    const struct area *community = office_find_area(office, ask->community);
    if (ask->village.len != 0 && (village == NULL || village->parent.len == 0)) {
        return fail_field(err, STATUS_INVALID, "village", "there is no village '%.*s' in org.yaml",
                          BYTES_FMT(ask->village));
    }
    if (ask->community.len != 0 && (community == NULL || community->parent.len != 0)) {
        return fail_field(err, STATUS_INVALID, "community",
                          "there is no community '%.*s' in org.yaml", BYTES_FMT(ask->community));
    }
    if (ask->village.len != 0 && ask->community.len != 0 &&
        !bytes_equal(village->parent, community->id)) {
        return fail_field(err, STATUS_INVALID, "village",
                          "village '%.*s' does not lie in community '%.*s'",
                          BYTES_FMT(ask->village), BYTES_FMT(ask->community));
    }
    return STATUS_OK;
}

static enum status fill_many(struct page *page, const struct actor *actor, struct err *err)
{
    const struct card_query *ask = page->ask;
    struct scope scope;
    enum status st = check_areas(page->ctx, ask, err);
    if (st == STATUS_OK) {
        st = scope_find(page->ctx, actor, ACTION_VIEW_HOUSEHOLD,
                        &(struct scope_ask){.cadre = ask->cadre}, &scope, err);
    }
    if (st != STATUS_OK) {
        return st;
    }
    if (ask->village.len != 0 || ask->community.len != 0) {
        scope_narrow(page->ctx, ask->village.len != 0 ? ask->village : ask->community, &scope);
    }
    fill(page, &scope);
    return STATUS_OK;
}

enum status intake_answer_cards(struct ctx *ctx, const struct query *query, void *ret_reply,
                                struct err *err)
{
    struct card_reply *reply = ret_reply;
    const struct office *office = &ctx_config(ctx)->office;
    struct actor actor = register_find_actor(ctx, query->person);
    struct page page = {.ctx = ctx, .ask = query->message, .reply = reply};
    reply->street = office->name;
    reply->supervision_phone = office->supervision_phone;
    enum status st =
        page.ask->household.len != 0 ? fill_one(&page, &actor, err) : fill_many(&page, &actor, err);
    reply->cards = keep(ctx, reply->cards, &page.cards);
    reply->places = keep(ctx, reply->places, &page.places);
    return st;
}
