/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "codec/message.h"
#include "domain/words.h"
#include "messages.h"

/* Whether the table is the list of words that begins with these two. */
static bool begins_with(const char *const *words, const char *first, const char *second)
{
    return words[1] != NULL && words[2] != NULL && strcmp(words[1], first) == 0 &&
           strcmp(words[2], second) == 0;
}

/* Each word of the list stands at its value in the table, and nothing else does. */
static void compare(const struct field *field, const char *(*word)(int), int count)
{
    assert_int_equal(field->max, count - 1);
    for (int i = 0; i < count; i++) {
        assert_string_equal(field->words[i], word(i));
    }
    assert_null(field->words[count]);
}

#define X(type, prefix, called)                                                                    \
    static const char *type##_at(int value)                                                        \
    {                                                                                              \
        return type##_word((enum type)value);                                                      \
    }
WORDS_LIST(X)
#undef X

static bool compare_with_its_list(const struct field *field)
{
    bool is_found = false;
#define X(type, prefix, called)                                                                    \
    if (begins_with(field->words, type##_at(1), type##_at(2))) {                                   \
        compare(field, type##_at, prefix##_COUNT);                                                 \
        is_found = true;                                                                           \
    }
    WORDS_LIST(X)
#undef X
    return is_found;
}

static void words_in_messages_have_the_values_they_have_in_the_domain(void **test)
{
    (void)test;
    int found = 0;
    for (uint32_t i = 0; i < message_type_count; i++) {
        for (uint32_t k = 0; k < message_types[i]->field_count; k++) {
            const struct field *field = &message_types[i]->fields[k];
            found += field->type == FIELD_ENUM && compare_with_its_list(field);
        }
    }
    assert_in_range(found, 10, 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_in_messages_have_the_values_they_have_in_the_domain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
