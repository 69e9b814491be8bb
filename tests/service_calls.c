/* SPDX-License-Identifier: Apache-2.0 */
#include "service_calls.h"

struct bytes text_of(const char *text)
{
    return text == NULL ? (struct bytes){0} : bytes_of_string(text);
}

void assert_text(struct bytes text, const char *expected)
{
    if (!bytes_equal(text, text_of(expected))) {
        fail_msg("'%.*s', not '%s'", BYTES_FMT(text), expected);
    }
}

void assert_says(const struct err *err, const char *field, const char *part)
{
    if (strcmp(err->field, field) != 0 || strstr(err->text, part) == NULL) {
        fail_msg("%s: %s; not %s: %s", err->field, err->text, field, part);
    }
}

bool list_has(const struct list *list, const char *word)
{
    struct list_cursor cursor = list_begin(list);
    struct bytes text;
    while (list_next_bytes(&cursor, &text)) {
        if (bytes_equal(text, bytes_of_string(word))) {
            return true;
        }
    }
    return false;
}
