/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/completion.h"
#include "cli/verb.h"

static const struct verb_option completion_options[] = {
    {.name = "shell", .value = "SHELL", .about = "bash", .is_argument = true, .is_required = true},
    {0},
};

const struct verb self_verbs[] = {
    {.noun = "completion",
     .about = "Prints the completion script of a shell",
     .example = "source <(lianhu completion bash)",
     .need = NEED_NOTHING,
     .options = completion_options,
     .run = completion_run},
    {0},
};
