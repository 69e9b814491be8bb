/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the rule that decides. */
#include "domain/rules_set.h"

#include "base/memory.h"

#include <stdlib.h>

struct rules_scratch *rules_scratch_open(void)
{
    return memory_new(1, sizeof(struct rules_scratch));
}

void rules_scratch_close(struct rules_scratch *scratch)
{
    if (scratch != NULL) {
        free(scratch->marks);
        free(scratch->marked);
        free(scratch->places);
        letters_done(&scratch->letters);
        free(scratch);
    }
}

/* Makes room for this set and forgets all marks, by moving on to an epoch no mark has. */
static void scratch_begin(struct rules_scratch *scratch, const struct rules *rules)
{
    if (scratch->key_cap < rules->key_count || scratch->epoch == UINT32_MAX) {
        scratch->key_cap =
            scratch->key_cap > rules->key_count ? scratch->key_cap : rules->key_count;
        free(scratch->marks);
        scratch->marks = memory_new(scratch->key_cap, sizeof *scratch->marks);
        scratch->marked = memory_resize(scratch->marked, scratch->key_cap, sizeof(uint32_t));
        scratch->epoch = 0;
    }
    if (scratch->word_cap < rules->folded.count) {
        scratch->word_cap = rules->folded.count;
        scratch->places =
            memory_resize(scratch->places, scratch->word_cap, sizeof *scratch->places);
    }
    scratch->epoch++;
    scratch->marked_count = 0;
}

static inline void mark(struct rules_scratch *scratch, uint32_t key)
{
    if (scratch->marks[key] != scratch->epoch) {
        scratch->marks[key] = scratch->epoch;
        scratch->marked[scratch->marked_count++] = key;
    }
}

static void mark_with_parents(const struct rules *rules, struct rules_scratch *scratch,
                              uint32_t key)
{
    for (; key != KEY_ALWAYS && !key_is_marked(scratch, key); key = rules->parents[key]) {
        mark(scratch, key);
    }
}

struct scan {
    const struct rules *rules;
    struct rules_scratch *scratch;
    enum rule_field field;
};

static void mark_text_key(const struct rules *rules, struct rules_scratch *scratch, uint32_t key,
                          bool is_title)
{
    mark(scratch, key);
    if (is_title) {
        mark(scratch, key + rules->title_offset);
    }
}

static void on_word(void *user, uint32_t word, uint32_t end)
{
    struct scan *scan = user;
    struct rules_scratch *scratch = scan->scratch;
    const struct rules *rules = scan->rules;
    if (key_is_marked(scratch, word_key(rules, word, false))) {
        return;
    }
    /* The title is read first, so what is found in the text for the first time is not in it. */
    bool is_title = scan->field == RULE_TITLE;
    const struct word *entry = &rules->words[word];
    mark_text_key(rules, scratch, word_key(rules, word, false), is_title);
    scratch->places[word] =
        (struct place){scratch->letters.origins[end - entry->letter_count], scan->field};
    for (uint32_t i = 0; i < entry->lists.count; i++) {
        uint32_t list = rules->word_lists.items[entry->lists.first + i];
        mark_text_key(rules, scratch, list_key(rules, list, false), is_title);
    }
}

static void mark_words(const struct rules *rules, struct rules_scratch *scratch, struct bytes text,
                       enum rule_field field)
{
    struct scan scan = {rules, scratch, field};
    alphabet_read(rules->alphabet, text, &scratch->letters);
    automaton_scan(rules->automaton, scratch->letters.letters, scratch->letters.count, on_word,
                   &scan);
}

static void mark_facts(const struct rules *rules, const struct rule_facts *facts,
                       struct rules_scratch *scratch)
{
    const struct office *office = rules->office;
    const struct category *category = office_find_category(office, facts->category);
    const struct area *area = office_find_area(office, facts->area);
    mark(scratch, KEY_ALWAYS);
    if (category != NULL) {
        mark_with_parents(rules, scratch,
                          rules->first_key[RULE_CATEGORY] +
                              (uint32_t)(category - office->categories));
    }
    if (area != NULL) {
        mark_with_parents(rules, scratch,
                          rules->first_key[RULE_AREA] + (uint32_t)(area - office->areas));
    }
    mark(scratch, rules->first_key[RULE_KIND] + (uint32_t)facts->kind);
    mark(scratch, rules->first_key[RULE_SOURCE] + (uint32_t)facts->source);
    mark(scratch, rules->first_key[RULE_URGENCY] + (uint32_t)facts->urgency);
    mark(scratch, rules->first_key[RULE_HOURS] + (facts->is_working_hours ? 1 : 0));
    for (uint32_t i = 0; i < facts->household_tag_count; i++) {
        uint32_t tag = names_find(&rules->tags, facts->household_tags[i]);
        if (tag != NAMES_NONE) {
            mark(scratch, rules->first_key[RULE_HOUSEHOLD_TAGS] + tag);
        }
    }
}

void rules_mark(const struct rules *rules, const struct rule_facts *facts,
                struct rules_scratch *scratch)
{
    scratch_begin(scratch, rules);
    mark_facts(rules, facts, scratch);
    mark_words(rules, scratch, facts->title, RULE_TITLE);
    mark_words(rules, scratch, facts->text, RULE_TEXT);
}

bool clause_holds(const struct rules *rules, const struct clause *clause,
                  const struct rules_scratch *scratch)
{
    const uint32_t *keys = rules->clause_keys.items + clause->keys.first;
    uint32_t i = 0;
    while (i < clause->keys.count && !key_is_marked(scratch, keys[i])) {
        i++;
    }
    return (i < clause->keys.count) != condition_is_none(clause->condition);
}

bool rule_holds(const struct rules *rules, const struct rule *rule,
                const struct rules_scratch *scratch)
{
    const struct clause *clauses = rules->clauses + rule->clauses.first;
    for (uint32_t i = 0; i < rule->clauses.count; i++) {
        if (!clause_holds(rules, &clauses[i], scratch)) {
            return false;
        }
    }
    return true;
}

/* The first rule of a file that holds and comes before `best`, else `best`. */
static uint32_t find_in_file(const struct rules *rules, const struct rules_scratch *scratch,
                             struct range file, uint32_t best)
{
    const uint32_t *filed = rules->filed_rules + file.first;
    for (uint32_t i = 0; i < file.count && filed[i] < best; i++) {
        if (rule_holds(rules, &rules->rules[filed[i]], scratch)) {
            return filed[i];
        }
    }
    return best;
}

/* The first rule that holds, among those filed under a marked key; RULES_NONE when none does. */
static uint32_t find_first(const struct rules *rules, const struct rules_scratch *scratch)
{
    uint32_t best = RULES_NONE;
    for (uint32_t m = 0; m < scratch->marked_count; m++) {
        best = find_in_file(rules, scratch, rules->filed[scratch->marked[m]], best);
    }
    return best;
}

/* Adds the words of one text clause that were found. */
static uint32_t gather_clause(const struct rules *rules, const struct clause *clause,
                              const struct rules_scratch *scratch, struct rule_found *found,
                              uint32_t count)
{
    struct word_walk walk = {.clause = clause};
    bool is_title = condition_is_title(clause->condition);
    uint32_t word;
    while (count < RULE_FOUND_MAX && word_walk_next(rules, &walk, &word)) {
        if (key_is_marked(scratch, word_key(rules, word, is_title))) {
            found[count++] =
                (struct rule_found){rules_text(rules, rules->words[word].text),
                                    scratch->places[word].field, scratch->places[word].position};
        }
    }
    return count;
}

static uint32_t drop_repeated(struct rule_found *found, uint32_t count)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t j = 0;
        while (j < kept && !bytes_equal(found[j].word, found[i].word)) {
            j++;
        }
        if (j == kept) {
            found[kept++] = found[i];
        }
    }
    return kept;
}

uint32_t rule_gather_found(const struct rules *rules, const struct rule *rule,
                           const struct rules_scratch *scratch, struct rule_found *found)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < rule->clauses.count; i++) {
        const struct clause *clause = &rules->clauses[rule->clauses.first + i];
        if (condition_is_text(clause->condition) && !condition_is_none(clause->condition)) {
            count = gather_clause(rules, clause, scratch, found, count);
        }
    }
    return drop_repeated(found, count);
}

static uint32_t copy_texts(const struct rules *rules, struct range range, struct bytes *texts)
{
    for (uint32_t i = 0; i < range.count; i++) {
        texts[i] = rules_text(rules, rules->then_texts.items[range.first + i]);
    }
    return range.count;
}

static void decide(const struct rules *rules, const struct rule_facts *facts, uint32_t index,
                   const struct rules_scratch *scratch, struct rule_decision *decision)
{
    const struct rule *rule = &rules->rules[index];
    decision->rule = index;
    decision->id = rules_text(rules, rule->id);
    decision->is_triage = rule->is_triage;
    decision->category = rule->category != 0 ? rules_text(rules, rule->category) : facts->category;
    decision->given_category =
        rules_asks(rules, index, RULE_CATEGORY) ? facts->category : (struct bytes){0};
    decision->lead = rules_text(rules, rule->lead);
    decision->leader = rules_text(rules, rule->leader);
    const struct department *lead = office_find_department(rules->office, decision->lead);
    if (rule->leader == 0 && lead != NULL) {
        decision->leader = lead->leader;
    }
    decision->urgency = rule->urgency != URGENCY_NONE ? rule->urgency : facts->urgency;
    decision->assist_count = copy_texts(rules, rule->assist, decision->assist);
    decision->tag_count = copy_texts(rules, rule->tags, decision->tags);
    decision->found_count = rule_gather_found(rules, rule, scratch, decision->found);
}

bool rules_match(const struct rules *rules, const struct rule_facts *facts,
                 struct rules_scratch *scratch, struct rule_decision *ret_decision)
{
    rules_mark(rules, facts, scratch);
    uint32_t index = find_first(rules, scratch);
    if (index == RULES_NONE) {
        return false;
    }
    decide(rules, facts, index, scratch, ret_decision);
    return true;
}

uint32_t rules_count(const struct rules *rules)
{
    return rules->rule_count;
}

uint32_t rules_word_count(const struct rules *rules)
{
    return rules->folded.count;
}

struct bytes rules_id(const struct rules *rules, uint32_t rule)
{
    CHECK(rule < rules->rule_count);
    return rules_text(rules, rules->rules[rule].id);
}

void rules_about(const struct rules *rules, uint32_t rule, struct rule_about *ret_about)
{
    CHECK(rule < rules->rule_count);
    *ret_about = (struct rule_about){.id = rules_id(rules, rule),
                                     .line = rules->rules[rule].line,
                                     .lead = rules_text(rules, rules->rules[rule].lead)};
}

uint32_t rules_find(const struct rules *rules, struct bytes id)
{
    uint32_t text = names_find(&rules->texts, id);
    for (uint32_t r = 0; r < rules->rule_count && text != NAMES_NONE; r++) {
        if (rules->rules[r].id == text) {
            return r;
        }
    }
    return RULES_NONE;
}

bool rules_asks(const struct rules *rules, uint32_t rule, enum rule_condition condition)
{
    CHECK(rule < rules->rule_count);
    struct range clauses = rules->rules[rule].clauses;
    for (uint32_t i = 0; i < clauses.count; i++) {
        if (rules->clauses[clauses.first + i].condition == condition) {
            return true;
        }
    }
    return false;
}
