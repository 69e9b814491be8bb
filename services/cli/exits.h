/* SPDX-License-Identifier: Apache-2.0 */
/* How `lianhu` ends. */
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

enum cli_exit cli_exit_of(enum status status);
