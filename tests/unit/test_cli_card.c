/* SPDX-License-Identifier: Apache-2.0 */
/* The page of contact cards: its QR code module by module, and what becomes of texts on it. */
#include "harness.h"

#include "cli/card_sheet.h"
#include "cli/qr.h"

#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- the QR code ---------------------------------------------------------------------------- */

#define SIZE_MAX_MODULES 64

/* Paints what "M x y h w v1 h-w z" of the path says; every module at most once. */
static void paint(const char *path, bool dark[SIZE_MAX_MODULES][SIZE_MAX_MODULES])
{
    unsigned x;
    unsigned y;
    unsigned width;
    unsigned back;
    int used;
    while (sscanf(path, "M%u %uh%uv1h-%uz%n", &x, &y, &width, &back, &used) == 4) {
        assert_int_equal(width, back);
        for (unsigned i = 0; i < width; i++) {
            assert_true(y < SIZE_MAX_MODULES && x + i < SIZE_MAX_MODULES);
            assert_false(dark[y][x + i]);
            dark[y][x + i] = true;
        }
        path += used;
    }
    assert_int_equal(*path, '"');
}

static void the_path_has_the_modules_of_the_code_inside_a_quiet_zone(void **state)
{
    (void)state;
    static const char *const texts[] = {"tel:19900000000", "tel:+8619900000000", "tel:1"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        static bool dark[SIZE_MAX_MODULES][SIZE_MAX_MODULES];
        struct err err = {0};
        struct buf out = {0};
        memset(dark, 0, sizeof dark);
        assert_ok(qr_append_symbol(&out, "qr", texts[i], &err));
        buf_append_u8(&out, 0);
        const char *path = strstr((const char *)out.p, " d=\"");
        assert_non_null(path);
        paint(path + 4, dark);

        QRcode *code = QRcode_encodeString8bit(texts[i], 0, QR_ECLEVEL_M);
        assert_non_null(code);
        unsigned size = (unsigned)code->width + 2 * QR_QUIET_MODULES;
        char box[64];
        (void)snprintf(box, sizeof box, "viewBox=\"0 0 %u %u\"", size, size);
        assert_non_null(strstr((const char *)out.p, box));
        for (unsigned y = 0; y < SIZE_MAX_MODULES; y++) {
            for (unsigned x = 0; x < SIZE_MAX_MODULES; x++) {
                unsigned row = y - QR_QUIET_MODULES;
                unsigned column = x - QR_QUIET_MODULES;
                unsigned width = (unsigned)code->width;
                bool expected =
                    row < width && column < width && (code->data[row * width + column] & 1) != 0;
                assert_int_equal(dark[y][x], expected);
            }
        }
        QRcode_free(code);
        buf_done(&out);
    }
}

static void what_is_too_long_for_a_code_is_refused(void **state)
{
    (void)state;
    char text[4000];
    struct err err = {0};
    struct buf out = {0};
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    assert_status(qr_append_symbol(&out, "qr", text, &err), STATUS_INVALID);
    buf_done(&out);
}

/* ---- the page ------------------------------------------------------------------------------- */

/* A page of so many cards of one cadre. The caller frees the text. */
static char *page_of(uint32_t count, enum language language, const struct card_part *card)
{
    struct err err = {0};
    struct card_sheet sheet;
    struct card_reply reply = {.street = BYTES("临湖街道"),
                               .supervision_phone = BYTES("199-0000 0000")};
    struct list contacts = {0};
    struct buf out = {0};
    list_put_message(&contacts, &out, &card_contact_part_type,
                     &(struct card_contact_part){.unit = BYTES("民政科"),
                                                 .person = BYTES("<b>"),
                                                 .phone = BYTES("19900000005")});
    list_end(&contacts, &out);
    assert_ok(card_sheet_begin(&sheet, language, &reply, &err));
    for (uint32_t i = 0; i < count; i++) {
        card_sheet_add(&sheet, card, &contacts);
    }
    card_sheet_end(&sheet);
    assert_int_equal(sheet.cards, count);
    char *text = strndup((const char *)sheet.out.p, sheet.out.len);
    assert_non_null(text);
    card_sheet_done(&sheet);
    buf_done(&out);
    return text;
}

static uint32_t count_of(const char *text, const char *part)
{
    uint32_t count = 0;
    while ((text = strstr(text, part)) != NULL) {
        text += strlen(part);
        count++;
    }
    return count;
}

static struct card_part card_of(struct bytes unit)
{
    return (struct card_part){.household = BYTES("h1"),
                              .head = BYTES("李芳"),
                              .name = BYTES("王海"),
                              .unit = unit,
                              .phone = BYTES("19900000001"),
                              .edition = BYTES("0123abcd")};
}

static void eight_cards_make_a_sheet(void **state)
{
    (void)state;
    static const uint32_t counts[][2] = {{1, 1}, {7, 1}, {8, 1}, {9, 2}, {16, 2}, {17, 3}};
    struct card_part card = card_of(BYTES("城建科"));
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        char *text = page_of(counts[i][0], LANGUAGE_ZH, &card);
        assert_int_equal(count_of(text, "<article "), counts[i][0]);
        assert_int_equal(count_of(text, "<section "), counts[i][1]);
        assert_int_equal(count_of(text, "</section>"), counts[i][1]);
        assert_int_equal(count_of(text, "href=\"#qr\""), counts[i][0]);
        assert_int_equal(count_of(text, "<symbol id=\"qr\""), 1);
        free(text);
    }
}

static void nothing_of_a_text_becomes_markup_and_nothing_comes_from_elsewhere(void **state)
{
    (void)state;
    struct card_part card = card_of(BYTES("<script src='//x'>&\"甲\"\n"));
    char *text = page_of(1, LANGUAGE_EN, &card);
    assert_int_equal(count_of(text, "<script"), 0);
    assert_non_null(strstr(text, "&lt;script src=&#39;//x&#39;&gt;&amp;&quot;甲&quot; </dd>"));
    assert_non_null(strstr(text, "民政科 &lt;b&gt; 19900000005"));
    assert_int_equal(count_of(text, "http"), 0);
    assert_int_equal(count_of(text, "url("), 0);
    assert_int_equal(count_of(text, "@import"), 0);
    assert_non_null(strstr(text, "Your contact card"));
    assert_null(strstr(text, "职　　务")); /* no post, no line for it */
    free(text);
}

static void long_texts_are_set_in_smaller_letters(void **state)
{
    (void)state;
    char name[241] = {0};
    struct card_part card = card_of(BYTES("城建科"));
    char *text = page_of(1, LANGUAGE_ZH, &card);
    assert_non_null(strstr(text, "<article class=\"card\">"));
    free(text);
    for (int i = 0; i < 80; i++) {
        memcpy(name + (ptrdiff_t)3 * i, "城", 3);
    }
    card.unit = bytes_of_string(name);
    text = page_of(1, LANGUAGE_ZH, &card);
    assert_non_null(strstr(text, "<article class=\"card long\">"));
    free(text);
    card.post = bytes_of_string(name);
    text = page_of(1, LANGUAGE_ZH, &card);
    assert_non_null(strstr(text, "<article class=\"card longer\">"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_path_has_the_modules_of_the_code_inside_a_quiet_zone),
        cmocka_unit_test(what_is_too_long_for_a_code_is_refused),
        cmocka_unit_test(eight_cards_make_a_sheet),
        cmocka_unit_test(nothing_of_a_text_becomes_markup_and_nothing_comes_from_elsewhere),
        cmocka_unit_test(long_texts_are_set_in_smaller_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
