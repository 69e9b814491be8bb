/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule does when it decides: section, leader, assisting sections, urgency, tags. */
#include "domain/rules_compile.h"

#include "base/text.h"

#include <string.h>

static void check_category(struct compiler *compiler, const struct spot *spot)
{
    if (office_find_category(compiler->rules->office, value_text(compiler, spot->value)) == NULL) {
        report_unknown(compiler, spot, RULE_THING_CATEGORY);
    }
}

static enum urgency read_urgency(struct compiler *compiler, const struct spot *spot)
{
    enum urgency urgency;
    struct err err;
    if (urgency_parse(value_text(compiler, spot->value), &urgency, &err) != STATUS_OK) {
        PROBLEM(compiler, spot, "%s", err.text);
        return URGENCY_NONE;
    }
    return urgency;
}

static void check_department(struct compiler *compiler, const struct spot *spot)
{
    struct bytes text = value_text(compiler, spot->value);
    if (office_find_department(compiler->rules->office, text) == NULL) {
        report_unknown(compiler, spot, RULE_THING_DEPARTMENT);
    }
}

static void check_leader(struct compiler *compiler, const struct spot *spot)
{
    struct bytes text = value_text(compiler, spot->value);
    const struct person *person = office_find_person(compiler->rules->office, text);
    if (person == NULL) {
        report_unknown(compiler, spot, RULE_THING_PERSON);
    } else if ((person->roles & ROLE_BIT(ROLE_LEADER)) == 0) {
        PROBLEM(compiler, spot,
                "'%.*s' is no leader and cannot review answers: write one whose roles in org.yaml "
                "have leader, or remove it for the one in charge of the lead",
                BYTES_FMT(text));
    }
}

/* A section has one part in an issue, so none may be there twice. */
static void check_assist(struct compiler *compiler, const struct spot *spot, struct range before,
                         uint32_t lead)
{
    uint32_t text = spot->value->text;
    check_department(compiler, spot);
    if (text == lead) {
        PROBLEM(compiler, spot, "'%.*s' leads already: remove it from assist",
                BYTES_FMT(value_text(compiler, spot->value)));
    }
    for (uint32_t i = 0; i < before.count; i++) {
        if (compiler->rules->then_texts.items[before.first + i] == text) {
            PROBLEM(compiler, spot, "'%.*s' is there twice: remove one",
                    BYTES_FMT(value_text(compiler, spot->value)));
            return;
        }
    }
}

/* Tags are kept with semicolons between them, beside those of the household. */
static void check_tag(struct compiler *compiler, const struct spot *spot, size_t *chars)
{
    struct bytes text = value_text(compiler, spot->value);
    size_t own = 0;
    (void)text_is_valid(text, &own);
    if (memchr(text.p, ';', text.len) != NULL) {
        PROBLEM(compiler, spot, "'%.*s' has a semicolon in it: write two tags, with a comma",
                BYTES_FMT(text));
    }
    if (*chars <= RULES_TAGS_CHARS_MAX && *chars + own + 1 > RULES_TAGS_CHARS_MAX) {
        PROBLEM(compiler, spot,
                "the tags of a rule have at most %u characters together: shorten them",
                RULES_TAGS_CHARS_MAX);
    }
    *chars += own + 1;
}

static struct range take_assist(struct compiler *compiler, const struct raw_rule *raw,
                                const struct spot *spot)
{
    struct rules *rules = compiler->rules;
    struct range range = {rules->then_texts.count, 0};
    for (uint32_t i = 0; i < raw->assist.count; i++) {
        const struct raw_value *value = &compiler->builder->values[raw->assist.first + i];
        struct spot at = spot_of_item(value, spot, i, raw->assist.count);
        if (i == RULE_ASSIST_MAX) {
            PROBLEM(compiler, &at, "at most %u sections assist: remove the rest", RULE_ASSIST_MAX);
            break;
        }
        check_assist(compiler, &at, range, raw->lead.text);
        pool_append(&rules->then_texts, value->text);
        range.count++;
    }
    return range;
}

static struct range take_tags(struct compiler *compiler, struct range values,
                              const struct spot *spot)
{
    struct rules *rules = compiler->rules;
    struct range range = {rules->then_texts.count, 0};
    size_t chars = 0;
    for (uint32_t i = 0; i < values.count; i++) {
        const struct raw_value *value = &compiler->builder->values[values.first + i];
        struct spot at = spot_of_item(value, spot, i, values.count);
        if (i == RULE_TAGS_MAX) {
            PROBLEM(compiler, &at, "at most %u tags: remove the rest", RULE_TAGS_MAX);
            break;
        }
        check_tag(compiler, &at, &chars);
        pool_append(&rules->then_texts, value->text);
        range.count++;
    }
    return range;
}

void compile_then(struct compiler *compiler, uint32_t index)
{
    const struct raw_rule *raw = &compiler->builder->rule_inputs[index];
    struct rule *rule = &compiler->rules->rules[index];
    struct spot category = spot_of(&raw->category, index, "then", "category");
    struct spot lead = spot_of(&raw->lead, index, "then", "lead");
    struct spot leader = spot_of(&raw->leader, index, "then", "leader");
    struct spot urgency = spot_of(&raw->urgency, index, "then", "urgency");
    struct spot assist = spot_of(&raw->id, index, "then", "assist");
    struct spot tags = spot_of(&raw->id, index, "then", "tags");
    struct spot then = spot_of(&raw->id, index, "then", "");
    if (raw->category.text != 0) {
        check_category(compiler, &category);
    }
    if (raw->lead.text != 0) {
        check_department(compiler, &lead);
    }
    if (raw->leader.text != 0) {
        check_leader(compiler, &leader);
    }
    if (raw->urgency.text != 0) {
        rule->urgency = read_urgency(compiler, &urgency);
    }
    if (raw->is_triage && (raw->lead.text != 0 || raw->leader.text != 0 || raw->assist.count > 0)) {
        PROBLEM(compiler, &then,
                "a rule sends to the triage desk or to a department, not both: "
                "remove triage, or lead, leader and assist");
    } else if (!raw->is_triage && raw->lead.text == 0 && !raw->is_unreadable) {
        PROBLEM(compiler, &then, "this rule sends nowhere: write lead or `triage: true`");
    }
    rule->category = raw->category.text;
    rule->lead = raw->lead.text;
    rule->leader = raw->leader.text;
    rule->is_triage = raw->is_triage;
    rule->assist = take_assist(compiler, raw, &assist);
    rule->tags = take_tags(compiler, raw->tags, &tags);
}
