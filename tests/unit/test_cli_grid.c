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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_as_wide_as_their_widest_cell),
        cmocka_unit_test(a_chinese_character_takes_two_columns),
        cmocka_unit_test(a_cell_never_breaks_its_line),
        cmocka_unit_test(a_row_that_is_not_full_is_left_out_and_no_line_ends_in_spaces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
