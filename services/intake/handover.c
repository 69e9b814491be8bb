/* SPDX-License-Identifier: Apache-2.0 */
/* Households change hands: given to another cadre, or left behind by one who goes. All or none. */
#include "intake/links.h"
#include "intake/telling.h"
#include "intake/visits.h"

#include <stdlib.h>

#define PAGE_MAX 200U

static enum status check_right(struct ctx *ctx, struct bytes person, struct err *err)
{
    struct actor actor = register_find_actor(ctx, person);
    struct object object = {.office = &ctx_config(ctx)->office};
    return may(&actor, ACTION_HAND_OVER, &object, err);
}

static enum status check_cadre(struct ctx *ctx, const char *field, struct bytes id,
                               struct cadre_row *ret_row, struct err *err)
{
    if (register_find_cadre(ctx, id, ret_row)) {
        return STATUS_OK;
    }
    return fail_field(err, STATUS_NOT_FOUND, field, "there is no cadre '%.*s' in the register",
                      BYTES_FMT(id));
}

/* Who takes households over is in the register, is there, and is somebody else. */
static enum status check_successor(struct ctx *ctx, struct bytes from, struct bytes to,
                                   struct err *err)
{
    struct cadre_row row;
    enum status st = check_cadre(ctx, "to", to, &row, err);
    if (st != STATUS_OK) {
        return st;
    }
    if (row.left_at.us != 0) {
        return fail_field(err, STATUS_REFUSED, "to",
                          "cadre '%.*s' has left; choose somebody who is there", BYTES_FMT(to));
    }
    return bytes_equal(from, to) ? fail_field(err, STATUS_INVALID, "to",
                                              "'%.*s' would take over from themselves; choose "
                                              "another cadre",
                                              BYTES_FMT(to))
                                 : STATUS_OK;
}

/* ---- which households ----------------------------------------------------------------------- */

/* The next household of a cadre (empty: of those without one) after `id`. */
static bool find_next(struct ctx *ctx, struct bytes cadre, struct bytes *id)
{
    struct register_key from = register_pair_key(cadre, *id);
    struct bytes key;
    struct bytes value;
    if (table_next(ctx, CADRE_HOUSEHOLDS, register_key_bytes(&from), &key, &value) != STATUS_OK ||
        !bytes_start_with(key, bytes_of(from.bytes, cadre.len + 1))) {
        return false;
    }
    *id = bytes_of(key.p + cadre.len + 1, key.len - cadre.len - 1);
    return true;
}

static int compare(const void *a, const void *b)
{
    return bytes_compare(*(const struct bytes *)a, *(const struct bytes *)b);
}

/* The households named, sorted. */
static const struct bytes *sort_named(struct ctx *ctx, const struct list *list)
{
    struct bytes *ids = ctx_take(ctx, (list->count + 1U) * sizeof *ids);
    struct list_cursor cursor = list_begin(list);
    for (uint32_t i = 0; i < list->count; i++) {
        bool is_there = list_next_bytes(&cursor, &ids[i]);
        CHECK(is_there);
    }
    qsort(ids, list->count, sizeof *ids, compare);
    return ids;
}

static enum status check_household(struct ctx *ctx, struct bytes cadre, struct bytes id,
                                   struct err *err)
{
    struct household_row row;
    if (!register_find_household(ctx, id, &row)) {
        return fail_field(err, STATUS_NOT_FOUND, "household",
                          "there is no household '%.*s' in the register; nothing was handed over",
                          BYTES_FMT(id));
    }
    if (!bytes_equal(row.cadre, cadre)) {
        return fail_field(err, STATUS_REFUSED, "household",
                          "household '%.*s' is linked to '%.*s', not to '%.*s'; nothing was handed "
                          "over",
                          BYTES_FMT(id), BYTES_FMT(row.cadre), BYTES_FMT(cadre));
    }
    return STATUS_OK;
}

static enum status check_households(struct ctx *ctx, const struct handover_command *ask,
                                    const struct bytes *ids, struct err *err)
{
    struct bytes first = {0};
    if (ask->all == (ask->household.count != 0)) {
        return fail_field(err, STATUS_INVALID, "household",
                          "say which households with --household, or all with --all");
    }
    if (ask->all && !find_next(ctx, ask->from, &first)) {
        return fail_field(err, STATUS_REFUSED, "from", "there is no household to hand over");
    }
    for (uint32_t i = 0; i < ask->household.count; i++) {
        if (i > 0 && bytes_equal(ids[i - 1], ids[i])) {
            return fail_field(err, STATUS_INVALID, "household",
                              "household '%.*s' is named twice; name it once", BYTES_FMT(ids[i]));
        }
        enum status st = check_household(ctx, ask->from, ids[i], err);
        if (st != STATUS_OK) {
            return st;
        }
    }
    return STATUS_OK;
}

/* ---- telling -------------------------------------------------------------------------------- */

static void tell(struct ctx *ctx, const char *category, struct bytes recipient, struct bytes person,
                 uint32_t count, struct bytes reason)
{
    if (recipient.len != 0) {
        intake_tell(ctx, &(struct intake_telling){.category = category,
                                                  .level = NOTICE_LEVEL_ACTION,
                                                  .recipients = &recipient,
                                                  .recipient_count = 1,
                                                  .person = person,
                                                  .count = count,
                                                  .reason = reason});
    }
}

static void tell_both(struct ctx *ctx, struct bytes from, struct bytes to, uint32_t count,
                      struct bytes reason)
{
    tell(ctx, "handed_over", from, to, count, reason);
    tell(ctx, from.len != 0 ? "taken_over" : "taken_over_uncovered", to, from, count, reason);
}

/* ---- handing over --------------------------------------------------------------------------- */

static void hand_over(struct ctx *ctx, const struct handover_command *ask, const struct bytes *ids)
{
    struct relinking relinking = {.ctx = ctx,
                                  .event = {.how = RELINK_WAY_HANDOVER, .reason = ask->reason}};
    struct relink_part part = {.from = ask->from, .to = ask->to};
    uint32_t count = ask->household.count;
    for (uint32_t i = 0; i < ask->household.count; i++) {
        part.household = ids[i];
        relinking_add(&relinking, &part);
    }
    /* What was emitted is applied and has left the index, so the walk only goes on. */
    while (ask->all && find_next(ctx, ask->from, &part.household)) {
        relinking_add(&relinking, &part);
        count++;
    }
    relinking_flush(&relinking);
    tell_both(ctx, ask->from, ask->to, count, ask->reason);
}

enum status intake_decide_handover(struct ctx *ctx, const struct command *command, struct err *err)
{
    const struct handover_command *ask = command->message;
    struct cadre_row row;
    enum status st = check_right(ctx, command->person, err);
    if (st == STATUS_OK && ask->from.len != 0) {
        st = check_cadre(ctx, "from", ask->from, &row, err);
    }
    if (st == STATUS_OK) {
        st = check_successor(ctx, ask->from, ask->to, err);
    }
    const struct bytes *ids = sort_named(ctx, &ask->household);
    if (st == STATUS_OK) {
        st = check_households(ctx, ask, ids, err);
    }
    if (st == STATUS_OK) {
        hand_over(ctx, ask, ids);
    }
    return st;
}

/* ---- leaving -------------------------------------------------------------------------------- */

static const struct person *find_secretary(const struct office *office, struct bytes community)
{
    for (uint32_t i = 0; i < office->person_count; i++) {
        const struct person *person = &office->people[i];
        if ((person->roles & ROLE_BIT(ROLE_COMMUNITY_SECRETARY)) != 0 &&
            bytes_equal(person->area, community)) {
            return person;
        }
    }
    return NULL;
}

/* The secretary becomes a cadre of the register like any other, to be called on the supervision
 * telephone where there is no other. */
static void enrol(struct ctx *ctx, const struct person *secretary)
{
    struct cadre_row row;
    if (register_find_cadre(ctx, secretary->id, &row) && row.left_at.us == 0) {
        return;
    }
    const struct office *office = &ctx_config(ctx)->office;
    struct cadre_part part = {.cadre = secretary->id,
                              .name = secretary->name,
                              .unit = secretary->unit,
                              .post = bytes_of_string(role_name(ROLE_COMMUNITY_SECRETARY)),
                              .phone = secretary->phone.len != 0 ? secretary->phone
                                                                 : office->supervision_phone};
    struct cadres_recorded_event event = {0};
    struct buf out = {0};
    list_put_message(&event.rows, &out, &cadre_part_type, &part);
    list_end(&event.rows, &out);
    emit(ctx, &(struct emission){.type = &cadres_recorded_event_type, .message = &event});
    buf_done(&out);
}

/* One community's households to its secretary; when the secretary is the one who leaves, or there
 * is none, to nobody, which is an alarm. */
static void give_to_secretary(struct ctx *ctx, const struct leave_command *ask,
                              const struct area *community)
{
    const struct person *secretary = find_secretary(&ctx_config(ctx)->office, community->id);
    bool has_secretary = secretary != NULL && !bytes_equal(secretary->id, ask->cadre);
    struct relinking relinking = {
        .ctx = ctx,
        .event = {.how = RELINK_WAY_LEAVE, .is_interim = has_secretary, .reason = ask->reason}};
    struct relink_part part = {.from = ask->cadre,
                               .to = has_secretary ? secretary->id : (struct bytes){0}};
    uint32_t count = 0;
    while (find_next(ctx, ask->cadre, &part.household)) {
        struct household_row row;
        bool is_known = register_find_household(ctx, part.household, &row);
        if (!is_known || !bytes_equal(row.community, community->id)) {
            continue;
        }
        if (count++ == 0 && has_secretary) {
            enrol(ctx, secretary);
        }
        relinking_add(&relinking, &part);
    }
    relinking_flush(&relinking);
    if (count != 0 && has_secretary) {
        tell(ctx, "handed_over", ask->cadre, part.to, count, ask->reason);
        tell(ctx, "taken_over_interim", part.to, ask->cadre, count, ask->reason);
    }
}

static void leave(struct ctx *ctx, const struct leave_command *ask)
{
    const struct office *office = &ctx_config(ctx)->office;
    for (uint32_t i = 0; i < office->area_count; i++) {
        if (office->areas[i].parent.len == 0) {
            give_to_secretary(ctx, ask, &office->areas[i]);
        }
    }
    /* Those of a community that is no longer in the office. */
    struct relinking rest = {.ctx = ctx, .event = {.how = RELINK_WAY_LEAVE, .reason = ask->reason}};
    struct relink_part part = {.from = ask->cadre};
    while (find_next(ctx, ask->cadre, &part.household)) {
        relinking_add(&rest, &part);
    }
    relinking_flush(&rest);
}

static void leave_to(struct ctx *ctx, const struct leave_command *ask)
{
    struct bytes first = {0};
    struct handover_command handover = {
        .from = ask->cadre, .to = ask->to, .all = true, .reason = ask->reason};
    if (find_next(ctx, ask->cadre, &first)) {
        hand_over(ctx, &handover, NULL);
    }
}

enum status intake_decide_leave(struct ctx *ctx, const struct command *command, struct err *err)
{
    const struct leave_command *ask = command->message;
    struct cadre_row row = {0};
    enum status st = check_right(ctx, command->person, err);
    if (st == STATUS_OK) {
        st = check_cadre(ctx, "cadre", ask->cadre, &row, err);
    }
    if (st == STATUS_OK && row.left_at.us != 0) {
        st = fail_field(err, STATUS_REFUSED, "cadre", "cadre '%.*s' has left already",
                        BYTES_FMT(ask->cadre));
    }
    if (st == STATUS_OK && ask->to.len != 0) {
        st = check_successor(ctx, ask->cadre, ask->to, err);
    }
    if (st != STATUS_OK) {
        return st;
    }
    struct cadre_left_event event = {.cadre = ask->cadre, .reason = ask->reason};
    emit(ctx, &(struct emission){.type = &cadre_left_event_type, .message = &event});
    if (ask->to.len != 0) {
        leave_to(ctx, ask);
    } else {
        leave(ctx, ask);
    }
    return STATUS_OK;
}

/* ---- what was handed over ------------------------------------------------------------------- */

/* A page while it is filled. */
struct page {
    uint32_t skip; /* households before it */
    struct list list;
    struct buf out;
};

static void put_rows(struct ctx *ctx, const struct relinked_event *event, struct page *page)
{
    struct list_cursor cursor = list_begin(&event->rows);
    struct relink_part part;
    while (page->list.count < PAGE_MAX && list_next_message(&cursor, &relink_part_type, &part)) {
        if (page->skip > 0) {
            page->skip--;
            continue;
        }
        struct handed_part handed = {.household = part.household,
                                     .from = part.from,
                                     .to = part.to,
                                     .promises = visits_count_promises(ctx, part.household)};
        list_put_message(&page->list, &page->out, &handed_part_type, &handed);
    }
}

enum status intake_answer_handover(struct ctx *ctx, const struct query *query, void *ret_reply,
                                   struct err *err)
{
    const struct handover_query *ask = query->message;
    struct handover_reply *reply = ret_reply;
    struct relinked_event *event = ctx_take(ctx, sizeof *event);
    struct page page = {.skip = ask->after};
    struct record record;
    enum status st = check_right(ctx, query->person, err);
    if (st != STATUS_OK) {
        return st;
    }
    for (uint32_t i = 0; i < ask->count && record_get(ctx, ask->seq + i, &record) == STATUS_OK;
         i++) {
        if (record.type == MESSAGE_RELINKED_EVENT &&
            record_message(&record, &relinked_event_type, event, err) == STATUS_OK) {
            put_rows(ctx, event, &page);
        }
    }
    struct bytes kept = ctx_copy(ctx, buf_bytes(&page.out));
    reply->households = page.list;
    reply->households.p = kept.p;
    reply->households.len = kept.len;
    buf_done(&page.out);
    return STATUS_OK;
}
