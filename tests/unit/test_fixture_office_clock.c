/* SPDX-License-Identifier: Apache-2.0 */
/* Invariant 8 on the whole office: limits pass while daemons crash; what follows happens once and
 * not before its time. */
#include "fixture/office.h"

#include "domain/words.h"

#define SEEDS 20U
#define REPORTS 8U
#define ISSUES_MAX 64U
#define EVENTS_MAX 4096U

static struct config *config;

/* Something that may happen once for an issue. */
struct event {
    uint64_t issue;
    int kind;  /* message type */
    int stage; /* of a clock */
    int news;
    uint32_t level;
    uint32_t corrections; /* of the issue before it: they may have a level told again */
    int64_t started_us;
    int64_t due_us;
    uint8_t department[WORD_MAX_BYTES]; /* of a signature */
};

/* What a deadline does by itself. */
static const struct {
    enum happening happening;
    enum stage stage;
    enum sometime sometime;
} passings[] = {
    {HAPPENING_SIGN, STAGE_SIGN, SOMETIMES_SIGNED_BY_LIMIT},
    {HAPPENING_GIVE_INFO, STAGE_INFO, SOMETIMES_WENT_ON_WITHOUT_INFO},
    {HAPPENING_RESUME, STAGE_SUSPEND, SOMETIMES_RESUMED_BY_LIMIT},
    {HAPPENING_ARCHIVE, STAGE_REOPEN, SOMETIMES_ARCHIVED},
};
#define PASSINGS (sizeof passings / sizeof passings[0])

struct history {
    uint64_t issue;
    int64_t started_us[STAGE_COUNT];
    int64_t due_us[STAGE_COUNT];
    uint32_t corrections;
};

struct story {
    struct office_run *run;
    struct event events[EVENTS_MAX];
    uint32_t event_count;
    struct history issues[ISSUES_MAX];
    uint32_t issue_count;
    uint32_t passed[PASSINGS];
};

static void add_event(struct story *story, const struct event *event)
{
    for (uint32_t i = 0; i < story->event_count; i++) {
        if (memcmp(&story->events[i], event, sizeof *event) == 0) {
            fixture_broken(story->run->fixture, "%s of issue %d happened twice",
                           event->kind == (int)MESSAGE_STEP_EVENT ? "what a deadline does"
                                                                  : "a deadline's news",
                           (int)event->issue);
        }
    }
    assert_true(story->event_count < EVENTS_MAX);
    story->events[story->event_count++] = *event;
}

static struct history *history_of(struct story *story, uint64_t issue)
{
    uint32_t i = 0;
    while (i < story->issue_count && story->issues[i].issue != issue) {
        i++;
    }
    assert_true(i < ISSUES_MAX);
    if (i == story->issue_count) {
        story->issues[story->issue_count++].issue = issue;
    }
    return &story->issues[i];
}

static void note_clocks(struct story *story, uint64_t issue, const struct issue_part *part)
{
    struct history *history = history_of(story, issue);
    struct list_cursor cursor = list_begin(&part->clocks);
    struct clock_part clock;
    while (list_next_message(&cursor, &clock_part_type, &clock)) {
        history->started_us[clock.stage] = clock.started_at.us;
        history->due_us[clock.stage] = clock.due_at.us;
    }
}

static struct event event_of(struct story *story, const struct record *record, int stage)
{
    const struct history *history = history_of(story, record->issue);
    struct event event;
    memset(&event, 0, sizeof event);
    event.issue = record->issue;
    event.kind = record->type;
    event.stage = stage;
    event.corrections = history->corrections;
    event.started_us = history->started_us[stage];
    event.due_us = history->due_us[stage];
    return event;
}

static void take_passing(struct story *story, const struct record *record,
                         const struct step_event *step, size_t passing)
{
    int stage = (int)passings[passing].stage;
    struct event event = event_of(story, record, stage);
    if (step->department.len != 0) {
        memcpy(event.department, step->department.p, step->department.len);
    }
    event.corrections = 0;
    add_event(story, &event);
    story->passed[passing]++;
    if (record->at.us < event.due_us) {
        fixture_broken(story->run->fixture, "%s of issue %d came by itself before its limit",
                       happening_word(passings[passing].happening), (int)record->issue);
    }
}

static void take_step(struct story *story, const struct record *record,
                      const struct step_event *step)
{
    for (size_t i = 0; i < PASSINGS; i++) {
        if (step->happening == (int)passings[i].happening && record->actor.len == 0) {
            take_passing(story, record, step, i);
        }
    }
    history_of(story, record->issue)->corrections += step->happening == (int)HAPPENING_CORRECT;
    note_clocks(story, record->issue, &step->after);
}

static void take_clock(struct story *story, const struct record *record,
                       const struct clock_event *clock)
{
    struct event event = event_of(story, record, clock->stage);
    event.news = clock->news;
    event.level = clock->level;
    event.due_us = clock->due_at.us;
    add_event(story, &event);
    if (clock->news == CLOCK_NEWS_OVERDUE && record->at.us < clock->due_at.us) {
        fixture_broken(story->run->fixture, "issue %d was overdue before it was due",
                       (int)record->issue);
    }
    note_clocks(story, record->issue, &clock->after);
}

static void read_story(struct story *story)
{
    struct fixture_look look;
    fixture_begin_look(story->run->router, &look);
    for (uint64_t seq = 1; seq <= look.journal.head; seq++) {
        struct record record;
        union {
            struct opened_event opened;
            struct step_event step;
            struct clock_event clock;
        } event;
        struct err err;
        assert_true(fixture_read(&look, seq, &record));
        if (record_message(&record, &opened_event_type, &event.opened, &err) == STATUS_OK) {
            note_clocks(story, record.issue, &event.opened.after);
        } else if (record_message(&record, &step_event_type, &event.step, &err) == STATUS_OK) {
            take_step(story, &record, &event.step);
        } else if (record_message(&record, &clock_event_type, &event.clock, &err) == STATUS_OK) {
            take_clock(story, &record, &event.clock);
        }
    }
    fixture_end_look(&look);
}

/* No section's part still waits for its signature, long after the limit. */
static void check_signed(const struct office_run *run)
{
    struct fixture_look look;
    struct issue_row row;
    fixture_begin_look(run->router, &look);
    for (uint64_t issue = office_next_issue(&look, 0); issue != 0;
         issue = office_next_issue(&look, issue)) {
        assert_true(office_read_issue(&look, issue, &row));
        struct list_cursor cursor = list_begin(&row.now.legs);
        struct leg_part leg;
        while (list_next_message(&cursor, &leg_part_type, &leg)) {
            if (leg.state == (int)LEG_STATE_DISPATCHED) {
                fixture_broken(run->fixture, "issue %d still waits for a signature", (int)issue);
            }
        }
    }
    fixture_end_look(&look);
}

static void run_limits(uint64_t seed, struct sometimes *sometimes)
{
    struct office_run run;
    struct fixture_options options = {.seed = seed,
                                      .config = config,
                                      .now.us = INT64_C(1790823600) * US_PER_S,
                                      .sometimes = sometimes};
    office_open(&run, &options);
    struct fixture *fixture = run.fixture;
    for (uint32_t i = 0; i < REPORTS; i++) {
        (void)office_submit(&run);
    }
    office_settle(&run);
    for (uint32_t day = 0; day < 3; day++) {
        fixture_set_chances(fixture, &office_weather);
        office_work(&run, 18);
        for (uint32_t i = 0; i < 8; i++) {
            fixture->now.us += (int64_t)dice_below(&fixture->dice, 6 * 3600) * US_PER_S;
            fixture_steps(fixture, 150);
        }
    }
    office_settle(&run);
    if (seed % 5 == 0) {
        office_finish(&run); /* to be archived */
    }
    fixture_advance_to(fixture,
                       (struct wall){fixture->now.us + INT64_C(45) * S_PER_DAY * US_PER_S});

    struct story *story = calloc(1, sizeof *story);
    story->run = &run;
    read_story(story);
    sometimes->counts[SOMETIMES_TIMER_FIRED] += story->event_count;
    for (size_t i = 0; i < PASSINGS; i++) {
        sometimes->counts[passings[i].sometime] += story->passed[i];
    }
    free(story);
    check_signed(&run);
    office_check(&run);
    office_close(&run);
}

static void a_limit_that_passes_has_its_effect_once_and_not_before(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    fixture_each_seed(SEEDS, run_limits, &sometimes);
    sometimes_expect(&sometimes,
                     SOMETIMES_BIT(TIMER_FIRED) | SOMETIMES_BIT(SIGNED_BY_LIMIT) |
                         SOMETIMES_BIT(WENT_ON_WITHOUT_INFO) | SOMETIMES_BIT(RESUMED_BY_LIMIT) |
                         SOMETIMES_BIT(ARCHIVED) | SOMETIMES_BIT(CRASH_BETWEEN_TURNS) |
                         SOMETIMES_BIT(CRASH_AFTER_COMMIT) | SOMETIMES_BIT(MAP_FULL_REDONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_limit_that_passes_has_its_effect_once_and_not_before),
    };
    config = office_config();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    config_close(config);
    return failed;
}
