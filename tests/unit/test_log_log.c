/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "log/limit.h"
#include "log/log.h"

#include <regex.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Lets stderr be a file from here to caught(). */
struct catch
{
    FILE *file;
    int stderr_fd;
    char text[16384];
};

static void catch_begin(struct catch *catch)
{
    catch->file = tmpfile();
    catch->stderr_fd = dup(STDERR_FILENO);
    CHECK(catch->file != NULL && catch->stderr_fd >= 0);
    CHECK(dup2(fileno(catch->file), STDERR_FILENO) >= 0);
}

static const char *caught(struct catch *catch)
{
    CHECK(dup2(catch->stderr_fd, STDERR_FILENO) >= 0);
    (void)close(catch->stderr_fd);
    rewind(catch->file);
    size_t len = fread(catch->text, 1, sizeof catch->text - 1, catch->file);
    catch->text[len] = '\0';
    (void)fclose(catch->file);
    return catch->text;
}

static void assert_matches(const char *text, const char *pattern)
{
    regex_t regex;
    CHECK(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) == 0);
    bool is_match = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    if (!is_match) {
        fail_msg("'%s' does not match '%s'", text, pattern);
    }
}

static void a_line_has_time_level_name_sentence_and_pairs(void **state)
{
    (void)state;
    struct catch catch;
    struct err err = {.text = "disk full"};
    struct id id = {{0x01, 0x23}};
    catch_begin(&catch);
    log_open("router", LOG_LEVEL_INFO);

    log_info("the link is up", LOG_WORD("peer", BYTES("intake")), LOG_U64("seq", 42),
             LOG_I64("step", -3), LOG_ISSUE(UINT64_C(20260000042)), LOG_ID("request", &id),
             LOG_ERR(&err));

    assert_matches(caught(&catch), "^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\\.[0-9]{6})?\\+00:00 "
                                   "info router: the link is up peer=intake seq=42 step=-3 "
                                   "issue=2026-0000042 "
                                   "request=01230000-0000-0000-0000-000000000000 "
                                   "error=\"disk full\"\n$");
}

static void a_sentence_needs_no_pairs(void **state)
{
    (void)state;
    struct catch catch;
    catch_begin(&catch);

    log_warning("nothing else");

    assert_matches(caught(&catch), " warning [a-z]+: nothing else\n$");
}

static void less_important_levels_are_left_out(void **state)
{
    (void)state;
    struct catch catch;
    catch_begin(&catch);
    log_open("router", LOG_LEVEL_WARNING);

    log_info("not this");
    log_debug("nor this");
    log_error("but this");

    assert_matches(caught(&catch), "^[^\n]+ error router: but this\n$");
    log_open("router", LOG_LEVEL_INFO);
}

static void text_that_is_no_word_cannot_be_logged(void **state)
{
    (void)state;
    struct catch catch;
    catch_begin(&catch);

    log_info("said", LOG_WORD("name", BYTES("\xe5\xbc\xa0\xe4\xb8\x89")),
             LOG_WORD("words", BYTES("the lamp is broken")), LOG_WORD("none", BYTES("")));

    assert_matches(caught(&catch), "said name=\\? words=\\? none=\\?\n$");
}

static void control_characters_are_escaped(void **state)
{
    (void)state;
    struct catch catch;
    struct err rude = {.text = "a\nb\x1b[2J\"\\\x7f \xe6\x9d\x91 \xc2\x9b"};
    struct err broken = {.text = "broken \xe6"};
    catch_begin(&catch);

    log_info("said", LOG_ERR(&rude));
    log_info("said", LOG_ERR(&broken));

    const char *text = caught(&catch);
    assert_non_null(
        strstr(text, "error=\"a\\x0ab\\x1b[2J\\\"\\\\\\x7f \xe6\x9d\x91 \\xc2\\x9b\"\n"));
    assert_non_null(strstr(text, "error=\"broken \\xe6\"\n"));
}

static void the_journal_gets_a_priority_instead_of_time_and_name(void **state)
{
    (void)state;
    struct catch catch;
    struct stat stat;
    char stream[64];
    catch_begin(&catch);
    CHECK(fstat(STDERR_FILENO, &stat) == 0);
    (void)snprintf(stream, sizeof stream, "%ju:%ju", (uintmax_t)stat.st_dev,
                   (uintmax_t)stat.st_ino);
    CHECK(setenv("JOURNAL_STREAM", stream, 1) == 0);
    log_open("router", LOG_LEVEL_INFO);

    log_error("the disk is full", LOG_U64("free", 0));

    assert_string_equal(caught(&catch), "<3>the disk is full free=0\n");
    log_open("router", LOG_LEVEL_INFO);
}

static void another_stream_than_the_journal_gets_the_whole_line(void **state)
{
    (void)state;
    struct catch catch;
    CHECK(setenv("JOURNAL_STREAM", "1:1", 1) == 0);
    catch_begin(&catch);
    log_open("router", LOG_LEVEL_INFO);

    log_error("the disk is full");

    assert_matches(caught(&catch), "^20[^ ]+ error router: the disk is full\n$");
    CHECK(unsetenv("JOURNAL_STREAM") == 0);
}

static void a_burst_is_counted_and_told_at_the_end(void **state)
{
    (void)state;
    struct catch catch;
    catch_begin(&catch);

    for (uint64_t i = 0; i < 100; i++) {
        log_info("again", LOG_U64("i", i));
    }
    log_info("another place");
    log_close();
    log_close();

    const char *text = caught(&catch);
    assert_non_null(strstr(text, "again i=9\n"));
    assert_null(strstr(text, "again i=10\n"));
    assert_matches(text, "another place\n[^\n]+ info router: 90 more like this: again\n$");
}

static void a_place_may_write_again_after_its_window(void **state)
{
    (void)state;
    struct log_site site = {.level = LOG_LEVEL_INFO, .sentence = "again"};
    struct mono now = {.us = 5};
    for (uint32_t i = 0; i < LOG_BURST; i++) {
        assert_true(limit_admit(&site, now));
    }

    now.us += LOG_WINDOW_S * US_PER_S - 1;
    assert_false(limit_is_over(&site, now));
    assert_false(limit_admit(&site, now));
    assert_int_equal(site.skipped, 1);

    now.us += 1;
    assert_true(limit_is_over(&site, now));
    assert_true(limit_admit(&site, now));
}

static void a_level_is_one_of_four_words(void **state)
{
    (void)state;
    struct err err;
    enum log_level level = LOG_LEVEL_ERROR;
    assert_ok(log_level_parse(BYTES("debug"), &level, &err));
    assert_int_equal(level, LOG_LEVEL_DEBUG);

    assert_status(log_level_parse(BYTES("loud"), &level, &err), STATUS_INVALID);
    assert_non_null(strstr(err.text, "'loud'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_time_level_name_sentence_and_pairs),
        cmocka_unit_test(a_sentence_needs_no_pairs),
        cmocka_unit_test(less_important_levels_are_left_out),
        cmocka_unit_test(text_that_is_no_word_cannot_be_logged),
        cmocka_unit_test(control_characters_are_escaped),
        cmocka_unit_test(the_journal_gets_a_priority_instead_of_time_and_name),
        cmocka_unit_test(another_stream_than_the_journal_gets_the_whole_line),
        cmocka_unit_test(a_burst_is_counted_and_told_at_the_end),
        cmocka_unit_test(a_place_may_write_again_after_its_window),
        cmocka_unit_test(a_level_is_one_of_four_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
