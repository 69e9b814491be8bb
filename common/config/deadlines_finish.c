/* SPDX-License-Identifier: Apache-2.0 */
/* What was read put together: stages take what they leave out from those they are like, and limits
 * that are whole are held against each other and against their ladders. */
#include "config/deadlines_internal.h"

#include "base/memory.h"

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

/* ---- stages that run inside another one ----------------------------------------------------- */

/* One rule of a stage: its limits for all issues, or an override. */
struct rule {
    enum stage stage;
    const struct limits_entry *entry;
    const struct limit_row *row;
    uint32_t number; /* of the override, from 1; 0: none */
};

static struct rule rule_of(const struct deadlines *deadlines, enum stage stage, uint32_t number)
{
    const struct stage_entry *entry = &deadlines->stages[stage];
    const struct stage_limits *limits = &deadlines->limits->stages[stage];
    return number == 0 ? (struct rule){stage, &entry->base, &limits->base, 0}
                       : (struct rule){stage, &entry->overrides[number - 1],
                                       &limits->overrides[number - 1], number};
}

/* An issue that both rules are for, unless they exclude each other: then one of them is not its
 * own.
 */
static struct limit_case case_of(const struct deadlines *deadlines, const struct limit_row *a,
                                 const struct limit_row *b)
{
    struct limit_case of_a = {.kind = a->kind != KIND_NONE ? a->kind : b->kind};
    struct limit_case of_b = of_a;
    of_a.path_count =
        office_category_path(deadlines->office, bytes_of_string(a->category), of_a.path);
    of_b.path_count =
        office_category_path(deadlines->office, bytes_of_string(b->category), of_b.path);
    return of_a.path_count >= of_b.path_count ? of_a : of_b;
}

/* Where the limit for an urgency is said, and its path. */
static void show_part(struct deadlines *deadlines, const struct rule *rule, enum urgency urgency,
                      const char *text)
{
    char stage[READER_PATH_MAX];
    char list[READER_PATH_MAX];
    char item[READER_PATH_MAX];
    char limits[READER_PATH_MAX];
    char path[READER_PATH_MAX];
    struct bytes word = bytes_of_string(urgency_word(urgency));
    reader_member_path(stage, "stages", bytes_of_string(stage_word(rule->stage)));
    reader_member_path(list, stage, BYTES("overrides"));
    reader_item_path(item, list, rule->number - 1);
    reader_member_path(limits, rule->number == 0 ? stage : item, BYTES("limits"));
    reader_member_path(path, limits, word);
    reader_problem(&deadlines->reader, find_node(rule->entry, word), path, "%s", text);
}

/* The part is shown where it is said, once, and the whole where the part is taken from elsewhere.
 * `shown` is the set of urgencies for which the part was. */
static void check_part(struct deadlines *deadlines, const struct rule *part,
                       const struct rule *whole, uint32_t *shown)
{
    struct limit_case found = case_of(deadlines, part->row, whole->row);
    struct err err;
    for (int i = URGENCY_NONE + 1; i < URGENCY_COUNT; i++) {
        found.urgency = (enum urgency)i;
        found.stage = part->stage;
        bool is_theirs = limits_find(deadlines->limits, &found) == &part->row->limits[i];
        found.stage = whole->stage;
        is_theirs = is_theirs && limits_find(deadlines->limits, &found) == &whole->row->limits[i];
        bool is_here = part->entry->nodes[i] != NULL;
        bool was_shown = is_here && (*shown & UINT32_C(1) << i) != 0;
        if (is_theirs && !was_shown &&
            limit_check_part(part->stage, part->row->limits[i].duration, whole->stage,
                             whole->row->limits[i].duration, &err) != STATUS_OK) {
            *shown |= is_here ? UINT32_C(1) << i : 0;
            show_part(deadlines, is_here ? part : whole, (enum urgency)i, err.text);
        }
    }
}

/* The part against every limit for handling that an issue may have with it. */
static void check_within_handling(struct deadlines *deadlines, const struct rule *part)
{
    uint32_t shown = 0;
    for (uint32_t i = 0; i <= deadlines->stages[STAGE_HANDLE].override_count; i++) {
        struct rule whole = rule_of(deadlines, STAGE_HANDLE, i);
        check_part(deadlines, part, &whole, &shown);
    }
}

static void check_parts(struct deadlines *deadlines)
{
    static const enum stage parts[] = {STAGE_SIGN, STAGE_FIRST_CONTACT};
    for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++) {
        for (uint32_t i = 0; i <= deadlines->stages[parts[k]].override_count; i++) {
            struct rule part = rule_of(deadlines, parts[k], i);
            check_within_handling(deadlines, &part);
        }
    }
}

void deadlines_finish(struct deadlines *deadlines)
{
    uint32_t before = deadlines->reader.problems->count;
    bool is_whole = true;
    check_circles(deadlines);
    for (int i = STAGE_NONE + 1; i < STAGE_COUNT; i++) {
        if (is_sound(deadlines, (enum stage)i)) {
            finish_stage(deadlines, (enum stage)i);
        } else {
            is_whole = false;
        }
    }
    if (is_whole && deadlines->reader.problems->count == before) {
        check_parts(deadlines);
    }
}
