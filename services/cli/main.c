/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/help.h"
#include "cli/output.h"
#include "domain/access.h"

#include <sodium.h>
#include <stdio.h>

static int say_about_itself(const struct args *args)
{
    struct buf out = {0};
    if (args->globals.wants_version) {
        buf_append_string(&out, "lianhu " LIANHU_VERSION "\n");
    } else if (args->globals.wants_man) {
        help_append_man(&out);
    } else if (args->verb != NULL) {
        help_append_verb(args->verb, &out);
    } else if (args->noun == NULL) {
        help_append_all(&out);
    } else if (verb_find(args->noun, NULL) != NULL) {
        help_append_verb(verb_find(args->noun, NULL), &out);
    } else {
        help_append_noun(args->noun, &out);
    }
    (void)fwrite(out.p, 1, out.len, stdout);
    buf_done(&out);
    return CLI_DONE;
}

static int refuse_line(const struct args *args, enum args_result result, const struct err *err)
{
    enum status status = result == ARGS_LATER ? STATUS_REFUSED : STATUS_INVALID;
    output_failure(&args->globals, status, err, NULL);
    if (result == ARGS_INVALID || result == ARGS_LATER) {
        return CLI_REFUSED;
    }
    if (!args->globals.is_json && args->verb != NULL) {
        struct buf out = {0};
        help_append_usage(args->verb, &out);
        (void)fprintf(stderr, "%.*s", BYTES_FMT(buf_bytes(&out)));
        buf_done(&out);
    } else if (!args->globals.is_json && args->noun == NULL && args->given_count == 0) {
        (void)fprintf(stderr, "usage: lianhu NOUN VERB [ARGUMENT]... [OPTION]...\n");
    }
    return CLI_USAGE;
}

/* What to do after an answer that did not come. */
static void say_how_to_repeat(const struct session *session, enum status status)
{
    if (status != STATUS_UNKNOWN || !session->globals.has_request) {
        return;
    }
    char id[ID_TEXT_BYTES];
    id_format(&session->globals.request, id);
    (void)fprintf(stderr, "lianhu: to find out, repeat it with --request-id %s\n", id);
}

/* What changes the running system itself is the operator's; daemons ask the same of their own
 * commands. */
static enum status check_operation(const struct session *session, const struct args *args,
                                   struct err *err)
{
    static const struct office unknown;
    const struct office *office = session->config == NULL ? &unknown : &session->config->office;
    return args->verb->is_operation
               ? access_may_operate(office, bytes_of_string(args->globals.person), err)
               : STATUS_OK;
}

static int run(const struct args *args)
{
    struct session session;
    struct err err;
    json_t *result = NULL;
    enum status st = session_open(&args->globals, args->verb->need, &session, &err);
    if (st == STATUS_OK) {
        st = check_operation(&session, args, &err);
    }
    if (st == STATUS_OK) {
        session.is_look = verb_is_query(args->verb);
        st = args->verb->run(&session, args, &result, &err);
    }
    int code = CLI_DONE;
    if (st == STATUS_OK) {
        output_progress("%s", "");
        output_result(&session, args->verb, result);
        session_say_notes(&session);
        code = (int)session.exit;
    } else {
        output_failure(&session.globals, st, &err, session.lines);
        say_how_to_repeat(&session, st);
        code = (int)(session.exit != CLI_DONE ? session.exit : cli_exit_of(st));
    }
    json_decref(result);
    session_close(&session);
    return code;
}

int main(int argc, char **argv)
{
    if (sodium_init() < 0) {
        (void)fprintf(stderr, "lianhu: the system gives no random numbers\n");
        return CLI_UNAVAILABLE;
    }
    struct args args;
    struct err err;
    enum args_result result = args_parse(argc, argv, &args, &err);
    int code;
    if (result != ARGS_OK) {
        code = refuse_line(&args, result, &err);
    } else if (args.globals.wants_help || args.globals.wants_version || args.globals.wants_man) {
        code = say_about_itself(&args);
    } else {
        code = run(&args);
    }
    args_done(&args);
    if (fflush(stdout) != 0 && code == CLI_DONE) {
        code = CLI_REFUSED;
    }
    return code;
}
