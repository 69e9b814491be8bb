/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/verb.h"

#include "base/buf.h"

#include <stdio.h>
#include <string.h>

const struct verb *const verb_groups[] = {
    issue_verbs,  queue_verbs,    household_verbs, visit_verbs, card_verbs, inbox_verbs,
    office_verbs, instance_verbs, operation_verbs, audit_verbs, self_verbs, bench_verbs,
    NULL,
};

static const struct verb *end_of_group(const struct verb *row)
{
    while (row->noun != NULL) {
        row++;
    }
    return row;
}

/* The group after the one that ends at `end`, or NULL; the first for NULL. */
static const struct verb *next_group(const struct verb *end)
{
    const struct verb *const *group = verb_groups;
    bool is_found = end == NULL;
    while (!is_found) {
        is_found = end_of_group(*group) == end;
        group++;
    }
    return *group;
}

const struct verb *verb_next(const struct verb *verb)
{
    const struct verb *next = verb == NULL ? next_group(NULL) : verb + 1;
    while (next != NULL && next->noun == NULL) {
        next = next_group(next);
    }
    return next;
}

const struct verb *verb_find(const char *noun, const char *verb)
{
    for (const struct verb *row = verb_next(NULL); row != NULL; row = verb_next(row)) {
        bool is_same =
            row->verb == NULL ? verb == NULL : verb != NULL && strcmp(row->verb, verb) == 0;
        if (is_same && strcmp(row->noun, noun) == 0) {
            return row;
        }
    }
    return NULL;
}

bool verb_has_noun(const char *noun)
{
    for (const struct verb *row = verb_next(NULL); row != NULL; row = verb_next(row)) {
        if (strcmp(row->noun, noun) == 0) {
            return true;
        }
    }
    return false;
}

bool verb_is_query(const struct verb *verb)
{
    static const char end[] = "_query";
    size_t len = verb->type == NULL ? 0 : strlen(verb->type->name);
    return len >= sizeof end && strcmp(verb->type->name + len + 1 - sizeof end, end) == 0;
}

void verb_title(const struct verb *verb, char *text)
{
    (void)snprintf(text, VERB_TITLE_BYTES, "%s%s%s", verb->noun, verb->verb == NULL ? "" : " ",
                   verb->verb == NULL ? "" : verb->verb);
}

void verb_append_rule(const struct option_rule *rule, struct buf *out)
{
    static const char *const begins[] = {
        [OPTIONS_ONE_OF] = "exactly one of", [OPTIONS_ANY_OF] = "at least one of"};
    if (rule->kind == OPTIONS_NEEDED) {
        size_t len = strcspn(rule->when, "=");
        buf_append_format(out, "--%.*s%s%s needs", (int)len, rule->when,
                          rule->when[len] == '\0' ? "" : " ",
                          rule->when[len] == '\0' ? "" : rule->when + len + 1);
    } else {
        buf_append_string(out, begins[rule->kind]);
    }
    for (uint32_t i = 0; i < OPTION_RULE_NAMES && rule->names[i] != NULL; i++) {
        buf_append_format(out, "%s --%s", i == 0 ? "" : ",", rule->names[i]);
    }
}

static bool is_among(const char *name, const char *const *names)
{
    for (; names != NULL && *names != NULL; names++) {
        if (strcmp(name, *names) == 0) {
            return true;
        }
    }
    return false;
}

static const struct choice *find_choice(const struct verb *verb, const struct field *field)
{
    const struct choice *row = verb->choices;
    for (; row != NULL && row->field != NULL; row++) {
        if (strcmp(row->field, field->name) == 0) {
            return row;
        }
    }
    return NULL;
}

/* "emergency|utility|general", or the kind of value a field takes. */
static void describe_value(const struct field *field, const struct choice *choice, char *text,
                           size_t size)
{
    static const char *const kinds[] = {
        [FIELD_U32] = "N",     [FIELD_U64] = "N",     [FIELD_I64] = "N",   [FIELD_BOOL] = "",
        [FIELD_TIME] = "TIME", [FIELD_ISSUE] = "N",   [FIELD_ENUM] = "",   [FIELD_ID] = "UUID",
        [FIELD_WORD] = "ID",   [FIELD_TEXT] = "TEXT", [FIELD_BIN] = "HEX", [FIELD_LIST] = "",
        [FIELD_MESSAGE] = "",
    };
    int type = field->type == FIELD_LIST ? field->of : field->type;
    (void)snprintf(text, size, "%s", kinds[type]);
    if (type != FIELD_ENUM) {
        return;
    }
    size_t len = 0;
    const char *const *words = choice != NULL ? choice->words : field->words + 1;
    for (const char *const *word = words; *word != NULL && len < size; word++) {
        int more = snprintf(text + len, size - len, "%s%s", len == 0 ? "" : "|", *word);
        len += more > 0 ? (size_t)more : 0;
    }
    if (len >= size) {
        (void)snprintf(text, size, "WORD");
    }
}

static void add_field(const struct verb *verb, const struct field *field,
                      struct parameters *parameters)
{
    CHECK(parameters->count < PARAMETERS_MAX);
    struct parameter *parameter = &parameters->items[parameters->count++];
    *parameter = (struct parameter){
        .about = field->about,
        .field = field,
        .choice = find_choice(verb, field),
        .is_argument = is_among(field->name, verb->arguments),
        .is_required = field->is_required || is_among(field->name, verb->arguments),
        .is_repeated = field->type == FIELD_LIST,
        .is_text = field->type == FIELD_TEXT,
    };
    (void)snprintf(parameter->name, sizeof parameter->name, "%s", field->name);
    for (char *p = parameter->name; *p != '\0'; p++) {
        if (*p == '_') {
            *p = '-';
        }
    }
    describe_value(field, parameter->choice, parameter->value, sizeof parameter->value);
}

static void add_option(const struct verb_option *option, struct parameters *parameters)
{
    CHECK(parameters->count < PARAMETERS_MAX);
    struct parameter *parameter = &parameters->items[parameters->count++];
    *parameter = (struct parameter){
        .about = option->about,
        .option = option,
        .is_argument = option->is_argument,
        .is_required = option->is_required,
        .is_repeated = option->is_repeated,
        .is_text = option->value != NULL && strcmp(option->value, "TEXT") == 0,
    };
    (void)snprintf(parameter->name, sizeof parameter->name, "%s", option->name);
    (void)snprintf(parameter->value, sizeof parameter->value, "%s",
                   option->value == NULL ? "" : option->value);
}

static void add_fields(const struct verb *verb, bool is_argument, struct parameters *parameters)
{
    for (uint32_t i = 0; verb->type != NULL && i < verb->type->field_count; i++) {
        const struct field *field = &verb->type->fields[i];
        bool is_set_by_verb = verb->preset != NULL && strcmp(verb->preset, field->name) == 0;
        if (!is_set_by_verb && !is_among(field->name, verb->hidden) &&
            is_among(field->name, verb->arguments) == is_argument) {
            add_field(verb, field, parameters);
        }
    }
}

static void add_options(const struct verb *verb, bool is_argument, struct parameters *parameters)
{
    for (const struct verb_option *row = verb->options; row != NULL && row->name != NULL; row++) {
        if (row->is_argument == is_argument) {
            add_option(row, parameters);
        }
    }
}

void verb_list_parameters(const struct verb *verb, struct parameters *ret_parameters)
{
    ret_parameters->count = 0;
    add_options(verb, true, ret_parameters);
    add_fields(verb, true, ret_parameters);
    add_fields(verb, false, ret_parameters);
    add_options(verb, false, ret_parameters);
}
