/* SPDX-License-Identifier: Apache-2.0 */
/* Questions, first contact, suspensions and corrections, as the router answers them. */
#include "router_issue.h"

#define ISSUE UINT64_C(20260000001)
#define MINUTE_US (INT64_C(60) * US_PER_S)
#define HOUR_US (60 * MINUTE_US)
#define H(hours) ((hours)*60)

static void set_hours(struct service_node *node, int64_t hours)
{
    service_node_set_now(node, (struct wall){SERVICE_NODE_BEGIN_US + hours * HOUR_US});
}

/* A fact of intake or of a section; it has one answer. */
static void put_fact(struct service_node *node, const struct message_type *type,
                     const void *message, const char *actor)
{
    struct router_record record = {
        .type = type, .message = message, .issue = ISSUE, .generation = 1, .actor = actor};
    assert_true(service_node_follow(node, &record) > 0);
}

static void report(struct service_node *node)
{
    struct reported_event event = {.household = BYTES("h1"),
                                   .cadre = BYTES("cadre1"),
                                   .kind = (int)KIND_ENQUIRY,
                                   .urgency = (int)URGENCY_GENERAL,
                                   .source = (int)SOURCE_CADRE,
                                   .area = BYTES("c01v02"),
                                   .category = BYTES("urban_other"),
                                   .title = BYTES("想请街道帮忙"),
                                   .text = BYTES("家里的事情说不清楚")};
    put_fact(node, &reported_event_type, &event, "cadre1");
}

static struct issue_view look(struct service_node *node)
{
    return ask_issue(node, "operator", ISSUE);
}

/* When the clock of a stage is due; 0: it has none. */
static int64_t due_of(struct service_node *node, enum stage stage, bool *ret_is_paused)
{
    struct issue_view view = look(node);
    struct list_cursor cursor = list_begin(&view.due);
    struct due_part part;
    while (list_next_message(&cursor, &due_part_type, &part)) {
        if (part.stage == (int)stage) {
            *ret_is_paused = part.is_paused;
            return part.due_at.us;
        }
    }
    return 0;
}

/* Due so many minutes after the node's beginning; 0: there is no such clock. */
static void assert_clock(struct service_node *node, enum stage stage, int64_t minutes,
                         bool is_paused)
{
    bool found_paused = false;
    int64_t due = due_of(node, stage, &found_paused);
    assert_int_equal(due, minutes == 0 ? 0 : SERVICE_NODE_BEGIN_US + minutes * MINUTE_US);
    assert_int_equal(found_paused, is_paused);
}

static void assert_set_aside(struct service_node *node, const char *part)
{
    struct set_aside_event event;
    (void)service_node_last(node, &set_aside_event_type, &event);
    assert_int_not_equal(event.state, STATE_NONE);
    char reason[500];
    (void)snprintf(reason, sizeof reason, "%.*s", BYTES_FMT(event.reason));
    if (strstr(reason, part) == NULL) {
        fail_msg("'%s' does not say '%s'", reason, part);
    }
}

static enum status command(struct service_node *node, const char *person,
                           const struct message_type *type, const void *message, struct err *err)
{
    struct change_reply change;
    *err = (struct err){0};
    return service_node_command(node, person, type, message, &change, err);
}

static void ask_info(struct service_node *node)
{
    struct err err;
    struct ask_info_command ask = {.issue = ISSUE, .words = BYTES("请补充地点")};
    assert_ok(command(node, "triage1", &ask_info_command_type, &ask, &err));
}

static void inform(struct service_node *node, const char *person)
{
    struct informed_event event = {.words = BYTES("在村口")};
    put_fact(node, &informed_event_type, &event, person);
}

/* In the hands of section urban, whose clock of handling ends on Thursday at 17:00. */
static void hand_over(struct service_node *node)
{
    struct err err;
    struct dispatch_command ask = {.issue = ISSUE, .lead = BYTES("urban")};
    struct signed_event signed_fact = {.department = BYTES("urban")};
    assert_ok(command(node, "triage1", &dispatch_command_type, &ask, &err));
    put_fact(node, &signed_event_type, &signed_fact, "staff_urban_1");
    assert_int_equal(look(node).state, STATE_IN_PROGRESS);
}

static void dispatch(struct service_node *node)
{
    report(node);
    hand_over(node);
}

static void ask_to_wait(struct service_node *node, enum wait_ground ground, int64_t until_hours,
                        const char *person)
{
    struct wait_asked_event event = {.department = BYTES("urban"),
                                     .ground = (int)ground,
                                     .until = {SERVICE_NODE_BEGIN_US + until_hours * HOUR_US},
                                     .words = BYTES("等户主回来")};
    put_fact(node, &wait_asked_event_type, &event, person);
}

static void let_wait(struct service_node *node)
{
    struct err err;
    struct suspend_command ask = {.issue = ISSUE, .ok = true};
    assert_ok(command(node, "office_head", &suspend_command_type, &ask, &err));
    assert_int_equal(look(node).state, STATE_SUSPENDED);
}

static void a_question_pauses_triage_until_the_cadre_answers(void **state)
{
    struct service_node *node = *state;
    report(node);
    assert_clock(node, STAGE_TRIAGE, H(32), false);
    set_hours(node, 1);
    ask_info(node);
    assert_int_equal(look(node).state, STATE_NEED_INFO);
    assert_clock(node, STAGE_TRIAGE, H(32), true);
    assert_clock(node, STAGE_INFO, H(56), false);
    set_hours(node, 3);
    inform(node, "cadre2");
    assert_set_aside(node, "the cadre who owns its feedback");
    inform(node, "cadre1");
    assert_int_equal(look(node).state, STATE_TRIAGE);
    /* Two working hours after closing time on Tuesday. */
    assert_clock(node, STAGE_TRIAGE, H(49) + 30, false);
    assert_clock(node, STAGE_INFO, 0, false);
}

static void a_question_is_the_clerk_s_and_comes_before_dispatch(void **state)
{
    struct service_node *node = *state;
    struct err err;
    struct ask_info_command ask = {.issue = ISSUE, .words = BYTES("请补充地点")};
    assert_status(command(node, "triage1", &ask_info_command_type, &ask, &err), STATUS_NOT_FOUND);
    dispatch(node);
    assert_status(command(node, "leader1", &ask_info_command_type, &ask, &err), STATUS_REFUSED);
    assert_says(&err, "", "issue ask-info");
    assert_status(command(node, "triage1", &ask_info_command_type, &ask, &err), STATUS_REFUSED);
}

static void what_the_household_says_first_is_its_first_contact(void **state)
{
    struct service_node *node = *state;
    dispatch(node);
    assert_clock(node, STAGE_FIRST_CONTACT, H(32), false);
    inform(node, "cadre1");
    assert_clock(node, STAGE_FIRST_CONTACT, 0, false);
    assert_true(look(node).is_contacted);
    struct contacted_event event = {.department = BYTES("urban"), .words = BYTES("已联系")};
    put_fact(node, &contacted_event_type, &event, "staff_urban_1");
    assert_set_aside(node, "the first contact is on record");
}

static void the_first_contact_is_the_lead_section_s(void **state)
{
    struct service_node *node = *state;
    dispatch(node);
    struct contacted_event event = {.department = BYTES("urban"), .words = BYTES("已联系")};
    put_fact(node, &contacted_event_type, &event, "staff_civil_1");
    assert_set_aside(node, "the staff of its lead section");
    event.words = (struct bytes){0};
    put_fact(node, &contacted_event_type, &event, "staff_urban_1");
    assert_set_aside(node, "words are missing");
    event.words = BYTES("已联系");
    put_fact(node, &contacted_event_type, &event, "staff_urban_1");
    assert_clock(node, STAGE_FIRST_CONTACT, 0, false);
    assert_clock(node, STAGE_HANDLE, H(80), false);
}

static void a_suspension_stops_handling_until_the_section_goes_on(void **state)
{
    struct service_node *node = *state;
    dispatch(node);
    set_hours(node, 1);
    ask_to_wait(node, WAIT_GROUND_SEASON, 100, "staff_urban_1");
    assert_clock(node, STAGE_HANDLE, H(80), false);
    let_wait(node);
    assert_clock(node, STAGE_HANDLE, H(80), true);
    assert_clock(node, STAGE_SUSPEND, H(100), false);
    set_hours(node, 3);
    inform(node, "cadre1");
    assert_set_aside(node, "it is not the household that is waited for");
    struct resumed_event event = {.department = BYTES("urban"), .words = BYTES("雨停了")};
    put_fact(node, &resumed_event_type, &event, "staff_civil_1");
    assert_set_aside(node, "the staff of its lead section");
    put_fact(node, &resumed_event_type, &event, "staff_urban_1");
    assert_int_equal(look(node).state, STATE_IN_PROGRESS);
    /* Two working hours after closing time on Thursday. */
    assert_clock(node, STAGE_HANDLE, H(97) + 30, false);
    assert_clock(node, STAGE_SUSPEND, 0, false);
}

static void a_suspension_is_asked_for_by_the_section_within_the_limit(void **state)
{
    struct service_node *node = *state;
    report(node);
    ask_to_wait(node, WAIT_GROUND_SEASON, 100, "staff_urban_1");
    assert_set_aside(node, "triage");
    hand_over(node);
    ask_to_wait(node, WAIT_GROUND_SEASON, 100, "staff_civil_1");
    assert_set_aside(node, "the staff of its lead section");
    ask_to_wait(node, WAIT_GROUND_NONE, 100, "staff_urban_1");
    assert_set_aside(node, "the ground is missing");
    ask_to_wait(node, WAIT_GROUND_SEASON, 0, "staff_urban_1");
    assert_set_aside(node, "lies behind us");
    ask_to_wait(node, WAIT_GROUND_SEASON, 24 * 30, "staff_urban_1");
    assert_set_aside(node,
                     "beyond the limit of deadlines.yaml, which is 2026-03-23T17:00:00+08:00");
    ask_to_wait(node, WAIT_GROUND_SEASON, 100, "staff_urban_1");
    ask_to_wait(node, WAIT_GROUND_SEASON, 100, "staff_urban_1");
    assert_set_aside(node, "asked for already");
}

static void the_last_day_that_is_allowed_is_allowed_as_far_as_it_is(void **state)
{
    struct service_node *node = *state;
    dispatch(node);
    ask_to_wait(node, WAIT_GROUND_SEASON, 21 * 24 + 14, "staff_urban_1"); /* 23 March, 23:00 */
    let_wait(node);
    assert_clock(node, STAGE_SUSPEND, H(21 * 24 + 8), false);
}

static void the_office_says_yes_or_no_and_why_not(void **state)
{
    struct service_node *node = *state;
    struct err err;
    struct suspend_command ask = {.issue = ISSUE, .ok = true, .no = true};
    dispatch(node);
    assert_status(command(node, "triage1", &suspend_command_type, &ask, &err), STATUS_INVALID);
    assert_says(&err, "ok", "either --ok, or --no");
    ask.no = false;
    assert_status(command(node, "triage1", &suspend_command_type, &ask, &err), STATUS_REFUSED);
    ask_to_wait(node, WAIT_GROUND_SEASON, 100, "staff_urban_1");
    assert_status(command(node, "leader1", &suspend_command_type, &ask, &err), STATUS_FORBIDDEN);
    ask = (struct suspend_command){.issue = ISSUE, .no = true};
    assert_status(command(node, "triage1", &suspend_command_type, &ask, &err), STATUS_INVALID);
    assert_says(&err, "reason", "a reason is missing");
    ask.reason = BYTES("可以先办");
    assert_ok(command(node, "triage1", &suspend_command_type, &ask, &err));
    assert_int_equal(look(node).wait_ground, 0);
    assert_clock(node, STAGE_HANDLE, H(80), false);
}

static void a_household_s_answer_ends_what_waits_for_it(void **state)
{
    struct service_node *node = *state;
    dispatch(node);
    set_hours(node, 1);
    ask_to_wait(node, WAIT_GROUND_HOUSEHOLD, 100, "staff_urban_1");
    let_wait(node);
    set_hours(node, 2);
    inform(node, "cadre1");
    assert_int_equal(look(node).state, STATE_IN_PROGRESS);
    assert_clock(node, STAGE_HANDLE, H(96) + 30, false);
}

static void a_correction_counts_deadlines_from_their_start(void **state)
{
    struct service_node *node = *state;
    struct err err;
    struct correct_command ask = {.issue = ISSUE, .reason = BYTES("分类有误")};
    dispatch(node);
    set_hours(node, 30);
    assert_status(command(node, "office_head", &correct_command_type, &ask, &err), STATUS_INVALID);
    assert_says(&err, "category", "nothing would change");
    ask.urgency = (int)URGENCY_UTILITY;
    assert_status(command(node, "leader1", &correct_command_type, &ask, &err), STATUS_FORBIDDEN);
    ask.category = BYTES("nowhere");
    assert_status(command(node, "triage1", &correct_command_type, &ask, &err), STATUS_INVALID);
    ask.category = BYTES("noise");
    assert_ok(command(node, "triage1", &correct_command_type, &ask, &err));
    /* A day from its beginning on Monday, which is over. */
    assert_clock(node, STAGE_HANDLE, H(24), false);
    ask = (struct correct_command){
        .issue = ISSUE, .kind = (int)KIND_DEMAND, .urgency = (int)URGENCY_GENERAL};
    ask.reason = BYTES("分类有误");
    assert_ok(command(node, "triage1", &correct_command_type, &ask, &err));
    struct issue_view view = look(node);
    assert_int_equal(view.kind, KIND_DEMAND);
    assert_text(view.category, "noise");
    bool is_paused;
    /* Seven days, to their end. */
    assert_int_equal(due_of(node, STAGE_HANDLE, &is_paused),
                     SERVICE_NODE_BEGIN_US + (7 * 24 + 15) * HOUR_US - US_PER_S);
}

#define with_node(test) cmocka_unit_test_setup_teardown(test, open_new_router, close_rebuilt_node)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_node(a_question_pauses_triage_until_the_cadre_answers),
        with_node(a_question_is_the_clerk_s_and_comes_before_dispatch),
        with_node(what_the_household_says_first_is_its_first_contact),
        with_node(the_first_contact_is_the_lead_section_s),
        with_node(a_suspension_stops_handling_until_the_section_goes_on),
        with_node(a_suspension_is_asked_for_by_the_section_within_the_limit),
        with_node(the_last_day_that_is_allowed_is_allowed_as_far_as_it_is),
        with_node(the_office_says_yes_or_no_and_why_not),
        with_node(a_household_s_answer_ends_what_waits_for_it),
        with_node(a_correction_counts_deadlines_from_their_start),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
