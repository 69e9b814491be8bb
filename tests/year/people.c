/* SPDX-License-Identifier: Apache-2.0 */
/* What people have to do, and when they do it: most in time, some late, a few very late. */
#include "year/year.h"

#define US_PER_HOUR (3600 * US_PER_S)
#define US_PER_DAY (S_PER_DAY * US_PER_S)

bool people_chance(struct year *year, uint32_t permille)
{
    return dice_below(&year->dice, 1000) < permille;
}

struct awaited *people_awaited(struct year *year, uint64_t issue)
{
    uint64_t number = issue % 10000000;
    assert_true(number <= year->issue_max);
    return &year->awaited[number];
}

/* ---- when ---- */

static bool find_due(const struct issue_row *row, enum stage stage, struct wall *ret_due)
{
    struct list_cursor cursor = list_begin(&row->now.clocks);
    struct clock_part clock;
    while (list_next_message(&cursor, &clock_part_type, &clock)) {
        if (clock.stage == (int)stage) {
            *ret_due = clock.due_at;
            return true;
        }
    }
    return false;
}

static int64_t between(struct year *year, int64_t low, int64_t high)
{
    return high <= low ? low : low + (int64_t)(dice_next(&year->dice) % (uint64_t)(high - low));
}

/* Seven in eight keep the limit, and the later they are, the fewer. */
static int64_t pick_delay(struct year *year, int64_t limit_us)
{
    uint64_t roll = dice_below(&year->dice, 1000);
    if (roll < 720) {
        return between(year, limit_us / 50, limit_us * 3 / 4);
    }
    if (roll < 880) {
        return between(year, limit_us * 3 / 4, limit_us);
    }
    if (roll < 950) {
        return limit_us + between(year, 0, US_PER_DAY);
    }
    return roll < 985 ? limit_us + between(year, US_PER_DAY, 4 * US_PER_DAY)
                      : limit_us + between(year, 4 * US_PER_DAY, 16 * US_PER_DAY);
}

/* People work when the office does; for what is urgent most of them come at night too. */
static struct wall pick_time(struct year *year, const struct issue_row *row, int64_t delay_us)
{
    struct wall at = {year->run.fixture->now.us + delay_us};
    bool is_urgent =
        row->now.urgency == (int)URGENCY_EMERGENCY || row->now.urgency == (int)URGENCY_UTILITY;
    struct wall opens;
    struct err err;
    if ((!is_urgent || people_chance(year, 200)) && !calendar_is_working(year->calendar, at)) {
        assert_ok(calendar_next_working(year->calendar, at, &opens, &err));
        at.us = opens.us + between(year, 0, US_PER_HOUR / 2);
    }
    at.us -= at.us % US_PER_S; /* clocks on walls show whole seconds */
    return at.us > year->run.fixture->now.us ? at
                                             : (struct wall){year->run.fixture->now.us + US_PER_S};
}

static void plan_deed(struct year *year, const struct issue_row *row, struct deed *deed,
                      enum stage stage)
{
    struct wall due = {year->run.fixture->now.us + US_PER_DAY};
    (void)find_due(row, stage, &due);
    int64_t left_us = due.us - year->run.fixture->now.us;
    /* What is late already is done within a day or two, mostly. */
    int64_t delay_us = left_us > 0 ? pick_delay(year, left_us) : pick_delay(year, US_PER_DAY);
    deed->at = pick_time(year, row, delay_us);
    agenda_put(&year->agenda, deed);
}

/* ---- what is there to do ---- */

static void await(struct year *year, const struct issue_row *row, struct deed *deed,
                  enum stage stage)
{
    struct awaited *awaited = people_awaited(year, deed->issue);
    if ((awaited->deeds & 1U << deed->kind) == 0) {
        awaited->deeds |= 1U << deed->kind;
        plan_deed(year, row, deed, stage);
    }
}

bool people_is_at_work(const struct leg_part *leg)
{
    return leg->state == (int)LEG_STATE_IN_PROGRESS || leg->state == (int)LEG_STATE_REDO;
}

static void await_leg(struct year *year, const struct issue_row *row, struct deed *deed,
                      const struct leg_part *leg)
{
    uint8_t *waits = &people_awaited(year, deed->issue)->legs[deed->leg];
    if (leg->state == (int)LEG_STATE_DISPATCHED && (*waits & LEG_SIGNS) == 0) {
        *waits |= LEG_SIGNS;
        deed->kind = DEED_SIGN;
        plan_deed(year, row, deed, STAGE_SIGN);
    }
    if (people_is_at_work(leg) && (*waits & LEG_ANSWERS) == 0) {
        *waits |= LEG_ANSWERS;
        deed->kind = DEED_ANSWER;
        plan_deed(year, row, deed, STAGE_HANDLE);
        if (people_chance(year, 120)) {
            deed->kind = DEED_PROGRESS;
            plan_deed(year, row, deed, STAGE_HANDLE);
        }
    }
}

static void await_legs(struct year *year, uint64_t issue, const struct issue_row *row)
{
    struct list_cursor cursor = list_begin(&row->now.legs);
    struct leg_part leg;
    for (uint32_t i = 0; list_next_message(&cursor, &leg_part_type, &leg); i++) {
        struct deed deed = {.issue = issue, .leg = i};
        assert_true(i < YEAR_LEGS_MAX);
        await_leg(year, row, &deed, &leg);
    }
}

/* What the lead section and others do meanwhile: somebody speaks to the household, the matter has
 * to wait, what it was taken for is put right. */
static void await_meanwhile(struct year *year, uint64_t issue, const struct issue_row *row)
{
    struct deed deed = {.issue = issue, .kind = DEED_CONTACT};
    if (!row->now.is_contacted) {
        await(year, row, &deed, STAGE_FIRST_CONTACT);
    }
    if (row->now.wait_ground != 0) {
        deed.kind = DEED_DECIDE_WAIT;
        await(year, row, &deed, STAGE_FIRST_CONTACT);
    } else if (people_chance(year, 50)) {
        deed.kind = DEED_WAIT;
        await(year, row, &deed, STAGE_HANDLE);
    }
    if (people_chance(year, 20)) {
        deed.kind = DEED_CORRECT;
        await(year, row, &deed, STAGE_HANDLE);
    }
}

static const struct {
    enum deed_kind kind;
    enum stage stage;
} desks[STATE_COUNT] = {
    [STATE_TRIAGE] = {DEED_DISPATCH, STAGE_TRIAGE},
    [STATE_NEED_INFO] = {DEED_INFORM, STAGE_INFO},
    [STATE_REVIEW] = {DEED_REVIEW, STAGE_REVIEW},
    [STATE_FEEDBACK] = {DEED_FEEDBACK, STAGE_FEEDBACK},
    [STATE_CALLBACK] = {DEED_CALLBACK, STAGE_CALLBACK},
};

static void await_all(struct year *year, uint64_t issue, const struct issue_row *row)
{
    enum deed_kind kind = desks[row->now.state].kind;
    struct deed deed = {.issue = issue,
                        .kind =
                            kind == DEED_CALLBACK && row->now.is_unsatisfied ? DEED_CLOSE : kind};
    if (kind != DEED_NONE) {
        await(year, row, &deed, desks[row->now.state].stage);
    }
    if (row->now.state == (int)STATE_DISPATCHED || row->now.state == (int)STATE_IN_PROGRESS) {
        await_legs(year, issue, row);
    }
    if (row->now.state == (int)STATE_IN_PROGRESS) {
        await_meanwhile(year, issue, row);
    }
    if (row->now.state == (int)STATE_SUSPENDED && people_chance(year, 500)) {
        deed.kind = DEED_RESUME;
        await(year, row, &deed, STAGE_SUSPEND);
    }
}

void people_listen(struct year *year)
{
    struct fixture_look look;
    fixture_begin_look(year->run.router, &look);
    uint64_t last = 0;
    while (year->seen < look.journal.head) {
        struct record record;
        struct issue_row row;
        assert_true(fixture_read(&look, ++year->seen, &record));
        if (record.issue != 0 && record.issue != last &&
            office_read_issue(&look, record.issue, &row)) {
            await_all(year, record.issue, &row);
        }
        last = record.issue;
    }
    fixture_end_look(&look);
}

void people_reconsider(struct year *year, uint64_t issue)
{
    struct fixture_look look;
    struct issue_row row;
    fixture_begin_look(year->run.router, &look);
    if (office_read_issue(&look, issue, &row)) {
        await_all(year, issue, &row);
    }
    fixture_end_look(&look);
}
