/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/card.h"

#include "cli/card_sheet.h"
#include "cli/change.h"
#include "cli/output.h"
#include "cli/query.h"

#include <stdio.h>
#include <string.h>

#define PAGE_MAX 200U

/* ---- the list ------------------------------------------------------------------------------- */

/* A household without a card has no state in the reply, and a word for it in what people read. */
static void name_states(json_t *cards)
{
    size_t i;
    json_t *card;
    json_array_foreach(cards, i, card)
    {
        if (!json_is_string(json_object_get(card, "state"))) {
            (void)json_object_set_new(card, "state", json_string("none"));
        }
    }
}

/* An intake query looks at so many households at most; a page may come back empty with more to
 * come. */
enum status card_run_list(struct session *session, const struct args *args, json_t **ret_json,
                          struct err *err)
{
    struct card_query *query = args->message;
    char after[WORD_MAX_BYTES + 1];
    for (;;) {
        json_t *reply;
        session_renew(session);
        enum status st = query_run(session, args, &reply, err);
        if (st != STATUS_OK) {
            return st;
        }
        json_t *cards = json_incref(json_object_get(reply, "cards"));
        const char *through = output_string(reply, "through");
        bool is_page = json_array_size(cards) != 0 || through[0] == '\0';
        if (is_page && through[0] != '\0' && !session->globals.is_json) {
            session_note(session, "there may be more; go on with --after %s", through);
        }
        if (!is_page) {
            (void)snprintf(after, sizeof after, "%s", through);
            query->after = bytes_of_string(after);
        }
        json_decref(reply);
        if (is_page) {
            name_states(cards);
            *ret_json = cards;
            return STATUS_OK;
        }
        json_decref(cards);
    }
}

/* ---- printing ------------------------------------------------------------------------------- */

/* The cards of a scope on their way to the page, and what is recorded of them. */
struct printing {
    struct session *session;
    const struct config_daemon *intake;
    struct card_query query;
    char after[WORD_MAX_BYTES + 1];
    struct card_sheet sheet;
    bool is_begun;
    uint32_t without_cadre;
    struct list editions;
    struct buf editions_out;
};

static void find_contacts(const struct card_reply *reply, struct bytes village,
                          struct card_place_part *ret_place)
{
    struct list_cursor cursor = list_begin(&reply->places);
    while (list_next_message(&cursor, &card_place_part_type, ret_place)) {
        if (bytes_equal(ret_place->village, village)) {
            return;
        }
    }
    *ret_place = (struct card_place_part){0};
}

static void add_cards(struct printing *printing, const struct card_reply *reply)
{
    struct list_cursor cursor = list_begin(&reply->cards);
    struct card_part card;
    struct card_place_part place = {0};
    while (list_next_message(&cursor, &card_part_type, &card)) {
        if (card.edition.len == 0) {
            printing->without_cadre++;
            continue;
        }
        if (!bytes_equal(place.village, card.village)) {
            find_contacts(reply, card.village, &place);
        }
        card_sheet_add(&printing->sheet, &card, &place.contacts);
        struct card_edition_part edition = {.household = card.household, .edition = card.edition};
        list_put_message(&printing->editions, &printing->editions_out, &card_edition_part_type,
                         &edition);
    }
}

/* One page of the register. What stands on every card must not change on the way. */
static enum status print_page(struct printing *printing, bool *ret_is_last, struct err *err)
{
    struct ask ask = {
        .type = &card_query_type, .message = &printing->query, .reply_type = &card_reply_type};
    struct card_reply reply;
    session_renew(printing->session);
    enum status st = call_daemon(printing->session, printing->intake, &ask, &reply, NULL, err);
    if (st == STATUS_OK && !printing->is_begun) {
        printing->is_begun = true;
        st = card_sheet_begin(&printing->sheet, printing->session->config->language, &reply, err);
    }
    if (st != STATUS_OK) {
        return st;
    }
    if (!bytes_equal(reply.supervision_phone, bytes_of_string(printing->sheet.phone)) ||
        !bytes_equal(reply.street, bytes_of_string(printing->sheet.street))) {
        return fail(err, STATUS_REFUSED,
                    "the configuration changed while the cards were printed; print again");
    }
    add_cards(printing, &reply);
    *ret_is_last = reply.through.len == 0;
    (void)snprintf(printing->after, sizeof printing->after, "%.*s", BYTES_FMT(reply.through));
    printing->query.after = bytes_of_string(printing->after);
    return STATUS_OK;
}

static enum status record_printed(struct printing *printing, struct err *err)
{
    list_end(&printing->editions, &printing->editions_out);
    struct card_print_command command = {.rows = printing->editions};
    struct change_reply reply;
    struct ask ask = {.type = &card_print_command_type,
                      .message = &command,
                      .reply_type = &change_reply_type,
                      .is_command = true};
    session_renew(printing->session);
    return call_daemon(printing->session, printing->intake, &ask, &reply, NULL, err);
}

static enum status print_all(struct printing *printing, bool is_recorded, struct err *err)
{
    bool is_last = false;
    enum status st =
        session_find_daemon(printing->session, BYTES("intake"), &printing->intake, err);
    while (st == STATUS_OK && !is_last) {
        st = print_page(printing, &is_last, err);
    }
    if (st == STATUS_OK && printing->sheet.cards == 0) {
        st = fail(err, STATUS_NOT_FOUND, "there is no card to print%s",
                  printing->without_cadre != 0 ? ": no household there has a cadre" : "");
    }
    if (st == STATUS_OK && is_recorded) {
        st = record_printed(printing, err);
    }
    return st;
}

enum status card_run_print(struct session *session, const struct args *args, json_t **ret_json,
                           struct err *err)
{
    struct printing printing = {.session = session,
                                .query = *(const struct card_query *)args->message};
    printing.query.limit = PAGE_MAX;
    enum status st = print_all(&printing, args_has(args, "record"), err);
    if (st == STATUS_OK) {
        card_sheet_end(&printing.sheet);
        uint32_t cards = printing.sheet.cards;
        const struct buf *html = &printing.sheet.out;
        *ret_json = json_pack("{s:I, s:I, s:I, s:o}", "cards", (json_int_t)cards, "sheets",
                              (json_int_t)((cards + CARDS_PER_SHEET - 1) / CARDS_PER_SHEET),
                              "without_cadre", (json_int_t)printing.without_cadre, "html",
                              json_stringn((const char *)html->p, html->len));
    }
    card_sheet_done(&printing.sheet);
    buf_done(&printing.editions_out);
    return st;
}

/* The page goes to standard output; what people want to know of it does not. */
void card_print_html(const struct session *session, const json_t *result)
{
    (void)session;
    const json_t *html = json_object_get(result, "html");
    (void)fwrite(json_string_value(html), 1, json_string_length(html), stdout);
    json_int_t without = json_integer_value(json_object_get(result, "without_cadre"));
    struct buf text = {0};
    output_count(result, "cards", "card", "cards", &text);
    buf_append_string(&text, " on ");
    output_count(result, "sheets", "sheet", "sheets", &text);
    if (without != 0) {
        buf_append_u8(&text, '\n');
        output_count(result, "without_cadre", "household has", "households have", &text);
        buf_append_string(&text, " no cadre and so no card");
    }
    (void)fprintf(stderr, "%.*s\n", BYTES_FMT(buf_bytes(&text)));
    buf_done(&text);
}
