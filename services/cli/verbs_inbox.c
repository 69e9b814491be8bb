/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/agenda.h"
#include "cli/change.h"
#include "cli/query.h"
#include "cli/verb.h"
#include "messages.h"

static const char *const item_argument[] = {"item", NULL};
static const char *const read_hidden[] = {"read", NULL};
static const char *const watch_hidden[] = {"limit", NULL};

static const struct column inbox_columns[] = {
    {"ID", "id", COLUMN_TEXT},
    {"AT", "at", COLUMN_TIME},
    {"LEVEL", "level", COLUMN_TEXT},
    {"ISSUE", "issue", COLUMN_TEXT},
    {"AGAIN", "repeats", COLUMN_SOME},
    {"READ", "read_at", COLUMN_TIME},
    {"ACKED", "acked_at", COLUMN_TIME},
    {"TITLE", "title", COLUMN_TEXT},
    {0},
};

/* What mostly stands there, so that the lines of a watch keep their columns. */
static const uint32_t watch_widths[] = {6, 16, 7, 12, 5, 16, 16, 0};

/* cause: {journal, seq}. */
static void reshape_item(json_t *item)
{
    json_t *cause = json_null();
    if (json_is_string(json_object_get(item, "cause_journal"))) {
        cause = json_pack("{s:O, s:O}", "journal", json_object_get(item, "cause_journal"), "seq",
                          json_object_get(item, "cause_seq"));
    }
    (void)json_object_set_new(item, "cause", cause);
    (void)json_object_del(item, "cause_journal");
    (void)json_object_del(item, "cause_seq");
}

const struct verb inbox_verbs[] = {
    {.noun = "agenda",
     .about = "Lists what a person owes, what is due first comes first; households to visit and "
              "cards to bring are one row each",
     .example = "lianhu agenda --as cadre001",
     .type = &agenda_query_type,
     .run = agenda_run,
     .print = agenda_print},
    {.noun = "inbox",
     .verb = "list",
     .about = "Lists a person's notices in order of id",
     .example = "lianhu inbox list --unread --as cadre001",
     .type = &inbox_query_type,
     .daemon = "notifier",
     .reply = &inbox_reply_type,
     .run = query_run_list,
     .list = "items",
     .columns = inbox_columns,
     .reshape = reshape_item},
    {.noun = "inbox",
     .verb = "watch",
     .about = "Shows the notices, and from then on every new one",
     .example = "lianhu inbox watch --json --as cadre001",
     .type = &inbox_query_type,
     .hidden = watch_hidden,
     .daemon = "notifier",
     .reply = &inbox_reply_type,
     .run = query_watch,
     .list = "items",
     .columns = inbox_columns,
     .widths = watch_widths,
     .reshape = reshape_item},
    {.noun = "inbox",
     .verb = "ack",
     .about = "Acknowledges a notice",
     .example = "lianhu inbox ack 17 --as cadre001",
     .type = &ack_command_type,
     .arguments = item_argument,
     .hidden = read_hidden,
     .daemon = "notifier",
     .run = change_run_plain,
     .print = change_print},
    {.noun = "inbox",
     .verb = "read",
     .about = "Marks a notice as read",
     .example = "lianhu inbox read 17 --as cadre001",
     .type = &ack_command_type,
     .arguments = item_argument,
     .preset = "read",
     .daemon = "notifier",
     .run = change_run_plain,
     .print = change_print},
    {0},
};
