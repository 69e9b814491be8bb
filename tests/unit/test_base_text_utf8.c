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

static void nothing_but_white_space_and_invisible_characters_is_blank(void **test)
{
    (void)test;
    static const char *const blank[] = {"",   " ",      "\t\r\n",
                                        "　", "\u00a0", " \u2003\u200b\ufeff\u2029"};
    static const char *const said[] = {"a", " a", "　路", "0", "\u200b😀", "。"};
    for (size_t i = 0; i < sizeof blank / sizeof blank[0]; i++) {
        assert_true(text_is_blank(bytes_of_string(blank[i])));
    }
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        assert_false(text_is_blank(bytes_of_string(said[i])));
    }
    assert_false(text_is_blank(BYTES(" \xff")));
}

static void line_feeds_are_the_only_control_characters_of_a_text(void **test)
{
    (void)test;
    static const char *const refused[] = {"a\tb",      "a\x0b",   "\x1b[1m",  "\x7f",
                                          "a\xc2\x85", "a\u2028", "路\u2029", "\x01路"};
    struct buf out = {0};
    struct err err = {0};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_int_equal(text_append_nfc(&out, bytes_of_string(refused[i]), &err), STATUS_INVALID);
        assert_int_equal(out.len, 0);
    }
    assert_int_equal(text_append_nfc(&out, BYTES("路\r\na\rb\n\u00e9…"), &err), STATUS_OK);
    assert_true(bytes_equal(buf_bytes(&out), BYTES("路\na\nb\n\u00e9…")));
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_of_three_bytes_are_valid_as_the_library_says),
        cmocka_unit_test(characters_are_counted_whatever_their_size),
        cmocka_unit_test(nothing_but_white_space_and_invisible_characters_is_blank),
        cmocka_unit_test(line_feeds_are_the_only_control_characters_of_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
