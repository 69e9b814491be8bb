/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar_2026.h"

#include "domain/limits.h"

static const struct ladder half_and_due = {
    .name = "half_and_due",
    .steps = {{0, {{.moment = LADDER_AT_PERCENT, .percent = 50}}, 1, 2, 0},
              {2, {{.moment = LADDER_AT_DUE}}, 1, 12, 0}},
    .step_count = 2};

static struct limit limit_of(const char *text)
{
    return (struct limit){length(text), &half_and_due};
}

static struct limit_plan plan_of(const struct calendar *calendar, const char *limit,
                                 const struct limit_run *run)
{
    struct err err;
    struct limit_plan plan;
    struct limit of = limit_of(limit);
    assert_ok(limit_plan_run(&of, calendar, run, &plan, &err));
    return plan;
}

static void a_clock_that_was_never_paused_is_planned_as_at_its_start(void **test)
{
    struct err err;
    struct limit_plan begun;
    struct limit_run run = {.started_at = at("2026-10-12T10:00")};
    struct limit limit = limit_of("5wd");
    assert_ok(limit_plan(&limit, *test, run.started_at, &begun, &err));
    struct limit_plan again = plan_of(*test, "5wd", &run);
    assert_wall(again.due, "2026-10-19T17:00:00");
    assert_int_equal(again.due.us, begun.due.us);
    assert_int_equal(again.points[0].at.us, begun.points[0].at.us);
}

static void a_suspension_over_a_weekend_gives_back_only_working_time(void **test)
{
    struct limit_run run = {.started_at = at("2026-10-12T10:00")};
    limit_run_pause(&run, *test, at("2026-10-16T16:00"), at("2026-10-19T09:00"));
    /* One hour on Friday, half an hour on Monday. */
    assert_int_equal(run.paused_working_us, 90 * 60 * US_PER_S);
    assert_wall(plan_of(*test, "5wd", &run).due, "2026-10-20T10:00:00");
    assert_wall(plan_of(*test, "7d", &run).due, "2026-10-20T10:00:00");
    /* 37.5 hours lie between start and due time: half of them, and the pause. */
    assert_wall(plan_of(*test, "5wd", &run).points[0].at, "2026-10-15T10:45:00");
}

static void a_natural_limit_gets_back_natural_time(void **test)
{
    struct limit_run run = {.started_at = at("2026-10-16T10:00")};
    limit_run_pause(&run, *test, at("2026-10-16T16:00"), at("2026-10-19T09:00"));
    assert_wall(plan_of(*test, "24h", &run).due, "2026-10-20T03:00:00");
    assert_wall(plan_of(*test, "24h", &run).points[0].at, "2026-10-19T15:00:00");
}

static void half_the_time_moves_as_the_whole_does(void **test)
{
    struct limit_run run = {.started_at = at("2026-10-12T09:00"), .is_halved = true};
    struct limit_plan plan = plan_of(*test, "4d", &run);
    int64_t middle = (run.started_at.us + at("2026-10-16T23:59:59").us) / 2;
    assert_int_equal(plan.due.us, middle);
    limit_run_pause(&run, *test, at("2026-10-13T09:00"), at("2026-10-13T11:00"));
    int64_t working = calendar_working_between(*test, plan.due, plan_of(*test, "4d", &run).due);
    assert_int_equal(working, 2 * 3600 * US_PER_S);
}

static void a_changed_class_keeps_the_time_already_used(void **test)
{
    struct limit_run run = {.started_at = at("2026-10-12T10:00")};
    limit_run_pause(&run, *test, at("2026-10-13T08:30"), at("2026-10-13T10:30"));
    assert_wall(plan_of(*test, "3wd", &run).due, "2026-10-16T10:30:00");
    assert_wall(plan_of(*test, "5wd", &run).due, "2026-10-20T10:30:00");
    assert_wall(plan_of(*test, "24h", &run).due, "2026-10-13T12:00:00");
}

static void a_pause_that_ends_before_it_begins_is_none(void **test)
{
    struct limit_run run = {.started_at = at("2026-10-12T10:00")};
    limit_run_pause(&run, *test, at("2026-10-13T10:00"), at("2026-10-13T09:00"));
    assert_int_equal(run.paused_us, 0);
    assert_int_equal(run.paused_working_us, 0);
}

static void a_decided_due_time_stays_and_its_warnings_move(void **test)
{
    struct err err;
    struct limit_plan plan;
    struct limit_run run = {.started_at = at("2026-10-12T08:30")};
    struct limit limit = limit_of("5wd");
    limit_run_pause(&run, *test, at("2026-10-12T08:30"), at("2026-10-12T10:30"));
    assert_ok(limit_plan_run_until(&limit, *test, &run, at("2026-10-12T16:00"), &plan, &err));
    assert_wall(plan.due, "2026-10-12T16:00:00");
    assert_wall(plan.points[0].at, "2026-10-12T14:15:00");
}

static void a_clock_outside_the_calendar_is_refused(void **test)
{
    struct err err;
    struct limit_plan plan;
    struct limit limit = limit_of("5wd");
    struct limit_run run = {.started_at = at("2099-12-20T10:00")};
    run.paused_us = INT64_C(40) * S_PER_DAY * US_PER_S;
    run.paused_working_us = run.paused_us;
    assert_status(limit_plan_run(&limit, *test, &run, &plan, &err), STATUS_INVALID);
}

/* ---- properties ---- */

static int64_t roll(struct dice *dice, int64_t bound_s)
{
    return (int64_t)dice_below(dice, (uint64_t)bound_s) * US_PER_S;
}

static int64_t working(const struct calendar *calendar, int64_t from, int64_t until)
{
    return calendar_working_between(calendar, (struct wall){from}, (struct wall){until});
}

/* What is left of a clock after each of its pauses is what was left before it. One that has no
 * working time at all (half a day that begins on a Saturday) warns in natural time. */
static void check_pauses(const struct calendar *calendar, struct dice *dice, const char *text)
{
    struct limit_run run = {.started_at = {at("2026-03-02T00:00").us + roll(dice, 200 * S_PER_DAY)},
                            .is_halved = dice_below(dice, 4) == 0};
    bool is_natural = duration_is_natural(length(text));
    int64_t now = run.started_at.us;
    if (!is_natural && working(calendar, now, plan_of(calendar, text, &run).due.us) == 0) {
        return;
    }
    for (uint64_t pauses = 1 + dice_below(dice, 4); pauses > 0; pauses--) {
        struct limit_plan before = plan_of(calendar, text, &run);
        int64_t begin = now + roll(dice, 4 * S_PER_DAY);
        now = begin + roll(dice, 6 * S_PER_DAY);
        limit_run_pause(&run, calendar, (struct wall){begin}, (struct wall){now});
        struct limit_plan after = plan_of(calendar, text, &run);
        assert_int_equal(after.point_count, before.point_count);
        for (uint32_t i = 0; i < after.point_count; i++) {
            int64_t was = before.points[i].at.us;
            int64_t is = after.points[i].at.us;
            int64_t left = is_natural ? was - begin : working(calendar, begin, was);
            assert_int_equal(is_natural ? is - now : working(calendar, now, is), left);
        }
        assert_true(after.due.us >= before.due.us);
    }
}

static void what_is_left_after_a_pause_is_what_was_left_before_it(void **test)
{
    static const char *const limits[] = {"90m", "24h", "4wh", "30wh", "1wd", "5wd", "7d", "15d"};
    struct dice dice = dice_open(20261012);
    for (int i = 0; i < 4000; i++) {
        check_pauses(*test, &dice, limits[dice_below(&dice, 8)]);
    }
}

static void pauses_count_the_same_whole_or_in_pieces(void **test)
{
    struct dice dice = dice_open(20261013);
    for (int i = 0; i < 2000; i++) {
        struct limit_run whole = {
            .started_at = {at("2026-03-02T00:00").us + roll(&dice, S_PER_DAY)}};
        struct limit_run pieces = whole;
        int64_t a = whole.started_at.us + roll(&dice, 9 * S_PER_DAY);
        int64_t b = a + roll(&dice, 9 * S_PER_DAY);
        int64_t c = b + roll(&dice, 9 * S_PER_DAY);
        limit_run_pause(&whole, *test, (struct wall){a}, (struct wall){c});
        limit_run_pause(&pieces, *test, (struct wall){a}, (struct wall){b});
        limit_run_pause(&pieces, *test, (struct wall){b}, (struct wall){c});
        assert_memory_equal(&whole, &pieces, sizeof whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_that_was_never_paused_is_planned_as_at_its_start),
        cmocka_unit_test(a_suspension_over_a_weekend_gives_back_only_working_time),
        cmocka_unit_test(a_natural_limit_gets_back_natural_time),
        cmocka_unit_test(half_the_time_moves_as_the_whole_does),
        cmocka_unit_test(a_changed_class_keeps_the_time_already_used),
        cmocka_unit_test(a_pause_that_ends_before_it_begins_is_none),
        cmocka_unit_test(a_decided_due_time_stays_and_its_warnings_move),
        cmocka_unit_test(a_clock_outside_the_calendar_is_refused),
        cmocka_unit_test(what_is_left_after_a_pause_is_what_was_left_before_it),
        cmocka_unit_test(pauses_count_the_same_whole_or_in_pieces),
    };
    return cmocka_run_group_tests(tests, open_calendar, close_calendar);
}
