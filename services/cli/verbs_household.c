/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/change.h"
#include "cli/handover.h"
#include "cli/household.h"
#include "cli/query.h"
#include "cli/register.h"
#include "cli/verb.h"
#include "messages.h"

static const char *const issue_argument[] = {"issue", NULL};
static const char *const generation_hidden[] = {"generation", NULL};
static const char *const cadre_argument[] = {"cadre", NULL};
static const char *const household_argument[] = {"household", NULL};
static const char *const cadre_list_hidden[] = {"cadre", NULL};
static const char *const household_list_hidden[] = {"household", NULL};
static const char *const page_hidden[] = {"after", "limit", NULL};
static const char *const household_show_hidden[] = {"after", "limit", "cadre", "without_cadre",
                                                    NULL};

static const struct column cadre_columns[] = {
    {"CADRE", "cadre", COLUMN_TEXT},  {"NAME", "name", COLUMN_TEXT},
    {"UNIT", "unit", COLUMN_TEXT},    {"POST", "post", COLUMN_TEXT},
    {"PHONE", "phone", COLUMN_TEXT},  {"HOUSEHOLDS", "households", COLUMN_TEXT},
    {"LEFT", "left_at", COLUMN_TIME}, {0},
};

static const char *const leave_argument[] = {"cadre", NULL};

static const struct column household_columns[] = {
    {"HOUSEHOLD", "household", COLUMN_TEXT},
    {"HEAD", "head", COLUMN_TEXT},
    {"VILLAGE", "village", COLUMN_TEXT},
    {"GROUP", "group", COLUMN_TEXT},
    {"PHONE", "phone", COLUMN_TEXT},
    {"MEMBERS", "members", COLUMN_TEXT},
    {"TAGS", "tags", COLUMN_TEXT},
    {"CADRE", "cadre", COLUMN_TEXT},
    {0},
};

static const struct verb_option import_options[] = {
    {.name = "file",
     .value = "F.csv",
     .about = "CSV with a header line, UTF-8, at most 100,000 lines",
     .is_argument = true,
     .is_required = true},
    {0},
};

static const struct option_rule callback_rules[] = {
    {.kind = OPTIONS_NEEDED,
     .when = "reached=yes",
     .names = {"solved", "result", "section", "cadre"},
     .example = "lianhu callback record 2026-0000042 --reached yes --solved yes --result 5 "
                "--section 5 --cadre 5 --as supervisor1"},
    {0},
};

static const struct option_rule handover_rules[] = {
    {.kind = OPTIONS_ONE_OF,
     .names = {"household", "all"},
     .example = "lianhu cadre handover --from cadre001 --to cadre002 --all --reason 片区调整 --as "
                "office_head"},
    {0},
};

const struct verb household_verbs[] = {
    {.noun = "feedback",
     .verb = "give",
     .about = "Records how a household was told the result",
     .example = "lianhu feedback give 2026-0000042 --mode visit --words 已当面告知 --reaction "
                "satisfied --as cadre001",
     .type = &feedback_command_type,
     .arguments = issue_argument,
     .hidden = generation_hidden,
     .daemon = "intake",
     .run = change_run_fact,
     .print = change_print},
    {.noun = "callback",
     .verb = "record",
     .about = "Records what a household said when it was called back; 5 is best",
     .example = "lianhu callback record 2026-0000042 --reached yes --solved yes --result 5 "
                "--section 5 --cadre 5 --as supervisor1",
     .type = &callback_command_type,
     .rules = callback_rules,
     .arguments = issue_argument,
     .hidden = generation_hidden,
     .daemon = "auditor",
     .run = change_run_fact,
     .print = change_print},
    {.noun = "cadre",
     .verb = "import",
     .about = "Writes cadres into the register, all or none; columns cadre,name,unit,post,phone",
     .example = "lianhu cadre import cadres.csv",
     .options = import_options,
     .run = register_run_cadres},
    {.noun = "cadre",
     .verb = "list",
     .about = "Lists cadres in order of id",
     .example = "lianhu cadre list --limit 50",
     .type = &cadre_query_type,
     .hidden = cadre_list_hidden,
     .daemon = "intake",
     .reply = &cadre_reply_type,
     .run = query_run_list,
     .list = "cadres",
     .columns = cadre_columns},
    {.noun = "cadre",
     .verb = "show",
     .about = "Shows one cadre",
     .example = "lianhu cadre show cadre001",
     .type = &cadre_query_type,
     .arguments = cadre_argument,
     .hidden = page_hidden,
     .daemon = "intake",
     .reply = &cadre_reply_type,
     .run = query_run_one,
     .list = "cadres"},
    {.noun = "cadre",
     .verb = "handover",
     .about = "Gives households of one cadre to another, all or none; open issues go along",
     .example = "lianhu cadre handover --from cadre001 --to cadre002 --household h00001,h00002 "
                "--reason 片区调整 --as office_head",
     .type = &handover_command_type,
     .rules = handover_rules,
     .daemon = "intake",
     .run = handover_run,
     .print = handover_print},
    {.noun = "cadre",
     .verb = "leave",
     .about = "A cadre leaves; without --to the community secretaries look after the households",
     .example = "lianhu cadre leave cadre001 --to cadre002 --reason 退休 --as office_head",
     .type = &leave_command_type,
     .arguments = leave_argument,
     .daemon = "intake",
     .run = handover_run,
     .print = handover_print},
    {.noun = "household",
     .verb = "import",
     .about = "Writes households into the register, all or none; columns household,head,community,"
              "village,group,address,phone,members,hardship,tags,cadre",
     .example = "lianhu household import households.csv",
     .options = import_options,
     .run = register_run_households},
    {.noun = "household",
     .verb = "list",
     .about = "Lists households in order of id",
     .example = "lianhu household list --cadre cadre001",
     .type = &household_query_type,
     .hidden = household_list_hidden,
     .daemon = "intake",
     .reply = &household_reply_type,
     .run = query_run_list,
     .list = "households",
     .columns = household_columns},
    {.noun = "household",
     .verb = "show",
     .about = "Shows one household, with its cadres by period",
     .example = "lianhu household show h00001",
     .type = &household_query_type,
     .arguments = household_argument,
     .hidden = household_show_hidden,
     .daemon = "intake",
     .reply = &household_reply_type,
     .run = household_run_show,
     .print = household_print},
    {0},
};
