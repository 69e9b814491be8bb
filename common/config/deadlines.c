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

struct file_row {
    const struct yaml_node *ladders;
    const struct yaml_node *stages;
    const struct yaml_node *supervision;
    const struct yaml_node *visits;  /* read by config/visits_file.h */
    const struct yaml_node *notices; /* read by config/notices_file.h */
};

static void read_supervision(struct deadlines *deadlines, const struct yaml_node *map,
                             const char *path)
{
    /* clang-format off */
    static const struct reader_row rows[] = {
        {.key = "ladder", .type = READ_CUSTOM, .is_required = true, .read = keep_node,
         .help = "Who is told before its due time, then, and after it."},
        {0},
    };
    /* clang-format on */
    const struct yaml_node *node = NULL;
    char member[READER_PATH_MAX];
    if (reader_read_map(&deadlines->reader, map, path, rows, &node, NULL)) {
        reader_member_path(member, path, BYTES("ladder"));
        deadlines->limits->supervision = deadlines_find_ladder(deadlines, node, member);
    }
}

static void read_file(struct deadlines *deadlines, const struct yaml_node *root)
{
    /* clang-format off */
    static const struct reader_row rows[] = {
        {.key = "ladders", .type = READ_CUSTOM, .is_required = true, .read = keep_node,
         .offset = offsetof(struct file_row, ladders), .help = "Who is told when, by name."},
        {.key = "stages", .type = READ_CUSTOM, .is_required = true, .read = keep_node,
         .offset = offsetof(struct file_row, stages), .help = "The limits of every stage."},
        {.key = "supervision_by_person", .type = READ_CUSTOM, .is_required = true,
         .read = keep_node, .offset = offsetof(struct file_row, supervision),
         .help = "The ladder of a supervision that a person set, with its own due time."},
        {.key = "visits", .type = READ_CUSTOM, .read = keep_node,
         .offset = offsetof(struct file_row, visits), .help = "When households are visited."},
        {.key = "notices", .type = READ_CUSTOM, .read = keep_node,
         .offset = offsetof(struct file_row, notices), .help = "When people are told."},
        {0},
    };
    /* clang-format on */
    uint32_t before = deadlines->reader.problems->count;
    struct file_row row = {0};
    (void)reader_read_map(&deadlines->reader, root, "", rows, &row, NULL);
    if (row.ladders != NULL) {
        deadlines_read_ladders(deadlines, row.ladders, "ladders");
    }
    if (row.stages != NULL) {
        read_stages(deadlines, row.stages, "stages");
        deadlines_finish(deadlines);
    }
    if (row.supervision != NULL) {
        read_supervision(deadlines, row.supervision, "supervision_by_person");
    }
    if (deadlines->reader.problems->count == before) {
        deadlines_check_used(deadlines);
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
