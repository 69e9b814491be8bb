/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One report's whole lifecycle, again and again, with one fault each time: at the first commit, the
 * second and so on until none is left to meet it; likewise at each put of each daemon. After every
 * one of them the report comes to its end and everything holds.
 */
#include "fixture/office.h"

#include "runtime/daemon.h"

#define SEED 2U
#define AT_MAX 5000U
/* Every put has its turn; under a sanitizer, which takes twenty times as long, every third. */
#ifdef __SANITIZE_ADDRESS__
#define PUT_STEP 3U
#else
#define PUT_STEP 1U
#endif

static struct config *config;

static void open_run(struct office_run *run, struct sometimes *sometimes)
{
    struct fixture_options options = {.seed = SEED,
                                      .config = config,
                                      .now.us = INT64_C(1790823600) * US_PER_S,
                                      .sometimes = sometimes};
    office_open(run, &options);
    fixture_run_until_quiet(run->fixture, FIXTURE_QUIET_STEPS);
}

static void live(struct office_run *run)
{
    struct fixture_call *call = office_submit(run);
    fixture_run_until_quiet(run->fixture, FIXTURE_QUIET_STEPS);
    assert_int_equal(call->status, STATUS_OK);
    office_finish(run);
    office_check(run);
}

/* Returns at which commit the fault no longer struck. */
static uint64_t fail_each_commit(const struct fixture_script *fault)
{
    struct sometimes sometimes = {{0}};
    bool has_struck = true;
    uint64_t at = 0;
    while (has_struck && ++at < AT_MAX) {
        struct office_run run;
        open_run(&run, &sometimes);
        run.fixture->script = *fault;
        run.fixture->script.at = at;
        live(&run);
        has_struck = run.fixture->script.has_struck;
        office_close(&run);
    }
    (void)fprintf(stderr, "%d commits\n", (int)at - 1);
    return at - 1;
}

static void a_lifecycle_survives_the_loss_of_any_commit(void **state)
{
    (void)state;
    assert_true(fail_each_commit(&(struct fixture_script){.fault = FAULT_LOST}) > 20);
}

static void a_lifecycle_survives_any_commit_that_failed_and_was_kept(void **state)
{
    (void)state;
    assert_true(fail_each_commit(&(struct fixture_script){.fault = FAULT_KEPT}) > 20);
}

static void a_lifecycle_survives_a_crash_before_any_commit(void **state)
{
    (void)state;
    struct fixture_script fault = {.fault = FAULT_CRASH, .point = POINT_BEFORE_COMMIT};
    assert_true(fail_each_commit(&fault) > 20);
}

static void a_lifecycle_survives_a_crash_after_any_commit(void **state)
{
    (void)state;
    struct fixture_script fault = {.fault = FAULT_CRASH, .point = POINT_AFTER_COMMIT};
    assert_true(fail_each_commit(&fault) > 20);
}

static void a_lifecycle_survives_a_crash_after_any_reply(void **state)
{
    (void)state;
    struct fixture_script fault = {.fault = FAULT_CRASH, .point = POINT_AFTER_REPLIES};
    assert_true(fail_each_commit(&fault) > 20);
}

/* Puts of the daemon `index`, PUT_STEP apart, find the map full once. Returns how many did. */
static uint64_t fill_at_each_put(uint32_t index)
{
    struct sometimes sometimes = {{0}};
    bool has_struck = true;
    uint64_t count = 0;
    for (uint64_t at = 1; has_struck && at < AT_MAX; at += PUT_STEP) {
        struct office_run run;
        open_run(&run, &sometimes);
        struct fixture_part *part = &run.fixture->parts[index];
        part->fault = MEMORY_FAULT_MAP_FULL;
        memory_disk_set_full_at(part->disk, at);
        live(&run);
        has_struck = !memory_disk_has_fault(part->disk);
        count += has_struck;
        office_close(&run);
    }
    return count;
}

static void a_lifecycle_survives_a_full_map_at_any_put(void **state)
{
    (void)state;
    uint64_t puts = 0;
    for (uint32_t i = 0; i < config->daemon_count; i++) {
        puts += fill_at_each_put(i);
    }
    (void)fprintf(stderr, "%d puts\n", (int)puts);
    assert_true(puts > 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lifecycle_survives_the_loss_of_any_commit),
        cmocka_unit_test(a_lifecycle_survives_any_commit_that_failed_and_was_kept),
        cmocka_unit_test(a_lifecycle_survives_a_crash_before_any_commit),
        cmocka_unit_test(a_lifecycle_survives_a_crash_after_any_commit),
        cmocka_unit_test(a_lifecycle_survives_a_crash_after_any_reply),
        cmocka_unit_test(a_lifecycle_survives_a_full_map_at_any_put),
    };
    config = office_config();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    config_close(config);
    return failed;
}
