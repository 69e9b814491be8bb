/* SPDX-License-Identifier: Apache-2.0 */
#include "config/settings.h"

#include <inttypes.h>
#include <stdio.h>

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)
#define TIB (UINT64_C(1) << 40)

void settings_init(struct config *config)
{
    config->zone = (struct zone){8 * 3600};
    config->language = LANGUAGE_ZH;
    config->outbox_records_max = 1000000;
    config->request_retention_days = CONFIG_REQUEST_DAYS_MAX;
    config->disk_soft_bytes = 256 * MIB;
    config->disk_hard_bytes = 64 * MIB;
    config->map_bytes = 64 * MIB;
    config->commands_per_batch = 512;
}

/* ---- sizes ------------------------------------------------------------------------------- */

static const struct {
    const char *unit;
    uint64_t bytes;
} units[] = {{"KiB", 1024}, {"MiB", MIB}, {"GiB", GIB}, {"TiB", TIB}};

#define UNIT_COUNT (sizeof units / sizeof units[0])
#define SIZE_DIGITS_MAX 6

static bool parse_size(struct bytes text, uint64_t *ret_bytes)
{
    uint64_t value = 0;
    size_t digits = 0;
    while (digits < text.len && text.p[digits] >= '0' && text.p[digits] <= '9') {
        value = value * 10 + (uint64_t)(text.p[digits++] - '0');
        if (digits > SIZE_DIGITS_MAX) {
            return false;
        }
    }
    struct bytes unit = bytes_of(text.p + digits, text.len - digits);
    for (size_t i = 0; digits > 0 && text.p[0] != '0' && i < UNIT_COUNT; i++) {
        if (bytes_equal(unit, bytes_of_string(units[i].unit))) {
            *ret_bytes = value * units[i].bytes;
            return true;
        }
    }
    return false;
}

static void format_size(uint64_t bytes, char *text)
{
    size_t unit = UNIT_COUNT - 1;
    while (unit > 0 && bytes % units[unit].bytes != 0) {
        unit--;
    }
    (void)snprintf(text, SETTINGS_TEXT_BYTES, "%" PRIu64 "%s", bytes / units[unit].bytes,
                   units[unit].unit);
}

/* `range` is the least and the most. */
static void read_size(struct reader *reader, const struct yaml_node *node, const char *path,
                      uint64_t *member, const uint64_t range[2])
{
    uint64_t bytes;
    if (!reader_expect(reader, node, path, YAML_SCALAR)) {
        return;
    }
    if (!parse_size(node->text, &bytes)) {
        reader_problem(reader, node, path, "a size such as 512MiB belongs here, not '%.*s'",
                       BYTES_FMT(node->text));
        return;
    }
    if (bytes < range[0] || bytes > range[1]) {
        char least[SETTINGS_TEXT_BYTES];
        char most[SETTINGS_TEXT_BYTES];
        format_size(range[0], least);
        format_size(range[1], most);
        reader_problem(reader, node, path, "%.*s is out of range: %s to %s are allowed",
                       BYTES_FMT(node->text), least, most);
        return;
    }
    *member = bytes;
}

static void read_disk(struct reader *reader, const struct yaml_node *node, const char *path,
                      void *member, void *user)
{
    static const uint64_t range[2] = {MIB, TIB};
    (void)user;
    read_size(reader, node, path, member, range);
}

static void read_map_size(struct reader *reader, const struct yaml_node *node, const char *path,
                          void *member, void *user)
{
    static const uint64_t range[2] = {MIB, 64 * GIB};
    (void)user;
    read_size(reader, node, path, member, range);
}

/* ---- limits ------------------------------------------------------------------------------ */

/* clang-format off */
static const struct reader_row limit_rows[] = {
    {.key = "outbox_records_max", .type = READ_U32, .min = 1000, .max = 100000000,
     .offset = offsetof(struct config, outbox_records_max),
     .help = "How far a follower may lag, in records, before new reports are answered busy."},
    {.key = "request_retention_days", .type = READ_U32, .min = 1,
     .max = CONFIG_REQUEST_DAYS_MAX, .offset = offsetof(struct config, request_retention_days),
     .help = "How old a request id may be, in days; an older one is refused unseen."},
    {.key = "disk_soft", .type = READ_CUSTOM, .read = read_disk,
     .offset = offsetof(struct config, disk_soft_bytes),
     .help = "Free space below which new reports are answered busy."},
    {.key = "disk_hard", .type = READ_CUSTOM, .read = read_disk,
     .offset = offsetof(struct config, disk_hard_bytes),
     .help = "Free space below which nothing is applied any more."},
    {.key = "map", .type = READ_CUSTOM, .read = read_map_size,
     .offset = offsetof(struct config, map_bytes),
     .help = "The first size of each daemon's store, which grows by itself."},
    {.key = "commands_per_batch", .type = READ_U32, .min = 1, .max = 512,
     .offset = offsetof(struct config, commands_per_batch),
     .help = "How many commands share one commit at most."},
    {0},
};
/* clang-format on */

static void read_limits(struct reader *reader, const struct yaml_node *map, const char *path,
                        void *member, void *user)
{
    struct config *config = user;
    (void)member;
    if (reader_read_map(reader, map, path, limit_rows, config, config) &&
        config->disk_hard_bytes > config->disk_soft_bytes) {
        reader_problem(reader, map, path, "disk_hard is above disk_soft");
    }
}

bool settings_get_limit(const struct config *config, uint32_t index, const char **ret_key,
                        char *text)
{
    if (index >= sizeof limit_rows / sizeof limit_rows[0] - 1) {
        return false;
    }
    const struct reader_row *row = &limit_rows[index];
    const char *member = (const char *)config + row->offset;
    *ret_key = row->key;
    if (row->type == READ_U32) {
        uint32_t value;
        memcpy(&value, member, sizeof value);
        (void)snprintf(text, SETTINGS_TEXT_BYTES, "%u", value);
    } else {
        uint64_t bytes;
        memcpy(&bytes, member, sizeof bytes);
        format_size(bytes, text);
    }
    return true;
}

/* ---- daemons ----------------------------------------------------------------------------- */

/* The kinds of which there is one, and that of which there are any number. */
static const struct reader_word kinds[] = {{"intake", 0},  {"router", 1},     {"notifier", 2},
                                           {"auditor", 3}, {"department", 4}, {NULL, 0}};
#define SINGLE_KINDS 4
#define DEPARTMENT_KIND 4

struct daemon_draft {
    struct config_daemon daemon;
    int kind;
};

static void read_daemon_departments(struct reader *reader, const struct yaml_node *list,
                                    const char *path, void *member, void *user)
{
    struct config_daemon *daemon = user;
    if (reader_read_words(reader, list, path, member, CONFIG_DAEMON_DEPARTMENTS_MAX,
                          &daemon->department_count) &&
        daemon->department_count == 0) {
        reader_problem(reader, list, path, "at least one department belongs here");
    }
}

/* clang-format off */
static const struct reader_row daemon_rows[] = {
    {.key = "name", .type = READ_WORD, .is_required = true,
     .offset = offsetof(struct daemon_draft, daemon.name),
     .help = "The daemon's name, of which its folder and its sockets have theirs."},
    {.key = "kind", .type = READ_ENUM, .is_required = true, .words = kinds,
     .offset = offsetof(struct daemon_draft, kind), .help = "Which program it is."},
    {.key = "departments", .type = READ_CUSTOM, .read = read_daemon_departments,
     .offset = offsetof(struct daemon_draft, daemon.departments),
     .help = "The departments a daemon of kind department serves."},
    {0},
};
/* clang-format on */

static void check_daemon(struct reader *reader, const struct yaml_node *node, const char *path,
                         const struct daemon_draft *draft)
{
    const struct config_daemon *daemon = &draft->daemon;
    const char *kind = kinds[draft->kind].word;
    const struct yaml_node *departments = yaml_find(node, "departments");
    if (draft->kind != DEPARTMENT_KIND) {
        if (!bytes_equal(daemon->name, bytes_of_string(kind))) {
            reader_problem(reader, yaml_find(node, "name"), path,
                           "the daemon of kind %s is named '%s'", kind, kind);
        }
        if (departments != NULL) {
            reader_problem(reader, departments, path,
                           "only daemons of kind department have departments");
        }
        return;
    }
    struct bytes prefix = BYTES("department-");
    if (!bytes_start_with(daemon->name, prefix) || daemon->name.len == prefix.len) {
        reader_problem(reader, yaml_find(node, "name"), path,
                       "a daemon of kind department is named 'department-' and a word");
    }
    if (departments == NULL) {
        reader_problem(reader, node, path, "the key 'departments' is missing");
    }
}

static void put_daemon(struct reader *reader, const struct yaml_node *node, const char *path,
                       struct config *config)
{
    struct daemon_draft draft = {.kind = 0};
    bool is_good = reader_read_map(reader, node, path, daemon_rows, &draft, &draft.daemon);
    if (draft.daemon.name.len != 0 && config_find_daemon(config, draft.daemon.name) != NULL) {
        reader_problem(reader, yaml_find(node, "name"), path, "the name '%.*s' is already there",
                       BYTES_FMT(draft.daemon.name));
    }
    if (is_good) {
        draft.daemon.kind = bytes_of_string(kinds[draft.kind].word);
        check_daemon(reader, node, path, &draft);
        config->daemons[config->daemon_count++] = draft.daemon;
    }
}

static void check_kinds(struct reader *reader, const struct yaml_node *list, const char *path)
{
    for (uint32_t k = 0; k < SINGLE_KINDS; k++) {
        bool is_there = false;
        for (uint32_t i = 0; i < list->count; i++) {
            const struct yaml_node *kind = yaml_find(&list->items[i], "kind");
            is_there = is_there ||
                       (kind != NULL && bytes_equal(kind->text, bytes_of_string(kinds[k].word)));
        }
        if (!is_there) {
            reader_problem(reader, list, path, "there is no daemon of kind %s", kinds[k].word);
        }
    }
}

static void read_daemons(struct reader *reader, const struct yaml_node *list, const char *path,
                         void *member, void *user)
{
    struct config *config = user;
    (void)member;
    if (!reader_expect(reader, list, path, YAML_LIST)) {
        return;
    }
    if (list->count > CONFIG_DAEMONS_MAX) {
        reader_problem(reader, list, path, "%u daemons, at most %d are allowed", list->count,
                       CONFIG_DAEMONS_MAX);
        return;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        char item[READER_PATH_MAX];
        reader_item_path(item, path, i);
        put_daemon(reader, &list->items[i], item, config);
    }
    check_kinds(reader, list, path);
}

/* ---- the file ---------------------------------------------------------------------------- */

static void read_zone(struct reader *reader, const struct yaml_node *node, const char *path,
                      void *member, void *user)
{
    struct err err;
    (void)user;
    if (reader_expect(reader, node, path, YAML_SCALAR) &&
        zone_parse(node->text, member, &err) != STATUS_OK) {
        reader_problem(reader, node, path, "%s", err.text);
    }
}

/* clang-format off */
static const struct reader_word languages[] = {
#define X(name, word) {#word, LANGUAGE_##name},
    LANGUAGE_LIST(X)
#undef X
    {NULL, 0},
};

/* What READ_ENUM writes is an int. */
_Static_assert(sizeof(enum language) == sizeof(int), "an enum is read as an int");

static const struct reader_row rows[] = {
    {.key = "language", .type = READ_ENUM, .words = languages,
     .offset = offsetof(struct config, language), .help = "The language of notices."},
    {.key = "zone", .type = READ_CUSTOM, .read = read_zone, .offset = offsetof(struct config, zone),
     .help = "The office's time: Asia/Shanghai, UTC or an offset such as +08:00."},
    {.key = "daemons", .type = READ_CUSTOM, .is_required = true, .read = read_daemons,
     .help = "The daemons of the instance."},
    {.key = "limits", .type = READ_CUSTOM, .read = read_limits,
     .help = "Bounds, each with a default."},
    {0},
};
/* clang-format on */

bool settings_read(const struct yaml_document *document, struct config *config,
                   struct problems *problems)
{
    struct reader reader = {.file = document->file, .problems = problems};
    return reader_read_map(&reader, &document->root, "", rows, config, config);
}

/* ---- departments ------------------------------------------------------------------------- */

/* How many of `list` are the department, `before` having been found elsewhere; adds a problem at
 * each one but the first. */
static uint32_t count_in_list(struct reader *reader, const struct yaml_node *list,
                              struct bytes department, uint32_t before)
{
    uint32_t count = 0;
    for (uint32_t i = 0; list != NULL && i < list->count; i++) {
        bool is_it = bytes_equal(list->items[i].text, department);
        count += is_it;
        if (is_it && before + count > 1) {
            reader_problem(reader, &list->items[i], "daemons",
                           "the department '%.*s' is served by another daemon already",
                           BYTES_FMT(department));
        }
    }
    return count;
}

static uint32_t count_servers(struct reader *reader, const struct yaml_node *daemons,
                              struct bytes department)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < daemons->count; i++) {
        count +=
            count_in_list(reader, yaml_find(&daemons->items[i], "departments"), department, count);
    }
    return count;
}

static void check_served(struct reader *reader, const struct yaml_node *list,
                         const struct office *office)
{
    for (uint32_t k = 0; list != NULL && k < list->count; k++) {
        const struct yaml_node *node = &list->items[k];
        if (node->kind == YAML_SCALAR && office_find_department(office, node->text) == NULL) {
            reader_problem(reader, node, "daemons", "no department '%.*s' in org.yaml",
                           BYTES_FMT(node->text));
        }
    }
}

void settings_check_departments(const struct yaml_document *document, const struct config *config,
                                struct problems *problems)
{
    struct reader reader = {.file = document->file, .problems = problems};
    const struct yaml_node *daemons = yaml_find(&document->root, "daemons");
    if (daemons == NULL || daemons->kind != YAML_LIST) {
        return;
    }
    for (uint32_t i = 0; i < daemons->count; i++) {
        check_served(&reader, yaml_find(&daemons->items[i], "departments"), &config->office);
    }
    for (uint32_t i = 0; i < config->office.department_count; i++) {
        struct bytes department = config->office.departments[i].id;
        if (count_servers(&reader, daemons, department) == 0) {
            reader_problem(&reader, daemons, "daemons", "no daemon serves the department '%.*s'",
                           BYTES_FMT(department));
        }
    }
}
