/* SPDX-License-Identifier: Apache-2.0 */
/* What people do, when, and how well: most in time, some late, a few very late. */
#include "year/year.h"

#include "base/endian.h"
#include "config/config.h"

#include <stdio.h>

#define US_PER_HOUR (3600 * US_PER_S)
#define US_PER_DAY (S_PER_DAY * US_PER_S)

enum { LEG_SIGNS = 1, LEG_ANSWERS = 2 };

/* One act on one issue. */
struct act {
    struct year *year;
    uint64_t issue;
    const struct issue_row *row;
    const struct leg_part *leg; /* of a section's deed */
    uint32_t generation;
};

static bool chance(struct year *year, uint32_t permille)
{
    return dice_below(&year->dice, 1000) < permille;
}

static struct awaited *awaited_of(struct year *year, uint64_t issue)
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
    if ((!is_urgent || chance(year, 200)) && !calendar_is_working(year->calendar, at)) {
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
    struct awaited *awaited = awaited_of(year, deed->issue);
    if ((awaited->deeds & 1U << deed->kind) == 0) {
        awaited->deeds |= 1U << deed->kind;
        plan_deed(year, row, deed, stage);
    }
}

static bool is_at_work(const struct leg_part *leg)
{
    return leg->state == (int)LEG_STATE_IN_PROGRESS || leg->state == (int)LEG_STATE_REDO;
}

static void await_leg(struct year *year, const struct issue_row *row, struct deed *deed,
                      const struct leg_part *leg)
{
    uint8_t *waits = &awaited_of(year, deed->issue)->legs[deed->leg];
    if (leg->state == (int)LEG_STATE_DISPATCHED && (*waits & LEG_SIGNS) == 0) {
        *waits |= LEG_SIGNS;
        deed->kind = DEED_SIGN;
        plan_deed(year, row, deed, STAGE_SIGN);
    }
    if (is_at_work(leg) && (*waits & LEG_ANSWERS) == 0) {
        *waits |= LEG_ANSWERS;
        deed->kind = DEED_ANSWER;
        plan_deed(year, row, deed, STAGE_HANDLE);
        if (chance(year, 120)) {
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

static const struct {
    enum deed_kind kind;
    enum stage stage;
} desks[STATE_COUNT] = {
    [STATE_TRIAGE] = {DEED_DISPATCH, STAGE_TRIAGE},
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

/* ---- acts ---- */

static void send(const struct act *act, struct fixture_part *part, const char *person,
                 const struct message_type *type, const void *message)
{
    struct fixture *fixture = act->year->run.fixture;
    struct fixture_ask ask = {.part = part, .person = person, .type = type, .message = message};
    (void)fixture_ask(fixture, &ask);
    if (chance(act->year, 8)) {
        (void)fixture_ask(fixture, &ask); /* somebody else had the same thought */
    }
}

static void dispatch(const struct act *act)
{
    struct year *year = act->year;
    const struct office *office = &year->run.fixture->config->office;
    uint64_t lead = dice_below(&year->dice, office->department_count);
    uint64_t assist = dice_below(&year->dice, office->department_count);
    struct buf out = {0};
    struct dispatch_command command = {
        .issue = act->issue, .lead = office->departments[lead].id, .generation = act->generation};
    if (assist != lead && chance(year, 200)) {
        list_put_bytes(&command.assist, &out, office->departments[assist].id);
        list_end(&command.assist, &out);
    }
    send(act, year->run.router, chance(year, 500) ? "triage1" : "triage2", &dispatch_command_type,
         &command);
    buf_done(&out);
}

static void section_does(const struct act *act, const struct message_type *type,
                         const void *message)
{
    char staff[WORD_MAX_BYTES + 16];
    (void)snprintf(staff, sizeof staff, "staff_%.*s_%d", BYTES_FMT(act->leg->department),
                   chance(act->year, 500) ? 1 : 2);
    send(act, office_find_part(&act->year->run, act->leg->department), staff, type, message);
}

static void sign(const struct act *act)
{
    struct sign_command command = {
        .issue = act->issue, .department = act->leg->department, .generation = act->generation};
    section_does(act, &sign_command_type, &command);
}

static void progress(const struct act *act)
{
    struct progress_command command = {.issue = act->issue,
                                       .department = act->leg->department,
                                       .words = BYTES("已到现场查看，正在协调。"),
                                       .generation = act->generation};
    section_does(act, &progress_command_type, &command);
}

static void propose(const struct act *act)
{
    struct propose_command command = {.issue = act->issue,
                                      .department = act->leg->department,
                                      .ground = BYTES("不属补助范围。"),
                                      .tried = BYTES("已核对政策，协调两次。"),
                                      .words = BYTES("按现行政策做不到，原因如下。"),
                                      .generation = act->generation};
    section_does(act, &propose_command_type, &command);
}

static void answer(const struct act *act)
{
    struct answer_command command = {.issue = act->issue,
                                     .department = act->leg->department,
                                     .outcome =
                                         chance(act->year, 150) ? OUTCOME_PARTLY : OUTCOME_SOLVED,
                                     .words = BYTES("已处理完毕。"),
                                     .evidence = BYTES("照片两张。"),
                                     .generation = act->generation};
    if (act->leg->role == (int)LEG_ROLE_LEAD && chance(act->year, 70)) {
        propose(act);
    } else {
        section_does(act, &answer_command_type, &command);
    }
}

static void review(const struct act *act)
{
    char leader[WORD_MAX_BYTES + 1];
    bool passes = act->row->now.redo > 1 || chance(act->year, 920);
    (void)snprintf(leader, sizeof leader, "%.*s", BYTES_FMT(act->row->now.leader));
    /* What cannot be solved needs both; otherwise the office helps out now and then. */
    bool is_second = act->row->now.reviews != 0;
    bool by_head =
        is_second || (act->row->now.proposed != (int)OUTCOME_EXPLAINED && chance(act->year, 100));
    struct review_command command = {.issue = act->issue,
                                     .ok = passes,
                                     .redo = !passes,
                                     .reason = passes ? (struct bytes){0}
                                                      : BYTES("只解决了一半，请再去一次。"),
                                     .generation = act->generation};
    send(act, act->year->run.router, by_head ? "office_head" : leader, &review_command_type,
         &command);
}

static void feedback(const struct act *act)
{
    char owner[WORD_MAX_BYTES + 1];
    (void)snprintf(owner, sizeof owner, "%.*s", BYTES_FMT(act->row->now.owner));
    struct feedback_command command = {
        .issue = act->issue,
        .mode = 1 + (int)dice_below(&act->year->dice, CONTACT_MODE_COUNT - 1),
        .words = BYTES("已当面告知。"),
        .reaction = 1 + (int)dice_below(&act->year->dice, REACTION_COUNT - 1),
        .generation = act->generation};
    send(act, act->year->run.intake, owner, &feedback_command_type, &command);
}

static void call_back(const struct act *act)
{
    static const char *const supervisors[] = {"supervisor1", "supervisor2", "supervisor3"};
    struct callback_command command = {
        .issue = act->issue, .reached = YES_NO_NO, .generation = act->generation};
    /* Some households never answer the telephone. */
    bool is_hard = act->issue % 40 == 0;
    if (!is_hard && chance(act->year, 870)) {
        bool is_content = chance(act->year, 900);
        command.reached = YES_NO_YES;
        command.solved = is_content ? YES_NO_YES : YES_NO_NO;
        command.result = is_content ? 3 + (uint32_t)dice_below(&act->year->dice, 3) : 2;
        command.section = 4;
        command.cadre = 5;
        command.reasonable = chance(act->year, 300) ? YES_NO_NO : YES_NO_YES;
    }
    send(act, act->year->run.auditor, supervisors[dice_below(&act->year->dice, 3)],
         &callback_command_type, &command);
}

static void close_unsatisfied(const struct act *act)
{
    struct close_unsatisfied_command command = {.issue = act->issue,
                                                .reason = BYTES("政策所限，已多次解释。"),
                                                .generation = act->generation};
    send(act, act->year->run.router, "office_head", &close_unsatisfied_command_type, &command);
}

/* ---- doing ---- */

typedef void act_fn(const struct act *act);
static const struct {
    act_fn *act;
    enum state state; /* it can be done in; none for those of sections */
} acts[DEED_COUNT] = {
    [DEED_DISPATCH] = {dispatch, STATE_TRIAGE},
    [DEED_SIGN] = {sign, STATE_NONE},
    [DEED_PROGRESS] = {progress, STATE_NONE},
    [DEED_ANSWER] = {answer, STATE_NONE},
    [DEED_REVIEW] = {review, STATE_REVIEW},
    [DEED_FEEDBACK] = {feedback, STATE_FEEDBACK},
    [DEED_CALLBACK] = {call_back, STATE_CALLBACK},
    [DEED_CLOSE] = {close_unsatisfied, STATE_CALLBACK},
};

static bool find_leg(const struct issue_row *row, uint32_t place, struct leg_part *ret_leg)
{
    struct list_cursor cursor = list_begin(&row->now.legs);
    for (uint32_t i = 0; list_next_message(&cursor, &leg_part_type, ret_leg); i++) {
        if (i == place) {
            return true;
        }
    }
    return false;
}

static bool waits_for_assist(const struct issue_row *row)
{
    struct list_cursor cursor = list_begin(&row->now.legs);
    struct leg_part leg;
    while (list_next_message(&cursor, &leg_part_type, &leg)) {
        if (leg.role == (int)LEG_ROLE_ASSIST &&
            (leg.state == (int)LEG_STATE_DISPATCHED || is_at_work(&leg))) {
            return true;
        }
    }
    return false;
}

/* Whether a section's deed can still be done. */
static bool is_leg_ready(const struct act *act, enum deed_kind kind)
{
    const struct issue_row *row = act->row;
    if (act->leg == NULL ||
        (row->now.state != (int)STATE_DISPATCHED && row->now.state != (int)STATE_IN_PROGRESS)) {
        return false;
    }
    if (kind == DEED_SIGN) {
        return act->leg->state == (int)LEG_STATE_DISPATCHED;
    }
    return is_at_work(act->leg) && (kind == DEED_PROGRESS || act->leg->role != (int)LEG_ROLE_LEAD ||
                                    !waits_for_assist(row));
}

static bool is_ready(const struct act *act, enum deed_kind kind)
{
    if (acts[kind].state == STATE_NONE) {
        return is_leg_ready(act, kind);
    }
    return act->row->now.state == (int)acts[kind].state &&
           (kind != DEED_CALLBACK || !act->row->now.is_unsatisfied) &&
           (kind != DEED_CLOSE || act->row->now.is_unsatisfied);
}

static void forget(struct year *year, const struct deed *deed)
{
    struct awaited *awaited = awaited_of(year, deed->issue);
    if (deed->kind == DEED_SIGN) {
        awaited->legs[deed->leg] &= (uint8_t)~LEG_SIGNS;
    } else if (deed->kind == DEED_ANSWER) {
        awaited->legs[deed->leg] &= (uint8_t)~LEG_ANSWERS;
    } else {
        awaited->deeds &= ~(1U << deed->kind);
    }
}

void people_do(struct year *year, const struct deed *deed)
{
    struct fixture_look look;
    struct issue_row row;
    struct leg_part leg;
    fixture_begin_look(year->run.router, &look);
    assert_true(office_read_issue(&look, deed->issue, &row));
    struct act act = {.year = year,
                      .issue = deed->issue,
                      .row = &row,
                      .leg = find_leg(&row, deed->leg, &leg) ? &leg : NULL,
                      .generation = chance(year, 500) ? row.now.generation : 0};
    forget(year, deed);
    if (is_ready(&act, deed->kind)) {
        acts[deed->kind].act(&act);
        year->deeds_done++;
    } else {
        year->deeds_late++;
    }
    fixture_end_look(&look);
}

void people_report(struct year *year, const struct report *report)
{
    const struct household *household = &year->street.households[report->household];
    struct submit_command command = {.household = bytes_of_string(household->id),
                                     .kind = report->kind,
                                     .category = bytes_of_string(report->category),
                                     .title = bytes_of_string(report->title),
                                     .text = bytes_of_string(report->text),
                                     .urgency = report->urgency,
                                     .direct = report->is_direct};
    struct fixture_ask ask = {.part = year->run.intake,
                              .person = report->is_direct ? "triage1" : household->cadre,
                              .type = &submit_command_type,
                              .message = &command};
    (void)fixture_ask(year->run.fixture, &ask);
}
