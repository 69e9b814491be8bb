/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/change.h"
#include "cli/query.h"
#include "cli/verb.h"
#include "cli/visits.h"
#include "messages.h"

static const char *const visit_argument[] = {"visit", NULL};
static const char *const promise_argument[] = {"promise", NULL};

static const struct column visit_columns[] = {
    {"VISIT", "visit", COLUMN_TEXT},
    {"HOUSEHOLD", "household", COLUMN_TEXT},
    {"VILLAGE", "village", COLUMN_TEXT},
    {"CADRE", "cadre", COLUMN_TEXT},
    {"AT", "at", COLUMN_TIME},
    {"MODE", "mode", COLUMN_TEXT},
    {"LATE", "is_late", COLUMN_TEXT},
    {"OFFICIAL CAR", "is_official_car", COLUMN_TEXT},
    {"PROMISES", "promises", COLUMN_TEXT},
    {"ISSUES", "issues", COLUMN_TEXT},
    {0},
};

static const struct column due_columns[] = {
    {"HOUSEHOLD", "household", COLUMN_TEXT},
    {"HEAD", "head", COLUMN_TEXT},
    {"COMMUNITY", "community", COLUMN_TEXT},
    {"VILLAGE", "village", COLUMN_TEXT},
    {"GROUP", "group", COLUMN_TEXT},
    {"CADRE", "cadre", COLUMN_TEXT},
    {0},
};

static const struct column coverage_columns[] = {
    {"ID", "id", COLUMN_TEXT},
    {"NAME", "name", COLUMN_TEXT},
    {"HALF", "half", COLUMN_TEXT},
    {"ASSIGNED", "assigned", COLUMN_TEXT},
    {"VISITED", "visited", COLUMN_TEXT},
    {"LEFT", "left", COLUMN_TEXT},
    {"PERMILLE", "permille", COLUMN_TEXT},
    {0},
};

static const struct column promise_columns[] = {
    {"PROMISE", "promise", COLUMN_TEXT},
    {"HOUSEHOLD", "household", COLUMN_TEXT},
    {"CADRE", "cadre", COLUMN_TEXT},
    {"DUE", "due", COLUMN_TIME},
    {"OVERDUE", "is_overdue", COLUMN_TEXT},
    {"WORDS", "words", COLUMN_TEXT},
    {0},
};

static const struct column item_columns[] = {
    {"ITEM", "item", COLUMN_TEXT},
    {"NAME", "name", COLUMN_TEXT},
    {0},
};

static const struct verb_option log_options[] = {
    {.name = "file",
     .value = "@FILE",
     .about = "A visit as JSON: household, mode, at?, items?, transport?, words?, "
              "matters? [{kind, category, title, text, urgency?}], promises? [{until, words}]",
     .is_argument = true},
    {.name = "household", .value = "ID", .about = "The household"},
    {.name = "mode",
     .value = "visit|stay|phone|other",
     .about = "How it was reached; visit and stay are at home"},
    {.name = "at", .value = "TIME", .about = "When, if not now; not more than a year back"},
    {.name = "items",
     .value = "CODE,CODE",
     .about = "What was looked after; 'lianhu visit items' lists the codes"},
    {.name = "transport",
     .value = "bus|bicycle|walk|private|official|other",
     .about = "How the cadre came"},
    {.name = "words", .value = "TEXT", .about = "What was seen and said (@FILE, -)"},
    {.name = "matter",
     .value = "KIND:CATEGORY:TITLE:TEXT",
     .about = "Raised by the household, becomes an issue; or @FILE with one or a list, as JSON",
     .is_repeated = true},
    {.name = "promise",
     .value = "DATE:WORDS",
     .about = "What was promised until that day, \"2026-10-31: words\"",
     .is_repeated = true},
    {0},
};

const struct verb visit_verbs[] = {
    {.noun = "visit",
     .verb = "log",
     .about = "Records a visit; matters raised in it become issues at once",
     .example = "lianhu visit log --household c01v01-h001 --mode visit --items family,policy "
                "--transport bus --matter difficulty:roads:路灯不亮:村口路灯坏了三天 --promise "
                "\"2026-12-01: 带政策手册上门\" --as cadre001",
     .options = log_options,
     .run = visits_run_log,
     .print = visits_print},
    {.noun = "visit",
     .verb = "items",
     .about = "Lists what a visit looks after: three to understand, four to grasp, five to do",
     .example = "lianhu visit items",
     .need = NEED_NOTHING,
     .run = visits_run_items,
     .columns = item_columns},
    {.noun = "visit",
     .verb = "show",
     .about = "Shows one visit with its issues as they stand, and its promises",
     .example = "lianhu visit show 1234 --as cadre001",
     .type = &visit_query_type,
     .arguments = visit_argument,
     .daemon = "intake",
     .run = visits_run_show,
     .print = visits_print},
    {.noun = "visit",
     .verb = "list",
     .about = "Lists visits in the order in which they were made",
     .example = "lianhu visit list --household c01v01-h001 --from 2026-07-01T00:00+08:00",
     .type = &visit_list_query_type,
     .daemon = "intake",
     .reply = &visit_list_reply_type,
     .run = query_run,
     .list = "visits",
     .columns = visit_columns},
    {.noun = "visit",
     .verb = "due",
     .about = "Lists households not visited at home in a half of the year, in order of id",
     .example = "lianhu visit due --as cadre001",
     .type = &visit_due_query_type,
     .daemon = "intake",
     .reply = &visit_due_reply_type,
     .run = query_run,
     .list = "households",
     .columns = due_columns},
    {.noun = "visit",
     .verb = "coverage",
     .about = "Counts linked households, and those visited at home in a half of the year",
     .example = "lianhu visit coverage --by village --half 2026H1",
     .type = &coverage_query_type,
     .daemon = "intake",
     .reply = &coverage_reply_type,
     .run = query_run,
     .list = "coverage",
     .columns = coverage_columns},
    {.noun = "visit",
     .verb = "promises",
     .about = "Lists promises that have not been kept, the most urgent first",
     .example = "lianhu visit promises --as cadre001",
     .type = &promise_query_type,
     .daemon = "intake",
     .reply = &promise_reply_type,
     .run = query_run,
     .list = "promises",
     .columns = promise_columns},
    {.noun = "visit",
     .verb = "keep",
     .about = "Says how a promise was kept",
     .example = "lianhu visit keep 123401 --words 手册已送到 --as cadre001",
     .type = &promise_keep_command_type,
     .arguments = promise_argument,
     .daemon = "intake",
     .run = change_run_plain,
     .print = change_print},
    {0},
};
