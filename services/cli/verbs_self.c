/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/completion.h"
#include "cli/demo.h"
#include "cli/verb.h"

static const struct verb_option completion_options[] = {
    {.name = "shell", .value = "SHELL", .about = "bash", .is_argument = true, .is_required = true},
    {0},
};

static const struct verb_option demo_options[] = {
    {.name = "issues",
     .value = "N",
     .about = "Only the first N reports, or again from the first when there are fewer"},
    {0},
};

const struct verb self_verbs[] = {
    {.noun = "demo",
     .verb = "play",
     .about =
         "Plays the example's reports to their ends, solved, partly or explained: every command by "
         "the person whose it is",
     .example = "lianhu demo play --home var/example",
     .need = NEED_CONFIG,
     .options = demo_options,
     .run = demo_run,
     .print = demo_print},
    {.noun = "completion",
     .about = "Prints the completion script of a shell",
     .example = "source <(lianhu completion bash)",
     .need = NEED_NOTHING,
     .options = completion_options,
     .run = completion_run},
    {0},
};
