/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the reader of deadlines.yaml share. */
#pragma once

#include "config/deadlines.h"
#include "config/reader.h"
#include "domain/limits.h"

/* One set of limits as it stands in the file. */
struct limits_entry {
    struct limit_row row;                         /* its durations; ladders come later */
    const struct yaml_node *nodes[URGENCY_COUNT]; /* of the durations */
    bool has_ladder;                              /* says something about ladders */
    const struct ladder *ladders[URGENCY_COUNT];  /* NULL: not said here */
    const struct yaml_node *node;                 /* of the whole */
};

struct stage_entry {
    struct limits_entry base;
    enum stage like; /* STAGE_NONE: on its own */
    const struct yaml_node *like_node;
    bool is_broken; /* it had problems of its own: what depends on it isn't looked at */
    struct limits_entry *overrides;
    uint32_t override_count;
};

/* A ladder in the file. */
struct ladder_entry {
    const struct yaml_node *id;
    bool is_used;
};

struct deadlines {
    struct reader reader;
    const struct office *office;
    struct limits *limits;
    struct ladder_entry ladders[DEADLINES_LADDERS_MAX];
    struct stage_entry stages[STAGE_COUNT];
};

/* Reads the list of ladders into deadlines->limits; one with problems is kept without steps. */
void deadlines_read_ladders(struct deadlines *deadlines, const struct yaml_node *list,
                            const char *path);

/* Adds a problem for each ladder that nobody uses, once everything is read. */
void deadlines_check_used(struct deadlines *deadlines);

/* Fills deadlines->limits from the stages as they were read. */
void deadlines_finish(struct deadlines *deadlines);

/* The ladder of that name, or NULL with a problem added. */
const struct ladder *deadlines_find_ladder(struct deadlines *deadlines,
                                           const struct yaml_node *node, const char *path);
