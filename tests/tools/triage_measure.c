/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What rules and suggestions say about messages whose category is known. For scripts/triage-report.
 *
 *   triage_measure CONFIG SEED TRAIN.jsonl [TEST.jsonl]
 *
 * A line of input is {title, text, category}, other members being passed over; the category is a
 * name of level 1 or a code of the catalogue, and counts as the one of level 1 that it lies in.
 * Suggestions are learned from TRAIN and tried on TEST, or by five folds of TRAIN, dealt out by
 * SEED. A line of output is {number, title, category, rule, decided, suggestions: [{category,
 * score, reasons}], by_rules: [...]} for each message tried, `number` counting them from 1;
 * `decided` is null where the rules leave it to the triage desk, and `by_rules` what they suggest
 * to it.
 */
#include "base/buf.h"
#include "base/memory.h"
#include "config/config.h"
#include "config/yaml.h"
#include "domain/rules.h"
#include "domain/suggest_desk.h"
#include "suggest_rows.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDS 5U
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

struct message {
    struct bytes title;
    struct bytes text;
    const struct category *category;
    uint32_t number; /* from 1 */
    uint32_t fold;
};

struct messages {
    json_t *lines; /* owns the texts */
    struct message *items;
    uint32_t count;
};

/* Ends with what is wrong at a line of a file; line 0: with the file as a whole. */
static _Noreturn void stop(const char *path, uint32_t line, const char *what)
{
    if (line == 0) {
        (void)fprintf(stderr, "triage_measure: %s: %s\n", path, what);
    } else {
        (void)fprintf(stderr, "triage_measure: %s:%u: %s\n", path, line, what);
    }
    exit(78);
}

static struct config *open_config(const char *dir)
{
    struct problems problems = {0};
    struct config *config;
    if (!config_open(dir, &config, &problems)) {
        (void)fwrite(problems.text.p, 1, problems.text.len, stderr);
        stop(dir, 0, "this configuration can't be used");
    }
    problems_done(&problems);
    return config;
}

static const struct category *find_top(const struct config *config, struct bytes text)
{
    const struct category *path[3];
    struct bytes code = text;
    for (uint32_t i = 0; i < config->office.category_count; i++) {
        const struct category *category = &config->office.categories[i];
        if (category->level == 1 && bytes_equal(category->name, text)) {
            code = category->code;
        }
    }
    return office_category_path(&config->office, code, path) == 0 ? NULL : path[0];
}

static struct bytes string_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return bytes_of_string(text != NULL ? text : "");
}

static void add_message(struct messages *messages, const struct config *config, json_t *line,
                        const char *path, uint32_t number)
{
    struct bytes name = string_of(line, "category");
    struct message message = {.title = string_of(line, "title"),
                              .text = string_of(line, "text"),
                              .category = find_top(config, name)};
    if (name.len == 0) {
        stop(path, number,
             "no category: what is right has to be known, so each line is {title, text, category}");
    }
    if (message.category == NULL) {
        stop(path, number, "the category is neither a name of level 1 nor a code of the catalogue");
    }
    if (message.title.len + message.text.len == 0) {
        stop(path, number, "neither title nor text: each line is {title, text, category}");
    }
    messages->items = memory_resize(messages->items, messages->count + 1, sizeof *messages->items);
    message.number = messages->count + 1;
    messages->items[messages->count++] = message;
    (void)json_array_append_new(messages->lines, line);
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

static struct messages read_messages(const struct config *config, const char *path)
{
    struct messages messages = {.lines = json_array()};
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        stop(path, 0, "the file can't be read");
    }
    char *text = NULL;
    size_t cap = 0;
    ssize_t len;
    for (uint32_t number = 1; (len = getline(&text, &cap, file)) > 0; number++) {
        size_t mark = number == 1 && strncmp(text, BYTE_ORDER_MARK, 3) == 0 ? 3 : 0;
        if (is_blank(text + mark)) {
            continue;
        }
        json_t *line = json_loadb(text + mark, (size_t)len - mark, 0, NULL);
        if (!json_is_object(line)) {
            json_decref(line);
            stop(path, number, "this line is no JSON object: {title, text, category}");
        }
        add_message(&messages, config, line, path, number);
    }
    free(text);
    (void)fclose(file);
    if (messages.count == 0) {
        stop(path, 0, "there is no message in the file");
    }
    return messages;
}

static void close_messages(struct messages *messages)
{
    json_decref(messages->lines);
    free(messages->items);
}

/* Deals the messages out into folds of nearly equal size. */
static void deal(struct messages *messages, uint64_t seed)
{
    uint32_t *order = memory_new(messages->count, sizeof *order);
    for (uint32_t i = 0; i < messages->count; i++) {
        order[i] = i;
    }
    for (uint32_t i = messages->count; i > 1; i--) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        uint32_t other = (uint32_t)((seed >> 33) % i);
        uint32_t kept = order[i - 1];
        order[i - 1] = order[other];
        order[other] = kept;
    }
    for (uint32_t i = 0; i < messages->count; i++) {
        messages->items[order[i]].fold = i % FOLDS;
    }
    free(order);
}

static json_t *suggestions_json(const struct config *config, const struct suggestion *suggestions,
                                uint32_t count)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < count; i++) {
        const struct category *category =
            office_find_category(&config->office, bytes_of_string(suggestions[i].category));
        json_t *reasons = json_array();
        for (uint32_t r = 0; r < SUGGEST_REASONS && suggestions[i].reasons[r][0] != '\0'; r++) {
            (void)json_array_append_new(reasons, json_string(suggestions[i].reasons[r]));
        }
        (void)json_array_append_new(
            list, json_pack("{s:s%, s:f, s:o}", "category", category->name.p, category->name.len,
                            "score", suggestions[i].score_permille / 1000.0, "reasons", reasons));
    }
    return list;
}

static json_t *decided_json(const struct config *config, const struct rule_decision *decision)
{
    const struct category *path[3];
    uint32_t levels = office_category_path(&config->office, decision->category, path);
    return decision->is_triage || levels == 0
               ? json_null()
               : json_stringn((const char *)path[0]->name.p, path[0]->name.len);
}

/* As before the desk has taught anything. */
static json_t *by_rules_json(const struct config *config, struct rules_scratch *scratch,
                             const struct message *message)
{
    struct memory_rows nothing = {0};
    struct suggest_rows rows = memory_rows_interface(&nothing);
    struct suggest_desk desk = {
        .rows = &rows, .office = &config->office, .rules = config->rules, .scratch = scratch};
    struct suggestion suggestions[SUGGEST_COUNT];
    uint32_t count = suggest_for_desk(&desk, message->title, message->text, suggestions);
    memory_rows_done(&nothing);
    return suggestions_json(config, suggestions, count);
}

static void try_message(const struct config *config, const struct suggest_rows *rows,
                        struct rules_scratch *scratch, const struct message *message)
{
    struct rule_facts facts = {.kind = KIND_OPINION,
                               .source = SOURCE_IMPORT,
                               .urgency = URGENCY_GENERAL,
                               .is_working_hours = true,
                               .title = message->title,
                               .text = message->text};
    struct rule_decision decision;
    (void)rules_match(config->rules, &facts, scratch, &decision);
    struct suggestion suggestions[SUGGEST_COUNT];
    uint32_t count = suggest_score(rows, message->title, message->text, suggestions);
    json_t *by_rules = decision.is_triage ? by_rules_json(config, scratch, message) : json_array();
    json_t *line =
        json_pack("{s:I, s:s%, s:s%, s:s%, s:o, s:o, s:o}", "number", (json_int_t)message->number,
                  "title", message->title.p, message->title.len, "category",
                  message->category->name.p, message->category->name.len, "rule", decision.id.p,
                  decision.id.len, "decided", decided_json(config, &decision), "suggestions",
                  suggestions_json(config, suggestions, count), "by_rules", by_rules);
    (void)json_dumpf(line, stdout, JSON_COMPACT);
    (void)putchar('\n');
    json_decref(line);
}

/* Learns what is not in `fold`, as the triage desk's dispatches would teach it. */
static void learn(const struct suggest_rows *rows, const struct messages *train, uint32_t fold)
{
    for (uint32_t i = 0; i < train->count; i++) {
        const struct message *message = &train->items[i];
        if (message->fold != fold) {
            suggest_learn(rows, message->title, message->text, message->category->code,
                          (struct bytes){0});
        }
    }
}

static void try_fold(const struct config *config, const struct messages *train,
                     const struct messages *test, uint32_t fold)
{
    struct memory_rows memory = {0};
    struct suggest_rows rows = memory_rows_interface(&memory);
    struct rules_scratch *scratch = rules_scratch_open();
    learn(&rows, train, fold);
    for (uint32_t i = 0; i < test->count; i++) {
        if (train != test || test->items[i].fold == fold) {
            try_message(config, &rows, scratch, &test->items[i]);
        }
    }
    rules_scratch_close(scratch);
    memory_rows_done(&memory);
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        (void)fprintf(stderr, "usage: triage_measure CONFIG SEED TRAIN.jsonl [TEST.jsonl]\n");
        return 64;
    }
    struct config *config = open_config(argv[1]);
    struct messages train = read_messages(config, argv[3]);
    if (argc > 4) {
        struct messages test = read_messages(config, argv[4]);
        try_fold(config, &train, &test, FOLDS);
        close_messages(&test);
    } else {
        deal(&train, strtoull(argv[2], NULL, 0));
        for (uint32_t fold = 0; fold < FOLDS; fold++) {
            try_fold(config, &train, &train, fold);
        }
    }
    close_messages(&train);
    config_close(config);
    return 0;
}
