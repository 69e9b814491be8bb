/* SPDX-License-Identifier: Apache-2.0 */
/* The compiled matcher against a plain scan over random rules and random issues: each condition of
 * each rule is tried by itself, words by searching the folded text. */
#include "harness.h"

#include "base/text.h"
#include "fixture/rules_office.h"

#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifdef IS_SANITIZED
#define SET_COUNT 250U
#else
#define SET_COUNT 5000U
#endif
#define CASES_PER_SET 200U
#define RULES_PER_SET 14U
#define LISTS 3U
#define VALUES_MAX 4U
#define WORD_BYTES_MAX 24U
#define TEXT_BYTES_MAX 200U

/* Characters that fold alone, into several, or together with their neighbours. */
static const char *const characters[] = {
    "路", "灯", "坏", "水", "Ａ", "a",  "A",      "１",     "1", "，",
    ",",  "。", "ß",  "ﬁ",  "…",  "か", "\u3099", "\u0301", "e", "\U00020BB7",
};

struct value {
    char text[WORD_BYTES_MAX];
    uint32_t list; /* RULES_NONE: a word */
};

struct plain_rule {
    struct value values[RULE_CONDITION_COUNT][VALUES_MAX];
    uint32_t counts[RULE_CONDITION_COUNT];
};

struct plain_set {
    struct value lists[LISTS][VALUES_MAX];
    struct plain_rule rules[RULES_PER_SET];
    bool is_dead[RULES_PER_SET]; /* reported as shadowed or contradictory */
    uint32_t together;           /* of these, shadowed by several rules together */
};

struct text {
    char bytes[TEXT_BYTES_MAX];
    struct buf folded;
};

static void make_text(struct dice *dice, uint32_t max_chars, char *text)
{
    size_t len = 0;
    /* Half of the characters are the first few, so that words are found often. */
    for (uint64_t n = dice_below(dice, max_chars + 1); n > 0; n--) {
        uint64_t bound = dice_below(dice, 4) != 0 ? 4 : TEST_COUNT(characters);
        const char *character = characters[dice_below(dice, bound)];
        memcpy(text + len, character, strlen(character));
        len += strlen(character);
    }
    text[len] = '\0';
}

static void make_word(struct dice *dice, char *word)
{
    do {
        make_text(dice, 4, word);
    } while (word[0] == '\0');
}

static const char *const exact_values[RULE_HOURS + 1][6] = {
    [RULE_CATEGORY] = {"environment", "noise", "pollution", "roads", "urban"},
    [RULE_AREA] = {"east", "east-1", "west"},
    [RULE_KIND] = {"enquiry", "demand"},
    [RULE_SOURCE] = {"cadre", "import"},
    [RULE_URGENCY] = {"general", "complex"},
    [RULE_HOUSEHOLD_TAGS] = {"old", "poor", "ill"},
    [RULE_HOURS] = {"working", "off"},
};

static const char *pick_exact(struct dice *dice, unsigned condition)
{
    const char *const *values = exact_values[condition];
    uint64_t count = 0;
    while (count < 6 && values[count] != NULL) {
        count++;
    }
    return values[dice_below(dice, count)];
}

static void make_rule(struct dice *dice, struct plain_rule *rule)
{
    *rule = (struct plain_rule){0};
    for (unsigned c = 0; c < RULE_CONDITION_COUNT; c++) {
        uint64_t chance = c > RULE_HOURS ? 3 : 6;
        if (dice_below(dice, chance) != 0) {
            continue;
        }
        rule->counts[c] = 1 + (uint32_t)dice_below(dice, VALUES_MAX);
        for (uint32_t i = 0; i < rule->counts[c]; i++) {
            struct value *value = &rule->values[c][i];
            value->list = RULES_NONE;
            if (c <= RULE_HOURS) {
                (void)snprintf(value->text, sizeof value->text, "%s", pick_exact(dice, c));
            } else if (dice_below(dice, 5) == 0) {
                value->list = (uint32_t)dice_below(dice, LISTS);
                (void)snprintf(value->text, sizeof value->text, "@list%u", value->list);
            } else {
                make_word(dice, value->text);
            }
        }
    }
}

static uint32_t add_values(const struct value *values, uint32_t count, struct rule_value *items)
{
    for (uint32_t i = 0; i < count; i++) {
        items[i] = VALUE(values[i].text);
    }
    return count;
}

static void add_rule(struct rules_builder *builder, const struct plain_rule *rule, uint32_t index)
{
    struct rule_value items[RULE_CONDITION_COUNT][VALUES_MAX];
    char id[16];
    (void)snprintf(id, sizeof id, "rule-%u", index);
    struct rule_input input = {.id = VALUE_AT(id, index + 1), .lead = VALUE("urban")};
    for (unsigned c = 0; c < RULE_CONDITION_COUNT; c++) {
        uint32_t count = add_values(rule->values[c], rule->counts[c], items[c]);
        input.when[c] = (struct rule_values){items[c], count};
    }
    rules_builder_add_rule(builder, &input);
}

static void on_problem(void *user, const struct rule_problem *problem)
{
    struct plain_set *set = user;
    if (strstr(problem->message, "can never") != NULL) {
        assert_true(strncmp(problem->path, "rules[", 6) == 0);
        set->is_dead[strtoul(problem->path + 6, NULL, 10)] = true;
        set->together += strstr(problem->message, "together match") != NULL;
    }
}

static struct rules *make_set(struct dice *dice, struct plain_set *set)
{
    struct rules_builder *builder = rules_builder_open(&test_office);
    *set = (struct plain_set){0};
    for (uint32_t l = 0; l < LISTS; l++) {
        struct rule_value items[VALUES_MAX];
        char name[16];
        (void)snprintf(name, sizeof name, "list%u", l);
        for (uint32_t i = 0; i < VALUES_MAX; i++) {
            make_word(dice, set->lists[l][i].text);
        }
        (void)add_values(set->lists[l], VALUES_MAX, items);
        rules_builder_add_words(builder, &VALUE(name), (struct rule_values){items, VALUES_MAX});
    }
    for (uint32_t r = 0; r < RULES_PER_SET; r++) {
        make_rule(dice, &set->rules[r]);
        add_rule(builder, &set->rules[r], r);
    }
    struct rules *rules;
    (void)rules_build(builder, on_problem, set, &rules);
    rules_builder_close(builder);
    return rules;
}

/* ---- The plain scan ---- */

struct folded_facts {
    struct rule_facts facts;
    struct text title;
    struct text text;
    struct bytes tags[2];
};

static void fold(const char *text, struct buf *folded)
{
    struct err err;
    buf_clear(folded);
    assert_ok(text_append_folded(folded, bytes_of_string(text), &err));
}

static bool plain_has_word(const struct folded_facts *facts, const char *word, bool is_title)
{
    static struct buf folded;
    const struct buf *title = &facts->title.folded;
    const struct buf *text = &facts->text.folded;
    fold(word, &folded);
    return memmem(title->p, title->len, folded.p, folded.len) != NULL ||
           (!is_title && memmem(text->p, text->len, folded.p, folded.len) != NULL);
}

static bool plain_words_hold(const struct plain_set *set, const struct folded_facts *facts,
                             const struct value *value, bool is_title)
{
    bool has = false;
    for (uint32_t i = 0; value->list != RULES_NONE && i < VALUES_MAX; i++) {
        has |= plain_has_word(facts, set->lists[value->list][i].text, is_title);
    }
    return has || (value->list == RULES_NONE && plain_has_word(facts, value->text, is_title));
}

static bool plain_value_holds(const struct plain_set *set, const struct folded_facts *facts,
                              unsigned condition, const struct value *value)
{
    struct bytes text = bytes_of_string(value->text);
    bool has = false;
    switch ((enum rule_condition)condition) {
    case RULE_CATEGORY: {
        const struct category *path[3];
        uint32_t count = office_category_path(&test_office, facts->facts.category, path);
        for (uint32_t i = 0; i < count; i++) {
            has |= bytes_equal(path[i]->code, text);
        }
        return has;
    }
    case RULE_AREA:
        return facts->facts.area.len > 0 &&
               office_area_is_within(&test_office, facts->facts.area, text);
    case RULE_KIND:
        return strcmp(kind_word(facts->facts.kind), value->text) == 0;
    case RULE_SOURCE:
        return strcmp(source_word(facts->facts.source), value->text) == 0;
    case RULE_URGENCY:
        return strcmp(urgency_word(facts->facts.urgency), value->text) == 0;
    case RULE_HOUSEHOLD_TAGS:
        for (uint32_t i = 0; i < facts->facts.household_tag_count; i++) {
            has |= bytes_equal(facts->tags[i], text);
        }
        return has;
    case RULE_HOURS:
        return facts->facts.is_working_hours == (value->text[0] == 'w');
    case RULE_TITLE_ANY:
    case RULE_TITLE_ALL:
    case RULE_TITLE_NONE:
        return plain_words_hold(set, facts, value, true);
    case RULE_TEXT_ANY:
    case RULE_TEXT_ALL:
    case RULE_TEXT_NONE:
        return plain_words_hold(set, facts, value, false);
    case RULE_CONDITION_COUNT:
        break;
    }
    fail_msg("no such condition");
    return false;
}

static bool plain_rule_holds(const struct plain_set *set, const struct plain_rule *rule,
                             const struct folded_facts *facts)
{
    for (unsigned c = 0; c < RULE_CONDITION_COUNT; c++) {
        uint32_t met = 0;
        for (uint32_t i = 0; i < rule->counts[c]; i++) {
            met += plain_value_holds(set, facts, c, &rule->values[c][i]);
        }
        bool is_all = c == RULE_TEXT_ALL || c == RULE_TITLE_ALL;
        bool is_none = c == RULE_TEXT_NONE || c == RULE_TITLE_NONE;
        bool holds = is_all    ? met == rule->counts[c]
                     : is_none ? met == 0
                               : met > 0 || rule->counts[c] == 0;
        if (!holds) {
            return false;
        }
    }
    return true;
}

static uint32_t plain_match(const struct plain_set *set, const struct folded_facts *facts)
{
    for (uint32_t r = 0; r < RULES_PER_SET; r++) {
        if (plain_rule_holds(set, &set->rules[r], facts)) {
            return r;
        }
    }
    return RULES_NONE;
}

/* ---- The comparison ---- */

static struct bytes pick_or_none(struct dice *dice, unsigned condition)
{
    return dice_below(dice, 4) == 0 ? (struct bytes){0}
                                    : bytes_of_string(pick_exact(dice, condition));
}

static void make_facts(struct dice *dice, struct folded_facts *facts)
{
    static const enum kind kinds[] = {KIND_NONE, KIND_ENQUIRY, KIND_DEMAND, KIND_DISPUTE};
    static const enum source sources[] = {SOURCE_NONE, SOURCE_CADRE, SOURCE_IMPORT};
    static const enum urgency urgencies[] = {URGENCY_NONE, URGENCY_GENERAL, URGENCY_COMPLEX};
    make_text(dice, 6, facts->title.bytes);
    make_text(dice, 24, facts->text.bytes);
    fold(facts->title.bytes, &facts->title.folded);
    fold(facts->text.bytes, &facts->text.folded);
    for (uint32_t i = 0; i < 2; i++) {
        facts->tags[i] = bytes_of_string(pick_exact(dice, RULE_HOUSEHOLD_TAGS));
    }
    facts->facts = (struct rule_facts){
        .category = pick_or_none(dice, RULE_CATEGORY),
        .area = pick_or_none(dice, RULE_AREA),
        .kind = kinds[dice_below(dice, TEST_COUNT(kinds))],
        .source = sources[dice_below(dice, TEST_COUNT(sources))],
        .urgency = urgencies[dice_below(dice, TEST_COUNT(urgencies))],
        .household_tags = facts->tags,
        .household_tag_count = (uint32_t)dice_below(dice, 3),
        .is_working_hours = dice_below(dice, 2) == 0,
        .title = bytes_of_string(facts->title.bytes),
        .text = bytes_of_string(facts->text.bytes),
    };
}

static const char *skip_characters(const char *text, uint32_t count)
{
    for (; count > 0 && *text != '\0'; count--) {
        do {
            text++;
        } while (((uint8_t)*text & 0xC0) == 0x80);
    }
    return text;
}

static bool has_joining(const char *text)
{
    static const char *const joining[] = {"\u3099", "\u0301", "ß", "…", "ﬁ"};
    for (size_t i = 0; i < TEST_COUNT(joining); i++) {
        if (strstr(text, joining[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* From the place of a found word on, the text as written must read as the word, but where a
 * character joins what stands before it. */
static void check_places(const struct folded_facts *facts, const struct rule_decision *decision)
{
    static struct buf word;
    static struct buf rest;
    for (uint32_t i = 0; i < decision->found_count; i++) {
        const struct rule_found *found = &decision->found[i];
        const char *text = found->field == RULE_TITLE ? facts->title.bytes : facts->text.bytes;
        char spelled[WORD_BYTES_MAX + 1];
        (void)snprintf(spelled, sizeof spelled, "%.*s", BYTES_FMT(found->word));
        fold(spelled, &word);
        fold(skip_characters(text, found->position), &rest);
        bool is_first = bytes_start_with(buf_bytes(&rest), buf_bytes(&word));
        bool can_join = has_joining(text);
        if (!is_first && !can_join) {
            fail_msg("'%s' is not at %u of '%s'", spelled, found->position, text);
        }
    }
}

static void matcher_agrees_with_a_plain_scan(void **state)
{
    (void)state;
    struct dice dice = dice_open(20260930);
    struct rules_scratch *scratch = rules_scratch_open();
    struct folded_facts facts = {0};
    uint32_t decided[RULES_PER_SET + 1] = {0};
    uint32_t dead = 0;
    uint32_t together = 0;
    for (uint32_t s = 0; s < SET_COUNT; s++) {
        struct plain_set set;
        struct rules *rules = make_set(&dice, &set);
        for (uint32_t i = 0; i < CASES_PER_SET; i++) {
            make_facts(&dice, &facts);
            struct rule_decision decision;
            bool is_decided = rules_match(rules, &facts.facts, scratch, &decision);
            uint32_t got = is_decided ? decision.rule : RULES_NONE;
            uint32_t wanted = plain_match(&set, &facts);
            if (got != wanted) {
                fail_msg("set %u case %u: rule %u, plain scan %u: title '%s' text '%s'", s, i, got,
                         wanted, facts.title.bytes, facts.text.bytes);
            }
            if (is_decided) {
                check_places(&facts, &decision);
                assert_false(set.is_dead[got]);
            }
            decided[is_decided ? got : RULES_PER_SET]++;
        }
        for (uint32_t r = 0; r < RULES_PER_SET; r++) {
            dead += set.is_dead[r] ? 1 : 0;
        }
        together += set.together;
        rules_close(rules);
    }
    rules_scratch_close(scratch);
    (void)fprintf(
        stderr,
        "%u cases agree; first rule %u, last rule %u, none %u; out of reach %u, because of "
        "several rules %u\n",
        SET_COUNT * CASES_PER_SET, decided[0], decided[RULES_PER_SET - 1], decided[RULES_PER_SET],
        dead, together);
    assert_true(together > 0);
    buf_done(&facts.title.folded);
    buf_done(&facts.text.folded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matcher_agrees_with_a_plain_scan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
