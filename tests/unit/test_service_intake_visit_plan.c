/* SPDX-License-Identifier: Apache-2.0 */
/* The reminders of a half, with only the register: nobody has visited anybody. */
#include "intake_calls.h"

#include "domain/visits.h"

static void set_now(struct service_node *node, const char *text)
{
    service_node_set_now(node, at(text));
}

static void adopt(struct service_node *node)
{
    struct err err = {0};
    assert_ok(service_node_adopt(node, street, &err));
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
    assert_int_equal(plan.level, 2); /* the first was on 30 April */
    assert_int_equal(plan.at.us, visit_point(&street->visits, street->calendar, 20261, 2).us);
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
    set_now(node, "2026-04-30T08:30:00");
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
    set_now(node, "2026-04-30T08:30:00");
    (void)service_node_wake(node, 1);
    uint64_t head = service_node_head(node);
    set_now(node, "2026-05-10T08:00:00");
    adopt(node);
    assert_int_equal(service_node_wake(node, 2), 1);
    assert_int_equal(service_node_head(node), head + 2);
    (void)service_node_last(node, &visits_planned_event_type, &plan);
    assert_int_equal(plan.half, 20261);
    assert_int_equal(plan.level, 2);
    assert_int_equal(plan.at.us, visit_point(&street->visits, street->calendar, 20261, 2).us);
    service_node_check_rebuild(node);
}

static void other_dates_hold_from_their_adoption_on(void **state)
{
    struct service_node *node = *state;
    struct visits_planned_event plan;
    struct err err = {0};
    struct config other = *street;
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
    assert_int_equal(plan.at.us, visit_point(&other.visits, other.calendar, 20261, 1).us);
    uint64_t head = service_node_head(node);
    set_now(node, "2026-05-16T08:00:00");
    (void)service_node_wake(node, 1);
    assert_int_equal(service_node_head(node), head + 3);
    assert_ok(service_node_adopt(node, street, &err));
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
    set_now(node, "2026-06-21T08:30:00");
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
    static const char *const instants[] = {"2026-04-30T08:30:00", "2026-04-30T08:30:01",
                                           "2026-04-30T08:30:02", "2026-04-30T08:30:03"};
    static const uint64_t emitted[] = {201, 201, 51, 0};
    for (size_t i = 0; i < sizeof emitted / sizeof emitted[0]; i++) {
        uint64_t head = service_node_head(node);
        set_now(node, instants[i]);
        (void)service_node_wake(node, 2);
        assert_int_equal(service_node_head(node) - head, emitted[i]);
    }
    service_node_check_rebuild(node);
}

static void a_half_ends_in_the_night_and_what_was_missed_is_told_in_the_morning(void **state)
{
    struct service_node *node = *state;
    struct visits_planned_event plan;
    fill_register(node);
    adopt(node);
    (void)service_node_wake(node, 1);
    uint64_t head = service_node_head(node);
    set_now(node, "2026-07-01T00:00:00");
    (void)service_node_wake(node, 2);
    assert_int_equal(service_node_head(node), head + 1);
    (void)service_node_last(node, &visits_planned_event_type, &plan);
    assert_int_equal(plan.half, 20261);
    assert_int_equal(plan.level, 5);
    assert_int_equal(plan.closes, 20261);
    assert_int_equal(plan.skipped.count, 3);

    set_now(node, "2026-07-01T08:30:00");
    (void)service_node_wake(node, 2);
    /* Two cadres, two communities, the head of their section, and the plan. */
    assert_int_equal(service_node_head(node), head + 7);
    (void)service_node_last(node, &visits_planned_event_type, &plan);
    assert_int_equal(plan.half, 20262);
    assert_int_equal(plan.level, 1);
    assert_int_equal(plan.closes, 0);
    service_node_check_rebuild(node);
}

static void after_an_outage_a_half_is_ended_and_told_at_once(void **state)
{
    struct service_node *node = *state;
    struct visits_planned_event plan;
    fill_register(node);
    adopt(node);
    (void)service_node_wake(node, 1);
    set_now(node, "2026-07-03T10:00:00");
    (void)service_node_wake(node, 2);
    (void)service_node_last(node, &visits_planned_event_type, &plan);
    assert_int_equal(plan.half, 20262);
    assert_int_equal(plan.closes, 20261);
    assert_int_equal(plan.skipped.count, 3); /* the reminders; the end was not left out */
    service_node_check_rebuild(node);
}

/* ---- units ---------------------------------------------------------------------------------- */

static void add_cadre_of(struct rows *rows, const char *id, const char *unit)
{
    struct cadre_part cadre = cadre_of(id);
    cadre.unit = text_of(unit);
    add_cadre(rows, cadre);
}

/* So many cadres of a unit with a household each. */
static void fill_unit(struct service_node *node, const char *unit, char prefix, int count)
{
    struct err err = {0};
    struct rows cadres = {0};
    struct rows households = {0};
    static char ids[300][16];
    for (int i = 0; i < count; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "%c%03d", prefix, i);
        add_cadre_of(&cadres, ids[i], unit);
    }
    assert_ok(import(node, &cadre_import_command_type, &cadres, &err));
    for (int i = 0; i < count; i++) {
        char household[24];
        (void)snprintf(household, sizeof household, "h%c%03d", prefix, i);
        add_household(&households, household_of(household, ids[i]));
    }
    assert_ok(import(node, &household_import_command_type, &households, &err));
}

/* How many notices of the category there are since record `after`, and the last of them. */
static uint32_t count_notices(struct service_node *node, const char *category, uint64_t after,
                              uint64_t *ret_last)
{
    struct intake_notice_event event;
    uint32_t count = 0;
    for (uint64_t seq = after + 1; seq <= service_node_head(node); seq++) {
        if (service_node_read(node, seq, &intake_notice_event_type, &event) &&
            bytes_equal(event.category, bytes_of_string(category))) {
            *ret_last = seq;
            count++;
        }
    }
    return count;
}

/* The only one of them; borrows until the next call. */
static struct intake_notice_event find_notice(struct service_node *node, const char *category,
                                              uint64_t after)
{
    struct intake_notice_event event = {0};
    uint64_t found = 0;
    assert_int_equal(count_notices(node, category, after, &found), 1);
    assert_true(service_node_read(node, found, &intake_notice_event_type, &event));
    return event;
}

static void each_section_hears_once_of_its_cadres_and_the_office_of_other_units(void **state)
{
    struct service_node *node = *state;
    fill_unit(node, "城建科", 'a', 12);
    fill_unit(node, "县计生局", 'b', 230); /* more than one step */
    fill_unit(node, "县粮食局", 'c', 2);
    adopt(node);
    (void)service_node_wake(node, 1);
    set_now(node, "2026-07-01T00:00:00");
    (void)service_node_wake(node, 2);
    uint64_t head = service_node_head(node);

    for (int second = 0; second < 6; second++) {
        char now[32];
        (void)snprintf(now, sizeof now, "2026-07-01T08:30:0%d", second);
        set_now(node, now);
        (void)service_node_wake(node, 1);
    }

    struct intake_notice_event event = find_notice(node, "visits_missed_unit", head);
    assert_int_equal(event.recipients.count, 1);
    assert_int_equal(event.count, 12);
    assert_int_equal(event.rows.count, 10);
    assert_int_equal(event.more, 2);
    event = find_notice(node, "visits_missed_outside", head);
    assert_int_equal(event.count, 232);
    assert_int_equal(event.more, 0);
    struct list_cursor cursor = list_begin(&event.rows);
    struct counted_part part;
    assert_true(list_next_message(&cursor, &counted_part_type, &part));
    assert_text(part.name, "县粮食局");
    assert_int_equal(part.count, 2);
    assert_true(list_next_message(&cursor, &counted_part_type, &part));
    assert_text(part.name, "县计生局");
    assert_int_equal(part.count, 230);
    service_node_check_rebuild(node);
}

static void a_cadre_who_changes_units_is_counted_with_the_new_one(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct rows rows = {0};
    fill_unit(node, "城建科", 'a', 1);
    add_cadre_of(&rows, "a000", "县计生局");
    assert_ok(import(node, &cadre_import_command_type, &rows, &err));
    adopt(node);
    (void)service_node_wake(node, 1);
    set_now(node, "2026-07-01T09:00:00");
    uint64_t head = service_node_head(node);
    (void)service_node_wake(node, 2);
    assert_int_equal(find_notice(node, "visits_missed_outside", head).count, 1);
    assert_int_equal(count_notices(node, "visits_missed_unit", head, &head), 0);
    service_node_check_rebuild(node);
}

#define test(name) cmocka_unit_test_setup_teardown(name, open_new_intake, close_node)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_plan_is_made_with_the_first_configuration),
        test(each_cadre_is_told_once_how_many_are_left),
        test(a_configuration_adopted_again_repeats_nothing),
        test(other_dates_hold_from_their_adoption_on),
        test(of_several_levels_that_are_due_the_highest_is_told),
        test(many_cadres_take_several_transactions),
        test(a_half_ends_in_the_night_and_what_was_missed_is_told_in_the_morning),
        test(after_an_outage_a_half_is_ended_and_told_at_once),
        test(each_section_hears_once_of_its_cadres_and_the_office_of_other_units),
        test(a_cadre_who_changes_units_is_counted_with_the_new_one),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
