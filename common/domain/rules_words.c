/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a rule set: numbered, listed, folded, and made into an automaton. */
#include "domain/rules_compile.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>

static bool is_blank(uint8_t c)
{
    return c <= ' ';
}

/* Where a blank stands between two characters that are not of ASCII: two words, run together. */
static size_t find_gap(struct bytes text)
{
    size_t i = 1;
    while (i + 1 < text.len &&
           !(is_blank(text.p[i]) && text.p[i - 1] >= 0x80 && text.p[i + 1] >= 0x80)) {
        i++;
    }
    return i + 1 < text.len ? i : 0;
}

/* Whether the folded word may be looked for: people write no blanks around or between words. */
static bool check_blanks(struct compiler *compiler, const struct spot *spot, struct bytes folded)
{
    size_t gap = find_gap(folded);
    if (folded.len == 0) {
        PROBLEM(compiler, spot, "this word is empty: remove it");
        return false;
    }
    if (is_blank(folded.p[0]) || is_blank(folded.p[folded.len - 1])) {
        PROBLEM(compiler, spot, "this word begins or ends with a blank: remove the blank");
        return false;
    }
    if (gap != 0) {
        PROBLEM(compiler, spot,
                "'%.*s' has a blank in it, which nobody writes: did you mean two words, '%.*s' and "
                "'%.*s', with a comma between them?",
                BYTES_FMT(folded), (int)gap, (const char *)folded.p, (int)(folded.len - gap - 1),
                (const char *)folded.p + gap + 1);
        return false;
    }
    return true;
}

/* Whether a word can be one: as it is written, which journals keep, and folded. */
static bool check_word(struct compiler *compiler, const struct spot *spot, struct bytes text,
                       struct bytes folded)
{
    size_t chars = 0;
    size_t folded_chars = 0;
    (void)text_is_valid(text, &chars);
    (void)text_is_valid(folded, &folded_chars);
    chars = folded_chars > chars ? folded_chars : chars;
    if (chars > RULES_WORD_CHARS_MAX) {
        PROBLEM(compiler, spot, "a word has 1 to %u characters, this one has %zu",
                RULES_WORD_CHARS_MAX, chars);
        return false;
    }
    if (compiler->rules->folded.count >= RULES_WORDS_MAX) {
        PROBLEM(compiler, spot, "more than %u words: put fewer into this file", RULES_WORDS_MAX);
        return false;
    }
    return check_blanks(compiler, spot, folded);
}

/* Numbers the word of `value`; false, with a problem, when it can't be one. */
static bool take_word(struct compiler *compiler, struct raw_value *value, const struct spot *spot)
{
    struct rules *rules = compiler->rules;
    struct bytes text = value_text(compiler, value);
    struct buf folded = {0};
    struct err err;
    bool is_good = text_append_folded(&folded, text, &err) == STATUS_OK;
    if (!is_good) {
        PROBLEM(compiler, spot, "this word is not valid UTF-8: save the file as UTF-8");
    }
    is_good = is_good && check_word(compiler, spot, text, buf_bytes(&folded));
    if (is_good) {
        uint32_t before = rules->folded.count;
        value->word = names_put(&rules->folded, buf_bytes(&folded));
        if (value->word == before) {
            rules->words = list_grow(rules->words, before, &rules->word_cap, sizeof *rules->words);
            rules->words[before] = (struct word){.text = value->text};
        }
    }
    buf_done(&folded);
    return is_good;
}

/* Takes over the words of a list that stands above. */
static void take_list_in_list(struct compiler *compiler, const struct spot *spot)
{
    struct rules *rules = compiler->rules;
    struct bytes text = value_text(compiler, spot->value);
    uint32_t inner = names_find(&compiler->list_names, bytes_of(text.p + 1, text.len - 1));
    if (inner == NAMES_NONE || inner == compiler->list_names.count - 1) {
        PROBLEM(compiler, spot, "no word list '%.*s' stands above this one: move it up or add it",
                BYTES_FMT(text));
        return;
    }
    struct range words = rules->lists[inner].words;
    rules->lists[inner].is_used = true;
    for (uint32_t i = 0; i < words.count; i++) {
        pool_append(&rules->list_words, rules->list_words.items[words.first + i]);
    }
}

static void take_list(struct compiler *compiler, const struct raw_list *raw, struct list *list)
{
    struct rules *rules = compiler->rules;
    struct bytes name = value_text(compiler, &raw->name);
    struct spot spot = {.value = &raw->name};
    (void)snprintf(spot.path, sizeof spot.path, "words.%.*s", BYTES_FMT(name));
    *list = (struct list){
        raw->name.text, raw->name.line, raw->name.column, {rules->list_words.count, 0}, false};
    if (names_find(&compiler->list_names, name) != NAMES_NONE) {
        PROBLEM(compiler, &spot, "word list '%.*s' is there twice: rename one of them",
                BYTES_FMT(name));
    }
    (void)names_put(&compiler->list_names, name);
    if (raw->words.count == 0) {
        PROBLEM(compiler, &spot, "word list '%.*s' is empty: put words into it or remove it",
                BYTES_FMT(name));
    }
    for (uint32_t i = 0; i < raw->words.count; i++) {
        struct raw_value *value = &compiler->builder->values[raw->words.first + i];
        struct spot at = spot_of_item(value, &spot, i, raw->words.count + 1);
        if (is_list_name(value_text(compiler, value))) {
            take_list_in_list(compiler, &at);
        } else if (take_word(compiler, value, &at)) {
            pool_append(&rules->list_words, value->word);
        }
    }
    list->words.count = rules->list_words.count - list->words.first;
}

static void take_condition_words(struct compiler *compiler, uint32_t rule,
                                 enum rule_condition condition)
{
    struct rules_builder *builder = compiler->builder;
    struct range range = builder->rule_inputs[rule].when[condition];
    struct spot whole = spot_of(NULL, rule, "when", rule_condition_key(condition));
    for (uint32_t i = 0; i < range.count; i++) {
        struct raw_value *value = &builder->values[range.first + i];
        struct spot spot = spot_of_item(value, &whole, i, range.count);
        if (!is_list_name(value_text(compiler, value))) {
            (void)take_word(compiler, value, &spot);
        }
    }
}

static void take_rule_words(struct compiler *compiler, uint32_t rule)
{
    struct rules_builder *builder = compiler->builder;
    for (unsigned c = RULE_TITLE_ANY; c <= RULE_TEXT_NONE; c++) {
        take_condition_words(compiler, rule, (enum rule_condition)c);
    }
    struct range tags = builder->rule_inputs[rule].when[RULE_HOUSEHOLD_TAGS];
    for (uint32_t i = 0; i < tags.count; i++) {
        (void)names_put(&compiler->rules->tags,
                        value_text(compiler, &builder->values[tags.first + i]));
    }
}

/* Gathers, for every word, the lists it is in. */
static void link_words_to_lists(struct rules *rules)
{
    for (uint32_t l = 0; l < rules->list_count; l++) {
        for (uint32_t i = 0; i < rules->lists[l].words.count; i++) {
            rules->words[rules->list_words.items[rules->lists[l].words.first + i]].lists.count++;
        }
    }
    uint32_t at = 0;
    for (uint32_t w = 0; w < rules->folded.count; w++) {
        rules->words[w].lists.first = at;
        at += rules->words[w].lists.count;
        rules->words[w].lists.count = 0;
    }
    for (uint32_t i = 0; i < at; i++) {
        pool_append(&rules->word_lists, 0);
    }
    for (uint32_t l = 0; l < rules->list_count; l++) {
        for (uint32_t i = 0; i < rules->lists[l].words.count; i++) {
            struct word *word =
                &rules->words[rules->list_words.items[rules->lists[l].words.first + i]];
            rules->word_lists.items[word->lists.first + word->lists.count++] = l;
        }
    }
}

void compile_words(struct compiler *compiler)
{
    struct rules_builder *builder = compiler->builder;
    struct rules *rules = compiler->rules;
    rules->list_count = builder->list_count;
    rules->lists = memory_new(builder->list_count, sizeof *rules->lists);
    for (uint32_t i = 0; i < builder->list_count; i++) {
        take_list(compiler, &builder->lists[i], &rules->lists[i]);
    }
    for (uint32_t i = 0; i < builder->rule_count; i++) {
        take_rule_words(compiler, i);
    }
}

/* For automaton_scan(): a word found inside another. */
static void on_contained(void *user, uint32_t word, uint32_t end)
{
    (void)end;
    pool_append(user, word);
}

static void link_contained(struct rules *rules, const struct automaton_word *words)
{
    for (uint32_t w = 0; w < rules->folded.count; w++) {
        rules->words[w].contained.first = rules->word_contained.count;
        automaton_scan(rules->automaton, words[w].letters, words[w].count, on_contained,
                       &rules->word_contained);
        rules->words[w].contained.count =
            rules->word_contained.count - rules->words[w].contained.first;
    }
}

static void make_automaton(struct compiler *compiler)
{
    struct rules *rules = compiler->rules;
    uint32_t count = rules->folded.count;
    struct bytes *texts = memory_new(count, sizeof *texts);
    struct automaton_word *words = memory_new(count, sizeof *words);
    uint16_t *letters = memory_new(rules->folded.texts.len, sizeof *letters);
    for (uint32_t w = 0; w < count; w++) {
        texts[w] = names_get(&rules->folded, w);
    }
    bool is_whole;
    rules->alphabet = alphabet_open(texts, count, &is_whole);
    if (!is_whole) {
        rule_problems_add(compiler->problems, 1, 1, "words",
                          "more than %u different characters in all words: use fewer",
                          ALPHABET_LETTERS_MAX);
    }
    uint32_t at = 0;
    for (uint32_t w = 0; w < count; w++) {
        words[w].letters = letters + at;
        words[w].count =
            alphabet_encode(rules->alphabet, texts[w], letters + at, RULES_WORD_CHARS_MAX);
        rules->words[w].letter_count = words[w].count;
        at += words[w].count;
    }
    rules->automaton = automaton_open(words, count, alphabet_size(rules->alphabet));
    link_contained(rules, words);
    free(letters);
    free(words);
    free(texts);
}

void link_words(struct compiler *compiler)
{
    link_words_to_lists(compiler->rules);
    make_automaton(compiler);
}

struct range key_words(const struct rules *rules, uint32_t key, const uint32_t **ret_words,
                       uint32_t *own)
{
    *own = 0;
    *ret_words = own;
    if (key < rules->first_list_key) {
        return (struct range){0, 0};
    }
    uint32_t number = (key - rules->first_list_key) % rules->title_offset;
    if (number < rules->list_count) {
        *ret_words = rules->list_words.items;
        return rules->lists[number].words;
    }
    *own = number - rules->list_count;
    return (struct range){0, 1};
}

bool word_walk_next(const struct rules *rules, struct word_walk *walk, uint32_t *ret_word)
{
    const struct range *keys = &walk->clause->keys;
    for (; walk->next_key < keys->count; walk->next_key++, walk->next_word = 0) {
        const uint32_t *numbers;
        uint32_t own;
        uint32_t key = rules->clause_keys.items[keys->first + walk->next_key];
        struct range words = key_words(rules, key, &numbers, &own);
        if (walk->next_word < words.count) {
            *ret_word = numbers[words.first + walk->next_word++];
            return true;
        }
    }
    return false;
}
