/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/rounds.h"

#include "base/endian.h"
#include "domain/calendar.h"
#include "intake/cards.h"
#include "intake/telling.h"
#include "intake/timers.h"

#define HOUSEHOLDS_PER_STEP 1000U
#define NUMBERS_TOLD 5U

/* ---- the row and its timer ------------------------------------------------------------------ */

/* The round's number, and the event that set the timer: no two are alike. */
#define TIMER_ID_BYTES 17U

static struct bytes timer_id(const struct round_row *row, uint8_t id[TIMER_ID_BYTES])
{
    id[0] = INTAKE_TIMER_ROUND;
    be64_store(id + 1, row->number);
    be64_store(id + 9, row->seq);
    return bytes_of(id, TIMER_ID_BYTES);
}

static void set_timer(struct ctx *ctx, struct bytes name, const struct round_row *row)
{
    uint8_t id[TIMER_ID_BYTES];
    timer_put(ctx, row->at, timer_id(row, id));
    row_put(ctx, ROUNDS, name, &round_row_type, row);
}

struct round_name round_of_community(struct bytes community)
{
    struct round_name name = {.len = sizeof ROUND_UNCOVERED - 1 + community.len};
    CHECK(name.len <= sizeof name.bytes);
    memcpy(name.bytes, ROUND_UNCOVERED, sizeof ROUND_UNCOVERED - 1);
    if (community.len != 0) {
        memcpy(name.bytes + sizeof ROUND_UNCOVERED - 1, community.p, community.len);
    }
    return name;
}

void rounds_begin(struct ctx *ctx, const struct record *record, struct bytes name)
{
    struct round_row row;
    if (row_get(ctx, ROUNDS, name, &round_row_type, &row) != STATUS_OK) {
        count_add(ctx, COUNTS, BYTES("rounds"), 1);
        row = (struct round_row){.number = count_get(ctx, COUNTS, BYTES("rounds")),
                                 .at = record->at,
                                 .seq = record->seq};
        set_timer(ctx, name, &row);
    }
}

/* One step of a round is over: it goes on with the next household, or on another day, or ends. */
void intake_apply_round(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct round_event *event = message;
    struct round_row row;
    uint8_t id[TIMER_ID_BYTES];
    bool is_known = row_get(ctx, ROUNDS, event->name, &round_row_type, &row) == STATUS_OK;
    CHECK(is_known || ctx_is_void(ctx));
    if (!is_known) {
        return;
    }
    timer_remove(ctx, row.at, timer_id(&row, id));
    if (event->after.len == 0 && event->next_at.us == 0) {
        table_remove(ctx, ROUNDS, event->name);
        return;
    }
    row = (struct round_row){.number = row.number,
                             .at = event->after.len != 0 ? record->at : event->next_at,
                             .seq = record->seq,
                             .after = event->after};
    set_timer(ctx, event->name, &row);
}

/* Working time of a later day begins; none where the calendar does not reach that far. */
static struct wall next_morning(const struct ctx *ctx)
{
    const struct config *config = ctx_config(ctx);
    int64_t offset_us = (int64_t)config->zone.offset_s * US_PER_S;
    int64_t day_us = (int64_t)S_PER_DAY * US_PER_S;
    int64_t local = ctx_now(ctx).us + offset_us;
    struct wall midnight = {(local / day_us + 1) * day_us - offset_us};
    struct wall next;
    struct err err;
    return calendar_next_working(config->calendar, midnight, &next, &err) == STATUS_OK
               ? next
               : (struct wall){midnight.us + day_us};
}

static void emit_round(struct ctx *ctx, const struct round_event *event)
{
    emit(ctx,
         &(struct emission){
             .type = &round_event_type, .message = event, .is_local = true, .is_by_system = true});
}

/* ---- households without a cadre ------------------------------------------------------------- */

/* How many there are in the community, and the first of them, heads and numbers, in `numbers`. */
static uint32_t count_uncovered(struct ctx *ctx, struct bytes community, struct buf *numbers)
{
    struct register_key from = register_pair_key(community, (struct bytes){0});
    struct bytes prefix = bytes_of(from.bytes, from.len);
    struct bytes key = ctx_copy(ctx, prefix);
    struct bytes value;
    uint32_t count = 0;
    while (table_next(ctx, UNCOVERED, key, &key, &value) == STATUS_OK &&
           bytes_start_with(key, prefix)) {
        struct bytes id = bytes_of(key.p + prefix.len, key.len - prefix.len);
        struct household_row row = {0};
        if (count < NUMBERS_TOLD) {
            (void)register_find_household(ctx, id, &row);
            buf_append_format(numbers, "%s%.*s（%.*s）", count == 0 ? "" : "、",
                              BYTES_FMT(row.head), BYTES_FMT(id));
        }
        count++;
    }
    if (count > NUMBERS_TOLD) {
        buf_append_string(numbers, "……");
    }
    return count;
}

/* The community's secretary, if there is one, and the heads of the office. */
static uint32_t find_answerable(struct ctx *ctx, struct bytes community, struct bytes *people,
                                uint32_t max)
{
    const struct office *office = &ctx_config(ctx)->office;
    uint32_t count = 0;
    for (uint32_t i = 0; i < office->person_count && count < max; i++) {
        const struct person *person = &office->people[i];
        bool is_secretary = (person->roles & ROLE_BIT(ROLE_COMMUNITY_SECRETARY)) != 0 &&
                            bytes_equal(person->area, community);
        if (is_secretary || (person->roles & ROLE_BIT(ROLE_OFFICE_HEAD)) != 0) {
            people[count++] = person->id;
        }
    }
    return count;
}

#define ANSWERABLE_MAX 32U

static void wake_uncovered(struct ctx *ctx, struct bytes name, struct bytes community)
{
    const struct area *area = office_find_area(&ctx_config(ctx)->office, community);
    struct bytes people[ANSWERABLE_MAX];
    struct round_event event = {.name = name};
    struct buf text = {0};
    buf_append_format(&text, "%.*s ", BYTES_FMT(area == NULL ? community : area->name));
    uint32_t count = count_uncovered(ctx, community, &text);
    if (count != 0) {
        event.next_at = next_morning(ctx);
        intake_tell(ctx, &(struct intake_telling){.category = "without_cadre",
                                                  .level = NOTICE_LEVEL_WARNING,
                                                  .recipients = people,
                                                  .recipient_count = find_answerable(
                                                      ctx, community, people, ANSWERABLE_MAX),
                                                  .count = count,
                                                  .reason = buf_bytes(&text)});
    }
    emit_round(ctx, &event);
    buf_done(&text);
}

/* ---- cards ---------------------------------------------------------------------------------- */

/* What of a cadre's cards is out of date. */
struct stale {
    uint32_t looked; /* households */
    uint32_t count;
    struct bytes first;
};

static struct stale count_stale(struct ctx *ctx, struct bytes cadre)
{
    struct register_key from = register_pair_key(cadre, (struct bytes){0});
    struct bytes prefix = bytes_of(from.bytes, from.len);
    struct bytes key = ctx_copy(ctx, prefix);
    struct bytes value;
    struct stale stale = {0};
    struct card *card = ctx_take(ctx, sizeof *card);
    while (table_next(ctx, CADRE_HOUSEHOLDS, key, &key, &value) == STATUS_OK &&
           bytes_start_with(key, prefix)) {
        struct bytes id = bytes_of(key.p + prefix.len, key.len - prefix.len);
        struct card_row row = card_row_read(ctx, id);
        stale.looked++;
        if (card_read(ctx, id, card) &&
            card_state_of(&row, edition_bytes(&card->edition)) == CARD_STATE_STALE &&
            stale.count++ == 0) {
            stale.first = id;
        }
    }
    return stale;
}

static void tell_stale(struct ctx *ctx, struct bytes cadre, const struct stale *stale)
{
    struct household_row first = {0};
    (void)register_find_household(ctx, stale->first, &first);
    intake_tell(ctx, &(struct intake_telling){.category = "cards_stale",
                                              .level = NOTICE_LEVEL_ACTION,
                                              .recipients = &cadre,
                                              .recipient_count = 1,
                                              .household = stale->first,
                                              .head = first.head,
                                              .count = stale->count});
}

static void wake_cards(struct ctx *ctx, struct bytes name, struct bytes after)
{
    struct bytes cadre = after;
    struct bytes value;
    uint32_t looked = 0;
    bool is_over = false;
    while (looked < HOUSEHOLDS_PER_STEP && !is_over) {
        is_over = table_next(ctx, CADRES, cadre, &cadre, &value) != STATUS_OK;
        struct stale stale = is_over ? (struct stale){0} : count_stale(ctx, cadre);
        looked += stale.looked + 1;
        if (stale.count != 0) {
            tell_stale(ctx, cadre, &stale);
        }
    }
    emit_round(ctx, &(struct round_event){.name = name,
                                          .after = is_over ? (struct bytes){0} : cadre,
                                          .next_at = next_morning(ctx)});
    if (!is_over) {
        end_waking(ctx);
    }
}

/* ---- waking --------------------------------------------------------------------------------- */

void rounds_wake(struct ctx *ctx, struct wall at, struct bytes id)
{
    struct bytes name = {0};
    struct bytes value;
    (void)at;
    while (table_next(ctx, ROUNDS, name, &name, &value) == STATUS_OK) {
        struct round_row row;
        bool is_known = row_get(ctx, ROUNDS, name, &round_row_type, &row) == STATUS_OK;
        if (!is_known || row.number != be64_load(id.p + 1)) {
            continue;
        }
        struct bytes prefix = BYTES(ROUND_UNCOVERED);
        if (bytes_start_with(name, prefix)) {
            wake_uncovered(ctx, name, bytes_of(name.p + prefix.len, name.len - prefix.len));
        } else {
            wake_cards(ctx, name, row.after);
        }
        return;
    }
    CHECK(ctx_is_void(ctx));
}
