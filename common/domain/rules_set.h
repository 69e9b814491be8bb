/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of a rule set, shared by the files of the rules module and by nobody else.
 *
 * Everything a condition can ask for is a *key*, a small number: a category, an area, a kind, a
 * word list, a word, ... A rule is a list of clauses, each an OR over keys; x_none clauses are
 * negated. Matching marks the keys that hold for an issue, once each, and a clause is then a few
 * looks at marks. Words and lists have two keys each, one for the title and one for title and text
 * together. Each rule is *filed* under the keys of the one of its clauses that fewest rules
 * share, so only the files of marked keys are gone through.
 */
#pragma once

#include "domain/alphabet.h"
#include "domain/automaton.h"
#include "domain/names.h"
#include "domain/rules.h"

#define KEY_ALWAYS 0U /* holds for every issue; also "no parent" */
#define KEY_NEVER 1U  /* stands for a value that is a mistake */

struct range {
    uint32_t first;
    uint32_t count;
};

/* A growing list of numbers. */
struct pool {
    uint32_t *items;
    uint32_t count;
    uint32_t cap;
};

struct clause {
    enum rule_condition condition;
    struct range keys; /* in rules.clause_keys */
};

/* Texts are numbers in rules.texts; 0 is the empty text. */
struct rule {
    uint32_t id;
    uint32_t line;
    uint32_t column;
    struct range clauses;
    uint32_t category;
    uint32_t lead;
    uint32_t leader;
    struct range assist; /* in rules.then_texts */
    struct range tags;   /* likewise */
    enum urgency urgency;
    bool is_triage;
};

struct word {
    uint32_t text; /* as first written */
    uint32_t letter_count;
    struct range lists;     /* numbers of the lists it is in, in rules.word_lists */
    struct range contained; /* words that occur in it, itself included, in rules.word_contained */
};

struct list {
    uint32_t name;
    uint32_t line;
    uint32_t column;
    struct range words; /* in rules.list_words */
    bool is_used;
};

struct example {
    uint32_t line;
    uint32_t column;
    uint32_t index;  /* for the path */
    uint32_t inside; /* the rule it stands in, or RULES_NONE */
    uint32_t rule;   /* that must decide, or must not; RULES_NONE: unknown */
    uint32_t expect; /* its id as written, outside of rules */
    bool is_match;
    uint32_t category;
    uint32_t area;
    enum kind kind;
    enum source source;
    enum urgency urgency;
    bool is_working_hours;
    uint32_t title;
    uint32_t text;
    struct range tags; /* in rules.then_texts; at most RULE_TAGS_MAX */
};

struct rules {
    const struct office *office;
    struct names texts;
    struct names tags;   /* household tags that rules ask for */
    struct names folded; /* the words, folded */

    struct rule *rules;
    uint32_t rule_count;
    struct clause *clauses;
    uint32_t clause_count;
    struct pool clause_keys;
    struct pool then_texts;

    struct word *words; /* as many as `folded` has */
    uint32_t word_cap;
    struct pool word_lists;
    struct pool word_contained;
    struct list *lists;
    uint32_t list_count;
    struct pool list_words;

    /* Where the keys of each kind begin. */
    uint32_t first_key[RULE_HOURS + 1];
    uint32_t first_list_key; /* in title or text; the words follow the lists */
    uint32_t title_offset;   /* from a word's or list's key to its key for the title alone */
    uint32_t key_count;
    uint32_t *parents;   /* of category and area keys: the key they lie in; else KEY_ALWAYS */
    struct range *filed; /* of each key, in `filed_rules`, rising */
    uint32_t *filed_rules;
    uint32_t filed_count;

    struct alphabet *alphabet;
    struct automaton *automaton;

    struct example *examples;
    uint32_t example_count;
};

struct rules_scratch {
    uint32_t epoch;
    uint32_t *marks; /* of each key: the epoch it held in */
    uint32_t key_cap;
    uint32_t *marked; /* the keys that hold now */
    uint32_t marked_count;
    struct place {
        uint32_t position;
        enum rule_field field;
    } * places; /* of each word that holds now: its first occurrence */
    uint32_t word_cap;
    struct letters letters;
};

void pool_append(struct pool *pool, uint32_t number);

/* Room for one more item of `size` bytes in a list of `count`; returns the list. */
void *list_grow(void *items, uint32_t count, uint32_t *cap, size_t size);

static inline struct bytes rules_text(const struct rules *rules, uint32_t text)
{
    return names_get(&rules->texts, text);
}

static inline bool key_is_marked(const struct rules_scratch *scratch, uint32_t key)
{
    return scratch->marks[key] == scratch->epoch;
}

static inline bool condition_is_text(enum rule_condition condition)
{
    return condition > RULE_HOURS;
}

static inline bool condition_is_title(enum rule_condition condition)
{
    return condition >= RULE_TITLE_ANY && condition <= RULE_TITLE_NONE;
}

/* Whether a clause excludes instead of asking. */
static inline bool condition_is_none(enum rule_condition condition)
{
    return condition == RULE_TITLE_NONE || condition == RULE_TEXT_NONE;
}

/* Whether every value is a clause of its own. */
static inline bool condition_is_all(enum rule_condition condition)
{
    return condition == RULE_TITLE_ALL || condition == RULE_TEXT_ALL;
}

/* The keys of a list and of a word, for title and text together or for the title alone. */
static inline uint32_t list_key(const struct rules *rules, uint32_t list, bool is_title)
{
    return rules->first_list_key + list + (is_title ? rules->title_offset : 0);
}

static inline uint32_t word_key(const struct rules *rules, uint32_t word, bool is_title)
{
    return list_key(rules, rules->list_count + word, is_title);
}

/* The words a text key stands for, in *ret_words, which may be the caller's `own`. */
struct range key_words(const struct rules *rules, uint32_t key, const uint32_t **ret_words,
                       uint32_t *own);

/* A walk over all words of a text clause; begins as {clause}. */
struct word_walk {
    const struct clause *clause;
    uint32_t next_key;
    uint32_t next_word; /* among those of next_key */
};

/* The next word's number; false at the end. */
bool word_walk_next(const struct rules *rules, struct word_walk *walk, uint32_t *ret_word);

/* rules_match.c: marks what holds for the issue; whether a clause and a rule hold then. */
void rules_mark(const struct rules *rules, const struct rule_facts *facts,
                struct rules_scratch *scratch);
bool clause_holds(const struct rules *rules, const struct clause *clause,
                  const struct rules_scratch *scratch);
bool rule_holds(const struct rules *rules, const struct rule *rule,
                const struct rules_scratch *scratch);
uint32_t rule_gather_found(const struct rules *rules, const struct rule *rule,
                           const struct rules_scratch *scratch, struct rule_found *found);

/* ---- Building ---- */

struct raw_value {
    uint32_t text;
    uint32_t line;
    uint32_t column;
    uint32_t word; /* of a text condition: its number, or NAMES_NONE */
    uint32_t key;  /* of any condition, once it is compiled */
};

struct raw_rule {
    struct raw_value id;
    struct range when[RULE_CONDITION_COUNT]; /* in rules_builder.values */
    struct raw_value category;
    struct raw_value lead;
    struct raw_value leader;
    struct raw_value urgency;
    struct range assist;
    struct range tags;
    bool is_triage;
    bool is_unreadable;
};

struct raw_list {
    struct raw_value name;
    struct range words;
};

struct raw_example {
    struct example example;
    struct raw_value expect;
};

struct rules_builder {
    struct rules *rules; /* owns the texts from the start */
    struct raw_value *values;
    uint32_t value_count;
    uint32_t value_cap;
    struct raw_rule *rule_inputs;
    uint32_t rule_count;
    uint32_t rule_cap;
    struct raw_list *lists;
    uint32_t list_count;
    uint32_t list_cap;
    struct raw_example *examples;
    uint32_t example_count;
    uint32_t example_cap;
};

/* What one run of rules_build() found wrong, reported in the order of the file at its end. */
struct rule_problems {
    struct buf texts;
    struct rule_problem_at *items;
    uint32_t count;
    uint32_t cap;
};

void rule_problems_add(struct rule_problems *problems, uint32_t line, uint32_t column,
                       const char *path, const char *format, ...) PRINTF_LIKE(5, 6);
void rule_problems_report(struct rule_problems *problems, rule_problem_fn *report, void *user);
void rule_problems_done(struct rule_problems *problems);

#define RULE_PATH_MAX 160

/* rules_unknown.c: "unknown area '柳湾': did you mean 'c01v01' (柳湾村)?" */
#define RULE_SENTENCE_MAX 480
enum rule_thing {
    RULE_THING_CATEGORY,
    RULE_THING_AREA,
    RULE_THING_DEPARTMENT,
    RULE_THING_PERSON,
};
void rules_describe_unknown(const struct office *office, enum rule_thing thing, struct bytes text,
                            char sentence[RULE_SENTENCE_MAX]);

/* rules_compile.c: clauses, keys, files and the automaton from what the builder holds. */
void rules_compile(struct rules_builder *builder, struct rules *rules,
                   struct rule_problems *problems);

/* rules_check.c: what is wrong with a compiled set as a whole; `builder` knows where things stand.
 */
void rules_check(const struct rules_builder *builder, struct rules *rules,
                 struct rule_problems *problems);
/* rules_examples.c */
void rules_check_examples(const struct rules *rules, struct rule_problems *problems);
