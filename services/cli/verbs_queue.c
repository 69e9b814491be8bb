/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/change.h"
#include "cli/query.h"
#include "cli/record_json.h"
#include "cli/verb.h"
#include "messages.h"

static const char *const issue_argument[] = {"issue", NULL};
static const char *const generation_hidden[] = {"generation", NULL};
static const char *const watch_hidden[] = {"after", "limit", NULL};

static const struct column queue_columns[] = {
    {"ISSUE", "issue", COLUMN_TEXT},
    {"STATE", "state", COLUMN_STATE},
    {"ROLE", "role", COLUMN_TEXT},
    {"URGENCY", "urgency", COLUMN_TEXT},
    {"DUE", "due_at", COLUMN_DUE},
    {"LATE", "is_overdue", COLUMN_TEXT},
    {"SECTION", "department", COLUMN_TEXT},
    {"TITLE", "title", COLUMN_TEXT},
    {0},
};

/* What mostly stands there, so that the lines of a watch keep their columns. */
static const uint32_t watch_widths[] = {12, 18, 6, 9, 16, 4, 12, 0};

/* Facts that wait for the router, by the name of what was done. */
static void reshape_item(json_t *item)
{
    size_t i;
    json_t *fact;
    json_array_foreach(json_object_get(item, "pending"), i, fact)
    {
        uint32_t type = (uint32_t)json_integer_value(json_object_get(fact, "type"));
        (void)json_object_set_new(fact, "type", record_type_json(type));
    }
}

static const char *const answers[] = {"solved", "partly", NULL};
static const struct choice answer_choices[] = {
    {.field = "outcome",
     .words = answers,
     .otherwise = "what cannot be solved is proposed with 'queue propose-unresolvable'"},
    {0},
};

const struct verb queue_verbs[] = {
    {.noun = "queue",
     .verb = "list",
     .about = "Lists what a section has to do",
     .example = "lianhu queue list --department urban",
     .type = &queue_query_type,
     .reply = &queue_reply_type,
     .run = query_run_list,
     .list = "items",
     .columns = queue_columns,
     .reshape = reshape_item},
    {.noun = "queue",
     .verb = "watch",
     .about = "Shows the queue, and from then on every item that is new or changes",
     .example = "lianhu queue watch --department urban --json",
     .type = &queue_query_type,
     .hidden = watch_hidden,
     .reply = &queue_reply_type,
     .run = query_watch,
     .list = "items",
     .columns = queue_columns,
     .widths = watch_widths,
     .reshape = reshape_item},
    {.noun = "queue",
     .verb = "sign",
     .about = "Signs for an issue in the section's queue",
     .example = "lianhu queue sign 2026-0000042 --as staff_urban_1",
     .type = &sign_command_type,
     .arguments = issue_argument,
     .hidden = generation_hidden,
     .run = change_run_fact,
     .print = change_print},
    {.noun = "queue",
     .verb = "progress",
     .about = "Uploads progress",
     .example = "lianhu queue progress 2026-0000042 --words 已现场查看 --as staff_urban_1",
     .type = &progress_command_type,
     .arguments = issue_argument,
     .hidden = generation_hidden,
     .run = change_run_fact,
     .print = change_print},
    {.noun = "queue",
     .verb = "first-contact",
     .about = "Records that the household has been spoken to, by the lead section; once",
     .example = "lianhu queue first-contact 2026-0000042 --words 已电话联系户主 --as staff_urban_1",
     .type = &contact_command_type,
     .arguments = issue_argument,
     .hidden = generation_hidden,
     .run = change_run_fact,
     .print = change_print},
    {.noun = "queue",
     .verb = "suspend",
     .about = "Asks the office that an issue waits, until a day (its end) or a time",
     .example = "lianhu queue suspend 2026-0000042 --ground household --until 2026-10-20 --words "
                "户主外出，等其返回 --as staff_urban_1",
     .type = &wait_command_type,
     .arguments = issue_argument,
     .hidden = generation_hidden,
     .run = change_run_fact,
     .print = change_print},
    {.noun = "queue",
     .verb = "resume",
     .about = "Goes on with a suspended issue before its time",
     .example = "lianhu queue resume 2026-0000042 --words 户主已返回 --as staff_urban_1",
     .type = &resume_command_type,
     .arguments = issue_argument,
     .hidden = generation_hidden,
     .run = change_run_fact,
     .print = change_print},
    {.noun = "queue",
     .verb = "submit",
     .about = "Submits how the matter was handled; evidence is compulsory for solved",
     .example = "lianhu queue submit 2026-0000042 --outcome solved --words 路灯已修复 --evidence "
                "@photo-list.txt --as staff_urban_1",
     .type = &answer_command_type,
     .choices = answer_choices,
     .arguments = issue_argument,
     .hidden = generation_hidden,
     .run = change_run_fact,
     .print = change_print},
    {.noun = "queue",
     .verb = "propose-unresolvable",
     .about = "Proposes that the matter cannot be solved and must be explained",
     .example = "lianhu queue propose-unresolvable 2026-0000042 --ground @law.txt --tried "
                "@tried.txt --words @plain.txt --as staff_urban_1",
     .type = &propose_command_type,
     .arguments = issue_argument,
     .hidden = generation_hidden,
     .run = change_run_fact,
     .print = change_print},
    {0},
};
