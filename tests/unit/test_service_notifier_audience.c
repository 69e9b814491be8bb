/* SPDX-License-Identifier: Apache-2.0 */
/* Each notice is sent by something, and speaks to everybody who can get it. */
#include "harness.h"

#include "config/texts.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Audiences in the order of their suffixes. */
static const char *const suffixes[] = {"_cadre",  "_section",   "_leader",
                                       "_office", "_community", "_handler"};
enum { CADRE = 1, SECTION = 2, LEADER = 4, OFFICE = 8, COMMUNITY = 16, HANDLER = 32 };
#define AUDIENCES (sizeof suffixes / sizeof suffixes[0])
#define ALL (CADRE | SECTION | LEADER | OFFICE | COMMUNITY | HANDLER)

/* Whom the code can send a notice to. A person of the section that has an issue reads as one of the
 * section, whatever else they are; linked cadres may be anybody. */
static const struct {
    const char *notice;
    unsigned readers;
} rows[] = {
    {"dispatched", CADRE | SECTION | LEADER},
    {"signed", CADRE},
    {"auto_signed", CADRE | SECTION},
    {"triage_wanted", OFFICE},
    {"review_wanted", LEADER | OFFICE | SECTION},
    {"second_review_wanted", LEADER | OFFICE | SECTION},
    {"urged", CADRE | SECTION | LEADER | OFFICE | COMMUNITY},
    {"supervised", SECTION | LEADER | OFFICE},
    {"supervision_due", SECTION | LEADER | OFFICE},
    {"supervision_overdue", SECTION | LEADER | OFFICE},
    {"supervision_lifted", SECTION | LEADER | OFFICE},
    {"answered", CADRE},
    {"feedback_wanted", ALL},
    {"feedback_late", CADRE},
    {"feedback_given", CADRE},
    {"callback_wanted", OFFICE},
    {"redo", CADRE | SECTION | LEADER},
    {"explained", CADRE},
    {"unreached", CADRE},
    {"closed", CADRE},
    {"due_soon", ALL},
    {"overdue", ALL},
    {"urging_notice", ALL},
    {"escalated", ALL},
    {"escalated_top", ALL},
    {"unsatisfied", OFFICE | SECTION},
    {"set_aside", CADRE | SECTION | LEADER | OFFICE | COMMUNITY},
    {"info_wanted", CADRE},
    {"info_given", OFFICE},
    {"info_missing", CADRE | OFFICE | COMMUNITY},
    {"contact_wanted", ALL},
    {"contacted", CADRE | SECTION},
    {"suspension_wanted", OFFICE | SECTION},
    {"suspended", CADRE | SECTION},
    {"suspension_refused", SECTION},
    {"resumed", CADRE | SECTION},
    {"corrected", CADRE | SECTION | LEADER},
    {"visits_due", CADRE | SECTION | LEADER | OFFICE | COMMUNITY},
    {"visits_missed", CADRE | SECTION | LEADER | OFFICE | COMMUNITY},
    {"visits_missed_unit", SECTION | LEADER | OFFICE},
    {"visits_missed_here", COMMUNITY},
    {"visits_missed_outside", OFFICE},
    {"promise_due", CADRE | SECTION | LEADER | OFFICE | COMMUNITY},
    {"promise_missed", CADRE | SECTION | LEADER | OFFICE | COMMUNITY},
    {"handed_over", CADRE | SECTION | LEADER | OFFICE | COMMUNITY},
    {"taken_over", CADRE | SECTION | LEADER | OFFICE | COMMUNITY},
    {"taken_over_uncovered", CADRE | SECTION | LEADER | OFFICE | COMMUNITY},
    {"taken_over_interim", COMMUNITY},
    {"without_cadre", COMMUNITY | OFFICE},
    {"cards_stale", CADRE | SECTION | LEADER | OFFICE | COMMUNITY},
    {"passed_on", CADRE | SECTION | LEADER | OFFICE | COMMUNITY},
    {"digest", LEADER},
    {"digest_more", LEADER},
};
#define ROWS (sizeof rows / sizeof rows[0])

/* Words that speak to some readers only. */
static const struct {
    const char *words;
    unsigned readers;
} addresses[] = {
    {"您反映的", CADRE},
    {"您分管的", LEADER},
    {"本辖区", COMMUNITY},
    {"联户干部承诺", COMMUNITY},
    {"请签收", SECTION},
    {"请梳理交办", OFFICE},
    {"请回访", OFFICE},
    {"党政办代为", OFFICE},
    {"请向联系户", CADRE | HANDLER},
    {"请予督促", LEADER | COMMUNITY},
    {"you reported", CADRE},
    {"of yours", LEADER},
    {"you are in charge of", LEADER},
    {"Please sign for it", SECTION},
    {"find its section", OFFICE},
    {"give the feedback yourselves", OFFICE},
    {"explain this to the household", CADRE},
    {"Please see to it.", LEADER | COMMUNITY | SECTION},
};

static struct texts *texts;
static struct arena arena;
static struct yaml_document *documents[LANGUAGE_COUNT];

static char *format(enum language language, const char *notice, const char *suffix,
                    const char *part)
{
    struct buf out = {0};
    char key[96];
    struct buf remedy = {0};
    const struct text_value person = {"person", BYTES("王海")};
    texts_format_phrase(texts, language, TEXT_PHRASE_remedy_feedback, &person, 1, &remedy);
    const struct text_value value = {"remedy", buf_bytes(&remedy)};
    (void)snprintf(key, sizeof key, "%s%s.%s", notice, suffix, part);
    texts_format(texts, language, key, &value, 1, &out);
    buf_append_u8(&out, 0);
    buf_done(&remedy);
    return (char *)out.p;
}

static void check_reader(enum language language, size_t row, size_t audience)
{
    static const char *const parts[] = {"title", "text"};
    unsigned reader = 1U << audience;
    for (size_t part = 0; part < 2; part++) {
        char *text = format(language, rows[row].notice, suffixes[audience], parts[part]);
        char *common = format(language, rows[row].notice, "", parts[part]);
        if ((rows[row].readers & reader) == 0 && strcmp(text, common) != 0) {
            fail_msg("%s%s is sent to nobody", rows[row].notice, suffixes[audience]);
        }
        for (size_t i = 0;
             (rows[row].readers & reader) != 0 && i < sizeof addresses / sizeof addresses[0]; i++) {
            if (strstr(text, addresses[i].words) != NULL && (addresses[i].readers & reader) == 0) {
                fail_msg("%s%s says '%s': %s", rows[row].notice, suffixes[audience],
                         addresses[i].words, text);
            }
        }
        free(text);
        free(common);
    }
}

static void the_words_speak_to_whoever_can_get_them(void **state)
{
    (void)state;
    for (unsigned language = 0; language < LANGUAGE_COUNT; language++) {
        for (size_t row = 0; row < ROWS; row++) {
            for (size_t audience = 0; audience < AUDIENCES; audience++) {
                check_reader((enum language)language, row, audience);
            }
        }
    }
}

static const char *const notices[] = {
#define X(word) #word,
    TEXT_NOTICE_LIST(X)
#undef X
};
#define NOTICES (sizeof notices / sizeof notices[0])

static void the_readers_of_every_notice_are_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < NOTICES; i++) {
        unsigned count = 0;
        for (size_t row = 0; row < ROWS; row++) {
            count += strcmp(rows[row].notice, notices[i]) == 0;
        }
        if (count != 1) {
            fail_msg("'%s' has %u rows", notices[i], count);
        }
    }
}

/* ---- who sends ------------------------------------------------------------------------------ */

static void append_file(const char *path, struct buf *out)
{
    char piece[4096];
    size_t len;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    while ((len = fread(piece, 1, sizeof piece, file)) > 0) {
        buf_append(out, piece, len);
    }
    (void)fclose(file);
}

static void every_notice_is_sent_by_something(void **state)
{
    (void)state;
    static const char *const folders[] = {SOURCE_DIR "/services/notifier/*.c",
                                          SOURCE_DIR "/services/intake/*.c"};
    struct buf code = {0};
    for (size_t i = 0; i < 2; i++) {
        glob_t found;
        assert_int_equal(glob(folders[i], 0, NULL, &found), 0);
        for (size_t k = 0; k < found.gl_pathc; k++) {
            append_file(found.gl_pathv[k], &code);
        }
        globfree(&found);
    }
    buf_append_u8(&code, 0);
    for (size_t i = 0; i < NOTICES; i++) {
        char quoted[64];
        (void)snprintf(quoted, sizeof quoted, "\"%s\"", notices[i]);
        if (strstr((const char *)code.p, quoted) == NULL) {
            fail_msg("nothing sends '%s'", notices[i]);
        }
    }
    buf_done(&code);
}

/* ---- around --------------------------------------------------------------------------------- */

static int load(void **state)
{
    (void)state;
    struct problems problems = {0};
    texts = texts_new(&arena);
    for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
        char path[512];
        (void)snprintf(path, sizeof path, "%s/config/example/texts/%s.yaml", SOURCE_DIR,
                       language_word((enum language)i));
        assert_true(yaml_open(path, path, &documents[i], &problems));
        assert_true(texts_read(texts, (enum language)i, documents[i], &problems));
    }
    problems_done(&problems);
    return 0;
}

static int unload(void **state)
{
    (void)state;
    for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
        yaml_close(documents[i]);
    }
    arena_done(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_words_speak_to_whoever_can_get_them),
        cmocka_unit_test(the_readers_of_every_notice_are_known),
        cmocka_unit_test(every_notice_is_sent_by_something),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
