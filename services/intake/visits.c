/* SPDX-License-Identifier: Apache-2.0 */
/* Visits and promises in tables. */
#include "intake/visits.h"

#include "base/endian.h"
#include "intake/coverage.h"
#include "intake/timers.h"

/* ---- rows ----------------------------------------------------------------------------------- */

struct number_key {
    uint8_t bytes[8];
};

static struct bytes number_key(uint64_t number, struct number_key *key)
{
    be64_store(key->bytes, number);
    return bytes_of(key->bytes, sizeof key->bytes);
}

bool visits_find(struct ctx *ctx, uint64_t visit, struct visit_row *ret_row)
{
    struct number_key key;
    return row_get(ctx, VISITS, number_key(visit, &key), &visit_row_type, ret_row) == STATUS_OK;
}

bool visits_find_promise(struct ctx *ctx, uint64_t promise, struct promise_row *ret_row)
{
    struct number_key key;
    return row_get(ctx, PROMISES, number_key(promise, &key), &promise_row_type, ret_row) ==
           STATUS_OK;
}

bool visits_read_event(struct ctx *ctx, uint64_t visit, struct visited_event *ret_event)
{
    struct record record;
    struct err err;
    return record_get(ctx, visit, &record) == STATUS_OK && record.type == MESSAGE_VISITED_EVENT &&
           record_message(&record, &visited_event_type, ret_event, &err) == STATUS_OK;
}

bool visits_promise_of(const struct visited_event *event, uint64_t promise,
                       struct promised_part *ret_part)
{
    struct list_cursor cursor = list_begin(&event->promises);
    for (uint64_t place = promise % PROMISES_PER_VISIT; place > 0; place--) {
        if (!list_next_message(&cursor, &promised_part_type, ret_part)) {
            return false;
        }
    }
    return promise % PROMISES_PER_VISIT != 0;
}

/* ---- indexes -------------------------------------------------------------------------------- */

/* index, word, NUL, time, number. */
struct index_key {
    uint8_t bytes[1 + WORD_MAX_BYTES + 1 + 8 + 8];
    size_t prefix_len;
    size_t len;
};

static struct index_key index_key(enum visit_index index, struct bytes word,
                                  const struct visit_place *place)
{
    struct index_key key = {.prefix_len = word.len + 2, .len = word.len + 18};
    CHECK(word.len <= WORD_MAX_BYTES);
    key.bytes[0] = (uint8_t)index;
    if (word.len != 0) {
        memcpy(key.bytes + 1, word.p, word.len);
    }
    be64_store(key.bytes + key.prefix_len, (uint64_t)place->at.us);
    be64_store(key.bytes + key.prefix_len + 8, place->number);
    return key;
}

bool visits_next(struct ctx *ctx, uint32_t table, enum visit_index index, struct bytes word,
                 struct visit_place *place)
{
    struct index_key from = index_key(index, word, place);
    struct bytes key;
    struct bytes value;
    if (table_next(ctx, table, bytes_of(from.bytes, from.len), &key, &value) != STATUS_OK ||
        !bytes_start_with(key, bytes_of(from.bytes, from.prefix_len))) {
        return false;
    }
    place->at = (struct wall){(int64_t)be64_load(key.p + from.prefix_len)};
    place->number = be64_load(key.p + from.prefix_len + 8);
    return true;
}

uint32_t visits_count_promises(struct ctx *ctx, struct bytes household)
{
    struct visit_place place = {{0}, 0};
    uint32_t count = 0;
    while (visits_next(ctx, PROMISE_INDEX, VISIT_INDEX_HOUSEHOLD, household, &place)) {
        count++;
    }
    return count;
}

/* Puts (or with sign -1 removes) an entry. A household that nobody is linked to has no cadre. */
static void put_index(struct ctx *ctx, uint32_t table, enum visit_index index, struct bytes word,
                      const struct visit_place *place, int sign)
{
    struct index_key key = index_key(index, word, place);
    if (index != VISIT_INDEX_ALL && word.len == 0) {
        return;
    }
    if (sign > 0) {
        table_put(ctx, table, bytes_of(key.bytes, key.len), (struct bytes){0});
    } else {
        table_remove(ctx, table, bytes_of(key.bytes, key.len));
    }
}

/* Under cadre and places, which change when the household changes hands. */
static void put_links(struct ctx *ctx, uint32_t table, const struct household_row *row,
                      const struct visit_place *place, int sign)
{
    put_index(ctx, table, VISIT_INDEX_CADRE, row->cadre, place, sign);
    put_index(ctx, table, VISIT_INDEX_AREA, row->village, place, sign);
    put_index(ctx, table, VISIT_INDEX_AREA, row->community, place, sign);
}

static void put_all(struct ctx *ctx, uint32_t table, struct bytes household,
                    const struct household_row *row, const struct visit_place *place, int sign)
{
    put_index(ctx, table, VISIT_INDEX_ALL, (struct bytes){0}, place, sign);
    put_index(ctx, table, VISIT_INDEX_HOUSEHOLD, household, place, sign);
    put_links(ctx, table, row, place, sign);
}

/* ---- applying ------------------------------------------------------------------------------- */

static void put_promise(struct ctx *ctx, uint64_t promise, const struct promise_row *row)
{
    struct number_key key;
    row_put(ctx, PROMISES, number_key(promise, &key), &promise_row_type, row);
}

static struct bytes timer_id(uint64_t promise, uint8_t id[9])
{
    id[0] = INTAKE_TIMER_PROMISE;
    be64_store(id + 1, promise);
    return bytes_of(id, 9);
}

void visits_link(struct ctx *ctx, struct bytes household, const struct household_row *row, int sign)
{
    struct visit_place place = {{0}, 0};
    while (visits_next(ctx, PROMISE_INDEX, VISIT_INDEX_HOUSEHOLD, household, &place)) {
        struct promise_row promise;
        put_links(ctx, PROMISE_INDEX, row, &place, sign);
        if (sign > 0 && visits_find_promise(ctx, place.number, &promise)) {
            promise.cadre = row->cadre;
            put_promise(ctx, place.number, &promise);
        }
    }
}

static void apply_promises(struct ctx *ctx, const struct record *record,
                           const struct visited_event *event, const struct household_row *household)
{
    struct list_cursor cursor = list_begin(&event->promises);
    struct promised_part part;
    uint8_t id[9];
    for (uint64_t promise = record->seq * PROMISES_PER_VISIT + 1;
         list_next_message(&cursor, &promised_part_type, &part); promise++) {
        struct visit_place place = {part.due, promise};
        struct promise_row row = {.household = event->household,
                                  .cadre = household->cadre,
                                  .due = part.due,
                                  .next_at = part.remind_at.us != 0 ? part.remind_at : part.due};
        put_promise(ctx, promise, &row);
        put_all(ctx, PROMISE_INDEX, event->household, household, &place, 1);
        timer_put(ctx, row.next_at, timer_id(promise, id));
        count_add(ctx, COUNTS, BYTES("promises"), 1);
    }
}

void intake_apply_visited(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct visited_event *event = message;
    struct visit_place place = {event->at, record->seq};
    struct household_row household = {0};
    struct household_row visited;
    struct number_key key;
    bool is_known = register_find_household(ctx, event->household, &household);
    CHECK(is_known || ctx_is_void(ctx));
    struct visit_row row = {.household = event->household,
                            .cadre = event->cadre,
                            .community = household.community,
                            .village = household.village,
                            .mode = event->mode,
                            .at = event->at,
                            .entered_at = record->at,
                            .half = event->half,
                            .is_late = event->is_late,
                            .transport = event->transport,
                            .promises = event->promises.count};
    row_put(ctx, VISITS, number_key(record->seq, &key), &visit_row_type, &row);
    visited = household;
    visited.cadre = event->cadre;
    put_all(ctx, VISIT_INDEX, event->household, &visited, &place, 1);
    count_add(ctx, COUNTS, BYTES("visits"), 1);
    if (visit_is_home((enum contact_mode)event->mode)) {
        coverage_visit(ctx, event->household, event->half, record->seq);
    }
    apply_promises(ctx, record, event, &household);
}

void visits_add_issue(struct ctx *ctx, uint64_t visit, uint64_t issue)
{
    struct visit_row row;
    struct number_key key;
    struct list issues = {0};
    struct buf out = {0};
    if (!visits_find(ctx, visit, &row)) {
        CHECK(ctx_is_void(ctx));
        return;
    }
    struct list_cursor cursor = list_begin(&row.issues);
    uint64_t before;
    while (list_next_u64(&cursor, &before)) {
        list_put_u64(&issues, &out, before);
    }
    list_put_u64(&issues, &out, issue);
    list_end(&issues, &out);
    row.issues = issues;
    row_put(ctx, VISITS, number_key(visit, &key), &visit_row_type, &row);
    buf_done(&out);
}

void intake_apply_promise_told(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct promise_told_event *event = message;
    struct promise_row row;
    uint8_t id[9];
    (void)record;
    if (!visits_find_promise(ctx, event->promise, &row)) {
        CHECK(ctx_is_void(ctx));
        return;
    }
    timer_remove(ctx, row.next_at, timer_id(event->promise, id));
    row.is_overdue = event->is_passed;
    row.next_at = event->put_off_until.us != 0 ? event->put_off_until
                  : event->is_passed           ? (struct wall){0}
                                               : row.due;
    if (!event->is_passed) {
        timer_put(ctx, row.next_at, timer_id(event->promise, id));
    }
    put_promise(ctx, event->promise, &row);
}

void intake_apply_promise_kept(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct promise_kept_event *event = message;
    struct promise_row row;
    struct household_row household = {0};
    uint8_t id[9];
    if (!visits_find_promise(ctx, event->promise, &row)) {
        CHECK(ctx_is_void(ctx));
        return;
    }
    struct visit_place place = {row.due, event->promise};
    (void)register_find_household(ctx, row.household, &household);
    put_all(ctx, PROMISE_INDEX, row.household, &household, &place, -1);
    if (row.next_at.us != 0) {
        timer_remove(ctx, row.next_at, timer_id(event->promise, id));
    }
    row.next_at = (struct wall){0};
    row.kept = record->seq;
    put_promise(ctx, event->promise, &row);
    count_add(ctx, COUNTS, BYTES("promises"), -1);
}
