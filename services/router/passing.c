/* SPDX-License-Identifier: Apache-2.0 */
#include "router/passing.h"

#include "router/steps.h"

static bool take(struct ctx *ctx, struct issue_file *file, struct step *step, struct bytes reason)
{
    const struct actor timer = actor_of_machine(ACTOR_TIMER);
    struct step_event event = {.reason = reason};
    struct err err;
    step->actor = &timer;
    step->at = ctx_now(ctx);
    return take_step(ctx, file, step, &event, &err) == STATUS_OK;
}

static const struct leg *find_unsigned(const struct issue *issue)
{
    for (uint32_t i = 0; i < issue->leg_count; i++) {
        if (issue->legs[i].state == LEG_STATE_DISPATCHED) {
            return &issue->legs[i];
        }
    }
    return NULL;
}

/* The clock of handling never waits for a signature. True when every leg is signed now. */
static bool sign(struct ctx *ctx, struct issue_file *file)
{
    const struct leg *leg;
    while ((leg = find_unsigned(&file->issue)) != NULL) {
        struct word department = leg->department;
        struct step step = {.happening = HAPPENING_SIGN, .department = word_bytes(&department)};
        if (!take(ctx, file, &step, BYTES("超时自动签收"))) {
            return false;
        }
    }
    return true;
}

static bool go_without_info(struct ctx *ctx, struct issue_file *file)
{
    struct step step = {.happening = HAPPENING_GIVE_INFO};
    return take(ctx, file, &step, BYTES("超时未补充信息"));
}

static bool resume(struct ctx *ctx, struct issue_file *file)
{
    struct step step = {.happening = HAPPENING_RESUME};
    return take(ctx, file, &step, BYTES("挂起到期自动恢复"));
}

static bool archive(struct ctx *ctx, struct issue_file *file)
{
    struct step step = {.happening = HAPPENING_ARCHIVE, .is_window_over = true};
    return take(ctx, file, &step, BYTES("重启期已过"));
}

static const struct {
    bool (*pass)(struct ctx *ctx, struct issue_file *file);
    const char *words;
} passings[STAGE_COUNT] = {
    [STAGE_INFO] = {go_without_info, "it goes back to the triage desk without the cadre's answer"},
    [STAGE_SIGN] = {sign, "it counts as signed, late"},
    [STAGE_SUSPEND] = {resume, "the suspension ends by itself and it is handled on"},
    [STAGE_REOPEN] = {archive, "it is archived"},
};

void pass_late_feedback(struct ctx *ctx, struct issue_file *file)
{
    struct step step = {.happening = HAPPENING_FEEDBACK_LATE};
    (void)take(ctx, file, &step, BYTES("反馈超时"));
}

bool pass_by_itself(struct ctx *ctx, struct issue_file *file, enum stage stage)
{
    return passings[stage].pass != NULL && passings[stage].pass(ctx, file);
}

const char *passing_words(enum stage stage)
{
    return passings[stage].words;
}
