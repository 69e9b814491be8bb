/* SPDX-License-Identifier: Apache-2.0 */
/* Says why a rule decided and why others did not. */
#include "domain/rules_set.h"

/* How far a rule got. */
struct progress {
    uint32_t met;    /* clauses that ask for something and hold */
    uint32_t failed; /* clauses that do not hold, */
    const struct clause *last_failed;
};

#define ASKED_TOLD_MAX 4U

static struct progress progress_of(const struct rules *rules, const struct rule *rule,
                                   const struct rules_scratch *scratch)
{
    struct progress progress = {0};
    for (uint32_t i = 0; i < rule->clauses.count; i++) {
        const struct clause *clause = &rules->clauses[rule->clauses.first + i];
        if (!clause_holds(rules, clause, scratch)) {
            progress.last_failed = clause;
            progress.failed++;
        } else if (!condition_is_none(clause->condition)) {
            progress.met++;
        }
    }
    return progress;
}

/* The word, as the file spells it, that a text_none clause found. */
static struct bytes find_offending(const struct rules *rules, const struct clause *clause,
                                   const struct rules_scratch *scratch)
{
    struct word_walk walk = {.clause = clause};
    bool is_title = condition_is_title(clause->condition);
    uint32_t word;
    while (word_walk_next(rules, &walk, &word)) {
        if (key_is_marked(scratch, word_key(rules, word, is_title))) {
            return rules_text(rules, rules->words[word].text);
        }
    }
    return (struct bytes){0};
}

/* Fills `near` when the rule came near. */
static bool comes_near(const struct rules *rules, uint32_t index,
                       const struct rules_scratch *scratch, struct rule_near *near)
{
    const struct rule *rule = &rules->rules[index];
    struct progress progress = progress_of(rules, rule, scratch);
    if (progress.met == 0 || progress.failed > 1) {
        return false;
    }
    const struct clause *failed = progress.last_failed;
    near->rule = index;
    near->id = rules_text(rules, rule->id);
    near->category = rules_text(rules, rule->category);
    near->lead = rules_text(rules, rule->lead);
    near->is_late = failed == NULL;
    near->failed = failed != NULL ? failed->condition : RULE_CONDITION_COUNT;
    near->clause = failed != NULL ? (uint32_t)(failed - rules->clauses) : RULES_NONE;
    near->offending = failed != NULL && condition_is_none(failed->condition)
                          ? find_offending(rules, failed, scratch)
                          : (struct bytes){0};
    near->found_count = rule_gather_found(rules, rule, scratch, near->found);
    return true;
}

/* Keeps the best, most words found first and then file order. */
static void keep_near(struct rules_explanation *explanation, const struct rule_near *near)
{
    uint32_t at = explanation->near_count;
    while (at > 0 && explanation->near[at - 1].found_count < near->found_count) {
        at--;
    }
    if (at == RULES_NEAR_MAX) {
        return;
    }
    if (explanation->near_count < RULES_NEAR_MAX) {
        explanation->near_count++;
    }
    for (uint32_t i = explanation->near_count - 1; i > at; i--) {
        explanation->near[i] = explanation->near[i - 1];
    }
    explanation->near[at] = *near;
}

void rules_explain(const struct rules *rules, const struct rule_facts *facts,
                   struct rules_scratch *scratch, struct rules_explanation *ret_explanation)
{
    *ret_explanation = (struct rules_explanation){0};
    ret_explanation->has_decision = rules_match(rules, facts, scratch, &ret_explanation->decision);
    for (uint32_t r = 0; r < rules->rule_count; r++) {
        struct rule_near near;
        bool is_decision = ret_explanation->has_decision && r == ret_explanation->decision.rule;
        if (!is_decision && comes_near(rules, r, scratch, &near)) {
            keep_near(ret_explanation, &near);
        }
    }
}

static void append_found(struct buf *buf, const struct rule_found *found, uint32_t count)
{
    static const char *const fields[] = {[RULE_TITLE] = "title", [RULE_TEXT] = "text"};
    for (uint32_t i = 0; i < count; i++) {
        buf_append_format(buf, "%s'%.*s' (%s %u)", i > 0 ? ", " : "", BYTES_FMT(found[i].word),
                          fields[found[i].field], found[i].position + 1);
    }
}

void rules_append_reason(struct buf *buf, struct bytes id, const struct rule_found *found,
                         uint32_t found_count)
{
    buf_append_format(buf, "rule '%.*s'", BYTES_FMT(id));
    if (found_count > 0) {
        buf_append_string(buf, ": ");
        append_found(buf, found, found_count);
    }
}

static struct bytes category_name(const struct rules *rules, struct bytes code)
{
    const struct category *category = office_find_category(rules->office, code);
    return category != NULL ? category->name : code;
}

static struct bytes department_name(const struct rules *rules, struct bytes id)
{
    const struct department *department = office_find_department(rules->office, id);
    return department != NULL ? department->name : id;
}

/* Where it goes, and who assists. */
static void append_departments(struct buf *buf, const struct rules *rules,
                               const struct rule_decision *decision)
{
    if (decision->is_triage) {
        buf_append_string(buf, "goes to the triage desk");
    } else {
        buf_append_format(buf, "leads: %.*s %.*s, leader: %.*s", BYTES_FMT(decision->lead),
                          BYTES_FMT(department_name(rules, decision->lead)),
                          BYTES_FMT(decision->leader));
    }
    for (uint32_t i = 0; i < decision->assist_count; i++) {
        buf_append_format(buf, "%s%.*s", i == 0 ? ", assists: " : " ",
                          BYTES_FMT(decision->assist[i]));
    }
}

static void append_decision(struct buf *buf, const struct rules *rules,
                            const struct rule_decision *decision)
{
    rules_append_reason(buf, decision->id, decision->found, decision->found_count);
    if (decision->given_category.len > 0) {
        buf_append_format(buf, ", because the report's category '%.*s' was given",
                          BYTES_FMT(decision->given_category));
    }
    buf_append_format(buf, "\n  line %u of the rules; ", rules->rules[decision->rule].line);
    append_departments(buf, rules, decision);
    if (decision->category.len > 0) {
        buf_append_format(buf, ", category: %.*s %.*s", BYTES_FMT(decision->category),
                          BYTES_FMT(category_name(rules, decision->category)));
    }
    if (decision->urgency != URGENCY_NONE) {
        buf_append_format(buf, ", urgency: %s", urgency_word(decision->urgency));
    }
    buf_append_string(buf, "\n");
}

/* Each gives what value `i` of an exact condition is called. */
typedef struct bytes value_text_fn(const struct rules *rules, uint32_t i);

static struct bytes category_text(const struct rules *rules, uint32_t i)
{
    return rules->office->categories[i].name;
}

static struct bytes area_text(const struct rules *rules, uint32_t i)
{
    return rules->office->areas[i].name;
}

static struct bytes kind_text(const struct rules *rules, uint32_t i)
{
    (void)rules;
    return bytes_of_string(kind_word((enum kind)i));
}

static struct bytes source_text(const struct rules *rules, uint32_t i)
{
    (void)rules;
    return bytes_of_string(source_word((enum source)i));
}

static struct bytes urgency_text(const struct rules *rules, uint32_t i)
{
    (void)rules;
    return bytes_of_string(urgency_word((enum urgency)i));
}

static struct bytes tag_text(const struct rules *rules, uint32_t i)
{
    return names_get(&rules->tags, i);
}

static struct bytes hours_text(const struct rules *rules, uint32_t i)
{
    (void)rules;
    return i == 0 ? BYTES("off") : BYTES("working");
}

static value_text_fn *const value_texts[] = {
    [RULE_CATEGORY] = category_text,  [RULE_AREA] = area_text,       [RULE_KIND] = kind_text,
    [RULE_SOURCE] = source_text,      [RULE_URGENCY] = urgency_text, [RULE_HOURS] = hours_text,
    [RULE_HOUSEHOLD_TAGS] = tag_text,
};

/* What a key stands for, as the file or the office calls it. */
static struct bytes key_text(const struct rules *rules, enum rule_condition condition, uint32_t key)
{
    if (key <= KEY_NEVER) {
        return BYTES("?");
    }
    if (!condition_is_text(condition)) {
        return value_texts[condition](rules, key - rules->first_key[condition]);
    }
    uint32_t i = (key - rules->first_list_key) % rules->title_offset;
    return rules_text(rules, i < rules->list_count ? rules->lists[i].name
                                                   : rules->words[i - rules->list_count].text);
}

static bool is_list_key(const struct rules *rules, enum rule_condition condition, uint32_t key)
{
    return condition_is_text(condition) && key >= rules->first_list_key &&
           (key - rules->first_list_key) % rules->title_offset < rules->list_count;
}

/* "household_tags asks for 独居 or 孤寡". */
static void append_asked(struct buf *buf, const struct rules *rules, const struct clause *clause)
{
    uint32_t count = clause->keys.count;
    uint32_t told = count > ASKED_TOLD_MAX ? ASKED_TOLD_MAX : count;
    buf_append_format(buf, "%s asks for", rule_condition_key(clause->condition));
    for (uint32_t i = 0; i < told; i++) {
        uint32_t key = rules->clause_keys.items[clause->keys.first + i];
        buf_append_format(buf, "%s %s%.*s",
                          i == 0           ? ""
                          : i + 1 == count ? " or"
                                           : ",",
                          is_list_key(rules, clause->condition, key) ? "@" : "",
                          BYTES_FMT(key_text(rules, clause->condition, key)));
    }
    if (told < count) {
        buf_append_format(buf, " or %u more", count - told);
    }
}

static void append_near(struct buf *buf, const struct rules *rules, const struct rule_near *near)
{
    buf_append_string(buf, "  ");
    rules_append_reason(buf, near->id, near->found, near->found_count);
    if (near->lead.len > 0) {
        buf_append_format(buf, " -> %.*s", BYTES_FMT(department_name(rules, near->lead)));
    }
    if (near->is_late) {
        buf_append_string(buf, "; matches too, but comes later in the file\n");
    } else if (near->offending.len > 0) {
        buf_append_format(buf, "; not: %s excludes '%.*s'\n", rule_condition_key(near->failed),
                          BYTES_FMT(near->offending));
    } else {
        buf_append_string(buf, "; not: ");
        append_asked(buf, rules, &rules->clauses[near->clause]);
        buf_append_string(buf, "\n");
    }
}

void rules_append_explanation(struct buf *buf, const struct rules *rules,
                              const struct rules_explanation *explanation)
{
    if (explanation->has_decision) {
        append_decision(buf, rules, &explanation->decision);
    }
    if (explanation->near_count > 0) {
        buf_append_string(buf, "came near:\n");
    }
    for (uint32_t i = 0; i < explanation->near_count; i++) {
        append_near(buf, rules, &explanation->near[i]);
    }
    if (explanation->has_decision && explanation->decision.is_triage) {
        buf_append_string(buf, "triage clerk sees: no rule is sure\n");
    } else {
        buf_append_string(buf, "triage clerk sees: nothing, this is dispatched by the rule\n");
    }
}
