/* SPDX-License-Identifier: Apache-2.0 */
#include "config_section.h"

#include "config/notices_file.h"

static const char good[] = "stages: 1\n"
                           "notices:\n"
                           "  hold: none\n"                /* 3 */
                           "  digest: none\n"              /* 4 */
                           "  repeat_after: 4wh\n"         /* 5 */
                           "  pass_on_after: 2wd\n"        /* 6 */
                           "  repeat_after_urgent: 15m\n"  /* 7 */
                           "  pass_on_after_urgent: 1h\n"; /* 8 */

static struct notice_rules rules; /* as read last */

static bool read_notices(struct section *section)
{
    rules = (struct notice_rules){0};
    return notices_read(section->document, &rules, &section->problems);
}

static void assert_duration(struct duration duration, const char *expected)
{
    char text[DURATION_TEXT_BYTES];
    duration_format(duration, text);
    assert_string_equal(text, expected);
}

static void what_the_section_says_is_in_force(void **test)
{
    struct section section;
    (void)test;
    assert_true(section_open(&section, good, read_notices));
    assert_int_equal(rules.hold, NOTICE_HOLD_NONE);
    assert_int_equal(rules.digest, NOTICE_DIGEST_NONE);
    assert_duration(rules.usual.repeat_after, "4wh");
    assert_duration(rules.usual.pass_on_after, "2wd");
    assert_duration(rules.urgent.repeat_after, "15m");
    assert_duration(rules.urgent.pass_on_after, "1h");
    section_close(&section);
}

static void what_it_leaves_out_is_as_usual(void **test)
{
    struct section section;
    (void)test;
    assert_true(section_open(&section, "stages: 1\n", read_notices));
    assert_memory_equal(&rules, &notice_rules_default, sizeof rules);
    section_close(&section);
    assert_true(section_open(&section, "notices: {digest: none}\n", read_notices));
    assert_int_equal(rules.hold, NOTICE_HOLD_WORKING_HOURS);
    assert_duration(rules.usual.repeat_after, "1wd");
    section_close(&section);
}

static void what_is_repeated_need_not_be_passed_on(void **test)
{
    struct section section;
    char text[SECTION_TEXT_BYTES];
    (void)test;
    section_change(text, good, "2wd", "none");
    assert_true(section_open(&section, text, read_notices));
    assert_duration(rules.usual.pass_on_after, "");
    section_close(&section);
}

static void mistakes_are_named_with_their_place(void **test)
{
    static const struct mistake mistakes[] = {
        {"hold: none", "hold: nights", "3:9: error: notices.hold: "},
        {"digest: none", "digest: weekly", "4:11: error: notices.digest: "},
        {"4wh", "0wh", "5:17: error: notices.repeat_after: '0wh' is not a duration"},
        {"4wh", "31d", "5:17: error: notices.repeat_after: '31d' is longer than 30 days"},
        {"2wd", "soon", "6:18: error: notices.pass_on_after: 'soon' is not a duration"},
        {"15m", "-15m", "7:24: error: notices.repeat_after_urgent: "},
        {"1h", "31wd", "8:25: error: notices.pass_on_after_urgent: '31wd' is longer than 30 days"},
        {"4wh", "none",
         "6:18: error: notices.pass_on_after: what is not told again is not passed on"},
        {"15m", "none",
         "8:25: error: notices.pass_on_after_urgent: what is not told again is not passed on"},
        {"15m\n  pass_on_after_urgent: 1h", "none",
         "3:3: error: notices.pass_on_after_urgent: what is not told again is not passed on"},
        {"4wh", "[4wh]", "5:17: error: notices.repeat_after: "},
        {"digest", "digests", "4:3: error: notices.digests: "},
    };
    (void)test;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        check_mistake(good, &mistakes[i], read_notices);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_section_says_is_in_force),
        cmocka_unit_test(what_it_leaves_out_is_as_usual),
        cmocka_unit_test(what_is_repeated_need_not_be_passed_on),
        cmocka_unit_test(mistakes_are_named_with_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
