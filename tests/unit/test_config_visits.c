/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "config/visits_file.h"

static const char good[] = "stages: 1\n"
                           "visits:\n"
                           "  halves: [\"06-30\", \"12-31\"]\n" /* 3 */
                           "  remind: [45d, 20d]\n"             /* 4 */
                           "  late_after: 5d\n"                 /* 5 */
                           "  promise_remind: 2wd\n";           /* 6 */

struct loaded {
    struct problems problems;
    struct yaml_document *document;
    struct visit_rules rules;
};

static bool load(struct loaded *loaded, const char *text)
{
    *loaded = (struct loaded){0};
    bool is_good =
        yaml_open_bytes(bytes_of_string(text), "d.yaml", &loaded->document, &loaded->problems) &&
        visits_read(loaded->document, &loaded->rules, &loaded->problems);
    buf_append_u8(&loaded->problems.text, 0);
    assert_int_equal(is_good, loaded->problems.count == 0);
    return is_good;
}

static void unload(struct loaded *loaded)
{
    yaml_close(loaded->document);
    problems_done(&loaded->problems);
}

static void what_the_section_says_is_in_force(void **test)
{
    struct loaded loaded;
    (void)test;
    assert_true(load(&loaded, good));
    assert_int_equal(loaded.rules.halves[0].month, 6);
    assert_int_equal(loaded.rules.halves[0].day, 30);
    assert_int_equal(loaded.rules.remind_count, 2);
    assert_int_equal(loaded.rules.remind_days[1], 20);
    assert_int_equal(loaded.rules.late_after_days, 5);
    assert_int_equal(loaded.rules.promise_remind.unit, DURATION_WORKING_DAYS);
    assert_int_equal(loaded.rules.promise_remind.amount, 2);
    unload(&loaded);
}

static void what_it_leaves_out_is_as_usual(void **test)
{
    struct loaded loaded;
    (void)test;
    assert_true(load(&loaded, "stages: 1\n"));
    assert_memory_equal(&loaded.rules, &visit_rules_default, sizeof loaded.rules);
    unload(&loaded);
}

static void mistakes_are_named_with_their_place(void **test)
{
    static const struct {
        const char *from;
        const char *to;
        const char *problem; /* after "d.yaml:" */
    } changes[] = {
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
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        char text[512];
        char expected[256];
        struct loaded loaded;
        const char *place = strstr(good, changes[i].from);
        assert_non_null(place);
        (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(place - good), good, changes[i].to,
                       place + strlen(changes[i].from));
        (void)snprintf(expected, sizeof expected, "d.yaml:%s", changes[i].problem);

        assert_false(load(&loaded, text));
        const char *shown = (const char *)loaded.problems.text.p;
        if (strncmp(shown, expected, strlen(expected)) != 0) {
            fail_msg("expected\n%s\nand got\n%s", expected, shown);
        }
        unload(&loaded);
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
