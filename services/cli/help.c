/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/help.h"

#include "cli/exits.h"

#include <stdio.h>
#include <string.h>

#define LINE_COLUMNS 96U

static const struct {
    const char *option;
    const char *about;
} common_options[] = {
    {"--as PERSON", "who does it; else $LIANHU_AS, else the built-in operator"},
    {"--home DIR", "the instance; else $LIANHU_HOME, else the working folder"},
    {"--json", "one JSON value on standard output and nothing else"},
    {"--request-id UUID", "repeat an earlier command with its id: it has its effect once"},
    {"--timeout S", "how many seconds to repeat a command without an answer; 10"},
};

#define COMMON_COUNT (sizeof common_options / sizeof common_options[0])

static void append_name(const char *name, struct buf *out)
{
    for (; *name != '\0'; name++) {
        buf_append_u8(out, (uint8_t)(*name >= 'a' && *name <= 'z' ? *name - 'a' + 'A' : *name));
    }
}

/* "--department ID", "ISSUE". */
static void append_bare(const struct parameter *parameter, struct buf *out)
{
    if (parameter->is_argument) {
        append_name(parameter->name, out);
        return;
    }
    buf_append_format(out, "--%s", parameter->name);
    if (parameter->value[0] != '\0') {
        buf_append_format(out, " %s", parameter->value);
    }
}

static void append_parameter(const struct parameter *parameter, struct buf *out)
{
    buf_append_string(out, parameter->is_required ? " " : " [");
    append_bare(parameter, out);
    buf_append_string(out, parameter->is_required ? "" : "]");
    buf_append_string(out, parameter->is_repeated ? "..." : "");
}

static void append_words(const struct verb *verb, bool wraps, struct buf *out)
{
    struct parameters parameters;
    verb_list_parameters(verb, &parameters);
    char title[VERB_TITLE_BYTES];
    verb_title(verb, title);
    buf_append_format(out, "lianhu %s", title);
    size_t line = out->len - strlen(title);
    struct buf word = {0};
    for (uint32_t i = 0; i < parameters.count; i++) {
        buf_clear(&word);
        append_parameter(&parameters.items[i], &word);
        if (wraps && out->len - line + word.len > LINE_COLUMNS) {
            buf_append_string(out, "\n           ");
            line = out->len;
        }
        buf_append_bytes(out, buf_bytes(&word));
    }
    buf_done(&word);
}

void help_append_usage(const struct verb *verb, struct buf *out)
{
    buf_append_string(out, "usage: ");
    append_words(verb, true, out);
    buf_append_u8(out, '\n');
}

static void append_row(const char *left, const char *right, struct buf *out)
{
    if (strlen(left) > 30) {
        buf_append_format(out, "  %s\n  %30s  %s\n", left, "", right);
    } else {
        buf_append_format(out, "  %-30s  %s\n", left, right);
    }
}

static void append_limit(const struct parameter *parameter, struct buf *out)
{
    if (parameter->is_text && parameter->field != NULL) {
        buf_append_format(out, " (at most %llu characters; @FILE, -)",
                          (unsigned long long)parameter->field->max);
    }
}

static void append_parameters(const struct verb *verb, struct buf *out)
{
    struct parameters parameters;
    verb_list_parameters(verb, &parameters);
    struct buf left = {0};
    struct buf right = {0};
    for (uint32_t i = 0; i < parameters.count; i++) {
        buf_clear(&left);
        buf_clear(&right);
        append_bare(&parameters.items[i], &left);
        buf_append_u8(&left, '\0');
        buf_append_string(&right, parameters.items[i].about);
        append_limit(&parameters.items[i], &right);
        buf_append_u8(&right, '\0');
        append_row((const char *)left.p, (const char *)right.p, out);
    }
    buf_done(&left);
    buf_done(&right);
}

/* "Exactly one of --ok, --redo. --redo needs --reason." */
static void append_rules(const struct verb *verb, struct buf *out)
{
    const struct option_rule *rule = verb->rules;
    for (; rule != NULL && rule->names[0] != NULL; rule++) {
        size_t begin = out->len;
        verb_append_rule(rule, out);
        if (out->p[begin] >= 'a' && out->p[begin] <= 'z') {
            out->p[begin] = (uint8_t)(out->p[begin] - 'a' + 'A');
        }
        buf_append_string(out, ".\n");
    }
}

static void append_common(struct buf *out)
{
    buf_append_string(out, "\nOptions of every verb:\n");
    for (size_t i = 0; i < COMMON_COUNT; i++) {
        append_row(common_options[i].option, common_options[i].about, out);
    }
}

void help_append_verb(const struct verb *verb, struct buf *out)
{
    help_append_usage(verb, out);
    buf_append_format(out, "\n%s.\n\n", verb->about);
    append_parameters(verb, out);
    if (verb->rules != NULL) {
        buf_append_u8(out, '\n');
        append_rules(verb, out);
    }
    append_common(out);
    buf_append_format(out, "\nExample:\n  %s\n", verb->example);
}

static void append_summary(const struct verb *verb, struct buf *out)
{
    char title[VERB_TITLE_BYTES];
    verb_title(verb, title);
    append_row(title, verb->about, out);
}

void help_append_noun(const char *noun, struct buf *out)
{
    const char *example = "";
    buf_append_format(out, "usage: lianhu %s ...\n\n", noun);
    for (const struct verb *verb = verb_next(NULL); verb != NULL; verb = verb_next(verb)) {
        if (strcmp(verb->noun, noun) == 0) {
            append_summary(verb, out);
            example = verb->example;
        }
    }
    buf_append_format(out,
                      "\nExample:\n  %s\n\n'lianhu %s VERB --help' says more about one of "
                      "them.\n",
                      example, noun);
}

void help_append_all(struct buf *out)
{
    buf_append_string(out, "usage: lianhu NOUN VERB [ARGUMENT]... [OPTION]...\n\n"
                           "lianhu (联户) follows every matter a household raises until the "
                           "household has its answer.\n");
    const char *noun = "";
    for (const struct verb *verb = verb_next(NULL); verb != NULL; verb = verb_next(verb)) {
        if (verb->verb != NULL && strcmp(noun, verb->noun) != 0) {
            buf_append_u8(out, '\n');
        }
        noun = verb->verb != NULL ? verb->noun : "";
        append_summary(verb, out);
    }
    append_common(out);
    buf_append_string(out, "\n'lianhu NOUN VERB --help' says more about one of them.\n\nExample:\n"
                           "  lianhu issue list --state dispatched\n");
}

/* ---- man ------------------------------------------------------------------------------------ */

/* Text of mdoc: a line must not begin with "." or "'", and backslashes are doubled. */
static void append_roff(const char *text, struct buf *out)
{
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '\\') {
            buf_append_string(out, "\\e");
        } else if (*p == '-') {
            buf_append_string(out, "\\-");
        } else {
            buf_append_u8(out, (uint8_t)*p);
        }
    }
}

static void append_man_parameters(const struct verb *verb, struct buf *out)
{
    struct parameters parameters;
    verb_list_parameters(verb, &parameters);
    if (parameters.count == 0) {
        return;
    }
    buf_append_string(out, ".Bl -tag -width Ds -compact\n");
    struct buf bare = {0};
    for (uint32_t i = 0; i < parameters.count; i++) {
        buf_clear(&bare);
        append_bare(&parameters.items[i], &bare);
        buf_append_u8(&bare, '\0');
        buf_append_string(out, ".It Cm ");
        append_roff((const char *)bare.p, out);
        buf_append_u8(out, '\n');
        append_roff(parameters.items[i].about, out);
        append_limit(&parameters.items[i], out);
        buf_append_string(out, ".\n");
    }
    buf_done(&bare);
    buf_append_string(out, ".El\n");
}

static void append_man_rules(const struct verb *verb, struct buf *out)
{
    if (verb->rules == NULL) {
        return;
    }
    struct buf rules = {0};
    append_rules(verb, &rules);
    buf_append_u8(&rules, '\0');
    buf_append_string(out, ".Pp\n");
    append_roff((const char *)rules.p, out);
    buf_done(&rules);
}

static void append_man_verb(const struct verb *verb, struct buf *out)
{
    struct buf words = {0};
    append_words(verb, false, &words);
    buf_append_u8(&words, '\0');
    buf_append_string(out, ".It Cm ");
    append_roff((const char *)words.p, out);
    buf_append_u8(out, '\n');
    buf_done(&words);
    append_roff(verb->about, out);
    buf_append_string(out, ".\n");
    append_man_parameters(verb, out);
    append_man_rules(verb, out);
    buf_append_string(out, ".Pp\nExample:\n.Dl ");
    append_roff(verb->example, out);
    buf_append_u8(out, '\n');
}

static const char man_head[] =
    ".\\\" SPDX-License-Identifier: Apache-2.0\n"
    ".\\\" Printed by lianhu --man; change the table of verbs instead of this file.\n"
    ".Dd November 22, 2026\n"
    ".Dt LIANHU 1\n"
    ".Os\n"
    ".Sh NAME\n"
    ".Nm lianhu\n"
    ".Nd the household-linking programme of a street office\n"
    ".Sh SYNOPSIS\n"
    ".Nm\n"
    ".Ar noun\n"
    ".Ar verb\n"
    ".Op Ar argument ...\n"
    ".Op Fl \\-as Ar person\n"
    ".Op Fl \\-home Ar dir\n"
    ".Op Fl \\-json\n"
    ".Op Fl \\-request\\-id Ar uuid\n"
    ".Op Fl \\-timeout Ar s\n"
    ".Sh DESCRIPTION\n"
    "Cadres report what households raise, the office routes it, sections solve it, cadres take\n"
    "the answer back, and supervisors call the household and ask.\n"
    ".Nm\n"
    "does every one of these steps, and runs and looks after the daemons that remember them.\n"
    ".Pp\n"
    "Every change is one command to one daemon with a request id; the same command with the same\n"
    "id has its effect once.\n"
    "Texts can come from a file\n"
    ".Pq Cm @FILE\n"
    "or from standard input\n"
    ".Pq Cm \\- .\n"
    "Lists are in order of id and take\n"
    ".Fl \\-after\n"
    "and\n"
    ".Fl \\-limit ,\n"
    "where they are long.\n"
    ".Sh OPTIONS\n"
    ".Bl -tag -width Ds\n";

static const char man_tail[] =
    ".Sh ENVIRONMENT\n"
    ".Bl -tag -width LIANHU_HOME -compact\n"
    ".It Ev LIANHU_HOME\n"
    "The instance, where\n"
    ".Fl \\-home\n"
    "does not say it.\n"
    ".It Ev LIANHU_AS\n"
    "The person, where\n"
    ".Fl \\-as\n"
    "does not say it.\n"
    ".It Ev LIANHU_EXAMPLE\n"
    "The folder of the shipped example.\n"
    ".El\n"
    ".Sh EXIT STATUS\n"
    ".Bl -tag -width Ds -compact\n"
    ".It 0\n"
    "Done.\n"
    ".It 1\n"
    "Refused by a rule, or a value is wrong, or the operating system failed.\n"
    ".It 64\n"
    "A missing or unknown option.\n"
    ".It 69\n"
    "The daemon is not there; nothing has happened.\n"
    ".It 75\n"
    "Busy, or the outcome is not known; repeat with the request id that was printed.\n"
    ".It 78\n"
    "The configuration cannot be used.\n"
    ".El\n"
    ".Pp\n"
    "Under\n"
    ".Fl \\-json\n"
    "a failure is an object\n"
    ".Cm error\n"
    "with a\n"
    ".Cm code ,\n"
    "a\n"
    ".Cm message\n"
    "and, where one value is at fault, its\n"
    ".Cm field .\n"
    "The codes:\n"
    ".Bl -tag -width duplicate_request -compact\n";

void help_append_man(struct buf *out)
{
    buf_append_string(out, man_head);
    for (size_t i = 0; i < COMMON_COUNT; i++) {
        buf_append_string(out, ".It Cm ");
        append_roff(common_options[i].option, out);
        buf_append_u8(out, '\n');
        append_roff(common_options[i].about, out);
        buf_append_string(out, ".\n");
    }
    buf_append_string(out, ".El\n.Sh COMMANDS\n.Bl -tag -width Ds\n");
    for (const struct verb *verb = verb_next(NULL); verb != NULL; verb = verb_next(verb)) {
        append_man_verb(verb, out);
    }
    buf_append_string(out, ".El\n");
    buf_append_string(out, man_tail);
    for (const struct cli_code *row = cli_codes; row->code != NULL; row++) {
        buf_append_format(out, ".It Cm %s\nExit %d: %s.\n", row->code, row->exit, row->about);
    }
    buf_append_string(out, ".El\n");
}

/* ---- completion ----------------------------------------------------------------------------- */

static void append_nouns(struct buf *out)
{
    const char *noun = "";
    for (const struct verb *verb = verb_next(NULL); verb != NULL; verb = verb_next(verb)) {
        if (strcmp(noun, verb->noun) != 0) {
            buf_append_format(out, " %s", verb->noun);
        }
        noun = verb->noun;
    }
}

static void append_options(const struct verb *verb, struct buf *out)
{
    struct parameters parameters;
    verb_list_parameters(verb, &parameters);
    for (uint32_t i = 0; i < parameters.count; i++) {
        if (!parameters.items[i].is_argument) {
            buf_append_format(out, "--%s ", parameters.items[i].name);
        }
    }
}

static void append_cases(struct buf *out)
{
    for (const struct verb *verb = verb_next(NULL); verb != NULL; verb = verb_next(verb)) {
        buf_append_format(out, "    '%s %s') words='", verb->noun,
                          verb->verb == NULL ? "" : verb->verb);
        append_options(verb, out);
        buf_append_string(out, "' ;;\n");
    }
}

static void append_noun_cases(struct buf *out)
{
    const char *noun = "";
    for (const struct verb *verb = verb_next(NULL); verb != NULL; verb = verb_next(verb)) {
        if (verb->verb == NULL) {
            continue;
        }
        if (strcmp(noun, verb->noun) != 0) {
            buf_append_format(out, "%s    %s) words='", noun[0] == '\0' ? "" : "' ;;\n",
                              verb->noun);
        }
        buf_append_format(out, "%s ", verb->verb);
        noun = verb->noun;
    }
    buf_append_string(out, "' ;;\n");
}

void help_append_bash(struct buf *out)
{
    buf_append_string(out, "# bash completion for lianhu; printed by 'lianhu completion bash'\n"
                           "_lianhu()\n{\n"
                           "    local word=${COMP_WORDS[COMP_CWORD]} words='' noun='' verb='' i\n"
                           "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                           "        case ${COMP_WORDS[i]} in\n"
                           "        --as | --home | --request-id | --timeout) ((i++)) ;;\n"
                           "        -*) ;;\n"
                           "        *) if [ -z \"$noun\" ]; then noun=${COMP_WORDS[i]}\n"
                           "           elif [ -z \"$verb\" ]; then verb=${COMP_WORDS[i]}; fi ;;\n"
                           "        esac\n"
                           "    done\n"
                           "    if [ -z \"$noun\" ]; then words='");
    append_nouns(out);
    buf_append_string(out, "'\n    elif [ -z \"$verb\" ]; then case $noun in\n");
    append_noun_cases(out);
    buf_append_string(out, "    esac; fi\n"
                           "    [ -n \"$words\" ] || case \"$noun $verb\" in\n");
    append_cases(out);
    buf_append_string(out, "    esac\n"
                           "    [ -n \"$words\" ] || case \"$noun \" in\n");
    append_cases(out);
    buf_append_string(out,
                      "    esac\n"
                      "    words=\"$words --as --home --json --request-id --timeout --help\"\n"
                      "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
                      "    [ ${#COMPREPLY[@]} -ne 0 ] || COMPREPLY=($(compgen -f -- \"$word\"))\n"
                      "}\n"
                      "complete -F _lianhu lianhu\n");
}
