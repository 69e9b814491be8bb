/* SPDX-License-Identifier: Apache-2.0 */
/* The street's register and its reports, from the files that are shipped. */
#include "year/year.h"

#include "base/memory.h"

#include <jansson.h>
#include <stdio.h>

#define LINE_MAX_BYTES 1024U
#define COLUMNS 11U
#define HOURS_MAX 9000U
#define US_PER_HOUR (3600 * US_PER_S)

/* Calls `take` with the columns of each line behind the heading, until it says that it is enough.
 */
typedef bool take_line_fn(void *user, char *columns[COLUMNS]);

static void read_csv(const char *path, take_line_fn *take, void *user)
{
    char line[LINE_MAX_BYTES];
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fail_msg("cannot open %s: build the target example_street", path);
    }
    bool is_heading = true;
    bool goes_on = true;
    while (goes_on && fgets(line, sizeof line, file) != NULL) {
        char *columns[COLUMNS] = {line};
        uint32_t count = 1;
        line[strcspn(line, "\n")] = '\0';
        for (char *p = line; *p != '\0'; p++) {
            if (*p == ',') {
                *p = '\0';
                assert_true(count < COLUMNS);
                columns[count++] = p + 1;
            }
        }
        goes_on = is_heading || take(user, columns);
        is_heading = false;
    }
    (void)fclose(file);
}

/* A list of rows for one import command. The texts lie in `kept` until it was sent. */
struct import {
    struct street *street;
    struct list rows;
    struct buf out;
    uint32_t left;
};

static bool take_cadre(void *user, char *columns[COLUMNS])
{
    struct import *import = user;
    struct street *street = import->street;
    struct cadre_part part = {.cadre = bytes_of_string(columns[0]),
                              .name = bytes_of_string(columns[1]),
                              .unit = bytes_of_string(columns[2]),
                              .post = bytes_of_string(columns[3]),
                              .phone = bytes_of_string(columns[4])};
    list_put_message(&import->rows, &import->out, &cadre_part_type, &part);
    street->cadres =
        memory_resize(street->cadres, street->cadre_count + 1, sizeof street->cadres[0]);
    (void)snprintf(street->cadres[street->cadre_count++], sizeof street->cadres[0], "%s",
                   columns[0]);
    return true;
}

static bool take_household(void *user, char *columns[COLUMNS])
{
    struct import *import = user;
    struct street *street = import->street;
    struct household_part part = {.household = bytes_of_string(columns[0]),
                                  .head = bytes_of_string(columns[1]),
                                  .community = bytes_of_string(columns[2]),
                                  .village = bytes_of_string(columns[3]),
                                  .group = bytes_of_string(columns[4]),
                                  .address = bytes_of_string(columns[5]),
                                  .phone = bytes_of_string(columns[6]),
                                  .members = (uint32_t)strtoul(columns[7], NULL, 10),
                                  .hardship = bytes_of_string(columns[8]),
                                  .tags = bytes_of_string(columns[9]),
                                  .cadre = bytes_of_string(columns[10])};
    list_put_message(&import->rows, &import->out, &household_part_type, &part);
    street->households = memory_resize(street->households, street->household_count + 1,
                                       sizeof street->households[0]);
    struct household *household = &street->households[street->household_count++];
    *household = (struct household){0};
    (void)snprintf(household->id, sizeof household->id, "%s", columns[0]);
    (void)snprintf(household->cadre, sizeof household->cadre, "%s", columns[10]);
    (void)snprintf(household->community, sizeof household->community, "%s", columns[2]);
    (void)snprintf(household->village, sizeof household->village, "%s", columns[3]);
    return --import->left > 0;
}

void street_import(struct street *street, struct office_run *run, uint32_t households)
{
    struct import cadres = {.street = street};
    read_csv(BUILD_DIR "/example/cadres.csv", take_cadre, &cadres);
    list_end(&cadres.rows, &cadres.out);
    struct cadre_import_command cadre_command = {.rows = cadres.rows};
    (void)fixture_must(run->fixture, &(struct fixture_ask){.part = run->intake,
                                                           .person = "operator",
                                                           .type = &cadre_import_command_type,
                                                           .message = &cadre_command});
    buf_done(&cadres.out);

    struct import register_ = {.street = street, .left = households == 0 ? UINT32_MAX : households};
    read_csv(BUILD_DIR "/example/households.csv", take_household, &register_);
    list_end(&register_.rows, &register_.out);
    struct household_import_command household_command = {.rows = register_.rows};
    (void)fixture_must(run->fixture, &(struct fixture_ask){.part = run->intake,
                                                           .person = "operator",
                                                           .type = &household_import_command_type,
                                                           .message = &household_command});
    buf_done(&register_.out);
}

void street_done(struct street *street)
{
    free(street->households);
    free(street->cadres);
    *street = (struct street){0};
}

/* ---- reports ---- */

/* Parts of a thousand in each hour of a working day, and of days that are off. */
static const uint16_t by_hour[2][24] = {
    {2, 1, 1, 1, 1, 4, 12, 30, 110, 130, 110, 70, 25, 30, 85, 105, 95, 60, 35, 40, 30, 15, 6, 2},
    {2, 1, 1, 1, 1, 3, 8, 14, 25, 32, 30, 20, 10, 10, 20, 24, 22, 18, 16, 18, 12, 7, 4, 2}};

static int64_t local_hour(struct zone zone, struct wall at)
{
    return (at.us + zone.offset_s * US_PER_S) / US_PER_HOUR;
}

static bool is_working_day(const struct calendar *calendar, int64_t day)
{
    return calendar_get_day(calendar, day).hours.count != 0;
}

/* How many of a thousand there are up to the end of each hour. Mondays and days after holidays have
 * more, as people wait for the office to open. */
static uint32_t weigh(const struct calendar *calendar, int64_t first, int64_t last, uint64_t *sums)
{
    uint32_t count = 0;
    uint64_t sum = 0;
    for (int64_t hour = first; hour < last; hour++) {
        int64_t day = hour / 24;
        bool works = is_working_day(calendar, day);
        uint64_t weight = by_hour[works ? 0 : 1][hour % 24];
        if (works && !is_working_day(calendar, day - 1)) {
            weight += weight / 4;
        }
        assert_true(count < HOURS_MAX);
        sum += weight;
        sums[count++] = sum;
    }
    return count;
}

static uint32_t find_hour(const uint64_t *sums, uint32_t count, uint64_t value)
{
    uint32_t low = 0;
    uint32_t high = count - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (sums[middle] > value) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

static json_t *read_samples(void)
{
    const char *path = SOURCE_DIR "/config/example/demo/reports.jsonl";
    json_t *samples = json_array();
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    json_t *sample;
    while ((sample = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL)) != NULL) {
        json_array_append_new(samples, sample);
    }
    (void)fclose(file);
    assert_true(json_array_size(samples) > 0);
    return samples;
}

static const char *text_of(const json_t *sample, const char *name, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(sample, name));
    return text == NULL ? otherwise : text;
}

static int urgency_of(struct dice *dice)
{
    uint64_t roll = dice_below(dice, 100);
    return roll < 4    ? (int)URGENCY_EMERGENCY
           : roll < 14 ? (int)URGENCY_UTILITY
           : roll < 82 ? (int)URGENCY_GENERAL
                       : (int)URGENCY_COMPLEX;
}

static int compare_reports(const void *a, const void *b)
{
    const struct report *x = a;
    const struct report *y = b;
    return (x->at.us > y->at.us) - (x->at.us < y->at.us);
}

static void make_report(struct report *report, const json_t *sample, struct dice *dice)
{
    struct err err;
    enum kind kind = KIND_DEMAND;
    assert_ok(kind_parse(bytes_of_string(text_of(sample, "kind", "demand")), &kind, &err));
    report->kind = (int)kind;
    report->urgency = urgency_of(dice);
    report->category = text_of(sample, "category", "roads");
    report->title = text_of(sample, "title", "");
    report->text = text_of(sample, "text", "");
    report->is_direct = dice_below(dice, 100) < 6;
    if (dice_below(dice, 100) < 12) {
        /* Something that no rule is sure about. */
        report->category = "urban_other";
        report->title = "想请街道帮忙";
        report->text = "家里的事情说不清楚，想请街道派人来看看。";
    }
}

void reports_plan(struct report_plan *plan, const struct calendar *calendar,
                  const struct street *street, const struct report_span *span, struct dice *dice)
{
    struct zone zone = calendar_zone(calendar);
    int64_t first = local_hour(zone, span->from);
    uint64_t *sums = memory_new(HOURS_MAX, sizeof *sums);
    uint32_t hours = weigh(calendar, first, local_hour(zone, span->until), sums);
    json_t *samples = read_samples();
    *plan = (struct report_plan){.reports = memory_new(span->count, sizeof *plan->reports),
                                 .count = span->count,
                                 .samples = samples};
    for (uint32_t i = 0; i < span->count; i++) {
        struct report *report = &plan->reports[i];
        uint32_t hour = find_hour(sums, hours, dice_below(dice, sums[hours - 1]));
        report->at.us = (first + hour) * US_PER_HOUR - zone.offset_s * US_PER_S +
                        (int64_t)dice_below(dice, 3600) * US_PER_S;
        report->household = (uint32_t)dice_below(dice, street->household_count);
        make_report(report, json_array_get(samples, dice_below(dice, json_array_size(samples))),
                    dice);
    }
    qsort(plan->reports, plan->count, sizeof *plan->reports, compare_reports);
    free(sums);
}

void reports_done(struct report_plan *plan)
{
    free(plan->reports);
    json_decref(plan->samples);
    *plan = (struct report_plan){0};
}
