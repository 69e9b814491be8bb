/* SPDX-License-Identifier: Apache-2.0 */
/* A section's queue: what is in it, what is due, and what becomes of what its people said. */
#include "department_people.h"

static void an_issue_opened_for_a_section_is_in_its_queue(void **state)
{
    struct service_node *node = *state;

    assert_int_equal(open_issue(node, ISSUE, "urban"), 1);

    assert_int_equal(service_node_count(node, "queued"), 1);
    struct queue_item found = item(node, "urban");
    assert_int_equal(found.issue, ISSUE);
    assert_int_equal(found.state, LEG_STATE_DISPATCHED);
    assert_int_equal(found.role, LEG_ROLE_LEAD);
    assert_int_equal(found.urgency, URGENCY_UTILITY);
    assert_text(found.category, "roads");
    assert_text(found.area, "c01v02");
    assert_text(found.title, "路灯不亮");
    assert_text(found.text, "村口的路灯三天不亮");
    assert_text(found.department, "urban");
    assert_int_equal(found.due_at.us, SERVICE_NODE_BEGIN_US + HOUR_US);
    assert_false(found.is_overdue);
    assert_int_equal(found.generation, 2);
    assert_int_equal(found.pending.count, 0);
    assert_int_equal(found.set_aside.len, 0);
}

static void what_other_daemons_serve_is_not_taken(void **state)
{
    struct service_node *node = *state;

    assert_int_equal(open_issue(node, ISSUE, NULL), 0);
    assert_int_equal(open_issue(node, ISSUE, "civil"), 0);
    assert_int_equal(add_leg(node, ISSUE, "civil", LEG_ROLE_ASSIST), 0);
    assert_int_equal(add_leg(node, ISSUE, "no_such", LEG_ROLE_ASSIST), 0);
    assert_int_equal(step_urban(node, 0, STATE_IN_PROGRESS, LEG_STATE_IN_PROGRESS), 0);
    assert_int_equal(service_node_count(node, "queued"), 0);
}

static void a_leg_given_later_is_in_the_queue_with_its_own_times(void **state)
{
    struct service_node *node = *state;

    assert_int_equal(add_leg(node, ISSUE, "housing", LEG_ROLE_ASSIST), 1);

    struct queue_item found = item(node, "housing");
    assert_int_equal(found.state, LEG_STATE_DISPATCHED);
    assert_int_equal(found.role, LEG_ROLE_ASSIST);
    assert_text(found.title, "协办");
    assert_text(found.text, "请配合");
    assert_int_equal(found.due_at.us, SERVICE_NODE_BEGIN_US + 2 * HOUR_US);
    assert_int_equal(found.generation, 3);
}

static void the_next_act_of_the_section_is_what_is_due(void **state)
{
    struct service_node *node = *state;
    open_and_sign(node);
    assert_int_equal(item(node, "urban").due_at.us, SERVICE_NODE_BEGIN_US + 10 * HOUR_US);

    service_node_set_now(node, (struct wall){SERVICE_NODE_BEGIN_US + 10 * HOUR_US});
    (void)step_urban(node, 0, STATE_IN_PROGRESS, LEG_STATE_REDO);
    assert_true(item(node, "urban").is_overdue);

    (void)step_urban(node, 0, STATE_REVIEW, LEG_STATE_SUBMITTED);
    assert_int_equal(item(node, "urban").due_at.us, 0);
    assert_false(item(node, "urban").is_overdue);
}

static void a_finished_leg_leaves_the_queue_and_comes_back_to_be_handled_again(void **state)
{
    struct service_node *node = *state;
    open_and_sign(node);
    const struct queue_query open = {.department = BYTES("urban")};

    (void)step_urban(node, 0, STATE_FEEDBACK, LEG_STATE_APPROVED);
    assert_int_equal(list(node, "operator", open).items.count, 0);
    assert_int_equal(item(node, "urban").state, LEG_STATE_APPROVED);
    assert_int_equal(service_node_count(node, "queued"), 0);

    (void)step_urban(node, 0, STATE_IN_PROGRESS, LEG_STATE_REDO);
    assert_int_equal(list(node, "operator", open).items.count, 1);
    assert_int_equal(service_node_count(node, "queued"), 1);

    (void)step_urban(node, 0, STATE_TRIAGE, LEG_STATE_RETURNED);
    assert_int_equal(service_node_count(node, "queued"), 0);
    assert_int_equal(add_leg(node, ISSUE, "urban", LEG_ROLE_LEAD), 1);
    assert_int_equal(service_node_count(node, "queued"), 1);
    assert_text(item(node, "urban").title, "协办");
    assert_int_equal(service_node_rows(node, LEGS), 1);
}

static void a_step_brings_the_news_of_every_leg_that_is_here(void **state)
{
    struct service_node *node = *state;
    struct settled_event settled;
    (void)open_issue(node, ISSUE, "urban");
    (void)add_leg(node, ISSUE, "housing", LEG_ROLE_ASSIST);
    const struct share approved[SHARES_MAX] = {
        {"urban", LEG_ROLE_LEAD, LEG_STATE_APPROVED},
        {"civil", LEG_ROLE_ASSIST, LEG_STATE_APPROVED},
        {"housing", LEG_ROLE_ASSIST, LEG_STATE_APPROVED},
    };

    assert_int_equal(step(node, "urban", 0, STATE_FEEDBACK, approved), 2);
    (void)service_node_last(node, &settled_event_type, &settled);
    assert_text(settled.department, "housing");
    assert_int_equal(service_node_count(node, "queued"), 0);
    assert_int_equal(step(node, NULL, 0, STATE_CALLBACK, approved), 0);
}

static void of_a_section_given_an_issue_twice_the_later_leg_counts(void **state)
{
    struct service_node *node = *state;
    (void)open_issue(node, ISSUE, "urban");
    const struct share twice[SHARES_MAX] = {
        {"urban", LEG_ROLE_LEAD, LEG_STATE_RETURNED},
        {"transport", LEG_ROLE_ASSIST, LEG_STATE_IN_PROGRESS},
        {"urban", LEG_ROLE_LEAD, LEG_STATE_IN_PROGRESS},
    };

    assert_int_equal(step(node, "urban", 0, STATE_IN_PROGRESS, twice), 1);
    assert_int_equal(item(node, "urban").state, LEG_STATE_IN_PROGRESS);
}

static void signing_is_pending_until_the_router_says_so(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct signed_event event;
    struct settled_event settled;
    (void)open_issue(node, ISSUE, "urban");

    assert_ok(sign(node, "staff_urban_1", NULL, &err));

    struct record record = service_node_last(node, &signed_event_type, &event);
    uint64_t fact = record.seq;
    assert_int_equal(record.issue, ISSUE);
    assert_int_equal(record.topic.len, 0);
    assert_text(record.actor, "staff_urban_1");
    assert_text(event.department, "urban");
    assert_int_equal(event.generation, 2);
    assert_int_equal(service_node_count(node, "pending"), 1);
    struct queue_item found = item(node, "urban");
    assert_int_equal(found.state, LEG_STATE_DISPATCHED);
    struct list_cursor cursor = list_begin(&found.pending);
    struct pending_part part;
    assert_true(list_next_message(&cursor, &pending_part_type, &part));
    assert_int_equal(part.seq, fact);
    assert_int_equal(part.type, MESSAGE_SIGNED_EVENT);
    assert_text(part.actor, "staff_urban_1");

    assert_int_equal(step_urban(node, fact, STATE_IN_PROGRESS, LEG_STATE_IN_PROGRESS), 1);

    record = service_node_last(node, &settled_event_type, &settled);
    assert_int_equal(record.flags, RECORD_LOCAL | RECORD_BY_RECORD);
    assert_int_equal(record.generation, 9);
    assert_int_equal(settled.fact, fact);
    assert_int_equal(settled.fact_type, MESSAGE_SIGNED_EVENT);
    assert_int_equal(settled.state, STATE_IN_PROGRESS);
    assert_int_equal(settled.leg, LEG_STATE_IN_PROGRESS);
    assert_text(settled.lead, "urban");
    assert_text(settled.owner, "cadre1");
    assert_int_equal(service_node_count(node, "pending"), 0);
    found = item(node, "urban");
    assert_int_equal(found.state, LEG_STATE_IN_PROGRESS);
    assert_int_equal(found.generation, 9);
    assert_int_equal(found.pending.count, 0);
}

static void every_fact_carries_what_was_said(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct progressed_event progressed;
    struct answered_event answered;
    struct proposed_event proposed;
    open_and_sign(node);

    assert_ok(progress(node, "head_urban", &err));
    (void)service_node_last(node, &progressed_event_type, &progressed);
    assert_text(progressed.department, "urban");
    assert_text(progressed.words, "已现场查看");
    assert_int_equal(progressed.generation, 4);

    assert_ok(answer(node, "staff_urban_2", OUTCOME_SOLVED, "照片两张", &err));
    (void)service_node_last(node, &answered_event_type, &answered);
    assert_int_equal(answered.outcome, OUTCOME_SOLVED);
    assert_text(answered.words, "路灯已修复");
    assert_text(answered.evidence, "照片两张");
    assert_int_equal(answered.generation, 5);

    assert_ok(answer(node, "staff_urban_2", OUTCOME_PARTLY, NULL, &err));
    assert_ok(propose(node, "staff_urban_1", &err));
    (void)service_node_last(node, &proposed_event_type, &proposed);
    assert_text(proposed.ground, "条例第五条");
    assert_text(proposed.tried, "已协调两次");
    assert_text(proposed.words, "目前不能办理");
    assert_int_equal(proposed.generation, 6);
    assert_int_equal(service_node_count(node, "pending"), 4);
}

static void a_fact_set_aside_shows_why_until_one_is_accepted(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    open_and_sign(node);
    assert_ok(progress(node, "staff_urban_1", &err));

    assert_int_equal(put_aside(node, service_node_head(node), "办件已改派"), 1);

    struct queue_item found = item(node, "urban");
    assert_text(found.set_aside, "办件已改派");
    assert_int_equal(found.state, LEG_STATE_IN_PROGRESS);
    assert_int_equal(found.generation, 9);
    assert_int_equal(found.pending.count, 0);
    assert_int_equal(service_node_count(node, "pending"), 0);

    (void)step_urban(node, 0, STATE_IN_PROGRESS, LEG_STATE_IN_PROGRESS);
    assert_text(item(node, "urban").set_aside, "办件已改派");
    assert_ok(progress(node, "staff_urban_1", &err));
    uint64_t fact = service_node_head(node);
    (void)step_urban(node, fact, STATE_IN_PROGRESS, LEG_STATE_IN_PROGRESS);
    assert_int_equal(item(node, "urban").set_aside.len, 0);
}

static void verdicts_on_the_facts_of_others_are_not_kept(void **state)
{
    struct service_node *node = *state;
    open_and_sign(node);
    uint64_t head = service_node_head(node);
    struct set_aside_event event = {.reason = BYTES("r")};
    struct router_record record = {.type = &set_aside_event_type,
                                   .message = &event,
                                   .issue = ISSUE,
                                   .topic = "urban",
                                   .fact = head,
                                   .is_of_others = true};

    assert_int_equal(service_node_follow(node, &record), 0);
    assert_int_equal(put_aside(node, 0, "r"), 0);
    assert_int_equal(put_aside(node, 2, "settled before"), 0);
    assert_int_equal(item(node, "urban").set_aside.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_URBAN(an_issue_opened_for_a_section_is_in_its_queue),
        IN_URBAN(what_other_daemons_serve_is_not_taken),
        IN_URBAN(a_leg_given_later_is_in_the_queue_with_its_own_times),
        IN_URBAN(the_next_act_of_the_section_is_what_is_due),
        IN_URBAN(a_finished_leg_leaves_the_queue_and_comes_back_to_be_handled_again),
        IN_URBAN(a_step_brings_the_news_of_every_leg_that_is_here),
        IN_URBAN(of_a_section_given_an_issue_twice_the_later_leg_counts),
        IN_URBAN(signing_is_pending_until_the_router_says_so),
        IN_URBAN(every_fact_carries_what_was_said),
        IN_URBAN(a_fact_set_aside_shows_why_until_one_is_accepted),
        IN_URBAN(verdicts_on_the_facts_of_others_are_not_kept),
    };
    return cmocka_run_group_tests(tests, open_wider_street, close_wider_street);
}
