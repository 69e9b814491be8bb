/* SPDX-License-Identifier: Apache-2.0 */
/*
 * play_year [--seed N] [--issues N] [--months N] [--households N] --out DIR
 *
 * Plays the year 2026 of the example street from 1 January on, and on into January 2027 until every
 * issue is closed. What holds of any run of the office is checked here (fixture/check.h); the
 * journals are left in DIR as lines of JSON for recount.py, which counts and computes again from
 * nothing but the configuration's files.
 */
#include "year/year.h"

#include "base/memory.h"
#include "config/config.h"
#include "tools/journal_lines.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define YEAR 2026
#define US_PER_DAY (S_PER_DAY * US_PER_S)
#define STEPS_MAX UINT64_C(10000000)
#define CALLS_KEPT 4096U
#define STORM_DAYS 20U /* there is a storm on one of so many days */
#define STORM_STEPS 16U

struct options {
    uint64_t seed;
    uint32_t issues;
    uint32_t months;
    uint32_t households;
    const char *out;
};

static struct options options = {.seed = 1, .issues = 500, .months = 2, .households = 1000};

static double seconds(void)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static struct wall month_start(int32_t year, int32_t month, struct zone zone)
{
    return wall_from_civil(
        &(struct civil){.year = year + (month - 1) / 12, .month = 1 + (month - 1) % 12, .day = 1},
        zone);
}

/* ---- one instant after another ---- */

static void settle(struct year *year)
{
    fixture_run_until_quiet(year->run.fixture, STEPS_MAX);
    people_listen(year);
    readers_listen(year);
    if (year->run.fixture->call_count > CALLS_KEPT) {
        fixture_forget_calls(year->run.fixture);
    }
}

static void do_deeds(struct year *year)
{
    struct deed deeds[64];
    uint32_t count = 0;
    while (count < 64 && agenda_peek(&year->agenda, &deeds[count]) &&
           deeds[count].at.us <= year->run.fixture->now.us) {
        agenda_drop(&year->agenda);
        people_do(year, &deeds[count++]);
    }
    settle(year);
    for (uint32_t i = 0; i < count; i++) {
        if (deeds[i].issue != 0) {
            people_reconsider(year, deeds[i].issue);
        }
    }
}

/* On some days daemons crash, commits fail and links drop what they carry, for a while. */
static void have_weather(struct year *year)
{
    struct fixture *fixture = year->run.fixture;
    int64_t day = fixture->now.us / US_PER_DAY;
    if (year->storm_left > 0 && --year->storm_left == 0) {
        fixture_heal(fixture);
    }
    if (day != year->day && dice_below(&year->dice, STORM_DAYS) == 0) {
        year->storm_left = STORM_STEPS;
        fixture_set_chances(fixture, &office_weather);
    }
    year->day = day;
}

/* Goes to the next instant at which anything happens, up to `until`; false past it. */
static bool step_on(struct year *year, uint32_t *next_report, struct wall until)
{
    struct fixture *fixture = year->run.fixture;
    const struct report *report =
        *next_report < year->plan.count ? &year->plan.reports[*next_report] : NULL;
    struct wall next = until;
    struct wall timer;
    struct deed deed;
    const struct planned_visit *visit = tours_next(year);
    next.us = visit != NULL && visit->entered.us < next.us ? visit->entered.us : next.us;
    next.us = report != NULL && report->at.us < next.us ? report->at.us : next.us;
    next.us = agenda_peek(&year->agenda, &deed) && deed.at.us < next.us ? deed.at.us : next.us;
    next.us = fixture_find_due(fixture, until, &timer) && timer.us < next.us ? timer.us : next.us;
    if (next.us >= until.us) {
        return false;
    }
    fixture->now.us = next.us > fixture->now.us ? next.us : fixture->now.us;
    have_weather(year);
    if (report != NULL && report->at.us <= next.us) {
        people_report(year, report);
        ++*next_report;
    }
    tours_log(year);
    do_deeds(year);
    return true;
}

static bool is_final(int state)
{
    return state == (int)STATE_CLOSED || state == (int)STATE_ARCHIVED ||
           state == (int)STATE_MERGED || state == (int)STATE_REFERRED;
}

static uint32_t count_open(const struct year *year)
{
    struct fixture_look look;
    struct issue_row row;
    uint32_t open = 0;
    fixture_begin_look(year->run.router, &look);
    for (uint64_t issue = office_next_issue(&look, 0); issue != 0;
         issue = office_next_issue(&look, issue)) {
        open += office_read_issue(&look, issue, &row) && !is_final(row.now.state);
    }
    fixture_end_look(&look);
    return open;
}

static int32_t halves(void)
{
    return options.months > 6 ? 2 : 1;
}

static void play(struct year *year)
{
    struct zone zone = calendar_zone(year->calendar);
    uint32_t next_report = 0;
    uint32_t open = 1;
    double begun = seconds();
    /* On over the end of the last half, of which cadres are told. */
    uint32_t months = (uint32_t)halves() * 6 + 1;
    for (uint32_t month = 1; open != 0 || month <= months; month++) {
        if (month > months + 6) {
            fixture_broken(year->run.fixture, "%u issues do not come to their end", open);
        }
        while (step_on(year, &next_report, month_start(YEAR, (int32_t)month + 1, zone))) {
        }
        fixture_heal(year->run.fixture);
        settle(year);
        office_check_conservation(&year->run);
        open = year->plan.count - next_report + count_open(year);
        (void)fprintf(stderr,
                      "month %2u: %5u reports, %5u to come or open, %7" PRIu64 " deeds, %8" PRIu64
                      " steps, %6.1f s, %5.1f issues/s\n",
                      month, next_report, open, year->deeds_done, year->run.fixture->steps,
                      seconds() - begun, next_report / (seconds() - begun));
    }
}

/* ---- what is left ---- */

static void write_journal(const struct fixture_part *part, struct zone zone)
{
    char path[512];
    struct fixture_look look;
    (void)snprintf(path, sizeof path, "%s/%s.jsonl", options.out, part->spec->name);
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        fail_msg("cannot write %s", path);
    }
    fixture_begin_look(part, &look);
    (void)journal_lines_write(look.txn, 0, zone, file);
    fixture_end_look(&look);
    (void)fclose(file);
}

static void write_timers(FILE *file, const struct fixture_look *look)
{
    (void)fprintf(file, "%" PRIu64, fixture_count_timers(look));
}

static void write_journal_id(FILE *file, const struct fixture_look *look)
{
    char text[ID_TEXT_BYTES];
    struct id id = fixture_journal_id(look);
    id_format(&id, text);
    (void)fprintf(file, "\"%s\"", text);
}

static void write_parts(FILE *file, const char *name, const struct fixture *fixture,
                        void (*write)(FILE *file, const struct fixture_look *look))
{
    (void)fprintf(file, ", \"%s\": {", name);
    for (uint32_t i = 0; i < fixture->part_count; i++) {
        struct fixture_look look;
        (void)fprintf(file, "%s\"%s\": ", i == 0 ? "" : ", ", fixture->parts[i].spec->name);
        fixture_begin_look(&fixture->parts[i], &look);
        write(file, &look);
        fixture_end_look(&look);
    }
    (void)fprintf(file, "}");
}

/* {"seed", "now", "timers": {daemon: count}, "journals": {daemon: id}} */
static void write_end(const struct year *year)
{
    char path[512];
    char now[WALL_TEXT_BYTES];
    (void)snprintf(path, sizeof path, "%s/end.json", options.out);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    wall_format(year->run.fixture->now, calendar_zone(year->calendar), now);
    (void)fprintf(file, "{\"seed\": %" PRIu64 ", \"now\": \"%s\"", options.seed, now);
    write_parts(file, "timers", year->run.fixture, write_timers);
    write_parts(file, "journals", year->run.fixture, write_journal_id);
    (void)fprintf(file, "}\n");
    (void)fclose(file);
}

static void write_coverage(struct year *year)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/coverage.jsonl", options.out);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int32_t half = 0; half < halves(); half++) {
        tours_write_coverage(year, half == 0 ? "2026H1" : "2026H2", file);
    }
    (void)fclose(file);
}

static void open_year(struct year *year, struct config *config, struct sometimes *sometimes)
{
    struct zone zone = calendar_zone(config->calendar);
    struct fixture_options fixture = {.seed = options.seed,
                                      .config = config,
                                      .now = month_start(YEAR, 1, zone),
                                      .sometimes = sometimes};
    *year = (struct year){.calendar = config->calendar,
                          .dice = {options.seed * UINT64_C(0x9e3779b97f4a7c15) + 1}};
    office_open_empty(&year->run, &fixture);
    year->run.fixture->is_in_turn = true;
    street_import(&year->street, &year->run, options.households);
    tours_plan(year, halves());
    year->issue_max = options.issues + year->visits.raised;
    year->awaited = memory_new((size_t)year->issue_max + 1, sizeof *year->awaited);
    struct report_span span = {.from = month_start(YEAR, 1, zone),
                               .until = month_start(YEAR, (int32_t)options.months + 1, zone),
                               .count = options.issues};
    handovers_plan(year, span.from, span.until);
    reports_plan(&year->plan, year->calendar, &year->street, &span, &year->dice);
}

static void a_year_of_the_street_adds_up(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    struct year *year = memory_new(1, sizeof *year);
    struct config *config = office_config();
    (void)fprintf(stderr, "seed %" PRIu64 ": %u issues in %u months, %u households\n", options.seed,
                  options.issues, options.months, options.households);
    double begun = seconds();
    open_year(year, config, &sometimes);
    play(year);
    double played = seconds();
    office_check(&year->run);
    sometimes_expect(&sometimes, 0);
    (void)fprintf(stderr, "played in %.1f s, checked in %.1f s\n", played - begun,
                  seconds() - played);
    write_journal(year->run.intake, calendar_zone(config->calendar));
    write_journal(year->run.router, calendar_zone(config->calendar));
    write_journal(year->run.notifier, calendar_zone(config->calendar));
    write_end(year);
    write_coverage(year);
    agenda_done(&year->agenda);
    reports_done(&year->plan);
    tours_done(&year->visits);
    street_done(&year->street);
    free(year->awaited);
    office_close(&year->run);
    free(year);
    config_close(config);
}

static uint32_t number_of(const char *text)
{
    return (uint32_t)strtoul(text, NULL, 10);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_year_of_the_street_adds_up)};
    for (int i = 1; i + 1 < argc; i += 2) {
        const char *name = argv[i];
        const char *value = argv[i + 1];
        options.seed = strcmp(name, "--seed") == 0 ? strtoull(value, NULL, 10) : options.seed;
        options.issues = strcmp(name, "--issues") == 0 ? number_of(value) : options.issues;
        options.months = strcmp(name, "--months") == 0 ? number_of(value) : options.months;
        options.households =
            strcmp(name, "--households") == 0 ? number_of(value) : options.households;
        options.out = strcmp(name, "--out") == 0 ? value : options.out;
    }
    if (options.out == NULL || options.issues == 0 || options.months - 1 > 11) {
        (void)fprintf(stderr, "usage: play_year [--seed N] [--issues N] [--months 1..12] "
                              "[--households N] --out DIR\n");
        return 64;
    }
    if (access(options.out, W_OK) != 0) {
        (void)fprintf(stderr, "play_year: the folder '%s': %s\n", options.out, strerror(errno));
        return 64;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
