/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the rule compiler share: conditions, words, and what a rule does. */
#pragma once

#include "domain/rules_set.h"

/* What one compilation hands around. */
struct compiler {
    struct rules_builder *builder;
    struct rules *rules;
    struct rule_problems *problems;
    struct names list_names; /* numbers are those of the lists, but for names given twice */
};

/* A value with the path its problems are shown at. */
struct spot {
    const struct raw_value *value;
    char path[RULE_PATH_MAX];
};

/* The path "rules[RULE].PART.KEY". */
struct spot spot_of(const struct raw_value *value, uint32_t rule, const char *part,
                    const char *key);

/* The path of item `index` of `count` under `of`; a single item has its list's path. */
struct spot spot_of_item(const struct raw_value *value, const struct spot *of, uint32_t index,
                         uint32_t count);

#define PROBLEM(compiler, spot, ...)                                                               \
    rule_problems_add((compiler)->problems, (spot)->value->line, (spot)->value->column,            \
                      (spot)->path, __VA_ARGS__)

static inline struct bytes value_text(const struct compiler *compiler,
                                      const struct raw_value *value)
{
    return rules_text(compiler->rules, value->text);
}

/* Whether a value of a text condition names a list. */
static inline bool is_list_name(struct bytes text)
{
    return text.len > 1 && text.p[0] == '@';
}

/* An unknown value, with what was probably meant. */
void report_unknown(struct compiler *compiler, const struct spot *spot, enum rule_thing thing);

/* rules_then.c: where rule `index` sends, and what is wrong with that. */
void compile_then(struct compiler *compiler, uint32_t index);

/* rules_words.c: numbers all words, makes the lists; then, when keys are laid out, says in which
 * lists each word is, and makes alphabet and automaton. */
void compile_words(struct compiler *compiler);
void link_words(struct compiler *compiler);
