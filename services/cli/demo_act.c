/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/call.h"
#include "cli/demo_play.h"
#include "cli/output.h"

#include <stdio.h>

#define ACT_WORDS_MAX 32
#define VERDICT_MS 60000

static void show_progress(const struct demo *demo, const char *person, const char *const *words)
{
    char bar[31];
    for (uint32_t i = 0; i < sizeof bar - 1; i++) {
        bar[i] = i * demo->play_count < demo->done * (sizeof bar - 1) ? '#' : '.';
    }
    bar[sizeof bar - 1] = '\0';
    output_progress("[%s] %u/%u  %s: %s %s", bar, demo->done, demo->play_count, person, words[0],
                    words[1]);
}

/* The fact whose verdict did not come in time. INVALID: the result names none. */
static enum status read_fact(const json_t *said, struct verdict_query *ret_query, struct err *err)
{
    const json_t *position = json_object_get(said, "position");
    *ret_query = (struct verdict_query){
        .seq = (uint64_t)json_integer_value(json_object_get(position, "seq"))};
    enum status st =
        issue_parse(bytes_of_string(output_string(said, "issue")), &ret_query->issue, err);
    return st == STATUS_OK ? id_parse(bytes_of_string(output_string(position, "journal")),
                                      &ret_query->journal, err)
                           : st;
}

/* A command says "pending" after two seconds; the next scene needs the verdict all the same. */
static enum status wait_for_verdict(struct demo *demo, struct err *err)
{
    struct session *session = demo->session;
    struct verdict_query query;
    enum status st = read_fact(demo->said, &query, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct ask ask = {.type = &verdict_query_type,
                      .message = &query,
                      .reply_type = &verdict_reply_type,
                      .after = {query.journal, query.seq},
                      .wait_ms = LOOK_MS};
    int64_t until_us = session_mono().us + INT64_C(1000) * VERDICT_MS;
    while (session_mono().us < until_us) {
        struct verdict_reply reply = {0};
        struct err unheard;
        session->deadline.us = session_mono().us + (int64_t)session->globals.timeout_ms * 1000;
        st = call_named(session, "router", &ask, &reply, NULL, &unheard);
        if (st == STATUS_OK && reply.is_set_aside) {
            return fail(err, STATUS_REFUSED, "%.*s", BYTES_FMT(reply.reason));
        }
        if (st == STATUS_OK && reply.is_settled) {
            return STATUS_OK;
        }
    }
    return fail(err, STATUS_UNKNOWN, "the router has not answered within %d s; see 'lianhu status'",
                VERDICT_MS / 1000);
}

/* As main() does with a command line, but on the connections that are open. */
static enum status run_words(struct demo *demo, const char *const *words, struct err *err)
{
    struct session *session = demo->session;
    const char *argv[ACT_WORDS_MAX] = {"lianhu"};
    int argc = 1;
    for (; words[argc - 1] != NULL; argc++) {
        CHECK(argc < ACT_WORDS_MAX - 1);
        argv[argc] = words[argc - 1];
    }
    struct args args;
    enum status st = STATUS_INVALID;
    json_t *said = NULL;
    /* args_parse() takes what main() is given and changes none of it. */
    if (args_parse(argc, (char **)(uintptr_t)argv, &args, err) == ARGS_OK) {
        session->globals.has_request = false;
        session->deadline.us = session_mono().us + (int64_t)session->globals.timeout_ms * 1000;
        st = args.verb->run(session, &args, &said, err);
    }
    args_done(&args);
    if (st == STATUS_OK) {
        json_decref(demo->said);
        demo->said = said;
    }
    return st;
}

enum status demo_act(struct demo *demo, const char *person, const char *const *words,
                     struct err *err)
{
    struct globals *globals = &demo->session->globals;
    const char *before = globals->person;
    globals->person = person;
    show_progress(demo, person, words);
    enum status st = run_words(demo, words, err);
    if (st == STATUS_OK && json_is_true(json_object_get(demo->said, "pending"))) {
        st = wait_for_verdict(demo, err);
    }
    globals->person = before;
    if (st == STATUS_OK || st == STATUS_UNAVAILABLE) {
        return st; /* who wanted what makes no difference to a daemon that is not there */
    }
    return wrap(err, st, "'%s %s' as %s", words[0], words[1], person);
}

enum status demo_look(struct demo *demo, struct play *play, struct err *err)
{
    enum status st = demo_act(demo, "operator", WORDS("issue", "show", play->issue), err);
    if (st == STATUS_OK) {
        json_decref(play->seen);
        play->seen = json_incref(demo->said);
    }
    return st;
}

enum status demo_find_person(const struct demo *demo, const struct play *play, enum role role,
                             const char *department, char *person, struct err *err)
{
    const struct office *office = &demo->session->config->office;
    const struct person *found[64];
    uint32_t count = 0;
    for (uint32_t i = 0; i < office->person_count && count < 64; i++) {
        const struct person *one = &office->people[i];
        if ((one->roles & ROLE_BIT(role)) != 0 &&
            (department == NULL || person_has_department(one, bytes_of_string(department)))) {
            found[count++] = one;
        }
    }
    if (count == 0) {
        return fail(err, STATUS_NOT_FOUND, "org.yaml has no %s%s%s", role_word(role),
                    department == NULL ? "" : " in section ", department == NULL ? "" : department);
    }
    (void)snprintf(person, WORD_MAX_BYTES + 1, "%.*s", BYTES_FMT(found[play->number % count]->id));
    return STATUS_OK;
}
