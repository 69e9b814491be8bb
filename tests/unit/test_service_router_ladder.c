/* SPDX-License-Identifier: Apache-2.0 */
/* Who hears of a deadline: those who stand in the ladder, and nobody else. */
#include "router_issue.h"

#define ISSUE UINT64_C(20260000001)

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

static void dispatch(struct service_node *node, struct dispatch_command *ask)
{
    struct err err = {0};
    struct change_reply change;
    ask->issue = ISSUE;
    ask->lead = BYTES("urban");
    assert_ok(service_node_command(node, "triage1", &dispatch_command_type, ask, &change, &err));
}

static void sign(struct service_node *node, const char *department, const char *person)
{
    struct signed_event event = {.department = bytes_of_string(department)};
    follow(node, &signed_event_type, &event, person);
}

/* With section urban (head_urban, leader1), signed. */
static void hand_over(struct service_node *node)
{
    dispatch(node, &(struct dispatch_command){0});
    sign(node, "urban", "staff_urban_1");
}

/* With urban, which civil and health assist. */
static void give_to_three(struct service_node *node)
{
    struct buf sections = {0};
    struct dispatch_command ask = {0};
    list_put_bytes(&ask.assist, &sections, BYTES("civil"));
    list_put_bytes(&ask.assist, &sections, BYTES("health"));
    list_end(&ask.assist, &sections);
    dispatch(node, &ask);
    buf_done(&sections);
}

static void answer(struct service_node *node, const char *department, const char *person)
{
    struct answered_event event = {.department = bytes_of_string(department),
                                   .outcome = (int)OUTCOME_SOLVED,
                                   .words = BYTES("修好了"),
                                   .evidence = BYTES("照片")};
    follow(node, &answered_event_type, &event, person);
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
    return ask_issue(node, "operator", ISSUE);
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
static void assert_told(const struct list *notify, const char *const people[])
{
    struct list_cursor cursor = list_begin(notify);
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
    assert_told(&event.notify, PEOPLE("triage1", "triage2"));
    event = wait_for_news(*state, STAGE_TRIAGE, 0);
    assert_int_equal(event.news, CLOCK_NEWS_OVERDUE);
    assert_told(&event.notify, PEOPLE("triage1", "triage2", "office_head"));
}

static void a_late_review_is_told_to_the_leader_whose_review_is_missing(void **state)
{
    report(*state, URGENCY_GENERAL);
    hand_over(*state);
    answer(*state, "urban", "staff_urban_1");

    struct clock_event event = wait_for_news(*state, STAGE_REVIEW, 0);

    assert_int_equal(event.news, CLOCK_NEWS_OVERDUE);
    assert_told(&event.notify, PEOPLE("leader1", "office_head"));
}

static void a_late_feedback_is_told_to_the_cadre_and_the_secretary_of_the_community(void **state)
{
    report(*state, URGENCY_GENERAL);
    hand_over(*state);
    answer(*state, "urban", "staff_urban_1");
    review(*state);

    struct clock_event event = wait_for_news(*state, STAGE_FEEDBACK, 0);

    assert_int_equal(event.news, CLOCK_NEWS_OVERDUE);
    assert_told(&event.notify, PEOPLE("cadre1", "secretary_c01"));
}

static void a_late_first_contact_is_told_to_the_section_alone(void **state)
{
    report(*state, URGENCY_EMERGENCY);
    hand_over(*state);

    struct clock_event event = wait_for_news(*state, STAGE_FIRST_CONTACT, 0);

    assert_int_equal(event.news, CLOCK_NEWS_OVERDUE);
    assert_told(&event.notify,
                PEOPLE("staff_urban_1", "staff_urban_2", "staff_urban_3", "head_urban"));
}

static void a_signature_that_is_missing_is_told_to_the_sections_it_is_missing_from(void **state)
{
    report(*state, URGENCY_GENERAL);
    give_to_three(*state);
    sign(*state, "urban", "staff_urban_1");
    sign(*state, "health", "staff_health_1");

    struct clock_event event = wait_for_news(*state, STAGE_SIGN, -US_PER_S);

    assert_int_equal(event.news, CLOCK_NEWS_WARNED);
    assert_told(&event.notify, PEOPLE("staff_civil_1", "staff_civil_2", "staff_civil_3"));
}

static void late_handling_is_told_to_every_section_that_has_not_submitted(void **state)
{
    struct contacted_event contact = {.department = BYTES("urban"), .words = BYTES("已联系")};
    report(*state, URGENCY_GENERAL);
    give_to_three(*state);
    sign(*state, "urban", "staff_urban_1");
    sign(*state, "civil", "staff_civil_1");
    follow(*state, &contacted_event_type, &contact, "staff_urban_1");
    sign(*state, "health", "staff_health_1");
    answer(*state, "civil", "staff_civil_1");

    struct clock_event event = wait_for_news(*state, STAGE_HANDLE, -US_PER_S);

    assert_int_equal(event.news, CLOCK_NEWS_WARNED);
    assert_told(&event.notify,
                PEOPLE("staff_urban_1", "staff_urban_2", "staff_urban_3", "head_urban",
                       "staff_health_1", "staff_health_2", "head_health"));
    event = wait_for_news(*state, STAGE_HANDLE, 0);
    assert_int_equal(event.news, CLOCK_NEWS_OVERDUE);
    assert_told(&event.notify, PEOPLE("head_urban", "head_health", "leader1"));
}

/* Who hears when the triage desk gives it to a section. */
static void assert_given(struct service_node *node, enum urgency urgency,
                         const char *const people[])
{
    struct leg_event event;
    report(node, urgency);
    dispatch(node, &(struct dispatch_command){0});
    (void)service_node_last(node, &leg_event_type, &event);
    assert_told(&event.notify, people);
}

static void staff_hears_at_once_of_an_emergency(void **state)
{
    assert_given(
        *state, URGENCY_EMERGENCY,
        PEOPLE("head_urban", "leader1", "staff_urban_1", "staff_urban_2", "staff_urban_3"));
}

static void staff_hears_at_once_of_a_utility(void **state)
{
    assert_given(
        *state, URGENCY_UTILITY,
        PEOPLE("head_urban", "leader1", "staff_urban_1", "staff_urban_2", "staff_urban_3"));
}

static void what_is_not_urgent_is_told_to_the_head_and_the_leader_alone(void **state)
{
    assert_given(*state, URGENCY_COMPLEX, PEOPLE("head_urban", "leader1"));
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_new_router, close_rebuilt_node)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(at_the_triage_desk_the_clerks_are_the_handlers),
        TEST(a_late_review_is_told_to_the_leader_whose_review_is_missing),
        TEST(a_late_feedback_is_told_to_the_cadre_and_the_secretary_of_the_community),
        TEST(a_late_first_contact_is_told_to_the_section_alone),
        TEST(a_signature_that_is_missing_is_told_to_the_sections_it_is_missing_from),
        TEST(late_handling_is_told_to_every_section_that_has_not_submitted),
        TEST(staff_hears_at_once_of_an_emergency),
        TEST(staff_hears_at_once_of_a_utility),
        TEST(what_is_not_urgent_is_told_to_the_head_and_the_leader_alone),
        TEST(the_decided_end_of_a_suspension_is_never_provisional),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
