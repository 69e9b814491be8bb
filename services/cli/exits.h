/* SPDX-License-Identifier: Apache-2.0 */
/* How `lianhu` ends, and the codes of its failures: one table for both. */
#pragma once

#include "base/status.h"

enum cli_exit {
    CLI_DONE = 0,
    CLI_REFUSED = 1,        /* by a rule, or the input is wrong */
    CLI_USAGE = 64,         /* a missing or unknown option */
    CLI_UNAVAILABLE = 69,   /* the daemon is not there */
    CLI_BUSY = 75,          /* busy, or the outcome is not known */
    CLI_CONFIGURATION = 78, /* the configuration cannot be used */
};

/* A code that programs see under --json, and what it means. */
struct cli_code {
    const char *code;
    enum cli_exit exit; /* where nothing says 64 or 78 */
    const char *about;
};

/* All there are; ends with a row without code. Only grows. */
extern const struct cli_code cli_codes[];

const struct cli_code *cli_code_of(enum status status);
enum cli_exit cli_exit_of(enum status status);
