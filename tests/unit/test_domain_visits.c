/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar_2026.h"

#include "domain/visits.h"

static void a_half_ends_with_its_last_day_in_the_offices_zone(void **test)
{
    const struct visit_rules *rules = &visit_rules_default;
    (void)test;
    assert_int_equal(visit_half_of(rules, zone, at("2026-01-01T00:00:00")), 20261);
    assert_int_equal(visit_half_of(rules, zone, at("2026-06-30T23:59:59")), 20261);
    assert_int_equal(visit_half_of(rules, zone, at("2026-07-01T00:00:00")), 20262);
    assert_int_equal(visit_half_of(rules, zone, at("2026-12-31T23:59:59")), 20262);
    assert_int_equal(visit_half_of(rules, zone, at("2027-01-01T00:00:00")), 20271);
    assert_wall(visit_half_begin(rules, zone, 20261), "2026-01-01T00:00:00+08:00");
    assert_wall(visit_half_end(rules, zone, 20261), "2026-07-01T00:00:00+08:00");
    assert_wall(visit_half_begin(rules, zone, 20262), "2026-07-01T00:00:00+08:00");
    assert_wall(visit_half_end(rules, zone, 20262), "2027-01-01T00:00:00+08:00");
    assert_int_equal(visit_half_next(20261), 20262);
    assert_int_equal(visit_half_next(20262), 20271);
}

static void reminders_come_when_work_begins_on_their_day_or_the_last_one_before(void **test)
{
    const struct visit_rules *rules = &visit_rules_default;
    struct calendar *calendar = finish(build_published());
    (void)test;
    assert_wall(visit_point(rules, calendar, 20261, 1), "2026-04-30T08:30:00+08:00"); /* holiday */
    assert_wall(visit_point(rules, calendar, 20261, 2), "2026-05-29T08:30:00+08:00"); /* Sunday */
    assert_wall(visit_point(rules, calendar, 20261, 3), "2026-06-18T08:30:00+08:00"); /* holiday */
    assert_wall(visit_point(rules, calendar, 20262, 1), "2026-10-30T08:30:00+08:00"); /* Sunday */
    assert_wall(visit_point(rules, calendar, 20262, 3), "2026-12-21T08:30:00+08:00");
    calendar_close(calendar);
}

static void what_was_missed_is_told_when_work_begins_after_the_half(void **test)
{
    const struct visit_rules *rules = &visit_rules_default;
    struct calendar *calendar = finish(build_published());
    (void)test;
    assert_wall(visit_point(rules, calendar, 20261, 4), "2026-07-01T00:00:00+08:00");
    assert_wall(visit_point(rules, calendar, 20261, 5), "2026-07-01T08:30:00+08:00");
    assert_wall(visit_point(rules, calendar, 20252, 4), "2026-01-01T00:00:00+08:00");
    assert_wall(visit_point(rules, calendar, 20252, 5), "2026-01-04T08:30:00+08:00"); /* make-up */
    assert_int_equal(visit_level_end(rules), 4);
    assert_int_equal(visit_level_last(rules), 5);
    calendar_close(calendar);
}

static void a_half_is_written_as_year_and_number(void **test)
{
    static const char *const wrong[] = {"",     "2026",    "2026H3", "2026h1",
                                        "26H1", "2026H12", "1969H1"};
    char text[VISIT_HALF_TEXT_BYTES];
    uint32_t half = 0;
    struct err err = {0};
    (void)test;
    assert_ok(visit_half_parse(BYTES("2026H2"), &half, &err));
    assert_int_equal(half, 20262);
    visit_half_format(half, text);
    assert_string_equal(text, "2026H2");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_status(visit_half_parse(bytes_of_string(wrong[i]), &half, &err), STATUS_INVALID);
    }
}

static void a_visit_is_late_when_more_than_the_days_have_passed(void **test)
{
    (void)test;
    struct wall made = at("2026-03-02T09:00:00");
    assert_false(visit_is_late(&visit_rules_default, made, at("2026-03-05T09:00:00")));
    assert_true(visit_is_late(&visit_rules_default, made, at("2026-03-05T09:00:01")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_half_ends_with_its_last_day_in_the_offices_zone),
        cmocka_unit_test(reminders_come_when_work_begins_on_their_day_or_the_last_one_before),
        cmocka_unit_test(what_was_missed_is_told_when_work_begins_after_the_half),
        cmocka_unit_test(a_half_is_written_as_year_and_number),
        cmocka_unit_test(a_visit_is_late_when_more_than_the_days_have_passed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
