/* SPDX-License-Identifier: Apache-2.0 */
/* Who tells the household at the router: its cadre, and the office once it is late; and that facts
 * without words in them are none. */
#include "router_issue.h"

#define ISSUE UINT64_C(20260000001)

static void follow(struct service_node *node, const struct message_type *type, const void *message,
                   const char *actor)
{
    (void)service_node_follow(
        node,
        &(struct router_record){.type = type, .message = message, .issue = ISSUE, .actor = actor});
}

static struct issue_view look(struct service_node *node)
{
    return ask_issue(node, "operator", ISSUE);
}

static void answer(struct service_node *node, const char *words, const char *evidence)
{
    struct answered_event event = {.department = BYTES("urban"),
                                   .outcome = (int)OUTCOME_SOLVED,
                                   .words = bytes_of_string(words),
                                   .evidence = bytes_of_string(evidence)};
    follow(node, &answered_event_type, &event, "staff_urban_1");
}

/* With section urban, signed. */
static int open_issue(void **state)
{
    struct service_node *node = service_node_open(&router_service, "router", street);
    struct err err = {0};
    struct change_reply change;
    struct reported_event report = desk_report();
    struct dispatch_command dispatch = {.issue = ISSUE, .lead = BYTES("urban")};
    struct signed_event signature = {.department = BYTES("urban")};
    follow(node, &reported_event_type, &report, "cadre1");
    assert_ok(
        service_node_command(node, "triage1", &dispatch_command_type, &dispatch, &change, &err));
    follow(node, &signed_event_type, &signature, "staff_urban_1");
    *state = node;
    return 0;
}

/* The cadre has to tell the household; how long, is the result. */
static struct wall answer_and_review(struct service_node *node)
{
    struct err err = {0};
    struct change_reply change;
    struct review_command review = {.issue = ISSUE, .ok = true};
    struct due_part due;
    answer(node, "修好了", "照片");
    assert_ok(service_node_command(node, "leader1", &review_command_type, &review, &change, &err));
    struct issue_view view = look(node);
    struct list_cursor cursor = list_begin(&view.due);
    do {
        assert_true(list_next_message(&cursor, &due_part_type, &due));
    } while (due.stage != (int)STAGE_FEEDBACK);
    return due.due_at;
}

static enum state tell(struct service_node *node, const char *person, const char *words)
{
    struct told_event event = {.mode = (int)CONTACT_MODE_VISIT,
                               .reaction = (int)REACTION_SATISFIED,
                               .words = bytes_of_string(words)};
    follow(node, &told_event_type, &event, person);
    return (enum state)look(node).state;
}

static void the_office_tells_the_household_when_it_is_overdue_and_not_before(void **state)
{
    static const char *const office[] = {"triage1", "office_head", "cadre1"};
    struct set_aside_event aside;
    for (size_t i = 0; i < sizeof office / sizeof office[0]; i++) {
        struct service_node *node;
        if (i == 0) {
            node = *state;
        } else {
            void *another;
            assert_int_equal(open_issue(&another), 0);
            node = another;
        }
        struct wall due = answer_and_review(node);
        service_node_wait(node, (struct wall){due.us - 1});
        assert_int_equal(tell(node, "office_head", "已告知"), STATE_FEEDBACK);
        (void)service_node_last(node, &set_aside_event_type, &aside);
        assert_text(aside.author, "office_head");
        assert_false(look(node).is_feedback_late);

        service_node_wait(node, due);

        assert_true(look(node).is_feedback_late);
        assert_int_equal(tell(node, "leader1", "已告知"), STATE_FEEDBACK);
        assert_int_equal(tell(node, office[i], "已告知"), STATE_CALLBACK);
        assert_true(look(node).is_feedback_late);
        service_node_check_rebuild(node);
        if (i != 0) {
            service_node_close(node);
        }
    }
}

static void that_it_is_late_is_a_step_of_its_own_besides_the_ladder(void **state)
{
    struct service_node *node = *state;
    struct step_event step;
    struct clock_event clock;
    struct wall due = answer_and_review(node);
    uint64_t before = service_node_head(node);

    service_node_wait(node, due);

    assert_int_equal(service_node_count_since(node, before, &step_event_type, &step), 1);
    assert_int_equal(step.happening, HAPPENING_FEEDBACK_LATE);
    assert_int_equal(step.from, step.to);
    assert_true(service_node_count_since(node, before, &clock_event_type, &clock) > 0);
    assert_int_equal(clock.news, CLOCK_NEWS_OVERDUE);
}

static void told_in_time_is_not_marked(void **state)
{
    struct service_node *node = *state;
    struct wall due = answer_and_review(node);
    service_node_wait(node, (struct wall){due.us - 1});

    assert_int_equal(tell(node, "cadre1", "已告知"), STATE_CALLBACK);

    service_node_wait(node, (struct wall){due.us + 1});
    assert_false(look(node).is_feedback_late);
}

static void a_fact_that_says_nothing_is_set_aside(void **state)
{
    struct service_node *node = *state;
    struct set_aside_event aside;
    struct progressed_event progress = {.department = BYTES("urban"), .words = BYTES("　 ")};
    uint64_t before = service_node_head(node);

    follow(node, &progressed_event_type, &progress, "staff_urban_1");
    answer(node, " ", "照片");
    answer(node, "修好了", "\n　");

    assert_int_equal(service_node_count_since(node, before, &set_aside_event_type, &aside), 3);
    assert_int_equal(look(node).state, STATE_IN_PROGRESS);
    (void)answer_and_review(node);
    assert_int_equal(tell(node, "cadre1", " \u200b"), STATE_FEEDBACK);
}

/* ---- around --------------------------------------------------------------------------------- */

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_issue, close_rebuilt_node)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_office_tells_the_household_when_it_is_overdue_and_not_before),
        TEST(that_it_is_late_is_a_step_of_its_own_besides_the_ladder),
        TEST(told_in_time_is_not_marked),
        TEST(a_fact_that_says_nothing_is_set_aside),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
