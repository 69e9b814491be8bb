/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/bench.h"
#include "cli/verb.h"

static const struct verb_option lifecycle_options[] = {
    {.name = "issues", .value = "N", .about = "How many issues go the whole way; 10000 by default"},
    {.name = "clients", .value = "C", .about = "How many are under way at once; 32 by default"},
    {.name = "rate", .value = "R", .about = "Reports a second; as fast as it goes by default"},
    {.name = "keep", .value = "DIR", .about = "Make the instance there, and leave it"},
    {0},
};

const struct verb bench_verbs[] = {
    {.noun = "bench",
     .verb = "lifecycle",
     .about = "Measures whole lifecycles, every step durable, in an instance of its own",
     .example = "lianhu bench lifecycle --issues 10000 --clients 32",
     .need = NEED_NOTHING,
     .options = lifecycle_options,
     .run = bench_run},
    {0},
};
