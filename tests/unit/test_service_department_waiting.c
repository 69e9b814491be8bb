/* SPDX-License-Identifier: Apache-2.0 */
/* First contact and suspensions, as the sections' people ask for them. */
#include "department/department.h"
#include "department_calls.h"

static enum status command(struct service_node *node, const char *person,
                           const struct message_type *type, const void *message, struct err *err)
{
    struct change_reply change;
    *err = (struct err){0};
    return service_node_command(node, person, type, message, &change, err);
}

static enum status contact(struct service_node *node, const char *person, struct err *err)
{
    struct contact_command ask = {.issue = ISSUE, .words = BYTES("已电话联系"), .generation = 4};
    return command(node, person, &contact_command_type, &ask, err);
}

static enum status ask_to_wait(struct service_node *node, const char *person, int64_t hours,
                               struct err *err)
{
    struct wait_command ask = {.issue = ISSUE,
                               .ground = (int)WAIT_GROUND_HOUSEHOLD,
                               .until = {SERVICE_NODE_BEGIN_US + hours * HOUR_US},
                               .words = BYTES("等户主回来"),
                               .generation = 5};
    return command(node, person, &wait_command_type, &ask, err);
}

static enum status resume(struct service_node *node, const char *person, struct err *err)
{
    struct resume_command ask = {.issue = ISSUE, .words = BYTES("户主已回来"), .generation = 6};
    return command(node, person, &resume_command_type, &ask, err);
}

static void open_and_sign(struct service_node *node)
{
    (void)open_issue(node, ISSUE, "urban");
    (void)step_urban(node, 0, STATE_IN_PROGRESS, LEG_STATE_IN_PROGRESS);
}

static struct queue_item item(struct service_node *node)
{
    struct err err = {0};
    struct queue_reply reply;
    struct queue_item found = {0};
    struct queue_query query = {.department = BYTES("urban")};
    assert_ok(service_node_ask(node, "staff_urban_1", &queue_query_type, &query, &reply, &err));
    struct list_cursor cursor = list_begin(&reply.items);
    assert_true(list_next_message(&cursor, &queue_item_type, &found));
    return found;
}

static void every_fact_carries_what_was_said_and_waits_for_the_router(void **state)
{
    struct service_node *node = *state;
    struct err err;
    struct contacted_event contacted;
    struct wait_asked_event wait;
    struct resumed_event resumed;
    open_and_sign(node);

    assert_ok(contact(node, "staff_urban_1", &err));
    (void)service_node_last(node, &contacted_event_type, &contacted);
    assert_text(contacted.department, "urban");
    assert_text(contacted.words, "已电话联系");
    assert_int_equal(contacted.generation, 4);

    assert_ok(ask_to_wait(node, "head_urban", 48, &err));
    (void)service_node_last(node, &wait_asked_event_type, &wait);
    assert_int_equal(wait.ground, WAIT_GROUND_HOUSEHOLD);
    assert_int_equal(wait.until.us, SERVICE_NODE_BEGIN_US + 48 * HOUR_US);
    assert_text(wait.words, "等户主回来");
    assert_int_equal(wait.generation, 5);

    (void)step_urban(node, 0, STATE_SUSPENDED, LEG_STATE_SUSPENDED);
    assert_ok(resume(node, "staff_urban_2", &err));
    (void)service_node_last(node, &resumed_event_type, &resumed);
    assert_text(resumed.words, "户主已回来");
    assert_int_equal(resumed.generation, 6);
    assert_int_equal(service_node_count(node, "pending"), 3);
    assert_int_equal(item(node).pending.count, 3);
}

static void only_the_lead_section_s_people_do_it(void **state)
{
    struct service_node *node = *state;
    struct err err;
    open_and_sign(node);
    static const char *const others[] = {"staff_civil_1", "triage1", "leader1", "cadre1"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_int_not_equal(contact(node, others[i], &err), STATUS_OK);
        assert_int_not_equal(ask_to_wait(node, others[i], 48, &err), STATUS_OK);
        assert_int_not_equal(resume(node, others[i], &err), STATUS_OK);
    }
    const struct share shares[SHARES_MAX] = {{"civil", LEG_ROLE_LEAD, LEG_STATE_IN_PROGRESS},
                                             {"urban", LEG_ROLE_ASSIST, LEG_STATE_IN_PROGRESS}};
    (void)add_leg(node, ISSUE, "urban", LEG_ROLE_ASSIST);
    (void)step(node, "urban", 0, STATE_IN_PROGRESS, shares);
    assert_status(contact(node, "staff_urban_1", &err), STATUS_REFUSED);
    assert_says(&err, "", "for the section that leads");
}

static void each_has_its_time(void **state)
{
    struct service_node *node = *state;
    struct err err;
    (void)open_issue(node, ISSUE, "urban");
    assert_status(contact(node, "staff_urban_1", &err), STATUS_REFUSED);
    assert_says(&err, "", "sign first with 'queue sign'");
    assert_status(ask_to_wait(node, "staff_urban_1", 48, &err), STATUS_REFUSED);
    (void)step_urban(node, 0, STATE_IN_PROGRESS, LEG_STATE_IN_PROGRESS);
    assert_status(resume(node, "staff_urban_1", &err), STATUS_REFUSED);
    assert_says(&err, "", "is not suspended");
    assert_status(ask_to_wait(node, "staff_urban_1", 0, &err), STATUS_INVALID);
    assert_says(&err, "until", "lies behind us");
    (void)step_urban(node, 0, STATE_REVIEW, LEG_STATE_SUBMITTED);
    assert_status(ask_to_wait(node, "staff_urban_1", 48, &err), STATUS_REFUSED);
    assert_says(&err, "", "nothing is to be added now");
}

#define with_node(test)                                                                            \
    cmocka_unit_test_setup_teardown(test, open_new_department, close_rebuilt_node)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_node(every_fact_carries_what_was_said_and_waits_for_the_router),
        with_node(only_the_lead_section_s_people_do_it),
        with_node(each_has_its_time),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
