/* SPDX-License-Identifier: Apache-2.0 */
#include "router/handing.h"

#include "base/endian.h"
#include "domain/lifecycle.h"
#include "router/clocks.h"
#include "router/issue_file.h"

#include <stdlib.h>

/* In one transaction. */
#define CHANGED_MAX 200U
#define LOOKED_AT_MAX 2000U

/* ---- the row, its timer --------------------------------------------------------------------- */

#define TIMER_NAME "owner"
#define TIMER_NAME_BYTES (sizeof TIMER_NAME - 1)
#define TIMER_ID_BYTES (TIMER_NAME_BYTES + 16)

struct timer_id {
    uint8_t bytes[TIMER_ID_BYTES];
};

/* The households' record, and the event that set the timer: no two are alike. */
static struct timer_id timer_id(uint64_t source, uint64_t seq)
{
    struct timer_id id;
    memcpy(id.bytes, TIMER_NAME, TIMER_NAME_BYTES);
    be64_store(id.bytes + TIMER_NAME_BYTES, source);
    be64_store(id.bytes + TIMER_NAME_BYTES + 8, seq);
    return id;
}

bool handing_is_timer(struct bytes id)
{
    return id.len == TIMER_ID_BYTES && memcmp(id.p, TIMER_NAME, TIMER_NAME_BYTES) == 0;
}

void apply_handing(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct handing_event *event = message;
    struct issue_key key = issue_key(event->source);
    struct handing_row row;
    if (row_get(ctx, HANDING, issue_key_bytes(&key), &handing_row_type, &row) == STATUS_OK) {
        struct timer_id before = timer_id(event->source, row.seq);
        timer_remove(ctx, row.at, bytes_of(before.bytes, sizeof before.bytes));
    }
    if (event->is_over) {
        table_remove(ctx, HANDING, issue_key_bytes(&key));
        return;
    }
    row = (struct handing_row){
        .row = event->row, .issue = event->issue, .at = record->at, .seq = record->seq};
    struct timer_id next = timer_id(event->source, record->seq);
    timer_put(ctx, row.at, bytes_of(next.bytes, sizeof next.bytes));
    row_put(ctx, HANDING, issue_key_bytes(&key), &handing_row_type, &row);
}

void apply_relinked(struct ctx *ctx, const struct record *record, const void *message)
{
    (void)record;
    const struct relinked_event *event = message;
    struct list_cursor cursor = list_begin(&event->rows);
    struct relink_part part;
    while (list_next_message(&cursor, &relink_part_type, &part)) {
        table_put(ctx, HANDED, part.household, part.to);
    }
}

struct bytes handing_find_owner(struct ctx *ctx, struct bytes household, struct bytes otherwise)
{
    struct bytes cadre;
    if (household.len == 0 || table_get(ctx, HANDED, household, &cadre) != STATUS_OK) {
        return otherwise;
    }
    return cadre.len != 0 ? cadre : ctx_config(ctx)->office.feedback_default;
}

void apply_owner(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct owner_event *event = message;
    apply_clocks(ctx, record, &event->after);
}

/* ---- the work ------------------------------------------------------------------------------- */

/* Households sorted by the cadre they come from, so that each cadre's issues are walked once. */
struct handing {
    struct ctx *ctx;
    const struct relinked_event *event;
    struct bytes actor;
    struct relink_part *rows;
    uint32_t count;

    /* Where it stands. */
    uint32_t row; /* the first of the cadre whose issues are being walked */
    uint64_t issue;
    uint32_t looked;
    uint32_t changed;
};

static int compare(const void *left, const void *right)
{
    const struct relink_part *a = left;
    const struct relink_part *b = right;
    int order = bytes_compare(a->from, b->from);
    return order != 0 ? order : bytes_compare(a->household, b->household);
}

static struct handing begin(struct ctx *ctx, const struct relinked_event *event, struct bytes actor)
{
    struct handing handing = {.ctx = ctx,
                              .event = event,
                              .actor = actor,
                              .rows =
                                  ctx_take(ctx, (event->rows.count + 1U) * sizeof *handing.rows)};
    struct list_cursor cursor = list_begin(&event->rows);
    while (handing.count < event->rows.count &&
           list_next_message(&cursor, &relink_part_type, &handing.rows[handing.count])) {
        handing.count++;
    }
    qsort(handing.rows, handing.count, sizeof *handing.rows, compare);
    return handing;
}

/* Who owns the feedback for a household of this cadre. */
static struct bytes owner_of(const struct handing *handing, struct bytes cadre)
{
    return cadre.len != 0 ? cadre : ctx_config(handing->ctx)->office.feedback_default;
}

static bool find_next(struct handing *handing, struct bytes owner)
{
    struct name_key from = name_key(owner, handing->issue);
    struct bytes found;
    struct bytes value;
    if (table_next(handing->ctx, BY_CADRE, bytes_of(from.bytes, from.len), &found, &value) !=
            STATUS_OK ||
        found.len != from.len || memcmp(found.p, from.bytes, from.len - 8) != 0) {
        return false;
    }
    handing->issue = be64_load(found.p + from.len - 8);
    return true;
}

static void change_owner(struct handing *handing, struct issue_file *file, struct bytes to)
{
    struct bytes owner = owner_of(handing, to);
    struct word before = file->issue.cadre;
    struct owner_event event = {
        .from = word_bytes(&before), .to = owner, .reason = handing->event->reason};
    file->issue.cadre = word_of(owner);
    file->issue.generation++;
    issue_to_part(handing->ctx, file, &event.after);
    emit(handing->ctx, &(struct emission){.type = &owner_event_type,
                                          .message = &event,
                                          .issue = file->issue.number,
                                          .generation = file->issue.generation,
                                          .actor = handing->actor});
    handing->changed++;
}

/* The issue that the walk has come to, if it is open and its household is one of the cadre's rows
 * up to `end`. */
static void look(struct handing *handing, struct bytes owner, uint32_t end)
{
    struct issue_file file;
    struct err err;
    handing->looked++;
    if (issue_file_read(handing->ctx, handing->issue, &file, &err) != STATUS_OK ||
        issue_is_final(&file.issue) || !bytes_equal(word_bytes(&file.issue.cadre), owner)) {
        return;
    }
    struct relink_part wanted = {.household = word_bytes(&file.issue.household),
                                 .from = handing->rows[handing->row].from};
    const struct relink_part *found =
        bsearch(&wanted, handing->rows + handing->row, end - handing->row, sizeof wanted, compare);
    if (found != NULL && !bytes_equal(owner_of(handing, found->to), owner)) {
        change_owner(handing, &file, found->to);
    }
}

static uint32_t find_end(const struct handing *handing)
{
    uint32_t end = handing->row + 1;
    while (end < handing->count &&
           bytes_equal(handing->rows[end].from, handing->rows[handing->row].from)) {
        end++;
    }
    return end;
}

/* Looks at the issues of the cadre whose rows go up to `end`. False when there is more to do than
 * one transaction takes. */
static bool look_at_cadre(struct handing *handing, uint32_t end)
{
    struct bytes owner = owner_of(handing, handing->rows[handing->row].from);
    while (find_next(handing, owner)) {
        look(handing, owner, end);
        if (handing->looked == LOOKED_AT_MAX || handing->changed == CHANGED_MAX) {
            return false;
        }
    }
    return true;
}

/* False when there is more to do than one transaction takes. */
static bool work(struct handing *handing)
{
    while (handing->row < handing->count) {
        uint32_t end = find_end(handing);
        if (!look_at_cadre(handing, end)) {
            return false;
        }
        handing->row = end;
        handing->issue = 0;
    }
    return true;
}

static void emit_handing(const struct handing *handing, uint64_t source, bool is_over)
{
    struct handing_event event = {
        .source = source, .row = handing->row, .issue = handing->issue, .is_over = is_over};
    emit(handing->ctx, &(struct emission){.type = &handing_event_type,
                                          .message = &event,
                                          .is_local = true,
                                          .is_by_system = true});
}

enum status react_relinked(struct ctx *ctx, const struct record *record, const void *message,
                           struct err *err)
{
    (void)err;
    uint64_t source = take_over(ctx, record);
    struct handing handing = begin(ctx, message, record->actor);
    if (!work(&handing)) {
        emit_handing(&handing, source, false);
    }
    return STATUS_OK;
}

void handing_wake(struct ctx *ctx, struct bytes id)
{
    uint64_t source = be64_load(id.p + TIMER_NAME_BYTES);
    struct issue_key key = issue_key(source);
    struct handing_row row;
    struct record record;
    struct err err;
    struct relinked_event *event = ctx_take(ctx, sizeof *event);
    bool is_there =
        row_get(ctx, HANDING, issue_key_bytes(&key), &handing_row_type, &row) == STATUS_OK &&
        record_get(ctx, source, &record) == STATUS_OK &&
        record_message(&record, &relinked_event_type, event, &err) == STATUS_OK;
    CHECK(is_there || ctx_is_void(ctx));
    if (!is_there) {
        return;
    }
    struct handing handing = begin(ctx, event, record.actor);
    handing.row = row.row;
    handing.issue = row.issue;
    emit_handing(&handing, source, work(&handing));
    end_waking(ctx);
}
