/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "cli/csv.h"

static struct err err;

/* The rows of `text` as one line: fields between bars, rows between semicolons. */
static enum status flatten(const char *text, char *flat, size_t size)
{
    struct csv csv;
    struct csv_row row;
    size_t len = 0;
    enum status st;
    csv_init(&csv, bytes_of_string(text));
    flat[0] = '\0';
    while ((st = csv_next(&csv, &row, &err)) == STATUS_OK) {
        len += (size_t)snprintf(flat + len, size - len, "%u:", row.line);
        for (uint32_t i = 0; i < row.count; i++) {
            len += (size_t)snprintf(flat + len, size - len, "%s%.*s", i == 0 ? "" : "|",
                                    BYTES_FMT(row.fields[i]));
        }
        len += (size_t)snprintf(flat + len, size - len, ";");
    }
    csv_done(&csv);
    return st;
}

static void assert_rows(const char *text, const char *expected)
{
    char flat[1000];
    assert_status(flatten(text, flat, sizeof flat), STATUS_AGAIN);
    assert_string_equal(flat, expected);
}

static void assert_refused(const char *text)
{
    char flat[1000];
    assert_status(flatten(text, flat, sizeof flat), STATUS_INVALID);
}

static void rows_end_in_lf_or_crlf_or_with_the_text(void **state)
{
    (void)state;
    assert_rows("a,b\nc,d\n", "1:a|b;2:c|d;");
    assert_rows("a,b\r\nc,d\r\n", "1:a|b;2:c|d;");
    assert_rows("a,b\nc,d", "1:a|b;2:c|d;");
    assert_rows("", "");
}

static void a_byte_order_mark_is_not_part_of_the_first_field(void **state)
{
    (void)state;
    assert_rows("\xef\xbb\xbf"
                "a,b\n",
                "1:a|b;");
}

static void empty_fields_stay_and_empty_lines_do_not(void **state)
{
    (void)state;
    assert_rows(",\n\n,x,\n", "1:|;3:|x|;");
    assert_rows("\r\n\r\na\r\n", "3:a;");
}

static void quoted_fields_hold_commas_quotes_and_line_ends(void **state)
{
    (void)state;
    assert_rows("\"a,b\",\"say \"\"so\"\"\",\"x\ny\"\nnext\n", "1:a,b|say \"so\"|x\ny;3:next;");
    assert_rows("\"\",\"\"\"\"\n", "1:|\";");
}

static void a_lone_carriage_return_belongs_to_its_field(void **state)
{
    (void)state;
    assert_rows("a\rb,c\n", "1:a\rb|c;");
}

static void quotes_in_the_wrong_place_are_refused(void **state)
{
    (void)state;
    assert_refused("a\"b,c\n");
    assert_refused("\"a\"b,c\n");
    assert_refused("\"a,c\n");
}

static void too_many_fields_are_refused(void **state)
{
    (void)state;
    char text[2 * CSV_FIELDS_MAX + 2];
    memset(text, ',', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_refused(text);

    text[CSV_FIELDS_MAX - 1] = '\0';
    char flat[1000];
    assert_status(flatten(text, flat, sizeof flat), STATUS_AGAIN);
}

/* A row of random fields, quoted where they must be and sometimes where they need not be, reads as
 * those fields. */
static void what_is_written_by_the_rules_is_read_back(void **state)
{
    (void)state;
    static const char letters[] = "ab,\"\n \r";
    struct dice dice = dice_open(4180);
    for (int round = 0; round < 5000; round++) {
        char fields[4][8];
        struct buf text = {0};
        uint32_t count = 1 + (uint32_t)dice_below(&dice, 4);
        for (uint32_t i = 0; i < count; i++) {
            size_t len = 1 + dice_below(&dice, 6);
            for (size_t k = 0; k < len; k++) {
                fields[i][k] = letters[dice_below(&dice, sizeof letters - 1)];
            }
            fields[i][len] = '\0';
            buf_append_string(&text, i == 0 ? "\"" : ",\"");
            for (size_t k = 0; k < len; k++) {
                buf_append_string(&text, fields[i][k] == '"' ? "\"" : "");
                buf_append_u8(&text, (uint8_t)fields[i][k]);
            }
            buf_append_u8(&text, '"');
        }
        struct csv csv;
        struct csv_row row;
        csv_init(&csv, buf_bytes(&text));
        assert_ok(csv_next(&csv, &row, &err));
        assert_int_equal(row.count, count);
        for (uint32_t i = 0; i < count; i++) {
            assert_true(bytes_equal(row.fields[i], bytes_of_string(fields[i])));
        }
        csv_done(&csv);
        buf_done(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_end_in_lf_or_crlf_or_with_the_text),
        cmocka_unit_test(a_byte_order_mark_is_not_part_of_the_first_field),
        cmocka_unit_test(empty_fields_stay_and_empty_lines_do_not),
        cmocka_unit_test(quoted_fields_hold_commas_quotes_and_line_ends),
        cmocka_unit_test(a_lone_carriage_return_belongs_to_its_field),
        cmocka_unit_test(quotes_in_the_wrong_place_are_refused),
        cmocka_unit_test(too_many_fields_are_refused),
        cmocka_unit_test(what_is_written_by_the_rules_is_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
