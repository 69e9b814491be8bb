/* SPDX-License-Identifier: Apache-2.0 */
#include "config_section.h"

bool section_open(struct section *section, const char *text, section_read_fn *read)
{
    *section = (struct section){0};
    bool is_good =
        yaml_open_bytes(bytes_of_string(text), "d.yaml", &section->document, &section->problems) &&
        read(section);
    buf_append_u8(&section->problems.text, 0);
    assert_int_equal(is_good, section->problems.count == 0);
    return is_good;
}

void section_close(struct section *section)
{
    yaml_close(section->document);
    problems_done(&section->problems);
}

void section_change(char text[SECTION_TEXT_BYTES], const char *good, const char *from,
                    const char *to)
{
    const char *place = strstr(good, from);
    assert_non_null(place);
    (void)snprintf(text, SECTION_TEXT_BYTES, "%.*s%s%s", (int)(place - good), good, to,
                   place + strlen(from));
}

void check_mistake(const char *good, const struct mistake *mistake, section_read_fn *read)
{
    char text[SECTION_TEXT_BYTES];
    char expected[256];
    struct section section;
    section_change(text, good, mistake->from, mistake->to);
    (void)snprintf(expected, sizeof expected, "d.yaml:%s", mistake->problem);

    assert_false(section_open(&section, text, read));
    const char *shown = (const char *)section.problems.text.p;
    if (strncmp(shown, expected, strlen(expected)) != 0) {
        fail_msg("expected\n%s\nand got\n%s", expected, shown);
    }
    section_close(&section);
}
