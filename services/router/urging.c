/* SPDX-License-Identifier: Apache-2.0 */
/* Urging (催办): those who have an issue are pressed, by a person and at most once a day. */
#include "base/text.h"
#include "router/people.h"
#include "router/router.h"
#include "router/steps.h"

static struct wall begin_of_day(const struct ctx *ctx)
{
    struct civil civil = civil_from_wall(ctx_now(ctx), ctx_config(ctx)->zone);
    civil.hour = 0;
    civil.minute = 0;
    civil.second = 0;
    return wall_from_civil(&civil, ctx_config(ctx)->zone);
}

static bool was_urged_today(struct ctx *ctx, uint64_t issue, struct bytes person)
{
    const struct wall begin = begin_of_day(ctx);
    struct record record;
    uint64_t seq = UINT64_MAX;
    while (trail_before(ctx, issue, seq, &seq) == STATUS_OK &&
           record_get(ctx, seq, &record) == STATUS_OK && record.at.us >= begin.us) {
        struct record_part part;
        record_describe(ctx, &record, &part);
        if (part.happening == (int)HAPPENING_URGE && bytes_equal(part.actor, person)) {
            return true;
        }
    }
    return false;
}

enum status decide_urge(struct ctx *ctx, const struct command *command, struct err *err)
{
    const struct urge_command *ask = command->message;
    struct issue_file file;
    enum status st = issue_file_read(ctx, ask->issue, &file, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct actor actor = find_actor(ctx, command->person, &file.issue);
    const struct office *office = &ctx_config(ctx)->office;
    struct bytes area = word_bytes(&file.issue.area);
    struct step step = {.happening = HAPPENING_URGE,
                        .actor = &actor,
                        .at = ctx_now(ctx),
                        .generation_seen = ask->generation,
                        .has_words = !text_is_blank(ask->words),
                        .is_in_area = actor.area.len != 0 && area.len != 0 &&
                                      office_area_is_within(office, area, actor.area),
                        .was_done_today = was_urged_today(ctx, ask->issue, command->person)};
    struct step_event event = {.reason = ask->words};
    return take_step(ctx, &file, &step, &event, err);
}
