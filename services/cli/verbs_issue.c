/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/change.h"
#include "cli/query.h"
#include "cli/reports.h"
#include "cli/show.h"
#include "cli/trace.h"
#include "cli/verb.h"
#include "messages.h"

static const char *const issue_argument[] = {"issue", NULL};
static const char *const generation_hidden[] = {"generation", NULL};
static const char *const trace_hidden[] = {"after", "limit", NULL};

static const struct column list_columns[] = {
    {"ISSUE", "issue", COLUMN_TEXT},     {"STATE", "state", COLUMN_STATE},
    {"URGENCY", "urgency", COLUMN_TEXT}, {"LEAD", "lead", COLUMN_TEXT},
    {"DUE", "due_at", COLUMN_DUE},       {"LATE", "is_overdue", COLUMN_TEXT},
    {"TITLE", "title", COLUMN_TEXT},     {0},
};

static const struct column import_columns[] = {
    {"LINE", "line", COLUMN_TEXT},
    {"ISSUE", "issue", COLUMN_TEXT},
    {"STATE", "state", COLUMN_STATE},
    {"LEAD", "lead", COLUMN_TEXT},
    {"CATEGORY", "category_path", COLUMN_PATH},
    {"RULE", "rule", COLUMN_TEXT},
    {0},
};

static const struct verb_option import_options[] = {
    {.name = "file",
     .value = "F.jsonl",
     .about = "One report a line (at most 100,000), a JSON object: title, text, at?, category?, "
              "household?, kind?",
     .is_argument = true,
     .is_required = true},
    {.name = "dry-run", .about = "Only say what would become of them; needs no daemons"},
    {0},
};

static const struct option_rule submit_rules[] = {
    {.kind = OPTIONS_ANY_OF,
     .names = {"household", "direct"},
     .example = "lianhu issue submit --household h00001 --kind difficulty --category roads "
                "--title 路灯不亮 --text 村口的路灯坏了三天 --as cadre001"},
    {0},
};

static const struct option_rule review_rules[] = {
    {.kind = OPTIONS_ONE_OF,
     .names = {"ok", "redo"},
     .example = "lianhu issue review 2026-0000042 --ok --as leader1"},
    {.kind = OPTIONS_NEEDED,
     .when = "redo",
     .names = {"reason"},
     .example = "lianhu issue review 2026-0000042 --redo --reason 请补现场照片 --as leader1"},
    {0},
};

static const struct option_rule suspend_rules[] = {
    {.kind = OPTIONS_ONE_OF,
     .names = {"ok", "no"},
     .example = "lianhu issue suspend 2026-0000042 --ok --as triage1"},
    {.kind = OPTIONS_NEEDED,
     .when = "no",
     .names = {"reason"},
     .example = "lianhu issue suspend 2026-0000042 --no --reason 不必等待 --as triage1"},
    {0},
};

static const struct option_rule correct_rules[] = {
    {.kind = OPTIONS_ANY_OF,
     .names = {"category", "urgency", "kind"},
     .example = "lianhu issue correct 2026-0000042 --urgency complex --reason 涉及多个部门 "
                "--as office_head"},
    {0},
};

static const struct option_rule supervise_rules[] = {
    {.kind = OPTIONS_ONE_OF,
     .names = {"until", "lift"},
     .example = "lianhu issue supervise 2026-0000042 --level 2 --until 3wd --words 限期办结 "
                "--as supervisor1"},
    {.kind = OPTIONS_NEEDED,
     .when = "until",
     .names = {"level", "words"},
     .example = "lianhu issue supervise 2026-0000042 --level 2 --until 3wd --words 限期办结 "
                "--as supervisor1"},
    {.kind = OPTIONS_NEEDED,
     .when = "lift",
     .names = {"reason"},
     .example = "lianhu issue supervise 2026-0000042 --lift --reason 已经办结 --as supervisor1"},
    {0},
};

const struct verb issue_verbs[] = {
    {.noun = "issue",
     .verb = "submit",
     .about = "Reports what a household raised",
     .example = "lianhu issue submit --as cadre001 --household h00001 --kind difficulty "
                "--category roads --title 路灯不亮 --text @report.txt",
     .type = &submit_command_type,
     .rules = submit_rules,
     .run = change_run_submit,
     .print = change_print},
    {.noun = "issue",
     .verb = "import",
     .about = "Takes in many reports, all or none",
     .example = "lianhu issue import messages.jsonl --dry-run",
     .need = NEED_CONFIG,
     .options = import_options,
     .run = reports_run_import,
     .columns = import_columns},
    {.noun = "issue",
     .verb = "show",
     .about = "Shows one issue whole, with its history and what it waits for",
     .example = "lianhu issue show 2026-0000042",
     .type = &issue_query_type,
     .arguments = issue_argument,
     .run = show_run,
     .print = show_print},
    {.noun = "issue",
     .verb = "list",
     .about = "Lists issues in order of number",
     .example = "lianhu issue list --department urban --overdue",
     .type = &issue_list_query_type,
     .daemon = "router",
     .reply = &issue_list_reply_type,
     .run = query_run_list,
     .list = "issues",
     .columns = list_columns},
    {.noun = "issue",
     .verb = "trace",
     .about = "Shows what led to what across all daemons, and how long it took",
     .example = "lianhu issue trace 2026-0000042",
     .type = &records_query_type,
     .arguments = issue_argument,
     .hidden = trace_hidden,
     .run = trace_run,
     .print = trace_print},
    {.noun = "issue",
     .verb = "dispatch",
     .about = "Gives an issue to a lead section and assisting ones",
     .example = "lianhu issue dispatch 2026-0000042 --lead urban --assist housing --as triage1",
     .type = &dispatch_command_type,
     .arguments = issue_argument,
     .hidden = generation_hidden,
     .run = change_run_router,
     .print = change_print},
    {.noun = "issue",
     .verb = "ask-info",
     .about = "Asks the cadre for what is missing before it can be dispatched; twice at most",
     .example = "lianhu issue ask-info 2026-0000042 --words 哪一盏灯？请补充位置 --as triage1",
     .type = &ask_info_command_type,
     .arguments = issue_argument,
     .hidden = generation_hidden,
     .run = change_run_router,
     .print = change_print},
    {.noun = "issue",
     .verb = "give-info",
     .about = "Passes on what the household says: the clerk's question answered, the end of a "
              "suspension that waits for it, or the first contact",
     .example = "lianhu issue give-info 2026-0000042 --words 村委会门口那一盏 --as cadre001",
     .type = &info_command_type,
     .arguments = issue_argument,
     .hidden = generation_hidden,
     .daemon = "intake",
     .run = change_run_fact,
     .print = change_print},
    {.noun = "issue",
     .verb = "suspend",
     .about =
         "Agrees that an issue waits, as its section asked (--ok), or does not (--no --reason)",
     .example = "lianhu issue suspend 2026-0000042 --ok --as triage1",
     .type = &suspend_command_type,
     .rules = suspend_rules,
     .arguments = issue_argument,
     .hidden = generation_hidden,
     .run = change_run_router,
     .print = change_print},
    {.noun = "issue",
     .verb = "correct",
     .about = "Corrects category, urgency or kind; deadlines count from when they began",
     .example = "lianhu issue correct 2026-0000042 --urgency complex --reason 涉及多个部门 "
                "--as office_head",
     .type = &correct_command_type,
     .rules = correct_rules,
     .arguments = issue_argument,
     .hidden = generation_hidden,
     .run = change_run_router,
     .print = change_print},
    {.noun = "issue",
     .verb = "review",
     .about = "Passes a section's answer (--ok), or sends it back (--redo --reason)",
     .example = "lianhu issue review 2026-0000042 --ok --as leader1",
     .type = &review_command_type,
     .rules = review_rules,
     .arguments = issue_argument,
     .hidden = generation_hidden,
     .run = change_run_router,
     .print = change_print},
    {.noun = "issue",
     .verb = "urge",
     .about = "Presses those who have the issue (催办), once a day and person",
     .example = "lianhu issue urge 2026-0000042 --words 请尽快上门 --as triage1",
     .type = &urge_command_type,
     .arguments = issue_argument,
     .hidden = generation_hidden,
     .run = change_run_router,
     .print = change_print},
    {.noun = "issue",
     .verb = "supervise",
     .about = "Puts it under supervision until a time of its own (督办), or lifts that (--lift)",
     .example = "lianhu issue supervise 2026-0000042 --level 2 --until 3wd --words 限期办结 "
                "--as supervisor1",
     .type = &supervise_command_type,
     .rules = supervise_rules,
     .arguments = issue_argument,
     .hidden = generation_hidden,
     .run = change_run_router,
     .print = change_print},
    {.noun = "issue",
     .verb = "close-unsatisfied",
     .about = "Closes an issue whose household stays unsatisfied, with the reason",
     .example = "lianhu issue close-unsatisfied 2026-0000042 --reason @reason.txt --as office_head",
     .type = &close_unsatisfied_command_type,
     .arguments = issue_argument,
     .hidden = generation_hidden,
     .run = change_run_router,
     .print = change_print},
    {0},
};
