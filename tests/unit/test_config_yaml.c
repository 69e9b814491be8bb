/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "config/yaml.h"

#include <string.h>

static struct yaml_document *open_text(const char *text, struct problems *problems)
{
    struct yaml_document *document = NULL;
    (void)yaml_open_bytes(bytes_of_string(text), "a.yaml", &document, problems);
    return document;
}

static void problems_are(const struct problems *problems, const char *expected)
{
    char *text = calloc(problems->text.len + 1, 1);
    memcpy(text, problems->text.p != NULL ? problems->text.p : (const uint8_t *)"",
           problems->text.len);
    assert_string_equal(text, expected);
    free(text);
}

static void a_document_is_a_tree_that_knows_its_places(void **state)
{
    (void)state;
    struct problems problems = {0};
    struct yaml_document *document =
        open_text("# 街道\nname: 联户\nlist:\n  - 一: 1\n    two: \"2\"\n  - []\n", &problems);

    assert_int_equal(problems.count, 0);
    assert_int_equal(document->root.kind, YAML_MAP);
    assert_int_equal(document->root.line, 2);
    const struct yaml_node *name = yaml_find(&document->root, "name");
    assert_true(bytes_equal(name->text, BYTES("联户")));
    assert_int_equal(name->text.p[name->text.len], 0);
    assert_true(name->is_plain);
    assert_int_equal(name->column, 7);
    const struct yaml_node *list = yaml_find(&document->root, "list");
    assert_int_equal(list->kind, YAML_LIST);
    assert_int_equal(list->count, 2);
    const struct yaml_node *two = yaml_find(&list->items[0], "two");
    assert_false(two->is_plain);
    assert_int_equal(two->line, 5);
    assert_int_equal(two->column, 10);
    assert_int_equal(list->items[0].keys[0].column, 5);
    assert_int_equal(list->items[1].count, 0);
    assert_null(yaml_find(&document->root, "nothing"));
    yaml_close(document);
    problems_done(&problems);
}

static void scalars_stay_the_text_they_are(void **state)
{
    (void)state;
    struct problems problems = {0};
    struct yaml_document *document = open_text("[no, 012, 1e3, ~, 'it''s', \"a\\nb\"]", &problems);
    static const char *const expected[] = {"no", "012", "1e3", "~", "it's", "a\nb"};

    for (uint32_t i = 0; i < document->root.count; i++) {
        assert_true(bytes_equal(document->root.items[i].text, bytes_of_string(expected[i])));
    }
    assert_int_equal(document->root.count, 6);
    yaml_close(document);
    problems_done(&problems);
}

static void every_refusal_names_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *expected;
    } cases[] = {
        {"", "a.yaml:1:1: error: the file is empty\n"},
        {"# nothing\n", "a.yaml:2:1: error: the file is empty\n"},
        {"a: 1\nb: 2\na: 3\n", "a.yaml:3:1: error: the key 'a' is already there, at line 1\n"},
        {"a: &x 1\nb: *x\n",
         "a.yaml:1:4: error: anchors (&) are not accepted: write the value out\n"
         "a.yaml:2:4: error: aliases (*) are not accepted: write the value out\n"},
        {"a: !!str 1\nb: !x {}\n",
         "a.yaml:1:4: error: tags (!) are not accepted: put the text in quotes\n"
         "a.yaml:2:4: error: tags (!) are not accepted: put the text in quotes\n"},
        {"a: 1\n---\nb: 2\n", "a.yaml:2:1: error: a second document in one file\n"},
        {"%YAML 1.1\n---\na: 1\n", "a.yaml:1:1: error: directives (%) are not accepted\n"},
        {"? [a]\n: 1\n", "a.yaml:1:3: error: a key must be a plain word, not a list or map\n"},
        {"a:\n\tb: 1\n  \tc: 1\n", "a.yaml:2:1: error: a tab in the indentation: use spaces\n"
                                   "a.yaml:3:3: error: a tab in the indentation: use spaces\n"},
        {"a: \"x\ny: \x01\"\n", "a.yaml:2:4: error: a control character (0x01)\n"},
        {"a: 1\nb: 联\xff\n",
         "a.yaml:2:5: error: byte 0xff is not UTF-8 text: save the file as UTF-8\n"},
        {"a: \"\\0\"\n", "a.yaml:1:4: error: the text has a control character in it\n"},
        {"a: 1\nlist: [1, 2\nb: 2\n",
         "a.yaml:3:2: error: did not find expected ',' or ']', while parsing a flow sequence "
         "that begins at line 2: a '[' is not closed, or a ',' is missing between two values\n"},
        {"a: 1\n  b: 2\n",
         "a.yaml:2:4: error: mapping values are not allowed in this context: a colon too many, or "
         "the line before has none: each key has a ':' and a space behind it, and a text with a "
         "':' in it stands in quotes\n"},
        {"a：1\nb: 2\n",
         "a.yaml:2:2: error: mapping values are not allowed in this context: line 1 has the "
         "full-width sign '：': write ': '\n"},
        {"a: [1， 2\nb: 2\n", "a.yaml:2:2: error: did not find expected ',' or ']', while parsing "
                              "a flow sequence that begins at line 1: line 1 has the full-width "
                              "sign '，': write ', '\n"},
        {"a: @list\n", "a.yaml:1:4: error: found character that cannot start any token, while "
                       "scanning for the next token: a text that begins with @, %, ` or a tab "
                       "stands in quotes, as in '@list'\n"},
        {"a: 1\nb\nc: 1\n",
         "a.yaml:3:1: error: could not find expected ':', while scanning a simple key "
         "that begins at line 2: a key without ':' and a space behind it\n"},
        {"a: \"no end\n",
         "a.yaml:2:1: error: found unexpected end of stream, while scanning a quoted scalar "
         "that begins at line 1: a quote is not closed\n"},
        {"a: \xc2\x80\n", "a.yaml:1:4: error: control characters are not allowed\n"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct problems problems = {0};
        yaml_close(open_text(cases[i].text, &problems));
        problems_are(&problems, cases[i].expected);
        problems_done(&problems);
    }
}

static void what_leaves_a_tree_is_a_problem_and_still_shows_the_tree(void **state)
{
    (void)state;
    struct problems problems = {0};
    struct yaml_document *document = open_text("a: 1\na: 2\nb: 3\n", &problems);

    assert_int_equal(problems.count, 1);
    assert_non_null(document);
    assert_true(bytes_equal(yaml_find(&document->root, "b")->text, BYTES("3")));
    yaml_close(document);
    problems_done(&problems);
}

static void depth_entries_and_size_are_bounded(void **state)
{
    (void)state;
    struct problems problems = {0};
    char deep[64];
    memset(deep, '[', sizeof deep);
    struct yaml_document *document = NULL;
    assert_false(yaml_open_bytes(bytes_of(deep, sizeof deep), "a.yaml", &document, &problems));
    problems_are(&problems, "a.yaml:1:17: error: nested more than 16 deep\n");
    problems_done(&problems);

    size_t size = YAML_FILE_MAX_BYTES;
    char *large = malloc(size + 1);
    for (size_t i = 0; i < size; i++) {
        large[i] = ",x"[i % 2];
    }
    large[0] = '[';
    assert_false(yaml_open_bytes(bytes_of(large, size), "a.yaml", &document, &problems));
    problems_are(&problems, "a.yaml:1:2000002: error: more than 1000000 entries in one file\n");
    problems_done(&problems);
    assert_false(yaml_open_bytes(bytes_of(large, size + 1), "a.yaml", &document, &problems));
    problems_are(&problems, "a.yaml:1:1: error: the file has 4194305 bytes, more than 4194304\n");
    problems_done(&problems);
    free(large);
    assert_null(document);
}

static void a_file_that_cannot_be_read_is_a_problem(void **state)
{
    (void)state;
    struct problems problems = {0};
    struct yaml_document *document = NULL;

    assert_false(yaml_open("/nowhere/a.yaml", "a.yaml", &document, &problems));
    assert_false(yaml_open("/tmp", "b.yaml", &document, &problems));
    problems_are(&problems,
                 "a.yaml:1:1: error: cannot read '/nowhere/a.yaml': No such file or directory\n"
                 "b.yaml:1:1: error: this is not a file\n");
    problems_done(&problems);
}

static void a_byte_order_mark_is_passed_over(void **state)
{
    (void)state;
    struct problems problems = {0};
    struct yaml_document *document = open_text("\xef\xbb\xbf"
                                               "a: 1\n",
                                               &problems);
    assert_int_equal(problems.count, 0);
    assert_int_equal(document->root.keys[0].column, 1);
    yaml_close(document);
    problems_done(&problems);
}

static void problems_beyond_the_limit_are_counted_only(void **state)
{
    (void)state;
    struct problems problems = {0};
    for (uint32_t i = 0; i < PROBLEMS_MAX + 7; i++) {
        problems_add(&problems, "a.yaml", i + 1, 1, "b\nc", "%s", "two\nlines");
    }
    assert_int_equal(problems.count, PROBLEMS_MAX + 7);
    uint32_t lines = 0;
    for (size_t i = 0; i < problems.text.len; i++) {
        lines += problems.text.p[i] == '\n';
    }
    assert_int_equal(lines, PROBLEMS_MAX);
    problems_done(&problems);
}

static void any_change_of_bytes_gives_a_tree_or_a_problem(void **state)
{
    (void)state;
    static const char text[] = "zone: Asia/Shanghai\nlimits: {a: 1, b: [2, \"三\", 'x']}\n"
                               "rules:\n  - id: r1\n    when:\n      text: |\n        多行\n"
                               "        文本\n    then: {lead: urban}\n  - id: >-\n      folded\n"
                               "...\n";
    static const char alphabet[] = ":-[]{}#&*!|>'\"%@`,? \n\t\r~\\x\xe4\x00\xff";
    struct dice dice = dice_open(20260930);

    for (int round = 0; round < 30000; round++) {
        char changed[sizeof text + 8];
        size_t len = sizeof text - 1;
        memcpy(changed, text, len);
        for (uint64_t n = 1 + dice_below(&dice, 4); n > 0; n--) {
            size_t at = (size_t)dice_below(&dice, len);
            changed[at] = alphabet[dice_below(&dice, sizeof alphabet)];
        }
        len -= dice_below(&dice, 5) == 0 ? (size_t)dice_below(&dice, len) : 0;
        char *exact = malloc(len + 1);
        memcpy(exact, changed, len);
        struct problems problems = {0};
        struct yaml_document *document = NULL;
        bool good = yaml_open_bytes(bytes_of(exact, len), "a.yaml", &document, &problems);
        assert_true(good == (document != NULL));
        assert_true(good || problems.count > 0);
        yaml_close(document);
        problems_done(&problems);
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_is_a_tree_that_knows_its_places),
        cmocka_unit_test(scalars_stay_the_text_they_are),
        cmocka_unit_test(every_refusal_names_its_place),
        cmocka_unit_test(what_leaves_a_tree_is_a_problem_and_still_shows_the_tree),
        cmocka_unit_test(depth_entries_and_size_are_bounded),
        cmocka_unit_test(a_file_that_cannot_be_read_is_a_problem),
        cmocka_unit_test(a_byte_order_mark_is_passed_over),
        cmocka_unit_test(problems_beyond_the_limit_are_counted_only),
        cmocka_unit_test(any_change_of_bytes_gives_a_tree_or_a_problem),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
