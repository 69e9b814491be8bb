/* SPDX-License-Identifier: Apache-2.0 */
/* What people do about an issue when their time has come. */
#include "year/year.h"

#include "config/config.h"

#include <stdio.h>

/* One act on one issue. */
struct act {
    struct year *year;
    uint64_t issue;
    const struct issue_row *row;
    const struct leg_part *leg; /* of a section's deed */
    uint32_t generation;
};

static void send(const struct act *act, struct fixture_part *part, const char *person,
                 const struct message_type *type, const void *message)
{
    struct fixture *fixture = act->year->run.fixture;
    struct fixture_ask ask = {.part = part, .person = person, .type = type, .message = message};
    (void)fixture_ask(fixture, &ask);
    if (people_chance(act->year, 8)) {
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
    if (assist != lead && people_chance(year, 200)) {
        list_put_bytes(&command.assist, &out, office->departments[assist].id);
        list_end(&command.assist, &out);
    }
    send(act, year->run.router, people_chance(year, 500) ? "triage1" : "triage2",
         &dispatch_command_type, &command);
    buf_done(&out);
}

static void ask_info(const struct act *act)
{
    struct ask_info_command command = {.issue = act->issue,
                                       .words = BYTES("请补充具体地点和联系人。"),
                                       .generation = act->generation};
    send(act, act->year->run.router, "triage1", &ask_info_command_type, &command);
}

/* Twice at most, and not where nobody could answer. */
static void triage(const struct act *act)
{
    if (act->row->now.questions < 2 && people_chance(act->year, 200)) {
        ask_info(act);
    } else {
        dispatch(act);
    }
}

static void inform(const struct act *act)
{
    char owner[WORD_MAX_BYTES + 1];
    (void)snprintf(owner, sizeof owner, "%.*s", BYTES_FMT(act->row->now.owner));
    struct info_command command = {.issue = act->issue,
                                   .words = BYTES("在村口小桥旁，找户主本人。"),
                                   .generation = act->generation};
    send(act, act->year->run.intake, owner, &info_command_type, &command);
}

static void correct(const struct act *act)
{
    struct dice *dice = &act->year->dice;
    struct correct_command command = {.issue = act->issue,
                                      .urgency = 1 + (int)dice_below(dice, URGENCY_COUNT - 1),
                                      .kind = (int)dice_below(dice, KIND_COUNT),
                                      .reason = BYTES("分类有误。"),
                                      .generation = act->generation};
    send(act, act->year->run.router, people_chance(act->year, 500) ? "triage1" : "office_head",
         &correct_command_type, &command);
}

static void decide_wait(const struct act *act)
{
    bool agrees = people_chance(act->year, 750);
    struct suspend_command command = {.issue = act->issue,
                                      .ok = agrees,
                                      .no = !agrees,
                                      .reason = agrees ? (struct bytes){0} : BYTES("可以先办。"),
                                      .generation = act->generation};
    send(act, act->year->run.router, "office_head", &suspend_command_type, &command);
}

static void section_does(const struct act *act, const struct message_type *type,
                         const void *message)
{
    char staff[WORD_MAX_BYTES + 16];
    (void)snprintf(staff, sizeof staff, "staff_%.*s_%d", BYTES_FMT(act->leg->department),
                   people_chance(act->year, 500) ? 1 : 2);
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
                                     .outcome = people_chance(act->year, 150) ? OUTCOME_PARTLY
                                                                              : OUTCOME_SOLVED,
                                     .words = BYTES("已处理完毕。"),
                                     .evidence = BYTES("照片两张。"),
                                     .generation = act->generation};
    if (act->leg->role == (int)LEG_ROLE_LEAD && people_chance(act->year, 70)) {
        propose(act);
    } else {
        section_does(act, &answer_command_type, &command);
    }
}

static void contact(const struct act *act)
{
    struct contact_command command = {.issue = act->issue,
                                      .department = act->leg->department,
                                      .words = BYTES("已电话联系。"),
                                      .generation = act->generation};
    if (people_chance(act->year, 150)) {
        inform(act); /* the cadre was there first */
    } else {
        section_does(act, &contact_command_type, &command);
    }
}

static void ask_to_wait(const struct act *act)
{
    struct dice *dice = &act->year->dice;
    int64_t hours = 6 + (int64_t)dice_below(dice, 24 * 12);
    struct wait_command command = {
        .issue = act->issue,
        .department = act->leg->department,
        .ground = 1 + (int)dice_below(dice, WAIT_GROUND_COUNT - 1),
        .until = {act->year->run.fixture->now.us + hours * 3600 * US_PER_S},
        .words = BYTES("等户主回来。"),
        .generation = act->generation};
    section_does(act, &wait_command_type, &command);
}

static void go_on(const struct act *act)
{
    struct resume_command command = {.issue = act->issue,
                                     .department = act->leg->department,
                                     .words = BYTES("户主已回来。"),
                                     .generation = act->generation};
    section_does(act, &resume_command_type, &command);
}

static void review(const struct act *act)
{
    char leader[WORD_MAX_BYTES + 1];
    bool passes = act->row->now.redo > 1 || people_chance(act->year, 920);
    (void)snprintf(leader, sizeof leader, "%.*s", BYTES_FMT(act->row->now.leader));
    /* What cannot be solved needs both; otherwise the office helps out now and then. */
    bool is_second = act->row->now.reviews != 0;
    bool by_head = is_second || (act->row->now.proposed != (int)OUTCOME_EXPLAINED &&
                                 people_chance(act->year, 100));
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
    if (!is_hard && people_chance(act->year, 870)) {
        bool is_content = people_chance(act->year, 900);
        command.reached = YES_NO_YES;
        command.solved = is_content ? YES_NO_YES : YES_NO_NO;
        command.result = is_content ? 3 + (uint32_t)dice_below(&act->year->dice, 3) : 2;
        command.section = 4;
        command.cadre = 5;
        command.reasonable = people_chance(act->year, 300) ? YES_NO_NO : YES_NO_YES;
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
    uint32_t states; /* it can be done in */
    bool is_by_lead; /* the lead section does it */
} acts[DEED_COUNT] = {
#define IN(state) (UINT32_C(1) << STATE_##state)
    [DEED_DISPATCH] = {triage, IN(TRIAGE), false},
    [DEED_INFORM] = {inform, IN(NEED_INFO), false},
    [DEED_SIGN] = {sign, IN(DISPATCHED) | IN(IN_PROGRESS), false},
    [DEED_PROGRESS] = {progress, IN(DISPATCHED) | IN(IN_PROGRESS), false},
    [DEED_ANSWER] = {answer, IN(DISPATCHED) | IN(IN_PROGRESS), false},
    [DEED_CONTACT] = {contact, IN(IN_PROGRESS) | IN(SUSPENDED), true},
    [DEED_WAIT] = {ask_to_wait, IN(IN_PROGRESS), true},
    [DEED_DECIDE_WAIT] = {decide_wait, IN(IN_PROGRESS), false},
    [DEED_RESUME] = {go_on, IN(SUSPENDED), true},
    [DEED_CORRECT] = {correct, IN(DISPATCHED) | IN(IN_PROGRESS), false},
    [DEED_REVIEW] = {review, IN(REVIEW), false},
    [DEED_FEEDBACK] = {feedback, IN(FEEDBACK), false},
    [DEED_CALLBACK] = {call_back, IN(CALLBACK), false},
    [DEED_CLOSE] = {close_unsatisfied, IN(CALLBACK), false},
#undef IN
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

static bool find_lead(const struct issue_row *row, struct leg_part *ret_leg)
{
    struct list_cursor cursor = list_begin(&row->now.legs);
    while (list_next_message(&cursor, &leg_part_type, ret_leg)) {
        if (ret_leg->role == (int)LEG_ROLE_LEAD) {
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
            (leg.state == (int)LEG_STATE_DISPATCHED || people_is_at_work(&leg))) {
            return true;
        }
    }
    return false;
}

/* Whether a section's deed can still be done. */
static bool is_leg_ready(const struct act *act, enum deed_kind kind)
{
    if (kind == DEED_SIGN) {
        return act->leg != NULL && act->leg->state == (int)LEG_STATE_DISPATCHED;
    }
    return act->leg != NULL && people_is_at_work(act->leg) &&
           (kind == DEED_PROGRESS || act->leg->role != (int)LEG_ROLE_LEAD ||
            !waits_for_assist(act->row));
}

static bool is_ready(const struct act *act, enum deed_kind kind)
{
    const struct issue_part *now = &act->row->now;
    if ((acts[kind].states >> now->state & 1) == 0) {
        return false;
    }
    switch (kind) {
    case DEED_SIGN:
    case DEED_PROGRESS:
    case DEED_ANSWER:
        return is_leg_ready(act, kind);
    case DEED_CONTACT:
        return act->leg != NULL && !now->is_contacted;
    case DEED_WAIT:
        return act->leg != NULL && now->wait_ground == 0;
    case DEED_DECIDE_WAIT:
        return now->wait_ground != 0;
    case DEED_RESUME:
        return act->leg != NULL;
    case DEED_CALLBACK:
        return !now->is_unsatisfied;
    case DEED_CLOSE:
        return now->is_unsatisfied;
    case DEED_HAND_OVER:
    case DEED_LEAVE:
    case DEED_KEEP:
    case DEED_READ:
    case DEED_NONE:
    case DEED_DISPATCH:
    case DEED_INFORM:
    case DEED_CORRECT:
    case DEED_REVIEW:
    case DEED_FEEDBACK:
    case DEED_COUNT:
        break;
    }
    return true;
}

static void forget(struct year *year, const struct deed *deed)
{
    struct awaited *awaited = people_awaited(year, deed->issue);
    if (deed->kind == DEED_SIGN) {
        awaited->legs[deed->leg] &= (uint8_t)~LEG_SIGNS;
    } else if (deed->kind == DEED_ANSWER) {
        awaited->legs[deed->leg] &= (uint8_t)~LEG_ANSWERS;
    } else {
        awaited->deeds &= ~(1U << deed->kind);
    }
}

static bool do_without_issue(struct year *year, const struct deed *deed)
{
    if (deed->kind == DEED_HAND_OVER || deed->kind == DEED_LEAVE) {
        handovers_do(year, deed);
    } else if (deed->kind == DEED_READ) {
        readers_do(year, deed);
    } else if (deed->kind == DEED_KEEP) {
        tours_keep(year, deed);
    }
    return deed->issue == 0;
}

void people_do(struct year *year, const struct deed *deed)
{
    struct fixture_look look;
    struct issue_row row;
    struct leg_part leg;
    if (do_without_issue(year, deed)) {
        return;
    }
    fixture_begin_look(year->run.router, &look);
    assert_true(office_read_issue(&look, deed->issue, &row));
    bool has_leg =
        acts[deed->kind].is_by_lead ? find_lead(&row, &leg) : find_leg(&row, deed->leg, &leg);
    struct act act = {.year = year,
                      .issue = deed->issue,
                      .row = &row,
                      .leg = has_leg ? &leg : NULL,
                      .generation = people_chance(year, 500) ? row.now.generation : 0};
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
