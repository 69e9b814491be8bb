/* SPDX-License-Identifier: Apache-2.0 */
/* What the office asks for, grants and corrects. */
#include "base/text.h"
#include "router/clocks.h"
#include "router/router.h"
#include "router/steps.h"

enum status decide_ask_info(struct ctx *ctx, const struct command *command, struct err *err)
{
    const struct ask_info_command *ask = command->message;
    struct issue_file file;
    struct actor actor;
    enum status st = begin_command(ctx, ask->issue, command, &file, &actor, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct step step = {.happening = HAPPENING_ASK_INFO,
                        .actor = &actor,
                        .at = ctx_now(ctx),
                        .generation_seen = ask->generation,
                        .has_words = !text_is_blank(ask->words)};
    struct step_event event = {.reason = ask->words};
    return take_step(ctx, &file, &step, &event, err);
}

enum status decide_suspend(struct ctx *ctx, const struct command *command, struct err *err)
{
    const struct suspend_command *ask = command->message;
    struct issue_file file;
    struct actor actor;
    if (ask->ok == ask->no) {
        return fail_field(err, STATUS_INVALID, "ok", "say either --ok, or --no with the reason");
    }
    enum status st = begin_command(ctx, ask->issue, command, &file, &actor, err);
    if (st != STATUS_OK) {
        return st;
    }
    const struct suspension allowed = {.latest = clocks_latest_wait(ctx, &file.issue)};
    struct step step = {.happening = ask->ok ? HAPPENING_SUSPENSION_OK : HAPPENING_SUSPENSION_NO,
                        .actor = &actor,
                        .at = ctx_now(ctx),
                        .generation_seen = ask->generation,
                        .has_words = !text_is_blank(ask->reason),
                        .suspension = &allowed};
    struct step_event event = {.reason = ask->reason};
    return take_step(ctx, &file, &step, &event, err);
}

enum status decide_correct(struct ctx *ctx, const struct command *command, struct err *err)
{
    const struct correct_command *ask = command->message;
    struct issue_file file;
    struct actor actor;
    enum status st = begin_command(ctx, ask->issue, command, &file, &actor, err);
    if (st == STATUS_OK && ask->category.len != 0 &&
        office_find_category(&ctx_config(ctx)->office, ask->category) == NULL) {
        st = fail_field(err, STATUS_INVALID, "category",
                        "there is no category '%.*s' in the catalogue", BYTES_FMT(ask->category));
    }
    if (st != STATUS_OK) {
        return st;
    }
    const struct correction correction = {.category = ask->category,
                                          .urgency = (enum urgency)ask->urgency,
                                          .kind = (enum kind)ask->kind};
    struct step step = {.happening = HAPPENING_CORRECT,
                        .actor = &actor,
                        .at = ctx_now(ctx),
                        .generation_seen = ask->generation,
                        .has_words = !text_is_blank(ask->reason),
                        .correction = &correction};
    struct step_event event = {.reason = ask->reason, .kind = ask->kind};
    return take_step(ctx, &file, &step, &event, err);
}
