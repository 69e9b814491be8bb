/* SPDX-License-Identifier: Apache-2.0 */
/* Who hears of a deadline: those who stand in the ladder, and nobody else. */
#include "service_calls.h"

#include "domain/words.h"
#include "router/router.h"
#include "service_node.h"

#define ISSUE UINT64_C(20260000001)

static struct config *config;

static int open_node(void **state)
{
    *state = service_node_open(&router_service, "router", config);
    return 0;
}

static int close_node(void **state)
{
    service_node_check_rebuild(*state);
    service_node_close(*state);
    return 0;
}

static void follow(struct service_node *node, const struct message_type *type, const void *message,
                   const char *actor)
{
    struct router_record record = {
        .type = type, .message = message, .issue = ISSUE, .generation = 1, .actor = actor};
    assert_true(service_node_follow(node, &record) > 0);
}

/* At the triage desk. */
static void report(struct service_node *node, enum urgency urgency)
{
    struct reported_event event = {.household = BYTES("h1"),
                                   .cadre = BYTES("cadre1"),
                                   .kind = (int)KIND_DEMAND,
                                   .urgency = (int)urgency,
                                   .source = (int)SOURCE_CADRE,
                                   .area = BYTES("c01v02"),
                                   .category = BYTES("urban_other"),
                                   .title = BYTES("想请街道帮忙"),
                                   .text = BYTES("家里的事情说不清楚")};
    follow(node, &reported_event_type, &event, "cadre1");
}

/* With section urban (head_urban, leader1), signed. */
static void hand_over(struct service_node *node)
{
    struct err err = {0};
    struct change_reply change;
    struct dispatch_command ask = {.issue = ISSUE, .lead = BYTES("urban")};
    struct signed_event signed_fact = {.department = BYTES("urban")};
    assert_ok(service_node_command(node, "triage1", &dispatch_command_type, &ask, &change, &err));
    follow(node, &signed_event_type, &signed_fact, "staff_urban_1");
}

static void answer(struct service_node *node)
{
    struct answered_event event = {.department = BYTES("urban"),
                                   .outcome = (int)OUTCOME_SOLVED,
                                   .words = BYTES("修好了"),
                                   .evidence = BYTES("照片")};
    follow(node, &answered_event_type, &event, "staff_urban_1");
}

static void review(struct service_node *node)
{
    struct err err = {0};
    struct change_reply change;
    struct review_command ask = {.issue = ISSUE, .ok = true};
    assert_ok(service_node_command(node, "leader1", &review_command_type, &ask, &change, &err));
}

static struct issue_view look(struct service_node *node)
{
    struct err err = {0};
    struct issue_view view;
    struct issue_query query = {.issue = ISSUE};
    assert_ok(service_node_ask(node, "operator", &issue_query_type, &query, &view, &err));
    return view;
}

static struct due_part due_of(struct service_node *node, enum stage stage)
{
    struct issue_view view = look(node);
    struct list_cursor cursor = list_begin(&view.due);
    struct due_part part;
    while (list_next_message(&cursor, &due_part_type, &part)) {
        if (part.stage == (int)stage) {
            return part;
        }
    }
    fail_msg("no clock of %s runs", stage_word(stage));
    return part;
}

/* What the stage's clock says last when time comes to `after_us` behind its due time. */
static struct clock_event wait_for_news(struct service_node *node, enum stage stage,
                                        int64_t after_us)
{
    struct clock_event event;
    service_node_wait(node, (struct wall){due_of(node, stage).due_at.us + after_us});
    (void)service_node_last(node, &clock_event_type, &event);
    assert_int_equal(event.stage, stage);
    return event;
}

/* Exactly these are told; they end with NULL. */
static void assert_told(const struct clock_event *event, const char *const people[])
{
    struct list_cursor cursor = list_begin(&event->notify);
    struct bytes person;
    for (uint32_t i = 0; people[i] != NULL; i++) {
        assert_true(list_next_bytes(&cursor, &person));
        assert_text(person, people[i]);
    }
    assert_false(list_next_bytes(&cursor, &person));
}

#define PEOPLE(...) ((const char *const[]){__VA_ARGS__, NULL})

static void at_the_triage_desk_the_clerks_are_the_handlers(void **state)
{
    report(*state, URGENCY_GENERAL);

    struct clock_event event = wait_for_news(*state, STAGE_TRIAGE, -US_PER_S);

    assert_int_equal(event.news, CLOCK_NEWS_WARNED);
    assert_told(&event, PEOPLE("triage1", "triage2"));
    event = wait_for_news(*state, STAGE_TRIAGE, 0);
    assert_int_equal(event.news, CLOCK_NEWS_OVERDUE);
    assert_told(&event, PEOPLE("triage1", "triage2", "office_head"));
}

static void a_late_review_is_told_to_the_leader_whose_review_is_missing(void **state)
{
    report(*state, URGENCY_GENERAL);
    hand_over(*state);
    answer(*state);

    struct clock_event event = wait_for_news(*state, STAGE_REVIEW, 0);

    assert_int_equal(event.news, CLOCK_NEWS_OVERDUE);
    assert_told(&event, PEOPLE("leader1", "office_head"));
}

static void a_late_feedback_is_told_to_the_cadre_and_the_secretary_of_the_community(void **state)
{
    report(*state, URGENCY_GENERAL);
    hand_over(*state);
    answer(*state);
    review(*state);

    struct clock_event event = wait_for_news(*state, STAGE_FEEDBACK, 0);

    assert_int_equal(event.news, CLOCK_NEWS_OVERDUE);
    assert_told(&event, PEOPLE("cadre1", "secretary_c01"));
}

static void a_late_first_contact_is_told_to_the_section_alone(void **state)
{
    report(*state, URGENCY_EMERGENCY);
    hand_over(*state);

    struct clock_event event = wait_for_news(*state, STAGE_FIRST_CONTACT, 0);

    assert_int_equal(event.news, CLOCK_NEWS_OVERDUE);
    assert_told(&event, PEOPLE("staff_urban_1", "staff_urban_2", "staff_urban_3", "head_urban"));
}

/* The end of a suspension that reaches into a year without a calendar was decided, not computed. */
static void the_decided_end_of_a_suspension_is_never_provisional(void **state)
{
    struct err err = {0};
    struct change_reply change;
    struct wall begun = {SERVICE_NODE_BEGIN_US + INT64_C(300) * S_PER_DAY * US_PER_S};
    struct wall until = {begun.us + INT64_C(10) * S_PER_DAY * US_PER_S};
    service_node_set_now(*state, begun); /* 2026-12-27 */
    report(*state, URGENCY_COMPLEX);
    hand_over(*state);
    assert_true(due_of(*state, STAGE_HANDLE).is_provisional);
    struct wait_asked_event event = {.department = BYTES("urban"),
                                     .ground = (int)WAIT_GROUND_SEASON,
                                     .until = until,
                                     .words = BYTES("等到天暖")};
    follow(*state, &wait_asked_event_type, &event, "staff_urban_1");
    struct suspend_command ask = {.issue = ISSUE, .ok = true};
    assert_ok(service_node_command(*state, "triage1", &suspend_command_type, &ask, &change, &err));

    struct due_part due = due_of(*state, STAGE_SUSPEND);

    assert_int_equal(due.due_at.us, until.us);
    assert_false(due.is_provisional);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_node, close_node)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(at_the_triage_desk_the_clerks_are_the_handlers),
        TEST(a_late_review_is_told_to_the_leader_whose_review_is_missing),
        TEST(a_late_feedback_is_told_to_the_cadre_and_the_secretary_of_the_community),
        TEST(a_late_first_contact_is_told_to_the_section_alone),
        TEST(the_decided_end_of_a_suspension_is_never_provisional),
    };
    config = street_open();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    config_close(config);
    return failed;
}
