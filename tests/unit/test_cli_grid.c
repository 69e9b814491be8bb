/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "cli/grid.h"

static void assert_table(uint32_t columns, const char *const *cells, const char *expected)
{
    struct grid *grid = grid_open(columns);
    struct buf out = {0};
    for (; *cells != NULL; cells++) {
        grid_put(grid, bytes_of_string(*cells));
    }
    grid_append(grid, &out);
    buf_append_u8(&out, 0);
    assert_string_equal((const char *)out.p, expected);
    buf_done(&out);
    grid_close(grid);
}

static void columns_are_as_wide_as_their_widest_cell(void **state)
{
    (void)state;
    const char *const cells[] = {"ID", "NAME", "1000", "x", NULL};
    assert_table(2, cells, "ID    NAME\n1000  x\n");
}

static void a_chinese_character_takes_two_columns(void **state)
{
    (void)state;
    const char *const cells[] = {"路灯", "a", "abcd", "b", NULL};
    assert_table(2, cells, "路灯  a\nabcd  b\n");
}

static void a_cell_never_breaks_its_line(void **state)
{
    (void)state;
    const char *const cells[] = {"a\nb", "c\td", NULL};
    assert_table(2, cells, "a b  c d\n");
}

static void a_row_that_is_not_full_is_left_out_and_no_line_ends_in_spaces(void **state)
{
    (void)state;
    const char *const cells[] = {"a", "", "b", NULL};
    assert_table(2, cells, "a\n");
}

static void a_cell_that_is_too_wide_keeps_its_distance_from_the_next(void **state)
{
    (void)state;
    const char *const cells[] = {"12345678901234567890123456789012345678901234567890123", "x", "a",
                                 "y", NULL};
    assert_table(2, cells,
                 "12345678901234567890123456789012345678901234567890123  x\n"
                 "a                                                 y\n");
}

static void lines_that_come_one_by_one_keep_their_columns(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"ID", "NAME"}, {"1", "x"}, {"", "y"}, {"12345678", "z"}, {"2", "v"}};
    struct grid *grid = grid_open(2);
    struct buf out = {0};
    grid_widen(grid, 0, 4);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        grid_put(grid, bytes_of_string(rows[i][0]));
        grid_put(grid, bytes_of_string(rows[i][1]));
        grid_append(grid, &out);
    }
    buf_append_u8(&out, 0);
    assert_string_equal((const char *)out.p, "ID    NAME\n1     x\n      y\n"
                                             "12345678  z\n2         v\n");
    buf_done(&out);
    grid_close(grid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_as_wide_as_their_widest_cell),
        cmocka_unit_test(a_chinese_character_takes_two_columns),
        cmocka_unit_test(a_cell_never_breaks_its_line),
        cmocka_unit_test(a_row_that_is_not_full_is_left_out_and_no_line_ends_in_spaces),
        cmocka_unit_test(a_cell_that_is_too_wide_keeps_its_distance_from_the_next),
        cmocka_unit_test(lines_that_come_one_by_one_keep_their_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
