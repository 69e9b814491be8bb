/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/clock.h"
#include "cli/init.h"
#include "cli/settings_verbs.h"
#include "cli/status.h"
#include "cli/up.h"
#include "cli/verb.h"

static const struct verb_option init_options[] = {
    {.name = "dir",
     .value = "DIR",
     .about = "A folder that is not there yet, or is empty",
     .is_argument = true,
     .is_required = true},
    {.name = "example", .about = "With the shipped street's cadres and households"},
    {0},
};

static const struct verb_option up_options[] = {
    {.name = "test-clock",
     .value = "TIME",
     .about = "Begin with a clock that stands until 'lianhu clock' moves it; a later time it "
              "already shows is kept"},
    {0},
};

static const struct verb_option status_options[] = {
    {.name = "wait",
     .value = "S",
     .about = "Wait until all are up and nothing is behind; exit 75 when that takes longer than so "
              "many seconds"},
    {0},
};

static const struct verb_option advance_options[] = {
    {.name = "duration",
     .value = "DUR",
     .about = "How far: 90s, 30m, 2h, 3d of natural time, 4wh, 5wd of the office's",
     .is_argument = true,
     .is_required = true},
    {0},
};

static const struct verb_option set_options[] = {
    {.name = "time",
     .value = "TIME",
     .about = "Where to, not before where it is",
     .is_argument = true,
     .is_required = true},
    {0},
};

static const struct verb_option check_options[] = {
    {.name = "dir",
     .value = "DIR",
     .about = "A folder of configuration, or an instance; by default the instance's config/",
     .is_argument = true},
    {.name = "at",
     .value = "TIME",
     .about = "Whether it will do then; by default now, by the instance's clock"},
    {0},
};

static const struct column setting_columns[] = {
    {"KEY", "key", COLUMN_TEXT},
    {"VALUE", "value", COLUMN_TEXT},
    {"ORIGIN", "origin", COLUMN_TEXT},
    {0},
};

const struct verb instance_verbs[] = {
    {.noun = "init",
     .about = "Makes an instance from the shipped configuration",
     .example = "lianhu init var/example --example",
     .need = NEED_NOTHING,
     .options = init_options,
     .run = init_run,
     .print = init_print},
    {.noun = "up",
     .about = "Runs all daemons of the instance until it is told to end",
     .example = "lianhu up --home var/example",
     .need = NEED_HOME,
     .options = up_options,
     .run = up_run},
    {.noun = "down",
     .is_operation = true,
     .about = "Ends the instance and returns when all its daemons are gone",
     .example = "lianhu down --home var/example",
     .need = NEED_HOME,
     .run = up_run_down,
     .print = up_print_down},
    {.noun = "status",
     .about = "Says how the daemons and their links are, and whether every issue is accounted for",
     .example = "lianhu status --wait 10",
     .options = status_options,
     .run = status_run,
     .print = status_print},
    {.noun = "reload",
     .is_operation = true,
     .about = "Checks config/ and has every daemon adopt it; on any error the old one stays",
     .example = "lianhu reload",
     .run = settings_run_reload,
     .print = settings_print_reload},
    {.noun = "config",
     .verb = "check",
     .about = "Says everything that is wrong with a configuration",
     .example = "lianhu config check config/ --at 2026-12-01T09:00+08:00",
     .need = NEED_NOTHING,
     .options = check_options,
     .run = settings_run_check,
     .print = settings_print_check},
    {.noun = "config",
     .verb = "show",
     .about = "Shows the values in force and where they come from",
     .example = "lianhu config show",
     .need = NEED_CONFIG,
     .run = settings_run_show,
     .columns = setting_columns},
    {.noun = "clock",
     .verb = "show",
     .about = "Shows what time it is for the instance",
     .example = "lianhu clock show",
     .run = clock_run_show,
     .print = clock_print},
    {.noun = "clock",
     .verb = "advance",
     .is_operation = true,
     .about = "Moves the test clock on, stopping at every due instant until all is done",
     .example = "lianhu clock advance 3d",
     .need = NEED_CONFIG,
     .options = advance_options,
     .run = clock_run_advance,
     .print = clock_print},
    {.noun = "clock",
     .verb = "set",
     .is_operation = true,
     .about = "Moves the test clock on to an instant, as 'advance' does",
     .example = "lianhu clock set 2026-10-13T17:00+08:00",
     .need = NEED_CONFIG,
     .options = set_options,
     .run = clock_run_set,
     .print = clock_print},
    {.noun = "clock",
     .verb = "accept",
     .about = "Says that the clock is right although it stepped, so that timers go on",
     .example = "lianhu clock accept",
     .run = clock_run_accept,
     .print = clock_print_accepted},
    {0},
};
