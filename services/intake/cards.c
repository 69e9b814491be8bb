/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/cards.h"

#include "base/crc32c.h"
#include "base/endian.h"
#include "intake/rounds.h"

#include <stdio.h>

/* ---- what stands on a card ------------------------------------------------------------------ */

static void add_contact(struct card *card, struct bytes unit, const struct person *person,
                        struct bytes phone)
{
    if (card->contact_count < CONTACTS_MAX) {
        card->contacts[card->contact_count++] = (struct card_contact_part){
            .unit = unit,
            .person = person != NULL ? person->name : (struct bytes){0},
            .phone = phone.len != 0 || person == NULL ? phone : person->phone};
    }
}

/* The first holder of the role whose area this is. */
static const struct person *find_holder(const struct office *office, enum role role,
                                        struct bytes area)
{
    for (uint32_t i = 0; i < office->person_count; i++) {
        const struct person *person = &office->people[i];
        if ((person->roles & ROLE_BIT(role)) != 0 && bytes_equal(person->area, area)) {
            return person;
        }
    }
    return NULL;
}

static void add_holder(struct card *card, const struct office *office, enum role role,
                       struct bytes area_id)
{
    const struct area *area = office_find_area(office, area_id);
    const struct person *person = find_holder(office, role, area_id);
    if (area != NULL && person != NULL) {
        add_contact(card, area->name, person, (struct bytes){0});
    }
}

/* The village's liaison, the community's secretary, then the sections named in org.yaml. */
static void fill_contacts(struct card *card, const struct office *office)
{
    card->contact_count = 0;
    add_holder(card, office, ROLE_VILLAGE_LIAISON, card->household.village);
    add_holder(card, office, ROLE_COMMUNITY_SECRETARY, card->household.community);
    for (uint32_t i = 0; i < office->card_department_count; i++) {
        const struct department *department =
            office_find_department(office, office->card_departments[i]);
        if (department != NULL) {
            add_contact(card, department->name, office_find_person(office, department->head),
                        department->phone);
        }
    }
}

/* Each text with its length, so that nothing can move from one to the next unseen. */
static uint32_t add_text(uint32_t sum, struct bytes text)
{
    uint8_t len[4];
    be32_store(len, (uint32_t)text.len);
    return crc32c(crc32c(sum, bytes_of(len, sizeof len)), text);
}

static struct edition find_edition(const struct card *card, const struct office *office)
{
    const struct bytes texts[] = {office->name,     office->supervision_phone, card->cadre.name,
                                  card->cadre.unit, card->cadre.post,          card->cadre.phone};
    uint32_t sum = 0;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sum = add_text(sum, texts[i]);
    }
    for (uint32_t i = 0; i < card->contact_count; i++) {
        sum = add_text(sum, card->contacts[i].unit);
        sum = add_text(sum, card->contacts[i].person);
        sum = add_text(sum, card->contacts[i].phone);
    }
    char text[EDITION_BYTES + 1];
    struct edition edition;
    (void)snprintf(text, sizeof text, "%08x", sum);
    memcpy(edition.text, text, EDITION_BYTES);
    return edition;
}

bool card_read(struct ctx *ctx, struct bytes household, struct card *ret_card)
{
    const struct office *office = &ctx_config(ctx)->office;
    if (!register_find_household(ctx, household, &ret_card->household) ||
        !register_find_cadre(ctx, ret_card->household.cadre, &ret_card->cadre)) {
        return false;
    }
    fill_contacts(ret_card, office);
    ret_card->edition = find_edition(ret_card, office);
    return true;
}

/* ---- how it stands with a card -------------------------------------------------------------- */

struct card_row card_row_read(struct ctx *ctx, struct bytes household)
{
    struct card_row row;
    return row_get(ctx, CARDS, household, &card_row_type, &row) == STATUS_OK ? row
                                                                             : (struct card_row){0};
}

int card_state_of(const struct card_row *row, struct bytes edition)
{
    bool is_there = row->printed.len != 0 || row->delivered.len != 0;
    if (!is_there) {
        return CARD_STATE_NONE;
    }
    if (bytes_equal(row->delivered, edition)) {
        return CARD_STATE_DELIVERED;
    }
    return bytes_equal(row->printed, edition) ? CARD_STATE_PRINTED : CARD_STATE_STALE;
}

void intake_apply_cards_printed(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct cards_printed_event *event = message;
    struct list_cursor cursor = list_begin(&event->rows);
    struct card_edition_part part;
    while (list_next_message(&cursor, &card_edition_part_type, &part)) {
        struct card_row row = card_row_read(ctx, part.household);
        row.printed = part.edition;
        row.printed_at = record->at;
        row_put(ctx, CARDS, part.household, &card_row_type, &row);
    }
    rounds_begin(ctx, record, BYTES(ROUND_CARDS));
}

void intake_apply_card_delivered(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct card_delivered_event *event = message;
    struct card_row row = card_row_read(ctx, event->household);
    row.delivered = event->edition;
    row.delivered_at = event->at;
    row.recorded_at = record->at;
    row.person = record->actor;
    row.record = record->seq;
    row_put(ctx, CARDS, event->household, &card_row_type, &row);
    rounds_begin(ctx, record, BYTES(ROUND_CARDS));
}

/* ---- printed, delivered --------------------------------------------------------------------- */

#define ROWS_PER_EVENT 1000U
#define ROWS_FULL_BYTES ((size_t)56 * 1024)

static enum status check_printed(struct ctx *ctx, const struct actor *actor,
                                 const struct card_edition_part *part, struct err *err)
{
    struct card card;
    if (!card_read(ctx, part->household, &card)) {
        return fail_field(err, STATUS_NOT_FOUND, "rows",
                          "household '%.*s' is not in the register, or has no cadre and so no card",
                          BYTES_FMT(part->household));
    }
    struct object object = {.office = &ctx_config(ctx)->office,
                            .cadre = card.household.cadre,
                            .area = card.household.village};
    enum status st = may(actor, ACTION_VIEW_HOUSEHOLD, &object, err);
    if (st == STATUS_OK && !bytes_equal(part->edition, edition_bytes(&card.edition))) {
        st = fail_field(err, STATUS_REFUSED, "rows",
                        "the card of household '%.*s' has changed since it was printed; print "
                        "again",
                        BYTES_FMT(part->household));
    }
    return st;
}

static void emit_printed(struct ctx *ctx, struct list *rows, struct buf *out)
{
    list_end(rows, out);
    struct cards_printed_event event = {.rows = *rows};
    emit(ctx, &(struct emission){.type = &cards_printed_event_type, .message = &event});
    *rows = (struct list){0};
    buf_clear(out);
}

enum status intake_decide_card_print(struct ctx *ctx, const struct command *command,
                                     struct err *err)
{
    const struct card_print_command *ask = command->message;
    struct actor actor = register_find_actor(ctx, command->person);
    struct list_cursor cursor = list_begin(&ask->rows);
    struct card_edition_part part;
    if (ask->rows.count == 0) {
        return fail_field(err, STATUS_INVALID, "rows", "no card was printed");
    }
    while (list_next_message(&cursor, &card_edition_part_type, &part)) {
        enum status st = check_printed(ctx, &actor, &part, err);
        if (st != STATUS_OK) {
            return st;
        }
    }
    struct list rows = {0};
    struct buf out = {0};
    cursor = list_begin(&ask->rows);
    while (list_next_message(&cursor, &card_edition_part_type, &part)) {
        if (rows.count == ROWS_PER_EVENT || out.len > ROWS_FULL_BYTES) {
            emit_printed(ctx, &rows, &out);
        }
        list_put_message(&rows, &out, &card_edition_part_type, &part);
    }
    emit_printed(ctx, &rows, &out);
    buf_done(&out);
    return STATUS_OK;
}

/* Which edition was brought: the one said; else the one that was printed for it; else today's. */
static enum status find_delivered(struct ctx *ctx, const struct card_deliver_command *ask,
                                  const struct card *card, struct bytes *ret_edition,
                                  struct err *err)
{
    struct card_row row = card_row_read(ctx, ask->household);
    struct bytes present = ctx_copy(ctx, edition_bytes(&card->edition));
    bool is_known = bytes_equal(ask->edition, present) ||
                    (ask->edition.len != 0 && bytes_equal(ask->edition, row.printed));
    bool waits = row.printed.len != 0 && !bytes_equal(row.printed, row.delivered);
    if (ask->edition.len != 0 && !is_known) {
        return fail_field(err, STATUS_INVALID, "edition",
                          "there is no edition '%.*s' of this household's card; the present one is "
                          "'%.*s'",
                          BYTES_FMT(ask->edition), BYTES_FMT(present));
    }
    if (ask->edition.len == 0 && waits && !bytes_equal(row.printed, present)) {
        return fail_field(err, STATUS_REFUSED, "edition",
                          "the card printed for this household ('%.*s') is out of date; print it "
                          "again, or say with --edition which one was delivered",
                          BYTES_FMT(row.printed));
    }
    *ret_edition = ask->edition.len != 0 ? ask->edition : present;
    return STATUS_OK;
}

static enum status check_delivery(struct ctx *ctx, const struct command *command, struct card *card,
                                  struct err *err)
{
    const struct card_deliver_command *ask = command->message;
    struct actor actor = register_find_actor(ctx, command->person);
    struct object object = {.office = &ctx_config(ctx)->office};
    bool has_card = card_read(ctx, ask->household, card);
    if (!has_card && card->household.head.len == 0) {
        return fail_field(err, STATUS_NOT_FOUND, "household",
                          "there is no household '%.*s' in the register",
                          BYTES_FMT(ask->household));
    }
    object.cadre = card->household.cadre;
    object.area = card->household.village;
    enum status st = may(&actor, ACTION_DELIVER_CARD, &object, err);
    if (st == STATUS_OK && ask->at.us > ctx_now(ctx).us) {
        st = fail_field(err, STATUS_INVALID, "at",
                        "a card cannot have been delivered in the future; leave out --at for now");
    }
    return st;
}

enum status intake_decide_card_deliver(struct ctx *ctx, const struct command *command,
                                       struct err *err)
{
    const struct card_deliver_command *ask = command->message;
    struct card card = {0};
    struct bytes edition;
    enum status st = check_delivery(ctx, command, &card, err);
    if (st == STATUS_OK) {
        st = find_delivered(ctx, ask, &card, &edition, err);
    }
    if (st != STATUS_OK) {
        return st;
    }
    struct card_delivered_event event = {.household = ask->household,
                                         .edition = edition,
                                         .at = ask->at.us != 0 ? ask->at : ctx_now(ctx),
                                         .words = ask->words};
    emit(ctx, &(struct emission){.type = &card_delivered_event_type, .message = &event});
    return STATUS_OK;
}
