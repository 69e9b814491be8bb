/* SPDX-License-Identifier: Apache-2.0 */
/* Invariant 7, and all the others, on the whole office: intake, router, departments, notifier and
 * auditor with the example configuration. */
#include "fixture/office.h"

#define SEEDS 24U
#define ACTS 120U

static struct config *config;

static void open_run(struct office_run *run, uint64_t seed, struct sometimes *sometimes)
{
    struct fixture_options options = {.seed = seed,
                                      .config = config,
                                      .now.us = INT64_C(1790823600) * US_PER_S,
                                      .sometimes = sometimes};
    office_open(run, &options);
}

static void run_weather(uint64_t seed, struct sometimes *sometimes)
{
    struct office_run run;
    open_run(&run, seed, sometimes);
    fixture_set_chances(run.fixture, &office_weather);
    for (uint32_t i = 0; i < 4; i++) {
        office_work(&run, ACTS / 4);
        check_all(run.fixture);
        run.fixture->now.us += (int64_t)dice_below(&run.fixture->dice, 6 * 3600) * US_PER_S;
    }
    office_settle(&run);
    office_check(&run);
    office_close(&run);
}

static void every_report_is_in_one_state_and_nothing_happened_twice(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    fixture_each_seed(SEEDS, run_weather, &sometimes);
    sometimes_expect(&sometimes,
                     SOMETIMES_BIT(COMMAND_REFUSED) | SOMETIMES_BIT(SET_ASIDE) |
                         SOMETIMES_BIT(ISSUE_CLOSED) | SOMETIMES_BIT(HANDLED_AGAIN) |
                         SOMETIMES_BIT(CRASH_BEFORE_COMMIT) | SOMETIMES_BIT(CRASH_AFTER_COMMIT) |
                         SOMETIMES_BIT(CRASH_AFTER_REPLIES) | SOMETIMES_BIT(MAP_FULL_REDONE) |
                         SOMETIMES_BIT(HELLO_AGAIN) | SOMETIMES_BIT(BATCH_LOST) |
                         SOMETIMES_BIT(BATCH_REPEATED) | SOMETIMES_BIT(REPLY_OF_A_REPETITION));
}

static void run_to_the_end(uint64_t seed, struct sometimes *sometimes)
{
    struct office_run run;
    open_run(&run, seed, sometimes);
    fixture_set_chances(run.fixture, &office_weather);
    office_work(&run, 40);
    office_settle(&run);
    office_finish(&run);
    office_check(&run);
    office_close(&run);
}

static void after_any_weather_every_report_comes_to_its_end(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    fixture_each_seed(SEEDS / 2, run_to_the_end, &sometimes);
    sometimes_expect(&sometimes, SOMETIMES_BIT(ISSUE_CLOSED) | SOMETIMES_BIT(HANDLED_AGAIN));
}

#define ADVICE                                                                                     \
    "run 'lianhu down' at once, then put back its newest state, or the whole instance from one "   \
    "copy"

static void a_router_put_back_in_time_is_refused_by_all_who_follow_it(void **state)
{
    (void)state;
    struct sometimes sometimes = {{0}};
    struct office_run run;
    open_run(&run, 1, &sometimes);
    office_work(&run, 20);
    office_settle(&run);
    struct memory_disk *older = memory_disk_copy(run.router->disk);
    office_work(&run, 20);
    office_settle(&run);
    run.fixture->is_history_loose = true;
    fixture_stop(run.router);
    fixture_set_disk(run.router, older);
    fixture_start(run.router);
    fixture_steps(run.fixture, 20000);

    check_refused(run.intake, run.router, ADVICE);
    check_refused(run.notifier, run.router, ADVICE);
    check_refused(run.auditor, run.router, ADVICE);
    for (uint32_t i = 0; i < run.department_count; i++) {
        check_refused(run.departments[i], run.router, ADVICE);
    }
    office_close(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_report_is_in_one_state_and_nothing_happened_twice),
        cmocka_unit_test(after_any_weather_every_report_comes_to_its_end),
        cmocka_unit_test(a_router_put_back_in_time_is_refused_by_all_who_follow_it),
    };
    config = office_config();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    config_close(config);
    return failed;
}
