/* SPDX-License-Identifier: Apache-2.0 */
#include "department_calls.h"

#include "department/department.h"

#include <stdlib.h>

/* The shipped street, in which "staff_urban_3" also works in the section transport. */
static struct config *config;
static struct config street;

/* ---- what the section says ------------------------------------------------------------------ */

static enum status command(struct service_node *node, const char *person,
                           const struct message_type *type, const void *message, struct err *err)
{
    struct change_reply change;
    uint64_t before = service_node_head(node);
    enum status st = service_node_command(node, person, type, message, &change, err);
    assert_int_equal(service_node_head(node) - before, st == STATUS_OK);
    if (st == STATUS_OK) {
        assert_int_equal(change.seq, before + 1);
    }
    return st;
}

static enum status sign(struct service_node *node, const char *person, const char *department,
                        struct err *err)
{
    struct sign_command ask = {.issue = ISSUE, .department = text_of(department), .generation = 2};
    return command(node, person, &sign_command_type, &ask, err);
}

static enum status progress(struct service_node *node, const char *person, struct err *err)
{
    struct progress_command ask = {.issue = ISSUE, .words = BYTES("已现场查看"), .generation = 4};
    return command(node, person, &progress_command_type, &ask, err);
}

static enum status answer(struct service_node *node, const char *person, enum outcome outcome,
                          const char *evidence, struct err *err)
{
    struct answer_command ask = {.issue = ISSUE,
                                 .outcome = (int)outcome,
                                 .words = BYTES("路灯已修复"),
                                 .evidence = text_of(evidence),
                                 .generation = 5};
    return command(node, person, &answer_command_type, &ask, err);
}

static enum status propose(struct service_node *node, const char *person, struct err *err)
{
    struct propose_command ask = {.issue = ISSUE,
                                  .ground = BYTES("条例第五条"),
                                  .tried = BYTES("已协调两次"),
                                  .words = BYTES("目前不能办理"),
                                  .generation = 6};
    return command(node, person, &propose_command_type, &ask, err);
}

/* Signed by staff_urban_1, and the router agreed. */
static void open_and_sign(struct service_node *node)
{
    struct err err = {0};
    assert_int_equal(open_issue(node, ISSUE, "urban"), 1);
    assert_ok(sign(node, "staff_urban_1", NULL, &err));
    assert_int_equal(
        step_urban(node, service_node_head(node), STATE_IN_PROGRESS, LEG_STATE_IN_PROGRESS), 1);
}

/* ---- looking -------------------------------------------------------------------------------- */

static struct queue_reply list(struct service_node *node, const char *person,
                               struct queue_query query)
{
    struct err err = {0};
    struct queue_reply reply;
    assert_ok(service_node_ask(node, person, &queue_query_type, &query, &reply, &err));
    return reply;
}

/* The one item of a section's queue. */
static struct queue_item item(struct service_node *node, const char *department)
{
    struct queue_query query = {.department = text_of(department), .all = true};
    struct queue_reply reply = list(node, "operator", query);
    struct list_cursor cursor = list_begin(&reply.items);
    struct queue_item found;
    assert_int_equal(reply.items.count, 1);
    assert_true(list_next_message(&cursor, &queue_item_type, &found));
    return found;
}

/* ---- the queue ------------------------------------------------------------------------------ */

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

/* ---- facts and verdicts --------------------------------------------------------------------- */

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

/* ---- refusals ------------------------------------------------------------------------------- */

static void only_the_sections_people_work_for_it(void **state)
{
    struct service_node *node = *state;
    static const char *const others[] = {"staff_housing_1", "leader1",     "triage1", "operator",
                                         "cadre1",          "supervisor1", "nobody"};
    (void)open_issue(node, ISSUE, "urban");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct err err = {0};
        assert_status(sign(node, others[i], "urban", &err), STATUS_FORBIDDEN);
        assert_says(&err, "", "who may");
    }
    struct err err = {0};
    assert_status(sign(node, "operator", NULL, &err), STATUS_FORBIDDEN);
    assert_status(sign(node, "leader1", NULL, &err), STATUS_FORBIDDEN);
    assert_status(sign(node, "staff_housing_1", NULL, &err), STATUS_NOT_FOUND);
    assert_says(&err, "issue", "2026-0000042 is in no queue of 'staff_housing_1'");
}

static void an_issue_that_is_not_in_the_queue_is_not_found(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    assert_status(sign(node, "staff_urban_1", NULL, &err), STATUS_NOT_FOUND);
    assert_status(sign(node, "staff_urban_1", "urban", &err), STATUS_NOT_FOUND);
    assert_says(&err, "issue", "not in the queue of section 'urban'");
    assert_status(progress(node, "staff_urban_1", &err), STATUS_NOT_FOUND);
    assert_status(answer(node, "staff_urban_1", OUTCOME_PARTLY, NULL, &err), STATUS_NOT_FOUND);
    assert_status(propose(node, "staff_urban_1", &err), STATUS_NOT_FOUND);
}

static void who_serves_several_sections_says_which_only_when_several_have_a_part(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct signed_event event;
    (void)add_leg(node, ISSUE, "transport", LEG_ROLE_ASSIST);
    assert_ok(sign(node, "staff_urban_3", NULL, &err));
    (void)service_node_last(node, &signed_event_type, &event);
    assert_text(event.department, "transport");

    (void)open_issue(node, ISSUE, "urban");
    assert_status(sign(node, "staff_urban_3", NULL, &err), STATUS_INVALID);
    assert_says(&err, "department", "--department");
    assert_ok(sign(node, "staff_urban_3", "urban", &err));
    (void)service_node_last(node, &signed_event_type, &event);
    assert_text(event.department, "urban");

    /* Each section's queue shows its own facts. */
    assert_int_equal(item(node, "urban").pending.count, 1);
    assert_int_equal(item(node, "transport").pending.count, 1);
}

static void signing_twice_is_refused_with_who_signed(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    open_and_sign(node);

    assert_status(sign(node, "staff_urban_2", NULL, &err), STATUS_REFUSED);
    assert_says(&err, "", "already by 'staff_urban_1'");
}

static void signing_what_the_limit_signed_is_refused_with_the_state(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    (void)open_issue(node, ISSUE, "urban");
    (void)step_urban(node, 0, STATE_IN_PROGRESS, LEG_STATE_IN_PROGRESS);

    assert_status(sign(node, "staff_urban_1", NULL, &err), STATUS_REFUSED);
    assert_says(&err, "", "in_progress");
}

static void who_signed_too_late_is_not_named_as_the_signer(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    (void)open_issue(node, ISSUE, "urban");
    assert_ok(sign(node, "staff_urban_1", NULL, &err));
    uint64_t fact = service_node_head(node);
    (void)step_urban(node, 0, STATE_IN_PROGRESS, LEG_STATE_IN_PROGRESS);
    (void)put_aside(node, fact, "已自动签收");

    assert_status(sign(node, "staff_urban_2", NULL, &err), STATUS_REFUSED);
    assert_null(strstr(err.text, "staff_urban_1"));
}

static void nothing_is_said_before_signing_or_after_the_answer(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    (void)open_issue(node, ISSUE, "urban");
    assert_status(progress(node, "staff_urban_1", &err), STATUS_REFUSED);
    assert_says(&err, "", "sign first");
    assert_status(answer(node, "staff_urban_1", OUTCOME_PARTLY, NULL, &err), STATUS_REFUSED);
    assert_status(propose(node, "staff_urban_1", &err), STATUS_REFUSED);

    (void)step_urban(node, 0, STATE_REVIEW, LEG_STATE_SUBMITTED);
    assert_status(progress(node, "staff_urban_1", &err), STATUS_REFUSED);
    assert_says(&err, "", "submitted");
    assert_status(answer(node, "staff_urban_1", OUTCOME_PARTLY, NULL, &err), STATUS_REFUSED);
    assert_status(propose(node, "staff_urban_1", &err), STATUS_REFUSED);

    (void)step_urban(node, 0, STATE_IN_PROGRESS, LEG_STATE_REDO);
    assert_ok(progress(node, "staff_urban_1", &err));
}

static void while_a_fact_is_pending_the_router_judges_the_next(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    (void)open_issue(node, ISSUE, "urban");
    assert_ok(sign(node, "staff_urban_1", NULL, &err));
    assert_ok(progress(node, "staff_urban_1", &err));
    assert_ok(answer(node, "staff_urban_1", OUTCOME_SOLVED, "照片", &err));
    assert_ok(propose(node, "staff_urban_1", &err));
    assert_ok(sign(node, "staff_urban_2", NULL, &err));

    /* A fact of another section is none of this one's. */
    (void)add_leg(node, ISSUE, "housing", LEG_ROLE_ASSIST);
    assert_status(progress(node, "staff_housing_1", &err), STATUS_REFUSED);
}

static void an_answer_is_solved_with_evidence_or_partly(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    open_and_sign(node);
    static const enum outcome none[] = {OUTCOME_EXPLAINED, OUTCOME_NOT_ACCEPTED, OUTCOME_WITHDRAWN,
                                        OUTCOME_MERGED, OUTCOME_REFERRED};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        assert_status(answer(node, "staff_urban_1", none[i], "照片", &err), STATUS_INVALID);
        assert_says(&err, "outcome", "propose-unresolvable");
    }
    assert_status(answer(node, "staff_urban_1", OUTCOME_SOLVED, NULL, &err), STATUS_INVALID);
    assert_says(&err, "evidence", "--evidence");
}

static void an_assisting_section_answers_its_part_and_proposes_nothing(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    const struct share shares[SHARES_MAX] = {
        {"urban", LEG_ROLE_LEAD, LEG_STATE_IN_PROGRESS},
        {"housing", LEG_ROLE_ASSIST, LEG_STATE_IN_PROGRESS},
    };
    (void)add_leg(node, ISSUE, "housing", LEG_ROLE_ASSIST);
    assert_int_equal(step(node, "housing", 0, STATE_IN_PROGRESS, shares), 1);

    assert_status(propose(node, "staff_housing_1", &err), STATUS_REFUSED);
    assert_says(&err, "", "only the lead section");
    assert_ok(answer(node, "staff_housing_1", OUTCOME_SOLVED, "照片", &err));
}

/* ---- queries -------------------------------------------------------------------------------- */

static enum status look(struct service_node *node, const char *person, const char *department,
                        struct err *err)
{
    struct queue_query query = {.department = text_of(department)};
    struct queue_reply reply;
    return service_node_ask(node, person, &queue_query_type, &query, &reply, err);
}

static void a_queue_is_shown_to_its_section_its_leader_and_the_office(void **state)
{
    struct service_node *node = *state;
    static const char *const may[] = {"staff_urban_1", "head_urban", "leader1",    "triage1",
                                      "office_head",   "operator",   "supervisor1"};
    static const char *const may_not[] = {"staff_housing_1", "leader2",           "cadre1",
                                          "secretary_c01",   "first_responsible", "nobody"};
    struct err err = {0};
    for (size_t i = 0; i < sizeof may / sizeof may[0]; i++) {
        assert_ok(look(node, may[i], "urban", &err));
    }
    for (size_t i = 0; i < sizeof may_not / sizeof may_not[0]; i++) {
        assert_status(look(node, may_not[i], "urban", &err), STATUS_FORBIDDEN);
    }
}

static void the_section_is_named_only_where_it_is_not_clear(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    assert_ok(look(node, "staff_urban_1", NULL, &err));
    assert_status(look(node, "staff_urban_3", NULL, &err), STATUS_INVALID);
    assert_says(&err, "department", "several sections");
    assert_status(look(node, "operator", NULL, &err), STATUS_INVALID);
    assert_says(&err, "department", "no section");
    assert_status(look(node, "operator", "civil", &err), STATUS_NOT_FOUND);
    assert_says(&err, "department", "department-urban");
    assert_status(look(node, "operator", "no_such", &err), STATUS_NOT_FOUND);
}

static void a_queue_goes_on_after_a_number(void **state)
{
    struct service_node *node = *state;
    for (uint64_t i = 0; i < 5; i++) {
        (void)open_issue(node, ISSUE + i, i == 2 ? "transport" : "urban");
    }
    struct queue_query query = {.limit = 3};
    struct queue_reply reply = list(node, "staff_urban_1", query);
    assert_int_equal(reply.items.count, 3);
    struct list_cursor cursor = list_begin(&reply.items);
    struct queue_item found;
    static const uint64_t expected[] = {ISSUE, ISSUE + 1, ISSUE + 3};
    for (size_t i = 0; i < 3; i++) {
        assert_true(list_next_message(&cursor, &queue_item_type, &found));
        assert_int_equal(found.issue, expected[i]);
    }
    query.after = ISSUE + 3;
    assert_int_equal(list(node, "staff_urban_1", query).items.count, 1);
    query.after = ISSUE + 4;
    assert_int_equal(list(node, "staff_urban_1", query).items.count, 0);
}

static void a_page_of_long_texts_ends_before_it_is_too_large_to_send(void **state)
{
    struct service_node *node = *state;
    char *text = malloc(12001);
    struct queue_query query = {0};
    uint32_t seen = 0;
    assert_non_null(text);
    for (size_t i = 0; i < 4000; i++) {
        memcpy(text + i * 3, "路", 4);
    }
    for (uint64_t i = 0; i < 120; i++) {
        struct leg_event event = {.role = (int)LEG_ROLE_ASSIST, .text = text_of(text)};
        struct router_record record = {
            .type = &leg_event_type, .message = &event, .issue = ISSUE + i, .topic = "urban"};
        assert_int_equal(service_node_follow(node, &record), 1);
    }
    for (uint32_t page = 0; page < 4; page++) {
        struct queue_reply reply = list(node, "staff_urban_1", query);
        struct list_cursor cursor = list_begin(&reply.items);
        struct queue_item found = {0};
        assert_in_range(reply.items.len, 0, 650U * 1024U);
        while (list_next_message(&cursor, &queue_item_type, &found)) {
            assert_int_equal(found.text.len, 12000);
            query.after = found.issue;
            seen++;
        }
        assert_int_equal(reply.items.count == 0, page == 3);
    }
    assert_int_equal(seen, 120);
    free(text);
}

static void pending_facts_of_an_issue_are_told_by_number(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct queue_pending_query query = {.issue = ISSUE};
    struct queue_pending_reply reply;
    (void)open_issue(node, ISSUE, "urban");
    (void)add_leg(node, ISSUE, "housing", LEG_ROLE_ASSIST);
    assert_ok(sign(node, "staff_urban_1", NULL, &err));
    assert_ok(sign(node, "staff_housing_1", NULL, &err));

    assert_ok(
        service_node_ask(node, "staff_urban_1", &queue_pending_query_type, &query, &reply, &err));
    assert_int_equal(reply.pending.count, 2);
    assert_int_equal(reply.state, STATE_DISPATCHED);
    assert_text(reply.lead, "urban");
    assert_int_equal(step_urban(node, 0, STATE_IN_PROGRESS, LEG_STATE_IN_PROGRESS), 1);
    assert_ok(
        service_node_ask(node, "staff_urban_1", &queue_pending_query_type, &query, &reply, &err));
    assert_int_equal(reply.state, STATE_IN_PROGRESS);
    assert_text(reply.lead, "urban");
    assert_status(
        service_node_ask(node, "staff_civil_1", &queue_pending_query_type, &query, &reply, &err),
        STATUS_FORBIDDEN);
    query.issue = ISSUE + 1;
    assert_status(
        service_node_ask(node, "staff_urban_1", &queue_pending_query_type, &query, &reply, &err),
        STATUS_NOT_FOUND);
}

static void records_are_for_those_who_may_see_the_issue(void **state)
{
    struct service_node *node = *state;
    static const struct {
        const char *person;
        bool may;
        bool may_all;
    } cases[] = {
        {"operator", true, true},        {"supervisor1", true, true},
        {"triage1", true, false},        {"leader1", true, false},
        {"staff_urban_1", true, false},  {"staff_housing_1", true, false},
        {"secretary_c01", true, false},  {"secretary_c02", false, false},
        {"staff_civil_1", false, false}, {"leader2", false, false},
        {"nobody", false, false},
    };
    (void)open_issue(node, ISSUE, "urban");
    (void)add_leg(node, ISSUE, "housing", LEG_ROLE_ASSIST);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = {0};
        struct records_reply reply;
        struct records_query query = {.issue = ISSUE};
        const char *person = cases[i].person;
        assert_status(service_node_ask(node, person, &records_query_type, &query, &reply, &err),
                      cases[i].may ? STATUS_OK : STATUS_FORBIDDEN);
        query.issue = 0;
        assert_status(service_node_ask(node, person, &records_query_type, &query, &reply, &err),
                      cases[i].may_all ? STATUS_OK : STATUS_FORBIDDEN);
    }
}

/* ---- configuration -------------------------------------------------------------------------- */

static void a_section_stays_while_it_has_work(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct config other = street;
    for (uint32_t i = 0; i < other.daemon_count; i++) {
        if (bytes_equal(other.daemons[i].name, BYTES("department-urban"))) {
            other.daemons[i].departments[0] = BYTES("parks"); /* was urban */
        }
    }
    (void)open_issue(node, ISSUE, "transport");
    (void)open_issue(node, ISSUE, "urban");
    (void)open_issue(node, ISSUE + 1, "urban");

    assert_status(service_node_adopt(node, &other, &err), STATUS_REFUSED);
    assert_says(&err, "", "section 'urban'");
    (void)step_urban(node, 0, STATE_FEEDBACK, LEG_STATE_APPROVED);
    assert_status(service_node_adopt(node, &other, &err), STATUS_REFUSED);
    assert_ok(service_node_adopt(node, &street, &err));
}

static void a_section_without_work_may_go(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct config other = street;
    for (uint32_t i = 0; i < other.daemon_count; i++) {
        if (bytes_equal(other.daemons[i].name, BYTES("department-urban"))) {
            other.daemons[i].departments[0] = BYTES("parks"); /* was urban */
        }
    }
    (void)open_issue(node, ISSUE, "transport");
    (void)open_issue(node, ISSUE, "urban");
    (void)step_urban(node, 0, STATE_FEEDBACK, LEG_STATE_APPROVED);

    assert_ok(service_node_adopt(node, &other, &err));
}

/* ---- before and after ----------------------------------------------------------------------- */

static int open_config(void **state)
{
    (void)state;
    config = street_open();
    street = *config;
    struct person *people = calloc(street.office.person_count, sizeof *people);
    if (people == NULL) {
        return -1;
    }
    for (uint32_t i = 0; i < street.office.person_count; i++) {
        people[i] = config->office.people[i];
        if (bytes_equal(people[i].id, BYTES("staff_urban_3"))) {
            people[i].departments[people[i].department_count++] = BYTES("transport");
        }
    }
    street.office.people = people;
    return 0;
}

static int close_config(void **state)
{
    (void)state;
    free((void *)(uintptr_t)street.office.people);
    config_close(config);
    return 0;
}

static int open_node(void **state)
{
    *state = service_node_open(&department_service, "department-urban", &street);
    return 0;
}

/* After each test: its tables are what its journal makes them. */
static int close_node(void **state)
{
    service_node_check_rebuild(*state);
    service_node_close(*state);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_node, close_node)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_issue_opened_for_a_section_is_in_its_queue),
        TEST(what_other_daemons_serve_is_not_taken),
        TEST(a_leg_given_later_is_in_the_queue_with_its_own_times),
        TEST(the_next_act_of_the_section_is_what_is_due),
        TEST(a_finished_leg_leaves_the_queue_and_comes_back_to_be_handled_again),
        TEST(a_step_brings_the_news_of_every_leg_that_is_here),
        TEST(of_a_section_given_an_issue_twice_the_later_leg_counts),
        TEST(signing_is_pending_until_the_router_says_so),
        TEST(every_fact_carries_what_was_said),
        TEST(a_fact_set_aside_shows_why_until_one_is_accepted),
        TEST(verdicts_on_the_facts_of_others_are_not_kept),
        TEST(only_the_sections_people_work_for_it),
        TEST(an_issue_that_is_not_in_the_queue_is_not_found),
        TEST(who_serves_several_sections_says_which_only_when_several_have_a_part),
        TEST(signing_twice_is_refused_with_who_signed),
        TEST(signing_what_the_limit_signed_is_refused_with_the_state),
        TEST(who_signed_too_late_is_not_named_as_the_signer),
        TEST(nothing_is_said_before_signing_or_after_the_answer),
        TEST(while_a_fact_is_pending_the_router_judges_the_next),
        TEST(an_answer_is_solved_with_evidence_or_partly),
        TEST(an_assisting_section_answers_its_part_and_proposes_nothing),
        TEST(a_queue_is_shown_to_its_section_its_leader_and_the_office),
        TEST(the_section_is_named_only_where_it_is_not_clear),
        TEST(a_queue_goes_on_after_a_number),
        TEST(a_page_of_long_texts_ends_before_it_is_too_large_to_send),
        TEST(pending_facts_of_an_issue_are_told_by_number),
        TEST(records_are_for_those_who_may_see_the_issue),
        TEST(a_section_stays_while_it_has_work),
        TEST(a_section_without_work_may_go),
    };
    return cmocka_run_group_tests(tests, open_config, close_config);
}
