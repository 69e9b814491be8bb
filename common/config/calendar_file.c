/* SPDX-License-Identifier: Apache-2.0 */
#include "config/calendar_file.h"

#include "config/calendar_parse.h"
#include "config/reader.h"
#include "domain/calendar_builder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define PATH_BYTES 4096
#define WEEKDAYS 7

/* One file while it is being read. */
struct source {
    struct reader reader;
    struct calendar_builder *builder;
    enum calendar_layer layer;
    int32_t year; /* 0: days of any year */
};

/* What the files of days say; lists are read once everything else is known. */
struct day_lists {
    uint32_t year;
    struct bytes source;
    const struct yaml_node *off;
    const struct yaml_node *work;
};

static void keep_node(struct reader *reader, const struct yaml_node *node, const char *path,
                      void *member, void *user)
{
    (void)user;
    if (reader_expect(reader, node, path, YAML_LIST)) {
        *(const struct yaml_node **)member = node;
    }
}

/* ---- days off and make-up days ------------------------------------------------------------- */

struct day_range {
    struct bytes name;
    int64_t first;
    int64_t last;
    const struct yaml_node *node; /* NULL: the range was not good */
};

static void read_days(struct reader *reader, const struct yaml_node *node, const char *path,
                      void *member, void *user)
{
    struct day_range *range = member;
    struct err err;
    (void)user;
    if (!reader_expect(reader, node, path, YAML_SCALAR)) {
        return;
    }
    if (calendar_parse_days(node->text, &range->first, &range->last, &err) != STATUS_OK) {
        reader_problem(reader, node, path, "%s", err.text);
        return;
    }
    range->node = node;
}

static void put_days(struct source *source, const struct day_range *range, bool is_working,
                     const char *path)
{
    struct err err;
    for (int64_t day = range->first; day <= range->last; day++) {
        int32_t year, month, in_month;
        date_from_days(day, &year, &month, &in_month);
        if (source->year != 0 && year != source->year) {
            reader_problem(&source->reader, range->node, path,
                           "%04d-%02d-%02d is not a day of %d, the year of this file", year, month,
                           in_month, source->year);
            return;
        }
        if (calendar_builder_put_day(source->builder, source->layer, day, is_working, range->name,
                                     &err) != STATUS_OK) {
            reader_problem(&source->reader, range->node, path, "%s", err.text);
            return;
        }
    }
}

static void read_off(struct source *source, const struct yaml_node *list)
{
    /* clang-format off */
    static const struct reader_row rows[] = {
        {.key = "name", .type = READ_TEXT, .is_required = true, .min = 1, .max = 20,
         .offset = offsetof(struct day_range, name), .help = "What people call the holiday."},
        {.key = "days", .type = READ_CUSTOM, .is_required = true, .read = read_days,
         .help = "2026-10-01, or 2026-10-01..2026-10-07 with both ends included."},
        {0},
    };
    /* clang-format on */
    for (uint32_t i = 0; list != NULL && i < list->count; i++) {
        char path[READER_PATH_MAX];
        struct day_range range = {0};
        reader_item_path(path, "off", i);
        (void)reader_read_map(&source->reader, &list->items[i], path, rows, &range, source);
        if (range.node != NULL) {
            put_days(source, &range, false, path);
        }
    }
}

static void read_work(struct source *source, const struct yaml_node *list)
{
    for (uint32_t i = 0; list != NULL && i < list->count; i++) {
        char path[READER_PATH_MAX];
        struct day_range range = {0};
        reader_item_path(path, "work", i);
        read_days(&source->reader, &list->items[i], path, &range, source);
        if (range.node != NULL) {
            put_days(source, &range, true, path);
        }
    }
}

/* clang-format off */
#define DAY_ROWS \
    {.key = "source", .type = READ_TEXT, .is_required = true, .min = 1, .max = 200, \
     .offset = offsetof(struct day_lists, source), .help = "Where these days are published."}, \
    {.key = "off", .type = READ_CUSTOM, .read = keep_node, \
     .offset = offsetof(struct day_lists, off), .help = "Days off, each with a name."}, \
    {.key = "work", .type = READ_CUSTOM, .read = keep_node, \
     .offset = offsetof(struct day_lists, work), .help = "Days that are worked all the same."}

static const struct reader_row year_rows[] = {
    {.key = "year", .type = READ_U32, .is_required = true,
     .min = CALENDAR_FIRST_YEAR, .max = CALENDAR_LAST_YEAR,
     .offset = offsetof(struct day_lists, year), .help = "The year, as in the file's name."},
    DAY_ROWS,
    {0},
};

static const struct reader_row local_rows[] = {DAY_ROWS, {0}};
/* clang-format on */

static void read_year(struct source *source, const struct yaml_node *root)
{
    struct day_lists lists = {0};
    struct err err;
    if (!reader_read_map(&source->reader, root, "", year_rows, &lists, source) && lists.year == 0) {
        return;
    }
    if ((int32_t)lists.year != source->year) {
        reader_problem(&source->reader, yaml_find(root, "year"), "year",
                       "the file is named after %d and says it is %u", source->year, lists.year);
        return;
    }
    if (lists.off == NULL || lists.off->count == 0) {
        /* Else the unannounced year would count as known, without holidays. */
        reader_problem(&source->reader, lists.off != NULL ? lists.off : root, "off",
                       "a year needs its days off: leave the file out until they are published");
    }
    if (calendar_builder_put_year(source->builder, source->year, &err) != STATUS_OK) {
        reader_problem(&source->reader, yaml_find(root, "year"), "year", "%s", err.text);
    }
    read_off(source, lists.off);
    read_work(source, lists.work);
}

static void read_local(struct source *source, const struct yaml_node *root)
{
    struct day_lists lists = {0};
    (void)reader_read_map(&source->reader, root, "", local_rows, &lists, source);
    read_off(source, lists.off);
    read_work(source, lists.work);
}

/* ---- working hours ------------------------------------------------------------------------- */

struct month_day {
    int32_t month;
    int32_t day;
};

struct season_row {
    struct bytes name;
    struct month_day from;
    struct month_day to;
    const struct yaml_node *week;
};

struct week_row {
    const struct yaml_node *days;
    const struct yaml_node *hours;
};

static void read_month_day(struct reader *reader, const struct yaml_node *node, const char *path,
                           void *member, void *user)
{
    struct month_day *read = member;
    struct err err;
    (void)user;
    if (reader_expect(reader, node, path, YAML_SCALAR) &&
        calendar_parse_month_day(node->text, &read->month, &read->day, &err) != STATUS_OK) {
        reader_problem(reader, node, path, "%s", err.text);
    }
}

static bool read_hours(struct reader *reader, const struct yaml_node *list, const char *path,
                       struct calendar_hours *ret_hours)
{
    struct calendar_hours hours = {0};
    struct err err;
    if (list->count == 0 || list->count > CALENDAR_SPANS_MAX) {
        reader_problem(reader, list, path,
                       "a day has 1 to %d spans of working hours: leave the "
                       "weekday out when it is off",
                       CALENDAR_SPANS_MAX);
        return false;
    }
    for (; hours.count < list->count; hours.count++) {
        const struct yaml_node *node = &list->items[hours.count];
        int32_t *open = &hours.spans[hours.count].open_minute;
        int32_t *close = &hours.spans[hours.count].close_minute;
        if (!reader_expect(reader, node, path, YAML_SCALAR)) {
            return false;
        }
        if (calendar_parse_span(node->text, open, close, &err) != STATUS_OK) {
            reader_problem(reader, node, path, "%s", err.text);
            return false;
        }
    }
    uint32_t span = 0;
    if (calendar_check_hours(&hours, &span, &err) != STATUS_OK) {
        reader_problem(reader, &list->items[span], path, "%s", err.text);
        return false;
    }
    *ret_hours = hours;
    return true;
}

static void put_weekdays(struct reader *reader, const struct yaml_node *days, const char *path,
                         const struct calendar_hours *hours, struct calendar_season *season)
{
    static const char *const names[WEEKDAYS + 1] = {"mon", "tue", "wed", "thu",
                                                    "fri", "sat", "sun"};
    for (uint32_t i = 0; i < days->count; i++) {
        int weekday = 0;
        const struct yaml_node *node = &days->items[i];
        while (weekday < WEEKDAYS && !bytes_equal(node->text, bytes_of_string(names[weekday]))) {
            weekday++;
        }
        if (weekday == WEEKDAYS) {
            reader_problem(reader, node, path, "weekdays are mon tue wed thu fri sat sun");
        } else if (season->week[weekday].count > 0) {
            reader_problem(reader, node, path, "%s has its hours already", names[weekday]);
        } else {
            season->week[weekday] = *hours;
        }
    }
}

static void read_week(struct reader *reader, const struct yaml_node *list, const char *path,
                      struct calendar_season *season)
{
    /* clang-format off */
    static const struct reader_row rows[] = {
        {.key = "days", .type = READ_CUSTOM, .is_required = true, .read = keep_node,
         .offset = offsetof(struct week_row, days), .help = "Weekdays with these hours."},
        {.key = "hours", .type = READ_CUSTOM, .is_required = true, .read = keep_node,
         .offset = offsetof(struct week_row, hours), .help = "Spans such as 08:30-12:00, rising."},
        {0},
    };
    /* clang-format on */
    for (uint32_t i = 0; i < list->count; i++) {
        char path_of_item[READER_PATH_MAX];
        struct week_row row = {0};
        struct calendar_hours hours;
        reader_item_path(path_of_item, path, i);
        if (reader_read_map(reader, &list->items[i], path_of_item, rows, &row, NULL) &&
            read_hours(reader, row.hours, path_of_item, &hours)) {
            put_weekdays(reader, row.days, path_of_item, &hours, season);
        }
    }
}

static void read_season(struct reader *reader, const struct yaml_node *node, const char *path,
                        struct calendar_builder *builder)
{
    /* clang-format off */
    static const struct reader_row rows[] = {
        {.key = "name", .type = READ_TEXT, .is_required = true, .min = 1, .max = 20,
         .offset = offsetof(struct season_row, name), .help = "What people call the season."},
        {.key = "from", .type = READ_CUSTOM, .is_required = true, .read = read_month_day,
         .offset = offsetof(struct season_row, from), .help = "Its first day, month-day."},
        {.key = "to", .type = READ_CUSTOM, .is_required = true, .read = read_month_day,
         .offset = offsetof(struct season_row, to), .help = "Its last day, month-day."},
        {.key = "week", .type = READ_CUSTOM, .is_required = true, .read = keep_node,
         .offset = offsetof(struct season_row, week), .help = "Working hours of its weekdays."},
        {0},
    };
    /* clang-format on */
    uint32_t before = reader->problems->count;
    struct season_row row = {0};
    struct err err;
    if (!reader_read_map(reader, node, path, rows, &row, NULL)) {
        return;
    }
    struct calendar_season season = {row.from.month, row.from.day, row.to.month, row.to.day, {{0}}};
    char week_path[READER_PATH_MAX];
    reader_member_path(week_path, path, BYTES("week"));
    read_week(reader, row.week, week_path, &season);
    if (reader->problems->count == before &&
        calendar_builder_put_season(builder, &season, &err) != STATUS_OK) {
        const struct yaml_node *member = yaml_find(node, err.field);
        reader_problem(reader, member != NULL ? member : node, path, "%s", err.text);
    }
}

/* The days of the year that no season has are missing where the season before them ends. */
static void check_seasons(struct source *source, const struct yaml_node *list, const char *path)
{
    uint32_t before = list->count;
    struct err err;
    if (calendar_builder_check_seasons(source->builder, &before, &err) != STATUS_OK) {
        const struct yaml_node *node =
            before < list->count ? yaml_find(&list->items[before], "to") : list;
        reader_problem(&source->reader, node, path, "%s", err.text);
    }
}

static void read_seasons(struct reader *reader, const struct yaml_node *list, const char *path,
                         void *member, void *user)
{
    uint32_t before = reader->problems->count;
    struct source *source = user;
    (void)member;
    if (!reader_expect(reader, list, path, YAML_LIST)) {
        return;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        char item[READER_PATH_MAX];
        reader_item_path(item, path, i);
        read_season(reader, &list->items[i], item, source->builder);
    }
    if (reader->problems->count == before) {
        check_seasons(source, list, path);
    }
}

static void read_hours_file(struct source *source, const struct yaml_node *root)
{
    /* clang-format off */
    static const struct reader_row rows[] = {
        {.key = "source", .type = READ_TEXT, .is_required = true, .min = 1, .max = 200,
         .offset = offsetof(struct day_lists, source), .help = "Who set these hours."},
        {.key = "seasons", .type = READ_CUSTOM, .is_required = true, .read = read_seasons,
         .help = "Parts of the year, which together have every day once."},
        {0},
    };
    /* clang-format on */
    struct day_lists lists = {0};
    (void)reader_read_map(&source->reader, root, "", rows, &lists, source);
}

/* ---- the folder ---------------------------------------------------------------------------- */

typedef void (*read_file_fn)(struct source *source, const struct yaml_node *root);

static void read_file(const char *dir, const char *name, struct source *source, read_file_fn read)
{
    char path[PATH_BYTES];
    struct yaml_document *document;
    int len = snprintf(path, sizeof path, "%s/%s", dir, name);
    if (len < 0 || (size_t)len >= sizeof path) {
        problems_add(source->reader.problems, name, 0, 0, "", "the path to this file is too long");
        return;
    }
    if (yaml_open(path, path, &document, source->reader.problems)) {
        source->reader.file = document->file;
        read(source, &document->root);
        yaml_close(document);
    }
}

/* The year in "2026.yaml", or 0. */
static int32_t year_of_name(const char *name)
{
    int32_t year = 0;
    for (int i = 0; i < 4; i++) {
        if (name[i] < '0' || name[i] > '9') {
            return 0;
        }
        year = year * 10 + (name[i] - '0');
    }
    return strcmp(name + 4, ".yaml") == 0 ? year : 0;
}

static void read_days_file(const char *dir, const char *name, struct calendar_builder *builder,
                           struct problems *problems)
{
    struct source source = {.reader = {.problems = problems},
                            .builder = builder,
                            .layer = CALENDAR_LAYER_YEAR,
                            .year = year_of_name(name)};
    if (strcmp(name, "hours.yaml") == 0) {
        return; /* read before all others */
    }
    if (source.year != 0) {
        read_file(dir, name, &source, read_year);
    } else if (strcmp(name, "local.yaml") == 0) {
        source.layer = CALENDAR_LAYER_LOCAL;
        read_file(dir, name, &source, read_local);
    } else {
        char path[PATH_BYTES];
        (void)snprintf(path, sizeof path, "%s/%s", dir, name);
        problems_add(problems, path, 0, 0, "",
                     "this is no file of a calendar: there are hours.yaml, local.yaml and one file "
                     "a year, such as 2026.yaml; take it away or rename it");
    }
}

/* Between two years that have a file none may be without: limits would run over its holidays, and
 * nobody would see that it was forgotten. */
static void check_gaps(const char *dir, const bool has_file[], struct problems *problems)
{
    int32_t before = 0;
    for (int32_t year = CALENDAR_FIRST_YEAR; year <= CALENDAR_LAST_YEAR; year++) {
        if (!has_file[year - CALENDAR_FIRST_YEAR]) {
            continue;
        }
        for (int32_t gap = before + 1; before != 0 && gap < year; gap++) {
            char path[PATH_BYTES];
            (void)snprintf(path, sizeof path, "%s/%04d.yaml", dir, gap);
            problems_add(problems, path, 0, 0, "",
                         "this file is missing: the years %d and %d have one, so %d needs one too",
                         before, year, gap);
        }
        before = year;
    }
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void read_folder(const char *dir, struct calendar_builder *builder,
                        struct problems *problems)
{
    struct dirent **entries;
    int count = scandir(dir, &entries, is_visible, alphasort);
    if (count < 0) {
        problems_add(problems, dir, 0, 0, "", "can't read this folder: %s", strerror(errno));
        return;
    }
    struct source hours = {.reader = {.problems = problems}, .builder = builder};
    read_file(dir, "hours.yaml", &hours, read_hours_file);
    bool has_file[CALENDAR_LAST_YEAR - CALENDAR_FIRST_YEAR + 1] = {false};
    for (int i = 0; i < count; i++) {
        int32_t year = year_of_name(entries[i]->d_name);
        if (year >= CALENDAR_FIRST_YEAR && year <= CALENDAR_LAST_YEAR) {
            has_file[year - CALENDAR_FIRST_YEAR] = true;
        }
        read_days_file(dir, entries[i]->d_name, builder, problems);
        free(entries[i]);
    }
    free(entries);
    check_gaps(dir, has_file, problems);
}

bool calendar_read_dir(const char *dir, struct zone zone, struct calendar **ret_calendar,
                       struct problems *problems)
{
    uint32_t before = problems->count;
    struct err err;
    struct calendar *calendar = NULL;
    struct calendar_builder *builder = calendar_builder_open(zone);
    read_folder(dir, builder, problems);
    if (problems->count == before &&
        calendar_builder_finish(builder, &calendar, &err) != STATUS_OK) {
        problems_add(problems, dir, 0, 0, "", "%s", err.text);
    }
    calendar_builder_close(builder);
    if (calendar == NULL) {
        return false;
    }
    *ret_calendar = calendar;
    return true;
}
