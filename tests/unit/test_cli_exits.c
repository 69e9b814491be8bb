/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "base/buf.h"
#include "cli/exits.h"

#include <stdio.h>

/* The codes of docs/operations.md, in their order: a row "| `code` | exit | ...". */
static void every_failure_has_a_code_that_is_documented_with_its_exit(void **state)
{
    (void)state;
    char line[400];
    const struct cli_code *row = cli_codes;
    FILE *file = fopen(SOURCE_DIR "/docs/operations.md", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        char start[80];
        (void)snprintf(start, sizeof start, "| `%s` | %d |", row->code == NULL ? "" : row->code,
                       row->exit);
        row += row->code != NULL && strncmp(line, start, strlen(start)) == 0;
    }
    (void)fclose(file);
    if (row->code != NULL) {
        fail_msg("docs/operations.md does not list '%s' with exit %d in its place", row->code,
                 row->exit);
    }
}

/* The codes of docs/glossary.md, in their order: a row "| `code` | Chinese | about |". */
static void every_code_is_in_the_glossary_with_its_chinese_name_and_meaning(void **state)
{
    (void)state;
    char line[400];
    const struct cli_code *row = cli_codes;
    FILE *file = fopen(SOURCE_DIR "/docs/glossary.md", "r");
    assert_non_null(file);
    while (row->code != NULL && fgets(line, sizeof line, file) != NULL) {
        char start[80];
        char end[300];
        int start_len = snprintf(start, sizeof start, "| `%s` | ", row->code);
        int end_len = snprintf(end, sizeof end, " | %s |\n", row->about);
        size_t least = (size_t)start_len + (size_t)end_len;
        size_t len = strlen(line);
        /* Beyond ASCII begins what is Chinese. */
        row += len > least && strncmp(line, start, (size_t)start_len) == 0 &&
               (line[start_len] & 0x80) != 0 && strcmp(line + len - (size_t)end_len, end) == 0;
    }
    (void)fclose(file);
    if (row->code != NULL) {
        fail_msg("docs/glossary.md does not list the code '%s' in its place, with Chinese and as "
                 "'%s'",
                 row->code, row->about);
    }
}

static void every_status_is_shown_as_one_of_the_codes(void **state)
{
    (void)state;
    for (int status = STATUS_OK + 1; status < STATUS_COUNT; status++) {
        const struct cli_code *code = cli_code_of((enum status)status);
        const struct cli_code *row = cli_codes;
        while (row->code != NULL && row != code) {
            row++;
        }
        assert_non_null(row->code);
        assert_int_equal(cli_exit_of((enum status)status), code->exit);
    }
}

/* What a program does next depends on the exit alone. */
static void each_way_to_go_on_has_its_exit(void **state)
{
    (void)state;
    assert_int_equal(cli_exit_of(STATUS_OK), 0);
    assert_int_equal(cli_exit_of(STATUS_REFUSED), 1);
    assert_int_equal(cli_exit_of(STATUS_IO), 1);
    assert_int_equal(cli_exit_of(STATUS_UNAVAILABLE), 69);
    assert_int_equal(cli_exit_of(STATUS_BUSY), 75);
    assert_int_equal(cli_exit_of(STATUS_FULL), 75);
    assert_int_equal(cli_exit_of(STATUS_UNKNOWN), 75);
    assert_string_equal(cli_code_of(STATUS_FULL)->code, "busy");
    assert_string_equal(cli_code_of(STATUS_REFUSED)->code, "conflict");
    assert_string_equal(cli_code_of(STATUS_CORRUPT)->code, "failed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_failure_has_a_code_that_is_documented_with_its_exit),
        cmocka_unit_test(every_code_is_in_the_glossary_with_its_chinese_name_and_meaning),
        cmocka_unit_test(every_status_is_shown_as_one_of_the_codes),
        cmocka_unit_test(each_way_to_go_on_has_its_exit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
