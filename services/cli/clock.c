/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/clock.h"

#include "cli/every.h"
#include "cli/output.h"
#include "cli/status.h"
#include "domain/calendar.h"
#include "runtime/clock_page.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUIET_MS 60000   /* how long nothing may move before it is given up, or --timeout */
#define PATIENCE_MS 2000 /* how long nothing may move before people are told what is waited for */
#define LOOK_AGAIN_MS 2
#define SECONDS_MAX 1000000000UL

static enum status open_page(const struct session *session, struct clock_page **ret_page,
                             struct err *err)
{
    char path[PATH_MAX];
    enum status st = session_path(session, "run/clock", path, err);
    return st == STATUS_OK ? clock_page_open(path, true, ret_page, err) : st;
}

/* Whether two looks saw the same, so that nothing happened in between. */
static bool is_same(const struct rest *a, const struct rest *b)
{
    return memcmp(a->heads, b->heads, sizeof a->heads) == 0;
}

/* Until two looks one after the other see everything at rest at `now`. */
static enum status wait_until_quiet(struct session *session, struct wall now, struct rest *ret_rest,
                                    struct err *err)
{
    struct rest before = {0};
    uint32_t quiet_ms = session->globals.has_timeout ? session->globals.timeout_ms : QUIET_MS;
    int64_t moved_us = session_mono().us;
    for (;;) {
        status_look_at_rest(session, now, ret_rest);
        if (ret_rest->is_quiet && before.is_quiet && is_same(&before, ret_rest)) {
            return STATUS_OK;
        }
        if (!is_same(&before, ret_rest)) {
            moved_us = session_mono().us;
        }
        int64_t still_us = session_mono().us - moved_us;
        if (still_us > INT64_C(1000) * PATIENCE_MS) {
            output_progress("waiting for '%s' to come to rest, %lld s", ret_rest->waiting,
                            (long long)(still_us / US_PER_S));
        }
        if (still_us > INT64_C(1000) * quiet_ms) {
            return fail(err, STATUS_BUSY,
                        "'%s' does not come to rest; see 'lianhu status' and 'lianhu dead list'",
                        ret_rest->waiting);
        }
        if (!ret_rest->is_quiet) {
            (void)poll(NULL, 0, LOOK_AGAIN_MS);
        }
        before = *ret_rest;
    }
}

static json_t *now_json(const struct session *session, struct wall now, uint32_t steps)
{
    char text[WALL_TEXT_BYTES];
    wall_format(now, session_zone(session), text);
    return json_pack("{s:s, s:b, s:I}", "now", text, "is_test", 1, "steps", (json_int_t)steps);
}

/* From one due instant to the next, and at last to the target. */
static enum status walk(struct session *session, struct clock_page *page, struct wall target,
                        uint32_t *ret_steps, struct err *err)
{
    struct rest rest;
    uint32_t steps = 0;
    struct wall now = clock_page_get(page);
    enum status st = wait_until_quiet(session, now, &rest, err);
    while (st == STATUS_OK && now.us < target.us) {
        struct wall next = target;
        if (rest.next_due.us > now.us && rest.next_due.us < target.us) {
            next = rest.next_due;
        }
        clock_page_set(page, next);
        now = next;
        steps++;
        if (steps % 16 == 0) {
            char text[WALL_TEXT_BYTES];
            wall_format(now, session_zone(session), text);
            output_progress("%s, %u steps", text, steps);
        }
        st = wait_until_quiet(session, now, &rest, err);
    }
    *ret_steps = steps;
    return st;
}

static enum status go_to(struct session *session, struct clock_page *page, struct wall target,
                         json_t **ret_json, struct err *err)
{
    uint32_t steps;
    if (target.us < clock_page_get(page).us) {
        return fail_field(err, STATUS_INVALID, "time", "the test clock never goes back");
    }
    enum status st = walk(session, page, target, &steps, err);
    if (st == STATUS_OK) {
        *ret_json = now_json(session, target, steps);
    }
    return st;
}

/* "90s", and natural time for the other units but those of work, which the calendar knows. */
static enum status find_target(const struct session *session, struct wall from, const char *text,
                               struct wall *ret_target, struct err *err)
{
    static const int64_t seconds[DURATION_UNIT_COUNT] = {
        [DURATION_MINUTES] = 60, [DURATION_HOURS] = 3600, [DURATION_DAYS] = S_PER_DAY};
    struct duration duration;
    char *end;
    unsigned long count = strtoul(text, &end, 10);
    if (*text >= '0' && *text <= '9' && strcmp(end, "s") == 0 && count <= SECONDS_MAX) {
        ret_target->us = from.us + (int64_t)count * US_PER_S;
        return STATUS_OK;
    }
    enum status st = duration_parse(bytes_of_string(text), &duration, err);
    if (st != STATUS_OK) {
        (void)snprintf(err->field, sizeof err->field, "duration");
        return st;
    }
    if (seconds[duration.unit] != 0) {
        ret_target->us = from.us + seconds[duration.unit] * duration.amount * US_PER_S;
        return STATUS_OK;
    }
    bool is_provisional;
    return calendar_due(session->config->calendar, from, duration, ret_target, &is_provisional,
                        err);
}

enum status clock_run_advance(struct session *session, const struct args *args, json_t **ret_json,
                              struct err *err)
{
    struct clock_page *page = NULL;
    struct wall target;
    enum status st = open_page(session, &page, err);
    if (st == STATUS_OK) {
        st = find_target(session, clock_page_get(page), args_find_string(args, "duration"), &target,
                         err);
    }
    if (st == STATUS_OK) {
        st = go_to(session, page, target, ret_json, err);
    }
    clock_page_close(page);
    return st;
}

enum status clock_run_set(struct session *session, const struct args *args, json_t **ret_json,
                          struct err *err)
{
    struct clock_page *page = NULL;
    struct wall target;
    enum status st = wall_parse(bytes_of_string(args_find_string(args, "time")),
                                session_zone(session), &target, err);
    if (st != STATUS_OK) {
        (void)snprintf(err->field, sizeof err->field, "time");
        return st;
    }
    st = open_page(session, &page, err);
    if (st == STATUS_OK) {
        st = go_to(session, page, target, ret_json, err);
    }
    clock_page_close(page);
    return st;
}

enum status clock_run_show(struct session *session, const struct args *args, json_t **ret_json,
                           struct err *err)
{
    (void)args;
    struct clock_page *page = NULL;
    struct wall now = session_now();
    enum status st = open_page(session, &page, err);
    bool is_test = st == STATUS_OK;
    if (st != STATUS_OK && st != STATUS_NOT_FOUND) {
        return st;
    }
    if (is_test) {
        now = clock_page_get(page);
    }
    clock_page_close(page);
    char text[WALL_TEXT_BYTES];
    wall_format(now, session_zone(session), text);
    *ret_json = json_pack("{s:s, s:b}", "now", text, "is_test", is_test);
    return STATUS_OK;
}

enum status clock_run_accept(struct session *session, const struct args *args, json_t **ret_json,
                             struct err *err)
{
    (void)args;
    struct clock_accept_command command = {0};
    return every_send(session, &clock_accept_command_type, &command, ret_json, err);
}

void clock_print(const struct session *session, const json_t *result)
{
    (void)session;
    (void)printf("%s%s\n", output_string(result, "now"),
                 json_is_true(json_object_get(result, "is_test")) ? " (test clock)" : "");
}

void clock_print_accepted(const struct session *session, const json_t *result)
{
    (void)session;
    (void)printf("%zu daemons take the clock as it is; their timers go on\n",
                 json_array_size(result));
}
