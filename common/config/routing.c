/* SPDX-License-Identifier: Apache-2.0 */
#include "config/routing.h"

#include "config/arena.h"
#include "config/reader.h"
#include "config/yaml_hints.h"
#include "domain/rules.h"

#define VALUE_CHARS 200
#define TITLE_CHARS 200
#define TEXT_CHARS 4000

struct routing {
    struct reader reader;
    struct rules_builder *builder;
    struct arena arena; /* for the time of reading */
    uint32_t rule_count;
    const char **tags; /* those that households can have, NULL-ended; NULL: not said */
};

/* The parts of a map, picked out first and read afterwards, because their places are needed. */
struct root_nodes {
    const struct yaml_node *household_tags;
    const struct yaml_node *words;
    const struct yaml_node *rules;
    const struct yaml_node *examples;
};

struct rule_nodes {
    const struct yaml_node *id;
    const struct yaml_node *when;
    const struct yaml_node *then;
    const struct yaml_node *examples;
};

struct when_nodes {
    const struct yaml_node *conditions[RULE_CONDITION_COUNT];
};

struct then_nodes {
    const struct yaml_node *category;
    const struct yaml_node *lead;
    const struct yaml_node *assist;
    const struct yaml_node *leader;
    const struct yaml_node *urgency;
    const struct yaml_node *tags;
    bool is_triage;
};

struct example_nodes {
    struct bytes title;
    struct bytes text;
    struct bytes category;
    struct bytes area;
    const struct yaml_node *kind;
    const struct yaml_node *source;
    const struct yaml_node *urgency;
    const struct yaml_node *household_tags;
    const struct yaml_node *expect;
    int is_working_hours;
    bool is_match;
};

static void keep(struct reader *reader, const struct yaml_node *node, const char *path,
                 void *member, void *user)
{
    (void)reader;
    (void)path;
    (void)user;
    *(const struct yaml_node **)member = node;
}

#define KEEP(word, holder, member, about)                                                          \
    {                                                                                              \
        .key = (word), .type = READ_CUSTOM, .read = keep,                                          \
        .offset = offsetof(struct holder, member), .help = (about)                                 \
    }

/* clang-format off */
static const struct reader_word hours_words[] = {{"working", 1}, {"off", 0}, {0}};

static const struct reader_row root_rows[] = {
    KEEP("household_tags", root_nodes, household_tags, "The tags that the register uses."),
    KEEP("words", root_nodes, words, "Word lists by name, used in rules as @name."),
    KEEP("rules", root_nodes, rules, "The rules; the first that holds decides."),
    KEEP("examples", root_nodes, examples, "Issues and the rule that must decide each."),
    {0},
};

static const struct reader_row rule_rows[] = {
    KEEP("id", rule_nodes, id, "The rule's name in journals and explanations."),
    KEEP("when", rule_nodes, when, "The conditions; without any the rule always holds."),
    KEEP("then", rule_nodes, then, "Where the issue goes."),
    KEEP("examples", rule_nodes, examples, "Issues this rule must or must not decide."),
    {0},
};

static const struct reader_row when_rows[] = {
#define X(name, word)                                                                              \
    KEEP(#word, when_nodes, conditions[RULE_##name], "One value or a list; any of them."),
    RULE_CONDITION_LIST(X)
#undef X
    {0},
};

static const struct reader_row then_rows[] = {
    KEEP("category", then_nodes, category, "The category the issue gets."),
    KEEP("lead", then_nodes, lead, "The section that leads."),
    KEEP("assist", then_nodes, assist, "Sections that assist."),
    KEEP("leader", then_nodes, leader, "The leader; by default the one in charge of the lead."),
    KEEP("urgency", then_nodes, urgency, "emergency, utility, general or complex."),
    KEEP("tags", then_nodes, tags, "Words the issue is marked with."),
    {.key = "triage", .type = READ_BOOL, .offset = offsetof(struct then_nodes, is_triage),
     .help = "The triage desk decides."},
    {0},
};

static const struct reader_row example_rows[] = {
    {.key = "title", .type = READ_TEXT, .max = TITLE_CHARS,
     .offset = offsetof(struct example_nodes, title), .help = "The issue's title."},
    {.key = "text", .type = READ_TEXT, .max = TEXT_CHARS,
     .offset = offsetof(struct example_nodes, text), .help = "The issue's text."},
    {.key = "category", .type = READ_TEXT, .max = VALUE_CHARS,
     .offset = offsetof(struct example_nodes, category), .help = "The category it came with."},
    {.key = "area", .type = READ_TEXT, .max = VALUE_CHARS,
     .offset = offsetof(struct example_nodes, area), .help = "The household's village."},
    KEEP("kind", example_nodes, kind, "The kind it came with."),
    KEEP("source", example_nodes, source, "Where it came from."),
    KEEP("urgency", example_nodes, urgency, "The urgency it came with."),
    KEEP("household_tags", example_nodes, household_tags, "The household's tags."),
    {.key = "hours", .type = READ_ENUM, .words = hours_words,
     .offset = offsetof(struct example_nodes, is_working_hours), .help = "working or off."},
    KEEP("expect", example_nodes, expect, "The rule that must decide."),
    {.key = "match", .type = READ_BOOL, .offset = offsetof(struct example_nodes, is_match),
     .help = "Inside a rule: whether this rule must decide, or must not."},
    {0},
};
/* clang-format on */

/* One scalar with its place; its text stays empty, with a problem, when it is none. */
static struct rule_value read_value(struct routing *routing, const struct yaml_node *node,
                                    const char *path)
{
    struct rule_value value = {0};
    if (node != NULL) {
        value.line = node->line;
        value.column = node->column;
        (void)reader_read_text(&routing->reader, node, path, VALUE_CHARS, &value.text);
    }
    return value;
}

/* One scalar or a list of them, without those that are none; an empty list is a problem, since it
 * would ask for nothing. */
static struct rule_values read_values(struct routing *routing, const struct yaml_node *node,
                                      const char *path)
{
    if (node == NULL) {
        return (struct rule_values){0};
    }
    if (node->kind == YAML_LIST && node->count == 0) {
        reader_problem(&routing->reader, node, path, "the list is empty: remove the key");
        return (struct rule_values){0};
    }
    bool is_list = node->kind == YAML_LIST;
    uint32_t count = is_list ? node->count : 1;
    struct rule_values values = {0};
    struct rule_value *items = arena_new(&routing->arena, count, sizeof *items);
    for (uint32_t i = 0; i < count; i++) {
        char item[READER_PATH_MAX];
        reader_item_path(item, path, i);
        uint32_t before = routing->reader.problems->count;
        items[values.count] =
            read_value(routing, is_list ? &node->items[i] : node, is_list ? item : path);
        values.count += routing->reader.problems->count == before;
    }
    values.items = items;
    return values;
}

/* Reads the member `key` of a map, for a path that shows it. */
static struct rule_values read_member_values(struct routing *routing, const struct yaml_node *node,
                                             const char *path, const char *key)
{
    char member[READER_PATH_MAX];
    reader_member_path(member, path, bytes_of_string(key));
    return read_values(routing, node, member);
}

static struct rule_value read_member(struct routing *routing, const struct yaml_node *node,
                                     const char *path, const char *key)
{
    char member[READER_PATH_MAX];
    reader_member_path(member, path, bytes_of_string(key));
    return read_value(routing, node, member);
}

/* A full-width comma or quote is part of a word for YAML, and never meant so: without this, a list
 * of two words would quietly be one word that nobody ever writes. */
static void check_words(struct routing *routing, const struct yaml_node *node, const char *path)
{
    struct bytes wide;
    const char *narrow;
    if (node == NULL) {
        return;
    }
    if (node->kind == YAML_SCALAR && node->is_plain &&
        yaml_find_wide_sign(node->text, &wide, &narrow)) {
        reader_problem(&routing->reader, node, path,
                       "'%.*s' has the full-width sign '%.*s' in it: write '%s', or put the word "
                       "in quotes when people do write it so",
                       BYTES_FMT(node->text), BYTES_FMT(wide), narrow);
    }
    for (uint32_t i = 0; node->kind == YAML_LIST && i < node->count; i++) {
        char item[READER_PATH_MAX];
        reader_item_path(item, path, i);
        check_words(routing, &node->items[i], item);
    }
}

/* What the register can hold: rules that ask for another tag would never hold. */
static void read_tags(struct routing *routing, const struct yaml_node *list)
{
    if (list == NULL || !reader_expect(&routing->reader, list, "household_tags", YAML_LIST)) {
        return;
    }
    struct rule_values values = read_values(routing, list, "household_tags");
    routing->tags = arena_new(&routing->arena, values.count + 1, sizeof *routing->tags);
    for (uint32_t i = 0; i < values.count; i++) {
        routing->tags[i] = arena_copy_text(&routing->arena, values.items[i].text);
    }
}

static bool has_tag(const struct routing *routing, struct bytes text)
{
    const char **tag = routing->tags;
    while (*tag != NULL && !bytes_equal(bytes_of_string(*tag), text)) {
        tag++;
    }
    return *tag != NULL;
}

static void check_tags(struct routing *routing, const struct yaml_node *node, const char *path)
{
    if (node == NULL || routing->tags == NULL) {
        return;
    }
    if (node->kind == YAML_SCALAR && !has_tag(routing, node->text)) {
        const char *nearest = reader_nearest(node->text, routing->tags);
        reader_problem(&routing->reader, node, path,
                       "no household has the tag '%.*s'%s%s%s: correct it or add it to "
                       "household_tags",
                       BYTES_FMT(node->text), nearest != NULL ? " (did you mean '" : "",
                       nearest != NULL ? nearest : "", nearest != NULL ? "'?)" : "");
    }
    for (uint32_t i = 0; node->kind == YAML_LIST && i < node->count; i++) {
        char item[READER_PATH_MAX];
        reader_item_path(item, path, i);
        check_tags(routing, &node->items[i], item);
    }
}

static void read_words(struct routing *routing, const struct yaml_node *map)
{
    if (map == NULL || !reader_expect(&routing->reader, map, "words", YAML_MAP)) {
        return;
    }
    for (uint32_t i = 0; i < map->count; i++) {
        char path[READER_PATH_MAX];
        reader_member_path(path, "words", map->keys[i].text);
        if (reader_expect(&routing->reader, &map->items[i], path, YAML_LIST)) {
            check_words(routing, &map->items[i], path);
            struct rule_value name = {map->keys[i].text, map->keys[i].line, map->keys[i].column};
            rules_builder_add_words(routing->builder, &name,
                                    read_values(routing, &map->items[i], path));
        }
    }
}

static void read_when(struct routing *routing, const struct yaml_node *node, const char *path,
                      struct rule_input *input)
{
    struct when_nodes nodes = {0};
    if (node == NULL) {
        return;
    }
    (void)reader_read_map(&routing->reader, node, path, when_rows, &nodes, routing);
    for (unsigned c = 0; c < RULE_CONDITION_COUNT; c++) {
        const char *key = rule_condition_key((enum rule_condition)c);
        input->when[c] = read_member_values(routing, nodes.conditions[c], path, key);
        char member[READER_PATH_MAX];
        reader_member_path(member, path, bytes_of_string(key));
        if (c > RULE_HOURS) {
            check_words(routing, nodes.conditions[c], member);
        } else if (c == RULE_HOUSEHOLD_TAGS) {
            check_tags(routing, nodes.conditions[c], member);
        }
    }
}

static void read_then(struct routing *routing, const struct yaml_node *node, const char *path,
                      struct rule_input *input)
{
    struct then_nodes nodes = {0};
    if (node == NULL) {
        return;
    }
    if (node->kind == YAML_SCALAR && bytes_equal(node->text, BYTES("triage"))) {
        reader_problem(&routing->reader, node, path, "write {triage: true}");
        return;
    }
    (void)reader_read_map(&routing->reader, node, path, then_rows, &nodes, routing);
    input->category = read_member(routing, nodes.category, path, "category");
    input->lead = read_member(routing, nodes.lead, path, "lead");
    input->assist = read_member_values(routing, nodes.assist, path, "assist");
    input->leader = read_member(routing, nodes.leader, path, "leader");
    input->urgency = read_member(routing, nodes.urgency, path, "urgency");
    input->tags = read_member_values(routing, nodes.tags, path, "tags");
    input->is_triage = nodes.is_triage;
}

/* Reads an optional word of one of the lists that have a parser. */
#define READ_KNOWN(routing, node, path, type, ret_value)                                           \
    do {                                                                                           \
        struct err known_err;                                                                      \
        struct bytes known_text = read_member(routing, node, path, #type).text;                    \
        if (known_text.len > 0 && type##_parse(known_text, ret_value, &known_err) != STATUS_OK) {  \
            reader_problem(&(routing)->reader, node, path, "%s", known_err.text);                  \
        }                                                                                          \
    } while (0)

static void read_example(struct routing *routing, const struct yaml_node *node, const char *path,
                         struct rule_example_input *input)
{
    struct example_nodes nodes = {.is_working_hours = 1, .is_match = true};
    if (!reader_read_map(&routing->reader, node, path, example_rows, &nodes, routing)) {
        return;
    }
    struct rule_values tags =
        read_member_values(routing, nodes.household_tags, path, "household_tags");
    char tags_path[READER_PATH_MAX];
    reader_member_path(tags_path, path, BYTES("household_tags"));
    check_tags(routing, nodes.household_tags, tags_path);
    struct bytes *tag_texts = arena_new(&routing->arena, tags.count, sizeof *tag_texts);
    for (uint32_t i = 0; i < tags.count; i++) {
        tag_texts[i] = tags.items[i].text;
    }
    input->facts = (struct rule_facts){
        .category = nodes.category,
        .area = nodes.area,
        .household_tags = tag_texts,
        .household_tag_count = tags.count,
        .is_working_hours = nodes.is_working_hours != 0,
        .title = nodes.title,
        .text = nodes.text,
    };
    READ_KNOWN(routing, nodes.kind, path, kind, &input->facts.kind);
    READ_KNOWN(routing, nodes.source, path, source, &input->facts.source);
    READ_KNOWN(routing, nodes.urgency, path, urgency, &input->facts.urgency);
    input->line = node->line;
    input->column = node->column;
    input->is_match = nodes.is_match;
    input->expect = read_member(routing, nodes.expect, path, "expect");
    bool is_inside = input->rule != RULES_NONE;
    if (is_inside == (nodes.expect != NULL)) {
        reader_problem(&routing->reader, node, path,
                       is_inside ? "an example inside a rule has match, not expect"
                                 : "say which rule must decide this example: expect: ID");
        return;
    }
    rules_builder_add_example(routing->builder, input);
}

static void read_examples(struct routing *routing, const struct yaml_node *list, const char *path,
                          uint32_t rule)
{
    if (list == NULL || !reader_expect(&routing->reader, list, path, YAML_LIST)) {
        return;
    }
    if (list->count > RULES_EXAMPLES_MAX) {
        reader_problem(&routing->reader, list, path, "more than %u examples", RULES_EXAMPLES_MAX);
        return;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        char item[READER_PATH_MAX];
        reader_item_path(item, path, i);
        struct rule_example_input input = {.rule = rule, .index = i};
        read_example(routing, &list->items[i], item, &input);
    }
}

static void read_rule(struct routing *routing, const struct yaml_node *node, const char *path)
{
    struct rule_nodes nodes = {0};
    struct rule_input input = {0};
    char when[READER_PATH_MAX];
    char then[READER_PATH_MAX];
    char examples[READER_PATH_MAX];
    reader_member_path(when, path, BYTES("when"));
    reader_member_path(then, path, BYTES("then"));
    reader_member_path(examples, path, BYTES("examples"));
    uint32_t before = routing->reader.problems->count;
    (void)reader_read_map(&routing->reader, node, path, rule_rows, &nodes, routing);
    input.id = read_member(routing, nodes.id, path, "id");
    input.id.line = node->line;
    input.id.column = node->column;
    read_when(routing, nodes.when, when, &input);
    read_then(routing, nodes.then, then, &input);
    input.is_unreadable = routing->reader.problems->count > before;
    rules_builder_add_rule(routing->builder, &input);
    read_examples(routing, input.is_unreadable ? NULL : nodes.examples, examples,
                  routing->rule_count);
    routing->rule_count++;
}

static void read_rules(struct routing *routing, const struct yaml_node *list)
{
    if (list == NULL || !reader_expect(&routing->reader, list, "rules", YAML_LIST)) {
        return;
    }
    if (list->count > RULES_MAX) {
        reader_problem(&routing->reader, list, "rules", "more than %u rules", RULES_MAX);
        return;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        char path[READER_PATH_MAX];
        reader_item_path(path, "rules", i);
        read_rule(routing, &list->items[i], path);
    }
}

static void on_problem(void *user, const struct rule_problem *problem)
{
    const struct reader *reader = user;
    problems_add(reader->problems, reader->file, problem->line, problem->column, problem->path,
                 "%s", problem->message);
}

bool routing_examine(const struct yaml_document *document, const struct office *office,
                     struct rules **ret_rules, struct problems *problems)
{
    uint32_t before = problems->count;
    struct routing routing = {.reader = {.file = document->file, .problems = problems},
                              .builder = rules_builder_open(office)};
    struct root_nodes nodes = {0};
    (void)reader_read_map(&routing.reader, &document->root, "", root_rows, &nodes, &routing);
    read_tags(&routing, nodes.household_tags);
    read_words(&routing, nodes.words);
    read_rules(&routing, nodes.rules);
    read_examples(&routing, nodes.examples, "examples", RULES_NONE);
    (void)rules_build(routing.builder, on_problem, &routing.reader, ret_rules);
    rules_builder_close(routing.builder);
    arena_done(&routing.arena);
    return problems->count == before;
}

bool routing_read(const struct yaml_document *document, const struct office *office,
                  struct rules **ret_rules, struct problems *problems)
{
    struct rules *rules = NULL;
    if (!routing_examine(document, office, &rules, problems)) {
        rules_close(rules);
        return false;
    }
    *ret_rules = rules;
    return true;
}
