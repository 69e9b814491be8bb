/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Routing rules: which section leads an issue, as the office's own rule file says. Rules are tried
 * in the order of the file and the first whose conditions all hold decides. This module builds a
 * rule set, checks it, matches issues against it and says why; reading the file is the config
 * module's work.
 *
 * A rule set is immutable and may be used by any number of readers, each with a scratch of its own.
 * Matching does not look at the rules one by one: one automaton finds all words of all rules in one
 * pass over the text, and each rule is filed under the rarest of its conditions, so that only rules
 * with at least that condition met are looked at.
 *
 * Text is compared folded (NFKC and case folding: full-width digits and letters are ordinary ones).
 * Positions are those of the text as written, in characters from 0.
 */
#pragma once

#include "base/buf.h"
#include "base/bytes.h"
#include "domain/office.h"
#include "domain/words.h"

#include <stdbool.h>
#include <stdint.h>

#define RULES_MAX 50000U
#define RULES_WORDS_MAX 200000U
#define RULES_EXAMPLES_MAX 50000U
#define RULES_WORD_CHARS_MAX 60U /* as written and folded; the journal keeps what was found */
#define RULES_TAGS_CHARS_MAX                                                                       \
    100U /* of one rule's tags; those of the household come before them                            \
          */

/* The conditions of a rule, with their keys in the file. Each holds when one of its values does,
 * except x_all, where each value must, and x_none, where none may. A category or area includes
 * everything inside it. title_x look at the title, text_x at title and text. Their values are words
 * or "@list", which stands for any word of the list of that name. */
#define RULE_CONDITION_LIST(X)                                                                     \
    X(CATEGORY, category)                                                                          \
    X(AREA, area)                                                                                  \
    X(KIND, kind)                                                                                  \
    X(SOURCE, source)                                                                              \
    X(URGENCY, urgency)                                                                            \
    X(HOUSEHOLD_TAGS, household_tags)                                                              \
    X(HOURS, hours)                                                                                \
    X(TITLE_ANY, title_any)                                                                        \
    X(TITLE_ALL, title_all)                                                                        \
    X(TITLE_NONE, title_none)                                                                      \
    X(TEXT_ANY, text_any)                                                                          \
    X(TEXT_ALL, text_all)                                                                          \
    X(TEXT_NONE, text_none)

enum rule_condition {
#define X(name, key) RULE_##name,
    RULE_CONDITION_LIST(X)
#undef X
        RULE_CONDITION_COUNT
};

/* The key of a condition ("text_any"). */
const char *rule_condition_key(enum rule_condition condition);

/* ---- What rules are made of: borrowed by the call that takes it. ---- */

struct rule_value {
    struct bytes text; /* empty: absent */
    uint32_t line;     /* from 1; where it stands in the file */
    uint32_t column;
};

struct rule_values {
    const struct rule_value *items;
    uint32_t count;
};

struct rule_input {
    struct rule_value id; /* its place is the rule's when the text is empty */
    struct rule_values when[RULE_CONDITION_COUNT];
    struct rule_value category;
    struct rule_value lead;
    struct rule_values assist;
    struct rule_value leader;
    struct rule_value urgency;
    struct rule_values tags;
    bool is_triage;
    bool is_unreadable; /* parts of it were not understood: matches nothing, is not checked */
};

/* What is known of an issue when it is routed. Absent things are empty or X_NONE. */
struct rule_facts {
    struct bytes category;
    struct bytes area;
    enum kind kind;
    enum source source;
    enum urgency urgency;
    const struct bytes *household_tags;
    uint32_t household_tag_count;
    bool is_working_hours;
    struct bytes title;
    struct bytes text;
};

#define RULES_NONE UINT32_MAX

struct rule_example_input {
    struct rule_value expect; /* the rule that decides; empty when `rule` is given */
    uint32_t rule;            /* an example inside that rule, counted from 0; else RULES_NONE */
    bool is_match;            /* inside a rule: whether this rule decides, or must not */
    uint32_t index;           /* among its neighbours in the file, for the path of a problem */
    uint32_t line;
    uint32_t column;
    struct rule_facts facts;
};

struct rule_problem {
    uint32_t line;
    uint32_t column;
    const char *path; /* "rules[3].when.text_any[0]" */
    const char *message;
};

typedef void rule_problem_fn(void *user, const struct rule_problem *problem);

struct rules;
struct rules_builder;

/* Starts a rule set for `office`, which must outlive the set. The caller owns the result and closes
 * it with rules_builder_close(). */
struct rules_builder *rules_builder_open(const struct office *office);
void rules_builder_close(struct rules_builder *builder);

/* Each copies what it is given. Rules decide in the order they are added. A list takes over the
 * words of those among its words that name a list added before ("@list"). */
void rules_builder_add_words(struct rules_builder *builder, const struct rule_value *name,
                             struct rule_values words);
void rules_builder_add_rule(struct rules_builder *builder, const struct rule_input *input);
void rules_builder_add_example(struct rules_builder *builder,
                               const struct rule_example_input *input);

/* Compiles what was added and checks it as a whole, reporting every problem: unknown departments,
 * persons, categories, areas, words and lists, lists nobody uses, rules that can never match, that
 * earlier ones shadow or that share an id, sections that assist twice, texts that no record could
 * keep, a missing default, examples that fail. False when
 * there were problems; the set may then be used to show its examples, and for nothing else. Either
 * way the caller owns *ret_rules and closes it with rules_close(). The builder is empty then. */
bool rules_build(struct rules_builder *builder, rule_problem_fn *report, void *user,
                 struct rules **ret_rules);
void rules_close(struct rules *rules);

/* ---- Matching ---- */

/* What matching writes while it works; grows to the largest set it was used with. The caller owns
 * it; one thread at a time. */
struct rules_scratch;
struct rules_scratch *rules_scratch_open(void);
void rules_scratch_close(struct rules_scratch *scratch);

enum rule_field { RULE_TITLE, RULE_TEXT };

/* A word that spoke for a rule, as the file spells it, at its first occurrence. */
struct rule_found {
    struct bytes word;
    enum rule_field field;
    uint32_t position; /* in characters from 0 */
};

#define RULE_FOUND_MAX 16U
#define RULE_ASSIST_MAX 7U /* besides the lead */
#define RULE_TAGS_MAX 8U

/* Borrows from the rules and, for the category, from the facts. */
struct rule_decision {
    uint32_t rule; /* index in file order */
    struct bytes id;
    bool is_triage;              /* the triage desk decides; lead and leader are empty */
    struct bytes category;       /* the rule's, else that of the facts; may be empty */
    struct bytes given_category; /* that of the facts, where the rule asks for one */
    struct bytes lead;
    struct bytes leader; /* the rule's, else the one in charge of `lead` */
    struct bytes assist[RULE_ASSIST_MAX];
    uint32_t assist_count;
    enum urgency urgency; /* the rule's, else that of the facts */
    struct bytes tags[RULE_TAGS_MAX];
    uint32_t tag_count;
    struct rule_found found[RULE_FOUND_MAX]; /* in the order of the rule's conditions */
    uint32_t found_count;
};

/* The decision of the first rule whose conditions hold. False only when none does, which a set
 * without problems rules out. */
bool rules_match(const struct rules *rules, const struct rule_facts *facts,
                 struct rules_scratch *scratch, struct rule_decision *ret_decision);

/* ---- Saying why ---- */

#define RULES_NEAR_MAX 5U

/* A rule that did not decide, and what kept it from doing so. */
struct rule_near {
    uint32_t rule;
    struct bytes id;
    struct bytes category;
    struct bytes lead;
    bool is_late;               /* all its conditions hold, an earlier rule decided */
    enum rule_condition failed; /* else the only condition that does not hold */
    uint32_t clause;            /* likewise, for rules_append_explanation() */
    struct bytes offending;     /* x_none: the word that was found */
    struct rule_found found[RULE_FOUND_MAX];
    uint32_t found_count;
};

struct rules_explanation {
    bool has_decision;
    struct rule_decision decision;
    struct rule_near near[RULES_NEAR_MAX]; /* most words found first, then file order */
    uint32_t near_count;
};

/* Rules came near that have a word or value of theirs met, and all conditions but one. Looks at
 * every rule. */
void rules_explain(const struct rules *rules, const struct rule_facts *facts,
                   struct rules_scratch *scratch, struct rules_explanation *ret_explanation);

/* Appends an explanation for people: the rule that decided with its words and their places, what
 * came near and why not, and whether it comes before the triage clerk. Lines end in LF. */
void rules_append_explanation(struct buf *buf, const struct rules *rules,
                              const struct rules_explanation *explanation);

/* Appends one sentence: "rule 'roads-light': '路灯' (title 3), '不亮' (text 17)". Places count from
 * 1, as people do. */
void rules_append_reason(struct buf *buf, struct bytes id, const struct rule_found *found,
                         uint32_t found_count);

/* ---- Looking at a set ---- */

uint32_t rules_count(const struct rules *rules);
uint32_t rules_word_count(const struct rules *rules);
struct bytes rules_id(const struct rules *rules, uint32_t rule);

/* The index of the rule of that id, or RULES_NONE. Looks at every rule. */
uint32_t rules_find(const struct rules *rules, struct bytes id);

/* Whether the rule has a condition of that kind. */
bool rules_asks(const struct rules *rules, uint32_t rule, enum rule_condition condition);

/* Bytes of memory the set holds. */
uint64_t rules_memory_bytes(const struct rules *rules);

/* A rule for those who list the set; borrows from it. */
struct rule_about {
    struct bytes id;
    uint32_t line;
    struct bytes lead; /* empty: the triage desk */
};
void rules_about(const struct rules *rules, uint32_t rule, struct rule_about *ret_about);

struct rule_example_result {
    uint32_t line;
    uint32_t rule_index; /* or RULES_NONE: no rule has that id */
    struct bytes title;
    struct bytes text;
    struct bytes rule; /* that must decide, or must not */
    bool is_match;     /* must */
    struct bytes decided;
    bool is_known; /* its category and area are those of the office */
    bool is_right;
};

uint32_t rules_example_count(const struct rules *rules);
void rules_try_example(const struct rules *rules, uint32_t example, struct rules_scratch *scratch,
                       struct rule_example_result *ret_result);
