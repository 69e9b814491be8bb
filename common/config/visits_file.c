/* SPDX-License-Identifier: Apache-2.0 */
#include "config/visits_file.h"

#include "config/reader.h"

#include <stddef.h>

/* A year in which every half is as short as it gets. */
#define PLAIN_YEAR 2025

/* "06-30", a day that every year has. */
static bool parse_day(struct bytes text, struct visit_day *ret_day)
{
    static const size_t digits[] = {0, 1, 3, 4};
    bool is_good = text.len == 5 && text.p[2] == '-';
    for (size_t i = 0; is_good && i < sizeof digits / sizeof digits[0]; i++) {
        is_good = text.p[digits[i]] >= '0' && text.p[digits[i]] <= '9';
    }
    if (!is_good) {
        return false;
    }
    int32_t month = (text.p[0] - '0') * 10 + text.p[1] - '0';
    int32_t day = (text.p[3] - '0') * 10 + text.p[4] - '0';
    if (month < 1 || month > 12 || day < 1 || day > 31) {
        return false;
    }
    int32_t year;
    *ret_day = (struct visit_day){month, day};
    date_from_days(days_from_date(PLAIN_YEAR, month, day), &year, &month, &day);
    return month == ret_day->month && day == ret_day->day;
}

static int64_t day_of_year(const struct visit_day *day)
{
    return days_from_date(PLAIN_YEAR, day->month, day->day) - days_from_date(PLAIN_YEAR, 1, 1) + 1;
}

static void read_halves(struct reader *reader, const struct yaml_node *node, const char *path,
                        void *member, void *user)
{
    struct visit_day *halves = member;
    (void)user;
    if (!reader_expect(reader, node, path, YAML_LIST)) {
        return;
    }
    if (node->count != VISIT_HALVES) {
        reader_problem(reader, node, path, "there are %u days, not the last days of two halves",
                       node->count);
        return;
    }
    for (uint32_t i = 0; i < VISIT_HALVES; i++) {
        const struct yaml_node *item = &node->items[i];
        char at[READER_PATH_MAX];
        reader_item_path(at, path, i);
        if (!reader_expect(reader, item, at, YAML_SCALAR)) {
            return;
        }
        if (!parse_day(item->text, &halves[i])) {
            reader_problem(reader, item, at, "'%.*s' is no day of every year; write one as 06-30",
                           BYTES_FMT(item->text));
            return;
        }
    }
    if (day_of_year(&halves[0]) >= day_of_year(&halves[1])) {
        reader_problem(reader, &node->items[1], path,
                       "the second half must end after the first one");
    } else if (halves[1].month != 12 || halves[1].day != 31) {
        reader_problem(reader, &node->items[1], path,
                       "the second half must end on 12-31, so that both lie in one year");
    }
}

/* Whole days, as "30d". */
static bool read_days(struct reader *reader, const struct yaml_node *node, const char *path,
                      uint32_t max, uint32_t *ret_days)
{
    struct duration duration = {0};
    struct err err;
    if (!reader_expect(reader, node, path, YAML_SCALAR)) {
        return false;
    }
    if (duration_parse(node->text, &duration, &err) != STATUS_OK) {
        reader_problem(reader, node, path, "%s", err.text);
        return false;
    }
    if (duration.unit != DURATION_DAYS || duration.amount > max) {
        reader_problem(reader, node, path, "'%.*s' is not 1d to %ud", BYTES_FMT(node->text), max);
        return false;
    }
    *ret_days = duration.amount;
    return true;
}

static void read_remind(struct reader *reader, const struct yaml_node *node, const char *path,
                        void *member, void *user)
{
    struct visit_rules *rules = user;
    (void)member;
    if (!reader_expect(reader, node, path, YAML_LIST)) {
        return;
    }
    if (node->count > VISIT_REMINDERS_MAX) {
        reader_problem(reader, node, path, "more than %u reminders", VISIT_REMINDERS_MAX);
        return;
    }
    rules->remind_count = 0;
    for (uint32_t i = 0; i < node->count; i++) {
        char at[READER_PATH_MAX];
        uint32_t days;
        reader_item_path(at, path, i);
        if (!read_days(reader, &node->items[i], at, 365, &days)) {
            return;
        }
        if (i > 0 && days >= rules->remind_days[i - 1]) {
            reader_problem(reader, &node->items[i], at,
                           "each reminder must come later than the one before it: fewer days");
            return;
        }
        rules->remind_days[rules->remind_count++] = days;
    }
}

static void read_late(struct reader *reader, const struct yaml_node *node, const char *path,
                      void *member, void *user)
{
    (void)user;
    (void)read_days(reader, node, path, VISIT_LATE_DAYS_MAX, member);
}

static void read_promise(struct reader *reader, const struct yaml_node *node, const char *path,
                         void *member, void *user)
{
    struct err err;
    (void)user;
    if (!reader_expect(reader, node, path, YAML_SCALAR)) {
        return;
    }
    if (duration_parse(node->text, member, &err) != STATUS_OK) {
        reader_problem(reader, node, path, "%s", err.text);
    } else if (duration_nominal_minutes(*(struct duration *)member) > INT64_C(30) * 24 * 60) {
        reader_problem(reader, node, path, "'%.*s' is longer than 30 days", BYTES_FMT(node->text));
    }
}

/* clang-format off */
static const struct reader_row rows[] = {
    {.key = "halves", .type = READ_CUSTOM, .read = read_halves,
     .offset = offsetof(struct visit_rules, halves),
     .help = "The last day of each half of the year; each asks for one visit to every household."},
    {.key = "remind", .type = READ_CUSTOM, .read = read_remind,
     .offset = offsetof(struct visit_rules, remind_days),
     .help = "So many days before that, cadres are told how many households are left."},
    {.key = "late_after", .type = READ_CUSTOM, .read = read_late,
     .offset = offsetof(struct visit_rules, late_after_days),
     .help = "A visit entered later than this is flagged."},
    {.key = "promise_remind", .type = READ_CUSTOM, .read = read_promise,
     .offset = offsetof(struct visit_rules, promise_remind),
     .help = "So long before a promise is due its maker is told."},
    {0},
};
/* clang-format on */

/* The first reminder of a half must not come before the half itself. */
static void check_reminders(struct reader *reader, const struct yaml_node *section,
                            const struct visit_rules *rules)
{
    int64_t first = day_of_year(&rules->halves[0]);
    int64_t second = day_of_year(&rules->halves[1]) - first;
    int64_t shortest = first < second ? first : second;
    if (rules->remind_count != 0 && rules->remind_days[0] >= shortest) {
        const struct yaml_node *remind = yaml_find(section, "remind");
        reader_problem(reader, remind != NULL ? remind : section, "visits.remind",
                       "%u days are more than the shorter half has, which is %d",
                       rules->remind_days[0], (int)shortest);
    }
}

bool visits_read(const struct yaml_document *document, struct visit_rules *ret_rules,
                 struct problems *problems)
{
    struct reader reader = {.file = document->file, .problems = problems};
    const struct yaml_node *section = yaml_find(&document->root, "visits");
    uint32_t before = problems->count;
    *ret_rules = visit_rules_default;
    if (section != NULL &&
        reader_read_map(&reader, section, "visits", rows, ret_rules, ret_rules)) {
        check_reminders(&reader, section, ret_rules);
    }
    return problems->count == before;
}
