/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar_2026.h"

#include "domain/notices.h"

/* ---- when ----------------------------------------------------------------------------------- */

static void assert_told(const struct calendar *calendar, const char *when, const char *expected)
{
    assert_wall(notice_time(&notice_rules_default, calendar, at(when), false), expected);
}

static void what_is_not_urgent_waits_for_working_time(void **test)
{
    const struct calendar *calendar = *test;
    assert_told(calendar, "2026-03-02T03:00:00", "2026-03-02T08:30:00");
    assert_told(calendar, "2026-03-02T08:29:59", "2026-03-02T08:30:00");
    assert_told(calendar, "2026-03-02T08:30:00", "2026-03-02T08:30:00");
    assert_told(calendar, "2026-03-02T11:59:59", "2026-03-02T11:59:59");
    assert_told(calendar, "2026-03-02T12:30:00", "2026-03-02T14:00:00");
    assert_told(calendar, "2026-03-02T16:59:59", "2026-03-02T16:59:59");
    assert_told(calendar, "2026-03-02T18:00:00", "2026-03-03T08:30:00");
    assert_told(calendar, "2026-03-06T23:59:59", "2026-03-09T08:30:00");
}

static void what_comes_up_as_working_time_ends_is_told_at_once(void **test)
{
    const struct calendar *calendar = *test;
    struct wall minute_later = at("2026-03-02T17:01:00");
    assert_told(calendar, "2026-03-02T17:00:00", "2026-03-02T17:00:00");
    assert_told(calendar, "2026-03-02T12:00:00", "2026-03-02T12:00:00"); /* the break begins */
    /* Daemons take a moment, but not more than a minute. */
    assert_wall(notice_time(&notice_rules_default, calendar, minute_later, false),
                "2026-03-02T17:01:00");
    minute_later.us++;
    assert_wall(notice_time(&notice_rules_default, calendar, minute_later, false),
                "2026-03-03T08:30:00");
    assert_told(calendar, "2026-03-02T12:01:01", "2026-03-02T14:00:00");
}

static void make_up_days_are_worked_and_holidays_are_not(void **test)
{
    const struct calendar *calendar = *test;
    assert_told(calendar, "2026-02-28T10:00:00", "2026-02-28T10:00:00"); /* a Saturday */
    assert_told(calendar, "2026-02-27T18:00:00", "2026-02-28T08:30:00");
    assert_told(calendar, "2026-09-30T17:31:01", "2026-10-08T08:30:00");
    assert_told(calendar, "2026-10-09T18:00:00", "2026-10-10T08:30:00");
}

static void what_is_urgent_does_not_wait(void **test)
{
    const struct calendar *calendar = *test;
    struct wall midnight = at("2026-10-03T00:00:00");
    assert_wall(notice_time(&notice_rules_default, calendar, midnight, true),
                "2026-10-03T00:00:00");
    struct notice_rules at_once = notice_rules_default;
    at_once.hold = NOTICE_HOLD_NONE;
    assert_wall(notice_time(&at_once, calendar, midnight, false), "2026-10-03T00:00:00");
}

static void the_digest_comes_when_a_working_day_begins(void **test)
{
    static const char *const rows[][2] = {
        {"2026-03-02T03:00:00", "2026-03-02T08:30:00"},
        {"2026-03-02T08:29:59", "2026-03-02T08:30:00"},
        {"2026-03-02T08:30:00", "2026-03-03T08:30:00"},
        {"2026-03-02T12:30:00", "2026-03-03T08:30:00"}, /* not after the break */
        {"2026-03-06T16:00:00", "2026-03-09T08:30:00"},
        {"2026-02-27T16:00:00", "2026-02-28T08:30:00"},
        {"2026-09-30T16:00:00", "2026-10-08T08:30:00"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_wall(notice_digest_time(*test, at(rows[i][0])), rows[i][1]);
    }
}

static void what_is_unread_is_looked_at_in_working_time(void **test)
{
    const struct calendar *calendar = *test;
    const struct notice_rules *rules = &notice_rules_default;
    /* Due with Tuesday's closing, which is no working time any more. */
    struct wall told = at("2026-03-02T10:00:00");
    assert_wall(notice_unread_time(rules, calendar, told, false, false), "2026-03-04T08:30:00");
    assert_wall(notice_unread_time(rules, calendar, told, true, false), "2026-03-02T10:30:00");
    assert_wall(notice_unread_time(rules, calendar, at("2026-03-07T23:50:00"), true, true),
                "2026-03-08T00:20:00");
    struct notice_rules hours = notice_rules_default;
    hours.usual.repeat_after = length("2h");
    hours.usual.pass_on_after = length("4wh");
    assert_wall(notice_unread_time(&hours, calendar, told, false, false), "2026-03-02T14:00:00");
    assert_wall(notice_unread_time(&hours, calendar, told, false, true), "2026-03-02T16:00:00");
    hours.usual.pass_on_after = (struct duration){0};
    assert_int_equal(notice_unread_time(&hours, calendar, told, false, true).us, 0);
}

/* ---- whom ----------------------------------------------------------------------------------- */

/* BYTES() for the initialisers of constants. */
#define TEXT(literal)                                                                              \
    {                                                                                              \
        (const uint8_t *)(literal), sizeof(literal) - 1                                            \
    }
#define ROLES(name) ROLE_BIT(ROLE_##name)

static const struct person people[] = {
    {.id = TEXT("boss"), .roles = ROLES(FIRST_RESPONSIBLE)},
    {.id = TEXT("clerk"), .roles = ROLES(TRIAGE_CLERK), .deputy = TEXT("staff")},
    {.id = TEXT("head"),
     .roles = ROLES(SECTION_HEAD),
     .departments = {TEXT("civil"), TEXT("urban")},
     .department_count = 2},
    {.id = TEXT("leader"),
     .roles = ROLES(LEADER),
     .departments = {TEXT("urban")},
     .department_count = 1},
    {.id = TEXT("office"), .roles = ROLES(OFFICE_HEAD)},
    {.id = TEXT("staff"),
     .roles = ROLES(SECTION_STAFF),
     .departments = {TEXT("urban")},
     .department_count = 1},
};
static const struct department departments[] = {
    {TEXT("civil"), TEXT("民政科"), TEXT("office"), TEXT("boss"), {0}},
    {TEXT("urban"), TEXT("城建科"), TEXT("head"), TEXT("leader"), {0}},
};
static const struct office office = {
    .people = people,
    .person_count = COUNT(people),
    .departments = departments,
    .department_count = COUNT(departments),
};

static void somebody_hears_of_what_a_person_does_not_read(void **test)
{
    static const struct {
        const char *person;
        const char *unit;
        const char *expected;
    } rows[] = {
        {"clerk", "", "staff"},       {"staff", "", "head"},       {"head", "", "leader"},
        {"leader", "", "office"},     {"boss", "", "office"},      {"office", "", ""},
        {"cadre1", "城建科", "head"}, {"cadre1", "urban", "head"}, {"cadre1", "某局", "office"},
        {"cadre1", "", "office"},
    };
    (void)test;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes found = notice_substitute(&office, bytes_of_string(rows[i].person),
                                               bytes_of_string(rows[i].unit));
        if (!bytes_equal(found, bytes_of_string(rows[i].expected))) {
            fail_msg("%s (%s): '%.*s', not '%s'", rows[i].person, rows[i].unit, BYTES_FMT(found),
                     rows[i].expected);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_urgent_waits_for_working_time),
        cmocka_unit_test(what_comes_up_as_working_time_ends_is_told_at_once),
        cmocka_unit_test(make_up_days_are_worked_and_holidays_are_not),
        cmocka_unit_test(what_is_urgent_does_not_wait),
        cmocka_unit_test(the_digest_comes_when_a_working_day_begins),
        cmocka_unit_test(what_is_unread_is_looked_at_in_working_time),
        cmocka_unit_test(somebody_hears_of_what_a_person_does_not_read),
    };
    return cmocka_run_group_tests(tests, open_calendar, close_calendar);
}
