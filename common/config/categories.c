/* SPDX-License-Identifier: Apache-2.0 */
#include "config/categories.h"

#include "base/memory.h"
#include "config/reader.h"

#include <stdlib.h>

#define NAME_CHARS 40
#define LEVELS 3

struct entry {
    struct category category;
    const struct yaml_node *node;
    bool is_sound; /* its code is its own and its path leads to the top */
};

/* The catalogue while it is being read. */
struct catalogue {
    struct reader reader;
    struct entry *entries;
    uint32_t count;
};

/* One node of the file with the list below it, which is read afterwards. */
struct branch {
    struct category category;
    const struct yaml_node *children;
};

static void keep_children(struct reader *reader, const struct yaml_node *list, const char *path,
                          void *member, void *user)
{
    (void)user;
    if (reader_expect(reader, list, path, YAML_LIST)) {
        *(const struct yaml_node **)member = list;
    }
}

/* clang-format off */
static const struct reader_row branch_rows[] = {
    {.key = "code", .type = READ_WORD, .is_required = true,
     .offset = offsetof(struct branch, category.code),
     .help = "What rules, commands and records hold."},
    {.key = "name", .type = READ_TEXT, .is_required = true, .min = 1, .max = NAME_CHARS,
     .offset = offsetof(struct branch, category.name), .help = "What people read."},
    {.key = "children", .type = READ_CUSTOM, .read = keep_children,
     .offset = offsetof(struct branch, children), .help = "The level below; at most three levels."},
    {0},
};
/* clang-format on */

/* A list on its way from its first to its last item; lists are walked with a stack of three. */
struct walk {
    const struct yaml_node *list;
    uint32_t next;
    struct bytes parent;
    char path[READER_PATH_MAX];
};

/* Reads the next item of `walk`; the list below it, if any, goes into `below`. */
static bool read_branch(struct catalogue *catalogue, struct walk *walk, uint32_t level,
                        struct walk *below)
{
    const struct yaml_node *node = &walk->list->items[walk->next];
    struct branch branch = {.category = {.parent = walk->parent, .level = level}};
    char item[READER_PATH_MAX];
    reader_item_path(item, walk->path, walk->next++);
    (void)reader_read_map(&catalogue->reader, node, item, branch_rows, &branch, catalogue);
    if (catalogue->count == CATEGORIES_MAX) {
        reader_problem(&catalogue->reader, node, item, "more than %u categories", CATEGORIES_MAX);
        return false;
    }
    if (branch.category.code.len != 0) {
        catalogue->entries[catalogue->count++] =
            (struct entry){.category = branch.category, .node = node};
    }
    if (branch.children != NULL && level == LEVELS) {
        reader_problem(&catalogue->reader, branch.children, item,
                       "a fourth level: the catalogue has three");
    } else if (branch.children != NULL) {
        *below = (struct walk){.list = branch.children, .parent = branch.category.code};
        reader_member_path(below->path, item, BYTES("children"));
    }
    return true;
}

static void read_levels(struct catalogue *catalogue, const struct yaml_node *list)
{
    struct walk stack[LEVELS] = {{.list = list, .path = "categories"}};
    uint32_t depth = 1;
    while (depth > 0) {
        struct walk *walk = &stack[depth - 1];
        struct walk below = {0};
        if (walk->next == walk->list->count) {
            depth--;
            continue;
        }
        if (!read_branch(catalogue, walk, depth, &below)) {
            return;
        }
        if (below.list != NULL) {
            stack[depth++] = below;
        }
    }
}

static int compare_codes(const void *a, const void *b)
{
    const struct entry *left = a;
    const struct entry *right = b;
    return bytes_compare(left->category.code, right->category.code);
}

/* By code, and by place among the same. */
static int compare_entries(const void *a, const void *b)
{
    const struct yaml_node *left = ((const struct entry *)a)->node;
    const struct yaml_node *right = ((const struct entry *)b)->node;
    int order = compare_codes(a, b);
    order = order != 0 ? order : (left->line > right->line) - (left->line < right->line);
    return order != 0 ? order : (left->column > right->column) - (left->column < right->column);
}

/* Tells which codes are there twice and keeps the first of each. */
static void drop_duplicates(struct catalogue *catalogue)
{
    struct entry *entries = catalogue->entries;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < catalogue->count; i++) {
        struct bytes code = entries[i].category.code;
        if (kept > 0 && bytes_equal(code, entries[kept - 1].category.code)) {
            reader_problem(&catalogue->reader, yaml_find(entries[i].node, "code"), "",
                           "the code '%.*s' is already there, at line %u", BYTES_FMT(code),
                           entries[kept - 1].node->line);
        } else {
            entries[kept++] = entries[i];
        }
    }
    catalogue->count = kept;
}

static bool has_sound_parent(const struct catalogue *catalogue, const struct category *category)
{
    if (category->level == 1) {
        return true;
    }
    struct entry wanted = {.category.code = category->parent};
    const struct entry *parent =
        bsearch(&wanted, catalogue->entries, catalogue->count, sizeof wanted, compare_codes);
    return parent != NULL && parent->is_sound && parent->category.level == category->level - 1;
}

/* Leaves out what has no path to the top, so that other files can be checked against the rest of a
 * catalogue with mistakes in it. */
static void mark_sound(struct catalogue *catalogue)
{
    for (uint32_t level = 1; level <= LEVELS; level++) {
        for (uint32_t i = 0; i < catalogue->count; i++) {
            struct entry *entry = &catalogue->entries[i];
            entry->is_sound = entry->is_sound || (entry->category.level == level &&
                                                  has_sound_parent(catalogue, &entry->category));
        }
    }
}

static void read_categories(struct reader *reader, const struct yaml_node *list, const char *path,
                            void *member, void *user)
{
    (void)member;
    if (!reader_expect(reader, list, path, YAML_LIST)) {
        return;
    }
    if (list->count == 0) {
        reader_problem(reader, list, path, "there is no category");
        return;
    }
    read_levels(user, list);
}

bool categories_read(const struct yaml_document *document, struct arena *arena,
                     struct office *office, struct problems *problems)
{
    static const struct reader_row rows[] = {
        {.key = "categories",
         .type = READ_CUSTOM,
         .is_required = true,
         .read = read_categories,
         .help = "The catalogue, three levels deep."},
        {0},
    };
    uint32_t before = problems->count;
    struct catalogue catalogue = {.reader = {.file = document->file, .problems = problems},
                                  .entries = memory_new(CATEGORIES_MAX, sizeof *catalogue.entries)};
    (void)reader_read_map(&catalogue.reader, &document->root, "", rows, office, &catalogue);
    qsort(catalogue.entries, catalogue.count, sizeof *catalogue.entries, compare_entries);
    drop_duplicates(&catalogue);
    mark_sound(&catalogue);
    struct category *categories = arena_new(arena, catalogue.count, sizeof *categories);
    for (uint32_t i = 0; i < catalogue.count; i++) {
        if (catalogue.entries[i].is_sound) {
            categories[office->category_count++] = catalogue.entries[i].category;
        }
    }
    free(catalogue.entries);
    office->categories = categories;
    return problems->count == before;
}
