/* SPDX-License-Identifier: Apache-2.0 */
/* Who may ask the router what, and tell it what. */
#include "rights.h"
#include "router_issue.h"

#define ISSUE UINT64_C(20260000001)
#define HOUR_US (INT64_C(3600) * US_PER_S)

static void follow(struct service_node *node, const struct message_type *type, const void *message,
                   const char *actor)
{
    const struct router_record record = {
        .type = type, .message = message, .issue = ISSUE, .generation = 1, .actor = actor};
    assert_true(service_node_follow(node, &record) > 0);
}

/* At the triage desk. */
static struct service_node *open_router(void)
{
    struct service_node *node = service_node_open(&router_service, "router", street);
    const struct reported_event event = desk_report();
    (void)service_node_follow_cadres(node, (const char *const[]){"cadre1", "cadre2"}, 2);
    follow(node, &reported_event_type, &event, "cadre1");
    return node;
}

static void to_work(struct service_node *node)
{
    struct err err = {0};
    struct change_reply change;
    const struct dispatch_command dispatch = {.issue = ISSUE, .lead = BYTES("urban")};
    const struct signed_event signature = {.department = BYTES("urban")};
    const struct contacted_event contact = {.department = BYTES("urban"), .words = BYTES("已联系")};
    assert_ok(
        service_node_command(node, "triage1", &dispatch_command_type, &dispatch, &change, &err));
    follow(node, &signed_event_type, &signature, "staff_urban_1");
    follow(node, &contacted_event_type, &contact, "staff_urban_1");
}

static void to_review(struct service_node *node)
{
    const struct answered_event event = {.department = BYTES("urban"),
                                         .outcome = (int)OUTCOME_SOLVED,
                                         .words = BYTES("已修好"),
                                         .evidence = BYTES("照片")};
    to_work(node);
    follow(node, &answered_event_type, &event, "staff_urban_1");
}

static void to_unsatisfied(struct service_node *node)
{
    struct err err = {0};
    struct change_reply change;
    const struct review_command review = {.issue = ISSUE, .ok = true};
    const struct told_event told = {.mode = (int)CONTACT_MODE_VISIT,
                                    .reaction = (int)REACTION_UNSATISFIED,
                                    .words = BYTES("已告知")};
    const struct called_back_event called = {.reached = (int)YES_NO_YES,
                                             .solved = (int)YES_NO_NO,
                                             .result = 1,
                                             .section = 1,
                                             .cadre = 3,
                                             .reasonable = (int)YES_NO_NO};
    to_review(node);
    assert_ok(service_node_command(node, "leader1", &review_command_type, &review, &change, &err));
    follow(node, &told_event_type, &told, "cadre1");
    follow(node, &called_back_event_type, &called, "supervisor1");
}

static void to_asked_wait(struct service_node *node)
{
    const struct wait_asked_event event = {.department = BYTES("urban"),
                                           .ground = (int)WAIT_GROUND_HOUSEHOLD,
                                           .until = {SERVICE_NODE_BEGIN_US + 100 * HOUR_US},
                                           .words = BYTES("等户主回来")};
    to_work(node);
    follow(node, &wait_asked_event_type, &event, "staff_urban_1");
}

static struct service_node *open_router_at_work(void)
{
    struct service_node *node = open_router();
    to_work(node);
    return node;
}

#define ISSUE_SEERS OVERSEERS SECTION PLACE "cadre1 leader1 first_responsible "

static void the_router_answers_whom_it_concerns(void **state)
{
    (void)state;
    const struct issue_query issue = {.issue = ISSUE};
    const struct issue_list_query issues = {0};
    const struct issue_list_query of_section = {.department = BYTES("urban")};
    const struct place_query place = {.issue = ISSUE};
    const struct verdict_query verdict = {.issue = ISSUE, .journal = {{0x11}}, .seq = 1};
    const struct agenda_query agenda = {0};
    const struct suggest_query suggest = {.title = BYTES("路灯"), .text = BYTES("路灯不亮")};
    const struct records_query records = {.issue = ISSUE};
    const struct call calls[] = {
        {CALL(issue_query, issue), .who = ISSUE_SEERS},
        {CALL(issue_list_query, issues), .who = EVERYBODY},
        {CALL(issue_list_query, of_section),
         .who = OVERSEERS SECTION PLACE OTHER_PLACE "cadre1 cadre2 leader1 first_responsible"},
        {CALL(place_query, place), .who = EVERYBODY},
        {CALL(verdict_query, verdict), .who = EVERYBODY},
        /* The operator has no duties. */
        {CALL(agenda_query, agenda), .who = STREET "cadre1 cadre2"},
        {CALL(suggest_query, suggest), .who = OFFICE "operator"},
        {CALL(records_query, records), .who = ISSUE_SEERS},
    };
    check_queries(CALLS(open_router_at_work, calls));
}

static void the_router_takes_commands_of_those_whose_they_are(void **state)
{
    (void)state;
    const struct dispatch_command dispatch = {.issue = ISSUE, .lead = BYTES("urban")};
    const struct ask_info_command ask_info = {.issue = ISSUE, .words = BYTES("哪里")};
    const struct review_command pass = {.issue = ISSUE, .ok = true};
    const struct review_command redo = {.issue = ISSUE, .redo = true, .reason = BYTES("不清楚")};
    const struct close_unsatisfied_command close = {.issue = ISSUE, .reason = BYTES("诉求不合理")};
    const struct suspend_command suspend = {.issue = ISSUE, .ok = true};
    const struct correct_command correct = {
        .issue = ISSUE, .urgency = (int)URGENCY_COMPLEX, .reason = BYTES("涉及多户")};
    const struct urge_command urge = {.issue = ISSUE, .words = BYTES("请尽快上门")};
    const struct supervise_command supervise = {
        .issue = ISSUE, .level = 1, .until = BYTES("3wd"), .words = BYTES("请抓紧")};
    const struct call calls[] = {
        {CALL(dispatch_command, dispatch), .who = "triage1"},
        {CALL(ask_info_command, ask_info), .who = "triage1"},
        {CALL(review_command, pass), .who = "leader1 office_head", .prepare = to_review},
        {CALL(review_command, redo), .who = "leader1 office_head", .prepare = to_review},
        {CALL(close_unsatisfied_command, close), .who = "office_head", .prepare = to_unsatisfied},
        {CALL(suspend_command, suspend), .who = OFFICE, .prepare = to_asked_wait},
        {CALL(correct_command, correct), .who = OFFICE, .prepare = to_work},
        {CALL(urge_command, urge), .who = OFFICE "leader1 secretary_c01", .prepare = to_work},
        {CALL(supervise_command, supervise),
         .who = "office_head leader1 leader3 first_responsible supervisor1", .prepare = to_work},
    };
    check_commands(CALLS(open_router, calls), street);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_router_answers_whom_it_concerns),
        cmocka_unit_test(the_router_takes_commands_of_those_whose_they_are),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
