/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args_hints.h"

#include "cli/guess.h"
#include "domain/lifecycle.h"

#include <stdio.h>
#include <string.h>

/* "; did you mean 'issue'?", or nothing. */
#define HINT_BYTES 96
static void format_hint(const struct guess *guess, const char *dashes, char text[HINT_BYTES])
{
    const char *quote = dashes[0] == '\0' ? "'" : "";
    text[0] = '\0';
    if (guess->best != NULL) {
        (void)snprintf(text, HINT_BYTES, "; did you mean %s%s%s%s?", dashes, quote, guess->best,
                       quote);
    }
}

static bool is_one_of(const char *word, const char *const words[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], word) == 0) {
            return true;
        }
    }
    return false;
}

enum status args_no_such_noun(const char *word, struct err *err)
{
    static const char *const later[] = {"backup", "restore", "doctor"};
    if (is_one_of(word, later, sizeof later / sizeof later[0])) {
        return fail(err, STATUS_REFUSED, "'%s' is not offered yet; 'lianhu --help' lists what is",
                    word);
    }
    struct guess guess = guess_begin(bytes_of_string(word));
    for (const struct verb *verb = verb_next(NULL); verb != NULL; verb = verb_next(verb)) {
        guess_try(&guess, verb->noun);
    }
    char hint[HINT_BYTES];
    format_hint(&guess, "", hint);
    return fail(err, STATUS_INVALID, "there is no '%s'%s%s 'lianhu --help' lists what there is",
                word, hint, hint[0] == '\0' ? ";" : "");
}

/* Whether the lifecycle knows this line, as "issue return" or "issue submit --self", although it is
 * not offered yet. */
static bool is_later(const char *line)
{
    /* What the office will answer and rule has no row of its own. */
    static const char *const others[] = {"issue extend", "issue exclude", "issue rule",
                                         "queue whistle"};
    size_t len = strlen(line);
    for (int happening = 1; happening < HAPPENING_COUNT; happening++) {
        const struct transition *row = lifecycle_row((enum happening)happening);
        if (!row->is_offered && row->verb != NULL && strncmp(row->verb, line, len) == 0 &&
            (row->verb[len] == '\0' || strncmp(row->verb + len, " --", 3) == 0)) {
            return true;
        }
    }
    return is_one_of(line, others, sizeof others / sizeof others[0]);
}

#define LINE_BYTES (3 * (WORD_MAX_BYTES + 1) + 3)

static enum status refuse_later(const char *line, struct err *err)
{
    return fail(err, STATUS_REFUSED, "'%s' is not offered yet; 'lianhu lifecycle' shows what is",
                line);
}

enum status args_no_such_verb(const char *noun, const char *word, struct err *err)
{
    char line[LINE_BYTES];
    (void)snprintf(line, sizeof line, "%.*s %.*s", WORD_MAX_BYTES, noun, WORD_MAX_BYTES, word);
    if (is_later(line)) {
        return refuse_later(line, err);
    }
    struct guess guess = guess_begin(bytes_of_string(word));
    for (const struct verb *verb = verb_next(NULL); verb != NULL; verb = verb_next(verb)) {
        if (strcmp(verb->noun, noun) == 0) {
            guess_try(&guess, verb->verb);
        }
    }
    char hint[HINT_BYTES];
    format_hint(&guess, "", hint);
    return fail(err, STATUS_INVALID, "'%s' has no '%s'%s%s 'lianhu %s --help' lists what it has",
                noun, word, hint, hint[0] == '\0' ? ";" : "", noun);
}

enum status args_no_such_option(const struct args *args, struct bytes name, struct err *err)
{
    char line[LINE_BYTES];
    if (args->verb != NULL && args->verb->verb != NULL && name.len <= WORD_MAX_BYTES) {
        (void)snprintf(line, sizeof line, "%s %s --%.*s", args->verb->noun, args->verb->verb,
                       BYTES_FMT(name));
        if (is_later(line)) {
            return refuse_later(line, err);
        }
    }
    struct guess guess = guess_begin(name);
    for (uint32_t i = 0; i < args->parameters.count; i++) {
        if (!args->parameters.items[i].is_argument) {
            guess_try(&guess, args->parameters.items[i].name);
        }
    }
    for (size_t i = 0; args_common_option(i) != NULL; i++) {
        guess_try(&guess, args_common_option(i));
    }
    char hint[HINT_BYTES];
    format_hint(&guess, "--", hint);
    return fail(err, STATUS_INVALID, "there is no option --%.*s here%s", BYTES_FMT(name), hint);
}
