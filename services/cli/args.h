/* SPDX-License-Identifier: Apache-2.0 */
/* The command line, read against the table of verbs. */
#pragma once

#include "base/number.h"
#include "cli/verb.h"
#include "codec/message_text.h"

/* What every verb takes. */
struct globals {
    const char *home; /* as given; NULL: $LIANHU_HOME, else "." */
    const char *person;
    bool is_json;
    bool wants_help;
    bool wants_version;
    bool wants_man;
    bool has_request;
    struct id request;
    uint32_t timeout_ms;
    bool has_timeout; /* it was given */
};

struct given {
    const struct parameter *parameter;
    struct bytes text;
};

#define GIVEN_MAX 128U
struct args {
    struct globals globals;
    const char *noun; /* as given, also when no verb was found */
    const struct verb *verb;
    struct parameters parameters;
    void *message; /* of verb->type; owned */
    struct message_arena arena;
    struct given given[GIVEN_MAX]; /* in the order of the command line; owns nothing */
    uint32_t given_count;
};

/* How a command line can be wrong: as a whole (exit 64), in a value (exit 1), or too early: a step
 * of the lifecycle that is not offered yet (exit 1). */
enum args_result { ARGS_OK, ARGS_USAGE, ARGS_INVALID, ARGS_LATER };

/* Reads the command line; reads files and stdin where a text says so. The args borrow from argv;
 * whatever comes back, the caller ends them with args_done(). With wants_help, wants_version or
 * wants_man set nothing more has been read. */
enum args_result args_parse(int argc, char **argv, struct args *args, struct err *err);
void args_done(struct args *args);

/* The name of an option that every verb takes, or NULL behind the last. */
const char *args_common_option(size_t index);

/* The last value of an option or argument that is no field; false when it was not given. */
bool args_find(const struct args *args, const char *name, struct bytes *ret_text);
bool args_has(const struct args *args, const char *name);

/* A copy of that value with a NUL at its end, or NULL; lives as long as the args. */
const char *args_find_string(const struct args *args, const char *name);
