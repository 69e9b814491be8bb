/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/card.h"
#include "cli/change.h"
#include "cli/verb.h"
#include "messages.h"

static const char *const print_hidden[] = {"after", "limit", NULL};
static const char *const list_hidden[] = {NULL};

static const struct verb_option print_options[] = {
    {.name = "record", .about = "Also records that these cards were printed"},
    {0},
};

static const struct column card_columns[] = {
    {"HOUSEHOLD", "household", COLUMN_TEXT},
    {"HEAD", "head", COLUMN_TEXT},
    {"VILLAGE", "village", COLUMN_TEXT},
    {"CADRE", "cadre", COLUMN_TEXT},
    {"NAME", "name", COLUMN_TEXT},
    {"STATE", "state", COLUMN_TEXT},
    {"EDITION", "edition", COLUMN_TEXT},
    {"PRINTED", "printed_at", COLUMN_TIME},
    {"DELIVERED", "delivered_at", COLUMN_TIME},
    {"BY", "person", COLUMN_TEXT},
    {0},
};

const struct verb card_verbs[] = {
    {.noun = "card",
     .verb = "print",
     .about = "Writes contact cards as HTML to be printed, eight on a sheet of A4",
     .example = "lianhu card print --cadre cadre001 --record > cards.html",
     .type = &card_query_type,
     .hidden = print_hidden,
     .options = print_options,
     .daemon = "intake",
     .run = card_run_print,
     .print = card_print_html},
    {.noun = "card",
     .verb = "deliver",
     .about = "Records that a household's contact card was brought to it",
     .example = "lianhu card deliver --household h00001 --words 户主本人签收 --as cadre001",
     .type = &card_deliver_command_type,
     .daemon = "intake",
     .run = change_run_plain,
     .print = change_print},
    {.noun = "card",
     .verb = "list",
     .about = "Lists households with the state of their card: none, printed, delivered, stale",
     .example = "lianhu card list --undelivered --cadre cadre001",
     .type = &card_query_type,
     .hidden = list_hidden,
     .daemon = "intake",
     .reply = &card_reply_type,
     .run = card_run_list,
     .columns = card_columns},
    {0},
};
