/* SPDX-License-Identifier: Apache-2.0 */
#include "config/deadlines_internal.h"

#include "base/memory.h"
#include "config/deadlines.h"

/* A step as it stands in the file. */
struct step_row {
    uint32_t level;
    uint32_t supervised;
    const struct yaml_node *at;
    const struct yaml_node *tell;
};

struct ladder_row {
    struct bytes id;
    const struct yaml_node *steps;
};

static void keep_list(struct reader *reader, const struct yaml_node *node, const char *path,
                      void *member, void *user)
{
    (void)user;
    if (reader_expect(reader, node, path, YAML_LIST)) {
        *(const struct yaml_node **)member = node;
    }
}

/* "80%" */
static bool parse_percent(struct bytes text, struct ladder_time *ret_time)
{
    uint32_t percent = 0;
    if (text.len < 2 || text.len > 3 || text.p[text.len - 1] != '%') {
        return false;
    }
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.p[i] < '0' || text.p[i] > '9') {
            return false;
        }
        percent = percent * 10 + (uint32_t)(text.p[i] - '0');
    }
    *ret_time = (struct ladder_time){.moment = LADDER_AT_PERCENT, .percent = percent};
    return percent > 0 && text.p[0] != '0';
}

/* "-1wd" and "+1wd" */
static enum status parse_offset(struct bytes text, struct ladder_time *ret_time, struct err *err)
{
    struct ladder_time time = {.moment = text.p[0] == '-' ? LADDER_BEFORE_DUE : LADDER_AFTER_DUE};
    enum status st = duration_parse(bytes_of(text.p + 1, text.len - 1), &time.duration, err);
    if (st == STATUS_OK) {
        st = ladder_check_time(&time, err);
    }
    if (st == STATUS_OK) {
        *ret_time = time;
    }
    return st;
}

static enum status parse_time(struct bytes text, struct ladder_time *ret_time, struct err *err)
{
    if (bytes_equal(text, BYTES("due"))) {
        *ret_time = (struct ladder_time){.moment = LADDER_AT_DUE};
        return STATUS_OK;
    }
    if (parse_percent(text, ret_time)) {
        return STATUS_OK;
    }
    if (text.len > 1 && (text.p[0] == '-' || text.p[0] == '+')) {
        return parse_offset(text, ret_time, err);
    }
    return fail(err, STATUS_INVALID,
                "'%.*s' is not a time of a ladder: write 1%% to 99%% of the limit, -1wd before it "
                "is due, due, or +1wd after",
                BYTES_FMT(bytes_of(text.p, text.len < 40 ? text.len : 40)));
}

static void read_times(struct reader *reader, const struct yaml_node *list, const char *path,
                       struct ladder_step *step)
{
    struct err err;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct yaml_node *node = &list->items[i];
        if (i == LADDER_TIMES_MAX) {
            reader_problem(reader, node, path, "more than %u times", LADDER_TIMES_MAX);
            return;
        }
        if (!reader_expect(reader, node, path, YAML_SCALAR)) {
            continue;
        }
        if (parse_time(node->text, &step->times[step->time_count], &err) != STATUS_OK) {
            reader_problem(reader, node, path, "%s", err.text);
        } else {
            step->time_count++;
        }
    }
}

static void read_recipients(struct reader *reader, const struct yaml_node *list, const char *path,
                            struct ladder_step *step)
{
    struct err err;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct yaml_node *node = &list->items[i];
        enum recipient recipient;
        if (!reader_expect(reader, node, path, YAML_SCALAR)) {
            continue;
        }
        if (recipient_parse(node->text, &recipient, &err) != STATUS_OK) {
            reader_problem(reader, node, path, "%s", err.text);
        } else if ((step->recipients & RECIPIENT_BIT(recipient)) != 0) {
            reader_problem(reader, node, path, "%s is there twice", recipient_word(recipient));
        } else {
            step->recipients |= RECIPIENT_BIT(recipient);
        }
    }
}

static bool read_step(struct reader *reader, const struct yaml_node *node, const char *path,
                      struct ladder_step *ret_step)
{
    /* clang-format off */
    static const struct reader_row rows[] = {
        {.key = "level", .type = READ_U32, .is_required = true, .max = LADDER_LEVEL_MAX,
         .offset = offsetof(struct step_row, level), .help = "0 to 5, rising."},
        {.key = "at", .type = READ_CUSTOM, .is_required = true, .read = keep_list,
         .offset = offsetof(struct step_row, at),
         .help = "50%, -1wd, due or +1wd; of several warnings the earliest after the start."},
        {.key = "tell", .type = READ_CUSTOM, .is_required = true, .read = keep_list,
         .offset = offsetof(struct step_row, tell), .help = "Who is told."},
        {.key = "supervised", .type = READ_U32, .max = LADDER_SUPERVISED_MAX,
         .offset = offsetof(struct step_row, supervised),
         .help = "The level of supervision the issue is raised to."},
        {0},
    };
    /* clang-format on */
    uint32_t before = reader->problems->count;
    struct step_row row = {0};
    struct ladder_step step = {0};
    char path_of_list[READER_PATH_MAX];
    if (!reader_read_map(reader, node, path, rows, &row, NULL)) {
        return false;
    }
    step.level = row.level;
    step.supervised = row.supervised;
    reader_member_path(path_of_list, path, BYTES("at"));
    read_times(reader, row.at, path_of_list, &step);
    reader_member_path(path_of_list, path, BYTES("tell"));
    read_recipients(reader, row.tell, path_of_list, &step);
    *ret_step = step;
    return reader->problems->count == before;
}

/* A fault of steps that were read: at the member of the step that it is about. */
static void check_steps(struct reader *reader, const struct yaml_node *list, const char *path,
                        const struct ladder *ladder)
{
    char item[READER_PATH_MAX];
    char member[READER_PATH_MAX];
    uint32_t step = 0;
    struct err err;
    if (ladder->step_count == 0) {
        reader_problem(reader, list, path, "the ladder '%s' has no steps", ladder->name);
    } else if (ladder_check(ladder, &step, &err) != STATUS_OK) {
        const struct yaml_node *node = yaml_find(&list->items[step], err.field);
        reader_item_path(item, path, step);
        reader_member_path(member, item, bytes_of_string(err.field));
        reader_problem(reader, node != NULL ? node : &list->items[step], member, "%s", err.text);
    }
}

static void read_steps(struct reader *reader, const struct yaml_node *list, const char *path,
                       struct ladder *ladder)
{
    uint32_t before = reader->problems->count;
    if (list->count > LADDER_STEPS_MAX) {
        reader_problem(reader, list, path, "more than %u steps", LADDER_STEPS_MAX);
        return;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        char item[READER_PATH_MAX];
        reader_item_path(item, path, i);
        if (read_step(reader, &list->items[i], item, &ladder->steps[ladder->step_count])) {
            ladder->step_count++;
        }
    }
    if (reader->problems->count == before) {
        check_steps(reader, list, path, ladder);
    }
    if (reader->problems->count != before) {
        ladder->step_count = 0;
    }
}

static const struct ladder *find_ladder(const struct limits *limits, struct bytes name)
{
    for (uint32_t i = 0; i < limits->ladder_count; i++) {
        if (bytes_equal(name, bytes_of_string(limits->ladders[i].name))) {
            return &limits->ladders[i];
        }
    }
    return NULL;
}

static void read_ladder(struct deadlines *deadlines, const struct yaml_node *node, const char *path)
{
    struct reader *reader = &deadlines->reader;
    struct limits *limits = deadlines->limits;
    /* clang-format off */
    static const struct reader_row rows[] = {
        {.key = "id", .type = READ_WORD, .is_required = true,
         .offset = offsetof(struct ladder_row, id), .help = "What stages call it."},
        {.key = "steps", .type = READ_CUSTOM, .is_required = true, .read = keep_list,
         .offset = offsetof(struct ladder_row, steps), .help = "Its levels, rising."},
        {0},
    };
    /* clang-format on */
    struct ladder_row row = {0};
    char path_of_steps[READER_PATH_MAX];
    (void)reader_read_map(reader, node, path, rows, &row, NULL);
    if (row.id.len == 0) {
        return;
    }
    if (find_ladder(limits, row.id) != NULL) {
        reader_problem(reader, node, path, "the ladder '%.*s' is there twice", BYTES_FMT(row.id));
        return;
    }
    deadlines->ladders[limits->ladder_count] = (struct ladder_entry){yaml_find(node, "id"), false};
    struct ladder *ladder = &limits->ladders[limits->ladder_count++];
    memcpy(ladder->name, row.id.p, row.id.len);
    if (row.steps != NULL) {
        reader_member_path(path_of_steps, path, BYTES("steps"));
        read_steps(reader, row.steps, path_of_steps, ladder);
    }
}

void deadlines_read_ladders(struct deadlines *deadlines, const struct yaml_node *list,
                            const char *path)
{
    struct reader *reader = &deadlines->reader;
    struct limits *limits = deadlines->limits;
    if (!reader_expect(reader, list, path, YAML_LIST)) {
        return;
    }
    if (list->count > DEADLINES_LADDERS_MAX) {
        reader_problem(reader, list, path, "more than %u ladders", DEADLINES_LADDERS_MAX);
        return;
    }
    limits->ladders = memory_new(list->count + 1, sizeof *limits->ladders);
    for (uint32_t i = 0; i < list->count; i++) {
        char item[READER_PATH_MAX];
        reader_item_path(item, path, i);
        read_ladder(deadlines, &list->items[i], item);
    }
}

const struct ladder *deadlines_find_ladder(struct deadlines *deadlines,
                                           const struct yaml_node *node, const char *path)
{
    const char *names[DEADLINES_LADDERS_MAX + 1] = {NULL};
    const struct limits *limits = deadlines->limits;
    struct bytes name;
    if (!reader_read_word(&deadlines->reader, node, path, &name)) {
        return NULL;
    }
    const struct ladder *ladder = find_ladder(limits, name);
    if (ladder != NULL) {
        deadlines->ladders[ladder - limits->ladders].is_used = true;
        return ladder;
    }
    for (uint32_t i = 0; i < limits->ladder_count; i++) {
        names[i] = limits->ladders[i].name;
    }
    const char *nearest = reader_nearest(name, names);
    reader_problem(&deadlines->reader, node, path, "there is no ladder '%.*s'%s%s%s",
                   BYTES_FMT(name), nearest != NULL ? " (did you mean '" : "",
                   nearest != NULL ? nearest : "", nearest != NULL ? "'?)" : "");
    return NULL;
}

void deadlines_check_used(struct deadlines *deadlines)
{
    for (uint32_t i = 0; i < deadlines->limits->ladder_count; i++) {
        char item[READER_PATH_MAX];
        char path[READER_PATH_MAX];
        if (!deadlines->ladders[i].is_used) {
            reader_item_path(item, "ladders", i);
            reader_member_path(path, item, BYTES("id"));
            reader_problem(&deadlines->reader, deadlines->ladders[i].id, path,
                           "no stage uses the ladder '%s': name it where it belongs, or take it "
                           "out",
                           deadlines->limits->ladders[i].name);
        }
    }
}
