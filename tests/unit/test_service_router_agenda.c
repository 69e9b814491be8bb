/* SPDX-License-Identifier: Apache-2.0 */
/* What people owe on issues. */
#include "router_calls.h"

static struct agenda_reply ask_page(struct service_node *node, const char *person,
                                    const char *after, uint32_t limit)
{
    struct err err = {0};
    struct agenda_query query = {.after = text_of(after), .limit = limit};
    struct agenda_reply reply;
    assert_ok(service_node_ask(node, person, &agenda_query_type, &query, &reply, &err));
    return reply;
}

static struct agenda_reply ask(struct service_node *node, const char *person)
{
    return ask_page(node, person, NULL, 0);
}

/* "sign 1, triage 2": kinds and the last digits of the issues, in order. */
static void assert_agenda(struct service_node *node, const char *person, const char *expected)
{
    struct agenda_reply reply = ask(node, person);
    struct list_cursor cursor = list_begin(&reply.duties);
    struct duty_part part;
    struct buf text = {0};
    while (list_next_message(&cursor, &duty_part_type, &part)) {
        buf_append_format(&text, "%s%s %llu", text.len == 0 ? "" : ", ",
                          duty_kind_word((enum duty_kind)part.kind),
                          (unsigned long long)(part.issue - ISSUE(0)));
    }
    if (!bytes_equal(buf_bytes(&text), bytes_of_string(expected))) {
        fail_msg("%s: '%.*s', not '%s'", person, BYTES_FMT(buf_bytes(&text)), expected);
    }
    buf_done(&text);
}

static struct duty_part duty_at(struct service_node *node, const char *person, uint32_t index)
{
    struct agenda_reply reply = ask(node, person);
    struct list_cursor cursor = list_begin(&reply.duties);
    struct duty_part part = {0};
    for (uint32_t i = 0; i <= index; i++) {
        assert_true(list_next_message(&cursor, &duty_part_type, &part));
    }
    return part;
}

static void everybody_has_what_is_theirs_in_the_order_in_which_it_is_due(void **state)
{
    struct service_node *node = *state;
    report(node, ISSUE(1));
    report(node, ISSUE(2));
    dispatch(node, ISSUE(2), "civil");
    to_work(node, ISSUE(3));
    ask_to_wait(node, ISSUE(3));
    to_work(node, ISSUE(4));
    answer(node, ISSUE(4));
    to_work(node, ISSUE(5));
    answer(node, ISSUE(5));
    review(node, ISSUE(5), "leader1");

    assert_agenda(node, "triage1", "triage 1, suspension 3");
    assert_agenda(node, "staff_urban_1", "sign 2, handle 3");
    assert_agenda(node, "head_urban", "sign 2, handle 3");
    assert_agenda(node, "staff_civil_1", "sign 2");
    assert_agenda(node, "leader1", "review 4");
    assert_agenda(node, "cadre1", "feedback 5");
    assert_agenda(node, "office_head", "suspension 3");
    static const char *const idle[] = {"staff_health_1",   "leader3",       "supervisor1",
                                       "cadre2",           "secretary_c01", "liaison_c01v02",
                                       "first_responsible"};
    for (size_t i = 0; i < sizeof idle / sizeof idle[0]; i++) {
        assert_agenda(node, idle[i], "");
    }
}

static void an_assisting_section_s_part_and_the_first_contact_are_listed(void **state)
{
    struct service_node *node = *state;
    report(node, ISSUE(1));
    dispatch(node, ISSUE(1), "civil");
    sign(node, ISSUE(1), "urban", "staff_urban_1");
    sign(node, ISSUE(1), "civil", "staff_civil_1");
    assert_agenda(node, "staff_civil_1", "handle 1");
    assert_agenda(node, "staff_urban_1", "first_contact 1, handle 1");
    assert_text(duty_at(node, "staff_civil_1", 0).department, "civil");
    assert_text(duty_at(node, "staff_civil_1", 0).what, "submits its part with 'queue submit'");
}

static void questions_second_reviews_and_unsatisfied_households_find_their_people(void **state)
{
    struct service_node *node = *state;
    struct ask_info_command question = {.issue = ISSUE(1), .words = BYTES("哪里")};
    report(node, ISSUE(1));
    command(node, "triage1", &ask_info_command_type, &question);
    to_work(node, ISSUE(2));
    propose(node, ISSUE(2));
    to_callback(node, ISSUE(3));
    assert_agenda(node, "cadre1", "info 1");
    assert_agenda(node, "triage1", "");
    assert_agenda(node, "leader1", "review 2");
    assert_agenda(node, "office_head", "review 2");
    assert_agenda(node, "supervisor1", "callback 3");
    assert_agenda(node, "supervisor2", "callback 3");

    review(node, ISSUE(2), "leader1");
    call_back(node, ISSUE(3), false);
    assert_agenda(node, "leader1", "");
    assert_agenda(node, "office_head", "review 2, unsatisfied 3");
    assert_agenda(node, "supervisor1", "");
    assert_why(node, ISSUE(3), "the household did not agree when 钟邦正 (supervisor1) called back");
    assert_why(node, ISSUE(2), "顾景柏 (leader1) passed the answer");
}

static void who_had_a_hand_in_it_is_not_to_call_back(void **state)
{
    struct service_node *node = *state;
    to_work(node, ISSUE(1));
    answer(node, ISSUE(1));
    review(node, ISSUE(1), "leader1");
    report_by(node, ISSUE(2), "supervisor2");
    dispatch(node, ISSUE(2), NULL);
    tell(node, ISSUE(1), "cadre1");
    assert_agenda(node, "supervisor2", "callback 1");
    struct issue_view view = view_of(node, ISSUE(1));
    struct list_cursor cursor = list_begin(&view.duties);
    struct duty_part part;
    assert_true(list_next_message(&cursor, &duty_part_type, &part));
    assert_int_equal(part.people.count, 3);

    sign(node, ISSUE(2), "urban", "staff_urban_1");
    answer(node, ISSUE(2));
    review(node, ISSUE(2), "leader1");
    tell(node, ISSUE(2), "supervisor2");
    assert_agenda(node, "supervisor2", "callback 1");
    assert_agenda(node, "supervisor1", "callback 1, callback 2");
}

static void feedback_that_is_late_comes_to_the_office_head_too(void **state)
{
    struct service_node *node = *state;
    to_work(node, ISSUE(1));
    answer(node, ISSUE(1));
    review(node, ISSUE(1), "leader1");
    assert_agenda(node, "office_head", "");
    struct duty_part mine = duty_at(node, "cadre1", 0);
    assert_false(mine.is_overdue);
    service_node_wait(node, at("2026-03-04T17:00:00+08:00"));
    assert_agenda(node, "office_head", "feedback 1");
    assert_true(duty_at(node, "cadre1", 0).is_overdue);
    assert_true(duty_at(node, "office_head", 0).is_overdue);
    tell(node, ISSUE(1), "office_head");
    assert_agenda(node, "cadre1", "");
    assert_agenda(node, "supervisor1", "callback 1");
}

static void a_supervision_stays_with_whoever_set_it(void **state)
{
    struct service_node *node = *state;
    struct supervise_command ask = {
        .issue = ISSUE(1), .level = 2, .until = BYTES("3wd"), .words = BYTES("限期")};
    to_work(node, ISSUE(1));
    command(node, "leader3", &supervise_command_type, &ask);
    assert_agenda(node, "leader3", "supervision 1");
    assert_agenda(node, "leader1", "");
    assert_int_equal(duty_at(node, "leader3", 0).due_at.us, at("2026-03-05T17:00:00+08:00").us);
    assert_why(node, ISSUE(1), "put it under supervision, level 2 until 2026-03-05 17:00: 限期");
    assert_int_equal(service_node_rows(node, MARKED), 1);
    answer(node, ISSUE(1));
    review(node, ISSUE(1), "leader1");
    tell(node, ISSUE(1), "cadre1");
    call_back(node, ISSUE(1), true);
    assert_agenda(node, "leader3", "");
    assert_int_equal(service_node_rows(node, MARKED), 0);
}

static void what_is_paused_or_over_is_nobody_s(void **state)
{
    struct service_node *node = *state;
    struct suspend_command grant = {.issue = ISSUE(1), .ok = true};
    to_work(node, ISSUE(1));
    ask_to_wait(node, ISSUE(1));
    command(node, "triage1", &suspend_command_type, &grant);
    assert_agenda(node, "staff_urban_1", "");
    assert_agenda(node, "triage1", "");
    assert_int_equal(service_node_rows(node, MARKED), 0);
    struct then_part then = first_then(node, ISSUE(1));
    assert_text(then.does, "the end of the suspension is due soon");
    to_callback(node, ISSUE(2));
    call_back(node, ISSUE(2), true);
    assert_agenda(node, "staff_urban_1", "");
    assert_agenda(node, "supervisor1", "");
}

static void pages_go_on_where_the_last_one_ended(void **state)
{
    struct service_node *node = *state;
    for (uint64_t i = 1; i <= 9; i++) {
        service_node_set_now(
            node, (struct wall){SERVICE_NODE_BEGIN_US + (int64_t)(i % 3) * INT64_C(86400000000)});
        report(node, ISSUE(i));
    }
    assert_agenda(node, "triage2",
                  "triage 3, triage 6, triage 9, triage 1, triage 4, triage 7, triage 2, triage 5, "
                  "triage 8");
    char after[161] = "";
    uint64_t seen = 0;
    for (;;) {
        struct agenda_reply page = ask_page(node, "triage1", after, 2);
        struct list_cursor cursor = list_begin(&page.duties);
        struct duty_part part;
        if (page.duties.count == 0) {
            break;
        }
        assert_true(page.duties.count <= 2);
        seen += page.duties.count;
        assert_int_equal(page.left, 9 - seen);
        assert_false(page.is_cut);
        while (list_next_message(&cursor, &duty_part_type, &part)) {
            assert_true(bytes_compare(part.id, bytes_of_string(after)) > 0);
            (void)snprintf(after, sizeof after, "%.*s", BYTES_FMT(part.id));
        }
    }
    assert_int_equal(seen, 9);
}

/* A cadre with few open issues among many closed ones, and many open ones of others. */
static void closed_issues_and_those_of_others_are_passed_over(void **state)
{
    struct service_node *node = *state;
    for (uint64_t i = 1; i <= 40; i++) {
        report_by(node, ISSUE(i), i % 10 == 0 ? "cadre1" : "cadre2");
        dispatch(node, ISSUE(i), NULL);
        sign(node, ISSUE(i), "urban", "staff_urban_1");
        if (i % 20 == 0) {
            continue;
        }
        answer(node, ISSUE(i));
        review(node, ISSUE(i), "leader1");
        if (i % 10 == 0) {
            tell(node, ISSUE(i), "cadre1");
            call_back(node, ISSUE(i), true);
        }
    }
    assert_agenda(node, "cadre1", "");
    assert_int_equal(ask(node, "cadre2").duties.count, 36);
    assert_agenda(node, "staff_urban_1",
                  "first_contact 20, first_contact 40, handle 20, handle 40");
}

static void the_operator_has_no_agenda(void **state)
{
    struct err err = {0};
    struct agenda_query query = {0};
    struct agenda_reply reply;
    assert_status(service_node_ask(*state, "operator", &agenda_query_type, &query, &reply, &err),
                  STATUS_FORBIDDEN);
    assert_says(&err, "", "say with --as");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_ROUTER(everybody_has_what_is_theirs_in_the_order_in_which_it_is_due),
        IN_ROUTER(an_assisting_section_s_part_and_the_first_contact_are_listed),
        IN_ROUTER(questions_second_reviews_and_unsatisfied_households_find_their_people),
        IN_ROUTER(who_had_a_hand_in_it_is_not_to_call_back),
        IN_ROUTER(feedback_that_is_late_comes_to_the_office_head_too),
        IN_ROUTER(a_supervision_stays_with_whoever_set_it),
        IN_ROUTER(what_is_paused_or_over_is_nobody_s),
        IN_ROUTER(pages_go_on_where_the_last_one_ended),
        IN_ROUTER(closed_issues_and_those_of_others_are_passed_over),
        IN_ROUTER(the_operator_has_no_agenda),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
