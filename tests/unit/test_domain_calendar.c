/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar_2026.h"

struct vector {
    const char *from;
    const char *in;
    const char *due;
};

static void check_vectors(const struct calendar *calendar, const struct vector *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_wall(due_of(calendar, at(rows[i].from), length(rows[i].in)), rows[i].due);
    }
}

static void limits_of_the_contract_are_due_when_it_says(void **test)
{
    static const struct vector rows[] = {
        {"2026-09-30T10:00", "5wd", "2026-10-13T17:00:00"},
        {"2026-09-30T10:00", "4wh", "2026-09-30T16:30:00"},
        {"2026-09-30T10:00", "8d", "2026-10-08T23:59:59"},
        {"2026-09-30T10:00", "2h", "2026-09-30T12:00:00"},
        {"2026-09-30T23:45", "30m", "2026-10-01T00:15:00"},
    };
    check_vectors(*test, rows, COUNT(rows));
}

static void working_days_follow_holidays_and_make_up_days(void **test)
{
    static const struct vector rows[] = {
        {"2024-02-08T09:00", "3wd", "2024-02-19T17:00:00"},
        {"2024-04-30T09:00", "5wd", "2024-05-10T17:30:00"},
        {"2024-09-13T09:00", "1wd", "2024-09-14T17:30:00"},
        {"2024-09-30T09:00", "5wd", "2024-10-12T17:00:00"},
        {"2025-01-24T09:00", "5wd", "2025-02-07T17:00:00"},
        {"2025-04-25T09:00", "3wd", "2025-04-29T17:00:00"},
        {"2025-09-26T09:00", "5wd", "2025-10-10T17:00:00"},
        {"2025-09-30T09:00", "3wd", "2025-10-11T17:00:00"},
        {"2025-12-31T09:00", "1wd", "2026-01-04T17:00:00"},
        {"2026-02-12T09:00", "5wd", "2026-02-26T17:00:00"},
        {"2026-02-13T09:00", "15wd", "2026-03-12T17:00:00"},
        {"2026-09-18T09:00", "1wd", "2026-09-20T17:30:00"},
        {"2026-09-30T09:00", "5wd", "2026-10-13T17:00:00"},
    };
    check_vectors(*test, rows, COUNT(rows));
    /* The hour of the start does not matter. */
    assert_wall(due_of(*test, at("2026-09-30T00:00:00"), length("5wd")), "2026-10-13T17:00:00");
    assert_wall(due_of(*test, at("2026-09-30T23:59:59"), length("5wd")), "2026-10-13T17:00:00");
}

static void natural_days_roll_off_a_day_off(void **test)
{
    static const struct vector rows[] = {
        {"2023-10-01T09:00", "60d", "2023-11-30T23:59:59"},
        {"2025-12-01T09:00", "60d", "2026-01-30T23:59:59"},
        {"2026-08-05T09:00", "60d", "2026-10-08T23:59:59"},
        {"2026-09-18T09:00", "2d", "2026-09-20T23:59:59"}, /* a Sunday that works */
        {"2026-09-30T09:00", "1d", "2026-10-08T23:59:59"},
        {"2026-10-08T23:59:59", "1d", "2026-10-09T23:59:59"},
    };
    check_vectors(*test, rows, COUNT(rows));
}

static void working_hours_are_exact_to_the_second_at_every_edge(void **test)
{
    static const struct vector rows[] = {
        /* winter: 08:30-12:00, 14:00-17:00 */
        {"2026-01-05T08:29:59", "1wh", "2026-01-05T09:30:00"},
        {"2026-01-05T08:30:00", "1wh", "2026-01-05T09:30:00"},
        {"2026-01-05T08:30:01", "1wh", "2026-01-05T09:30:01"},
        {"2026-01-05T11:00:00", "1wh", "2026-01-05T12:00:00"},
        {"2026-01-05T11:00:01", "1wh", "2026-01-05T14:00:01"},
        {"2026-01-05T11:59:59", "1wh", "2026-01-05T14:59:59"},
        {"2026-01-05T12:00:00", "1wh", "2026-01-05T15:00:00"},
        {"2026-01-05T13:59:59", "1wh", "2026-01-05T15:00:00"},
        {"2026-01-05T16:00:00", "1wh", "2026-01-05T17:00:00"},
        {"2026-01-05T16:00:01", "1wh", "2026-01-06T08:30:01"},
        {"2026-01-05T17:00:00", "1wh", "2026-01-06T09:30:00"},
        {"2026-01-05T23:59:59", "1wh", "2026-01-06T09:30:00"},
        /* over the end of summer hours and the October holidays */
        {"2026-09-30T16:30:00", "1wh", "2026-09-30T17:30:00"},
        {"2026-09-30T16:30:01", "1wh", "2026-10-08T08:30:01"},
        {"2026-09-30T14:00:00", "7wh", "2026-10-08T14:30:00"},
        /* over a make-up Sunday: Friday, then Sunday, then Monday */
        {"2026-09-18T17:00:00", "1wh", "2026-09-20T09:00:00"},
        {"2026-09-20T17:00:00", "1wh", "2026-09-21T09:00:00"},
        /* over New Year */
        {"2025-12-31T16:30:00", "1wh", "2026-01-04T09:00:00"},
    };
    check_vectors(*test, rows, COUNT(rows));
}

static void a_fraction_of_a_second_is_kept(void **test)
{
    struct wall from = at("2026-01-05T11:30:00");
    from.us += 1;
    struct wall due = due_of(*test, from, length("1wh"));
    assert_int_equal(due.us, at("2026-01-05T14:30:00").us + 1);
}

static void working_instants_are_half_open(void **test)
{
    static const struct {
        const char *at;
        bool is_working;
        const char *next;
    } rows[] = {
        {"2026-09-30T08:29:59", false, "2026-09-30T08:30:00"},
        {"2026-09-30T08:30:00", true, "2026-09-30T08:30:00"},
        {"2026-09-30T11:59:59", true, "2026-09-30T11:59:59"},
        {"2026-09-30T12:00:00", false, "2026-09-30T14:30:00"},
        {"2026-09-30T14:00:00", false, "2026-09-30T14:30:00"},
        {"2026-09-30T17:29:59", true, "2026-09-30T17:29:59"},
        {"2026-09-30T17:30:00", false, "2026-10-08T08:30:00"},
        {"2026-10-08T14:00:00", true, "2026-10-08T14:00:00"},
        {"2026-10-08T17:00:00", false, "2026-10-09T08:30:00"},
        {"2026-10-10T09:00:00", true, "2026-10-10T09:00:00"},
        {"2026-10-11T09:00:00", false, "2026-10-12T08:30:00"},
    };
    struct err err;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wall next;
        assert_int_equal(calendar_is_working(*test, at(rows[i].at)), rows[i].is_working);
        assert_ok(calendar_next_working(*test, at(rows[i].at), &next, &err));
        assert_wall(next, rows[i].next);
    }
}

static void before_counts_in_the_same_calendar_as_due(void **test)
{
    static const struct vector rows[] = {
        {"2026-10-13T17:00:00", "5wd", "2026-09-30T17:30:00"},
        {"2026-10-13T17:00:00", "1wd", "2026-10-12T17:00:00"},
        {"2026-10-12T17:00:00", "1wd", "2026-10-10T17:00:00"},
        {"2026-10-08T23:59:59", "1wd", "2026-09-30T17:30:00"},
        {"2026-10-08T09:30:00", "2wh", "2026-09-30T16:30:00"},
        {"2026-10-08T09:30:00", "1wh", "2026-10-08T08:30:00"},
        {"2026-09-30T17:30:00", "3wh", "2026-09-30T14:30:00"},
        {"2026-10-08T23:59:59", "2d", "2026-10-06T23:59:59"},
        {"2026-10-08T09:30:00", "2h", "2026-10-08T07:30:00"},
        {"2026-10-01T00:10:00", "30m", "2026-09-30T23:40:00"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_wall(before_of(*test, at(rows[i].from), length(rows[i].in)), rows[i].due);
    }
}

static void months_have_the_published_number_of_working_days(void **test)
{
    static const int64_t expected[3][12] = {
        {22, 18, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22},
        {19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23},
        {21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23},
    };
    for (int32_t i = 0; i < 36; i++) {
        int32_t year = 2024 + i / 12;
        int32_t month = 1 + i % 12;
        int64_t first = days_from_date(year, month, 1);
        int64_t end = days_from_date(year + month / 12, month % 12 + 1, 1);
        assert_int_equal(calendar_count_working_days(*test, first, end), expected[i / 12][i % 12]);
    }
}

static bool is_provisional(const struct calendar *calendar, const char *from, const char *in)
{
    struct err err;
    struct wall due;
    bool answer;
    assert_ok(calendar_due(calendar, at(from), length(in), &due, &answer, &err));
    return answer;
}

static void a_deadline_that_needs_an_unpublished_year_is_provisional(void **test)
{
    assert_false(is_provisional(*test, "2026-12-30T09:00", "1wd"));
    assert_true(is_provisional(*test, "2026-12-31T09:00", "1wd"));
    assert_true(is_provisional(*test, "2026-12-01T09:00", "30wd"));
    assert_wall(due_of(*test, at("2026-12-31T09:00"), length("1wd")), "2027-01-01T17:00:00");
    assert_false(is_provisional(*test, "2026-12-31T16:00", "1wh"));
    assert_true(is_provisional(*test, "2026-12-31T16:00:01", "1wh"));
    assert_false(is_provisional(*test, "2026-12-16T09:00", "15d"));
    assert_true(is_provisional(*test, "2026-12-17T09:00", "15d"));
    assert_false(is_provisional(*test, "2026-12-31T23:00", "2000h"));
    assert_false(is_provisional(*test, "2023-12-31T09:00", "1wd"));
    assert_true(is_provisional(*test, "2023-12-28T09:00", "2wd"));

    assert_true(calendar_is_published(*test, at("2026-12-31T23:59:59")));
    assert_false(calendar_is_published(*test, at("2027-01-01T00:00:00")));
    assert_true(calendar_is_published_year(*test, 2024));
    assert_false(calendar_is_published_year(*test, 2023));
    assert_false(calendar_is_published_year(*test, 3000));
    assert_true(
        calendar_left(*test, at("2026-12-31T09:00"), at("2027-01-01T09:00")).is_provisional);
    assert_false(
        calendar_left(*test, at("2026-01-01T09:00"), at("2026-12-31T09:00")).is_provisional);
}

static void what_is_left_is_the_inverse_of_due(void **test)
{
    struct calendar_left left =
        calendar_left(*test, at("2026-09-30T10:00"), at("2026-10-13T17:00:00"));
    assert_int_equal(left.working_days, 5);
    /* 2 h + 3 h on 30 September, then 8, 9, 10, 12 and 13 October */
    assert_int_equal(left.working_us, (5 * 60 + 5 * 390) * 60 * US_PER_S);
    assert_int_equal(
        calendar_left(*test, at("2026-09-30T10:00"), at("2026-10-13T16:59:59")).working_days, 4);
    left = calendar_left(*test, at("2026-10-13T17:00:00"), at("2026-09-30T10:00"));
    assert_int_equal(left.working_days, -5);
    assert_int_equal(left.working_us, -(5 * 60 + 5 * 390) * 60 * US_PER_S);
    left = calendar_left(*test, at("2026-10-01T10:00"), at("2026-10-07T10:00"));
    assert_int_equal(left.working_days, 0);
    assert_int_equal(left.working_us, 0);
}

static void a_suspension_over_a_weekend_gives_back_only_working_time(void **test)
{
    struct err err;
    struct wall due = at("2026-01-14T17:00:00");
    int64_t paused =
        calendar_working_between(*test, at("2026-01-09T16:00:00"), at("2026-01-12T09:30:00"));
    assert_int_equal(paused, 2 * 3600 * US_PER_S);
    assert_ok(calendar_add_working(*test, due, paused, &due, &err));
    assert_wall(due, "2026-01-15T10:30:00");
    assert_ok(calendar_add_working(*test, due, -paused, &due, &err));
    assert_wall(due, "2026-01-15T08:30:00");
    assert_ok(calendar_add_working(*test, at("2026-01-10T03:00:00"), 0, &due, &err));
    assert_wall(due, "2026-01-10T03:00:00");
}

static void a_local_list_wins_over_the_published_one(void **test)
{
    (void)test;
    struct err err;
    struct calendar_builder *builder = build_published();
    int64_t storm = days_from_date(2026, 7, 8);
    int64_t make_up_sunday = days_from_date(2026, 9, 20);
    int64_t duty_day = days_from_date(2026, 10, 3);
    assert_ok(
        calendar_builder_put_day(builder, CALENDAR_LAYER_LOCAL, storm, false, BYTES("台风"), &err));
    assert_ok(calendar_builder_put_day(builder, CALENDAR_LAYER_LOCAL, make_up_sunday, false,
                                       BYTES(""), &err));
    assert_ok(
        calendar_builder_put_day(builder, CALENDAR_LAYER_LOCAL, duty_day, true, BYTES(""), &err));
    struct calendar *calendar = finish(builder);

    assert_wall(due_of(calendar, at("2026-07-07T09:00"), length("1wd")), "2026-07-09T17:30:00");
    assert_wall(due_of(calendar, at("2026-09-18T09:00"), length("1wd")), "2026-09-21T17:30:00");
    assert_wall(due_of(calendar, at("2026-09-30T09:00"), length("1wd")), "2026-10-03T17:00:00");
    struct calendar_day day = calendar_get_day(calendar, storm);
    assert_int_equal(day.hours.count, 0);
    assert_int_equal(day.reason, CALENDAR_BY_OVERLAY);
    assert_true(bytes_equal(day.name, BYTES("台风")));
    day = calendar_get_day(calendar, days_from_date(2026, 10, 1));
    assert_int_equal(day.reason, CALENDAR_BY_YEAR);
    assert_true(bytes_equal(day.name, BYTES("节")));
    assert_int_equal(calendar_get_day(calendar, storm - 1).reason, CALENDAR_BY_WEEK);
    assert_int_equal(calendar_get_day(calendar, -1).hours.count, 0);
    calendar_close(calendar);
}

static void times_outside_the_calendar_are_refused(void **test)
{
    struct err err;
    struct wall found;
    bool answer;
    static const char *const froms[] = {"1970-01-01T07:00:00Z", "2099-12-31T09:00",
                                        "9999-01-01T00:00"};
    for (size_t i = 1; i < COUNT(froms); i++) {
        assert_status(calendar_due(*test, at(froms[i]), length("4000wd"), &found, &answer, &err),
                      STATUS_INVALID);
        assert_status(calendar_due(*test, at(froms[i]), length("30000wh"), &found, &answer, &err),
                      STATUS_INVALID);
        assert_status(calendar_due(*test, at(froms[i]), length("4000d"), &found, &answer, &err),
                      STATUS_INVALID);
        assert_status(calendar_due(*test, at(froms[i]), length("100h"), &found, &answer, &err),
                      STATUS_INVALID);
    }
    assert_status(calendar_before(*test, at(froms[0]), length("1wd"), &found, &answer, &err),
                  STATUS_INVALID);
    assert_status(calendar_before(*test, at(froms[0]), length("8wh"), &found, &answer, &err),
                  STATUS_INVALID);
    assert_status(calendar_before(*test, at(froms[0]), length("1d"), &found, &answer, &err),
                  STATUS_INVALID);
    static const int64_t extremes[] = {INT64_MIN, -1 - INT64_C(28800000000), INT64_MAX};
    for (size_t i = 0; i < COUNT(extremes); i++) {
        struct wall wall = {extremes[i]};
        assert_status(calendar_due(*test, wall, length("1wd"), &found, &answer, &err),
                      STATUS_INVALID);
        assert_status(calendar_next_working(*test, wall, &found, &err), STATUS_INVALID);
        assert_status(calendar_add_working(*test, wall, 1, &found, &err), STATUS_INVALID);
        assert_false(calendar_is_working(*test, wall));
        assert_false(calendar_is_published(*test, wall));
        assert_int_equal(calendar_working_between(*test, wall, wall), 0);
    }
    assert_true(
        calendar_left(*test, (struct wall){INT64_MIN}, (struct wall){INT64_MAX}).working_us > 0);
    assert_status(calendar_add_working(*test, at("2026-01-01T00:00"), INT64_MIN, &found, &err),
                  STATUS_INVALID);
    struct duration absurd = {DURATION_HOURS, UINT32_MAX};
    assert_status(calendar_due(*test, at("2026-01-01T00:00"), absurd, &found, &answer, &err),
                  STATUS_INVALID);
}

static void no_duration_is_due_at_once(void **test)
{
    struct wall from = at("2026-10-03T03:04:05");
    assert_int_equal(due_of(*test, from, (struct duration){0}).us, from.us);
}

static void seasons_that_make_no_sense_are_refused(void **test)
{
    (void)test;
    struct err err;
    struct calendar_builder *builder = build_seasons();
    struct calendar_season again = season(5, 1, 9, 30, 14 * 60);
    assert_status(calendar_builder_put_season(builder, &again, &err), STATUS_INVALID);
    assert_string_equal(err.text, "the season overlaps another one on 05-01");
    calendar_builder_close(builder);

    builder = calendar_builder_open(zone);
    struct calendar *calendar = NULL;
    struct calendar_season part = season(3, 1, 2, 28, 14 * 60);
    assert_ok(calendar_builder_put_season(builder, &part, &err));
    assert_status(calendar_builder_finish(builder, &calendar, &err), STATUS_INVALID);
    assert_string_equal(err.text, "no season has the day 02-29: let one end or begin on it");

    struct calendar_season unreal = season(2, 30, 3, 1, 14 * 60);
    assert_status(calendar_builder_put_season(builder, &unreal, &err), STATUS_INVALID);
    struct calendar_season back = season(2, 29, 2, 29, 14 * 60);
    back.week[3].spans[0].close_minute = 8 * 60;
    assert_status(calendar_builder_put_season(builder, &back, &err), STATUS_INVALID);
    assert_string_equal(err.text, "working hours 08:30-08:00 end before they begin");
    struct calendar_season touching = season(2, 29, 2, 29, 12 * 60);
    assert_status(calendar_builder_put_season(builder, &touching, &err), STATUS_INVALID);
    struct calendar_season late = season(2, 29, 2, 29, 22 * 60);
    assert_status(calendar_builder_put_season(builder, &late, &err), STATUS_INVALID);
    struct calendar_season idle = {2, 29, 2, 29, {{0}}};
    assert_status(calendar_builder_put_season(builder, &idle, &err), STATUS_INVALID);
    calendar_builder_close(builder);
}

static void days_that_make_no_sense_are_refused(void **test)
{
    (void)test;
    struct err err;
    struct calendar_builder *builder = build_published();
    int64_t holiday = days_from_date(2026, 10, 1);
    enum calendar_layer layer = CALENDAR_LAYER_YEAR;
    assert_status(calendar_builder_put_day(builder, layer, holiday, false, BYTES(""), &err),
                  STATUS_INVALID);
    assert_string_equal(err.text, "2026-10-01 is there twice");
    int64_t made_up = days_from_date(2026, 10, 10);
    assert_status(calendar_builder_put_day(builder, layer, made_up, false, BYTES(""), &err),
                  STATUS_INVALID);
    assert_string_equal(err.text, "2026-10-10 is both a day off and a working day");
    int64_t monday = days_from_date(2026, 10, 12);
    assert_status(calendar_builder_put_day(builder, layer, monday, true, BYTES(""), &err),
                  STATUS_INVALID);
    assert_status(calendar_builder_put_day(builder, layer, 50000, true, BYTES(""), &err),
                  STATUS_INVALID);
    assert_status(calendar_builder_put_day(builder, layer, -1, true, BYTES(""), &err),
                  STATUS_INVALID);
    assert_status(calendar_builder_put_year(builder, 2026, &err), STATUS_INVALID);
    assert_status(calendar_builder_put_year(builder, 2100, &err), STATUS_INVALID);
    calendar_builder_close(builder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_of_the_contract_are_due_when_it_says),
        cmocka_unit_test(working_days_follow_holidays_and_make_up_days),
        cmocka_unit_test(natural_days_roll_off_a_day_off),
        cmocka_unit_test(working_hours_are_exact_to_the_second_at_every_edge),
        cmocka_unit_test(a_fraction_of_a_second_is_kept),
        cmocka_unit_test(working_instants_are_half_open),
        cmocka_unit_test(before_counts_in_the_same_calendar_as_due),
        cmocka_unit_test(months_have_the_published_number_of_working_days),
        cmocka_unit_test(a_deadline_that_needs_an_unpublished_year_is_provisional),
        cmocka_unit_test(what_is_left_is_the_inverse_of_due),
        cmocka_unit_test(a_suspension_over_a_weekend_gives_back_only_working_time),
        cmocka_unit_test(a_local_list_wins_over_the_published_one),
        cmocka_unit_test(times_outside_the_calendar_are_refused),
        cmocka_unit_test(no_duration_is_due_at_once),
        cmocka_unit_test(seasons_that_make_no_sense_are_refused),
        cmocka_unit_test(days_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, open_calendar, close_calendar);
}
