/* SPDX-License-Identifier: Apache-2.0 */
#include "config/deadlines.h"

#include "base/memory.h"
#include "config/deadlines_internal.h"

#include <stdlib.h>

/* ---- one set of limits --------------------------------------------------------------------- */

static void keep_node(struct reader *reader, const struct yaml_node *node, const char *path,
                      void *member, void *user)
{
    (void)reader;
    (void)path;
    (void)user;
    *(const struct yaml_node **)member = node;
}

/* clang-format off */
/* One value for each urgency, as nodes. */
static const struct reader_row urgency_rows[] = {
#define X(name, word, zh) \
    {.key = #word, .type = READ_CUSTOM, .read = keep_node, \
     .offset = URGENCY_##name * sizeof(const struct yaml_node *), .help = "A duration."},
    URGENCY_LIST(X)
#undef X
    {0},
};
/* clang-format on */

/* A duration or, where a stage may be forbidden, "none". */
static enum status parse_limit(struct bytes text, enum stage stage, struct duration *ret_duration,
                               struct err *err)
{
    struct duration duration = {0};
    if (bytes_equal(text, BYTES("none"))) {
        if (stage != STAGE_SUSPEND) {
            return fail(err, STATUS_INVALID, "'none' is for the stage suspend only");
        }
        *ret_duration = duration;
        return STATUS_OK;
    }
    enum status st = duration_parse(text, &duration, err);
    if (st == STATUS_OK) {
        st = limit_check_duration(duration, err);
    }
    if (st == STATUS_OK) {
        *ret_duration = duration;
    }
    return st;
}

static void read_limits(struct deadlines *deadlines, enum stage stage, const struct yaml_node *node,
                        const char *path, struct limits_entry *entry)
{
    struct reader *reader = &deadlines->reader;
    (void)reader_read_map(reader, node, path, urgency_rows, entry->nodes, NULL);
    if (node->count == 0) {
        reader_problem(reader, node, path, "there is no limit in it");
    }
    for (int i = URGENCY_NONE + 1; i < URGENCY_COUNT; i++) {
        const struct yaml_node *value = entry->nodes[i];
        char member[READER_PATH_MAX];
        struct err err;
        reader_member_path(member, path, bytes_of_string(urgency_word((enum urgency)i)));
        if (value == NULL || !reader_expect(reader, value, member, YAML_SCALAR)) {
            continue;
        }
        entry->row.is_set[i] = true;
        if (parse_limit(value->text, stage, &entry->row.limits[i].duration, &err) != STATUS_OK) {
            reader_problem(reader, value, member, "%s", err.text);
        }
    }
}

/* One ladder for all urgencies, or a map with one for each. */
static void read_ladders(struct deadlines *deadlines, const struct yaml_node *node,
                         const char *path, struct limits_entry *entry)
{
    const struct yaml_node *nodes[URGENCY_COUNT] = {NULL};
    entry->has_ladder = true;
    if (node->kind != YAML_MAP) {
        const struct ladder *ladder = deadlines_find_ladder(deadlines, node, path);
        for (int i = URGENCY_NONE + 1; i < URGENCY_COUNT; i++) {
            entry->ladders[i] = ladder;
        }
        return;
    }
    (void)reader_read_map(&deadlines->reader, node, path, urgency_rows, nodes, NULL);
    for (int i = URGENCY_NONE + 1; i < URGENCY_COUNT; i++) {
        char member[READER_PATH_MAX];
        if (nodes[i] != NULL) {
            reader_member_path(member, path, bytes_of_string(urgency_word((enum urgency)i)));
            entry->ladders[i] = deadlines_find_ladder(deadlines, nodes[i], member);
        }
    }
}

/* ---- exceptions for kinds and categories --------------------------------------------------- */

struct override_row {
    const struct yaml_node *kind;
    const struct yaml_node *category;
    const struct yaml_node *limits;
    const struct yaml_node *ladder;
};

/* clang-format off */
static const struct reader_row override_rows[] = {
    {.key = "kind", .type = READ_CUSTOM, .read = keep_node,
     .offset = offsetof(struct override_row, kind), .help = "For issues of this kind."},
    {.key = "category", .type = READ_CUSTOM, .read = keep_node,
     .offset = offsetof(struct override_row, category),
     .help = "For issues of this category and those below it."},
    {.key = "limits", .type = READ_CUSTOM, .is_required = true, .read = keep_node,
     .offset = offsetof(struct override_row, limits), .help = "What is different, by urgency."},
    {.key = "ladder", .type = READ_CUSTOM, .read = keep_node,
     .offset = offsetof(struct override_row, ladder), .help = "As of a stage."},
    {0},
};
/* clang-format on */

static void read_selector(struct deadlines *deadlines, const struct override_row *row,
                          const char *path, struct limits_entry *entry)
{
    struct reader *reader = &deadlines->reader;
    struct bytes word;
    struct err err;
    if (row->kind == NULL && row->category == NULL) {
        reader_problem(reader, entry->node, path, "a kind or a category belongs here");
    }
    if (row->kind != NULL && reader_read_word(reader, row->kind, path, &word) &&
        kind_parse(word, &entry->row.kind, &err) != STATUS_OK) {
        reader_problem(reader, row->kind, path, "%s", err.text);
    }
    if (row->category == NULL || !reader_read_word(reader, row->category, path, &word)) {
        return;
    }
    memcpy(entry->row.category, word.p, word.len);
    if (office_find_category(deadlines->office, word) == NULL) {
        reader_problem(reader, row->category, path, "there is no category '%.*s' in the catalogue",
                       BYTES_FMT(word));
    }
}

static bool is_same_selector(const struct limit_row *a, const struct limit_row *b)
{
    return a->kind == b->kind && strcmp(a->category, b->category) == 0;
}

static void read_override(struct deadlines *deadlines, enum stage stage,
                          const struct yaml_node *node, const char *path)
{
    struct stage_entry *entry = &deadlines->stages[stage];
    struct limits_entry *override = &entry->overrides[entry->override_count];
    struct override_row row = {0};
    char member[READER_PATH_MAX];
    *override = (struct limits_entry){.node = node};
    if (!reader_read_map(&deadlines->reader, node, path, override_rows, &row, NULL)) {
        return;
    }
    read_selector(deadlines, &row, path, override);
    reader_member_path(member, path, BYTES("limits"));
    read_limits(deadlines, stage, row.limits, member, override);
    if (row.ladder != NULL) {
        reader_member_path(member, path, BYTES("ladder"));
        read_ladders(deadlines, row.ladder, member, override);
    }
    for (uint32_t i = 0; i < entry->override_count; i++) {
        if (is_same_selector(&entry->overrides[i].row, &override->row)) {
            reader_problem(&deadlines->reader, node, path,
                           "there is an override for the same kind and category at line %u",
                           entry->overrides[i].node->line);
            return;
        }
    }
    entry->override_count++;
}

static void read_overrides(struct deadlines *deadlines, enum stage stage,
                           const struct yaml_node *list, const char *path)
{
    struct stage_entry *entry = &deadlines->stages[stage];
    if (!reader_expect(&deadlines->reader, list, path, YAML_LIST)) {
        return;
    }
    if (list->count > DEADLINES_OVERRIDES_MAX) {
        reader_problem(&deadlines->reader, list, path, "more than %u overrides",
                       DEADLINES_OVERRIDES_MAX);
        return;
    }
    entry->overrides = memory_new(list->count + 1, sizeof *entry->overrides);
    for (uint32_t i = 0; i < list->count; i++) {
        char item[READER_PATH_MAX];
        reader_item_path(item, path, i);
        read_override(deadlines, stage, &list->items[i], item);
    }
}

/* ---- stages -------------------------------------------------------------------------------- */

struct stage_row {
    const struct yaml_node *like;
    const struct yaml_node *limits;
    const struct yaml_node *ladder;
    const struct yaml_node *overrides;
};

/* clang-format off */
static const struct reader_row stage_rows[] = {
    {.key = "like", .type = READ_CUSTOM, .read = keep_node,
     .offset = offsetof(struct stage_row, like),
     .help = "The stage that has the limits and ladders which this one doesn't give."},
    {.key = "limits", .type = READ_CUSTOM, .read = keep_node,
     .offset = offsetof(struct stage_row, limits), .help = "How long it may take, by urgency."},
    {.key = "ladder", .type = READ_CUSTOM, .read = keep_node,
     .offset = offsetof(struct stage_row, ladder),
     .help = "Who is told when: one ladder, or one for each urgency."},
    {.key = "overrides", .type = READ_CUSTOM, .read = keep_node,
     .offset = offsetof(struct stage_row, overrides),
     .help = "Other limits for kinds and categories; the deepest category wins, then the kind."},
    {0},
};

static const struct reader_row stages_rows[] = {
#define X(name, word, zh) \
    {.key = #word, .type = READ_CUSTOM, .is_required = true, .read = keep_node, \
     .offset = STAGE_##name * sizeof(const struct yaml_node *), .help = "The limits of the stage."},
    STAGE_LIST(X)
#undef X
    {0},
};
/* clang-format on */

static void read_like(struct deadlines *deadlines, const struct yaml_node *node, const char *path,
                      struct stage_entry *entry)
{
    struct bytes word;
    struct err err;
    if (!reader_read_word(&deadlines->reader, node, path, &word)) {
        return;
    }
    entry->like_node = node;
    if (stage_parse(word, &entry->like, &err) != STATUS_OK) {
        reader_problem(&deadlines->reader, node, path, "%s", err.text);
    }
}

static void read_stage(struct deadlines *deadlines, enum stage stage, const struct yaml_node *node)
{
    struct stage_entry *entry = &deadlines->stages[stage];
    struct stage_row row = {0};
    char path[READER_PATH_MAX];
    char member[READER_PATH_MAX];
    reader_member_path(path, "stages", bytes_of_string(stage_word(stage)));
    entry->base.node = node;
    if (!reader_read_map(&deadlines->reader, node, path, stage_rows, &row, NULL)) {
        return;
    }
    if (row.like != NULL) {
        reader_member_path(member, path, BYTES("like"));
        read_like(deadlines, row.like, member, entry);
    }
    if (row.limits != NULL) {
        reader_member_path(member, path, BYTES("limits"));
        read_limits(deadlines, stage, row.limits, member, &entry->base);
    }
    if (row.ladder != NULL) {
        reader_member_path(member, path, BYTES("ladder"));
        read_ladders(deadlines, row.ladder, member, &entry->base);
    }
    if (row.overrides != NULL) {
        reader_member_path(member, path, BYTES("overrides"));
        read_overrides(deadlines, stage, row.overrides, member);
    }
}

static void read_stages(struct deadlines *deadlines, const struct yaml_node *map, const char *path)
{
    const struct yaml_node *nodes[STAGE_COUNT] = {NULL};
    (void)reader_read_map(&deadlines->reader, map, path, stages_rows, nodes, NULL);
    for (int i = STAGE_NONE + 1; i < STAGE_COUNT; i++) {
        uint32_t before = deadlines->reader.problems->count;
        if (nodes[i] != NULL) {
            read_stage(deadlines, (enum stage)i, nodes[i]);
        }
        deadlines->stages[i].is_broken =
            nodes[i] == NULL || deadlines->reader.problems->count != before;
    }
}

/* ---- putting it together ------------------------------------------------------------------- */

/* Whether following `like` from the stage comes to an end. */
static bool ends(const struct deadlines *deadlines, enum stage stage)
{
    int steps = 0;
    while (stage != STAGE_NONE && steps <= STAGE_COUNT) {
        stage = deadlines->stages[stage].like;
        steps++;
    }
    return stage == STAGE_NONE;
}

static void check_circles(struct deadlines *deadlines)
{
    for (int i = STAGE_NONE + 1; i < STAGE_COUNT; i++) {
        struct stage_entry *entry = &deadlines->stages[i];
        if (!ends(deadlines, (enum stage)i)) {
            char path[READER_PATH_MAX];
            reader_member_path(path, "stages", bytes_of_string(stage_word((enum stage)i)));
            reader_problem(&deadlines->reader, entry->like_node, path,
                           "'like' leads round in a circle and never to a limit");
            entry->is_broken = true;
        }
    }
}

/* Whether the stage and all that it is like were read without problems. */
static bool is_sound(const struct deadlines *deadlines, enum stage stage)
{
    while (stage != STAGE_NONE && !deadlines->stages[stage].is_broken) {
        stage = deadlines->stages[stage].like;
    }
    return stage == STAGE_NONE;
}

static void take_over(struct limits_entry *entry, const struct limits_entry *from)
{
    for (int i = URGENCY_NONE + 1; i < URGENCY_COUNT; i++) {
        if (!entry->row.is_set[i]) {
            entry->row.is_set[i] = from->row.is_set[i];
            entry->row.limits[i] = from->row.limits[i];
        }
        if (entry->ladders[i] == NULL) {
            entry->ladders[i] = from->ladders[i];
        }
    }
}

/* Takes over what the stage leaves to the ones it is like. No circle is left. */
static void inherit(struct deadlines *deadlines, enum stage stage)
{
    struct stage_entry *entry = &deadlines->stages[stage];
    for (enum stage from = entry->like; from != STAGE_NONE; from = deadlines->stages[from].like) {
        take_over(&entry->base, &deadlines->stages[from].base);
    }
}

static void check_none(struct deadlines *deadlines, enum stage stage, const char *path)
{
    const struct limits_entry *base = &deadlines->stages[stage].base;
    for (int i = URGENCY_NONE + 1; i < URGENCY_COUNT; i++) {
        const char *word = urgency_word((enum urgency)i);
        if (!base->row.is_set[i]) {
            reader_problem(&deadlines->reader, base->node, path, "the limit for %s is missing",
                           word);
        } else if (stage != STAGE_SUSPEND && base->row.limits[i].duration.unit == DURATION_NONE) {
            reader_problem(&deadlines->reader, base->node, path, "there is no limit for %s", word);
        }
    }
}

/* Where the limit for an urgency stands; the whole entry when it was taken from elsewhere. */
static const struct yaml_node *find_node(const struct limits_entry *entry, struct bytes urgency)
{
    enum urgency value;
    struct err unused;
    bool is_here =
        urgency_parse(urgency, &value, &unused) == STATUS_OK && entry->nodes[value] != NULL;
    return is_here ? entry->nodes[value] : entry->node;
}

/* The checks of limits that are whole: their order, and each with its ladder. */
static void check_row(struct deadlines *deadlines, const struct limits_entry *entry,
                      const struct limit_row *row, const char *path)
{
    struct err err;
    if (limit_check_order(row, &err) != STATUS_OK) {
        reader_problem(&deadlines->reader, find_node(entry, bytes_of_string(err.field)), path, "%s",
                       err.text);
    }
    for (int i = URGENCY_NONE + 1; i < URGENCY_COUNT; i++) {
        /* A limit and a ladder that both stand elsewhere are checked there. */
        bool is_own = entry->nodes[i] != NULL || entry->has_ladder;
        if (is_own && limit_check_ladder(&row->limits[i], &err) != STATUS_OK) {
            struct bytes word = bytes_of_string(urgency_word((enum urgency)i));
            reader_problem(&deadlines->reader, find_node(entry, word), path, "%s", err.text);
        }
    }
}

static void finish_overrides(struct deadlines *deadlines, enum stage stage, const char *path)
{
    struct stage_entry *entry = &deadlines->stages[stage];
    struct stage_limits *limits = &deadlines->limits->stages[stage];
    limits->overrides = memory_new(entry->override_count + 1, sizeof *limits->overrides);
    for (uint32_t i = 0; i < entry->override_count; i++) {
        struct limits_entry *override = &entry->overrides[i];
        struct limit_row whole = limits->base;
        char list[READER_PATH_MAX];
        char item[READER_PATH_MAX];
        reader_member_path(list, path, BYTES("overrides"));
        reader_item_path(item, list, i);
        for (int k = URGENCY_NONE + 1; k < URGENCY_COUNT; k++) {
            struct limit *limit = &override->row.limits[k];
            limit->ladder =
                override->ladders[k] != NULL ? override->ladders[k] : limits->base.limits[k].ladder;
            whole.limits[k] = override->row.is_set[k] ? *limit : whole.limits[k];
        }
        check_row(deadlines, override, &whole, item);
        limits->overrides[limits->override_count++] = override->row;
    }
}

static void finish_stage(struct deadlines *deadlines, enum stage stage)
{
    struct stage_entry *entry = &deadlines->stages[stage];
    struct stage_limits *limits = &deadlines->limits->stages[stage];
    uint32_t before = deadlines->reader.problems->count;
    char path[READER_PATH_MAX];
    reader_member_path(path, "stages", bytes_of_string(stage_word(stage)));
    inherit(deadlines, stage);
    check_none(deadlines, stage, path);
    if (deadlines->reader.problems->count != before) {
        return;
    }
    for (int i = URGENCY_NONE + 1; i < URGENCY_COUNT; i++) {
        entry->base.row.limits[i].ladder = entry->base.ladders[i];
    }
    limits->base = entry->base.row;
    check_row(deadlines, &entry->base, &limits->base, path);
    finish_overrides(deadlines, stage, path);
}

static void finish(struct deadlines *deadlines)
{
    check_circles(deadlines);
    for (int i = STAGE_NONE + 1; i < STAGE_COUNT; i++) {
        if (is_sound(deadlines, (enum stage)i)) {
            finish_stage(deadlines, (enum stage)i);
        }
    }
}

struct file_row {
    const struct yaml_node *ladders;
    const struct yaml_node *stages;
    const struct yaml_node *visits; /* read by config/visits_file.h */
};

static void read_file(struct deadlines *deadlines, const struct yaml_node *root)
{
    /* clang-format off */
    static const struct reader_row rows[] = {
        {.key = "ladders", .type = READ_CUSTOM, .is_required = true, .read = keep_node,
         .offset = offsetof(struct file_row, ladders), .help = "Who is told when, by name."},
        {.key = "stages", .type = READ_CUSTOM, .is_required = true, .read = keep_node,
         .offset = offsetof(struct file_row, stages), .help = "The limits of every stage."},
        {.key = "visits", .type = READ_CUSTOM, .read = keep_node,
         .offset = offsetof(struct file_row, visits), .help = "When households are visited."},
        {0},
    };
    /* clang-format on */
    struct file_row row = {0};
    (void)reader_read_map(&deadlines->reader, root, "", rows, &row, NULL);
    if (row.ladders != NULL) {
        deadlines_read_ladders(deadlines, row.ladders, "ladders");
    }
    if (row.stages != NULL) {
        read_stages(deadlines, row.stages, "stages");
        finish(deadlines);
    }
}

bool deadlines_read(const struct yaml_document *document, const struct office *office,
                    struct limits **ret_limits, struct problems *problems)
{
    uint32_t before = problems->count;
    struct deadlines *deadlines = memory_new(1, sizeof *deadlines);
    deadlines->reader = (struct reader){.file = document->file, .problems = problems};
    deadlines->office = office;
    deadlines->limits = memory_new(1, sizeof *deadlines->limits);
    read_file(deadlines, &document->root);
    bool is_good = problems->count == before;
    if (is_good) {
        *ret_limits = deadlines->limits;
    } else {
        limits_close(deadlines->limits);
    }
    for (int i = 0; i < STAGE_COUNT; i++) {
        free(deadlines->stages[i].overrides);
    }
    free(deadlines);
    return is_good;
}
