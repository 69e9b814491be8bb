/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/exits.h"

enum code {
    CODE_NOT_FOUND,
    CODE_FORBIDDEN,
    CODE_CONFLICT,
    CODE_INVALID,
    CODE_DUPLICATE_REQUEST,
    CODE_UNKNOWN,
    CODE_BUSY,
    CODE_UNAVAILABLE,
    CODE_FAILED,
    CODE_COUNT,
};

const struct cli_code cli_codes[CODE_COUNT + 1] = {
    [CODE_NOT_FOUND] = {"not_found", CLI_REFUSED, "there is no such thing"},
    [CODE_FORBIDDEN] = {"forbidden", CLI_REFUSED, "this person may not"},
    [CODE_CONFLICT] = {"conflict", CLI_REFUSED, "a rule says no in the present state"},
    [CODE_INVALID] = {"invalid", CLI_REFUSED,
                      "the input is wrong; exit 64 when an option is missing or unknown, 78 when "
                      "the configuration is wrong"},
    [CODE_DUPLICATE_REQUEST] = {"duplicate_request", CLI_REFUSED,
                                "the request id was used before for something else"},
    [CODE_UNKNOWN] = {"unknown", CLI_BUSY,
                      "it may or may not have happened; repeat it with the request id given"},
    [CODE_BUSY] = {"busy", CLI_BUSY, "not now; nothing has happened"},
    [CODE_UNAVAILABLE] = {"unavailable", CLI_UNAVAILABLE,
                          "the daemon is not there; nothing has happened"},
    [CODE_FAILED] = {"failed", CLI_REFUSED,
                     "the operating system failed, or stored bytes are damaged; the message says "
                     "which"},
};

static const enum code codes[STATUS_COUNT] = {
    [STATUS_AGAIN] = CODE_BUSY,
    [STATUS_NOT_FOUND] = CODE_NOT_FOUND,
    [STATUS_EXISTS] = CODE_DUPLICATE_REQUEST,
    [STATUS_INVALID] = CODE_INVALID,
    [STATUS_FORBIDDEN] = CODE_FORBIDDEN,
    [STATUS_REFUSED] = CODE_CONFLICT,
    [STATUS_BUSY] = CODE_BUSY,
    [STATUS_UNKNOWN] = CODE_UNKNOWN,
    [STATUS_FULL] = CODE_BUSY,
    [STATUS_CORRUPT] = CODE_FAILED,
    [STATUS_IO] = CODE_FAILED,
    [STATUS_UNAVAILABLE] = CODE_UNAVAILABLE,
};

const struct cli_code *cli_code_of(enum status status)
{
    CHECK(status != STATUS_OK && (unsigned)status < STATUS_COUNT);
    return &cli_codes[codes[status]];
}

enum cli_exit cli_exit_of(enum status status)
{
    return status == STATUS_OK ? CLI_DONE : cli_code_of(status)->exit;
}
