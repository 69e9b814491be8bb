/* SPDX-License-Identifier: Apache-2.0 */
/* The reminders of a half, with only the register: nobody has visited anybody. */
#include "intake_calls.h"

#include "domain/visits.h"

static struct config *config; /* the shipped street, opened once for all tests */

static void set_now(struct service_node *node, const char *text)
{
    struct wall now;
    struct err err = {0};
    assert_ok(wall_parse(bytes_of_string(text), config->zone, &now, &err));
    service_node_set_now(node, now);
}

static void adopt(struct service_node *node)
{
    struct err err = {0};
    assert_ok(service_node_adopt(node, config, &err));
}

static void a_plan_is_made_with_the_first_configuration(void **state)
{
    struct service_node *node = *state;
    struct visits_planned_event plan;
    set_now(node, "2026-05-10T09:00:00");
    adopt(node);
    assert_int_equal(service_node_wake(node, 1), 1);
    (void)service_node_last(node, &visits_planned_event_type, &plan);
    assert_int_equal(plan.half, 20261);
    assert_int_equal(plan.level, 2); /* the first was on 1 May */
    assert_int_equal(plan.at.us, visit_point(&config->visits, config->zone, 20261, 2).us);
    assert_int_equal(service_node_wake(node, 3), 0);
    service_node_check_rebuild(node);
}

static void each_cadre_is_told_once_how_many_are_left(void **state)
{
    struct service_node *node = *state;
    struct visits_planned_event plan;
    fill_register(node);
    adopt(node);
    (void)service_node_wake(node, 1);
    uint64_t head = service_node_head(node);
    set_now(node, "2026-05-01T08:00:00");
    assert_int_equal(service_node_wake(node, 2), 1);
    /* Two cadres have households, then the plan goes on. */
    assert_int_equal(service_node_head(node), head + 3);
    (void)service_node_last(node, &visits_planned_event_type, &plan);
    assert_int_equal(plan.level, 2);
    service_node_check_rebuild(node);
}

static void a_configuration_adopted_again_repeats_nothing(void **state)
{
    struct service_node *node = *state;
    struct visits_planned_event plan;
    fill_register(node);
    (void)service_node_wake(node, 1);
    set_now(node, "2026-05-01T08:00:00");
    (void)service_node_wake(node, 1);
    uint64_t head = service_node_head(node);
    set_now(node, "2026-05-10T08:00:00");
    adopt(node);
    assert_int_equal(service_node_wake(node, 2), 1);
    assert_int_equal(service_node_head(node), head + 2);
    (void)service_node_last(node, &visits_planned_event_type, &plan);
    assert_int_equal(plan.half, 20261);
    assert_int_equal(plan.level, 2);
    assert_int_equal(plan.at.us, visit_point(&config->visits, config->zone, 20261, 2).us);
    service_node_check_rebuild(node);
}

static void other_dates_hold_from_their_adoption_on(void **state)
{
    struct service_node *node = *state;
    struct visits_planned_event plan;
    struct err err = {0};
    struct config other = *config;
    fill_register(node);
    (void)service_node_wake(node, 1);
    other.hash[0] ^= 1;
    other.visits.remind_days[0] = 45;
    set_now(node, "2026-05-10T08:00:00");
    (void)service_node_wake(node, 1);
    assert_ok(service_node_adopt(node, &other, &err));
    (void)service_node_wake(node, 1);
    (void)service_node_last(node, &visits_planned_event_type, &plan);
    assert_int_equal(plan.level, 1);
    assert_int_equal(plan.at.us, visit_point(&other.visits, other.zone, 20261, 1).us);
    uint64_t head = service_node_head(node);
    set_now(node, "2026-05-16T08:00:00");
    (void)service_node_wake(node, 1);
    assert_int_equal(service_node_head(node), head + 3);
    assert_ok(service_node_adopt(node, config, &err));
    (void)service_node_wake(node, 1);
}

static void of_several_levels_that_are_due_the_highest_is_told(void **state)
{
    struct service_node *node = *state;
    struct visits_planned_event plan;
    uint64_t level = 0;
    fill_register(node);
    adopt(node);
    (void)service_node_wake(node, 1);
    uint64_t head = service_node_head(node);
    set_now(node, "2026-06-21T08:00:00");
    assert_int_equal(service_node_wake(node, 3), 1);
    assert_int_equal(service_node_head(node), head + 3);
    (void)service_node_last(node, &visits_planned_event_type, &plan);
    assert_int_equal(plan.level, 4);
    assert_int_equal(plan.skipped.count, 2);
    struct list_cursor cursor = list_begin(&plan.skipped);
    assert_true(list_next_u64(&cursor, &level));
    assert_int_equal(level, 1);
    service_node_check_rebuild(node);
}

static void many_cadres_take_several_transactions(void **state)
{
    enum { MANY = 450 };
    struct service_node *node = *state;
    struct err err = {0};
    struct rows rows = {0};
    char id[16];
    char household[16];
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(id, sizeof id, "cadre%03d", i);
        add_cadre(&rows, cadre_of(id));
    }
    assert_ok(import(node, &cadre_import_command_type, &rows, &err));
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(id, sizeof id, "cadre%03d", i);
        (void)snprintf(household, sizeof household, "h%03d", i);
        add_household(&rows, household_of(household, id));
    }
    assert_ok(import(node, &household_import_command_type, &rows, &err));
    adopt(node);
    (void)service_node_wake(node, 1);
    static const char *const instants[] = {"2026-05-01T08:00:00", "2026-05-01T08:00:01",
                                           "2026-05-01T08:00:02", "2026-05-01T08:00:03"};
    static const uint64_t emitted[] = {201, 201, 51, 0};
    for (size_t i = 0; i < sizeof emitted / sizeof emitted[0]; i++) {
        uint64_t head = service_node_head(node);
        set_now(node, instants[i]);
        (void)service_node_wake(node, 2);
        assert_int_equal(service_node_head(node) - head, emitted[i]);
    }
    service_node_check_rebuild(node);
}

static void a_half_that_ended_is_told_to_units_and_communities_and_the_next_begins(void **state)
{
    struct service_node *node = *state;
    struct visits_planned_event plan;
    fill_register(node);
    adopt(node);
    (void)service_node_wake(node, 1);
    uint64_t head = service_node_head(node);
    set_now(node, "2026-07-01T00:00:00");
    (void)service_node_wake(node, 1);
    /* Two cadres with the head of their section, two communities. */
    assert_int_equal(service_node_head(node), head + 5);
    (void)service_node_last(node, &visits_planned_event_type, &plan);
    assert_int_equal(plan.half, 20262);
    assert_int_equal(plan.level, 1);
    assert_int_equal(plan.closes, 20261);
    assert_int_equal(plan.skipped.count, 3);
    service_node_check_rebuild(node);
}

static int open_node(void **state)
{
    *state = service_node_open(&intake_service, "intake", config);
    return 0;
}

static int close_node(void **state)
{
    service_node_close(*state);
    return 0;
}

#define test(name) cmocka_unit_test_setup_teardown(name, open_node, close_node)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_plan_is_made_with_the_first_configuration),
        test(each_cadre_is_told_once_how_many_are_left),
        test(a_configuration_adopted_again_repeats_nothing),
        test(other_dates_hold_from_their_adoption_on),
        test(of_several_levels_that_are_due_the_highest_is_told),
        test(many_cadres_take_several_transactions),
        test(a_half_that_ended_is_told_to_units_and_communities_and_the_next_begins),
    };
    config = street_open();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    config_close(config);
    return failed;
}
