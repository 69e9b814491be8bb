/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/change.h"
#include "cli/dead.h"
#include "cli/rebuild.h"
#include "cli/verb.h"
#include "messages.h"

static const struct verb_option one_daemon[] = {
    {.name = "daemon", .value = "DAEMON", .about = "Only this daemon's", .is_argument = true},
    {0},
};

static const struct verb_option of_daemon[] = {
    {.name = "daemon",
     .value = "DAEMON",
     .about = "The daemon whose letter it is",
     .is_argument = true,
     .is_required = true},
    {0},
};

static const struct verb_option rebuild_options[] = {
    {.name = "daemon",
     .value = "DAEMON",
     .about = "The daemon; it is stopped meanwhile, unless it is only checked",
     .is_argument = true,
     .is_required = true},
    {.name = "check", .about = "Only compare, while the daemon runs on"},
    {0},
};

static const char *const seq_argument[] = {"seq", NULL};
static const char *const settle_hidden[] = {"is_dropped", NULL};
static const char *const show_hidden[] = {"is_dropped", "reason", NULL};

static const struct column dead_columns[] = {
    {"DAEMON", "daemon", COLUMN_TEXT},
    {"SEQ", "seq", COLUMN_TEXT},
    {"FROM", "link", COLUMN_TEXT},
    {"RECORD", "followed_seq", COLUMN_TEXT},
    {"ISSUE", "issue", COLUMN_TEXT},
    {"TYPE", "type", COLUMN_TEXT},
    {"WAITS", "is_parked", COLUMN_TEXT},
    {"REASON", "reason", COLUMN_TEXT},
    {0},
};

const struct verb operation_verbs[] = {
    {.noun = "dead",
     .verb = "list",
     .about = "Lists followed records that could not be taken",
     .example = "lianhu dead list router",
     .options = one_daemon,
     .run = dead_run_list,
     .columns = dead_columns},
    {.noun = "dead",
     .verb = "show",
     .about = "Shows one of them",
     .example = "lianhu dead show router 1207",
     .type = &dead_settle_command_type,
     .arguments = seq_argument,
     .hidden = show_hidden,
     .options = of_daemon,
     .run = dead_run_show},
    {.noun = "dead",
     .verb = "retry",
     .about = "Has one tried again, and what waits behind it",
     .example = "lianhu dead retry router 1207",
     .type = &dead_settle_command_type,
     .arguments = seq_argument,
     .hidden = settle_hidden,
     .options = of_daemon,
     .run = dead_run_settle,
     .print = change_print},
    {.noun = "dead",
     .verb = "drop",
     .about = "Gives one up, so that what waits behind it goes on",
     .example = "lianhu dead drop router 1207 --reason @why.txt",
     .type = &dead_settle_command_type,
     .arguments = seq_argument,
     .preset = "is_dropped",
     .options = of_daemon,
     .run = dead_run_settle,
     .print = change_print},
    {.noun = "rebuild",
     .is_operation = true,
     .about = "Makes a daemon's tables again from its journal and says whether they were equal",
     .example = "lianhu rebuild router --check",
     .options = rebuild_options,
     .run = rebuild_run_verb,
     .print = rebuild_print},
    {0},
};
