/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "domain/words.h"

static void every_word_parses_to_its_own_value(void **test)
{
    (void)test;
    struct err err;
#define X(type, prefix, called)                                                                    \
    for (int i = 1; i < prefix##_COUNT; i++) {                                                     \
        enum type value;                                                                           \
        assert_ok(type##_parse(bytes_of_string(type##_word((enum type)i)), &value, &err));         \
        assert_int_equal(value, i);                                                                \
        assert_true(strlen(type##_name(value)) > 0);                                               \
    }
    WORDS_LIST(X)
#undef X
}

static void absent_is_zero_and_has_the_empty_word_and_does_not_parse(void **test)
{
    (void)test;
    struct err err;
#define X(type, prefix, called)                                                                    \
    enum type type##_value = (enum type)1;                                                         \
    assert_int_equal(prefix##_NONE, 0);                                                            \
    assert_string_equal(type##_word(prefix##_NONE), "");                                           \
    assert_string_equal(type##_name(prefix##_NONE), "");                                           \
    assert_status(type##_parse(BYTES(""), &type##_value, &err), STATUS_INVALID);                   \
    assert_int_equal(type##_value, 1);
    WORDS_LIST(X)
#undef X
}

static void a_refusal_names_the_list_and_all_its_words(void **test)
{
    (void)test;
    struct err err;
    enum urgency urgency;
    assert_status(urgency_parse(BYTES("General"), &urgency, &err), STATUS_INVALID);
    assert_string_equal(err.text, "unknown urgency 'General': write one of emergency utility "
                                  "general complex");
}

static void stages_keep_the_order_of_their_timers(void **test)
{
    (void)test;
    assert_int_equal(STAGE_TRIAGE, 1);
    assert_int_equal(STAGE_HANDLE, 5);
    assert_int_equal(STAGE_REOPEN, 11);
    assert_int_equal(STAGE_COUNT, 12);
    assert_int_equal(STATE_COUNT, 19);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_parses_to_its_own_value),
        cmocka_unit_test(absent_is_zero_and_has_the_empty_word_and_does_not_parse),
        cmocka_unit_test(a_refusal_names_the_list_and_all_its_words),
        cmocka_unit_test(stages_keep_the_order_of_their_timers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
