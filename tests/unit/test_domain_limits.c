/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar_2026.h"

#include "base/memory.h"
#include "domain/limits.h"

static const struct category urban = {{(const uint8_t *)"urban", 5}, {0}, {0}, 1};
static const struct category roads = {{(const uint8_t *)"roads", 5}, {0}, {0}, 2};
static const struct category holes = {{(const uint8_t *)"holes", 5}, {0}, {0}, 3};

static const struct ladder handling = {
    .name = "handling",
    .steps =
        {{0, {{.moment = LADDER_AT_PERCENT, .percent = 50}}, 1, 2, 0},
         {1,
          {{.moment = LADDER_AT_PERCENT, .percent = 80},
           {.moment = LADDER_BEFORE_DUE, .duration = {DURATION_WORKING_DAYS, 1}}},
          2,
          6,
          0},
         {2, {{.moment = LADDER_AT_DUE}}, 1, 12, 0},
         {3, {{.moment = LADDER_AFTER_DUE, .duration = {DURATION_WORKING_DAYS, 1}}}, 1, 44, 0},
         {5, {{.moment = LADDER_AFTER_DUE, .duration = {DURATION_WORKING_DAYS, 5}}}, 1, 64, 2}},
    .step_count = 5};

static struct limit limit_of(const char *text)
{
    return (struct limit){length(text), &handling};
}

static struct limit_row row_of(enum kind kind, const char *category, const char *general)
{
    struct limit_row row = {.kind = kind};
    (void)snprintf(row.category, sizeof row.category, "%s", category);
    row.is_set[URGENCY_GENERAL] = true;
    row.limits[URGENCY_GENERAL].duration = length(general);
    return row;
}

static uint32_t find_days(const struct limits *limits, enum kind kind, uint32_t depth)
{
    struct limit_case wanted = {.stage = STAGE_HANDLE,
                                .urgency = URGENCY_GENERAL,
                                .kind = kind,
                                .path = {&urban, &roads, &holes},
                                .path_count = depth};
    return limits_find(limits, &wanted)->duration.amount;
}

static void the_deepest_category_wins_and_then_the_kind(void **test)
{
    (void)test;
    struct limits *limits = memory_new(1, sizeof *limits);
    struct stage_limits *stage = &limits->stages[STAGE_HANDLE];
    stage->base = row_of(KIND_NONE, "", "7d");
    stage->overrides = memory_new(5, sizeof *stage->overrides);
    stage->overrides[stage->override_count++] = row_of(KIND_ENQUIRY, "", "3d");
    stage->overrides[stage->override_count++] = row_of(KIND_NONE, "urban", "9d");
    stage->overrides[stage->override_count++] = row_of(KIND_NONE, "holes", "11d");
    stage->overrides[stage->override_count++] = row_of(KIND_DISPUTE, "urban", "13d");
    stage->overrides[stage->override_count++] = row_of(KIND_NONE, "gas", "1d");

    assert_int_equal(find_days(limits, KIND_NONE, 0), 7);
    assert_int_equal(find_days(limits, KIND_ENQUIRY, 0), 3);
    assert_int_equal(find_days(limits, KIND_ENQUIRY, 1), 9);
    assert_int_equal(find_days(limits, KIND_DEMAND, 2), 9);
    assert_int_equal(find_days(limits, KIND_DISPUTE, 2), 13);
    assert_int_equal(find_days(limits, KIND_DISPUTE, 3), 11);
    struct limit_case other = {
        .stage = STAGE_HANDLE, .urgency = URGENCY_COMPLEX, .kind = KIND_ENQUIRY};
    assert_ptr_equal(limits_find(limits, &other), &stage->base.limits[URGENCY_COMPLEX]);
    limits_close(limits);
}

static void assert_point(const struct limit_plan *plan, uint32_t i, uint32_t level, const char *at_)
{
    assert_true(i < plan->point_count);
    assert_int_equal(plan->points[i].level, level);
    assert_wall(plan->points[i].at, at_);
}

static void a_plan_has_warnings_the_due_time_and_the_ladder(void **test)
{
    struct err err;
    struct limit_plan plan;
    struct limit limit = limit_of("5wd");
    assert_ok(limit_plan(&limit, *test, at("2026-09-30T10:00"), &plan, &err));
    assert_true(plan.has_due);
    assert_wall(plan.due, "2026-10-13T17:00:00");
    assert_false(plan.is_provisional);
    assert_int_equal(plan.point_count, 5);
    /* 37.5 working hours are allowed; half are over after 18.75 */
    assert_point(&plan, 0, 0, "2026-10-10T09:15:00");
    assert_point(&plan, 1, 1, "2026-10-12T16:00:00");
    assert_point(&plan, 2, 2, "2026-10-13T17:00:00");
    assert_point(&plan, 3, 3, "2026-10-14T17:00:00");
    assert_point(&plan, 4, 5, "2026-10-20T17:00:00");
    assert_int_equal(plan.points[4].recipients, 64);
    assert_int_equal(plan.points[4].supervised, 2);
}

static void a_natural_limit_warns_in_natural_time(void **test)
{
    struct err err;
    struct limit_plan plan;
    struct limit limit = limit_of("10h");
    assert_ok(limit_plan(&limit, *test, at("2026-10-01T20:00"), &plan, &err));
    assert_point(&plan, 0, 0, "2026-10-02T01:00:00");
    assert_point(&plan, 1, 1, "2026-10-02T04:00:00");
    assert_point(&plan, 2, 2, "2026-10-02T06:00:00");
    assert_point(&plan, 3, 3, "2026-10-08T17:00:00");
}

static void a_warning_before_the_start_gives_way_to_the_other_one(void **test)
{
    struct err err;
    struct limit_plan plan;
    struct limit limit = limit_of("1wd");
    /* One working day before the due time is the start's own closing time, gone by. */
    assert_ok(limit_plan(&limit, *test, at("2026-10-12T18:00"), &plan, &err));
    assert_wall(plan.due, "2026-10-13T17:00:00");
    assert_point(&plan, 0, 0, "2026-10-13T11:45:00");
    assert_point(&plan, 1, 1, "2026-10-13T15:42:00");
    /* From before that time on it is the earlier one, but not earlier than the level below. */
    assert_ok(limit_plan(&limit, *test, at("2026-10-12T10:00"), &plan, &err));
    assert_point(&plan, 0, 0, "2026-10-13T09:15:00");
    assert_point(&plan, 1, 1, "2026-10-13T09:15:00");
}

static void a_limit_of_no_duration_plans_nothing(void **test)
{
    struct err err;
    struct limit_plan plan;
    struct limit limit = {{0}, &handling};
    assert_ok(limit_plan(&limit, *test, at("2026-10-12T18:00"), &plan, &err));
    assert_false(plan.has_due);
    assert_int_equal(plan.point_count, 0);
}

static void levels_after_the_published_years_are_provisional(void **test)
{
    struct err err;
    struct limit_plan plan;
    struct limit limit = limit_of("3wd");
    assert_ok(limit_plan(&limit, *test, at("2026-12-28T10:00"), &plan, &err));
    assert_wall(plan.due, "2026-12-31T17:00:00");
    assert_false(plan.is_provisional);
    assert_false(plan.points[2].is_provisional);
    assert_true(plan.points[3].is_provisional);

    limit = limit_of("5wd");
    assert_ok(limit_plan(&limit, *test, at("2026-12-28T10:00"), &plan, &err));
    assert_true(plan.is_provisional);
    assert_true(plan.points[0].is_provisional);
}

static void a_moved_due_time_gets_its_own_points(void **test)
{
    struct err err;
    struct limit_plan plan;
    struct limit limit = limit_of("5wd");
    assert_ok(limit_plan_until(&limit, *test, at("2026-09-30T10:00"), at("2026-10-20T12:00"), &plan,
                               &err));
    assert_wall(plan.due, "2026-10-20T12:00:00");
    assert_point(&plan, 1, 1, "2026-10-16T11:36:00");
    assert_point(&plan, 2, 2, "2026-10-20T12:00:00");
    assert_point(&plan, 3, 3, "2026-10-21T17:00:00");
    assert_status(limit_plan_until(&limit, *test, at("2026-09-30T10:00"), (struct wall){INT64_MAX},
                                   &plan, &err),
                  STATUS_INVALID);
    assert_status(limit_plan_until(&limit, *test, (struct wall){INT64_MIN}, at("2026-09-30T10:00"),
                                   &plan, &err),
                  STATUS_INVALID);
}

static void points_never_go_back_in_time(void **test)
{
    struct err err;
    struct dice dice = dice_open(7);
    for (int i = 0; i < 20000; i++) {
        struct limit limit = {{(enum duration_unit)(1 + dice_below(&dice, DURATION_UNIT_COUNT - 1)),
                               1 + (uint32_t)dice_below(&dice, 30)},
                              &handling};
        struct wall from = {at("2024-01-01T00:00").us +
                            (int64_t)dice_below(&dice, 1090 * (uint64_t)S_PER_DAY) * US_PER_S};
        struct limit_plan plan;
        assert_ok(limit_plan(&limit, *test, from, &plan, &err));
        for (uint32_t k = 0; k < plan.point_count; k++) {
            assert_true(plan.points[k].at.us > from.us);
            assert_true(k == 0 || plan.points[k].at.us >= plan.points[k - 1].at.us);
            assert_true(k == 0 || plan.points[k].level > plan.points[k - 1].level);
        }
        assert_true(plan.point_count >= 4);
        assert_int_equal(plan.points[plan.point_count - 3].at.us, plan.due.us);
    }
}

static struct ladder ladder_of(const struct ladder_step *steps, uint32_t count)
{
    struct ladder ladder = {.name = "made", .step_count = count};
    memcpy(ladder.steps, steps, count * sizeof *steps);
    return ladder;
}

static void ladders_that_shrink_are_refused(void **test)
{
    (void)test;
    static const struct ladder_step steps[] = {
        {0, {{.moment = LADDER_AT_PERCENT, .percent = 50}}, 1, 2, 0},
        {1, {{.moment = LADDER_AT_PERCENT, .percent = 40}}, 1, 2, 0},
        {2, {{.moment = LADDER_AT_DUE}}, 1, 2, 0},
        {3, {{.moment = LADDER_AFTER_DUE, .duration = {DURATION_WORKING_DAYS, 3}}}, 1, 2, 0},
        {4, {{.moment = LADDER_AFTER_DUE, .duration = {DURATION_HOURS, 5}}}, 1, 2, 0},
        {5, {{.moment = LADDER_BEFORE_DUE, .duration = {DURATION_HOURS, 5}}}, 1, 2, 0},
        {5, {{.moment = LADDER_AT_DUE}}, 1, 0, 0},
        {5, {{.moment = LADDER_AT_DUE}, {.moment = LADDER_AT_PERCENT, .percent = 5}}, 2, 2, 0},
        {1, {{.moment = LADDER_AT_PERCENT, .percent = 90}}, 1, 2, 2},
        {5, {{.moment = LADDER_AT_DUE}}, 1, 2, 1},
        {5, {{.moment = LADDER_AT_DUE}}, 0, 2, 0},
    };
    static const struct {
        uint32_t steps[2];
        const char *field;
        const char *why;
    } rows[] = {
        {{0, 1}, "at", "level 1 doesn't come later than level 0, the one below it"},
        {{3, 4}, "at", "level 4 doesn't come later than level 3, the one below it"},
        {{2, 5}, "at", "level 5 doesn't come later than level 2, the one below it"},
        {{2, 0}, "level", "level 0 stands behind level 2: levels rise from step to step"},
        {{2, 6}, "tell", "level 5 tells nobody: say who is told"},
        {{2, 10}, "at", "level 5 has no time: say when it comes"},
        {{0, 7},
         "at",
         "level 5 has times that exclude each other: several are for warnings before the "
         "due time only"},
        {{8, 9},
         "supervised",
         "level 5 raises it to supervision 1, and a level below it to 2 already: write at least "
         "that, or leave it out"},
    };
    struct err err;
    uint32_t step = 9;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct ladder_step made[] = {steps[rows[i].steps[0]], steps[rows[i].steps[1]]};
        struct ladder ladder = ladder_of(made, 2);
        assert_status(ladder_check(&ladder, &step, &err), STATUS_INVALID);
        assert_string_equal(err.text, rows[i].why);
        assert_string_equal(err.field, rows[i].field);
        assert_int_equal(step, 1);
    }
    assert_ok(ladder_check(&handling, &step, &err));
}

static void a_ladder_must_fit_its_limit(void **test)
{
    (void)test;
    static const struct ladder_step early[] = {
        {0, {{.moment = LADDER_BEFORE_DUE, .duration = {DURATION_WORKING_DAYS, 1}}}, 1, 2, 0}};
    static const struct ladder_step crossing[] = {
        {0, {{.moment = LADDER_AT_PERCENT, .percent = 90}}, 1, 2, 0},
        {1, {{.moment = LADDER_BEFORE_DUE, .duration = {DURATION_WORKING_DAYS, 1}}}, 1, 2, 0}};
    struct err err;
    uint32_t step;
    struct ladder ladder = ladder_of(early, 1);
    struct limit limit = {length("24h"), &ladder};
    assert_status(limit_check_ladder(&limit, &err), STATUS_INVALID);
    assert_string_equal(err.text, "with a limit of 24h, level 0 of the ladder 'made' would come "
                                  "before the start");
    limit.duration = length("2wd");
    assert_ok(limit_check_ladder(&limit, &err));

    struct ladder crossed = ladder_of(crossing, 2);
    limit = (struct limit){length("5wd"), &crossed};
    assert_ok(ladder_check(&crossed, &step, &err));
    assert_status(limit_check_ladder(&limit, &err), STATUS_INVALID);
    limit.duration = length("10wd");
    assert_ok(limit_check_ladder(&limit, &err));
}

static void absurd_and_falling_limits_are_refused(void **test)
{
    (void)test;
    struct err err;
    assert_ok(limit_check_duration(length("400d"), &err));
    assert_status(limit_check_duration(length("401d"), &err), STATUS_INVALID);
    assert_status(limit_check_duration(length("401wd"), &err), STATUS_INVALID);
    assert_status(limit_check_duration(length("9601h"), &err), STATUS_INVALID);

    struct limit_row row = row_of(KIND_NONE, "", "7d");
    row.is_set[URGENCY_EMERGENCY] = true;
    row.limits[URGENCY_EMERGENCY].duration = length("8d");
    assert_status(limit_check_order(&row, &err), STATUS_INVALID);
    assert_string_equal(err.text, "general has 7d, which is shorter than emergency with 8d");
    assert_string_equal(err.field, "general");
    row.limits[URGENCY_EMERGENCY].duration = (struct duration){0};
    assert_ok(limit_check_order(&row, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_deepest_category_wins_and_then_the_kind),
        cmocka_unit_test(a_plan_has_warnings_the_due_time_and_the_ladder),
        cmocka_unit_test(a_natural_limit_warns_in_natural_time),
        cmocka_unit_test(a_warning_before_the_start_gives_way_to_the_other_one),
        cmocka_unit_test(a_limit_of_no_duration_plans_nothing),
        cmocka_unit_test(levels_after_the_published_years_are_provisional),
        cmocka_unit_test(a_moved_due_time_gets_its_own_points),
        cmocka_unit_test(points_never_go_back_in_time),
        cmocka_unit_test(ladders_that_shrink_are_refused),
        cmocka_unit_test(a_ladder_must_fit_its_limit),
        cmocka_unit_test(absurd_and_falling_limits_are_refused),
    };
    return cmocka_run_group_tests(tests, open_calendar, close_calendar);
}
