/* SPDX-License-Identifier: Apache-2.0 */
/* docs/glossary.md against the lists of the code: whoever meets a word finds it there. */
#include "harness.h"

#include "base/buf.h"
#include "domain/lifecycle.h"
#include "domain/office.h"
#include "domain/words.h"

static char glossary[65536];

static int read_glossary(void **test)
{
    (void)test;
    FILE *file = fopen(SOURCE_DIR "/docs/glossary.md", "r");
    assert_non_null(file);
    size_t len = fread(glossary, 1, sizeof glossary - 1, file);
    (void)fclose(file);
    assert_in_range(len, 1, sizeof glossary - 2);
    glossary[len] = '\0';
    return 0;
}

static void expect_row(const char *list, const char *word, const char *name)
{
    char row[200];
    (void)snprintf(row, sizeof row, "\n| `%s` | %s | ", word, name);
    if (strstr(glossary, row) == NULL) {
        fail_msg("docs/glossary.md has no row of the %s '%s' with '%s'", list, word, name);
    }
}

static void every_word_of_every_list_is_there_with_its_chinese_name(void **test)
{
    (void)test;
#define X(type, prefix, called)                                                                    \
    for (int i = 1; i < prefix##_COUNT; i++) {                                                     \
        expect_row(called, type##_word((enum type)i), type##_name((enum type)i));                  \
    }
    WORDS_LIST(X)
#undef X
    for (int i = 0; i < ROLE_COUNT; i++) {
        expect_row("role", role_word((enum role)i), role_name((enum role)i));
    }
}

static void the_events_are_those_of_the_lifecycle_in_its_order(void **test)
{
    (void)test;
    struct buf table = {0};
    for (int i = 1; i < HAPPENING_COUNT; i++) {
        enum happening happening = (enum happening)i;
        const struct transition *row = lifecycle_row(happening);
        buf_append_format(&table, "| `%s` | %s | %s%s |\n", happening_word(happening),
                          happening_name(happening), row->about,
                          row->is_offered ? "" : " (not offered yet)");
    }
    buf_append_u8(&table, '\0');
    if (strstr(glossary, (const char *)table.p) == NULL) {
        FILE *out = fopen(BUILD_DIR "/glossary_events.md", "w");
        assert_non_null(out);
        (void)fputs((const char *)table.p, out);
        (void)fclose(out);
        fail_msg("docs/glossary.md differs from the lifecycle: copy the rows of %s there",
                 BUILD_DIR "/glossary_events.md");
    }
    buf_done(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_of_every_list_is_there_with_its_chinese_name),
        cmocka_unit_test(the_events_are_those_of_the_lifecycle_in_its_order),
    };
    return cmocka_run_group_tests(tests, read_glossary, NULL);
}
