/* SPDX-License-Identifier: Apache-2.0 */
#include "intake_calls.h"

#include "domain/words.h"

/* ---- reports -------------------------------------------------------------------------------- */

static void a_cadre_reports_for_a_linked_household(void **state)
{
    struct service_node *node = *state;
    struct reported_event event;
    fill_register(node);

    uint64_t issue = submit_h1(node);

    assert_int_equal(issue, ISSUE_1);
    struct record record = service_node_last(node, &reported_event_type, &event);
    assert_int_equal(record.issue, issue);
    assert_text(record.actor, "cadre1");
    assert_int_equal(record.flags, RECORD_BY_REQUEST);
    assert_text(event.household, "h1");
    assert_text(event.cadre, "cadre1");
    assert_int_equal(event.kind, KIND_DEMAND);
    assert_int_equal(event.urgency, URGENCY_GENERAL);
    assert_int_equal(event.source, SOURCE_CADRE);
    assert_text(event.area, "c01v02");
    assert_text(event.tags, "低保;军属");
    assert_text(event.title, "路灯不亮");
    assert_text(event.text, "村口的路灯三天不亮");
    assert_int_equal(service_node_count(node, "accepted"), 1);
    assert_int_equal(service_node_count(node, "pending"), 1);
    struct report_reply reply = ask_report(node, issue);
    assert_int_equal(reply.seq, service_node_head(node));
    assert_text(reply.cadre, "cadre1");
    assert_int_equal(reply.pending.count, 1);
}

static void a_request_id_older_than_configured_is_refused_unseen(void **state)
{
    struct service_node *node = *state;
    static const int64_t second_us = US_PER_S;
    struct submit_command command = submit_of("h1");
    struct change_reply change;
    struct err err = {0};
    fill_register(node);
    for (uint32_t days = CONFIG_REQUEST_DAYS_MAX; days != 0; days /= 7) { /* 30, 4 */
        const int64_t most_us = days * S_PER_DAY * US_PER_S;
        char says[40];
        (void)snprintf(says, sizeof says, "more than %u days ago", days);
        street->request_retention_days = days;
        service_node_age_requests(node, most_us + second_us);
        assert_status(
            service_node_command(node, "cadre1", &submit_command_type, &command, &change, &err),
            STATUS_INVALID);
        assert_string_equal(err.field, "request_id");
        assert_non_null(strstr(err.text, says));
        service_node_age_requests(node, most_us - second_us);
        assert_ok(
            service_node_command(node, "cadre1", &submit_command_type, &command, &change, &err));
    }
    street->request_retention_days = CONFIG_REQUEST_DAYS_MAX;
    assert_int_equal(service_node_count(node, "accepted"), 2);
}

static void numbers_run_through_the_year_of_the_office_zone(void **state)
{
    struct service_node *node = *state;
    struct wall eve = at("2026-12-31T23:59:59+08:00");
    fill_register(node);

    assert_int_equal(submit_h1(node), ISSUE_1);
    service_node_set_now(node, eve);
    assert_int_equal(submit_h1(node), ISSUE_1 + 1);
    eve.us += US_PER_S;
    service_node_set_now(node, eve);
    assert_int_equal(submit_h1(node), UINT64_C(20270000001));
    assert_int_equal(submit_h1(node), UINT64_C(20270000002));
    assert_int_equal(service_node_count(node, "accepted"), 4);
}

static void a_direct_report_is_the_clerk_or_the_operator_entering_what_a_caller_said(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct reported_event event;
    uint64_t issue;
    fill_register(node);
    struct submit_command command = submit_of(NULL);
    command.direct = true;
    command.urgency = (int)URGENCY_EMERGENCY;

    assert_ok(submit(node, "operator", &command, &issue, &err));
    (void)service_node_last(node, &reported_event_type, &event);
    assert_int_equal(event.source, SOURCE_HOUSEHOLD);
    assert_int_equal(event.urgency, URGENCY_EMERGENCY);
    assert_int_equal(event.household.len, 0);
    assert_int_equal(event.area.len, 0);
    assert_true(bytes_equal(event.cadre, street->office.feedback_default));

    command.household = BYTES("h3");
    assert_ok(submit(node, "triage1", &command, &issue, &err));
    (void)service_node_last(node, &reported_event_type, &event);
    assert_text(event.cadre, "cadre2");
    assert_text(event.area, "c02v01");
}

static void a_report_is_refused_with_its_field_and_a_way_out(void **state)
{
    struct service_node *node = *state;
    static const struct {
        const char *person;
        const char *household;
        const char *category;
        const char *title;
        const char *text;
        bool direct;
        enum status status;
        const char *field;
        const char *says;
    } cases[] = {
        {"cadre1", "h9", "roads", "t", "t", false, STATUS_NOT_FOUND, "household", "no household"},
        {"cadre1", NULL, "roads", "t", "t", false, STATUS_INVALID, "household", "--household"},
        {"cadre2", "h1", "roads", "t", "t", false, STATUS_FORBIDDEN, "", "who may: a"},
        {"triage1", "h1", "roads", "t", "t", false, STATUS_FORBIDDEN, "", "add --direct"},
        {"operator", "h1", "roads", "t", "t", false, STATUS_FORBIDDEN, "", "add --direct"},
        {"nobody", "h1", "roads", "t", "t", false, STATUS_FORBIDDEN, "", "no person 'nobody'"},
        {"cadre1", "h1", "roads", "t", "t", true, STATUS_FORBIDDEN, "", "the triage clerk"},
        {"office_head", NULL, "roads", "t", "t", true, STATUS_FORBIDDEN, "", "triage clerk"},
        {"operator", "h9", "roads", "t", "t", true, STATUS_NOT_FOUND, "household", "no household"},
        {"cadre1", "h1", "raods", "t", "t", false, STATUS_INVALID, "category", "categories.yaml"},
        {"cadre1", "h1", "roads", " 　", "t", false, STATUS_INVALID, "title", "blank"},
        {"cadre1", "h1", "roads", "a\nb", "t", false, STATUS_INVALID, "title", "line break"},
        {"cadre1", "h1", "roads", "a\tb", "t", false, STATUS_INVALID, "title", "tab"},
        {"cadre1", "h1", "roads", "t", "　\n\u00a0", false, STATUS_INVALID, "text", "blank"},
    };
    fill_register(node);
    uint64_t head = service_node_head(node);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = {0};
        uint64_t issue;
        struct submit_command command = submit_of(cases[i].household);
        command.category = text_of(cases[i].category);
        command.title = text_of(cases[i].title);
        command.text = text_of(cases[i].text);
        command.direct = cases[i].direct;
        assert_status(submit(node, cases[i].person, &command, &issue, &err), cases[i].status);
        assert_says(&err, cases[i].field, cases[i].says);
    }
    assert_int_equal(service_node_head(node), head);
}

/* ---- feedback ------------------------------------------------------------------------------- */

static enum status feedback(struct service_node *node, const char *person, uint64_t issue,
                            const char *words, struct err *err)
{
    struct feedback_command command = {.issue = issue,
                                       .mode = (int)CONTACT_MODE_PHONE,
                                       .words = text_of(words),
                                       .reaction = (int)REACTION_NEUTRAL,
                                       .generation = 7};
    struct change_reply change;
    return service_node_command(node, person, &feedback_command_type, &command, &change, err);
}

static void the_owner_tells_what_the_household_was_told(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct told_event event;
    fill_register(node);
    uint64_t issue = submit_h1(node);

    assert_ok(feedback(node, "cadre1", issue, "已修好，请您看看", &err));

    struct record record = service_node_last(node, &told_event_type, &event);
    assert_int_equal(record.issue, issue);
    assert_text(record.actor, "cadre1");
    assert_int_equal(event.mode, CONTACT_MODE_PHONE);
    assert_int_equal(event.reaction, REACTION_NEUTRAL);
    assert_int_equal(event.generation, 7);
    assert_text(event.words, "已修好，请您看看");
    assert_int_equal(service_node_count(node, "pending"), 2);
    assert_int_equal(ask_report(node, issue).pending.count, 2);
}

static void feedback_of_an_issue_without_household_is_the_default_owners(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct submit_command command = submit_of(NULL);
    uint64_t issue;
    command.direct = true;
    assert_ok(submit(node, "operator", &command, &issue, &err));

    assert_ok(feedback(node, "staff_party_office_1", issue, "已告知", &err));
    assert_status(feedback(node, "staff_party_office_2", issue, "已告知", &err), STATUS_FORBIDDEN);
}

static void follow_step(struct service_node *node, uint64_t issue, enum happening happening,
                        uint64_t fact)
{
    struct step_event event = {.happening = (int)happening};
    (void)service_node_follow(
        node, &(struct router_record){
                  .type = &step_event_type, .message = &event, .issue = issue, .fact = fact});
}

static void the_office_gives_feedback_once_the_router_says_that_it_is_late(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct set_aside_event aside = {.reason = BYTES("changed")};
    fill_register(node);
    uint64_t issue = submit_h1(node);
    assert_status(feedback(node, "triage1", issue, "已告知", &err), STATUS_FORBIDDEN);
    assert_says(&err, "", "once it is overdue");
    assert_status(feedback(node, "office_head", issue, "已告知", &err), STATUS_FORBIDDEN);

    follow_step(node, issue, HAPPENING_FEEDBACK_LATE, 0);

    assert_ok(feedback(node, "cadre1", issue, "已告知", &err));
    assert_status(feedback(node, "leader1", issue, "已告知", &err), STATUS_FORBIDDEN);
    assert_ok(feedback(node, "office_head", issue, "已告知", &err));
    (void)service_node_follow(node, &(struct router_record){.type = &set_aside_event_type,
                                                            .message = &aside,
                                                            .issue = issue,
                                                            .fact = service_node_head(node)});
    assert_ok(feedback(node, "triage1", issue, "已告知", &err));
    follow_step(node, issue, HAPPENING_FEEDBACK_DONE, service_node_head(node));
    assert_status(feedback(node, "triage1", issue, "已告知", &err), STATUS_FORBIDDEN);
}

static void feedback_is_refused_to_others_and_for_nothing(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    fill_register(node);
    uint64_t issue = submit_h1(node);

    assert_status(feedback(node, "cadre1", issue + 1, "已告知", &err), STATUS_NOT_FOUND);
    assert_says(&err, "issue", "2026-0000002");
    static const char *const others[] = {"cadre2",        "operator",   "supervisor1",
                                         "staff_urban_1", "head_urban", "leader1"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_status(feedback(node, others[i], issue, "已告知", &err), STATUS_FORBIDDEN);
        assert_says(&err, "", "linked to its household");
    }
    assert_status(feedback(node, "cadre1", issue, "  ", &err), STATUS_INVALID);
    assert_says(&err, "words", "blank");
}

static enum status inform(struct service_node *node, const char *person, uint64_t issue,
                          const char *words, struct err *err)
{
    struct change_reply change;
    struct info_command ask = {.issue = issue, .words = text_of(words), .generation = 3};
    *err = (struct err){0};
    return service_node_command(node, person, &info_command_type, &ask, &change, err);
}

static void the_cadre_passes_on_what_the_household_says_and_nobody_else(void **state)
{
    struct service_node *node = *state;
    struct err err;
    struct informed_event event;
    fill_register(node);
    uint64_t issue = submit_h1(node);
    static const char *const others[] = {"cadre2", "operator", "triage1", "office_head",
                                         "staff_urban_1"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_status(inform(node, others[i], issue, "在村口", &err), STATUS_FORBIDDEN);
        assert_says(&err, "", "linked to its household");
    }
    assert_status(inform(node, "cadre1", issue + 1, "在村口", &err), STATUS_NOT_FOUND);
    assert_status(inform(node, "cadre1", issue, " ", &err), STATUS_INVALID);
    assert_says(&err, "words", "blank");
    assert_ok(inform(node, "cadre1", issue, "在村口", &err));
    struct record record = service_node_last(node, &informed_event_type, &event);
    assert_int_equal(record.issue, issue);
    assert_text(event.words, "在村口");
    assert_int_equal(event.generation, 3);
    assert_int_equal(ask_report(node, issue).pending.count, 2);
}

static void after_a_household_moved_its_new_cadre_tells_it(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct rows rows = {0};
    fill_register(node);
    uint64_t issue = submit_h1(node);
    add_household(&rows, household_of("h1", "cadre2"));
    assert_ok(import(node, &household_import_command_type, &rows, &err));

    assert_status(feedback(node, "cadre1", issue, "已告知", &err), STATUS_FORBIDDEN);
    assert_ok(feedback(node, "cadre2", issue, "已告知", &err));
}

/* ---- verdicts ------------------------------------------------------------------------------- */

static struct opened_event opened(void)
{
    return (struct opened_event){.household = BYTES("h1"),
                                 .cadre = BYTES("cadre1"),
                                 .after = {.state = (int)STATE_DISPATCHED,
                                           .lead = BYTES("urban"),
                                           .owner = BYTES("cadre1"),
                                           .generation = 2}};
}

static struct step_event told_step(void)
{
    return (struct step_event){.happening = (int)HAPPENING_FEEDBACK_DONE,
                               .from = (int)STATE_FEEDBACK,
                               .to = (int)STATE_CALLBACK,
                               .after = {.state = (int)STATE_CALLBACK,
                                         .lead = BYTES("urban"),
                                         .owner = BYTES("cadre1"),
                                         .generation = 8}};
}

static void the_routers_answers_settle_what_was_recorded(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct settled_event settled;
    fill_register(node);
    uint64_t issue = submit_h1(node);
    uint64_t report = service_node_head(node);

    struct opened_event open = opened();
    struct router_record record = {.type = &opened_event_type,
                                   .message = &open,
                                   .issue = issue,
                                   .generation = 2,
                                   .fact = report};
    assert_int_equal(service_node_follow(node, &record), 1);
    struct record local = service_node_last(node, &settled_event_type, &settled);
    assert_int_equal(local.flags, RECORD_LOCAL | RECORD_BY_RECORD);
    assert_int_equal(local.issue, issue);
    assert_int_equal(local.generation, 2);
    assert_int_equal(settled.fact, report);
    assert_int_equal(settled.fact_type, MESSAGE_REPORTED_EVENT);
    assert_int_equal(settled.state, STATE_DISPATCHED);
    assert_text(settled.lead, "urban");
    assert_text(settled.owner, "cadre1");
    assert_int_equal(service_node_count(node, "pending"), 0);

    assert_ok(feedback(node, "cadre1", issue, "已告知", &err));
    uint64_t told = service_node_head(node);
    struct step_event step = told_step();
    record = (struct router_record){
        .type = &step_event_type, .message = &step, .issue = issue, .generation = 8, .fact = told};
    assert_int_equal(service_node_follow(node, &record), 1);
    (void)service_node_last(node, &settled_event_type, &settled);
    assert_int_equal(settled.fact, told);
    assert_int_equal(settled.fact_type, MESSAGE_TOLD_EVENT);
    assert_int_equal(settled.state, STATE_CALLBACK);

    assert_ok(feedback(node, "cadre1", issue, "又告知", &err));
    told = service_node_head(node);
    struct set_aside_event aside = {
        .reason = BYTES("已反馈"), .fact_type = MESSAGE_TOLD_EVENT, .author = BYTES("cadre1")};
    record = (struct router_record){
        .type = &set_aside_event_type, .message = &aside, .issue = issue, .fact = told};
    assert_int_equal(service_node_count(node, "pending"), 1);
    assert_int_equal(service_node_follow(node, &record), 1);
    (void)service_node_last(node, &settled_event_type, &settled);
    assert_true(settled.is_set_aside);
    assert_text(settled.reason, "已反馈");
    assert_int_equal(service_node_count(node, "pending"), 0);
    assert_int_equal(service_node_rows(node, PENDING), 0);
}

static void what_the_router_did_otherwise_is_not_kept(void **state)
{
    struct service_node *node = *state;
    fill_register(node);
    uint64_t issue = submit_h1(node);
    uint64_t fact = service_node_head(node);
    struct opened_event open = opened();
    struct step_event step = told_step();
    struct set_aside_event aside = {.reason = BYTES("r")};
    const struct router_record records[] = {
        {.type = &step_event_type, .message = &step, .issue = issue},
        {.type = &step_event_type, .message = &step, .issue = issue, .fact = fact, .index = 1},
        {.type = &step_event_type,
         .message = &step,
         .issue = issue,
         .fact = fact,
         .is_of_others = true},
        {.type = &opened_event_type,
         .message = &open,
         .issue = issue,
         .fact = fact,
         .is_of_others = true},
        {.type = &set_aside_event_type,
         .message = &aside,
         .issue = issue,
         .fact = fact,
         .is_of_others = true},
    };

    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        assert_int_equal(service_node_follow(node, &records[i]), 0);
    }
    assert_int_equal(service_node_count(node, "pending"), 1);
}

static void a_verdict_given_twice_counts_once(void **state)
{
    struct service_node *node = *state;
    fill_register(node);
    uint64_t issue = submit_h1(node);
    struct opened_event open = opened();
    struct router_record record = {.type = &opened_event_type,
                                   .message = &open,
                                   .issue = issue,
                                   .fact = service_node_head(node)};
    (void)service_node_follow(node, &record);
    (void)service_node_follow(node, &record);

    assert_int_equal(service_node_count(node, "pending"), 0);
}

/* ---- before and after ----------------------------------------------------------------------- */

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_new_intake, close_rebuilt_node)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_cadre_reports_for_a_linked_household),
        TEST(a_request_id_older_than_configured_is_refused_unseen),
        TEST(numbers_run_through_the_year_of_the_office_zone),
        TEST(a_direct_report_is_the_clerk_or_the_operator_entering_what_a_caller_said),
        TEST(a_report_is_refused_with_its_field_and_a_way_out),
        TEST(the_owner_tells_what_the_household_was_told),
        TEST(feedback_of_an_issue_without_household_is_the_default_owners),
        TEST(the_office_gives_feedback_once_the_router_says_that_it_is_late),
        TEST(feedback_is_refused_to_others_and_for_nothing),
        TEST(the_cadre_passes_on_what_the_household_says_and_nobody_else),
        TEST(after_a_household_moved_its_new_cadre_tells_it),
        TEST(the_routers_answers_settle_what_was_recorded),
        TEST(what_the_router_did_otherwise_is_not_kept),
        TEST(a_verdict_given_twice_counts_once),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
