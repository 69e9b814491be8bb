/* SPDX-License-Identifier: Apache-2.0 */
#include "config/reader.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "config/yaml_hints.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define TEXT_DEFAULT_CHARS 200
#define WORD_LIST_BYTES 256
#define KEY_LIST_MAX 64

struct field {
    struct reader *reader;
    const struct yaml_node *node;
    const char *path;
    const struct reader_row *row;
    void *member;
    void *user;
};

void reader_problem(struct reader *reader, const struct yaml_node *node, const char *path,
                    const char *format, ...)
{
    char message[PROBLEM_MESSAGE_BYTES];
    va_list args;
    va_start(args, format);
    problems_format(message, format, args);
    va_end(args);
    problems_add(reader->problems, reader->file, node->line, node->column, path, "%s", message);
}

void reader_member_path(char *text, const char *path, struct bytes key)
{
    (void)snprintf(text, READER_PATH_MAX, "%s%s%.*s", path, path[0] != '\0' ? "." : "",
                   BYTES_FMT(key));
}

void reader_item_path(char *text, const char *path, uint32_t index)
{
    (void)snprintf(text, READER_PATH_MAX, "%s[%u]", path, index);
}

/* ---- did you mean ------------------------------------------------------------------------ */

#define WORD_COMPARE_MAX 48

static uint8_t fold(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c == '-' ? '_' : c;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* How many letters must be changed, added, removed or swapped with their neighbour to get from one
 * word to the other (optimal string alignment). Both have at most WORD_COMPARE_MAX bytes. */
static uint32_t word_distance(struct bytes a, struct bytes b)
{
    uint32_t rows[3][WORD_COMPARE_MAX + 1];
    uint32_t *before = rows[0];
    uint32_t *above = rows[1];
    uint32_t *row = rows[2];
    for (uint32_t j = 0; j <= b.len; j++) {
        before[j] = 0;
        above[j] = j;
    }
    for (uint32_t i = 1; i <= a.len; i++) {
        row[0] = i;
        for (uint32_t j = 1; j <= b.len; j++) {
            bool is_same = fold(a.p[i - 1]) == fold(b.p[j - 1]);
            bool is_swap = i > 1 && j > 1 && fold(a.p[i - 1]) == fold(b.p[j - 2]) &&
                           fold(a.p[i - 2]) == fold(b.p[j - 1]);
            row[j] = least(least(above[j] + 1, row[j - 1] + 1), above[j - 1] + !is_same);
            row[j] = is_swap ? least(row[j], before[j - 2] + 1) : row[j];
        }
        uint32_t *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[b.len];
}

const char *reader_nearest(struct bytes text, const char *const *words)
{
    const char *nearest = NULL;
    if (text.len == 0 || text.len > WORD_COMPARE_MAX) {
        return NULL;
    }
    /* A third of the letters may be wrong, and at least one. */
    uint32_t limit = text.len < 6 ? 1 : (uint32_t)text.len / 3;
    for (bool is_exact = false; *words != NULL && !is_exact; words++) {
        struct bytes word = bytes_of_string(*words);
        uint32_t distance = word.len <= WORD_COMPARE_MAX ? word_distance(text, word) : limit + 1;
        if (distance <= limit) {
            nearest = *words;
            is_exact = distance == 0;
            limit = is_exact ? 0 : distance - 1;
        }
    }
    return nearest;
}

/* ---- scalars ----------------------------------------------------------------------------- */

static bool is_nothing(const struct yaml_node *node)
{
    static const char *const nothing[] = {"", "~", "null", "Null", "NULL"};
    for (size_t i = 0; node->is_plain && i < sizeof nothing / sizeof nothing[0]; i++) {
        if (bytes_equal(node->text, bytes_of_string(nothing[i]))) {
            return true;
        }
    }
    return false;
}

bool reader_expect(struct reader *reader, const struct yaml_node *node, const char *path,
                   enum yaml_kind kind)
{
    static const char *const names[] = {
        [YAML_SCALAR] = "one value", [YAML_LIST] = "a list", [YAML_MAP] = "a map of keys"};
    if (node->kind == YAML_SCALAR && is_nothing(node)) {
        reader_problem(reader, node, path, "has no value: %s belongs here", names[kind]);
        return false;
    }
    struct bytes wide;
    const char *narrow;
    if (node->kind == YAML_SCALAR && kind != YAML_SCALAR &&
        yaml_find_wide_sign(node->text, &wide, &narrow)) {
        reader_problem(reader, node, path,
                       "%s belongs here, not one value: it has the full-width sign '%.*s', write "
                       "'%s'",
                       names[kind], BYTES_FMT(wide), narrow);
        return false;
    }
    if (node->kind != kind) {
        reader_problem(reader, node, path, "%s belongs here, not %s", names[kind],
                       names[node->kind]);
        return false;
    }
    return true;
}

static bool read_text_between(struct reader *reader, const struct yaml_node *node, const char *path,
                              int64_t min, int64_t max, struct bytes *ret_text)
{
    size_t chars = 0;
    if (!reader_expect(reader, node, path, YAML_SCALAR)) {
        return false;
    }
    (void)text_is_valid(node->text, &chars);
    if ((int64_t)chars < min) {
        reader_problem(reader, node, path, "has %zu characters, at least %" PRId64 " are needed",
                       chars, min);
        return false;
    }
    if ((int64_t)chars > max) {
        reader_problem(reader, node, path, "has %zu characters, at most %" PRId64 " are allowed",
                       chars, max);
        return false;
    }
    *ret_text = node->text;
    return true;
}

bool reader_read_text(struct reader *reader, const struct yaml_node *node, const char *path,
                      size_t max_chars, struct bytes *ret_text)
{
    return read_text_between(reader, node, path, 1, (int64_t)max_chars, ret_text);
}

bool reader_read_word(struct reader *reader, const struct yaml_node *node, const char *path,
                      struct bytes *ret_word)
{
    if (!reader_expect(reader, node, path, YAML_SCALAR)) {
        return false;
    }
    if (!word_is_valid(node->text)) {
        reader_problem(reader, node, path,
                       "'%.*s' is not an identifier: 1 to %d of a-z A-Z 0-9 . _ -",
                       BYTES_FMT(node->text), WORD_MAX_BYTES);
        return false;
    }
    *ret_word = node->text;
    return true;
}

/* Decimal, without sign but '-', without leading zeros, so that nobody can mean octal. */
static bool parse_whole(struct bytes text, int64_t *ret_value)
{
    bool negative = text.len > 0 && text.p[0] == '-';
    size_t at = negative ? 1 : 0;
    int64_t value = 0;
    if (text.len == at || text.len - at > 18 || (text.p[at] == '0' && text.len > 1)) {
        return false;
    }
    for (; at < text.len; at++) {
        if (text.p[at] < '0' || text.p[at] > '9') {
            return false;
        }
        value = value * 10 + (text.p[at] - '0');
    }
    *ret_value = negative ? -value : value;
    return true;
}

static bool read_whole(const struct field *field, int64_t min, int64_t max, int64_t *ret_value)
{
    const struct yaml_node *node = field->node;
    if (!reader_expect(field->reader, node, field->path, YAML_SCALAR)) {
        return false;
    }
    if (!node->is_plain || !parse_whole(node->text, ret_value)) {
        reader_problem(field->reader, node, field->path,
                       "a whole number belongs here, in plain decimal digits, not '%.*s'",
                       BYTES_FMT(node->text));
        return false;
    }
    if (*ret_value < min || *ret_value > max) {
        reader_problem(field->reader, node, field->path,
                       "%" PRId64 " is out of range: %" PRId64 " to %" PRId64 " are allowed",
                       *ret_value, min, max);
        return false;
    }
    return true;
}

/* ---- rows -------------------------------------------------------------------------------- */

static void read_text(const struct field *field)
{
    int64_t max = field->row->max != 0 ? field->row->max : TEXT_DEFAULT_CHARS;
    (void)read_text_between(field->reader, field->node, field->path, field->row->min, max,
                            field->member);
}

static void read_word(const struct field *field)
{
    (void)reader_read_word(field->reader, field->node, field->path, field->member);
}

static void read_u32(const struct field *field)
{
    int64_t max = field->row->max != 0 ? field->row->max : UINT32_MAX;
    int64_t value;
    if (read_whole(field, field->row->min, max, &value)) {
        *(uint32_t *)field->member = (uint32_t)value;
    }
}

static void read_i64(const struct field *field)
{
    const struct reader_row *row = field->row;
    bool is_open = row->min == 0 && row->max == 0;
    int64_t value;
    if (read_whole(field, is_open ? INT64_MIN : row->min,
                   row->max != 0 || row->min < 0 ? row->max : INT64_MAX, &value)) {
        *(int64_t *)field->member = value;
    }
}

static void read_bool(const struct field *field)
{
    const struct yaml_node *node = field->node;
    if (!reader_expect(field->reader, node, field->path, YAML_SCALAR)) {
        return;
    }
    bool is_true = bytes_equal(node->text, BYTES("true"));
    if (!node->is_plain || (!is_true && !bytes_equal(node->text, BYTES("false")))) {
        reader_problem(field->reader, node, field->path, "write true or false, not '%.*s'",
                       BYTES_FMT(node->text));
        return;
    }
    *(bool *)field->member = is_true;
}

/* " (did you mean 'x'?)" or nothing. */
static const char *suggestion(struct bytes text, const char *const *words, char *room, size_t size)
{
    const char *nearest = reader_nearest(text, words);
    if (nearest == NULL) {
        return "";
    }
    (void)snprintf(room, size, " (did you mean '%s'?)", nearest);
    return room;
}

static void read_enum(const struct field *field)
{
    const char *words[KEY_LIST_MAX + 1] = {NULL};
    char list[WORD_LIST_BYTES] = "";
    size_t len = 0;
    uint32_t count = 0;
    if (!reader_expect(field->reader, field->node, field->path, YAML_SCALAR)) {
        return;
    }
    for (const struct reader_word *word = field->row->words; word->word != NULL; word++) {
        if (bytes_equal(field->node->text, bytes_of_string(word->word))) {
            *(int *)field->member = word->value;
            return;
        }
        if (count < KEY_LIST_MAX && len < sizeof list) {
            words[count++] = word->word;
            int n = snprintf(list + len, sizeof list - len, " %s", word->word);
            len += (size_t)n;
        }
    }
    char near[64];
    reader_problem(field->reader, field->node, field->path, "'%.*s' is none of:%s%s",
                   BYTES_FMT(field->node->text), list,
                   suggestion(field->node->text, words, near, sizeof near));
}

static void read_custom(const struct field *field)
{
    field->row->read(field->reader, field->node, field->path, field->member, field->user);
}

static void (*const read_type[])(const struct field *field) = {
    [READ_TEXT] = read_text,     [READ_WORD] = read_word, [READ_U32] = read_u32,
    [READ_I64] = read_i64,       [READ_BOOL] = read_bool, [READ_ENUM] = read_enum,
    [READ_CUSTOM] = read_custom,
};

static const struct reader_row *find_row(const struct reader_row *rows, struct bytes key)
{
    for (; rows->key != NULL; rows++) {
        if (bytes_equal(key, bytes_of_string(rows->key))) {
            return rows;
        }
    }
    return NULL;
}

/* The first key that `text` is the first part of: "text" for "text_any". */
static const char *find_longer(struct bytes text, const char *const *words)
{
    while (*words != NULL && !(strncmp(*words, (const char *)text.p, text.len) == 0 &&
                               text.len > 0 && (*words)[text.len] == '_')) {
        words++;
    }
    return *words;
}

static void add_unknown_key(struct reader *reader, const struct yaml_node *key, const char *path,
                            const struct reader_row *rows)
{
    const char *words[KEY_LIST_MAX + 1] = {NULL};
    char member[READER_PATH_MAX];
    for (uint32_t i = 0; rows[i].key != NULL && i < KEY_LIST_MAX; i++) {
        words[i] = rows[i].key;
    }
    reader_member_path(member, path, key->text);
    const char *nearest = reader_nearest(key->text, words);
    nearest = nearest == NULL ? find_longer(key->text, words) : nearest;
    reader_problem(reader, key, member, "unknown key%s%s%s",
                   nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
                   nearest != NULL ? "'?)" : "");
}

static void add_missing_keys(struct reader *reader, const struct yaml_node *map, const char *path,
                             const struct reader_row *rows)
{
    for (; rows->key != NULL; rows++) {
        if (rows->is_required && yaml_find(map, rows->key) == NULL) {
            reader_problem(reader, map, path, "the key '%s' is missing", rows->key);
        }
    }
}

bool reader_read_map(struct reader *reader, const struct yaml_node *map, const char *path,
                     const struct reader_row *rows, void *target, void *user)
{
    uint32_t before = reader->problems->count;
    if (!reader_expect(reader, map, path, YAML_MAP)) {
        return false;
    }
    for (uint32_t i = 0; i < map->count; i++) {
        const struct reader_row *row = find_row(rows, map->keys[i].text);
        char member[READER_PATH_MAX];
        if (row == NULL) {
            add_unknown_key(reader, &map->keys[i], path, rows);
            continue;
        }
        reader_member_path(member, path, map->keys[i].text);
        struct field field = {.reader = reader,
                              .node = &map->items[i],
                              .path = member,
                              .row = row,
                              .member = (char *)target + row->offset,
                              .user = user};
        read_type[row->type](&field);
    }
    add_missing_keys(reader, map, path, rows);
    return reader->problems->count == before;
}

/* ---- lists ------------------------------------------------------------------------------- */

static bool is_among(const struct bytes *words, uint32_t count, struct bytes word)
{
    uint32_t i = 0;
    while (i < count && !bytes_equal(words[i], word)) {
        i++;
    }
    return i < count;
}

bool reader_read_words(struct reader *reader, const struct yaml_node *list, const char *path,
                       struct bytes *words, uint32_t max, uint32_t *ret_count)
{
    uint32_t before = reader->problems->count;
    uint32_t count = 0;
    if (!reader_expect(reader, list, path, YAML_LIST)) {
        return false;
    }
    if (list->count > max) {
        reader_problem(reader, list, path, "%u entries, at most %u are allowed", list->count, max);
        return false;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        char item[READER_PATH_MAX];
        reader_item_path(item, path, i);
        if (!reader_read_word(reader, &list->items[i], item, &words[count])) {
            continue;
        }
        if (is_among(words, count, words[count])) {
            reader_problem(reader, &list->items[i], item, "'%.*s' is there twice",
                           BYTES_FMT(words[count]));
        }
        count++;
    }
    *ret_count = count;
    return reader->problems->count == before;
}
