/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "link/steps.h"

#define STEPS_MAX 20000U

/* What the queue should hold, as a plain array. */
struct model {
    struct step steps[STEPS_MAX];
    uint32_t first;
    uint32_t count;
};

static uint8_t content[300];

static void append(struct steps *steps, struct model *model, uint64_t seq, uint32_t len)
{
    struct step step = {.seq = seq, .len = len};
    memset(step.chain, (int)(seq % 251), CHAIN_BYTES);
    memset(content, (int)(seq % 249), len);
    steps_append(steps, seq, step.chain, bytes_of(content, len));
    bool is_joined =
        len == 0 && model->count > model->first && model->steps[model->count - 1].len == 0;
    model->count -= is_joined;
    model->steps[model->count++] = step;
}

static void check_next(const struct steps *steps, const struct model *model)
{
    struct step step;
    struct bytes raw;
    bool is_there = steps_peek(steps, &step, &raw);
    assert_int_equal(is_there, model->first < model->count);
    assert_int_equal(is_there, !steps_are_empty(steps));
    if (is_there) {
        const struct step *expected = &model->steps[model->first];
        assert_int_equal(step.seq, expected->seq);
        assert_int_equal(step.len, expected->len);
        assert_memory_equal(step.chain, expected->chain, CHAIN_BYTES);
        memset(content, (int)(step.seq % 249), step.len);
        assert_true(bytes_equal(raw, bytes_of(content, step.len)));
    }
}

static uint64_t record_bytes(const struct model *model)
{
    uint64_t bytes = 0;
    for (uint32_t i = model->first; i < model->count; i++) {
        bytes += model->steps[i].len;
    }
    return bytes;
}

static void steps_come_out_as_they_went_in(void **state)
{
    (void)state;
    struct dice dice = dice_open(3);
    struct model *model = calloc(1, sizeof(*model));
    struct steps steps = {0};

    for (uint64_t seq = 1; seq < STEPS_MAX; seq++) {
        uint32_t len = dice_below(&dice, 3) == 0 ? 0 : (uint32_t)dice_below(&dice, 300);
        append(&steps, model, seq, len);
        bool is_filling = seq / 2000 % 2 == 0;
        uint64_t pops = dice_below(&dice, is_filling ? 2 : 4);
        for (uint64_t i = 0; i < pops && !steps_are_empty(&steps); i++) {
            check_next(&steps, model);
            steps_pop(&steps);
            model->first++;
        }
        check_next(&steps, model);
        if (seq % 100 == 0) {
            assert_int_equal(steps.record_bytes, record_bytes(model));
        }
    }

    steps_done(&steps);
    free(model);
}

static void progress_grows_instead_of_piling_up(void **state)
{
    (void)state;
    struct model *model = calloc(1, sizeof(*model));
    struct steps steps = {0};
    append(&steps, model, 1, 10);

    for (uint64_t seq = 2; seq < 1000; seq++) {
        append(&steps, model, seq, 0);
    }

    steps_pop(&steps);
    model->first++;
    check_next(&steps, model);
    steps_pop(&steps);
    assert_true(steps_are_empty(&steps));
    steps_done(&steps);
    free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_come_out_as_they_went_in),
        cmocka_unit_test(progress_grows_instead_of_piling_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
