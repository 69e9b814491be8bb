/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"

#include "base/memory.h"
#include "cli/args_hints.h"
#include "cli/args_rules.h"
#include "cli/text_input.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_DEFAULT_MS 10000U
#define TIMEOUT_MAX_S 86400UL

/* Texts on the command line are checked in this zone only where they leave the zone out. */
static const struct zone default_zone = {8 * 3600};

/* Where reading stands. */
struct reading {
    int argc;
    char **argv;
    int next;
    bool is_stdin_taken;
    struct args *args;
    struct err *err;
};

static enum args_result usage(struct reading *reading, const char *format, ...) PRINTF_LIKE(2, 3);
static enum args_result usage(struct reading *reading, const char *format, ...)
{
    char sentence[sizeof reading->err->text];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(sentence, sizeof sentence, format, list);
    va_end(list);
    (void)fail(reading->err, STATUS_INVALID, "%s", sentence);
    return ARGS_USAGE;
}

static enum args_result usage_of(enum status st)
{
    return st == STATUS_OK ? ARGS_OK : st == STATUS_REFUSED ? ARGS_LATER : ARGS_USAGE;
}

/* ---- what every verb takes ------------------------------------------------------------------ */

static enum args_result take_home(struct reading *reading, const char *text)
{
    reading->args->globals.home = text;
    return ARGS_OK;
}

static enum args_result take_person(struct reading *reading, const char *text)
{
    reading->args->globals.person = text;
    return ARGS_OK;
}

static enum args_result take_json(struct reading *reading, const char *text)
{
    (void)text;
    reading->args->globals.is_json = true;
    return ARGS_OK;
}

static enum args_result take_help(struct reading *reading, const char *text)
{
    (void)text;
    reading->args->globals.wants_help = true;
    return ARGS_OK;
}

static enum args_result take_version(struct reading *reading, const char *text)
{
    (void)text;
    reading->args->globals.wants_version = true;
    return ARGS_OK;
}

static enum args_result take_man(struct reading *reading, const char *text)
{
    (void)text;
    reading->args->globals.wants_man = true;
    return ARGS_OK;
}

static enum args_result take_request(struct reading *reading, const char *text)
{
    struct globals *globals = &reading->args->globals;
    struct err err;
    if (id_parse(bytes_of_string(text), &globals->request, &err) != STATUS_OK) {
        (void)fail_field(reading->err, STATUS_INVALID, "request_id", "%s", err.text);
        return ARGS_INVALID;
    }
    globals->has_request = true;
    return ARGS_OK;
}

static enum args_result take_timeout(struct reading *reading, const char *text)
{
    char *end;
    unsigned long seconds = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || seconds == 0 || seconds > TIMEOUT_MAX_S) {
        return usage(reading, "--timeout takes seconds, 1 to %lu, not '%s'", TIMEOUT_MAX_S, text);
    }
    reading->args->globals.timeout_ms = (uint32_t)(seconds * 1000);
    reading->args->globals.has_timeout = true;
    return ARGS_OK;
}

static const struct global_option {
    const char *name;
    bool takes_value;
    enum args_result (*take)(struct reading *reading, const char *text);
} global_options[] = {
    {"as", true, take_person},          {"home", true, take_home},       {"json", false, take_json},
    {"request-id", true, take_request}, {"timeout", true, take_timeout}, {"help", false, take_help},
    {"version", false, take_version},   {"man", false, take_man},
};

static const struct global_option *find_global(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof global_options / sizeof global_options[0]; i++) {
        const struct global_option *option = &global_options[i];
        if (strlen(option->name) == len && memcmp(option->name, name, len) == 0) {
            return option;
        }
    }
    return NULL;
}

const char *args_common_option(size_t index)
{
    bool is_there = index < sizeof global_options / sizeof global_options[0];
    return is_there ? global_options[index].name : NULL;
}

/* ---- what the verb takes -------------------------------------------------------------------- */

static struct bytes keep(struct args *args, struct bytes text)
{
    uint8_t *copy = message_arena_take(&args->arena, text.len + 1);
    if (text.len != 0) {
        memcpy(copy, text.p, text.len);
    }
    return bytes_of(copy, text.len);
}

/* The text behind "@FILE" and "-", without the line ends at its end. */
static enum args_result read_text(struct reading *reading, const struct parameter *parameter,
                                  const char *path, struct bytes *ret_text)
{
    if (strcmp(path, "-") == 0 && reading->is_stdin_taken) {
        return usage(reading, "only one text can come from standard input, not also --%s",
                     parameter->name);
    }
    reading->is_stdin_taken = reading->is_stdin_taken || strcmp(path, "-") == 0;
    struct buf buf = {0};
    enum status st = text_input_read(path, TEXT_INPUT_MAX_BYTES, &buf, reading->err);
    if (st == STATUS_OK) {
        struct bytes text = buf_bytes(&buf);
        while (text.len > 0 && (text.p[text.len - 1] == '\n' || text.p[text.len - 1] == '\r')) {
            text.len--;
        }
        *ret_text = keep(reading->args, text);
    } else {
        (void)snprintf(reading->err->field, sizeof reading->err->field, "%.31s", parameter->name);
    }
    buf_done(&buf);
    return st == STATUS_OK ? ARGS_OK : ARGS_INVALID;
}

static bool is_given(const struct args *args, const struct parameter *parameter)
{
    for (uint32_t i = 0; i < args->given_count; i++) {
        if (args->given[i].parameter == parameter) {
            return true;
        }
    }
    return false;
}

/* A day alone, as the end of something, is its last second. */
static struct bytes end_of_day(struct args *args, const struct parameter *parameter,
                               struct bytes text)
{
    const size_t day_len = sizeof "2026-10-20" - 1;
    if (parameter->field == NULL || parameter->field->type != FIELD_TIME ||
        strcmp(parameter->name, "until") != 0 || text.len != day_len) {
        return text;
    }
    struct buf buf = {0};
    buf_append_bytes(&buf, text);
    buf_append_string(&buf, "T23:59:59");
    text = keep(args, buf_bytes(&buf));
    buf_done(&buf);
    return text;
}

/* No word has a comma in it, so that a list of words may also be given as one: "urban,civil". */
static enum status set_field(struct args *args, const struct field *field, struct bytes text,
                             struct err *err)
{
    bool is_splittable = field->type == FIELD_LIST && field->of == FIELD_WORD;
    enum status st = STATUS_OK;
    size_t from = 0;
    for (size_t i = 0; i <= text.len && st == STATUS_OK; i++) {
        if (i == text.len || (is_splittable && text.p[i] == ',')) {
            st = message_set_text(field, bytes_of(text.p + from, i - from), default_zone,
                                  &args->arena, args->message, err);
            from = i + 1;
        }
    }
    return st;
}

static enum args_result set(struct reading *reading, const struct parameter *parameter,
                            const char *given)
{
    struct args *args = reading->args;
    const char *dashes = parameter->is_argument ? "" : "--";
    if (is_given(args, parameter) && !parameter->is_repeated) {
        return usage(reading, "%s%s was given twice", dashes, parameter->name);
    }
    if (args->given_count == GIVEN_MAX) {
        return usage(reading, "more than %u options were given", GIVEN_MAX);
    }
    struct bytes text = bytes_of_string(given);
    if (parameter->is_text && (given[0] == '@' || strcmp(given, "-") == 0)) {
        enum args_result result =
            read_text(reading, parameter, given[0] == '@' ? given + 1 : given, &text);
        if (result != ARGS_OK) {
            return result;
        }
    }
    text = end_of_day(args, parameter, text);
    args->given[args->given_count++] = (struct given){parameter, text};
    if (parameter->field == NULL) {
        return ARGS_OK;
    }
    enum status st = args_check_choice(parameter, text, reading->err);
    if (st == STATUS_OK) {
        st = set_field(args, parameter->field, text, reading->err);
    }
    if (st != STATUS_OK && parameter->is_argument && strncmp(reading->err->text, "--", 2) == 0) {
        memmove(reading->err->text, reading->err->text + 2, strlen(reading->err->text) - 1);
    }
    if (st == STATUS_OK) {
        st = args_check_empty(args, parameter, reading->err);
    }
    return st == STATUS_OK ? ARGS_OK : ARGS_INVALID;
}

static void choose(struct args *args, const struct verb *verb)
{
    args->verb = verb;
    verb_list_parameters(verb, &args->parameters);
    if (verb->type == NULL) {
        return;
    }
    args->message = memory_new(1, verb->type->size);
    if (verb->preset != NULL) {
        const struct field *field = message_find_field(verb->type, verb->preset);
        CHECK(field != NULL && field->type == FIELD_BOOL);
        *(bool *)((uint8_t *)args->message + field->offset) = true;
    }
}

static enum args_result set_argument(struct reading *reading, const char *word)
{
    struct args *args = reading->args;
    for (uint32_t i = 0; i < args->parameters.count; i++) {
        const struct parameter *parameter = &args->parameters.items[i];
        if (parameter->is_argument && (parameter->is_repeated || !is_given(args, parameter))) {
            return set(reading, parameter, word);
        }
    }
    return usage(reading, "'%s' is one argument too many", word);
}

/* A word that is no option: the noun, the verb, or an argument. */
static enum args_result take_word(struct reading *reading, const char *word)
{
    struct args *args = reading->args;
    if (args->verb != NULL) {
        return set_argument(reading, word);
    }
    if (args->noun == NULL) {
        if (!verb_has_noun(word)) {
            return usage_of(args_no_such_noun(word, reading->err));
        }
        args->noun = word;
        return ARGS_OK;
    }
    const struct verb *verb = verb_find(args->noun, word);
    if (verb != NULL) {
        choose(args, verb);
        return ARGS_OK;
    }
    verb = verb_find(args->noun, NULL);
    if (verb == NULL) {
        return usage_of(args_no_such_verb(args->noun, word, reading->err));
    }
    choose(args, verb);
    return set_argument(reading, word);
}

/* What stands behind an option: after "=", or the next word. NULL when there is nothing. */
static const char *take_value(struct reading *reading, const char *equals)
{
    if (equals != NULL) {
        return equals + 1;
    }
    if (reading->next >= reading->argc || strncmp(reading->argv[reading->next], "--", 2) == 0) {
        return NULL;
    }
    return reading->argv[reading->next++];
}

static enum args_result take_option(struct reading *reading, const char *name, size_t len,
                                    const char *equals, const struct parameter *parameter)
{
    const struct global_option *global = parameter == NULL ? find_global(name, len) : NULL;
    CHECK(global != NULL || parameter != NULL);
    bool takes_value = global != NULL ? global->takes_value : parameter->value[0] != '\0';
    const char *value = "yes";
    if (takes_value) {
        value = take_value(reading, equals);
        if (value == NULL) {
            return usage(reading,
                         "--%.*s needs a value (write --%.*s=VALUE when it begins with --)",
                         (int)len, name, (int)len, name);
        }
    } else if (equals != NULL) {
        return usage(reading, "--%.*s takes no value", (int)len, name);
    }
    return global != NULL ? global->take(reading, value) : set(reading, parameter, value);
}

static const struct parameter *find_option(const struct args *args, const char *name, size_t len)
{
    for (uint32_t i = 0; i < args->parameters.count; i++) {
        const struct parameter *parameter = &args->parameters.items[i];
        if (!parameter->is_argument && strlen(parameter->name) == len &&
            memcmp(parameter->name, name, len) == 0) {
            return parameter;
        }
    }
    return NULL;
}

/* "--name", "--name=value" without the dashes. */
static enum args_result take_dashed(struct reading *reading, const char *name)
{
    struct args *args = reading->args;
    const char *equals = strchr(name, '=');
    size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
    if (find_global(name, len) != NULL) {
        return take_option(reading, name, len, equals, NULL);
    }
    if (args->verb == NULL && args->noun != NULL && verb_find(args->noun, NULL) != NULL) {
        choose(args, verb_find(args->noun, NULL));
    }
    const struct parameter *parameter = args->verb == NULL ? NULL : find_option(args, name, len);
    if (parameter == NULL) {
        return usage_of(args_no_such_option(args, bytes_of(name, len), reading->err));
    }
    return take_option(reading, name, len, equals, parameter);
}

static enum args_result check_whole(struct reading *reading)
{
    struct args *args = reading->args;
    if (args->noun == NULL) {
        return usage(reading, "say what to do; 'lianhu --help' lists what there is");
    }
    if (args->verb == NULL) {
        const struct verb *verb = verb_find(args->noun, NULL);
        if (verb == NULL) {
            return usage(reading, "say what to do with '%s'; 'lianhu %s --help' lists it",
                         args->noun, args->noun);
        }
        choose(args, verb);
    }
    for (uint32_t i = 0; i < args->parameters.count; i++) {
        const struct parameter *parameter = &args->parameters.items[i];
        if (parameter->is_required && !is_given(args, parameter)) {
            enum args_result result =
                usage(reading, "%s%s is missing; for example: %s",
                      parameter->is_argument ? "" : "--", parameter->name, args->verb->example);
            (void)snprintf(reading->err->field, sizeof reading->err->field, "%.31s",
                           parameter->name);
            return result;
        }
    }
    return usage_of(args_check_rules(args, reading->err));
}

static bool wants_words_about_itself(const struct globals *globals)
{
    return globals->wants_help || globals->wants_version || globals->wants_man;
}

static void use_environment(struct globals *globals)
{
    const char *home = getenv("LIANHU_HOME");
    const char *person = getenv("LIANHU_AS");
    globals->home = home != NULL && home[0] != '\0' ? home : ".";
    globals->person = person != NULL && person[0] != '\0' ? person : "operator";
    globals->timeout_ms = TIMEOUT_DEFAULT_MS;
}

/* Whether --json was given, also when the line is wrong before it. */
static bool find_json(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            return true;
        }
    }
    return false;
}

enum args_result args_parse(int argc, char **argv, struct args *args, struct err *err)
{
    *args = (struct args){0};
    use_environment(&args->globals);
    args->globals.is_json = find_json(argc, argv);
    struct reading reading = {.argc = argc, .argv = argv, .next = 1, .args = args, .err = err};
    while (reading.next < argc && !wants_words_about_itself(&args->globals)) {
        const char *word = argv[reading.next++];
        enum args_result result;
        if (strncmp(word, "--", 2) == 0 && word[2] != '\0') {
            result = take_dashed(&reading, word + 2);
        } else if (word[0] == '-' && word[1] != '\0') {
            result = usage(&reading, "there is no option %s; options begin with --", word);
        } else {
            result = take_word(&reading, word);
        }
        if (result != ARGS_OK) {
            return result;
        }
    }
    if (wants_words_about_itself(&args->globals)) {
        return ARGS_OK;
    }
    enum args_result result = check_whole(&reading);
    if (result == ARGS_OK && !word_is_valid(bytes_of_string(args->globals.person))) {
        (void)fail_field(err, STATUS_INVALID, "as", "'%s' is no person's id", args->globals.person);
        return ARGS_INVALID;
    }
    return result;
}

void args_done(struct args *args)
{
    message_arena_done(&args->arena);
    free(args->message);
    *args = (struct args){0};
}

bool args_find(const struct args *args, const char *name, struct bytes *ret_text)
{
    for (uint32_t i = args->given_count; i > 0; i--) {
        if (strcmp(args->given[i - 1].parameter->name, name) == 0) {
            *ret_text = args->given[i - 1].text;
            return true;
        }
    }
    return false;
}

bool args_has(const struct args *args, const char *name)
{
    struct bytes text;
    return args_find(args, name, &text);
}

const char *args_find_string(const struct args *args, const char *name)
{
    struct bytes text;
    /* Texts come from argv or from keep(), and end with a NUL either way. */
    return args_find(args, name, &text) ? (const char *)text.p : NULL;
}
