/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences of failures: whole characters however long, purposes before them. */
#include "base/status.h"
#include "base/text.h"

#include <stdio.h>

enum status too_long(struct err *err, size_t chars);
enum status too_long(struct err *err, size_t chars)
{
    char text[2000] = "";
    for (size_t i = 0; i < chars; i++) {
        (void)snprintf(text + 3 * i, sizeof text - 3 * i, "路");
    }
    return fail_field(err, STATUS_INVALID, "title", "x%s", text);
}

enum status refuse_again(struct err *err);
enum status refuse_again(struct err *err)
{
    return fail(err, STATUS_REFUSED, "it still cannot be taken: %s", err->text);
}

#include "harness.h"

static void a_sentence_that_is_cut_stays_utf8(void **state)
{
    (void)state;
    struct err err;
    for (size_t chars = 150; chars < 170; chars++) {
        assert_status(too_long(&err, chars), STATUS_INVALID);
        assert_true(text_is_valid(bytes_of_string(err.text), NULL));
        assert_string_equal(err.field, "title");
    }
}

static void a_purpose_stands_before_the_sentence(void **state)
{
    (void)state;
    struct err err;
    assert_status(too_long(&err, 2), STATUS_INVALID);
    assert_status(wrap(&err, STATUS_IO, "read '%s'", "org.yaml"), STATUS_IO);
    assert_string_equal(err.text, "read 'org.yaml': x路路");
    assert_status(too_long(&err, 300), STATUS_INVALID);
    assert_status(wrap(&err, STATUS_IO, "read it"), STATUS_IO);
    assert_true(text_is_valid(bytes_of_string(err.text), NULL));
}

static void a_sentence_may_take_up_the_one_that_is_there(void **state)
{
    (void)state;
    struct err err;
    assert_status(too_long(&err, 2), STATUS_INVALID);
    assert_status(refuse_again(&err), STATUS_REFUSED);
    assert_string_equal(err.text, "it still cannot be taken: x路路");
    assert_string_equal(err.field, "");
    assert_status(fail_field(&err, STATUS_INVALID, "text", "%s, twice: %s", err.text, err.text),
                  STATUS_INVALID);
    assert_string_equal(err.text, "it still cannot be taken: x路路, twice: it still cannot be "
                                  "taken: x路路");
    assert_status(fail_field(&err, STATUS_INVALID, err.field, "again"), STATUS_INVALID);
    assert_string_equal(err.field, "text");
    assert_status(wrap(&err, STATUS_IO, "%s and", err.text), STATUS_IO);
    assert_string_equal(err.text, "again and: again");
}

static void every_status_has_a_word(void **state)
{
    (void)state;
    for (int status = 0; status < STATUS_COUNT; status++) {
        assert_true(status_word((enum status)status)[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sentence_that_is_cut_stays_utf8),
        cmocka_unit_test(a_purpose_stands_before_the_sentence),
        cmocka_unit_test(a_sentence_may_take_up_the_one_that_is_there),
        cmocka_unit_test(every_status_has_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
