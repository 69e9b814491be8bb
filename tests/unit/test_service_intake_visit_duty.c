/* SPDX-License-Identifier: Apache-2.0 */
/* What a half asks for, and what is counted of it. */
#include "visit_calls.h"

#include "intake/visits.h"

static struct config *config; /* the shipped street, opened once for all tests */

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

static void handing_a_household_over_moves_the_duty(void **state)
{
    struct service_node *node = *state;
    fill_register(node);
    visit_at(node, "cadre1", "h1", "2026-02-01T09:00:00", CONTACT_MODE_VISIT);
    relink(node, "h1", "cadre2");
    assert_int_equal(due_count(node, "cadre1", NULL, NULL), 1);
    assert_int_equal(due_count(node, "cadre2", NULL, NULL), 2);
    assert_coverage(node, COVERAGE_SCOPE_CADRE, "cadre1", "2026H1", 1, 0);
    assert_coverage(node, COVERAGE_SCOPE_CADRE, "cadre2", "2026H1", 2, 0);
    assert_coverage(node, COVERAGE_SCOPE_COMMUNITY, "c01", "2026H1", 2, 0);
    struct visit_log_command early = visit_of("h1");
    early.at = wall_at("2026-02-02T09:00:00");
    refuse(node, "cadre2", &early, STATUS_INVALID, "at", "handed over");
    relink(node, "h1", "cadre1");
    assert_coverage(node, COVERAGE_SCOPE_CADRE, "cadre1", "2026H1", 2, 1);
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

/* ---- counters against a recount ------------------------------------------------------------- */

#define MANY 24

/* What the counters should say, kept apart from them. */
struct model {
    int cadre_of[MANY];
    bool is_visited[MANY][3]; /* by cadre, in the present half */
};

static void check_model(struct service_node *node, const struct model *model, const char *half)
{
    char id[16];
    for (int cadre = 0; cadre < 3; cadre++) {
        uint32_t assigned = 0;
        uint32_t visited = 0;
        for (int i = 0; i < MANY; i++) {
            bool is_mine = model->cadre_of[i] == cadre;
            assigned += is_mine;
            visited += is_mine && model->is_visited[i][cadre];
        }
        (void)snprintf(id, sizeof id, "k%d", cadre);
        assert_coverage(node, COVERAGE_SCOPE_CADRE, id, half, assigned, visited);
        if (assigned != 0) {
            assert_int_equal(due_count(node, id, NULL, half), assigned - visited);
        }
    }
}

static void move_or_visit(struct service_node *node, struct dice *dice, struct model *model)
{
    char household[16];
    char cadre[16];
    int i = (int)dice_below(dice, MANY);
    (void)snprintf(household, sizeof household, "x%02d", i);
    if (dice_below(dice, 3) == 0) {
        model->cadre_of[i] = (int)dice_below(dice, 3);
        (void)snprintf(cadre, sizeof cadre, "k%d", model->cadre_of[i]);
        relink(node, household, cadre);
        return;
    }
    struct visit_log_command command = visit_of(household);
    command.mode = 1 + (int)dice_below(dice, CONTACT_MODE_COUNT - 1);
    (void)snprintf(cadre, sizeof cadre, "k%d", model->cadre_of[i]);
    (void)must_log(node, cadre, &command);
    if (visit_is_home((enum contact_mode)command.mode)) {
        model->is_visited[i][model->cadre_of[i]] = true;
    }
}

static void counters_equal_a_recount(void **state)
{
    static const struct {
        const char *now;
        const char *half;
    } halves[] = {{"2026-03-02T09:00:00", "2026H1"}, {"2026-07-01T00:00:00", "2026H2"}};
    struct service_node *node = *state;
    struct dice dice = dice_open(20260302);
    struct err err = {0};
    struct rows rows = {0};
    struct model model = {0};
    char id[16];
    for (int i = 0; i < 3; i++) {
        (void)snprintf(id, sizeof id, "k%d", i);
        add_cadre(&rows, cadre_of(id));
    }
    assert_ok(import(node, &cadre_import_command_type, &rows, &err));
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(id, sizeof id, "x%02d", i);
        relink(node, id, "k0");
    }
    for (size_t h = 0; h < 2; h++) {
        struct model before = model;
        set_now(node, halves[h].now);
        (void)service_node_wake(node, 1);
        memset(model.is_visited, 0, sizeof model.is_visited);
        for (int i = 0; i < 150; i++) {
            move_or_visit(node, &dice, &model);
            if (i % 10 == 0) {
                check_model(node, &model, halves[h].half);
            }
        }
        /* What ended stays as it was. */
        for (int cadre = 0; h == 1 && cadre < 3; cadre++) {
            (void)snprintf(id, sizeof id, "k%d", cadre);
            uint32_t assigned = 0;
            uint32_t visited = 0;
            for (int i = 0; i < MANY; i++) {
                assigned += before.cadre_of[i] == cadre;
                visited += before.cadre_of[i] == cadre && before.is_visited[i][cadre];
            }
            assert_coverage(node, COVERAGE_SCOPE_CADRE, id, halves[0].half, assigned, visited);
        }
    }
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
        test(each_half_asks_for_a_visit_of_its_own),
        test(a_telephone_call_settles_nothing),
        test(handing_a_household_over_moves_the_duty),
        test(what_was_assigned_is_fixed_when_a_half_ends),
        test(counters_equal_a_recount),
    };
    config = street_open();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    config_close(config);
    return failed;
}
