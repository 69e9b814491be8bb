/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads YAML maps into plain structs by a table, one row a key, so that every file is checked the
 * same way and `config show` can print what is in force. All problems are collected: an unknown key
 * (with "did you mean"), a missing one, a wrong type, a number out of range, a word not in the
 * list.
 *
 * Ownership: texts stored into the struct borrow from the document, which must outlive it.
 */
#pragma once

#include "config/yaml.h"

#include <stddef.h>
#include <stdint.h>

struct reader {
    const char *file; /* as shown */
    struct problems *problems;
};

enum reader_type {
    READ_TEXT,   /* struct bytes; min/max are lengths in characters, max 0 is 200 */
    READ_WORD,   /* struct bytes; a plain identifier as in base/number.h */
    READ_U32,    /* uint32_t; min/max are values, max 0 is no bound but the type's */
    READ_I64,    /* int64_t; min/max as for READ_U32 */
    READ_BOOL,   /* bool; only true and false */
    READ_ENUM,   /* int; one of `words` */
    READ_CUSTOM, /* whatever `read` does: it gets the node and the address of the member */
};

struct reader_word {
    const char *word;
    int value;
};

struct reader_row {
    const char *key;
    enum reader_type type;
    bool is_required;
    size_t offset;
    int64_t min;
    int64_t max;
    const struct reader_word *words; /* READ_ENUM: ends with a NULL word */
    /* READ_CUSTOM: reads `node` into `member`, adding problems itself. `path` is the node's. */
    void (*read)(struct reader *reader, const struct yaml_node *node, const char *path,
                 void *member, void *user);
    const char *help; /* one sentence, for the documents */
};

#define READER_PATH_MAX 256

/* Fills `target` from `map` by `rows` (ended by a row with key NULL). Members of keys that are
 * absent keep the value they have: set defaults before. False when problems were added. */
bool reader_read_map(struct reader *reader, const struct yaml_node *map, const char *path,
                     const struct reader_row *rows, void *target, void *user);

/* Whether `node` is of that kind and, if a scalar, has a value; adds a problem when it is not. */
bool reader_expect(struct reader *reader, const struct yaml_node *node, const char *path,
                   enum yaml_kind kind);

/* One scalar, as the row types of the same name. False when a problem was added. */
bool reader_read_text(struct reader *reader, const struct yaml_node *node, const char *path,
                      size_t max_chars, struct bytes *ret_text);
bool reader_read_word(struct reader *reader, const struct yaml_node *node, const char *path,
                      struct bytes *ret_word);

/* A list of words into `words`, which has room for `max`; a word that is there twice is a problem.
 * One scalar is not taken for a list. */
bool reader_read_words(struct reader *reader, const struct yaml_node *list, const char *path,
                       struct bytes *words, uint32_t max, uint32_t *ret_count);

/* The path of a member and of an item, as problems show them. `text` has READER_PATH_MAX bytes. */
void reader_member_path(char *text, const char *path, struct bytes key);
void reader_item_path(char *text, const char *path, uint32_t index);

/* Adds a problem at `node`. */
void reader_problem(struct reader *reader, const struct yaml_node *node, const char *path,
                    const char *format, ...) PRINTF_LIKE(4, 5);

/* The nearest of `words` (NULL-ended) to `text` when it is near enough to be a slip, else NULL. */
const char *reader_nearest(struct bytes text, const char *const *words);
