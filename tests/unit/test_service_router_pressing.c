/* SPDX-License-Identifier: Apache-2.0 */
/* Urging and supervision at the router: who may, how often, who is told, and their own clock. */
#include "router_issue.h"

#define ISSUE UINT64_C(20260000001)

/* An issue of community c01 at the triage desk, or with section urban (leader1). */
static void open_issue(struct service_node *node, bool is_dispatched)
{
    struct err err = {0};
    struct change_reply change;
    struct reported_event event = desk_report();
    (void)service_node_follow(node, &(struct router_record){.type = &reported_event_type,
                                                            .message = &event,
                                                            .issue = ISSUE,
                                                            .actor = "cadre1"});
    struct dispatch_command ask = {.issue = ISSUE, .lead = BYTES("urban")};
    if (is_dispatched) {
        assert_ok(
            service_node_command(node, "triage1", &dispatch_command_type, &ask, &change, &err));
    }
}

static enum status urge(struct service_node *node, const char *person, struct err *err)
{
    struct change_reply change;
    struct urge_command ask = {.issue = ISSUE, .words = BYTES("请尽快上门")};
    return service_node_command(node, person, &urge_command_type, &ask, &change, err);
}

static struct step_event last_step(struct service_node *node)
{
    struct step_event event;
    (void)service_node_last(node, &step_event_type, &event);
    return event;
}

static struct issue_view view_of(struct service_node *node)
{
    return ask_issue(node, "triage1", ISSUE);
}

/* ---- urging --------------------------------------------------------------------------------- */

static void who_urges_presses_the_lead_section_at_once(void **state)
{
    struct err err = {0};
    open_issue(*state, true);

    assert_ok(urge(*state, "triage1", &err));

    struct step_event event = last_step(*state);
    assert_int_equal(event.happening, HAPPENING_URGE);
    assert_int_equal(event.from, event.to);
    assert_text(event.reason, "请尽快上门");
    assert_true(list_has(&event.notify, "head_urban"));
    assert_true(list_has(&event.notify, "staff_urban_1"));
    assert_false(list_has(&event.notify, "leader1"));
}

static void at_the_triage_desk_the_clerks_are_pressed_but_not_by_themselves(void **state)
{
    struct err err = {0};
    open_issue(*state, false);

    assert_ok(urge(*state, "triage1", &err));

    struct step_event event = last_step(*state);
    assert_true(list_has(&event.notify, "triage2"));
    assert_false(list_has(&event.notify, "triage1"));
}

static void what_comes_to_the_triage_desk_names_its_clerks(void **state)
{
    struct opened_event event;

    open_issue(*state, false);

    (void)service_node_last(*state, &opened_event_type, &event);
    assert_int_equal(event.notify.count, 2);
    assert_true(list_has(&event.notify, "triage1"));
    assert_true(list_has(&event.notify, "triage2"));
}

static void a_person_urges_an_issue_once_a_day(void **state)
{
    struct err err = {0};
    open_issue(*state, true);
    assert_ok(urge(*state, "triage1", &err));

    assert_status(urge(*state, "triage1", &err), STATUS_REFUSED);
    assert_says(&err, "", "you have urged issue 2026-0000001 today already");
    assert_ok(urge(*state, "leader1", &err));
    service_node_wait(*state, at("2026-03-02T23:59:59+08:00"));
    assert_status(urge(*state, "triage1", &err), STATUS_REFUSED);
    service_node_wait(*state, at("2026-03-03T00:00:00+08:00"));
    assert_ok(urge(*state, "triage1", &err));
}

static void the_secretary_of_another_community_and_the_section_itself_do_not_urge(void **state)
{
    struct err err = {0};
    open_issue(*state, true);

    assert_ok(urge(*state, "secretary_c01", &err));
    assert_status(urge(*state, "secretary_c02", &err), STATUS_FORBIDDEN);
    assert_says(&err, "", "the community secretary of its area");
    assert_status(urge(*state, "staff_urban_1", &err), STATUS_FORBIDDEN);
    assert_status(urge(*state, "leader2", &err), STATUS_FORBIDDEN);
    assert_status(urge(*state, "cadre1", &err), STATUS_FORBIDDEN);
}

/* ---- supervision ---------------------------------------------------------------------------- */

static enum status supervise(struct service_node *node, const char *person, uint32_t level,
                             const char *until, struct err *err)
{
    struct change_reply change;
    struct supervise_command ask = {
        .issue = ISSUE, .level = level, .until = text_of(until), .words = BYTES("限期办结")};
    return service_node_command(node, person, &supervise_command_type, &ask, &change, err);
}

static enum status lift(struct service_node *node, const char *person, struct err *err)
{
    struct change_reply change;
    struct supervise_command ask = {.issue = ISSUE, .lift = true, .reason = BYTES("已经办妥")};
    return service_node_command(node, person, &supervise_command_type, &ask, &change, err);
}

static void supervision_has_its_own_due_time_and_issuer(void **state)
{
    struct err err = {0};
    open_issue(*state, true);

    assert_ok(supervise(*state, "supervisor1", 2, "3wd", &err));

    struct step_event event = last_step(*state);
    assert_true(list_has(&event.notify, "head_urban"));
    assert_true(list_has(&event.notify, "staff_urban_1"));
    assert_true(list_has(&event.notify, "leader1"));
    struct issue_view view = view_of(*state);
    assert_int_equal(view.supervised, 2);
    assert_text(view.supervision.issuer, "supervisor1");
    assert_int_equal(view.supervision.due_at.us, at("2026-03-05T17:00:00+08:00").us);
}

static void until_is_a_day_a_time_or_a_duration_that_is_still_to_come(void **state)
{
    struct err err = {0};
    open_issue(*state, true);

    assert_ok(supervise(*state, "leader2", 1, "2026-03-04", &err));
    assert_int_equal(view_of(*state).supervision.due_at.us, at("2026-03-04T23:59:59+08:00").us);
    assert_ok(supervise(*state, "leader2", 1, "2026-03-04T12:00", &err));
    assert_int_equal(view_of(*state).supervision.due_at.us, at("2026-03-04T12:00:00+08:00").us);
    static const char *const wrong[] = {NULL, "soon", "2026-03-01", "2028-03-01", "0wd"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_status(supervise(*state, "leader2", 1, wrong[i], &err), STATUS_INVALID);
        assert_says(&err, "until", "");
    }
    assert_status(supervise(*state, "leader2", 0, "1wd", &err), STATUS_INVALID);
    assert_says(&err, "level", "1, 2 or 3");
    assert_status(supervise(*state, "staff_urban_1", 1, "1wd", &err), STATUS_FORBIDDEN);
}

static void the_section_is_reminded_and_the_issuer_hears_when_it_is_overdue(void **state)
{
    struct err err = {0};
    struct supervision_event event;
    open_issue(*state, true);
    assert_ok(supervise(*state, "supervisor1", 1, "100m", &err));

    service_node_wait(*state, at("2026-03-02T10:20:00+08:00"));
    (void)service_node_last(*state, &supervision_event_type, &event);
    assert_int_equal(event.news, SUPERVISION_NEWS_REMINDED);
    assert_true(list_has(&event.notify, "staff_urban_1"));
    assert_true(list_has(&event.notify, "head_urban"));
    assert_true(list_has(&event.notify, "leader1"));
    assert_false(list_has(&event.notify, "supervisor1"));

    service_node_wait(*state, at("2026-03-02T10:40:00+08:00"));
    (void)service_node_last(*state, &supervision_event_type, &event);
    assert_int_equal(event.news, SUPERVISION_NEWS_OVERDUE);
    assert_true(list_has(&event.notify, "supervisor1"));
    assert_text(event.issuer, "supervisor1");
    assert_true(view_of(*state).supervision.is_overdue);
}

static bool is_listed_as_overdue(struct service_node *node, struct issue_item *ret_item)
{
    struct issue_list_query query = {.overdue = true};
    struct issue_list_reply reply;
    struct err err = {0};
    assert_ok(service_node_ask(node, "office_head", &issue_list_query_type, &query, &reply, &err));
    struct list_cursor cursor = list_begin(&reply.issues);
    return list_next_message(&cursor, &issue_item_type, ret_item);
}

static void what_a_person_set_counts_as_its_due_time_and_as_overdue(void **state)
{
    struct err err = {0};
    struct issue_item item;
    open_issue(*state, true);
    assert_ok(supervise(*state, "supervisor1", 1, "100m", &err));
    assert_false(is_listed_as_overdue(*state, &item));

    service_node_wait(*state, at("2026-03-02T10:40:00+08:00"));
    assert_true(is_listed_as_overdue(*state, &item));
    assert_true(item.is_overdue);
    assert_int_equal(item.due_at.us, at("2026-03-02T10:40:00+08:00").us);

    assert_ok(lift(*state, "supervisor1", &err));
    assert_false(is_listed_as_overdue(*state, &item));
}

/* When the timer of the supervision fires next. */
static int64_t next_of(struct service_node *node)
{
    return view_of(node).supervision.next_at.us;
}

static void its_warning_is_in_working_time_for_a_duration_and_for_a_day(void **state)
{
    struct err err = {0};
    open_issue(*state, true);

    assert_ok(supervise(*state, "leader2", 1, "3wd", &err));
    assert_int_equal(next_of(*state), at("2026-03-04T17:00:00+08:00").us);
    /* 80% of 38.5 hours until the Monday after, the weekend left out. */
    assert_ok(supervise(*state, "leader2", 1, "2026-03-09", &err));
    assert_int_equal(next_of(*state), at("2026-03-06T15:48:00+08:00").us);
}

static void a_duration_into_an_unpublished_year_is_provisional_and_a_named_day_is_not(void **state)
{
    struct err err = {0};
    service_node_set_now(*state, at("2026-12-28T09:00:00+08:00"));
    open_issue(*state, true);

    assert_ok(supervise(*state, "leader2", 1, "10wd", &err));
    struct issue_view view = view_of(*state);
    assert_int_equal(view.supervision.due_at.us, at("2027-01-11T17:00:00+08:00").us);
    assert_text(view.supervision.asked, "10wd");
    assert_true(view.supervision.is_provisional);
    assert_ok(supervise(*state, "leader2", 1, "2027-01-11", &err));
    view = view_of(*state);
    assert_text(view.supervision.asked, "");
    assert_false(view.supervision.is_provisional);
}

static void its_ladder_goes_on_behind_its_due_time(void **state)
{
    struct err err = {0};
    struct supervision_event event;
    open_issue(*state, true);
    assert_ok(supervise(*state, "supervisor1", 1, "100m", &err));

    service_node_wait(*state, at("2026-03-03T17:00:00+08:00"));

    (void)service_node_last(*state, &supervision_event_type, &event);
    assert_int_equal(event.news, SUPERVISION_NEWS_OVERDUE);
    assert_int_equal(event.step, 3);
    assert_int_equal(event.skipped.count, 0);
    assert_true(list_has(&event.notify, "supervisor1"));
    assert_true(list_has(&event.notify, "office_head"));
    assert_int_equal(next_of(*state), 0);
}

static void
of_levels_that_come_at_once_the_highest_is_told_and_the_others_are_recorded(void **state)
{
    struct err err = {0};
    struct supervision_event event;
    open_issue(*state, true);
    assert_ok(supervise(*state, "supervisor1", 1, "100m", &err));
    uint64_t before = service_node_head(*state);

    service_node_set_now(*state, at("2026-03-04T09:00:00+08:00"));
    (void)service_node_wake(*state, 20);

    assert_int_equal(service_node_count_since(*state, before, &supervision_event_type, &event), 1);
    assert_int_equal(event.step, 3);
    struct list_cursor cursor = list_begin(&event.skipped);
    uint64_t level;
    assert_true(list_next_u64(&cursor, &level));
    assert_int_equal(level, 1);
    assert_true(list_next_u64(&cursor, &level));
    assert_int_equal(level, 2);
    assert_false(list_next_u64(&cursor, &level));
    assert_true(view_of(*state).supervision.is_overdue);
}

static void who_set_it_lifts_it_and_nobody_else(void **state)
{
    struct err err = {0};
    struct supervision_event event;
    open_issue(*state, true);
    assert_status(lift(*state, "supervisor1", &err), STATUS_REFUSED);
    assert_says(&err, "", "not under supervision");
    assert_ok(supervise(*state, "supervisor1", 2, "100m", &err));

    assert_status(lift(*state, "office_head", &err), STATUS_FORBIDDEN);
    assert_says(&err, "", "'supervisor1' put issue 2026-0000001 under supervision");
    assert_ok(lift(*state, "supervisor1", &err));

    (void)service_node_last(*state, &supervision_event_type, &event);
    assert_int_equal(event.news, SUPERVISION_NEWS_LIFTED);
    assert_text(event.reason, "已经办妥");
    assert_true(list_has(&event.notify, "head_urban")); /* everybody who heard that it was set */
    assert_true(list_has(&event.notify, "staff_urban_1"));
    assert_true(list_has(&event.notify, "leader1"));
    assert_int_equal(view_of(*state).supervised, 0);
    uint64_t head = service_node_head(*state);
    service_node_wait(*state, at("2026-03-02T10:40:00+08:00"));
    assert_int_equal(service_node_head(*state), head); /* its timer is gone */
}

static void what_the_ladder_set_the_office_head_may_lift(void **state)
{
    struct err err = {0};
    open_issue(*state, true);
    service_node_wait(*state, at("2026-03-16T18:00:00+08:00"));
    assert_true(view_of(*state).supervised >= 2);

    assert_status(lift(*state, "supervisor1", &err), STATUS_FORBIDDEN);
    assert_says(&err, "", "only the office head");
    assert_ok(lift(*state, "office_head", &err));
    assert_int_equal(view_of(*state).supervised, 0);
}

/* ---- around --------------------------------------------------------------------------------- */

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_new_router, close_rebuilt_node)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_urges_presses_the_lead_section_at_once),
        TEST(at_the_triage_desk_the_clerks_are_pressed_but_not_by_themselves),
        TEST(what_comes_to_the_triage_desk_names_its_clerks),
        TEST(a_person_urges_an_issue_once_a_day),
        TEST(the_secretary_of_another_community_and_the_section_itself_do_not_urge),
        TEST(supervision_has_its_own_due_time_and_issuer),
        TEST(until_is_a_day_a_time_or_a_duration_that_is_still_to_come),
        TEST(the_section_is_reminded_and_the_issuer_hears_when_it_is_overdue),
        TEST(what_a_person_set_counts_as_its_due_time_and_as_overdue),
        TEST(its_warning_is_in_working_time_for_a_duration_and_for_a_day),
        TEST(a_duration_into_an_unpublished_year_is_provisional_and_a_named_day_is_not),
        TEST(its_ladder_goes_on_behind_its_due_time),
        TEST(of_levels_that_come_at_once_the_highest_is_told_and_the_others_are_recorded),
        TEST(who_set_it_lifts_it_and_nobody_else),
        TEST(what_the_ladder_set_the_office_head_may_lift),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
