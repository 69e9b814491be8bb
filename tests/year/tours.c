/* SPDX-License-Identifier: Apache-2.0 */
/* Cadres visit their households: most of them once in each half of the year, some twice, some only
 * by telephone, a few not at all; some enter it days later. */
#include "year/year.h"

#include "base/memory.h"

#include <stdio.h>

#define US_PER_HOUR (3600 * US_PER_S)
#define US_PER_DAY (S_PER_DAY * US_PER_S)
#define PROMISES_PER_VISIT 100U /* numbers of promises follow from their visit's */

static const struct planned_visit nobody_home = {0};

static struct wall half_start(struct zone zone, int32_t half)
{
    struct civil start = {.year = 2026 + half / 2, .month = half % 2 == 0 ? 1 : 7, .day = 1};
    return wall_from_civil(&start, zone);
}

/* On a day of the half, between eight in the morning and eight in the evening. */
static struct wall pick_time(struct year *year, int32_t half)
{
    struct zone zone = calendar_zone(year->calendar);
    struct wall from = half_start(zone, half);
    int64_t days = (half_start(zone, half + 1).us - from.us) / US_PER_DAY;
    int64_t day = (int64_t)dice_below(&year->dice, (uint64_t)days);
    return (struct wall){from.us + day * US_PER_DAY + 8 * US_PER_HOUR +
                         (int64_t)dice_below(&year->dice, 12 * 3600) * US_PER_S};
}

static void add_visit(struct year *year, uint32_t household, int32_t half, int mode)
{
    struct visit_plan *plan = &year->visits;
    if (plan->count == plan->cap) {
        plan->cap = plan->cap == 0 ? 1024 : 2 * plan->cap;
        plan->visits = memory_resize(plan->visits, plan->cap, sizeof *plan->visits);
    }
    struct planned_visit *visit = &plan->visits[plan->count++];
    *visit = nobody_home;
    visit->at = pick_time(year, half);
    visit->entered = visit->at;
    visit->household = household;
    visit->mode = mode;
    if (people_chance(year, 60)) {
        visit->entered.us += (int64_t)dice_below(&year->dice, 6 * 86400) * US_PER_S;
    }
    visit->raises = mode == CONTACT_MODE_VISIT && people_chance(year, 15);
    visit->promises = mode == CONTACT_MODE_VISIT && people_chance(year, 30);
    year->visits.raised += visit->raises;
}

static int compare_visits(const void *a, const void *b)
{
    const struct planned_visit *x = a;
    const struct planned_visit *y = b;
    return (x->entered.us > y->entered.us) - (x->entered.us < y->entered.us);
}

void tours_plan(struct year *year, int32_t halves)
{
    for (int32_t half = 0; half < halves; half++) {
        for (uint32_t i = 0; i < year->street.household_count; i++) {
            uint64_t roll = dice_below(&year->dice, 1000);
            if (roll < 930) {
                add_visit(year, i, half, roll < 60 ? CONTACT_MODE_STAY : CONTACT_MODE_VISIT);
            } else if (roll < 970) {
                add_visit(year, i, half, CONTACT_MODE_PHONE);
            }
            if (people_chance(year, 40)) {
                add_visit(year, i, half, CONTACT_MODE_VISIT);
            }
        }
    }
    qsort(year->visits.visits, year->visits.count, sizeof *year->visits.visits, compare_visits);
}

void tours_done(struct visit_plan *plan)
{
    free(plan->visits);
    *plan = (struct visit_plan){0};
}

const struct planned_visit *tours_next(const struct year *year)
{
    return year->visits.next < year->visits.count ? &year->visits.visits[year->visits.next] : NULL;
}

static struct list matters(const struct planned_visit *visit, struct buf *out)
{
    struct list list = {0};
    struct matter_part matter = {.kind = KIND_DIFFICULTY,
                                 .category = BYTES("roads"),
                                 .title = BYTES("路灯不亮"),
                                 .text = BYTES("村口的路灯坏了三天，晚上老人出门不方便。")};
    if (visit->raises) {
        list_put_message(&list, out, &matter_part_type, &matter);
        list_end(&list, out);
    }
    return list;
}

/* A day from a week to a month ahead. */
static struct list promises(struct year *year, const struct planned_visit *visit, struct buf *out)
{
    char until[16];
    struct list list = {0};
    struct wall day = {year->run.fixture->now.us +
                       (7 + (int64_t)dice_below(&year->dice, 24)) * US_PER_DAY};
    struct civil civil = civil_from_wall(day, calendar_zone(year->calendar));
    (void)snprintf(until, sizeof until, "%04d-%02d-%02d", (int)civil.year % 10000,
                   (int)civil.month % 100, (int)civil.day % 100);
    struct promise_part promise = {.until = bytes_of_string(until), .words = BYTES("送来材料清单")};
    if (visit->promises) {
        list_put_message(&list, out, &promise_part_type, &promise);
        list_end(&list, out);
    }
    return list;
}

/* By who was its cadre when it was made; those who left enter nothing any more. */
static void log_visit(struct year *year, const struct planned_visit *visit)
{
    const struct household *household = &year->street.households[visit->household];
    const char *person =
        visit->at.us < household->handed_at.us ? household->former : household->cadre;
    if (person[0] == '\0') {
        return;
    }
    struct buf raised = {0};
    struct buf promised = {0};
    struct visit_log_command command = {.household = bytes_of_string(household->id),
                                        .mode = visit->mode,
                                        .at = visit->at,
                                        .words = BYTES("家里都好。"),
                                        .matters = matters(visit, &raised),
                                        .promises = promises(year, visit, &promised)};
    struct fixture_ask ask = {.part = year->run.intake,
                              .person = person,
                              .type = &visit_log_command_type,
                              .message = &command};
    if (visit->promises) {
        const struct fixture_call *call = fixture_must(year->run.fixture, &ask);
        struct deed deed = {.kind = DEED_KEEP,
                            .promise = call->change.seq * PROMISES_PER_VISIT + 1,
                            .household = visit->household};
        deed.at.us =
            year->run.fixture->now.us + (int64_t)dice_below(&year->dice, 40 * 86400) * US_PER_S;
        if (people_chance(year, 850)) {
            agenda_put(&year->agenda, &deed);
        }
    } else {
        (void)fixture_ask(year->run.fixture, &ask);
    }
    buf_done(&raised);
    buf_done(&promised);
}

void tours_log(struct year *year)
{
    const struct planned_visit *visit;
    while ((visit = tours_next(year)) != NULL && visit->entered.us <= year->run.fixture->now.us) {
        log_visit(year, visit);
        year->visits.next++;
    }
}

void tours_log_forgotten(struct year *year, uint32_t household)
{
    struct planned_visit visit = nobody_home;
    visit.at = (struct wall){year->run.fixture->now.us - US_PER_HOUR};
    visit.household = household;
    visit.mode = CONTACT_MODE_VISIT;
    log_visit(year, &visit);
}

void tours_keep(struct year *year, const struct deed *deed)
{
    struct promise_keep_command command = {.promise = deed->promise, .words = BYTES("已送到。")};
    struct fixture_ask ask = {.part = year->run.intake,
                              .person = year->street.households[deed->household].cadre,
                              .type = &promise_keep_command_type,
                              .message = &command};
    (void)fixture_ask(year->run.fixture, &ask);
}

/* ---- coverage as the daemon tells it -------------------------------------------------------- */

static void write_page(const struct coverage_reply *reply, int by, char after[64], FILE *file)
{
    struct list_cursor cursor = list_begin(&reply->coverage);
    struct coverage_part part;
    while (list_next_message(&cursor, &coverage_part_type, &part)) {
        (void)fprintf(file,
                      "{\"by\": \"%s\", \"id\": \"%.*s\", \"half\": \"%.*s\", "
                      "\"assigned\": %u, \"visited\": %u}\n",
                      coverage_scope_word((enum coverage_scope)by), BYTES_FMT(part.id),
                      BYTES_FMT(part.half), part.assigned, part.visited);
        (void)snprintf(after, 64, "%.*s", BYTES_FMT(part.id));
    }
}

void tours_write_coverage(struct year *year, const char *half, FILE *file)
{
    for (int by = 1; by < COVERAGE_SCOPE_COUNT; by++) {
        char after[64] = "";
        struct coverage_reply reply;
        do {
            struct coverage_query query = {
                .by = by, .half = bytes_of_string(half), .after = bytes_of_string(after)};
            struct fixture_ask ask = {.part = year->run.intake,
                                      .person = "operator",
                                      .type = &coverage_query_type,
                                      .message = &query};
            fixture_query(year->run.fixture, &ask, &coverage_reply_type, &reply);
            write_page(&reply, by, after, file);
        } while (reply.coverage.count != 0);
    }
}
