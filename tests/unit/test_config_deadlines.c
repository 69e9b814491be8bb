/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar_2026.h"
#include "mutate.h"

#include "config/deadlines.h"

static const char path[] = SOURCE_DIR "/config/example/deadlines.yaml";

static const struct category categories[] = {
    {{(const uint8_t *)"roads", 5}, {0}, {(const uint8_t *)"urban", 5}, 2},
    {{(const uint8_t *)"urban", 5}, {0}, {0}, 1},
};

static const struct office office = {.categories = categories, .category_count = 2};

/* One stage a line, so that places are easy to name: ladders are lines 1 to 10, stages begin at 12.
 * The stages that a test does not touch are all alike. */
static const char good[] =
    "ladders:\n"
    "  - id: calm\n"
    "    steps:\n"
    "      - {level: 0, at: [50%], tell: [handler]}\n"             /* 4 */
    "      - {level: 1, at: [80%, -1wd], tell: [section_head]}\n"  /* 5 */
    "      - {level: 2, at: [due], tell: [leader, office_head]}\n" /* 6 */
    "      - {level: 3, at: [+1wd], tell: [supervisor]}\n"         /* 7 */
    "  - id: quick\n"                                              /* 8 */
    "    steps:\n"
    "      - {level: 2, at: [due], tell: [handler], supervised: 1}\n" /* 10 */
    "stages:\n"
    "  triage: {limits: {emergency: 1h, utility: 2h, general: 3wd, complex: 3wd}, ladder: calm}\n"
    "  info: {like: triage}\n" /* 13 */
    "  sign: {like: info, limits: {emergency: 30m}, ladder: quick}\n"
    "  first_contact: {like: triage}\n" /* 15 */
    "  handle:\n"
    "    limits: {emergency: 24h, utility: 24h, general: 7d, complex: 15d}\n" /* 17 */
    "    ladder: {emergency: quick, general: calm, complex: calm}\n"          /* 18 */
    "    overrides:\n"
    "      - {kind: enquiry, limits: {general: 4wd}}\n"                                   /* 20 */
    "      - {category: roads, limits: {general: 5wd}, ladder: quick}\n"                  /* 21 */
    "  suspend: {limits: {emergency: none, utility: 3d, general: 15wd, complex: 30wd}}\n" /* 22 */
    "  ruling: {like: triage}\n"
    "  review: {like: triage}\n"
    "  feedback: {like: triage}\n"
    "  callback: {like: triage}\n" /* 26 */
    "  reopen: {like: triage}\n"
    "supervision_by_person: {ladder: calm}\n"; /* 28 */

struct loaded {
    struct problems problems;
    struct yaml_document *document;
    struct limits *limits;
};

static bool load(struct loaded *loaded, struct bytes text)
{
    *loaded = (struct loaded){0};
    if (yaml_open_bytes(text, "deadlines.yaml", &loaded->document, &loaded->problems)) {
        uint32_t before = loaded->problems.count;
        bool is_good =
            deadlines_read(loaded->document, &office, &loaded->limits, &loaded->problems);
        assert_int_equal(is_good, loaded->problems.count == before);
        assert_int_equal(is_good, loaded->limits != NULL);
    }
    buf_append_u8(&loaded->problems.text, 0);
    return loaded->problems.count == 0;
}

static void unload(struct loaded *loaded)
{
    limits_close(loaded->limits);
    yaml_close(loaded->document);
    problems_done(&loaded->problems);
}

/* One change of the good text, and the first problem it makes. */
struct change {
    const char *from;
    const char *to;
    const char *problem;
    uint32_t count;
};

static void expect(const struct change *change)
{
    struct loaded loaded;
    struct buf text = {0};
    char expected[1024];
    const char *place = strstr(good, change->from);
    assert_non_null(place);
    buf_append_string(&text, good);
    mutate_replace(&text, (size_t)(place - good), strlen(change->from),
                   bytes_of_string(change->to));
    (void)snprintf(expected, sizeof expected, "deadlines.yaml:%s\n", change->problem);

    assert_false(load(&loaded, buf_bytes(&text)));
    const char *shown = (const char *)loaded.problems.text.p;
    if (strncmp(shown, expected, strlen(expected)) != 0 || loaded.problems.count != change->count) {
        fail_msg("expected %u times\n%s\nand got\n%s", change->count, expected, shown);
    }
    unload(&loaded);
    buf_done(&text);
}

static const struct limit *find(const struct limits *limits, enum stage stage, enum urgency urgency,
                                enum kind kind)
{
    struct limit_case wanted = {.stage = stage, .urgency = urgency, .kind = kind};
    return limits_find(limits, &wanted);
}

static void assert_limit(const struct limit *limit, const char *duration, const char *ladder)
{
    char text[DURATION_TEXT_BYTES];
    duration_format(limit->duration, text);
    assert_string_equal(text, duration);
    assert_string_equal(limit->ladder != NULL ? limit->ladder->name : "", ladder);
}

static void stages_take_what_they_leave_out_from_those_they_are_like(void **test)
{
    (void)test;
    struct loaded loaded;
    if (!load(&loaded, bytes_of_string(good))) {
        fail_msg("%s", (const char *)loaded.problems.text.p);
    }
    const struct limits *limits = loaded.limits;
    assert_limit(find(limits, STAGE_SIGN, URGENCY_EMERGENCY, KIND_NONE), "30m", "quick");
    assert_limit(find(limits, STAGE_SIGN, URGENCY_UTILITY, KIND_NONE), "2h", "quick");
    assert_limit(find(limits, STAGE_INFO, URGENCY_COMPLEX, KIND_NONE), "3wd", "calm");
    assert_limit(find(limits, STAGE_HANDLE, URGENCY_UTILITY, KIND_NONE), "24h", "");
    assert_limit(find(limits, STAGE_SUSPEND, URGENCY_EMERGENCY, KIND_NONE), "", "");
    unload(&loaded);
}

static void overrides_keep_the_ladder_of_the_stage_unless_they_say_otherwise(void **test)
{
    (void)test;
    struct loaded loaded;
    assert_true(load(&loaded, bytes_of_string(good)));
    assert_limit(find(loaded.limits, STAGE_HANDLE, URGENCY_GENERAL, KIND_ENQUIRY), "4wd", "calm");
    assert_limit(find(loaded.limits, STAGE_HANDLE, URGENCY_COMPLEX, KIND_ENQUIRY), "15d", "calm");
    struct limit_case wanted = {.stage = STAGE_HANDLE,
                                .urgency = URGENCY_GENERAL,
                                .kind = KIND_ENQUIRY,
                                .path = {&categories[1], &categories[0]},
                                .path_count = 2};
    assert_limit(limits_find(loaded.limits, &wanted), "5wd", "quick");
    unload(&loaded);
}

static void limits_that_make_no_sense_are_shown_where_they_stand(void **test)
{
    (void)test;
    static const struct change changes[] = {
        {"general: 7d", "general: 0d",
         "17:53: error: stages.handle.limits.general: '0d' is not a duration, it can't be zero: "
         "write 30m, 2h, 4wh, 3wd or 15d (minutes, hours, working hours, working days, days)",
         1},
        {"general: 7d", "general: -7d",
         "17:53: error: stages.handle.limits.general: '-7d' is not a duration, it can't be "
         "negative: write 30m, 2h, 4wh, 3wd or 15d (minutes, hours, working hours, working days, "
         "days)",
         1},
        {"general: 7d", "general: 401d",
         "17:53: error: stages.handle.limits.general: '401d' is longer than 400 days", 1},
        {"general: 7d", "general: 99999d",
         "17:53: error: stages.handle.limits.general: '99999d' is too long: at most 4000d", 1},
        {"general: 7d", "general: none",
         "17:53: error: stages.handle.limits.general: 'none' is for the stage suspend only", 1},
        {"general: 7d", "general: 12h",
         "17:53: error: stages.handle: general has 12h, which is shorter than utility with 24h", 1},
        {"complex: 15d}", "complex: 6d}",
         "17:66: error: stages.handle: complex has 6d, which is shorter than general with 7d", 1},
        {"complex: 15d}", "complx: 15d}",
         "17:57: error: stages.handle.limits.complx: unknown key (did you mean 'complex'?)", 1},
        {", complex: 15d", "", "17:5: error: stages.handle: the limit for complex is missing", 1},
        {"general: 4wd", "general: 5h",
         "20:43: error: stages.handle.overrides[0]: general has 5h, which is shorter than utility "
         "with 24h",
         1},
        {"general: 5wd}", "general: 16wd}",
         "21:9: error: stages.handle.overrides[1]: complex has 15d, which is shorter than general "
         "with 16wd",
         1},
    };
    for (size_t i = 0; i < COUNT(changes); i++) {
        expect(&changes[i]);
    }
}

static void names_that_lead_nowhere_are_shown_where_they_stand(void **test)
{
    (void)test;
    static const struct change changes[] = {
        {"  reopen: {like: triage}\n", "", "12:3: error: stages: the key 'reopen' is missing", 1},
        {"  ruling:", "  rulings:",
         "23:3: error: stages.rulings: unknown key (did you mean 'ruling'?)", 2},
        {"review: {like: triage}", "review: {like: traige}",
         "24:18: error: stages.review.like: unknown stage 'traige': write one of triage info sign "
         "first_contact handle suspend ruling review feedback callback reopen",
         1},
        {"kind: enquiry", "kind: query",
         "20:16: error: stages.handle.overrides[0]: unknown kind 'query': write one of enquiry "
         "opinion difficulty demand dispute",
         1},
        {"category: roads", "category: rods",
         "21:20: error: stages.handle.overrides[1]: there is no category 'rods' in the catalogue",
         1},
        {"category: roads", "kind: enquiry",
         "21:9: error: stages.handle.overrides[1]: there is an override for the same kind and "
         "category at line 20",
         1},
        {"category: roads, ", "",
         "21:9: error: stages.handle.overrides[1]: a kind or a category belongs here", 1},
        {"general: calm,", "general: clam,",
         "18:41: error: stages.handle.ladder.general: there is no ladder 'clam' (did you "
         "mean 'calm'?)",
         1},
        {"tell: [supervisor]", "tell: [supervizor]",
         "7:39: error: ladders[0].steps[3].tell: unknown recipient 'supervizor': write one of "
         "handler section_head leader office_head supervisor first_responsible cadre "
         "community_secretary issuer",
         1},
        {"{ladder: calm}\n", "{ladder: clam}\n",
         "28:33: error: supervision_by_person.ladder: there is no ladder 'clam' (did you mean "
         "'calm'?)",
         1},
        {"supervision_by_person: {ladder: calm}\n", "",
         "1:1: error: the key 'supervision_by_person' is missing", 1},
        {"id: quick", "id: calm", "8:5: error: ladders[1]: the ladder 'calm' is there twice", 4},
    };
    for (size_t i = 0; i < COUNT(changes); i++) {
        expect(&changes[i]);
    }
}

static void stages_that_are_like_each_other_are_refused(void **test)
{
    (void)test;
    static const struct change changes[] = {
        {"info: {like: triage}", "info: {like: info}",
         "13:16: error: stages.info: 'like' leads round in a circle and never to a limit", 2},
        {"info: {like: triage}", "info: {like: sign}",
         "13:16: error: stages.info: 'like' leads round in a circle and never to a limit", 2},
    };
    for (size_t i = 0; i < COUNT(changes); i++) {
        expect(&changes[i]);
    }
}

static void ladders_that_shrink_are_shown_where_they_stand(void **test)
{
    (void)test;
    static const struct change changes[] = {
        {"at: [80%, -1wd]", "at: [40%]",
         "5:24: error: ladders[0].steps[1].at: level 1 doesn't come later than level 0, the one "
         "below it",
         1},
        {"at: [+1wd]", "at: [-1wd]",
         "7:24: error: ladders[0].steps[3].at: level 3 doesn't come later than level 2, the one "
         "below it",
         1},
        {"level: 3", "level: 2",
         "7:17: error: ladders[0].steps[3].level: level 2 stands behind level 2: levels rise from "
         "step to step",
         1},
        {"[supervisor]}", "[]}",
         "7:38: error: ladders[0].steps[3].tell: level 3 tells nobody: say who is told", 1},
        {"at: [+1wd]", "at: [+61d]",
         "7:25: error: ladders[0].steps[3].at: '+61d' comes more than 60 days after it is due, "
         "when nobody waits for it any more: write at most +60d",
         1},
        {"leader, office_head]}\n      - {level: 3, at: [+1wd], tell: [supervisor]}",
         "leader], supervised: 2}\n      - {level: 3, at: [+1wd], tell: [leader], supervised: 1}",
         "7:60: error: ladders[0].steps[3].supervised: level 3 raises it to supervision 1, and a "
         "level below it to 2 already: write at least that, or leave it out",
         1},
        {"at: [50%]", "at: [100%]",
         "4:25: error: ladders[0].steps[0].at: '100%' is not a time of a ladder: write 1% to 99% "
         "of "
         "the limit, -1wd before it is due, due, or +1wd after",
         1},
        {"at: [+1wd]", "at: [+0wd]",
         "7:25: error: ladders[0].steps[3].at: '0wd' is not a duration, it can't be zero: write "
         "30m, 2h, 4wh, 3wd or 15d (minutes, hours, working hours, working days, days)",
         1},
        {"at: [80%, -1wd]", "at: [-1wd]",
         "12:32: error: stages.triage: with a limit of 1h, level 1 of the ladder 'calm' would come "
         "before the start",
         2},
    };
    for (size_t i = 0; i < COUNT(changes); i++) {
        expect(&changes[i]);
    }
}

/* Signing and first contact are parts of handling. */
static void a_part_of_handling_that_is_longer_than_the_whole_is_shown_where_it_stands(void **test)
{
    (void)test;
    static const struct change changes[] = {
        {"limits: {emergency: 30m}", "limits: {emergency: 30m, general: 60d, complex: 60d}",
         "14:56: error: stages.sign.limits.general: sign has 60d, and handle, of which it is a "
         "part, 7d altogether: give the part less or the whole more",
         2},
        {"general: 4wd}", "general: 2wd}",
         "20:43: error: stages.handle.overrides[0].limits.general: sign has 3wd, and handle, of "
         "which it is a part, 2wd altogether: give the part less or the whole more",
         2},
        {"general: 5wd", "general: 2wd",
         "21:45: error: stages.handle.overrides[1].limits.general: sign has 3wd, and handle, of "
         "which it is a part, 2wd altogether: give the part less or the whole more",
         2},
        {"first_contact: {like: triage}",
         "first_contact: {like: triage, overrides: [{category: urban, limits: {complex: 9d}}, "
         "{kind: enquiry, limits: {complex: 16d}}]}",
         "15:121: error: stages.first_contact.overrides[1].limits.complex: first_contact has 16d, "
         "and handle, of which it is a part, 15d altogether: give the part less or the whole more",
         1},
    };
    for (size_t i = 0; i < COUNT(changes); i++) {
        expect(&changes[i]);
    }
}

static void a_ladder_that_nobody_uses_is_shown_where_it_stands(void **test)
{
    (void)test;
    static const struct change change = {
        "  - id: quick\n",
        "  - id: idle\n    steps:\n      - {level: 2, at: [due], tell: [handler]}\n  - id: quick\n",
        "8:9: error: ladders[1].id: no stage uses the ladder 'idle': name it where it belongs, or "
        "take it out",
        1};
    expect(&change);
}

static void ladders_may_stand_behind_the_stages(void **test)
{
    (void)test;
    struct loaded loaded;
    struct buf text = {0};
    const char *stages = strstr(good, "stages:\n");
    buf_append_string(&text, stages);
    buf_append(&text, good, (size_t)(stages - good));
    assert_true(load(&loaded, buf_bytes(&text)));
    unload(&loaded);
    buf_done(&text);
}

static void read_shipped(struct loaded *loaded)
{
    struct buf text = {0};
    *loaded = (struct loaded){0};
    assert_true(yaml_read_file(path, path, &text, &loaded->problems));
    if (!load(loaded, buf_bytes(&text))) {
        fail_msg("%s", (const char *)loaded->problems.text.p);
    }
    buf_done(&text);
}

static void the_shipped_limits_are_the_usual_ones(void **test)
{
    (void)test;
    static const char *const expected[STAGE_COUNT][URGENCY_COUNT] = {
        [STAGE_TRIAGE] = {"", "1h", "2h", "1wd", "1wd"},
        [STAGE_INFO] = {"", "2h", "4h", "2wd", "2wd"},
        [STAGE_SIGN] = {"", "30m", "1h", "4wh", "4wh"},
        [STAGE_FIRST_CONTACT] = {"", "2h", "4h", "1wd", "1wd"},
        [STAGE_HANDLE] = {"", "24h", "24h", "7d", "15d"},
        [STAGE_SUSPEND] = {"", "", "3d", "15wd", "30wd"},
        [STAGE_RULING] = {"", "30m", "1h", "1wd", "2wd"},
        [STAGE_REVIEW] = {"", "1h", "2h", "1wd", "2wd"},
        [STAGE_FEEDBACK] = {"", "2h", "4h", "2wd", "3wd"},
        [STAGE_CALLBACK] = {"", "1wd", "1wd", "1wd", "3wd"},
        [STAGE_REOPEN] = {"", "10wd", "10wd", "10wd", "30d"},
    };
    struct loaded loaded;
    read_shipped(&loaded);
    for (int stage = 1; stage < STAGE_COUNT; stage++) {
        for (int urgency = 1; urgency < URGENCY_COUNT; urgency++) {
            char text[DURATION_TEXT_BYTES];
            const struct limit *limit =
                find(loaded.limits, (enum stage)stage, (enum urgency)urgency, KIND_DEMAND);
            duration_format(limit->duration, text);
            assert_string_equal(text, expected[stage][urgency]);
        }
    }
    assert_limit(find(loaded.limits, STAGE_HANDLE, URGENCY_GENERAL, KIND_ENQUIRY), "3wd",
                 "handling");
    unload(&loaded);
}

static void the_shipped_ladder_rises_to_the_first_responsible_person(void **test)
{
    struct err err;
    struct loaded loaded;
    struct limit_plan plan;
    static const char *const times[] = {"2026-10-10T11:45:00", "2026-10-12T17:00:00",
                                        "2026-10-13T23:59:59", "2026-10-14T17:00:00",
                                        "2026-10-16T17:00:00", "2026-10-20T17:00:00"};
    read_shipped(&loaded);
    const struct limit *limit = find(loaded.limits, STAGE_HANDLE, URGENCY_GENERAL, KIND_DEMAND);
    assert_ok(limit_plan(limit, *test, at("2026-10-06T09:00"), &plan, &err));
    assert_int_equal(plan.point_count, COUNT(times));
    for (uint32_t i = 0; i < COUNT(times); i++) {
        assert_int_equal(plan.points[i].level, i);
        assert_wall(plan.points[i].at, times[i]);
    }
    assert_true((plan.points[5].recipients & RECIPIENT_BIT(RECIPIENT_FIRST_RESPONSIBLE)) != 0);
    assert_int_equal(plan.points[4].supervised, 2);
    unload(&loaded);
}

static void damaged_files_never_do_more_than_be_refused(void **test)
{
    (void)test;
    struct dice dice = dice_open(20261013);
    int accepted = 0;
    for (int i = 0; i < 10000; i++) {
        struct loaded loaded;
        struct buf text = {0};
        buf_append_string(&text, good);
        for (uint64_t k = 1 + dice_below(&dice, 3); k > 0; k--) {
            mutate_once(&dice, &text);
        }
        accepted += load(&loaded, buf_bytes(&text));
        unload(&loaded);
        buf_done(&text);
    }
    assert_in_range(accepted, 1, 9999);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stages_take_what_they_leave_out_from_those_they_are_like),
        cmocka_unit_test(overrides_keep_the_ladder_of_the_stage_unless_they_say_otherwise),
        cmocka_unit_test(limits_that_make_no_sense_are_shown_where_they_stand),
        cmocka_unit_test(names_that_lead_nowhere_are_shown_where_they_stand),
        cmocka_unit_test(stages_that_are_like_each_other_are_refused),
        cmocka_unit_test(ladders_that_shrink_are_shown_where_they_stand),
        cmocka_unit_test(a_part_of_handling_that_is_longer_than_the_whole_is_shown_where_it_stands),
        cmocka_unit_test(a_ladder_that_nobody_uses_is_shown_where_it_stands),
        cmocka_unit_test(ladders_may_stand_behind_the_stages),
        cmocka_unit_test(the_shipped_limits_are_the_usual_ones),
        cmocka_unit_test(the_shipped_ladder_rises_to_the_first_responsible_person),
        cmocka_unit_test(damaged_files_never_do_more_than_be_refused),
    };
    return cmocka_run_group_tests(tests, open_calendar, close_calendar);
}
