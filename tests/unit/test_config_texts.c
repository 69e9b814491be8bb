/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "base/text.h"
#include "config/texts.h"

#include <string.h>

struct loaded {
    struct problems problems;
    struct arena arena;
    struct yaml_document *document;
    struct texts *texts;
};

static void load_bytes(struct loaded *loaded, struct bytes text)
{
    *loaded = (struct loaded){0};
    loaded->texts = texts_new(&loaded->arena);
    if (yaml_open_bytes(text, "zh.yaml", &loaded->document, &loaded->problems)) {
        (void)texts_read(loaded->texts, LANGUAGE_ZH, loaded->document, &loaded->problems);
    }
    buf_append_u8(&loaded->problems.text, 0);
}

static void unload(struct loaded *loaded)
{
    yaml_close(loaded->document);
    arena_done(&loaded->arena);
    problems_done(&loaded->problems);
}

/* A file with every notice, one of them as given. The caller frees it. */
static char *make_file(const char *dispatched)
{
    struct buf buf = {0};
    buf_append_string(&buf, "notices:\n  ");
    buf_append_string(&buf, dispatched);
    buf_append_u8(&buf, '\n');
#define X(word)                                                                                    \
    if (strcmp(#word, "dispatched") != 0) {                                                        \
        buf_append_string(&buf, "  " #word ": {title: a, text: b}\n");                             \
    }
    TEXT_NOTICE_LIST(X)
#undef X
    buf_append_string(&buf, "phrases:\n");
#define X(word) buf_append_string(&buf, "  " #word ": '" #word " {person}'\n");
    TEXT_PHRASE_LIST(X)
#undef X
    buf_append_u8(&buf, 0);
    return (char *)buf.p;
}

static void format_is(const struct texts *texts, const char *key, struct bytes title,
                      const char *expected)
{
    const struct text_value values[] = {{"issue", BYTES("2026-0000042")}, {"title", title}};
    struct buf out = {0};
    texts_format(texts, LANGUAGE_ZH, key, values, 2, &out);
    buf_append_u8(&out, 0);
    assert_string_equal((const char *)out.p, expected);
    buf_done(&out);
}

static void placeholders_are_filled(void **state)
{
    (void)state;
    char *file = make_file("dispatched: {title: '{title}（{issue}）', text: '{due}前办{issue}'}\n"
                           "  dispatched_section: {title: 签收, text: '{title}'}");
    struct loaded loaded;
    load_bytes(&loaded, bytes_of_string(file));

    assert_string_equal((const char *)loaded.problems.text.p, "");
    format_is(loaded.texts, "dispatched.title", BYTES("路灯"), "路灯（2026-0000042）");
    format_is(loaded.texts, "dispatched.text", BYTES("路灯"), "—前办2026-0000042");
    format_is(loaded.texts, "dispatched_section.title", BYTES("路灯"), "签收");
    format_is(loaded.texts, "dispatched_section.text", BYTES("路{灯}"), "路{灯}");
    unload(&loaded);
    free(file);
}

static void an_audience_without_words_of_its_own_reads_the_common_ones(void **state)
{
    (void)state;
    char *file = make_file("dispatched: {title: '{title}', text: x}");
    struct loaded loaded;
    load_bytes(&loaded, bytes_of_string(file));

    format_is(loaded.texts, "dispatched_leader.title", BYTES("路灯"), "路灯");
    format_is(loaded.texts, "dispatched_cadre.text", BYTES("路灯"), "x");
    unload(&loaded);
    free(file);
}

static void a_long_value_is_cut_between_characters(void **state)
{
    (void)state;
    char *file = make_file("dispatched: {title: '{title}', text: x}");
    struct loaded loaded;
    load_bytes(&loaded, bytes_of_string(file));
    struct buf title = {0};
    struct buf expected = {0};
    for (int i = 0; i < 200; i++) {
        buf_append_string(&title, "灯");
        buf_append_string(&expected, i < 199 ? "灯" : "…");
    }

    struct buf fitting = {0};
    buf_append_bytes(&fitting, buf_bytes(&title));
    buf_append_u8(&fitting, 0);
    format_is(loaded.texts, "dispatched.title", buf_bytes(&title), (const char *)fitting.p);
    buf_append_string(&title, "灯");
    buf_append_u8(&expected, 0);
    format_is(loaded.texts, "dispatched.title", buf_bytes(&title), (const char *)expected.p);
    buf_done(&title);
    buf_done(&expected);
    buf_done(&fitting);
    unload(&loaded);
    free(file);
}

static void a_phrase_is_filled_like_a_notice(void **state)
{
    (void)state;
    char *file = make_file("dispatched: {title: a, text: b}");
    const struct text_value value = {"person", BYTES("王海")};
    struct buf out = {0};
    struct loaded loaded;
    load_bytes(&loaded, bytes_of_string(file));

    texts_format_phrase(loaded.texts, LANGUAGE_ZH, TEXT_PHRASE_who_leader, &value, 1, &out);

    assert_true(bytes_equal(buf_bytes(&out), BYTES("who_leader 王海")));
    buf_done(&out);
    unload(&loaded);
    free(file);
}

static void mistakes_in_phrases_are_told(void **state)
{
    (void)state;
    static const char file[] = "notices: {}\nphrases: {who_leadr: x, task_sign: '{titel}'}\n";
    static const char *const parts[] = {
        "zh.yaml:2:11: error: phrases.who_leadr: unknown key (did you mean 'who_leader'?)",
        "phrases: the key 'who_leader' is missing",
        "phrases.task_sign: there is no placeholder '{titel}' (did you mean '{title}'?)"};
    struct loaded loaded;
    load_bytes(&loaded, bytes_of_string(file));

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (strstr((const char *)loaded.problems.text.p, parts[i]) == NULL) {
            fail_msg("no '%s' in:\n%s", parts[i], (const char *)loaded.problems.text.p);
        }
    }
    unload(&loaded);
}

static void every_mistake_in_the_words_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *dispatched;
        const char *expected;
    } cases[] = {
        {"dispatched: {title: a, text: '{isue}'}",
         "zh.yaml:2:32: error: notices.dispatched.text: there is no placeholder '{isue}' (did you "
         "mean '{issue}'?)\n"},
        {"dispatched: {title: 'a {', text: 'b {issue'}",
         "zh.yaml:2:23: error: notices.dispatched.title: there is no placeholder '{{}'\n"
         "zh.yaml:2:36: error: notices.dispatched.text: there is no placeholder '{{issue}' (did "
         "you "
         "mean '{issue}'?)\n"},
        {"dispatched: {title: a}",
         "zh.yaml:2:15: error: notices.dispatched: the key 'text' is missing\n"},
        {"dispatched: {title: '', text: b}",
         "zh.yaml:2:23: error: notices.dispatched.title: has 0 characters, at least 1 are "
         "needed\n"},
        {"dispatched: {title: '{title}{title}', text: b}",
         "zh.yaml:2:23: error: notices.dispatched.title: may come to 400 characters with its "
         "placeholders filled, at most 300 fit\n"},
        {"dispatchd: {title: a, text: b}",
         "zh.yaml:2:3: error: notices.dispatchd: there is no such notice (did you mean "
         "'dispatched'?)\n"
         "zh.yaml:2:3: error: notices: the notice 'dispatched' is missing\n"},
        {"dispatched: {title: a, text: b}\n  dispatched_king: {title: a, text: b}",
         "zh.yaml:3:3: error: notices.dispatched_king: there is no such notice (did you mean "
         "'dispatched'?)\n"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *file = make_file(cases[i].dispatched);
        struct loaded loaded;
        load_bytes(&loaded, bytes_of_string(file));
        assert_string_equal((const char *)loaded.problems.text.p, cases[i].expected);
        unload(&loaded);
        free(file);
    }
}

static void the_shipped_words_are_whole_in_both_languages(void **state)
{
    (void)state;
    static const char *const notices[] = {
#define X(word) #word,
        TEXT_NOTICE_LIST(X)
#undef X
    };
    static const char *const audiences[] = {"",        "_cadre",     "_section", "_leader",
                                            "_office", "_community", "_handler"};
    struct arena arena = {0};
    struct problems problems = {0};
    struct texts *texts = texts_new(&arena);
    struct yaml_document *documents[LANGUAGE_COUNT];
    for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
        char path[512];
        (void)snprintf(path, sizeof path, "%s/config/example/texts/%s.yaml", SOURCE_DIR,
                       language_word((enum language)i));
        assert_true(yaml_open(path, path, &documents[i], &problems));
        assert_true(texts_read(texts, (enum language)i, documents[i], &problems));
    }

    struct buf out = {0};
    for (size_t i = 0; i < LANGUAGE_COUNT * sizeof notices / sizeof notices[0]; i++) {
        for (size_t k = 0; k < sizeof audiences / sizeof audiences[0]; k++) {
            char key[64];
            (void)snprintf(key, sizeof key, "%s%s.text", notices[i / LANGUAGE_COUNT], audiences[k]);
            buf_clear(&out);
            texts_format(texts, (enum language)(i % LANGUAGE_COUNT), key, NULL, 0, &out);
            assert_true(out.len > 20);
            assert_true(text_is_valid(buf_bytes(&out), NULL));
        }
    }
    buf_done(&out);
    for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
        yaml_close(documents[i]);
    }
    arena_done(&arena);
    problems_done(&problems);
}

static void any_change_of_bytes_is_read_or_refused(void **state)
{
    (void)state;
    char *file = make_file("dispatched: {title: '{title}（{issue}）', text: '{due}前办{issue}'}\n"
                           "  dispatched_section: {title: 签收, text: '{title}'}");
    size_t len = strlen(file);
    struct dice dice = dice_open(3);
    for (int round = 0; round < 3000; round++) {
        char *changed = malloc(len);
        memcpy(changed, file, len);
        for (uint64_t n = 1 + dice_below(&dice, 4); n > 0; n--) {
            changed[dice_below(&dice, len)] = "{}:' \nae_\xe7"[dice_below(&dice, 10)];
        }
        struct loaded loaded;
        load_bytes(&loaded, bytes_of(changed, len));
        unload(&loaded);
        free(changed);
    }
    free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(placeholders_are_filled),
        cmocka_unit_test(an_audience_without_words_of_its_own_reads_the_common_ones),
        cmocka_unit_test(a_long_value_is_cut_between_characters),
        cmocka_unit_test(a_phrase_is_filled_like_a_notice),
        cmocka_unit_test(mistakes_in_phrases_are_told),
        cmocka_unit_test(every_mistake_in_the_words_is_told),
        cmocka_unit_test(the_shipped_words_are_whole_in_both_languages),
        cmocka_unit_test(any_change_of_bytes_is_read_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
