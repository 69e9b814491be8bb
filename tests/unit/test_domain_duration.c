/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "domain/duration.h"

static void every_form_parses_and_formats_back(void **test)
{
    (void)test;
    static const struct {
        const char *text;
        struct duration duration;
        int64_t nominal_minutes;
    } rows[] = {
        {"30m", {DURATION_MINUTES, 30}, 30},       {"2h", {DURATION_HOURS, 2}, 120},
        {"4wh", {DURATION_WORKING_HOURS, 4}, 720}, {"3wd", {DURATION_WORKING_DAYS, 3}, 4320},
        {"15d", {DURATION_DAYS, 15}, 21600},       {"4000d", {DURATION_DAYS, 4000}, 5760000},
    };
    struct err err;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct duration duration;
        char text[DURATION_TEXT_BYTES];
        assert_ok(duration_parse(bytes_of_string(rows[i].text), &duration, &err));
        assert_int_equal(duration.unit, rows[i].duration.unit);
        assert_int_equal(duration.amount, rows[i].duration.amount);
        assert_int_equal(duration_nominal_minutes(duration), rows[i].nominal_minutes);
        duration_format(duration, text);
        assert_string_equal(text, rows[i].text);
    }
}

static void everything_else_is_refused(void **test)
{
    (void)test;
    static const char *const texts[] = {
        "",         "h",
        "wd",       "3",
        "3 wd",     " 3wd",
        "3wd ",     "3WD",
        "3w",       "3days",
        "+3wd",     "-3wd",
        "0wd",      "00h",
        "03wd",     "1.5h",
        "1h30m",    "three",
        "3wdwd",    "4001d",
        "4001wd",   "99999999999999999999d",
        "٣wd",      "3\xc0",
        "6000001m",
    };
    struct err err;
    struct duration duration = {DURATION_HOURS, 7};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_status(duration_parse(bytes_of_string(texts[i]), &duration, &err), STATUS_INVALID);
        assert_int_equal(duration.amount, 7);
    }
    assert_status(duration_parse(bytes_of("3wd\0", 4), &duration, &err), STATUS_INVALID);
    assert_status(duration_parse((struct bytes){NULL, 0}, &duration, &err), STATUS_INVALID);
}

static void a_refusal_says_what_to_write(void **test)
{
    (void)test;
    struct err err;
    struct duration duration;
    (void)!duration_parse(BYTES("0wd"), &duration, &err);
    assert_non_null(strstr(err.text, "'0wd' is not a duration, it can't be zero: write 30m, 2h"));
    (void)!duration_parse(BYTES("-2h"), &duration, &err);
    assert_non_null(strstr(err.text, "it can't be negative"));
    (void)!duration_parse(BYTES("9999d"), &duration, &err);
    assert_string_equal(err.text, "'9999d' is too long: at most 4000d");
}

static void no_duration_is_valid_and_empty(void **test)
{
    (void)test;
    char text[DURATION_TEXT_BYTES] = "x";
    struct duration none = {0};
    duration_format(none, text);
    assert_string_equal(text, "");
    assert_int_equal(duration_nominal_minutes(none), 0);
    assert_true(duration_is_valid(none));
    assert_false(duration_is_valid((struct duration){DURATION_HOURS, 0}));
    assert_false(duration_is_valid((struct duration){DURATION_HOURS, UINT32_MAX}));
    assert_false(duration_is_valid((struct duration){(enum duration_unit)77, 1}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_parses_and_formats_back),
        cmocka_unit_test(everything_else_is_refused),
        cmocka_unit_test(a_refusal_says_what_to_write),
        cmocka_unit_test(no_duration_is_valid_and_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
