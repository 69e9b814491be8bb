/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "config/notices_file.h"

static const char good[] = "stages: 1\n"
                           "notices:\n"
                           "  hold: none\n"                /* 3 */
                           "  digest: none\n"              /* 4 */
                           "  repeat_after: 4wh\n"         /* 5 */
                           "  pass_on_after: 2wd\n"        /* 6 */
                           "  repeat_after_urgent: 15m\n"  /* 7 */
                           "  pass_on_after_urgent: 1h\n"; /* 8 */

struct loaded {
    struct problems problems;
    struct yaml_document *document;
    struct notice_rules rules;
};

static bool load(struct loaded *loaded, const char *text)
{
    *loaded = (struct loaded){0};
    bool is_good =
        yaml_open_bytes(bytes_of_string(text), "d.yaml", &loaded->document, &loaded->problems) &&
        notices_read(loaded->document, &loaded->rules, &loaded->problems);
    buf_append_u8(&loaded->problems.text, 0);
    assert_int_equal(is_good, loaded->problems.count == 0);
    return is_good;
}

static void unload(struct loaded *loaded)
{
    yaml_close(loaded->document);
    problems_done(&loaded->problems);
}

static void assert_duration(struct duration duration, const char *expected)
{
    char text[DURATION_TEXT_BYTES];
    duration_format(duration, text);
    assert_string_equal(text, expected);
}

/* `good` with the first `from` replaced by `to`. */
static void change(char text[512], const char *from, const char *to)
{
    const char *place = strstr(good, from);
    assert_non_null(place);
    (void)snprintf(text, 512, "%.*s%s%s", (int)(place - good), good, to, place + strlen(from));
}

static void what_the_section_says_is_in_force(void **test)
{
    struct loaded loaded;
    (void)test;
    assert_true(load(&loaded, good));
    assert_int_equal(loaded.rules.hold, NOTICE_HOLD_NONE);
    assert_int_equal(loaded.rules.digest, NOTICE_DIGEST_NONE);
    assert_duration(loaded.rules.usual.repeat_after, "4wh");
    assert_duration(loaded.rules.usual.pass_on_after, "2wd");
    assert_duration(loaded.rules.urgent.repeat_after, "15m");
    assert_duration(loaded.rules.urgent.pass_on_after, "1h");
    unload(&loaded);
}

static void what_it_leaves_out_is_as_usual(void **test)
{
    struct loaded loaded;
    (void)test;
    assert_true(load(&loaded, "stages: 1\n"));
    assert_memory_equal(&loaded.rules, &notice_rules_default, sizeof loaded.rules);
    unload(&loaded);
    assert_true(load(&loaded, "notices: {digest: none}\n"));
    assert_int_equal(loaded.rules.hold, NOTICE_HOLD_WORKING_HOURS);
    assert_duration(loaded.rules.usual.repeat_after, "1wd");
    unload(&loaded);
}

static void what_is_repeated_need_not_be_passed_on(void **test)
{
    struct loaded loaded;
    char text[512];
    (void)test;
    change(text, "2wd", "none");
    assert_true(load(&loaded, text));
    assert_duration(loaded.rules.usual.pass_on_after, "");
    unload(&loaded);
}

static void mistakes_are_named_with_their_place(void **test)
{
    static const struct {
        const char *from;
        const char *to;
        const char *problem; /* after "d.yaml:" */
    } changes[] = {
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
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        char text[512];
        char expected[256];
        struct loaded loaded;
        change(text, changes[i].from, changes[i].to);
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
        cmocka_unit_test(what_is_repeated_need_not_be_passed_on),
        cmocka_unit_test(mistakes_are_named_with_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
