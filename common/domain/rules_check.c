/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is wrong with a rule set as a whole: lists nobody uses, rules that can never match, rules
 * that an earlier one shadows, a missing default.
 *
 * Rule A shadows a later rule B when whatever B matches A matches too: each clause of A follows
 * from some clause of B. That a word follows from another means that it occurs in it. Several rules
 * shadow B together when each word, or each value, of one of its conditions leaves a rule that one
 * of them shadows; and likewise each value of a closed list that B does not ask for at all, such as
 * hours. Other ways of leaving nothing to a rule are not looked for.
 */
#include "domain/rules_set.h"

#include "base/number.h"

#include <stdio.h>

static bool clause_has_key(const struct rules *rules, const struct clause *clause, uint32_t key)
{
    for (uint32_t i = 0; i < clause->keys.count; i++) {
        if (rules->clause_keys.items[clause->keys.first + i] == key) {
            return true;
        }
    }
    return false;
}

/* Whether a word is one of those a text clause names, itself or through a list. */
static bool clause_has_word(const struct rules *rules, const struct clause *clause, uint32_t word)
{
    bool is_title = condition_is_title(clause->condition);
    if (clause_has_key(rules, clause, word_key(rules, word, is_title))) {
        return true;
    }
    struct range lists = rules->words[word].lists;
    for (uint32_t i = 0; i < lists.count; i++) {
        uint32_t list = rules->word_lists.items[lists.first + i];
        if (clause_has_key(rules, clause, list_key(rules, list, is_title))) {
            return true;
        }
    }
    return false;
}

/* A word of `clause` that occurs in `word`, or NAMES_NONE. */
static uint32_t find_inside(const struct rules *rules, const struct clause *clause, uint32_t word)
{
    struct range contained = rules->words[word].contained;
    for (uint32_t i = 0; i < contained.count; i++) {
        uint32_t inner = rules->word_contained.items[contained.first + i];
        if (clause_has_word(rules, clause, inner)) {
            return inner;
        }
    }
    return NAMES_NONE;
}

/* Whether every word of `clause` has a word of `inside` in it; *ret_inner is one that was found. */
static bool words_contain(const struct rules *rules, const struct clause *clause,
                          const struct clause *inside, uint32_t *ret_inner)
{
    struct word_walk walk = {.clause = clause};
    uint32_t word;
    *ret_inner = NAMES_NONE;
    while (word_walk_next(rules, &walk, &word)) {
        *ret_inner = find_inside(rules, inside, word);
        if (*ret_inner == NAMES_NONE) {
            return false;
        }
    }
    return *ret_inner != NAMES_NONE;
}

static bool has_parents(const struct clause *clause)
{
    return clause->condition == RULE_CATEGORY || clause->condition == RULE_AREA;
}

/* Whether `key`, or what it lies in, is a value of `wide`. */
static bool value_lies_in(const struct rules *rules, uint32_t key, const struct clause *wide)
{
    while (key != KEY_ALWAYS && !clause_has_key(rules, wide, key)) {
        key = has_parents(wide) && key > KEY_NEVER ? rules->parents[key] : KEY_ALWAYS;
    }
    return key != KEY_ALWAYS;
}

/* Whether every value of `clause` is, or lies in, a value of `wide`. */
static bool values_lie_in(const struct rules *rules, const struct clause *clause,
                          const struct clause *wide)
{
    for (uint32_t k = 0; k < clause->keys.count; k++) {
        if (!value_lies_in(rules, rules->clause_keys.items[clause->keys.first + k], wide)) {
            return false;
        }
    }
    return true;
}

static bool is_required_words(const struct clause *clause)
{
    return condition_is_text(clause->condition) && !condition_is_none(clause->condition);
}

/* Whether what `inner` looks at is part of what `outer` looks at: the title of title and text. */
static bool lies_within(const struct clause *inner, const struct clause *outer)
{
    return condition_is_title(inner->condition) || !condition_is_title(outer->condition);
}

/* Whether `from`, holding, makes `clause` hold. */
static bool follows(const struct rules *rules, const struct clause *clause,
                    const struct clause *from)
{
    uint32_t inner;
    if (condition_is_none(clause->condition)) {
        return condition_is_none(from->condition) && lies_within(clause, from) &&
               words_contain(rules, clause, from, &inner);
    }
    if (is_required_words(clause)) {
        return is_required_words(from) && lies_within(from, clause) &&
               words_contain(rules, from, clause, &inner);
    }
    return from->condition == clause->condition && values_lie_in(rules, from, clause);
}

/* A rule, with one of its clauses narrowed to a single word or value, or with one more. */
struct narrowed {
    const struct rule *rule;
    uint32_t at; /* of the clause among the rule's, behind them, or RULES_NONE: the rule as it is */
    struct clause by;
};

static uint32_t narrowed_count(const struct narrowed *narrowed)
{
    uint32_t count = narrowed->rule->clauses.count;
    return narrowed->at == count ? count + 1 : count;
}

static const struct clause *narrowed_clause(const struct rules *rules,
                                            const struct narrowed *narrowed, uint32_t index)
{
    return index == narrowed->at ? &narrowed->by
                                 : &rules->clauses[narrowed->rule->clauses.first + index];
}

static bool shadows(const struct rules *rules, const struct rule *wide,
                    const struct narrowed *narrow)
{
    for (uint32_t i = 0; i < wide->clauses.count; i++) {
        const struct clause *clause = &rules->clauses[wide->clauses.first + i];
        uint32_t count = narrowed_count(narrow);
        uint32_t j = 0;
        while (j < count && !follows(rules, clause, narrowed_clause(rules, narrow, j))) {
            j++;
        }
        if (j == count) {
            return false;
        }
    }
    return true;
}

/* Looks for the first rule filed under `key` that shadows `rule` and comes before `*best`. */
static void try_file(const struct rules *rules, uint32_t key, const struct narrowed *rule,
                     uint32_t *best)
{
    struct range file = rules->filed[key];
    for (uint32_t i = 0; i < file.count && rules->filed_rules[file.first + i] < *best; i++) {
        uint32_t wide = rules->filed_rules[file.first + i];
        if (shadows(rules, &rules->rules[wide], rule)) {
            *best = wide;
        }
    }
}

/* What is in the title is in title and text too. */
static void try_text_file(const struct rules *rules, const struct clause *clause, uint32_t key,
                          const struct narrowed *rule, uint32_t *best)
{
    try_file(rules, key, rule, best);
    if (condition_is_title(clause->condition)) {
        try_file(rules, key + rules->title_offset, rule, best);
    }
}

/* A rule that shadows is filed under a clause that follows from one of the shadowed rule's, hence
 * from the first value of that one: under it, what it lies in, or what occurs in it. */
static void try_clause(const struct rules *rules, const struct clause *clause,
                       const struct narrowed *rule, uint32_t *best)
{
    uint32_t key = rules->clause_keys.items[clause->keys.first];
    if (!is_required_words(clause)) {
        while (key > KEY_NEVER) {
            try_file(rules, key, rule, best);
            key = has_parents(clause) ? rules->parents[key] : KEY_ALWAYS;
        }
        return;
    }
    const uint32_t *numbers;
    uint32_t own;
    struct range words = key_words(rules, key, &numbers, &own);
    struct range contained =
        words.count > 0 ? rules->words[numbers[words.first]].contained : (struct range){0, 0};
    for (uint32_t i = 0; i < contained.count; i++) {
        uint32_t word = rules->word_contained.items[contained.first + i];
        struct range lists = rules->words[word].lists;
        try_text_file(rules, clause, word_key(rules, word, false), rule, best);
        for (uint32_t l = 0; l < lists.count; l++) {
            uint32_t list = rules->word_lists.items[lists.first + l];
            try_text_file(rules, clause, list_key(rules, list, false), rule, best);
        }
    }
}

/* The first rule before `before` that shadows `rule`, or `before`. */
static uint32_t find_shadow(const struct rules *rules, const struct narrowed *rule, uint32_t before)
{
    uint32_t best = before;
    try_file(rules, KEY_ALWAYS, rule, &best);
    for (uint32_t i = 0; i < narrowed_count(rule); i++) {
        const struct clause *clause = narrowed_clause(rules, rule, i);
        if (!condition_is_none(clause->condition)) {
            try_clause(rules, clause, rule, &best);
        }
    }
    return best;
}

/* The rules that shadow a rule together, for telling of them. */
#define SHADOWS_TOLD_MAX 3U
struct shadows_found {
    uint32_t rules[SHADOWS_TOLD_MAX];
    uint32_t count; /* also of those that there was no room for */
};

static void keep_shadow(struct shadows_found *found, uint32_t rule)
{
    for (uint32_t i = 0; i < found->count && i < SHADOWS_TOLD_MAX; i++) {
        if (found->rules[i] == rule) {
            return;
        }
    }
    if (found->count < SHADOWS_TOLD_MAX) {
        found->rules[found->count] = rule;
    }
    found->count++;
}

/* The next word or value of a clause, as a key. Words of lists come one by one. */
static bool next_part(const struct rules *rules, struct word_walk *walk, uint32_t *ret_key)
{
    const struct clause *clause = walk->clause;
    if (is_required_words(clause)) {
        uint32_t word;
        bool is_there = word_walk_next(rules, walk, &word);
        *ret_key = is_there ? word_key(rules, word, condition_is_title(clause->condition)) : 0;
        return is_there;
    }
    if (walk->next_key == clause->keys.count) {
        return false;
    }
    *ret_key = rules->clause_keys.items[clause->keys.first + walk->next_key++];
    return true;
}

/* Whether earlier rules leave nothing of a rule when its clause `at` is taken apart. */
static bool is_covered(const struct rules *rules, uint32_t index, uint32_t at,
                       struct shadows_found *found)
{
    const struct rule *rule = &rules->rules[index];
    const struct clause *clause = &rules->clauses[rule->clauses.first + at];
    /* The place behind all clauses' keys is kept free for the part that is looked at. */
    struct range part = {rules->clause_keys.count - 1, 1};
    struct narrowed narrowed = {rule, at, {clause->condition, part}};
    struct word_walk walk = {.clause = clause};
    *found = (struct shadows_found){0};
    while (next_part(rules, &walk, &rules->clause_keys.items[part.first])) {
        uint32_t shadow = find_shadow(rules, &narrowed, index);
        if (shadow == index) {
            return false;
        }
        keep_shadow(found, shadow);
    }
    return found->count > 0;
}

/* The values of a list of which every issue has one; from first to below end. */
struct closed_list {
    enum rule_condition condition;
    uint32_t first;
    uint32_t end;
};
static const struct closed_list closed_lists[] = {
    {RULE_HOURS, 0, 2},
    {RULE_KIND, KIND_NONE + 1, KIND_COUNT},
    {RULE_SOURCE, SOURCE_NONE + 1, SOURCE_COUNT},
    {RULE_URGENCY, URGENCY_NONE + 1, URGENCY_COUNT},
};

/* Whether earlier rules leave nothing of a rule for any value of a list. */
static bool is_covered_by_list(const struct rules *rules, uint32_t index,
                               const struct closed_list *list, struct shadows_found *found)
{
    const struct rule *rule = &rules->rules[index];
    struct range part = {rules->clause_keys.count - 1, 1};
    struct narrowed narrowed = {rule, rule->clauses.count, {list->condition, part}};
    *found = (struct shadows_found){0};
    for (uint32_t value = list->first; value < list->end; value++) {
        rules->clause_keys.items[part.first] = rules->first_key[list->condition] + value;
        uint32_t shadow = find_shadow(rules, &narrowed, index);
        if (shadow == index) {
            return false;
        }
        keep_shadow(found, shadow);
    }
    return true;
}

static bool find_shadows(const struct rules *rules, uint32_t index, struct shadows_found *found)
{
    const struct rule *rule = &rules->rules[index];
    uint32_t one = find_shadow(rules, &(struct narrowed){.rule = rule, .at = RULES_NONE}, index);
    if (one != index) {
        *found = (struct shadows_found){{one}, 1};
        return true;
    }
    for (uint32_t i = 0; i < rule->clauses.count; i++) {
        const struct clause *clause = &rules->clauses[rule->clauses.first + i];
        if (!condition_is_none(clause->condition) && is_covered(rules, index, i, found)) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof closed_lists / sizeof closed_lists[0]; i++) {
        if (is_covered_by_list(rules, index, &closed_lists[i], found)) {
            return true;
        }
    }
    return false;
}

static void check_shadowed(const struct rules *rules, uint32_t index,
                           struct rule_problems *problems)
{
    const struct rule *rule = &rules->rules[index];
    struct shadows_found found;
    if (!find_shadows(rules, index, &found)) {
        return;
    }
    char path[RULE_PATH_MAX];
    char names[SHADOWS_TOLD_MAX * (WORD_MAX_BYTES + 32)] = "";
    size_t len = 0;
    for (uint32_t i = 0; i < found.count && i < SHADOWS_TOLD_MAX; i++) {
        const struct rule *wide = &rules->rules[found.rules[i]];
        struct bytes id = rules_text(rules, wide->id);
        id.len = id.len > WORD_MAX_BYTES ? WORD_MAX_BYTES : id.len;
        len += (size_t)snprintf(names + len, sizeof names - len, "%s'%.*s' (line %u)",
                                i > 0 ? ", " : "", BYTES_FMT(id), wide->line);
    }
    (void)snprintf(path, sizeof path, "rules[%u]", index);
    rule_problems_add(problems, rule->line, rule->column, path,
                      "rule '%.*s' can never be reached: %s %s%s %s; move it up, narrow %s or "
                      "remove it",
                      BYTES_FMT(rules_text(rules, rule->id)), found.count > 1 ? "rules" : "rule",
                      names, found.count > SHADOWS_TOLD_MAX ? " and others" : "",
                      found.count > 1 ? "come first and together match everything it does"
                                      : "comes first and matches everything it does",
                      found.count > 1 ? "one of the others" : "the other");
}

/* Whether `asking` asks for words that `excluding` excludes; *ret_inner is one of them. */
static bool contradicts(const struct rules *rules, const struct clause *asking,
                        const struct clause *excluding, uint32_t *ret_inner)
{
    return is_required_words(asking) && condition_is_none(excluding->condition) &&
           lies_within(asking, excluding) && words_contain(rules, asking, excluding, ret_inner);
}

/* Whether the key of a text condition is that of `word`, or of a list with it. */
static bool key_has_word(const struct rules *rules, uint32_t key, uint32_t word)
{
    const uint32_t *numbers;
    uint32_t own;
    struct range words = key_words(rules, key, &numbers, &own);
    for (uint32_t i = 0; i < words.count; i++) {
        if (numbers[words.first + i] == word) {
            return true;
        }
    }
    return false;
}

/* The value among those that a rule excludes that is `word`, or a list with it. */
static const struct raw_value *find_excluded(const struct rules_builder *builder,
                                             const struct rules *rules, struct range values,
                                             uint32_t word, uint32_t *ret_index)
{
    for (uint32_t i = 0; i < values.count; i++) {
        const struct raw_value *value = &builder->values[values.first + i];
        if (key_has_word(rules, value->key, word)) {
            *ret_index = i;
            return value;
        }
    }
    return NULL;
}

struct contradiction {
    uint32_t rule;
    const struct clause *asking;
    const struct clause *excluding;
    uint32_t inner; /* a word */
};

static void report_contradiction(const struct rules_builder *builder, const struct rules *rules,
                                 const struct contradiction *found, struct rule_problems *problems)
{
    const char *asking = rule_condition_key(found->asking->condition);
    const char *excluding = rule_condition_key(found->excluding->condition);
    struct range values = builder->rule_inputs[found->rule].when[found->excluding->condition];
    uint32_t index;
    const struct raw_value *value = find_excluded(builder, rules, values, found->inner, &index);
    char path[RULE_PATH_MAX];
    int len = snprintf(path, sizeof path, "rules[%u].when.%s", found->rule, excluding);
    CHECK(value != NULL);
    if (values.count > 1) {
        (void)snprintf(path + len, sizeof path - (size_t)len, "[%u]", index);
    }
    rule_problems_add(problems, value->line, value->column, path,
                      "rule '%.*s' can never match: what %s asks for always has '%.*s' in it, "
                      "which %s excludes; remove one of them",
                      BYTES_FMT(rules_text(rules, rules->rules[found->rule].id)), asking,
                      BYTES_FMT(rules_text(rules, rules->words[found->inner].text)), excluding);
}

/* A rule asks for a word and excludes what is in it; the first such pair is told. */
static void check_contradictions(const struct rules_builder *builder, const struct rules *rules,
                                 uint32_t index, struct rule_problems *problems)
{
    const struct rule *rule = &rules->rules[index];
    const struct clause *clauses = &rules->clauses[rule->clauses.first];
    uint32_t pairs = rule->clauses.count * rule->clauses.count;
    for (uint32_t p = 0; p < pairs; p++) {
        struct contradiction found = {.rule = index,
                                      .asking = &clauses[p / rule->clauses.count],
                                      .excluding = &clauses[p % rule->clauses.count]};
        if (contradicts(rules, found.asking, found.excluding, &found.inner)) {
            report_contradiction(builder, rules, &found, problems);
            return;
        }
    }
}

/* A rule that was not understood may have been meant as the default. */
static void check_default(const struct rules_builder *builder, const struct rules *rules,
                          struct rule_problems *problems)
{
    for (uint32_t r = 0; r < rules->rule_count; r++) {
        if (rules->rules[r].clauses.count == 0 || builder->rule_inputs[r].is_unreadable) {
            return;
        }
    }
    const struct rule *last = rules->rule_count > 0 ? &rules->rules[rules->rule_count - 1] : NULL;
    rule_problems_add(problems, last != NULL ? last->line : 1, last != NULL ? last->column : 1,
                      "rules",
                      "there is no default: end the rules with one without `when`, such as "
                      "{id: default, then: {triage: true}}");
}

void rules_check(const struct rules_builder *builder, struct rules *rules,
                 struct rule_problems *problems)
{
    pool_append(&rules->clause_keys, KEY_NEVER); /* for is_covered() */
    for (uint32_t l = 0; l < rules->list_count; l++) {
        const struct list *list = &rules->lists[l];
        if (!list->is_used) {
            struct bytes name = rules_text(rules, list->name);
            char path[RULE_PATH_MAX];
            (void)snprintf(path, sizeof path, "words.%.*s", BYTES_FMT(name));
            rule_problems_add(problems, list->line, list->column, path,
                              "no rule uses this word list: write @%.*s in a rule's text_any, "
                              "text_all or text_none, or remove the list",
                              BYTES_FMT(name));
        }
    }
    for (uint32_t r = 0; r < rules->rule_count; r++) {
        check_contradictions(builder, rules, r, problems);
        check_shadowed(rules, r, problems);
    }
    check_default(builder, rules, problems);
}
