/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "base/text.h"

#include <utf8proc.h>

/* The same question answered by the library alone. */
static bool library_takes(struct bytes text)
{
    for (size_t at = 0; at < text.len;) {
        utf8proc_int32_t c;
        utf8proc_ssize_t n = utf8proc_iterate(text.p + at, (utf8proc_ssize_t)(text.len - at), &c);
        if (n <= 0 || c == 0) {
            return false;
        }
        at += (size_t)n;
    }
    return true;
}

static void texts_of_three_bytes_are_valid_as_the_library_says(void **test)
{
    (void)test;
    for (uint32_t i = 0; i < 1U << 24; i++) {
        uint8_t three[3] = {(uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i};
        struct bytes text = bytes_of(three, sizeof three);
        if (text_is_valid(text, NULL) != library_takes(text)) {
            fail_msg("%02x %02x %02x", three[0], three[1], three[2]);
        }
    }
}

static void characters_are_counted_whatever_their_size(void **test)
{
    (void)test;
    size_t chars;
    assert_true(text_is_valid(BYTES("aé路😀"), &chars));
    assert_int_equal(chars, 4);
    assert_false(text_is_valid(BYTES("路\xe8\xb7"), &chars));
    assert_int_equal(chars, 1);
    assert_false(text_is_valid(BYTES("\xed\xa0\x80"), &chars));
    assert_int_equal(chars, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_of_three_bytes_are_valid_as_the_library_says),
        cmocka_unit_test(characters_are_counted_whatever_their_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
