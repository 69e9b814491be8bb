/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/card.h"
#include "cli/change.h"
#include "cli/verb.h"
#include "cli/visit_lists.h"
#include "messages.h"

static const char *const print_hidden[] = {"after", "limit", NULL};
static const char *const list_hidden[] = {NULL};

static const struct verb_option print_options[] = {
    {.name = "record", .about = "Also records that these cards were printed"},
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
     .print = visit_lists_print_cards},
    {0},
};
