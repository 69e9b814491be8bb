/* SPDX-License-Identifier: Apache-2.0 */
/* A visit as its cadre enters it: one event for the visit, and one report for each matter. */
#include "domain/words.h"
#include "intake/links.h"
#include "intake/reports.h"
#include "intake/visits.h"

#include <stdio.h>

#define BACK_DAYS 366
#define PROMISE_DAYS_MAX 731
#define DAY_US (S_PER_DAY * US_PER_S)

/* A visit on its way into events. */
struct entry {
    struct ctx *ctx;
    const struct visit_log_command *ask;
    struct household_row household;
    struct bytes cadre;
    struct wall at;
};

/* ---- checks --------------------------------------------------------------------------------- */

/* Why somebody who is, or was, the household's cadre may not enter a visit made at that time. */
static enum status refuse_period(struct entry *entry, struct err *err)
{
    char text[WALL_TEXT_BYTES];
    struct period_row period;
    struct bytes id = entry->ask->household;
    bool was_linked = links_find_last_of(entry->ctx, id, entry->cadre, &period);
    if (!was_linked) {
        return STATUS_FORBIDDEN;
    }
    bool is_linked = period.until.us == 0;
    wall_format(is_linked ? period.since : period.until, ctx_config(entry->ctx)->zone, text);
    return is_linked
               ? fail_field(err, STATUS_INVALID, "at",
                            "household '%.*s' was handed over to you at %s; a visit made before is "
                            "entered by who was its cadre then",
                            BYTES_FMT(id), text)
               : fail_field(err, STATUS_FORBIDDEN, "at",
                            "household '%.*s' was handed over at %s; say with --at when the visit "
                            "was, if you made it before",
                            BYTES_FMT(id), text);
}

/* Who was the household's cadre at the time of the visit enters it, also when it has been handed
 * over since. */
static enum status check_right(struct entry *entry, struct err *err)
{
    struct bytes id = entry->ask->household;
    struct period_row period = {0};
    if (!register_find_household(entry->ctx, id, &entry->household)) {
        return fail_field(err, STATUS_NOT_FOUND, "household",
                          "there is no household '%.*s' in the register", BYTES_FMT(id));
    }
    (void)links_find_period(entry->ctx, id, entry->at, &period);
    struct actor actor = register_find_actor(entry->ctx, entry->cadre);
    struct object object = {.office = &ctx_config(entry->ctx)->office,
                            .cadre = period.cadre,
                            .area = entry->household.village};
    enum status st = may(&actor, ACTION_LOG_VISIT, &object, err);
    return st == STATUS_FORBIDDEN && (actor.roles & ROLE_BIT(ROLE_CADRE)) != 0
               ? refuse_period(entry, err)
               : st;
}

static enum status check_time(const struct entry *entry, struct err *err)
{
    struct wall now = ctx_now(entry->ctx);
    if (entry->at.us > now.us) {
        return fail_field(err, STATUS_INVALID, "at",
                          "the time lies in the future; a visit is entered when it was made");
    }
    if (entry->at.us < now.us - BACK_DAYS * DAY_US) {
        return fail_field(
            err, STATUS_INVALID, "at",
            "the time lies more than a year back; such a visit is not entered any more");
    }
    return STATUS_OK;
}

static bool is_listed(const struct list *items, uint32_t index, struct bytes item)
{
    struct list_cursor cursor = list_begin(items);
    struct bytes other;
    for (uint32_t i = 0; i < index && list_next_bytes(&cursor, &other); i++) {
        if (bytes_equal(other, item)) {
            return true;
        }
    }
    return false;
}

static enum status check_items(const struct visit_log_command *ask, struct err *err)
{
    struct list_cursor cursor = list_begin(&ask->items);
    struct bytes word;
    enum visit_item item;
    for (uint32_t i = 0; list_next_bytes(&cursor, &word); i++) {
        if (visit_item_parse(word, &item, err) != STATUS_OK) {
            return fail_field(err, STATUS_INVALID, "items",
                              "'%.*s' is no item of a visit; 'lianhu visit items' lists them",
                              BYTES_FMT(word));
        }
        if (is_listed(&ask->items, i, word)) {
            return fail_field(err, STATUS_INVALID, "items", "'%.*s' stands there twice",
                              BYTES_FMT(word));
        }
    }
    return STATUS_OK;
}

static enum status check_words(const struct visit_log_command *ask, struct err *err)
{
    if (!visit_is_home((enum contact_mode)ask->mode) && ask->transport != 0) {
        return fail_field(err, STATUS_INVALID, "transport",
                          "nobody went there; leave out how the cadre came");
    }
    return STATUS_OK;
}

/* The next matter in its normal form, which is good until `arena` is cleared. */
static bool next_matter(struct list_cursor *cursor, struct buf *arena, struct matter_part *part,
                        enum status *st, struct err *err)
{
    buf_clear(arena);
    if (!list_next_message(cursor, &matter_part_type, part)) {
        return false;
    }
    *st = message_normalise(&matter_part_type, part, arena, err);
    return true;
}

static enum status check_matters(const struct entry *entry, struct err *err)
{
    struct list_cursor cursor = list_begin(&entry->ask->matters);
    struct matter_part part;
    struct buf arena = {0};
    enum status st = STATUS_OK;
    for (uint32_t i = 1; st == STATUS_OK && next_matter(&cursor, &arena, &part, &st, err); i++) {
        if (st == STATUS_OK) {
            st = reports_check_category(entry->ctx, part.category, err);
        }
        if (st != STATUS_OK) {
            struct err why = *err;
            st = fail_field(err, st, "matters", "matter %u: %s", i, why.text);
        }
    }
    buf_done(&arena);
    return st != STATUS_OK || entry->ask->matters.count == 0
               ? st
               : reports_check_numbers(entry->ctx, entry->ask->matters.count, err);
}

/* ---- promises ------------------------------------------------------------------------------- */

/* The last second of a day like "2026-10-31". */
static enum status read_day(const struct entry *entry, struct bytes text, struct wall *ret_due,
                            struct err *err)
{
    char whole[40];
    int len = snprintf(whole, sizeof whole, "%.*sT23:59:59", BYTES_FMT(text));
    struct zone zone = ctx_config(entry->ctx)->zone;
    if (text.len != 10 ||
        wall_parse(bytes_of(whole, (size_t)len), zone, ret_due, err) != STATUS_OK) {
        return fail(err, STATUS_INVALID, "'%.*s' is no day; write one as 2026-10-31",
                    BYTES_FMT(text));
    }
    if (ret_due->us < entry->at.us) {
        return fail(err, STATUS_INVALID, "%.*s lies before the visit", BYTES_FMT(text));
    }
    if (ret_due->us > ctx_now(entry->ctx).us + PROMISE_DAYS_MAX * DAY_US) {
        return fail(err, STATUS_INVALID, "%.*s is more than two years ahead", BYTES_FMT(text));
    }
    return STATUS_OK;
}

static enum status add_promise(const struct entry *entry, const struct promise_part *part,
                               struct list *promises, struct buf *out, struct err *err)
{
    struct promised_part promised = {.words = part->words};
    enum status st = read_day(entry, part->until, &promised.due, err);
    if (st == STATUS_OK) {
        promised.remind_at = promises_find_reminder(entry->ctx, promised.due);
        list_put_message(promises, out, &promised_part_type, &promised);
    }
    return st;
}

static enum status make_promises(const struct entry *entry, struct list *promises, struct buf *out,
                                 struct err *err)
{
    struct list_cursor cursor = list_begin(&entry->ask->promises);
    struct promise_part part;
    struct buf arena = {0};
    enum status st = STATUS_OK;
    for (uint32_t i = 1; st == STATUS_OK && list_next_message(&cursor, &promise_part_type, &part);
         i++) {
        buf_clear(&arena);
        st = message_normalise(&promise_part_type, &part, &arena, err);
        if (st == STATUS_OK) {
            st = add_promise(entry, &part, promises, out, err);
        }
        if (st != STATUS_OK) {
            struct err why = *err;
            st = fail_field(err, st, "promises", "promise %u: %s", i, why.text);
        }
    }
    list_end(promises, out);
    buf_done(&arena);
    return st;
}

/* ---- events --------------------------------------------------------------------------------- */

static uint64_t emit_visit(const struct entry *entry, const struct list *promises)
{
    const struct config *config = ctx_config(entry->ctx);
    const struct visit_log_command *ask = entry->ask;
    struct visited_event event = {
        .household = ask->household,
        .cadre = entry->cadre,
        .mode = ask->mode,
        .at = entry->at,
        .half = visit_half_of(&config->visits, config->zone, entry->at),
        .is_late = visit_is_late(&config->visits, entry->at, ctx_now(entry->ctx)),
        .items = ask->items,
        .transport = ask->transport,
        .words = ask->words,
        .promises = *promises};
    return emit(entry->ctx, &(struct emission){.type = &visited_event_type, .message = &event});
}

static void emit_matters(const struct entry *entry, uint64_t visit)
{
    struct list_cursor cursor = list_begin(&entry->ask->matters);
    struct matter_part part;
    struct buf arena = {0};
    struct err err;
    enum status st = STATUS_OK;
    while (next_matter(&cursor, &arena, &part, &st, &err)) {
        CHECK(st == STATUS_OK); /* check_matters() did the same */
        struct reported_event event = {.household = entry->ask->household,
                                       .cadre = register_find_owner(entry->ctx, &entry->household),
                                       .kind = part.kind,
                                       .category = part.category,
                                       .urgency =
                                           part.urgency != 0 ? part.urgency : (int)URGENCY_GENERAL,
                                       .source = (int)SOURCE_VISIT,
                                       .area = entry->household.village,
                                       .tags = entry->household.tags,
                                       .said_at = entry->ask->at,
                                       .title = part.title,
                                       .text = part.text,
                                       .visit = visit};
        reports_emit(entry->ctx, &event);
    }
    buf_done(&arena);
}

enum status intake_decide_visit(struct ctx *ctx, const struct command *command, struct err *err)
{
    struct entry entry = {.ctx = ctx, .ask = command->message, .cadre = command->person};
    struct list promises = {0};
    struct buf out = {0};
    entry.at = entry.ask->at.us != 0 ? entry.ask->at : ctx_now(ctx);
    enum status st = check_right(&entry, err);
    if (st == STATUS_OK) {
        st = check_time(&entry, err);
    }
    if (st == STATUS_OK) {
        st = check_items(entry.ask, err);
    }
    if (st == STATUS_OK) {
        st = check_words(entry.ask, err);
    }
    if (st == STATUS_OK) {
        st = check_matters(&entry, err);
    }
    if (st == STATUS_OK) {
        st = make_promises(&entry, &promises, &out, err);
    }
    if (st == STATUS_OK) {
        emit_matters(&entry, emit_visit(&entry, &promises));
    }
    buf_done(&out);
    return st;
}
