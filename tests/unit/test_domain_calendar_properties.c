/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar_2026.h"

#include <time.h>

/* The slow and plain way: day by day from two lists. */
static bool oracle_works(int64_t day)
{
    for (size_t i = 0; i < COUNT(make_up); i++) {
        if (day == days_from_date(make_up[i][0], make_up[i][1], make_up[i][2])) {
            return true;
        }
    }
    for (size_t i = 0; i < COUNT(off); i++) {
        int64_t first = days_from_date(off[i].from[0], off[i].from[1], off[i].from[2]);
        if (day >= first && day < first + off[i].days) {
            return false;
        }
    }
    return weekday_of_days(day) < 5;
}

/* Opening and closing of the four edges of a day, in microseconds of local time. */
static void oracle_edges(int64_t day, int64_t edges[4])
{
    int32_t year, month, in_month;
    date_from_days(day, &year, &month, &in_month);
    int64_t afternoon = month >= 5 && month <= 9 ? 14 * 60 + 30 : 14 * 60;
    const int64_t minutes[4] = {8 * 60 + 30, 12 * 60, afternoon, afternoon + 180};
    for (int i = 0; i < 4; i++) {
        edges[i] = (day * 1440 + minutes[i]) * 60 * US_PER_S;
    }
}

static int64_t oracle_working_hours(int64_t from, int64_t left)
{
    for (int64_t day = from / (S_PER_DAY * US_PER_S);; day++) {
        int64_t edges[4];
        oracle_edges(day, edges);
        for (int i = 0; i < 4 && oracle_works(day); i += 2) {
            int64_t start = from > edges[i] ? from : edges[i];
            if (start < edges[i + 1] && left <= edges[i + 1] - start) {
                return start + left;
            }
            left -= start < edges[i + 1] ? edges[i + 1] - start : 0;
        }
    }
}

static int64_t oracle_due(int64_t from, struct duration duration)
{
    int64_t edges[4];
    int64_t day = from / (S_PER_DAY * US_PER_S);
    int64_t amount = duration.amount;
    switch (duration.unit) {
    case DURATION_MINUTES:
        return from + amount * 60 * US_PER_S;
    case DURATION_HOURS:
        return from + amount * 3600 * US_PER_S;
    case DURATION_WORKING_HOURS:
        return oracle_working_hours(from, amount * 3600 * US_PER_S);
    case DURATION_WORKING_DAYS:
        while (amount > 0) {
            amount -= oracle_works(++day);
        }
        oracle_edges(day, edges);
        return edges[3];
    case DURATION_DAYS:
        for (day += amount; !oracle_works(day); day++) {
        }
        return ((day + 1) * S_PER_DAY - 1) * US_PER_S;
    case DURATION_NONE:
    case DURATION_UNIT_COUNT:
    default:
        return from;
    }
}

/* An instant of 2024 to 2026, often at or near an edge of working hours. */
static struct wall roll_instant(struct dice *dice)
{
    int64_t first = days_from_date(2024, 1, 1);
    int64_t day = first + (int64_t)dice_below(dice, 1090);
    int64_t local = (day * S_PER_DAY + (int64_t)dice_below(dice, 86400)) * US_PER_S;
    if (dice_below(dice, 2) == 0) {
        int64_t edges[4];
        oracle_edges(day, edges);
        local = edges[dice_below(dice, 4)] + ((int64_t)dice_below(dice, 3) - 1) * US_PER_S;
    }
    return (struct wall){local - zone.offset_s * US_PER_S};
}

static struct duration roll_duration(struct dice *dice)
{
    return (struct duration){(enum duration_unit)(1 + dice_below(dice, DURATION_UNIT_COUNT - 1)),
                             1 + (uint32_t)dice_below(dice, 60)};
}

static void every_due_time_agrees_with_counting_day_by_day(void **test)
{
    struct dice dice = dice_open(20260930);
    for (int i = 0; i < 20000; i++) {
        struct wall from = roll_instant(&dice);
        struct duration duration = roll_duration(&dice);
        int64_t expected = oracle_due(from.us + zone.offset_s * US_PER_S, duration);
        assert_int_equal(due_of(*test, from, duration).us + zone.offset_s * US_PER_S, expected);
    }
}

static void a_later_start_or_a_longer_limit_is_never_due_earlier(void **test)
{
    struct dice dice = dice_open(1);
    for (int i = 0; i < 20000; i++) {
        struct wall from = roll_instant(&dice);
        struct wall later = {from.us + (int64_t)dice_below(&dice, 40 * S_PER_DAY) * US_PER_S};
        struct duration duration = roll_duration(&dice);
        struct duration longer = {duration.unit, duration.amount + 1};
        struct wall due = due_of(*test, from, duration);
        assert_true(due.us > from.us);
        assert_true(due_of(*test, later, duration).us >= due.us);
        assert_true(due_of(*test, from, longer).us >= due.us);
    }
}

static void what_was_added_is_left_and_can_be_taken_away(void **test)
{
    struct dice dice = dice_open(2);
    for (int i = 0; i < 20000; i++) {
        struct wall from = roll_instant(&dice);
        uint32_t amount = 1 + (uint32_t)dice_below(&dice, 300);
        struct duration hours = {DURATION_WORKING_HOURS, amount};
        struct duration days = {DURATION_WORKING_DAYS, amount};
        struct wall by_hours = due_of(*test, from, hours);
        struct wall by_days = due_of(*test, from, days);
        int64_t us = amount * 3600 * US_PER_S;

        assert_int_equal(calendar_working_between(*test, from, by_hours), us);
        assert_int_equal(calendar_left(*test, from, by_days).working_days, amount);
        struct wall back = before_of(*test, by_hours, hours);
        assert_int_equal(calendar_working_between(*test, back, by_hours), us);
        assert_true(calendar_is_working(*test, back));
        assert_true(!calendar_is_working(*test, from) || back.us == from.us);
        assert_int_equal(due_of(*test, before_of(*test, by_days, days), days).us, by_days.us);
    }
}

static void any_two_routes_to_an_instant_agree(void **test)
{
    struct err err;
    struct dice dice = dice_open(3);
    for (int i = 0; i < 20000; i++) {
        struct wall from = roll_instant(&dice);
        struct wall middle = roll_instant(&dice);
        struct wall end = roll_instant(&dice);
        assert_int_equal(calendar_working_between(*test, from, end),
                         calendar_working_between(*test, from, middle) +
                             calendar_working_between(*test, middle, end));

        struct duration first = {DURATION_WORKING_HOURS, 1 + (uint32_t)dice_below(&dice, 60)};
        struct duration second = {DURATION_WORKING_HOURS, 1 + (uint32_t)dice_below(&dice, 60)};
        struct duration both = {DURATION_WORKING_HOURS, first.amount + second.amount};
        struct wall due = due_of(*test, from, both);
        struct wall moved;
        assert_int_equal(due_of(*test, due_of(*test, from, first), second).us, due.us);
        assert_ok(calendar_add_working(*test, from, both.amount * 3600 * US_PER_S, &moved, &err));
        assert_int_equal(moved.us, due.us);
        assert_ok(calendar_next_working(*test, from, &moved, &err));
        assert_int_equal(calendar_working_between(*test, from, moved), 0);
        assert_int_equal(due_of(*test, moved, both).us, due.us);
    }
}

static double seconds_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void ten_years_take_less_than_five_microseconds(void **test)
{
    static const char *const spans[] = {"2500wd", "16250wh", "3653d"};
    struct wall from = at("2026-09-30T10:00");
    for (size_t i = 0; i < COUNT(spans); i++) {
        struct duration duration = length(spans[i]);
        double best = 1;
        uint64_t sum = 0;
        for (int round = 0; round < 10; round++) {
            double start = seconds_now();
            for (int64_t k = 0; k < 2000; k++) {
                struct wall start_at = {from.us + k * 3600 * US_PER_S};
                sum += (uint64_t)due_of(*test, start_at, duration).us;
            }
            double mean = (seconds_now() - start) / 2000;
            best = mean < best ? mean : best;
        }
        print_message("%s: %.0f ns\n", spans[i], best * 1e9);
        assert_true(sum > 0);
        assert_true(best < 5e-6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_due_time_agrees_with_counting_day_by_day),
        cmocka_unit_test(a_later_start_or_a_longer_limit_is_never_due_earlier),
        cmocka_unit_test(what_was_added_is_left_and_can_be_taken_away),
        cmocka_unit_test(any_two_routes_to_an_instant_agree),
        cmocka_unit_test(ten_years_take_less_than_five_microseconds),
    };
    return cmocka_run_group_tests(tests, open_calendar, close_calendar);
}
