/* SPDX-License-Identifier: Apache-2.0 */
/* Turns the inputs of a builder into keys, clauses, files and examples. */
#include "domain/rules_compile.h"

#include "base/memory.h"
#include "base/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RULE_ID_TOLD_BYTES 120

struct spot spot_of(const struct raw_value *value, uint32_t rule, const char *part, const char *key)
{
    struct spot spot = {.value = value};
    (void)snprintf(spot.path, sizeof spot.path, "rules[%u].%s%s%s", rule, part,
                   *part != '\0' && *key != '\0' ? "." : "", key);
    return spot;
}

struct spot spot_of_item(const struct raw_value *value, const struct spot *of, uint32_t index,
                         uint32_t count)
{
    struct spot spot = *of;
    spot.value = value;
    if (count > 1) {
        size_t len = strlen(spot.path);
        (void)snprintf(spot.path + len, sizeof spot.path - len, "[%u]", index);
    }
    return spot;
}

/* ---- Keys ---- */

static void lay_out_keys(struct rules *rules)
{
    const uint32_t counts[RULE_HOURS + 1] = {
        [RULE_CATEGORY] = rules->office->category_count,
        [RULE_AREA] = rules->office->area_count,
        [RULE_KIND] = KIND_COUNT,
        [RULE_SOURCE] = SOURCE_COUNT,
        [RULE_URGENCY] = URGENCY_COUNT,
        [RULE_HOUSEHOLD_TAGS] = rules->tags.count,
        [RULE_HOURS] = 2,
    };
    uint32_t next = KEY_NEVER + 1;
    for (unsigned c = 0; c <= RULE_HOURS; c++) {
        rules->first_key[c] = next;
        next += counts[c];
    }
    rules->first_list_key = next;
    rules->title_offset = rules->list_count + rules->folded.count;
    rules->key_count = next + 2 * rules->title_offset;
    rules->parents = memory_new(rules->first_key[RULE_KIND], sizeof *rules->parents);
    for (uint32_t i = 0; i < counts[RULE_CATEGORY]; i++) {
        const struct category *parent =
            office_find_category(rules->office, rules->office->categories[i].parent);
        if (parent != NULL) {
            rules->parents[rules->first_key[RULE_CATEGORY] + i] =
                rules->first_key[RULE_CATEGORY] + (uint32_t)(parent - rules->office->categories);
        }
    }
    for (uint32_t i = 0; i < counts[RULE_AREA]; i++) {
        const struct area *parent = office_find_area(rules->office, rules->office->areas[i].parent);
        if (parent != NULL) {
            rules->parents[rules->first_key[RULE_AREA] + i] =
                rules->first_key[RULE_AREA] + (uint32_t)(parent - rules->office->areas);
        }
    }
}

void report_unknown(struct compiler *compiler, const struct spot *spot, enum rule_thing thing)
{
    char sentence[RULE_SENTENCE_MAX];
    rules_describe_unknown(compiler->rules->office, thing, value_text(compiler, spot->value),
                           sentence);
    PROBLEM(compiler, spot, "%s", sentence);
}

/* Each gives the number of a value among those of its condition, or NAMES_NONE with a problem. */
typedef uint32_t resolve_fn(struct compiler *compiler, const struct spot *spot);

static uint32_t resolve_category(struct compiler *compiler, const struct spot *spot)
{
    struct bytes text = value_text(compiler, spot->value);
    const struct category *found = office_find_category(compiler->rules->office, text);
    if (found == NULL) {
        report_unknown(compiler, spot, RULE_THING_CATEGORY);
        return NAMES_NONE;
    }
    return (uint32_t)(found - compiler->rules->office->categories);
}

static uint32_t resolve_area(struct compiler *compiler, const struct spot *spot)
{
    struct bytes text = value_text(compiler, spot->value);
    const struct area *found = office_find_area(compiler->rules->office, text);
    if (found == NULL) {
        report_unknown(compiler, spot, RULE_THING_AREA);
        return NAMES_NONE;
    }
    return (uint32_t)(found - compiler->rules->office->areas);
}

#define X(type)                                                                                    \
    static uint32_t resolve_##type(struct compiler *compiler, const struct spot *spot)             \
    {                                                                                              \
        enum type value;                                                                           \
        struct err err;                                                                            \
        if (type##_parse(value_text(compiler, spot->value), &value, &err) != STATUS_OK) {          \
            PROBLEM(compiler, spot, "%s", err.text);                                               \
            return NAMES_NONE;                                                                     \
        }                                                                                          \
        return (uint32_t)value;                                                                    \
    }
X(kind)
X(source)
X(urgency)
#undef X

static uint32_t resolve_tag(struct compiler *compiler, const struct spot *spot)
{
    return names_find(&compiler->rules->tags, value_text(compiler, spot->value));
}

static uint32_t resolve_hours(struct compiler *compiler, const struct spot *spot)
{
    struct bytes text = value_text(compiler, spot->value);
    if (bytes_equal(text, BYTES("off"))) {
        return 0;
    }
    if (bytes_equal(text, BYTES("working"))) {
        return 1;
    }
    PROBLEM(compiler, spot, "unknown hours '%.*s': write working or off", BYTES_FMT(text));
    return NAMES_NONE;
}

static uint32_t text_key(struct compiler *compiler, const struct spot *spot, bool is_title)
{
    struct rules *rules = compiler->rules;
    struct bytes text = value_text(compiler, spot->value);
    if (!is_list_name(text)) {
        return spot->value->word == NAMES_NONE ? KEY_NEVER
                                               : word_key(rules, spot->value->word, is_title);
    }
    uint32_t list = names_find(&compiler->list_names, bytes_of(text.p + 1, text.len - 1));
    if (list == NAMES_NONE) {
        PROBLEM(compiler, spot, "unknown word list '%.*s': correct it or add it under words",
                BYTES_FMT(text));
        return KEY_NEVER;
    }
    rules->lists[list].is_used = true;
    return list_key(rules, list, is_title);
}

static uint32_t key_of(struct compiler *compiler, enum rule_condition condition,
                       const struct spot *spot)
{
    static resolve_fn *const resolvers[] = {
        [RULE_CATEGORY] = resolve_category, [RULE_AREA] = resolve_area,
        [RULE_KIND] = resolve_kind,         [RULE_SOURCE] = resolve_source,
        [RULE_URGENCY] = resolve_urgency,   [RULE_HOUSEHOLD_TAGS] = resolve_tag,
        [RULE_HOURS] = resolve_hours,
    };
    if (condition_is_text(condition)) {
        return text_key(compiler, spot, condition_is_title(condition));
    }
    uint32_t value = resolvers[condition](compiler, spot);
    return value == NAMES_NONE ? KEY_NEVER : compiler->rules->first_key[condition] + value;
}

/* ---- Clauses ---- */

static void begin_clause(struct rules *rules, struct rule *rule, enum rule_condition condition)
{
    rules->clauses[rules->clause_count++] =
        (struct clause){condition, {rules->clause_keys.count, 0}};
    rule->clauses.count++;
}

static void append_key(struct rules *rules, uint32_t key)
{
    struct clause *clause = &rules->clauses[rules->clause_count - 1];
    for (uint32_t i = 0; i < clause->keys.count; i++) {
        if (rules->clause_keys.items[clause->keys.first + i] == key) {
            return;
        }
    }
    pool_append(&rules->clause_keys, key);
    clause->keys.count++;
}

/* One clause a condition, but one a value for x_all. */
static void compile_condition(struct compiler *compiler, uint32_t index,
                              enum rule_condition condition)
{
    const struct raw_rule *raw = &compiler->builder->rule_inputs[index];
    struct range values = raw->when[condition];
    struct spot whole = spot_of(&raw->id, index, "when", rule_condition_key(condition));
    for (uint32_t i = 0; i < values.count; i++) {
        struct raw_value *value = &compiler->builder->values[values.first + i];
        struct spot spot = spot_of_item(value, &whole, i, values.count);
        if (i == 0 || condition_is_all(condition)) {
            begin_clause(compiler->rules, &compiler->rules->rules[index], condition);
        }
        value->key = key_of(compiler, condition, &spot);
        append_key(compiler->rules, value->key);
    }
}

static void compile_when(struct compiler *compiler, uint32_t index)
{
    struct rules *rules = compiler->rules;
    struct rule *rule = &rules->rules[index];
    rule->clauses.first = rules->clause_count;
    if (compiler->builder->rule_inputs[index].is_unreadable) {
        begin_clause(rules, rule, RULE_TEXT_ANY);
        append_key(rules, KEY_NEVER);
    }
    for (unsigned c = 0; c < RULE_CONDITION_COUNT; c++) {
        compile_condition(compiler, index, (enum rule_condition)c);
    }
}

static void compile_clauses(struct compiler *compiler)
{
    struct rules *rules = compiler->rules;
    size_t most = (size_t)compiler->builder->value_count + rules->rule_count;
    rules->clauses = memory_new(most, sizeof *rules->clauses);
    for (uint32_t i = 0; i < rules->rule_count; i++) {
        compile_when(compiler, i);
    }
    rules->clauses = memory_resize(rules->clauses, rules->clause_count, sizeof *rules->clauses);
}

/* ---- Rules ---- */

static void compile_id(struct compiler *compiler, struct names *ids, uint32_t index)
{
    const struct raw_rule *raw = &compiler->builder->rule_inputs[index];
    struct rules *rules = compiler->rules;
    struct spot spot = spot_of(&raw->id, index, "id", "");
    struct bytes id = value_text(compiler, &raw->id);
    rules->rules[index].id = raw->id.text;
    rules->rules[index].line = raw->id.line;
    rules->rules[index].column = raw->id.column;
    uint32_t before = names_find(ids, id);
    if (!word_is_valid(id)) {
        PROBLEM(compiler, &spot,
                "a rule has an id of 1 to %d of a-z A-Z 0-9 . _ -, such as street-lights: journals "
                "keep it, and '%.*s' is none",
                WORD_MAX_BYTES, (int)(id.len > RULE_ID_TOLD_BYTES ? RULE_ID_TOLD_BYTES : id.len),
                (const char *)id.p);
    } else if (before != NAMES_NONE) {
        PROBLEM(compiler, &spot, "rule id '%.*s' is used twice: give each rule an id of its own",
                BYTES_FMT(id));
    }
    (void)names_put(ids, id);
}

/* ---- Files ---- */

static bool is_positive(const struct clause *clause)
{
    return !condition_is_none(clause->condition);
}

/* The clause of a rule whose keys the fewest rules ask for; NULL when it has none to file by. */
static const struct clause *rarest_clause(const struct rules *rules, const struct rule *rule,
                                          const uint32_t *frequency)
{
    const struct clause *best = NULL;
    uint64_t best_sum = UINT64_MAX;
    for (uint32_t i = 0; i < rule->clauses.count; i++) {
        const struct clause *clause = &rules->clauses[rule->clauses.first + i];
        uint64_t sum = 0;
        for (uint32_t k = 0; k < clause->keys.count; k++) {
            sum += frequency[rules->clause_keys.items[clause->keys.first + k]];
        }
        if (is_positive(clause) && sum < best_sum) {
            best = clause;
            best_sum = sum;
        }
    }
    return best;
}

/* Files one rule, or counts it for the room its files need. */
static void file_rule(struct rules *rules, uint32_t index, const uint32_t *frequency,
                      bool is_counting)
{
    static const uint32_t always[] = {KEY_ALWAYS};
    const struct clause *clause = rarest_clause(rules, &rules->rules[index], frequency);
    const uint32_t *keys = clause != NULL ? rules->clause_keys.items + clause->keys.first : always;
    uint32_t count = clause != NULL ? clause->keys.count : 1;
    for (uint32_t k = 0; k < count; k++) {
        struct range *file = &rules->filed[keys[k]];
        if (!is_counting) {
            rules->filed_rules[file->first + file->count] = index;
        }
        file->count++;
    }
}

static void file_rules(struct rules *rules, const uint32_t *frequency, bool is_counting)
{
    for (uint32_t r = 0; r < rules->rule_count; r++) {
        file_rule(rules, r, frequency, is_counting);
    }
}

static void compile_files(struct rules *rules)
{
    uint32_t *frequency = memory_new(rules->key_count, sizeof *frequency);
    for (uint32_t c = 0; c < rules->clause_count; c++) {
        const struct clause *clause = &rules->clauses[c];
        for (uint32_t k = 0; is_positive(clause) && k < clause->keys.count; k++) {
            frequency[rules->clause_keys.items[clause->keys.first + k]]++;
        }
    }
    rules->filed = memory_new(rules->key_count, sizeof *rules->filed);
    file_rules(rules, frequency, true);
    uint32_t at = 0;
    for (uint32_t k = 0; k < rules->key_count; k++) {
        rules->filed[k].first = at;
        at += rules->filed[k].count;
        rules->filed[k].count = 0;
    }
    rules->filed_count = at;
    rules->filed_rules = memory_new(at, sizeof *rules->filed_rules);
    file_rules(rules, frequency, false);
    free(frequency);
}

static uint32_t find_by_text(const struct rules *rules, uint32_t id)
{
    for (uint32_t r = 0; r < rules->rule_count; r++) {
        if (rules->rules[r].id == id) {
            return r;
        }
    }
    return RULES_NONE;
}

static void compile_examples(struct compiler *compiler)
{
    struct rules *rules = compiler->rules;
    struct rules_builder *builder = compiler->builder;
    rules->example_count = builder->example_count;
    rules->examples = memory_new(builder->example_count, sizeof *rules->examples);
    for (uint32_t i = 0; i < builder->example_count; i++) {
        const struct raw_example *raw = &builder->examples[i];
        rules->examples[i] = raw->example;
        rules->examples[i].expect = raw->expect.text;
        rules->examples[i].rule = raw->example.inside != RULES_NONE
                                      ? raw->example.inside
                                      : find_by_text(rules, raw->expect.text);
    }
}

void rules_compile(struct rules_builder *builder, struct rules *rules,
                   struct rule_problems *problems)
{
    struct compiler compiler = {.builder = builder, .rules = rules, .problems = problems};
    struct names ids = {0};
    rules->rule_count = builder->rule_count;
    rules->rules = memory_new(builder->rule_count, sizeof *rules->rules);
    compile_words(&compiler);
    lay_out_keys(rules);
    link_words(&compiler);
    compile_clauses(&compiler);
    for (uint32_t i = 0; i < rules->rule_count; i++) {
        compile_id(&compiler, &ids, i);
        compile_then(&compiler, i);
    }
    compile_files(rules);
    compile_examples(&compiler);
    names_done(&ids);
    names_done(&compiler.list_names);
}
