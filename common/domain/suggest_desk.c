/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/suggest_desk.h"

#include <stdio.h>

/* ---- What the rules know ---- */

/* A category that rules point to, with the words they found for it. */
struct pointed {
    struct bytes category;
    struct bytes lead;
    uint32_t weight;
    struct bytes words[SUGGEST_REASONS];
    uint32_t word_count;
};

struct pointing {
    struct pointed items[1 + RULES_NEAR_MAX];
    uint32_t count;
    uint32_t weight;
};

static struct bytes top_of(const struct office *office, struct bytes category)
{
    const struct category *path[3];
    return office_category_path(office, category, path) == 0 ? (struct bytes){0} : path[0]->code;
}

static struct pointed *take(struct pointing *pointing, struct bytes category, struct bytes lead)
{
    for (uint32_t i = 0; i < pointing->count; i++) {
        if (bytes_equal(pointing->items[i].category, category)) {
            return &pointing->items[i];
        }
    }
    struct pointed *pointed = &pointing->items[pointing->count++];
    *pointed = (struct pointed){.category = category, .lead = lead};
    return pointed;
}

static void add_words(struct pointed *pointed, const struct rule_found *found, uint32_t count)
{
    for (uint32_t i = 0; i < count && pointed->word_count < SUGGEST_REASONS; i++) {
        bool is_known = found[i].word.len > SUGGEST_REASON_MAX_BYTES;
        for (uint32_t k = 0; k < pointed->word_count; k++) {
            is_known = is_known || bytes_equal(pointed->words[k], found[i].word);
        }
        if (!is_known) {
            pointed->words[pointed->word_count++] = found[i].word;
        }
    }
}

/* As much as the words that speak for something else and were not found: one word is no proof. */
#define DOUBT 2U

/* The rule that decides is as sure as one that found all the words it may. */
static void point(const struct suggest_desk *desk, const struct rules_explanation *explanation,
                  struct pointing *pointing)
{
    const struct rule_decision *decision = &explanation->decision;
    struct bytes top = top_of(desk->office, decision->category);
    if (explanation->has_decision && !decision->is_triage && top.len != 0) {
        struct pointed *pointed = take(pointing, top, decision->lead);
        pointed->weight += RULE_FOUND_MAX;
        add_words(pointed, decision->found, decision->found_count);
    }
    for (uint32_t i = 0; i < explanation->near_count; i++) {
        const struct rule_near *near = &explanation->near[i];
        top = top_of(desk->office, near->category);
        if (top.len != 0) {
            struct pointed *pointed = take(pointing, top, near->lead);
            pointed->weight += near->found_count + 1;
            add_words(pointed, near->found, near->found_count);
        }
    }
}

/* Best first; what weighs the same stays in the order of the rules. */
static void sort(struct pointing *pointing)
{
    for (uint32_t i = 1; i < pointing->count; i++) {
        struct pointed pointed = pointing->items[i];
        uint32_t at = i;
        for (; at > 0 && pointing->items[at - 1].weight < pointed.weight; at--) {
            pointing->items[at] = pointing->items[at - 1];
        }
        pointing->items[at] = pointed;
    }
    for (uint32_t i = 0; i < pointing->count; i++) {
        pointing->weight += pointing->items[i].weight;
    }
}

static void put_word(char *text, size_t cap, struct bytes word)
{
    (void)snprintf(text, cap, "%.*s", BYTES_FMT(word));
}

static uint32_t suggest_by_rules(const struct suggest_desk *desk, const struct rule_facts *facts,
                                 struct suggestion suggestions[SUGGEST_COUNT])
{
    struct rules_explanation explanation;
    struct pointing pointing = {0};
    rules_explain(desk->rules, facts, desk->scratch, &explanation);
    point(desk, &explanation, &pointing);
    sort(&pointing);
    uint32_t count = pointing.count < SUGGEST_COUNT ? pointing.count : SUGGEST_COUNT;
    for (uint32_t i = 0; i < count; i++) {
        const struct pointed *pointed = &pointing.items[i];
        struct suggestion *suggestion = &suggestions[i];
        *suggestion = (struct suggestion){.score_permille =
                                              pointed->weight * 1000 / (pointing.weight + DOUBT)};
        put_word(suggestion->category, sizeof suggestion->category, pointed->category);
        put_word(suggestion->department, sizeof suggestion->department, pointed->lead);
        for (uint32_t k = 0; k < pointed->word_count; k++) {
            put_word(suggestion->reasons[k], sizeof suggestion->reasons[k], pointed->words[k]);
        }
    }
    return count;
}

/* ---- What the model says ---- */

/* The section that a report gets of which nothing but the category is known. */
static struct bytes usual_lead(const struct suggest_desk *desk, struct rule_facts facts,
                               struct bytes category)
{
    struct rule_decision decision;
    facts.category = category;
    facts.title = (struct bytes){0};
    facts.text = (struct bytes){0};
    return rules_match(desk->rules, &facts, desk->scratch, &decision) ? decision.lead
                                                                      : (struct bytes){0};
}

/* Whether the rules send anything inside the category `top` to `lead`. */
static bool is_handled_by(const struct suggest_desk *desk, const struct category *top,
                          struct bytes lead)
{
    const struct rule_facts facts = {.kind = KIND_OPINION,
                                     .source = SOURCE_CADRE,
                                     .urgency = URGENCY_GENERAL,
                                     .is_working_hours = true};
    for (uint32_t i = 0; i < desk->office->category_count; i++) {
        struct bytes code = desk->office->categories[i].code;
        if (bytes_equal(top_of(desk->office, code), top->code) &&
            bytes_equal(usual_lead(desk, facts, code), lead)) {
            return true;
        }
    }
    return false;
}

struct bytes suggest_lesson_of_lead(const struct suggest_desk *desk, struct bytes reported,
                                    struct bytes lead)
{
    struct bytes only = top_of(desk->office, reported);
    const struct category *category = office_find_category(desk->office, only);
    if (category != NULL) {
        return is_handled_by(desk, category, lead) ? only : (struct bytes){0};
    }
    for (uint32_t i = 0; i < desk->office->category_count; i++) {
        category = &desk->office->categories[i];
        if (category->level != 1 || !is_handled_by(desk, category, lead)) {
            continue;
        }
        if (only.len != 0) {
            return (struct bytes){0};
        }
        only = category->code;
    }
    return only;
}

/* A catalogue and an office change: what is in them no more is not suggested. */
static uint32_t suggest_by_model(const struct suggest_desk *desk, const struct rule_facts *facts,
                                 struct suggestion suggestions[SUGGEST_COUNT])
{
    struct suggestion all[SUGGEST_COUNT];
    uint32_t count = 0;
    uint32_t all_count = suggest_score(desk->rows, facts->title, facts->text, all);
    for (uint32_t i = 0; i < all_count; i++) {
        struct bytes category = bytes_of_string(all[i].category);
        if (office_find_category(desk->office, category) == NULL) {
            continue;
        }
        struct suggestion *suggestion = &suggestions[count++];
        *suggestion = all[i];
        struct bytes department = bytes_of_string(suggestion->department);
        if (office_find_department(desk->office, department) == NULL) {
            put_word(suggestion->department, sizeof suggestion->department,
                     usual_lead(desk, *facts, category));
        }
    }
    return count;
}

uint32_t suggest_for_desk(const struct suggest_desk *desk, struct bytes title, struct bytes text,
                          struct suggestion suggestions[SUGGEST_COUNT])
{
    struct rule_facts facts = {.kind = KIND_OPINION,
                               .source = SOURCE_CADRE,
                               .urgency = URGENCY_GENERAL,
                               .is_working_hours = true,
                               .title = title,
                               .text = text};
    uint32_t count = 0;
    if (suggest_learned(desk->rows) < SUGGEST_LEARNED_MIN) {
        count = suggest_by_rules(desk, &facts, suggestions);
    }
    return count != 0 ? count : suggest_by_model(desk, &facts, suggestions);
}
