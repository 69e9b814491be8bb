/* SPDX-License-Identifier: Apache-2.0 */
/* What a half asks for, and what is counted of it. */
#include "visit_calls.h"

/* ---- duty ----------------------------------------------------------------------------------- */

static void each_half_asks_for_a_visit_of_its_own(void **state)
{
    struct service_node *node = *state;
    fill_register(node);
    assert_int_equal(due_count(node, "cadre1", NULL, NULL), 2);
    visit_at(node, "cadre1", "h1", "2026-02-01T09:00:00", CONTACT_MODE_VISIT);
    visit_at(node, "cadre1", "h1", "2026-02-02T09:00:00", CONTACT_MODE_STAY);
    assert_int_equal(due_count(node, "cadre1", NULL, NULL), 1);
    assert_coverage(node, COVERAGE_SCOPE_CADRE, "cadre1", "2026H1", 2, 1);
    set_now(node, "2026-07-01T00:00:00");
    assert_int_equal(due_count(node, "cadre1", NULL, NULL), 2);
    assert_int_equal(due_count(node, "cadre1", NULL, "2026H1"), 1);
    visit_at(node, "cadre1", "h1", "2026-06-30T23:59:59", CONTACT_MODE_VISIT);
    assert_int_equal(due_count(node, "cadre1", NULL, "2026H2"), 2);
    visit_at(node, "cadre1", "h1", "2026-07-01T00:00:00", CONTACT_MODE_VISIT);
    assert_int_equal(due_count(node, "cadre1", NULL, "2026H2"), 1);
    assert_coverage(node, COVERAGE_SCOPE_COMMUNITY, "c01", "2026H2", 2, 1);
    service_node_check_rebuild(node);
}

static void a_telephone_call_settles_nothing(void **state)
{
    struct service_node *node = *state;
    fill_register(node);
    visit_at(node, "cadre1", "h1", "2026-02-01T09:00:00", CONTACT_MODE_PHONE);
    visit_at(node, "cadre1", "h1", "2026-02-01T09:00:00", CONTACT_MODE_OTHER);
    assert_int_equal(due_count(node, "cadre1", NULL, NULL), 2);
    assert_coverage(node, COVERAGE_SCOPE_VILLAGE, "c01v02", "2026H1", 2, 0);
}

static void handing_over_moves_what_is_left_and_keeps_what_was_done(void **state)
{
    struct service_node *node = *state;
    fill_register(node);
    visit_at(node, "cadre1", "h1", "2026-02-01T09:00:00", CONTACT_MODE_VISIT);
    relink(node, "h1", "cadre2");
    relink(node, "h2", "cadre2");
    assert_int_equal(due_count(node, "cadre1", NULL, NULL), 0);
    assert_int_equal(due_count(node, "cadre2", NULL, NULL), 2); /* h2, h3 */
    assert_coverage(node, COVERAGE_SCOPE_CADRE, "cadre1", "2026H1", 0, 0);
    assert_coverage(node, COVERAGE_SCOPE_CADRE, "cadre2", "2026H1", 3, 1);
    assert_coverage(node, COVERAGE_SCOPE_COMMUNITY, "c01", "2026H1", 2, 1);
    service_node_check_rebuild(node);
}

static void a_visit_is_entered_by_who_was_the_cadre_when_it_was_made(void **state)
{
    struct service_node *node = *state;
    struct visit_log_command before = visit_of("h1");
    struct visit_log_command now = visit_of("h1");
    before.at = wall_at("2026-03-01T10:00:00");
    fill_register(node);
    set_now(node, "2026-03-04T09:00:00");
    relink(node, "h1", "cadre2");
    refuse(node, "cadre2", &before, STATUS_INVALID, "at", "handed over to you at 2026-03-04");
    refuse(node, "cadre1", &now, STATUS_FORBIDDEN, "at", "say with --at when the visit was");
    now.at = wall_at("2026-03-04T09:00:00");
    refuse(node, "cadre1", &now, STATUS_FORBIDDEN, "at", "handed over at 2026-03-04");
    refuse(node, "triage1", &before, STATUS_FORBIDDEN, "", "may not enter a visit");
    uint64_t visit = must_log(node, "cadre1", &before);
    assert_text(show(node, "cadre1", visit).cadre, "cadre1");
    assert_coverage(node, COVERAGE_SCOPE_CADRE, "cadre2", "2026H1", 2, 1);
    (void)must_log(node, "cadre2", &now);

    /* The list of each has what each did. */
    assert_int_equal(visit_count(node, "cadre1", "cadre1"), 1);
    assert_int_equal(visit_count(node, "cadre2", "cadre2"), 1);
    assert_int_equal(visit_count(node, "triage1", "cadre1"), 1);

    /* It came back: what the other one did in between stays the other one's. */
    set_now(node, "2026-03-06T09:00:00");
    relink(node, "h1", "cadre1");
    now.at = wall_at("2026-03-05T09:00:00");
    refuse(node, "cadre1", &now, STATUS_INVALID, "at", "handed over to you at 2026-03-06");
    (void)must_log(node, "cadre2", &now);
    service_node_check_rebuild(node);
}

static void what_is_entered_late_counts_for_who_was_linked_when_the_half_ended(void **state)
{
    struct service_node *node = *state;
    fill_register(node);
    (void)service_node_wake(node, 1);
    set_now(node, "2026-06-01T09:00:00");
    relink(node, "h1", "cadre2");
    set_now(node, "2026-07-01T00:00:00");
    (void)service_node_wake(node, 1);
    set_now(node, "2026-07-02T09:00:00");
    relink(node, "h1", "cadre1");
    relink(node, "h4", "cadre1"); /* was not there before */
    assert_int_equal(due_count(node, "triage1", "cadre2", "2026H1"), 2);
    assert_int_equal(due_count(node, "triage1", "cadre1", "2026H1"), 1);
    assert_int_equal(due_count(node, "triage1", NULL, "2026H1"), 3);
    visit_at(node, "cadre1", "h1", "2026-05-31T10:00:00", CONTACT_MODE_VISIT);
    assert_coverage(node, COVERAGE_SCOPE_CADRE, "cadre2", "2026H1", 2, 1);
    assert_coverage(node, COVERAGE_SCOPE_CADRE, "cadre1", "2026H1", 1, 0);
    assert_coverage(node, COVERAGE_SCOPE_COMMUNITY, "c01", "2026H1", 2, 1);
    assert_coverage(node, COVERAGE_SCOPE_CADRE, "cadre1", "2026H2", 3, 0);
    assert_int_equal(due_count(node, "triage1", "cadre2", "2026H1"), 1);
    assert_int_equal(due_count(node, "triage1", "cadre1", "2026H1"), 1);
    /* Before there was a register nobody owed anything. */
    assert_int_equal(due_count(node, "triage1", NULL, "2025H2"), 0);
    service_node_check_rebuild(node);
}

static void what_was_assigned_is_fixed_when_a_half_ends(void **state)
{
    struct service_node *node = *state;
    fill_register(node);
    (void)service_node_wake(node, 1);
    visit_at(node, "cadre1", "h1", "2026-02-01T09:00:00", CONTACT_MODE_VISIT);
    set_now(node, "2026-07-01T00:00:00");
    (void)service_node_wake(node, 1);
    set_now(node, "2026-07-02T00:00:00");
    relink(node, "h1", "cadre2");
    assert_coverage(node, COVERAGE_SCOPE_CADRE, "cadre1", "2026H1", 2, 1);
    assert_coverage(node, COVERAGE_SCOPE_CADRE, "cadre2", "2026H1", 1, 0);
    assert_coverage(node, COVERAGE_SCOPE_CADRE, "cadre1", "2026H2", 1, 0);
    /* What was made in time and entered late still counts. */
    visit_at(node, "cadre1", "h2", "2026-06-30T10:00:00", CONTACT_MODE_VISIT);
    assert_coverage(node, COVERAGE_SCOPE_CADRE, "cadre1", "2026H1", 2, 2);
    service_node_check_rebuild(node);
}

#define test(name) cmocka_unit_test_setup_teardown(name, open_new_intake, close_node)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(each_half_asks_for_a_visit_of_its_own),
        test(a_telephone_call_settles_nothing),
        test(handing_over_moves_what_is_left_and_keeps_what_was_done),
        test(a_visit_is_entered_by_who_was_the_cadre_when_it_was_made),
        test(what_is_entered_late_counts_for_who_was_linked_when_the_half_ended),
        test(what_was_assigned_is_fixed_when_a_half_ends),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
