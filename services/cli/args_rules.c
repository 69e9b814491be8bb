/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args_rules.h"

#include "base/buf.h"
#include "codec/field.h"

#include <stdio.h>
#include <string.h>

/* Whether "name" was given, or "name=value" with that value. */
static bool is_said(const struct args *args, const char *when)
{
    char name[WORD_MAX_BYTES + 1];
    size_t len = strcspn(when, "=");
    (void)snprintf(name, sizeof name, "%.*s", (int)len, when);
    const char *value = args_find_string(args, name);
    return value != NULL && (when[len] == '\0' || strcmp(value, when + len + 1) == 0);
}

/* How many of the rule's options were given; the first that was not is `*ret_missing`. */
static uint32_t count_said(const struct args *args, const struct option_rule *rule,
                           const char **ret_missing)
{
    uint32_t count = 0;
    *ret_missing = NULL;
    for (uint32_t i = 0; i < OPTION_RULE_NAMES && rule->names[i] != NULL; i++) {
        bool is = args_has(args, rule->names[i]);
        count += is ? 1 : 0;
        *ret_missing = !is && *ret_missing == NULL ? rule->names[i] : *ret_missing;
    }
    return count;
}

static bool is_kept(const struct args *args, const struct option_rule *rule,
                    const char **ret_missing)
{
    uint32_t count = count_said(args, rule, ret_missing);
    if (rule->kind == OPTIONS_NEEDED) {
        return *ret_missing == NULL || !is_said(args, rule->when);
    }
    return rule->kind == OPTIONS_ONE_OF ? count == 1 : count > 0;
}

enum status args_check_rules(const struct args *args, struct err *err)
{
    const struct option_rule *rule = args->verb->rules;
    for (; rule != NULL && rule->names[0] != NULL; rule++) {
        const char *missing;
        if (is_kept(args, rule, &missing)) {
            continue;
        }
        struct buf text = {0};
        verb_append_rule(rule, &text);
        enum status st =
            fail_field(err, STATUS_INVALID, missing != NULL ? missing : rule->names[0],
                       "%s%.*s; for example: %s", rule->kind == OPTIONS_NEEDED ? "" : "give ",
                       BYTES_FMT(buf_bytes(&text)), rule->example);
        buf_done(&text);
        return st;
    }
    return STATUS_OK;
}

enum status args_check_choice(const struct parameter *parameter, struct bytes text, struct err *err)
{
    struct buf known = {0};
    const struct choice *choice = parameter->choice;
    bool is_known = choice == NULL;
    for (uint32_t i = 0; choice != NULL && choice->words[i] != NULL; i++) {
        is_known = is_known || bytes_equal(text, bytes_of_string(choice->words[i]));
        buf_append_format(&known, " %s", choice->words[i]);
    }
    enum status st =
        is_known ? STATUS_OK
                 : fail_field(err, STATUS_INVALID, choice->field,
                              "--%s takes one of%.*s, not '%.*s'; %s", parameter->name,
                              BYTES_FMT(buf_bytes(&known)), BYTES_FMT(text), choice->otherwise);
    buf_done(&known);
    return st;
}

enum status args_check_empty(const struct args *args, const struct parameter *parameter,
                             struct err *err)
{
    const struct field *field = parameter->field;
    if (!field_is_empty(field, field_get(field, args->message))) {
        return STATUS_OK;
    }
    if (strcmp(field->name, "limit") == 0) {
        return fail_field(err, STATUS_INVALID, field->name, "--limit takes 1 to %llu, not 0",
                          (unsigned long long)field->max);
    }
    return field->is_required ? fail_field(err, STATUS_INVALID, field->name, "%s%s is empty",
                                           parameter->is_argument ? "" : "--", parameter->name)
                              : STATUS_OK;
}
