/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/calendar_verbs.h"
#include "cli/lifecycle_verb.h"
#include "cli/people.h"
#include "cli/rules_verbs.h"
#include "cli/verb.h"

static const struct column person_columns[] = {
    {"PERSON", "person", COLUMN_TEXT},
    {"NAME", "name", COLUMN_TEXT},
    {"ROLES", "roles", COLUMN_TEXT},
    {"SECTIONS", "departments", COLUMN_TEXT},
    {"AREAS", "areas", COLUMN_TEXT},
    {"UNIT", "unit", COLUMN_TEXT},
    {0},
};

static const struct verb_option person_options[] = {
    {.name = "role", .value = "ROLE", .about = "Only who holds this role"},
    {.name = "department", .value = "ID", .about = "Only who works in or is in charge of it"},
    {.name = "area", .value = "ID", .about = "Only who is linked to this village or community"},
    {.name = "after", .value = "ID", .about = "Only those after this id"},
    {.name = "limit", .value = "N", .about = "At most this many, 1 to 200; 200 when absent"},
    {0},
};

static const struct verb_option dir_option[] = {
    {.name = "dir",
     .value = "DIR",
     .about = "A folder of configuration, or an instance; by default the instance's config/",
     .is_argument = true},
    {0},
};

static const struct verb_option explain_options[] = {
    {.name = "text", .value = "TEXT", .about = "What the household said", .is_required = true},
    {.name = "title", .value = "TEXT", .about = "One line"},
    {.name = "category", .value = "CODE", .about = "Category as reported"},
    {.name = "area", .value = "ID", .about = "Village or community"},
    {.name = "kind", .value = "KIND", .about = "Kind of matter; opinion when absent"},
    {.name = "source", .value = "SOURCE", .about = "How it came in; cadre when absent"},
    {.name = "urgency", .value = "URGENCY", .about = "Urgency as reported; general when absent"},
    {.name = "tag", .value = "TAG", .about = "A tag of the household", .is_repeated = true},
    {.name = "at", .value = "TIME", .about = "When it comes in, for the hours; now when absent"},
    {.name = "config",
     .value = "DIR",
     .about = "Rules of this folder or instance as they are being written, not those in force"},
    {0},
};

static const struct verb_option due_options[] = {
    {.name = "from", .value = "TIME", .about = "When the limit begins to run", .is_required = true},
    {.name = "in",
     .value = "DUR",
     .about = "The limit: 30m, 2h, 4wh, 5wd, 15d",
     .is_required = true},
    {0},
};

static const struct verb_option left_options[] = {
    {.name = "from", .value = "TIME", .about = "From when", .is_required = true},
    {.name = "until", .value = "TIME", .about = "Until when", .is_required = true},
    {0},
};

static const struct verb_option year_option[] = {
    {.name = "year", .value = "YEAR", .about = "A year", .is_argument = true, .is_required = true},
    {0},
};

static const struct verb_option lifecycle_options[] = {
    {.name = "dot", .about = "As a Graphviz drawing"},
    {0},
};

const struct verb office_verbs[] = {
    {.noun = "person",
     .verb = "list",
     .about = "Lists everybody: the people of the configuration and the cadres of the register",
     .example = "lianhu person list --role section_staff --department urban",
     .options = person_options,
     .run = people_run_list,
     .columns = person_columns},
    {.noun = "rules",
     .verb = "test",
     .about = "Runs the examples inside the routing rules and shows a table of them",
     .example = "lianhu rules test config/",
     .need = NEED_NOTHING,
     .options = dir_option,
     .run = rules_run_test,
     .print = rules_print_test},
    {.noun = "rules",
     .verb = "explain",
     .about = "Says which rule decides about a text, why, and which came near",
     .example = "lianhu rules explain --title 路灯不亮 --text 村口的路灯坏了三天",
     .need = NEED_HOME,
     .options = explain_options,
     .run = rules_run_explain,
     .print = rules_print_explanation},
    {.noun = "calendar",
     .verb = "due",
     .about = "Says when a limit that begins now or then is due",
     .example = "lianhu calendar due --from 2026-09-30T10:00+08:00 --in 5wd",
     .need = NEED_CONFIG,
     .options = due_options,
     .run = calendar_run_due,
     .print = calendar_print_due},
    {.noun = "calendar",
     .verb = "left",
     .about = "Says how much working time lies between two instants",
     .example = "lianhu calendar left --from 2026-09-30T10:00+08:00 --until "
                "2026-10-13T17:00+08:00",
     .need = NEED_CONFIG,
     .options = left_options,
     .run = calendar_run_left,
     .print = calendar_print_left},
    {.noun = "calendar",
     .verb = "show",
     .about = "Shows a year's working days, holidays and make-up days",
     .example = "lianhu calendar show 2026",
     .need = NEED_CONFIG,
     .options = year_option,
     .run = calendar_run_show,
     .print = calendar_print_year},
    {.noun = "lifecycle",
     .about = "Prints the lifecycle of an issue as the program has it",
     .example = "lianhu lifecycle --dot | dot -Tsvg > lifecycle.svg",
     .need = NEED_NOTHING,
     .options = lifecycle_options,
     .run = lifecycle_run,
     .print = lifecycle_print},
    {0},
};
