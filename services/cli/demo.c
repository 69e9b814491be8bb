/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo.h"

#include "base/memory.h"
#include "cli/demo_play.h"
#include "cli/grid.h"
#include "cli/output.h"
#include "domain/calendar.h"
#include "domain/issue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ISSUES_MAX 100000U

/* ---- days ----------------------------------------------------------------------------------- */

static enum status look_at_clock(struct demo *demo, struct err *err)
{
    enum status st = demo_act(demo, "operator", WORDS("clock", "show"), err);
    if (st == STATUS_OK) {
        demo->is_test_clock = json_is_true(json_object_get(demo->said, "is_test"));
        st = wall_parse(bytes_of_string(output_string(demo->said, "now")),
                        session_zone(demo->session), &demo->now, err);
    }
    return st;
}

static enum status go_to(struct demo *demo, struct wall at, struct err *err)
{
    char text[WALL_TEXT_BYTES];
    wall_format(at, session_zone(demo->session), text);
    demo->now = at;
    return demo_act(demo, "operator", WORDS("clock", "set", text), err);
}

/* Nobody is in the office at night; a test clock can begin when it opens. */
static enum status begin_in_working_time(struct demo *demo, struct err *err)
{
    struct wall open;
    enum status st = look_at_clock(demo, err);
    if (st != STATUS_OK || !demo->is_test_clock) {
        return st;
    }
    st = calendar_next_working(demo->session->config->calendar, demo->now, &open, err);
    return st == STATUS_OK && open.us != demo->now.us ? go_to(demo, open, err) : st;
}

/* To the opening hour of the next day on which the office works. */
static enum status go_to_next_day(struct demo *demo, struct err *err)
{
    struct zone zone = session_zone(demo->session);
    int64_t midnight_s = (demo->now.us / US_PER_S + zone.offset_s) / S_PER_DAY * S_PER_DAY +
                         S_PER_DAY - zone.offset_s;
    struct wall tomorrow = {midnight_s * US_PER_S};
    struct wall open;
    enum status st = calendar_next_working(demo->session->config->calendar, tomorrow, &open, err);
    return st == STATUS_OK ? go_to(demo, open, err) : st;
}

/* ---- playing -------------------------------------------------------------------------------- */

/* AGAIN: the rest is for a later day. */
static enum status play_on(struct demo *demo, struct play *play, struct err *err)
{
    scene_fn *const *scenes = play->path->scenes;
    while (scenes[play->scene] != NULL) {
        enum status st = scenes[play->scene](demo, play, err);
        if (st == STATUS_AGAIN || st == STATUS_UNAVAILABLE) {
            return st;
        }
        if (st != STATUS_OK) {
            return play->issue[0] == '\0' ? wrap(err, st, "report %u", play->number + 1)
                                          : wrap(err, st, "issue %s", play->issue);
        }
        play->scene++;
    }
    return STATUS_OK;
}

static bool is_over(const struct play *play)
{
    return play->path->scenes[play->scene] == NULL;
}

/* Everything that can happen on this day. */
static enum status play_day(struct demo *demo, struct err *err)
{
    for (uint32_t i = 0; i < demo->play_count; i++) {
        struct play *play = &demo->plays[i];
        if (is_over(play)) {
            continue;
        }
        enum status st = play_on(demo, play, err);
        if (st != STATUS_OK && st != STATUS_AGAIN) {
            return st;
        }
        demo->done += is_over(play);
    }
    return STATUS_OK;
}

static enum status play_all(struct demo *demo, struct err *err)
{
    enum status st = play_day(demo, err);
    while (st == STATUS_OK && demo->done < demo->play_count) {
        st = go_to_next_day(demo, err);
        if (st == STATUS_OK) {
            st = play_day(demo, err);
        }
    }
    return st;
}

static void cast(struct demo *demo, uint32_t count)
{
    demo->play_count = count;
    demo->plays = memory_new(count, sizeof demo->plays[0]);
    for (uint32_t i = 0; i < count; i++) {
        const struct demo_report *report = &demo->reports[i % demo->report_count];
        demo->plays[i] = (struct play){
            .number = i,
            .report = report->json,
            .path = demo->is_test_clock ? report->path : demo_path_of_today(report->path)};
    }
}

static void demo_done(struct demo *demo)
{
    for (uint32_t i = 0; i < demo->play_count; i++) {
        json_decref(demo->plays[i].seen);
    }
    for (uint32_t i = 0; i < demo->report_count; i++) {
        json_decref(demo->reports[i].json);
    }
    json_decref(demo->said);
    free(demo->plays);
    free(demo->reports);
}

/* ---- what came of it ------------------------------------------------------------------------ */

static void count(json_t *counts, const char *name)
{
    json_int_t before = json_integer_value(json_object_get(counts, name));
    (void)json_object_set_new(counts, name, json_integer(before + 1));
}

static bool is_final(const json_t *issue)
{
    enum state state;
    struct err err;
    return state_parse(bytes_of_string(output_string(issue, "state")), &state, &err) == STATUS_OK &&
           (STATES_FINAL & STATE_BIT(state)) != 0;
}

/* The issue that went the longest way is the one to look at. */
static bool is_longer(const json_t *issue, const json_t *than)
{
    return json_integer_value(json_object_get(issue, "generation")) >
           json_integer_value(json_object_get(than, "generation"));
}

static void add_issue(const json_t *issue, json_t *result)
{
    json_t *outcomes = json_object_get(result, "outcomes");
    const char *outcome = output_string(issue, "outcome");
    if (!is_final(issue)) {
        (void)json_array_append(json_object_get(result, "open"), json_object_get(issue, "issue"));
        return;
    }
    count(result, "closed");
    count(outcomes, outcome);
    if (json_integer_value(json_object_get(issue, "redo")) > 0) {
        count(result, "redo");
    }
    if (strcmp(outcome, outcome_word(OUTCOME_EXPLAINED)) == 0) {
        count(result, "explained");
    }
    if (json_is_true(json_object_get(issue, "is_unreached"))) {
        count(result, "unreached");
    }
}

/* Asks the router how every issue ended. */
static enum status gather(struct demo *demo, json_t *result, struct err *err)
{
    const json_t *longest = NULL;
    for (uint32_t i = 0; i < demo->play_count; i++) {
        struct play *play = &demo->plays[i];
        enum status st = demo_look(demo, play, err);
        if (st != STATUS_OK) {
            return st;
        }
        add_issue(play->seen, result);
        longest = longest == NULL || is_longer(play->seen, longest) ? play->seen : longest;
    }
    char now[WALL_TEXT_BYTES];
    wall_format(demo->now, session_zone(demo->session), now);
    (void)json_object_set(result, "example", json_object_get(longest, "issue"));
    (void)json_object_set(result, "cadre", json_object_get(longest, "cadre"));
    (void)json_object_set(result, "lead", json_object_get(longest, "lead"));
    (void)json_object_set_new(result, "is_test_clock", json_boolean(demo->is_test_clock));
    (void)json_object_set_new(result, "now", json_string(now));
    return STATUS_OK;
}

static enum status play_and_gather(struct demo *demo, uint32_t issues, json_t **ret_json,
                                   struct err *err)
{
    int64_t began_us = session_mono().us;
    enum status st = begin_in_working_time(demo, err);
    if (st == STATUS_OK) {
        cast(demo, issues != 0 ? issues : demo->report_count);
        st = play_all(demo, err);
    }
    if (st != STATUS_OK) {
        return st;
    }
    json_t *result =
        json_pack("{s:I, s:i, s:{}, s:i, s:i, s:i, s:[]}", "issues", (json_int_t)demo->play_count,
                  "closed", 0, "outcomes", "redo", 0, "explained", 0, "unreached", 0, "open");
    st = gather(demo, result, err);
    double seconds = (double)(session_mono().us - began_us) / 1e6;
    (void)json_object_set_new(result, "seconds", json_real(seconds));
    if (st != STATUS_OK) {
        json_decref(result);
        return st;
    }
    if (json_array_size(json_object_get(result, "open")) != 0) {
        demo->session->exit = CLI_REFUSED;
    }
    *ret_json = result;
    return STATUS_OK;
}

static enum status read_issues(const struct args *args, uint32_t *ret_issues, struct err *err)
{
    const char *text = args_find_string(args, "issues");
    char *end = NULL;
    *ret_issues = 0;
    if (text == NULL) {
        return STATUS_OK;
    }
    unsigned long number = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || number == 0 || number > ISSUES_MAX) {
        return fail_field(err, STATUS_INVALID, "issues", "--issues takes a number from 1 to %u",
                          ISSUES_MAX);
    }
    *ret_issues = (uint32_t)number;
    return STATUS_OK;
}

enum status demo_run(struct session *session, const struct args *args, json_t **ret_json,
                     struct err *err)
{
    struct demo demo = {.session = session};
    uint32_t issues;
    enum status st = read_issues(args, &issues, err);
    if (st == STATUS_OK) {
        st = demo_read_reports(&demo, err);
    }
    if (st == STATUS_OK) {
        st = play_and_gather(&demo, issues, ret_json, err);
    }
    demo_done(&demo);
    return st;
}

/* ---- for people ----------------------------------------------------------------------------- */

static void print_outcomes(const json_t *outcomes)
{
    struct grid *table = grid_open(3);
    struct buf out = {0};
    grid_put(table, BYTES("OUTCOME"));
    grid_put(table, BYTES(""));
    grid_put(table, BYTES("ISSUES"));
    for (int i = 1; i < OUTCOME_COUNT; i++) {
        enum outcome outcome = (enum outcome)i;
        const json_t *number = json_object_get(outcomes, outcome_word(outcome));
        if (number != NULL) {
            char text[24];
            (void)snprintf(text, sizeof text, "%lld", (long long)json_integer_value(number));
            grid_put(table, bytes_of_string(outcome_word(outcome)));
            grid_put(table, bytes_of_string(outcome_name(outcome)));
            grid_put(table, bytes_of_string(text));
        }
    }
    grid_append(table, &out);
    (void)printf("%.*s", BYTES_FMT(buf_bytes(&out)));
    buf_done(&out);
    grid_close(table);
    (void)printf("\nThese outcomes can be reached: solved, partly, explained. The others come by "
                 "steps of the lifecycle\nthat are not offered yet ('lianhu lifecycle').\n");
}

/* What has to be added to a command so that it finds this instance. */
static void print_try(const struct session *session, const char *what, const char *more)
{
    const char *home = getenv("LIANHU_HOME");
    bool is_known = strcmp(session->globals.home, home != NULL ? home : ".") == 0;
    (void)printf("  lianhu %s%s%s%s\n", what, more, is_known ? "" : " --home ",
                 is_known ? "" : session->globals.home);
}

static void print_tries(const struct session *session, const json_t *result)
{
    const char *example = output_string(result, "example");
    char queue[2 * WORD_MAX_BYTES];
    (void)snprintf(queue, sizeof queue, "%s --all", output_string(result, "lead"));
    (void)printf("\nWhat to try next:\n");
    print_try(session, "issue list", "");
    print_try(session, "issue show ", example);
    print_try(session, "issue trace ", example);
    print_try(session, "inbox list --as ", output_string(result, "cadre"));
    print_try(session, "queue list --department ", queue);
    print_try(session, "status", "");
}

static long long number_of(const json_t *result, const char *member)
{
    return (long long)json_integer_value(json_object_get(result, member));
}

void demo_print(const struct session *session, const json_t *result)
{
    (void)printf("%lld of %lld issues reached their end in %.1f s, each step by the person whose "
                 "it is.\n\n",
                 number_of(result, "closed"), number_of(result, "issues"),
                 json_real_value(json_object_get(result, "seconds")));
    print_outcomes(json_object_get(result, "outcomes"));
    (void)printf("\n%lld were handled again because the household was not satisfied, %lld ended "
                 "with an explanation,\n%lld were closed after three working days without "
                 "reaching the household.\n",
                 number_of(result, "redo"), number_of(result, "explained"),
                 number_of(result, "unreached"));
    if (json_is_true(json_object_get(result, "is_test_clock"))) {
        (void)printf("The instance has a test clock, which the demonstration moved on over these "
                     "days; it shows %s.\n",
                     output_string(result, "now"));
    } else {
        (void)printf("The instance has the real clock, on which three working days cannot pass "
                     "meanwhile: who was not\nreached at first was reached at the second call. "
                     "'lianhu up --test-clock TIME' can do better.\n");
    }
    print_tries(session, result);
}
