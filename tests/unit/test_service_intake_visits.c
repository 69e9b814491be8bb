/* SPDX-License-Identifier: Apache-2.0 */
/* Entering visits, reading them, and what was promised. */
#include "calendar_2026.h"
#include "visit_calls.h"

#include "intake/visits.h"

/* ---- entering ------------------------------------------------------------------------------- */

static void put_matter(struct list *list, struct buf *out, const char *title)
{
    struct matter_part part = {.kind = (int)KIND_DIFFICULTY,
                               .category = BYTES("roads"),
                               .title = text_of(title),
                               .text = BYTES("村口的路灯三天不亮")};
    list_put_message(list, out, &matter_part_type, &part);
    list_end(list, out);
}

static void matters_become_issues_of_the_visit_in_one_command(void **state)
{
    struct service_node *node = *state;
    struct reported_event reported;
    struct visit_log_command command = visit_of("h1");
    struct buf out = {0};
    fill_register(node);
    put_matter(&command.matters, &out, "路灯不亮");
    put_matter(&command.matters, &out, "水管漏水");
    uint64_t head = service_node_head(node);

    uint64_t visit = must_log(node, "cadre1", &command);

    assert_int_equal(visit, head + 1);
    assert_int_equal(service_node_head(node), head + 3);
    struct record record = service_node_last(node, &reported_event_type, &reported);
    assert_int_equal(record.issue, ISSUE_1 + 1);
    assert_int_equal(reported.visit, visit);
    assert_int_equal(reported.source, SOURCE_VISIT);
    assert_text(reported.title, "水管漏水");
    assert_int_equal(ask_report(node, ISSUE_1).visit, visit);
    struct visit_view view = show(node, "cadre1", visit);
    assert_int_equal(view.issues.count, 2);
    struct list_cursor cursor = list_begin(&view.issues);
    uint64_t issue = 0;
    assert_true(list_next_u64(&cursor, &issue));
    assert_int_equal(issue, ISSUE_1);
    assert_int_equal(service_node_count(node, "accepted"), 2);
    service_node_check_rebuild(node);
    buf_done(&out);
}

static void a_bad_matter_refuses_the_whole_visit(void **state)
{
    struct service_node *node = *state;
    struct visit_log_command command = visit_of("h1");
    struct buf out = {0};
    fill_register(node);
    put_matter(&command.matters, &out, "路灯不亮");
    put_matter(&command.matters, &out, "　");
    refuse(node, "cadre1", &command, STATUS_INVALID, "matters", "matter 2: title: blank");
    buf_done(&out);
}

static void times_are_checked_and_late_entries_keep_both(void **state)
{
    struct service_node *node = *state;
    struct visit_log_command command = visit_of("h1");
    fill_register(node);
    command.at = wall_at("2026-03-02T09:00:01");
    refuse(node, "cadre1", &command, STATUS_INVALID, "at", "future");
    command.at = wall_at("2025-02-28T09:00:00");
    refuse(node, "cadre1", &command, STATUS_INVALID, "at", "more than a year");
    command.at = wall_at("2026-02-27T09:00:00");
    struct visit_view view = show(node, "cadre1", must_log(node, "cadre1", &command));
    assert_false(view.is_late);
    command.at = wall_at("2026-02-27T08:59:59");
    view = show(node, "cadre1", must_log(node, "cadre1", &command));
    assert_true(view.is_late);
    assert_int_equal(view.at.us, command.at.us);
    assert_int_equal(view.entered_at.us, SERVICE_NODE_BEGIN_US);
}

static void only_the_households_cadre_enters_a_visit(void **state)
{
    struct service_node *node = *state;
    struct visit_log_command command = visit_of("h1");
    fill_register(node);
    refuse(node, "cadre2", &command, STATUS_FORBIDDEN, "", "may not enter a visit");
    refuse(node, "triage1", &command, STATUS_FORBIDDEN, "", "may not enter a visit");
    command = visit_of("h9");
    refuse(node, "cadre1", &command, STATUS_NOT_FOUND, "household", "no household 'h9'");
}

static void items_transport_and_words_are_checked(void **state)
{
    struct service_node *node = *state;
    struct visit_log_command command = visit_of("h1");
    struct buf out = {0};
    fill_register(node);
    list_put_bytes(&command.items, &out, BYTES("family"));
    list_put_bytes(&command.items, &out, BYTES("family"));
    list_end(&command.items, &out);
    refuse(node, "cadre1", &command, STATUS_INVALID, "items", "twice");
    buf_clear(&out);
    command.items = (struct list){0};
    list_put_bytes(&command.items, &out, BYTES("familie"));
    list_end(&command.items, &out);
    refuse(node, "cadre1", &command, STATUS_INVALID, "items", "'familie'");
    buf_clear(&out);
    command.items = (struct list){0};
    command.words = BYTES(" \n");
    refuse(node, "cadre1", &command, STATUS_INVALID, "words", "blank");
    command.words = (struct bytes){0};
    command.mode = (int)CONTACT_MODE_PHONE;
    command.transport = (int)TRAVEL_BUS;
    refuse(node, "cadre1", &command, STATUS_INVALID, "transport", "nobody went");
    command.mode = (int)CONTACT_MODE_VISIT;
    command.transport = (int)TRAVEL_OFFICIAL;
    assert_true(show(node, "cadre1", must_log(node, "cadre1", &command)).is_official_car);
    buf_done(&out);
}

static void texts_are_for_those_who_need_them(void **state)
{
    struct service_node *node = *state;
    struct visit_log_command command = visit_of("h1");
    struct visit_query query;
    struct visit_view view;
    struct err err = {0};
    fill_register(node);
    command.words = BYTES("老人身体好转");
    query.visit = must_log(node, "cadre1", &command);
    assert_text(show(node, "cadre1", query.visit).words, "老人身体好转");
    assert_text(show(node, "supervisor1", query.visit).words, "老人身体好转");
    assert_text(show(node, "operator", query.visit).words, "");
    assert_status(service_node_ask(node, "cadre2", &visit_query_type, &query, &view, &err),
                  STATUS_FORBIDDEN);
    assert_status(service_node_ask(node, "head_urban", &visit_query_type, &query, &view, &err),
                  STATUS_FORBIDDEN);
}

/* ---- lists ---------------------------------------------------------------------------------- */

static void lists_go_by_time_and_page(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct visit_list_query query = {.limit = 2};
    struct visit_list_reply reply;
    struct visit_part part;
    fill_register(node);
    visit_at(node, "cadre1", "h1", "2026-02-03T09:00:00", CONTACT_MODE_VISIT);
    visit_at(node, "cadre1", "h2", "2026-02-01T09:00:00", CONTACT_MODE_VISIT);
    visit_at(node, "cadre2", "h3", "2026-02-02T09:00:00", CONTACT_MODE_VISIT);
    assert_ok(service_node_ask(node, "triage1", &visit_list_query_type, &query, &reply, &err));
    assert_int_equal(reply.visits.count, 2);
    struct list_cursor cursor = list_begin(&reply.visits);
    assert_true(list_next_message(&cursor, &visit_part_type, &part));
    assert_text(part.household, "h2");
    assert_true(list_next_message(&cursor, &visit_part_type, &part));
    assert_text(part.household, "h3");
    query.after = part.visit;
    assert_ok(service_node_ask(node, "triage1", &visit_list_query_type, &query, &reply, &err));
    assert_int_equal(reply.visits.count, 1);
    query = (struct visit_list_query){.from = wall_at("2026-02-01T09:00:00"),
                                      .until = wall_at("2026-02-02T09:00:00")};
    assert_ok(service_node_ask(node, "triage1", &visit_list_query_type, &query, &reply, &err));
    assert_int_equal(reply.visits.count, 1);
    assert_ok(service_node_ask(node, "cadre2", &visit_list_query_type,
                               &(struct visit_list_query){0}, &reply, &err));
    assert_int_equal(reply.visits.count, 1);
    query = (struct visit_list_query){.cadre = BYTES("cadre1")};
    assert_status(service_node_ask(node, "cadre2", &visit_list_query_type, &query, &reply, &err),
                  STATUS_FORBIDDEN);
}

/* ---- promises ------------------------------------------------------------------------------- */

static uint64_t promise(struct service_node *node, const char *household, const char *until)
{
    struct visit_log_command command = visit_of(household);
    struct promise_part part = {.until = text_of(until), .words = BYTES("带政策手册上门")};
    struct buf out = {0};
    list_put_message(&command.promises, &out, &promise_part_type, &part);
    list_end(&command.promises, &out);
    uint64_t visit = must_log(node, "cadre1", &command);
    buf_done(&out);
    return visit * PROMISES_PER_VISIT + 1;
}

static enum status keep(struct service_node *node, const char *person, uint64_t number,
                        struct err *err)
{
    struct promise_keep_command command = {.promise = number, .words = BYTES("手册已送到")};
    struct change_reply change;
    return service_node_command(node, person, &promise_keep_command_type, &command, &change, err);
}

static uint32_t promise_count(struct service_node *node, const char *person)
{
    struct err err = {0};
    struct promise_query query = {0};
    struct promise_reply reply;
    assert_ok(service_node_ask(node, person, &promise_query_type, &query, &reply, &err));
    return reply.promises.count;
}

static void a_promise_is_reminded_of_and_then_overdue_once_each(void **state)
{
    struct service_node *node = *state;
    struct promise_told_event told;
    fill_register(node);
    (void)service_node_wake(node, 1);
    uint64_t number = promise(node, "h1", "2026-03-10");
    assert_int_equal(promise_count(node, "cadre1"), 1);
    assert_int_equal(promise_count(node, "cadre2"), 0);
    set_now(node, "2026-03-09T23:00:00"); /* a working day before */
    assert_int_equal(service_node_wake(node, 2), 1);
    (void)service_node_last(node, &promise_told_event_type, &told);
    assert_int_equal(told.promise, number);
    assert_false(told.is_passed);
    set_now(node, "2026-03-10T23:59:59");
    assert_int_equal(service_node_wake(node, 2), 1);
    (void)service_node_last(node, &promise_told_event_type, &told);
    assert_true(told.is_passed);
    assert_false(told.is_skipped);
    assert_int_equal(service_node_wake(node, 2), 0);
    service_node_check_rebuild(node);
}

/* A Saturday is declared a working day: the working day before a Sunday is that, and no longer the
 * Friday. */
static void a_reminder_is_put_off_when_the_calendar_in_force_has_it_later(void **state)
{
    struct service_node *node = *state;
    struct promise_told_event told;
    struct err err = {0};
    struct config other = *street;
    struct calendar_builder *builder = build_published();
    assert_ok(calendar_builder_put_day(builder, CALENDAR_LAYER_LOCAL, days_from_date(2026, 3, 7),
                                       true, BYTES(""), &err));
    struct calendar *calendar = finish(builder);
    other.calendar = calendar;
    other.hash[0] ^= 1;
    fill_register(node);
    (void)service_node_wake(node, 1);
    (void)promise(node, "h1", "2026-03-08");
    assert_ok(service_node_adopt(node, &other, &err));
    (void)service_node_wake(node, 1);
    uint64_t head = service_node_head(node);
    set_now(node, "2026-03-06T17:00:00");
    assert_int_equal(service_node_wake(node, 2), 1);
    assert_int_equal(service_node_head(node), head + 1); /* nobody was told */
    (void)service_node_last(node, &promise_told_event_type, &told);
    assert_int_equal(told.put_off_until.us, at("2026-03-07T17:00").us);
    set_now(node, "2026-03-07T17:00:00");
    assert_int_equal(service_node_wake(node, 2), 1);
    assert_int_equal(service_node_head(node), head + 3);
    (void)service_node_last(node, &promise_told_event_type, &told);
    assert_int_equal(told.put_off_until.us, 0);
    assert_false(told.is_passed);
    service_node_check_rebuild(node);
    assert_ok(service_node_adopt(node, street, &err));
    calendar_close(calendar);
}

static void after_an_outage_a_promise_is_only_overdue(void **state)
{
    struct service_node *node = *state;
    struct promise_told_event told;
    fill_register(node);
    (void)service_node_wake(node, 1);
    (void)promise(node, "h1", "2026-03-10");
    uint64_t head = service_node_head(node);
    set_now(node, "2026-04-01T09:00:00");
    assert_int_equal(service_node_wake(node, 2), 1);
    assert_int_equal(service_node_head(node), head + 2);
    (void)service_node_last(node, &promise_told_event_type, &told);
    assert_true(told.is_passed && told.is_skipped);
}

static void a_kept_promise_is_over(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    fill_register(node);
    (void)service_node_wake(node, 1);
    uint64_t number = promise(node, "h1", "2026-03-10");
    assert_status(keep(node, "cadre2", number, &err), STATUS_FORBIDDEN);
    assert_status(keep(node, "cadre1", number + 1, &err), STATUS_NOT_FOUND);
    assert_ok(keep(node, "cadre1", number, &err));
    assert_status(keep(node, "cadre1", number, &err), STATUS_REFUSED);
    assert_int_equal(promise_count(node, "cadre1"), 0);
    set_now(node, "2026-04-01T09:00:00");
    assert_int_equal(service_node_wake(node, 2), 0);
    service_node_check_rebuild(node);
}

static void a_promise_goes_with_its_household(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    fill_register(node);
    (void)service_node_wake(node, 1);
    uint64_t number = promise(node, "h1", "2026-03-10");
    relink(node, "h1", "cadre2");
    assert_int_equal(promise_count(node, "cadre1"), 0);
    assert_int_equal(promise_count(node, "cadre2"), 1);
    assert_status(keep(node, "cadre1", number, &err), STATUS_FORBIDDEN);

    /* Who has it now is reminded. */
    uint64_t head = service_node_head(node);
    struct intake_notice_event told;
    set_now(node, "2026-03-09T17:00:00");
    assert_int_equal(service_node_wake(node, 1), 1);
    assert_int_equal(service_node_count_since(node, head, &intake_notice_event_type, &told), 1);
    assert_text(told.category, "promise_due");
    assert_int_equal(told.promise, number);
    assert_text(told.person, "cadre2");
    struct list_cursor cursor = list_begin(&told.recipients);
    struct bytes recipient;
    assert_true(list_next_bytes(&cursor, &recipient));
    assert_text(recipient, "cadre2");
    assert_false(list_next_bytes(&cursor, &recipient));
    assert_ok(keep(node, "cadre2", number, &err));
    service_node_check_rebuild(node);
}

static void a_promise_is_reminded_of_a_working_day_before(void **state)
{
    static const struct {
        const char *until;
        const char *reminded;
    } days[] = {{"2026-03-10", "2026-03-09T17:00:00"},  /* Tuesday */
                {"2026-03-15", "2026-03-13T17:00:00"},  /* Sunday */
                {"2026-03-16", "2026-03-13T17:00:00"},  /* Monday */
                {"2026-05-10", "2026-05-09T17:30:00"},  /* after a Saturday that is worked */
                {"2026-10-08", "2026-09-30T17:30:00"}}; /* after the holidays */
    struct service_node *node = *state;
    fill_register(node);
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        uint64_t number = promise(node, "h1", days[i].until);
        struct visited_event visit;
        struct promised_part part;
        (void)service_node_last(node, &visited_event_type, &visit);
        assert_true(visits_promise_of(&visit, number, &part));
        assert_int_equal(part.remind_at.us, wall_at(days[i].reminded).us);
    }
}

static void what_was_promised_late_is_the_present_cadres(void **state)
{
    struct service_node *node = *state;
    struct visit_log_command command = visit_of("h1");
    struct promise_part part = {.until = BYTES("2026-03-20"), .words = BYTES("带政策手册上门")};
    struct buf out = {0};
    fill_register(node);
    set_now(node, "2026-03-04T09:00:00");
    relink(node, "h1", "cadre2");
    command.at = wall_at("2026-03-03T09:00:00");
    list_put_message(&command.promises, &out, &promise_part_type, &part);
    list_end(&command.promises, &out);
    struct visit_view view = show(node, "cadre1", must_log(node, "cadre1", &command));
    struct list_cursor cursor = list_begin(&view.promises);
    struct promise_view_part promised;
    assert_true(list_next_message(&cursor, &promise_view_part_type, &promised));
    assert_text(promised.cadre, "cadre2");
    assert_int_equal(promise_count(node, "cadre1"), 0);
    assert_int_equal(promise_count(node, "cadre2"), 1);
    service_node_check_rebuild(node);
    buf_done(&out);
}

static void promises_have_a_day_that_can_still_come(void **state)
{
    static const struct {
        const char *until;
        const char *part;
    } wrong[] = {{"2026-02-30", "promise 1: '2026-02-30' is no day"},
                 {"tomorrow", "promise 1: 'tomorrow' is no day"},
                 {"2026-03-01", "promise 1: 2026-03-01 lies before the visit"},
                 {"2029-01-01", "promise 1: 2029-01-01 is more than two years ahead"}};
    struct service_node *node = *state;
    fill_register(node);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct visit_log_command command = visit_of("h1");
        struct promise_part part = {.until = text_of(wrong[i].until), .words = BYTES("手册")};
        struct buf out = {0};
        list_put_message(&command.promises, &out, &promise_part_type, &part);
        list_end(&command.promises, &out);
        refuse(node, "cadre1", &command, STATUS_INVALID, "promises", wrong[i].part);
        buf_done(&out);
    }
}

#define test(name) cmocka_unit_test_setup_teardown(name, open_new_intake, close_node)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(matters_become_issues_of_the_visit_in_one_command),
        test(a_bad_matter_refuses_the_whole_visit),
        test(times_are_checked_and_late_entries_keep_both),
        test(only_the_households_cadre_enters_a_visit),
        test(items_transport_and_words_are_checked),
        test(texts_are_for_those_who_need_them),
        test(lists_go_by_time_and_page),
        test(a_promise_is_reminded_of_and_then_overdue_once_each),
        test(a_reminder_is_put_off_when_the_calendar_in_force_has_it_later),
        test(after_an_outage_a_promise_is_only_overdue),
        test(a_kept_promise_is_over),
        test(a_promise_goes_with_its_household),
        test(a_promise_is_reminded_of_a_working_day_before),
        test(what_was_promised_late_is_the_present_cadres),
        test(promises_have_a_day_that_can_still_come),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
