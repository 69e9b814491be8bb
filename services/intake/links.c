/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/links.h"

#include "base/endian.h"
#include "intake/coverage.h"
#include "intake/halves.h"
#include "intake/rounds.h"
#include "intake/visits.h"

#define SHOWN_MAX 50U
#define ROWS_PER_EVENT 1000U
/* A record is at most RECORD_MAX_BYTES; a row and a reason are less than what is left above. */
#define ROWS_FULL_BYTES ((size_t)48 * 1024)

/* ---- indexes -------------------------------------------------------------------------------- */

/* Which index has a household under which word. */
struct index_entry {
    uint32_t table;
    struct bytes word;
};

#define INDEX_ENTRIES 3

static void index_entries(const struct household_row *row, struct index_entry ret[INDEX_ENTRIES])
{
    ret[0] = (struct index_entry){CADRE_HOUSEHOLDS, row->cadre};
    ret[1] = (struct index_entry){AREA_HOUSEHOLDS, row->village};
    ret[2] = (struct index_entry){AREA_HOUSEHOLDS, row->community};
}

static void count_linked(struct ctx *ctx, struct bytes cadre, int difference)
{
    struct cadre_row row;
    bool is_known = register_find_cadre(ctx, cadre, &row);
    CHECK(is_known || ctx_is_void(ctx));
    if (!is_known) {
        return;
    }
    row.households += (uint32_t)difference;
    row_put(ctx, CADRES, cadre, &cadre_row_type, &row);
}

/* Counts the household at its cadre, or at its community where it has none. */
static void count(struct ctx *ctx, const struct record *record, struct bytes id,
                  const struct household_row *row, int difference)
{
    coverage_link(ctx, id, row, difference);
    visits_link(ctx, id, row, difference);
    if (row->cadre.len != 0) {
        count_linked(ctx, row->cadre, difference);
        return;
    }
    struct register_key key = register_pair_key(row->community, id);
    if (difference > 0) {
        struct round_name name = round_of_community(row->community);
        table_put(ctx, UNCOVERED, register_key_bytes(&key), (struct bytes){0});
        rounds_begin(ctx, record, round_name_bytes(&name));
    } else {
        table_remove(ctx, UNCOVERED, register_key_bytes(&key));
    }
    count_add(ctx, COUNTS, BYTES("without_cadre"), difference);
}

static void unlink_household(struct ctx *ctx, const struct record *record, struct bytes id,
                             const struct household_row *row)
{
    struct index_entry entries[INDEX_ENTRIES];
    index_entries(row, entries);
    for (size_t i = 0; i < INDEX_ENTRIES; i++) {
        struct register_key key = register_pair_key(entries[i].word, id);
        table_remove(ctx, entries[i].table, register_key_bytes(&key));
    }
    count(ctx, record, id, row, -1);
}

static void link_household(struct ctx *ctx, const struct record *record, struct bytes id,
                           const struct household_row *row)
{
    struct index_entry entries[INDEX_ENTRIES];
    index_entries(row, entries);
    for (size_t i = 0; i < INDEX_ENTRIES; i++) {
        struct register_key key = register_pair_key(entries[i].word, id);
        table_put(ctx, entries[i].table, register_key_bytes(&key), (struct bytes){0});
    }
    count(ctx, record, id, row, 1);
}

static bool has_same_links(const struct household_row *a, const struct household_row *b)
{
    return bytes_equal(a->cadre, b->cadre) && bytes_equal(a->village, b->village) &&
           bytes_equal(a->community, b->community);
}

void links_put(struct ctx *ctx, const struct record *record, struct bytes id,
               const struct household_row *before, const struct household_row *after)
{
    if (before != NULL && has_same_links(before, after)) {
        return;
    }
    halves_keep(ctx, id, before);
    if (before != NULL) {
        unlink_household(ctx, record, id, before);
    }
    link_household(ctx, record, id, after);
}

/* ---- history -------------------------------------------------------------------------------- */

/* "household NUL number of the event that began it". */
static struct register_key period_key(struct bytes household, uint64_t seq)
{
    uint8_t number[8];
    be64_store(number, seq);
    return register_pair_key(household, bytes_of(number, sizeof number));
}

/* The household's last period before the event `seq`. */
static bool find_before(struct ctx *ctx, struct bytes household, uint64_t seq,
                        struct bytes *ret_key, struct period_row *ret_row)
{
    struct register_key from = period_key(household, seq);
    struct bytes value;
    struct err err;
    return table_before(ctx, PERIODS, register_key_bytes(&from), ret_key, &value) == STATUS_OK &&
           ret_key->len == from.len &&
           bytes_start_with(*ret_key, bytes_of(from.bytes, household.len + 1)) &&
           message_decode(&period_row_type, value, ret_row, &err) == STATUS_OK;
}

void links_begin_period(struct ctx *ctx, struct bytes id, uint64_t seq,
                        const struct period_row *row)
{
    struct period_row last;
    struct bytes key;
    if (find_before(ctx, id, seq, &key, &last)) {
        last.until = row->since;
        row_put(ctx, PERIODS, key, &period_row_type, &last);
    }
    struct register_key next = period_key(id, seq);
    row_put(ctx, PERIODS, register_key_bytes(&next), &period_row_type, row);
}

bool links_find_period(struct ctx *ctx, struct bytes household, struct wall at,
                       struct period_row *ret_row)
{
    uint64_t seq = UINT64_MAX;
    struct bytes key;
    bool is_found = false;
    while (find_before(ctx, household, seq, &key, ret_row)) {
        is_found = true;
        if (ret_row->since.us <= at.us) {
            break;
        }
        seq = be64_load(key.p + household.len + 1);
    }
    return is_found;
}

bool links_find_last_of(struct ctx *ctx, struct bytes household, struct bytes cadre,
                        struct period_row *ret_row)
{
    uint64_t seq = UINT64_MAX;
    struct bytes key;
    while (find_before(ctx, household, seq, &key, ret_row)) {
        if (bytes_equal(ret_row->cadre, cadre)) {
            return true;
        }
        seq = be64_load(key.p + household.len + 1);
    }
    return false;
}

/* Who began the period, and why. */
static void fill_cause(struct ctx *ctx, uint64_t seq, struct period_part *part)
{
    struct record record;
    struct err err;
    if (record_get(ctx, seq, &record) != STATUS_OK) {
        return;
    }
    part->person = record.actor;
    struct relinked_event *event = ctx_take(ctx, sizeof *event);
    if (record.type == MESSAGE_RELINKED_EVENT &&
        record_message(&record, &relinked_event_type, event, &err) == STATUS_OK) {
        part->reason = event->reason;
    }
}

struct list links_list(struct ctx *ctx, struct bytes household)
{
    struct period_part parts[SHOWN_MAX];
    uint32_t count_found = 0;
    uint64_t seq = UINT64_MAX;
    struct bytes key;
    struct period_row row;
    while (count_found < SHOWN_MAX && find_before(ctx, household, seq, &key, &row)) {
        seq = be64_load(key.p + household.len + 1);
        struct period_part *part = &parts[count_found++];
        *part = (struct period_part){.cadre = row.cadre,
                                     .since = row.since,
                                     .until = row.until,
                                     .is_interim = row.is_interim,
                                     .how = row.how};
        fill_cause(ctx, seq, part);
    }
    struct buf out = {0};
    struct list list = {0};
    while (count_found-- > 0) {
        list_put_message(&list, &out, &period_part_type, &parts[count_found]);
    }
    struct bytes kept = ctx_copy(ctx, buf_bytes(&out));
    list.p = kept.p;
    list.len = kept.len;
    buf_done(&out);
    return list;
}

/* ---- the event ------------------------------------------------------------------------------ */

void relinking_add(struct relinking *relinking, const struct relink_part *part)
{
    struct list *rows = &relinking->event.rows;
    if (relinking->out.len > ROWS_FULL_BYTES || rows->count == ROWS_PER_EVENT) {
        relinking_flush(relinking);
    }
    list_put_message(rows, &relinking->out, &relink_part_type, part);
}

void relinking_flush(struct relinking *relinking)
{
    struct list *rows = &relinking->event.rows;
    if (rows->count != 0) {
        list_end(rows, &relinking->out);
        emit(relinking->ctx,
             &(struct emission){.type = &relinked_event_type, .message = &relinking->event});
    }
    *rows = (struct list){0};
    buf_done(&relinking->out);
}

static void relink(struct ctx *ctx, const struct record *record, const struct relinked_event *event,
                   const struct relink_part *part)
{
    struct household_row before;
    bool is_known = register_find_household(ctx, part->household, &before);
    CHECK(is_known || ctx_is_void(ctx));
    if (!is_known || bytes_equal(before.cadre, part->to)) {
        return;
    }
    struct household_row after = before;
    struct period_row link = {
        .cadre = part->to, .since = record->at, .is_interim = event->is_interim, .how = event->how};
    after.cadre = part->to;
    links_put(ctx, record, part->household, &before, &after);
    links_begin_period(ctx, part->household, record->seq, &link);
    row_put(ctx, HOUSEHOLDS, part->household, &household_row_type, &after);
}

void intake_apply_relinked(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct relinked_event *event = message;
    struct list_cursor cursor = list_begin(&event->rows);
    struct relink_part part;
    while (list_next_message(&cursor, &relink_part_type, &part)) {
        relink(ctx, record, event, &part);
    }
}

void intake_apply_cadre_left(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct cadre_left_event *event = message;
    struct cadre_row row;
    bool is_known = register_find_cadre(ctx, event->cadre, &row);
    CHECK(is_known || ctx_is_void(ctx));
    if (is_known) {
        row.left_at = record->at;
        row_put(ctx, CADRES, event->cadre, &cadre_row_type, &row);
    }
}
