/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "config/reader.h"

#include <string.h>

struct thing {
    struct bytes name;
    struct bytes id;
    uint32_t count;
    int64_t shift;
    bool is_open;
    int colour;
    struct bytes words[3];
    uint32_t word_count;
};

static void read_list(struct reader *reader, const struct yaml_node *node, const char *path,
                      void *member, void *user)
{
    struct thing *thing = user;
    (void)reader_read_words(reader, node, path, member, 3, &thing->word_count);
}

static const struct reader_word colours[] = {{"red", 1}, {"green", 2}, {NULL, 0}};

static const struct reader_row rows[] = {
    {.key = "name",
     .type = READ_TEXT,
     .is_required = true,
     .min = 2,
     .max = 4,
     .offset = offsetof(struct thing, name)},
    {.key = "id", .type = READ_WORD, .is_required = true, .offset = offsetof(struct thing, id)},
    {.key = "count", .type = READ_U32, .min = 1, .max = 9, .offset = offsetof(struct thing, count)},
    {.key = "shift",
     .type = READ_I64,
     .min = -5,
     .max = 5,
     .offset = offsetof(struct thing, shift)},
    {.key = "is_open", .type = READ_BOOL, .offset = offsetof(struct thing, is_open)},
    {.key = "colour",
     .type = READ_ENUM,
     .words = colours,
     .offset = offsetof(struct thing, colour)},
    {.key = "words",
     .type = READ_CUSTOM,
     .read = read_list,
     .offset = offsetof(struct thing, words)},
    {0},
};

/* Reads `text` into `thing`; the problems as one text that the caller frees. */
static char *read_thing(const char *text, struct thing *thing)
{
    struct problems problems = {0};
    struct reader reader = {.file = "t.yaml", .problems = &problems};
    struct yaml_document *document = NULL;
    bool good = yaml_open_bytes(bytes_of_string(text), "t.yaml", &document, &problems);
    if (good) {
        good = reader_read_map(&reader, &document->root, "", rows, thing, thing);
    }
    assert_true(good == (problems.count == 0));
    yaml_close(document);
    char *out = calloc(problems.text.len + 1, 1);
    if (problems.text.len > 0) {
        memcpy(out, problems.text.p, problems.text.len);
    }
    problems_done(&problems);
    return out;
}

static void a_map_is_read_by_its_table(void **state)
{
    (void)state;
    struct thing thing = {.count = 7};
    char *problems = read_thing("name: 联户\nid: a.b-c_1\nshift: -5\nis_open: true\n"
                                "colour: green\nwords: [x, y]\n",
                                &thing);

    assert_string_equal(problems, "");
    assert_int_equal(thing.name.len, 6);
    assert_int_equal(thing.count, 7);
    assert_int_equal(thing.shift, -5);
    assert_true(thing.is_open);
    assert_int_equal(thing.colour, 2);
    assert_int_equal(thing.word_count, 2);
    free(problems);
}

static void every_mistake_is_told_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *expected;
    } cases[] = {
        {"name: ab\n", "t.yaml:1:1: error: the key 'id' is missing\n"},
        {"name: ab\nid: a\ncuont: 1\n",
         "t.yaml:3:1: error: cuont: unknown key (did you mean 'count'?)\n"},
        {"name: ab\nid: a\nIs-Open: 1\n",
         "t.yaml:3:1: error: Is-Open: unknown key (did you mean 'is_open'?)\n"},
        {"name: ab\nid: a\nelephant: 1\n", "t.yaml:3:1: error: elephant: unknown key\n"},
        {"name: 联\nid: a\n", "t.yaml:1:7: error: name: has 1 characters, at least 2 are needed\n"},
        {"name: 联户联户联\nid: a\n",
         "t.yaml:1:7: error: name: has 5 characters, at most 4 are allowed\n"},
        {"name: [ab]\nid: {a: b}\n",
         "t.yaml:1:7: error: name: one value belongs here, not a list\n"
         "t.yaml:2:5: error: id: one value belongs here, not a map of keys\n"},
        {"name:\nid: ~\n", "t.yaml:1:6: error: name: has no value: one value belongs here\n"
                           "t.yaml:2:5: error: id: has no value: one value belongs here\n"},
        {"name: ab\nid: a b\n",
         "t.yaml:2:5: error: id: 'a b' is not an identifier: 1 to 32 of a-z A-Z 0-9 . _ -\n"},
        {"name: ab\nid: a\ncount: 10\nshift: -6\n",
         "t.yaml:3:8: error: count: 10 is out of range: 1 to 9 are allowed\n"
         "t.yaml:4:8: error: shift: -6 is out of range: -5 to 5 are allowed\n"},
        {"name: ab\nid: a\ncount: 012\nshift: 1e3\n",
         "t.yaml:3:8: error: count: a whole number belongs here, in plain decimal digits, not "
         "'012'\n"
         "t.yaml:4:8: error: shift: a whole number belongs here, in plain decimal digits, not "
         "'1e3'\n"},
        {"name: ab\nid: a\ncount: \"3\"\nshift: 99999999999999999999\n",
         "t.yaml:3:8: error: count: a whole number belongs here, in plain decimal digits, not "
         "'3'\n"
         "t.yaml:4:8: error: shift: a whole number belongs here, in plain decimal digits, not "
         "'99999999999999999999'\n"},
        {"name: ab\nid: a\nis_open: yes\n",
         "t.yaml:3:10: error: is_open: write true or false, not 'yes'\n"},
        {"name: ab\nid: a\nis_open: 'true'\n",
         "t.yaml:3:10: error: is_open: write true or false, not 'true'\n"},
        {"name: ab\nid: a\ncolour: gren\n",
         "t.yaml:3:9: error: colour: 'gren' is none of: red green (did you mean 'green'?)\n"},
        {"name: ab\nid: a\nwords: x\n",
         "t.yaml:3:8: error: words: a list belongs here, not one value\n"},
        {"name: ab\nid: a\nwords: [x, ' ', x]\n",
         "t.yaml:3:12: error: words[1]: ' ' is not an identifier: 1 to 32 of a-z A-Z 0-9 . _ -\n"
         "t.yaml:3:17: error: words[2]: 'x' is there twice\n"},
        {"name: ab\nid: a\nwords: [a, b, c, d]\n",
         "t.yaml:3:8: error: words: 4 entries, at most 3 are allowed\n"},
        {"- name\n", "t.yaml:1:1: error: a map of keys belongs here, not a list\n"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct thing thing = {0};
        char *problems = read_thing(cases[i].text, &thing);
        assert_string_equal(problems, cases[i].expected);
        free(problems);
    }
}

static void all_mistakes_of_a_file_are_told_at_once(void **state)
{
    (void)state;
    struct thing thing = {0};
    char *problems = read_thing("naem: ab\nid: a b\ncount: x\nis_open: on\ncolour: blue\n"
                                "id: again\n",
                                &thing);
    uint32_t lines = 0;
    for (const char *c = problems; *c != '\0'; c++) {
        lines += *c == '\n';
    }
    assert_int_equal(lines, 7);
    free(problems);
}

static void a_long_value_is_cut_between_characters(void **state)
{
    (void)state;
    struct thing thing = {0};
    struct buf text = {0};
    buf_append_string(&text, "name: ab\nid: x");
    for (int i = 0; i < 1000; i++) {
        buf_append_string(&text, "联");
    }
    buf_append_u8(&text, 0);
    char *problems = read_thing((const char *)text.p, &thing);
    size_t len = strlen(problems);
    assert_true(len < 1100);
    assert_memory_equal(problems + len - 4, "联\n", 4);
    free(problems);
    buf_done(&text);
}

static void the_nearest_word_is_a_slip_away(void **state)
{
    (void)state;
    static const char *const words[] = {"deadline", "calendar", "department", "id", NULL};
    static const struct {
        const char *text;
        const char *expected;
    } cases[] = {
        {"daedline", "deadline"},
        {"deadlines", "deadline"},
        {"DEADLINE", "deadline"},
        {"calender", "calendar"},
        {"ids", "id"},
        {"di", "id"},
        {"depratmnet", "department"},
        {"horse", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *nearest = reader_nearest(bytes_of_string(cases[i].text), words);
        assert_true((nearest == NULL) == (cases[i].expected == NULL));
        if (nearest != NULL) {
            assert_string_equal(nearest, cases[i].expected);
        }
    }
}

static void any_change_of_bytes_is_read_or_refused(void **state)
{
    (void)state;
    static const char text[] = "name: 联户\nid: a.b-c_1\ncount: 3\nshift: -5\nis_open: true\n"
                               "colour: green\nwords: [x, y]\n";
    struct dice dice = dice_open(7);

    for (int round = 0; round < 20000; round++) {
        char changed[sizeof text];
        memcpy(changed, text, sizeof text);
        for (uint64_t n = 1 + dice_below(&dice, 3); n > 0; n--) {
            changed[dice_below(&dice, sizeof text - 1)] = (char)dice_below(&dice, 256);
        }
        struct thing thing = {0};
        free(read_thing(changed, &thing));
        assert_true(thing.word_count <= 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_map_is_read_by_its_table),
        cmocka_unit_test(every_mistake_is_told_with_its_place),
        cmocka_unit_test(all_mistakes_of_a_file_are_told_at_once),
        cmocka_unit_test(a_long_value_is_cut_between_characters),
        cmocka_unit_test(the_nearest_word_is_a_slip_away),
        cmocka_unit_test(any_change_of_bytes_is_read_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
