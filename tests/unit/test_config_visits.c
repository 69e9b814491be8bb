/* SPDX-License-Identifier: Apache-2.0 */
#include "config_section.h"

#include "config/visits_file.h"

static const char good[] = "stages: 1\n"
                           "visits:\n"
                           "  halves: [\"06-30\", \"12-31\"]\n" /* 3 */
                           "  remind: [45d, 20d]\n"             /* 4 */
                           "  late_after: 5d\n"                 /* 5 */
                           "  promise_remind: 2wd\n";           /* 6 */

static struct visit_rules rules; /* as read last */

static bool read_visits(struct section *section)
{
    rules = (struct visit_rules){0};
    return visits_read(section->document, &rules, &section->problems);
}

static void what_the_section_says_is_in_force(void **test)
{
    struct section section;
    (void)test;
    assert_true(section_open(&section, good, read_visits));
    assert_int_equal(rules.halves[0].month, 6);
    assert_int_equal(rules.halves[0].day, 30);
    assert_int_equal(rules.remind_count, 2);
    assert_int_equal(rules.remind_days[1], 20);
    assert_int_equal(rules.late_after_days, 5);
    assert_int_equal(rules.promise_remind.unit, DURATION_WORKING_DAYS);
    assert_int_equal(rules.promise_remind.amount, 2);
    section_close(&section);
}

static void what_it_leaves_out_is_as_usual(void **test)
{
    struct section section;
    (void)test;
    assert_true(section_open(&section, "stages: 1\n", read_visits));
    assert_memory_equal(&rules, &visit_rules_default, sizeof rules);
    section_close(&section);
}

static void mistakes_are_named_with_their_place(void **test)
{
    static const struct mistake mistakes[] = {
        {"\"06-30\"", "\"06-31\"",
         "3:12: error: visits.halves[0]: '06-31' is no day of every year"},
        {"\"06-30\"", "\"02-29\"",
         "3:12: error: visits.halves[0]: '02-29' is no day of every year"},
        {"\"06-30\"", "\"13-01\"",
         "3:12: error: visits.halves[0]: '13-01' is no day of every year"},
        {"\"06-30\"", "\"00-00\"",
         "3:12: error: visits.halves[0]: '00-00' is no day of every year"},
        {"\"06-30\"", "30.6.", "3:12: error: visits.halves[0]: '30.6.' is no day of every year"},
        {"\"06-30\"", "\"12-31\"", "3:21: error: visits.halves: the second half must end after"},
        {"\"12-31\"", "\"11-30\"", "3:21: error: visits.halves: the second half must end on 12-31"},
        {"[\"06-30\", \"12-31\"]", "[\"12-31\"]", "3:11: error: visits.halves: there are 1 days"},
        {"45d", "0d", "4:12: error: visits.remind[0]: "},
        {"45d", "-45d", "4:12: error: visits.remind[0]: "},
        {"45d", "20d", "4:17: error: visits.remind[1]: each reminder must come later"},
        {"45d", "15d", "4:17: error: visits.remind[1]: each reminder must come later"},
        {"45d", "400d", "4:12: error: visits.remind[0]: '400d' is not 1d to 365d"},
        {"45d", "181d", "4:11: error: visits.remind: 181 days are more than the shorter half has"},
        {"45d", "4wd", "4:12: error: visits.remind[0]: '4wd' is not 1d to 365d"},
        {"5d\n", "0d\n", "5:15: error: visits.late_after: "},
        {"late_after: 5d", "late_after: 61d",
         "5:15: error: visits.late_after: '61d' is not 1d to 60d"},
        {"2wd", "-1wd", "6:19: error: visits.promise_remind: "},
        {"2wd", "90d", "6:19: error: visits.promise_remind: '90d' is longer than 30 days"},
        {"late_after", "late_afer", "5:3: error: visits.late_afer: "},
    };
    (void)test;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        check_mistake(good, &mistakes[i], read_visits);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_section_says_is_in_force),
        cmocka_unit_test(what_it_leaves_out_is_as_usual),
        cmocka_unit_test(mistakes_are_named_with_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
