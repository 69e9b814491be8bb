/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "cli/args.h"
#include "cli/help.h"
#include "folder.h"
#include "messages.h"

#include <unistd.h>

static struct err err;
static struct args args;

#define WORDS_MAX 32

/* Reads a line whose words are separated by single spaces. */
static enum args_result parse(const char *line)
{
    static char copy[512];
    static char *words[WORDS_MAX];
    int count = 0;
    args_done(&args);
    (void)snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok(copy, " "); word != NULL && count < WORDS_MAX;
         word = strtok(NULL, " ")) {
        words[count++] = word;
    }
    err = (struct err){0};
    return args_parse(count, words, &args, &err);
}

static int clear_environment(void **state)
{
    (void)state;
    (void)unsetenv("LIANHU_HOME");
    (void)unsetenv("LIANHU_AS");
    return 0;
}

static int end_args(void **state)
{
    (void)state;
    args_done(&args);
    return 0;
}

static void fields_of_the_message_are_options(void **state)
{
    (void)state;
    assert_int_equal(parse("lianhu issue dispatch 2026-0000042 --lead urban --assist housing "
                           "--assist civil --urgency emergency"),
                     ARGS_OK);
    const struct dispatch_command *command = args.message;
    assert_int_equal(command->issue, UINT64_C(20260000042));
    assert_true(bytes_equal(command->lead, BYTES("urban")));
    assert_int_equal(command->assist.count, 2);
    assert_int_equal(command->urgency, 1);
}

static void a_day_alone_ends_with_its_last_second(void **state)
{
    (void)state;
    const char *const line = "lianhu queue suspend 2026-0000042 --ground season --words w --until ";
    static const char *const times[] = {"2026-10-20", "2026-10-20T23:59:59+08:00"};
    struct wall until[2];
    for (int i = 0; i < 2; i++) {
        char whole[200];
        (void)snprintf(whole, sizeof whole, "%s%s", line, times[i]);
        assert_int_equal(parse(whole), ARGS_OK);
        until[i] = ((const struct wait_command *)args.message)->until;
    }
    assert_int_equal(until[0].us, until[1].us);
}

static void options_of_every_verb_stand_anywhere(void **state)
{
    (void)state;
    assert_int_equal(parse("lianhu --home /x --json queue --as staff_1 sign 2026-0000042 "
                           "--timeout 3"),
                     ARGS_OK);
    assert_string_equal(args.globals.home, "/x");
    assert_string_equal(args.globals.person, "staff_1");
    assert_true(args.globals.is_json);
    assert_int_equal(args.globals.timeout_ms, 3000);
}

static void home_and_person_come_from_the_environment_where_they_are_not_given(void **state)
{
    (void)state;
    (void)setenv("LIANHU_HOME", "/from/environment", 1);
    (void)setenv("LIANHU_AS", "clerk", 1);
    assert_int_equal(parse("lianhu issue list"), ARGS_OK);
    assert_string_equal(args.globals.home, "/from/environment");
    assert_string_equal(args.globals.person, "clerk");

    assert_int_equal(parse("lianhu issue list --as head"), ARGS_OK);
    assert_string_equal(args.globals.person, "head");
}

static void without_any_of_it_the_operator_works_here(void **state)
{
    (void)state;
    assert_int_equal(parse("lianhu issue list"), ARGS_OK);
    assert_string_equal(args.globals.home, ".");
    assert_string_equal(args.globals.person, "operator");
    assert_int_equal(args.globals.timeout_ms, 10000);
}

static void a_wrong_line_is_a_matter_of_usage(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "lianhu",
        "lianhu nope",
        "lianhu issue",
        "lianhu issue nope",
        "lianhu issue show",
        "lianhu issue show 2026-0000042 2026-0000043",
        "lianhu issue list --nope",
        "lianhu issue list --state",
        "lianhu issue list --state --json",
        "lianhu issue list --overdue=yes",
        "lianhu issue list --state triage --state review",
        "lianhu issue dispatch 2026-0000042",
        "lianhu issue list -x",
        "lianhu issue list --timeout 0",
        "lianhu issue list --timeout soon",
        "lianhu queue sign 2026-0000042 --generation 7",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (parse(lines[i]) != ARGS_USAGE) {
            fail_msg("'%s' is not refused as it should be", lines[i]);
        }
        assert_true(err.text[0] != '\0');
    }
}

static void a_word_that_a_verb_does_not_take_is_refused_and_not_offered(void **state)
{
    (void)state;
    assert_int_equal(parse("lianhu queue submit 2026-0000042 --words w --outcome partly"), ARGS_OK);
    static const char *const lines[] = {
        "lianhu queue submit 2026-0000042 --words w --outcome merged",
        "lianhu queue submit 2026-0000042 --words w --outcome nope",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        assert_int_equal(parse(lines[i]), ARGS_INVALID);
        assert_string_equal(err.field, "outcome");
        assert_non_null(strstr(err.text, "--outcome takes one of solved partly, not '"));
    }
    struct buf help = {0};
    help_append_verb(verb_find("queue", "submit"), &help);
    buf_append_u8(&help, 0);
    assert_non_null(strstr((const char *)help.p, " --outcome solved|partly "));
    assert_null(strstr((const char *)help.p, "merged"));
    buf_done(&help);
}

static void options_that_belong_together_are_asked_for_with_a_line_that_has_them(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *field;
        const char *says;
    } lines[] = {
        {"lianhu issue review 2026-0000042", "ok", "give exactly one of --ok, --redo"},
        {"lianhu issue review 2026-0000042 --ok --redo --reason x", "ok", "exactly one of"},
        {"lianhu issue review 2026-0000042 --redo", "reason", "--redo needs --reason"},
        {"lianhu issue suspend 2026-0000042", "ok", "give exactly one of --ok, --no"},
        {"lianhu issue suspend 2026-0000042 --no", "reason", "--no needs --reason"},
        {"lianhu issue correct 2026-0000042 --reason x", "category", "give at least one of"},
        {"lianhu issue supervise 2026-0000042", "until", "give exactly one of --until, --lift"},
        {"lianhu issue supervise 2026-0000042 --lift", "reason", "--lift needs --reason"},
        {"lianhu issue submit --kind demand --category roads --title x --text y", "household",
         "give at least one of --household, --direct"},
        {"lianhu callback record 2026-0000042 --reached yes --solved yes", "result",
         "--reached yes needs --solved, --result, --section, --cadre"},
        {"lianhu cadre handover --to cadre002 --reason x", "household", "give exactly one of"},
        {"lianhu issue dispatch 2026-0000042", "lead", "--lead is missing"},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (parse(lines[i].line) != ARGS_USAGE || strstr(err.text, lines[i].says) == NULL ||
            strstr(err.text, "; for example: lianhu ") == NULL) {
            fail_msg("'%s': %s", lines[i].line, err.text);
        }
        assert_string_equal(err.field, lines[i].field);
    }
    assert_int_equal(parse("lianhu callback record 2026-0000042 --reached no"), ARGS_OK);
    assert_int_equal(parse("lianhu issue submit --direct --kind demand --category roads --title x "
                           "--text y"),
                     ARGS_OK);
}

static void a_word_that_is_nearly_right_is_recognised(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *says;
    } lines[] = {
        {"lianhu isue", "did you mean 'issue'?"},
        {"lianhu issue shwo", "did you mean 'show'?"},
        {"lianhu issue dis", "did you mean 'dispatch'?"},
        {"lianhu issue list --stat triage", "did you mean --state?"},
        {"lianhu issue list --jsn", "did you mean --json?"},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (parse(lines[i].line) != ARGS_USAGE || strstr(err.text, lines[i].says) == NULL) {
            fail_msg("'%s': %s", lines[i].line, err.text);
        }
    }
    assert_int_equal(parse("lianhu zebra"), ARGS_USAGE);
    assert_null(strstr(err.text, "did you mean"));
}

static void what_there_will_be_is_not_offered_yet_and_no_mistake(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "lianhu issue reject 2026-0000042 --reason a",
        "lianhu issue return 2026-0000042 --ok",
        "lianhu issue extend 2026-0000042 --no",
        "lianhu issue exclude 2026-0000042",
        "lianhu issue rule 2026-0000042",
        "lianhu issue submit --self",
        "lianhu queue return 2026-0000042 --reason a",
        "lianhu queue extend 2026-0000042",
        "lianhu queue whistle 2026-0000042",
        "lianhu queue add-assist 2026-0000042",
        "lianhu backup",
        "lianhu backup create --json",
        "lianhu backup verify /var/tmp/b",
        "lianhu restore /var/tmp/b",
        "lianhu doctor",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (parse(lines[i]) != ARGS_LATER || strstr(err.text, "is not offered yet") == NULL) {
            fail_msg("'%s': %s", lines[i], err.text);
        }
    }
    assert_int_equal(parse("lianhu issue sub"), ARGS_USAGE);
    assert_int_equal(parse("lianhu issue submit --se"), ARGS_USAGE);
    assert_int_equal(parse("lianhu queue self-done"), ARGS_USAGE);
    assert_int_equal(parse("lianhu backups"), ARGS_USAGE);
}

static void a_wrong_value_names_its_field(void **state)
{
    (void)state;
    assert_int_equal(parse("lianhu issue list --state nowhere"), ARGS_INVALID);
    assert_string_equal(err.field, "state");
    assert_int_equal(parse("lianhu issue list --limit 201"), ARGS_INVALID);
    assert_string_equal(err.field, "limit");
    assert_int_equal(parse("lianhu issue list --limit 0"), ARGS_INVALID);
    assert_string_equal(err.field, "limit");
    assert_int_equal(parse("lianhu issue list --request-id 12"), ARGS_INVALID);
    assert_string_equal(err.field, "request_id");
    assert_int_equal(parse("lianhu issue list --as 张三"), ARGS_INVALID);
}

static void a_value_that_begins_with_dashes_is_given_behind_an_equals_sign(void **state)
{
    (void)state;
    assert_int_equal(parse("lianhu queue progress 2026-0000042 --words=--done--"), ARGS_OK);
    const struct progress_command *command = args.message;
    assert_true(bytes_equal(command->words, BYTES("--done--")));

    assert_int_equal(parse("lianhu queue progress 2026-0000042 --words -x"), ARGS_OK);
    command = args.message;
    assert_true(bytes_equal(command->words, BYTES("-x")));
}

static void a_text_comes_from_a_file_without_its_last_line_end(void **state)
{
    (void)state;
    char folder[FOLDER_PATH_BYTES];
    char line[FOLDER_PATH_BYTES + 100];
    folder_make(folder);
    (void)snprintf(line, sizeof line, "%s/text", folder);
    FILE *file = fopen(line, "w");
    assert_non_null(file);
    (void)fputs("two\nlines\n", file);
    (void)fclose(file);

    (void)snprintf(line, sizeof line, "lianhu queue progress 2026-0000042 --words @%s/text",
                   folder);
    assert_int_equal(parse(line), ARGS_OK);
    const struct progress_command *command = args.message;
    assert_true(bytes_equal(command->words, BYTES("two\nlines")));

    (void)snprintf(line, sizeof line, "lianhu queue progress 2026-0000042 --words @%s/none",
                   folder);
    assert_int_equal(parse(line), ARGS_INVALID);
    assert_string_equal(err.field, "words");
    folder_remove(folder);
}

static void an_id_is_never_read_from_a_file(void **state)
{
    (void)state;
    assert_int_equal(parse("lianhu issue list --department @/etc/passwd"), ARGS_INVALID);
}

static void a_verb_may_set_a_field_by_itself(void **state)
{
    (void)state;
    assert_int_equal(parse("lianhu inbox read 17"), ARGS_OK);
    assert_true(((const struct ack_command *)args.message)->read);
    assert_int_equal(parse("lianhu inbox ack 17"), ARGS_OK);
    assert_false(((const struct ack_command *)args.message)->read);
    assert_int_equal(parse("lianhu inbox ack 17 --read"), ARGS_USAGE);
}

static void an_entry_may_be_the_first(void **state)
{
    (void)state;
    assert_int_equal(parse("lianhu audit prove 0"), ARGS_OK);
}

static void help_knows_how_far_the_line_was_read(void **state)
{
    (void)state;
    assert_int_equal(parse("lianhu --help"), ARGS_OK);
    assert_true(args.globals.wants_help && args.noun == NULL);
    assert_int_equal(parse("lianhu queue --help"), ARGS_OK);
    assert_true(args.globals.wants_help && args.noun != NULL && args.verb == NULL);
    assert_int_equal(parse("lianhu queue sign --help --nope"), ARGS_OK);
    assert_true(args.globals.wants_help && args.verb != NULL);
}

/* ---- the table ------------------------------------------------------------------------------ */

static void every_verb_has_help_with_an_example_that_begins_with_it(void **state)
{
    (void)state;
    uint32_t count = 0;
    for (const struct verb *verb = verb_next(NULL); verb != NULL; verb = verb_next(verb)) {
        char title[VERB_TITLE_BYTES];
        char start[VERB_TITLE_BYTES + 8];
        verb_title(verb, title);
        (void)snprintf(start, sizeof start, "lianhu %s", title);
        assert_non_null(verb->run);
        assert_non_null(verb->about);
        assert_non_null(verb->example);
        if (strstr(verb->example, start) == NULL) {
            fail_msg("the example of '%s' does not show it", title);
        }
        assert_ptr_equal(verb_find(verb->noun, verb->verb), verb); /* no other of that name */
        count++;
    }
    assert_true(count > 40);
}

/* The words of a line of a shell: parts in quotes do not occur in examples. */
static void parse_example(const struct verb *verb, const char *example)
{
    char line[512];
    const char *begin = strstr(example, "lianhu ");
    assert_non_null(begin);
    (void)snprintf(line, sizeof line, "%s", begin);
    line[strcspn(line, "|)>")] = '\0';
    for (char *at = strchr(line, '@'); at != NULL; at = strchr(at + 1, '@')) {
        *at = 'x'; /* files are not read here */
    }
    if (parse(line) != ARGS_OK || args.verb != verb) {
        fail_msg("the example '%s' is wrong: %s", example, err.text);
    }
}

static void every_example_can_be_read_and_means_its_verb(void **state)
{
    (void)state;
    for (const struct verb *verb = verb_next(NULL); verb != NULL; verb = verb_next(verb)) {
        parse_example(verb, verb->example);
        const struct option_rule *rule = verb->rules;
        for (; rule != NULL && rule->names[0] != NULL; rule++) {
            parse_example(verb, rule->example);
        }
    }
}

static bool has_option(const struct verb *verb, const char *name, size_t len)
{
    struct parameters parameters;
    verb_list_parameters(verb, &parameters);
    for (uint32_t i = 0; i < parameters.count; i++) {
        const struct parameter *parameter = &parameters.items[i];
        if (strlen(parameter->name) == len && strncmp(parameter->name, name, len) == 0) {
            return !parameter->is_argument && !parameter->is_required;
        }
    }
    return false;
}

static void every_rule_is_about_options_that_can_be_left_out(void **state)
{
    (void)state;
    for (const struct verb *verb = verb_next(NULL); verb != NULL; verb = verb_next(verb)) {
        const struct option_rule *rule = verb->rules;
        for (; rule != NULL && rule->names[0] != NULL; rule++) {
            assert_int_equal(rule->kind == OPTIONS_NEEDED, rule->when != NULL);
            for (uint32_t i = 0; i < OPTION_RULE_NAMES && rule->names[i] != NULL; i++) {
                if (!has_option(verb, rule->names[i], strlen(rule->names[i]))) {
                    fail_msg("'%s %s' has no option --%s", verb->noun, verb->verb, rule->names[i]);
                }
            }
        }
    }
}

static void every_name_in_the_table_is_a_field_of_its_message(void **state)
{
    (void)state;
    for (const struct verb *verb = verb_next(NULL); verb != NULL; verb = verb_next(verb)) {
        const char *const *lists[] = {verb->arguments, verb->hidden};
        for (size_t i = 0; i < 2; i++) {
            for (const char *const *name = lists[i]; name != NULL && *name != NULL; name++) {
                assert_non_null(verb->type);
                if (message_find_field(verb->type, *name) == NULL) {
                    fail_msg("'%s %s' names '%s'", verb->noun, verb->verb, *name);
                }
            }
        }
        if (verb->preset != NULL) {
            assert_non_null(message_find_field(verb->type, verb->preset));
        }
    }
}

/* Reads the whole of docs/man/lianhu.1. */
static void the_man_page_is_what_the_program_prints(void **state)
{
    (void)state;
    struct buf page = {0};
    struct buf stored = {0};
    help_append_man(&page);
    FILE *file = fopen(SOURCE_DIR "/docs/man/lianhu.1", "r");
    assert_non_null(file);
    size_t len;
    do {
        len = fread(buf_extend(&stored, 4096), 1, 4096, file);
        stored.len -= 4096 - len;
    } while (len != 0);
    (void)fclose(file);
    if (!bytes_equal(buf_bytes(&page), buf_bytes(&stored))) {
        fail_msg("docs/man/lianhu.1 is old; write it with 'lianhu --man > docs/man/lianhu.1'");
    }
    buf_done(&page);
    buf_done(&stored);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, clear_environment, end_args)
    const struct CMUnitTest tests[] = {
        TEST(fields_of_the_message_are_options),
        TEST(a_day_alone_ends_with_its_last_second),
        TEST(options_of_every_verb_stand_anywhere),
        TEST(home_and_person_come_from_the_environment_where_they_are_not_given),
        TEST(without_any_of_it_the_operator_works_here),
        TEST(a_wrong_line_is_a_matter_of_usage),
        TEST(a_word_that_a_verb_does_not_take_is_refused_and_not_offered),
        TEST(options_that_belong_together_are_asked_for_with_a_line_that_has_them),
        TEST(a_word_that_is_nearly_right_is_recognised),
        TEST(what_there_will_be_is_not_offered_yet_and_no_mistake),
        TEST(a_wrong_value_names_its_field),
        TEST(a_value_that_begins_with_dashes_is_given_behind_an_equals_sign),
        TEST(a_text_comes_from_a_file_without_its_last_line_end),
        TEST(an_id_is_never_read_from_a_file),
        TEST(a_verb_may_set_a_field_by_itself),
        TEST(an_entry_may_be_the_first),
        TEST(help_knows_how_far_the_line_was_read),
        TEST(every_verb_has_help_with_an_example_that_begins_with_it),
        TEST(every_example_can_be_read_and_means_its_verb),
        TEST(every_rule_is_about_options_that_can_be_left_out),
        TEST(every_name_in_the_table_is_a_field_of_its_message),
        TEST(the_man_page_is_what_the_program_prints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
