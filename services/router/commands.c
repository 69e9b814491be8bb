/* SPDX-License-Identifier: Apache-2.0 */
/* What the office and the leaders do with an issue. */
#include "base/text.h"
#include "domain/access.h"
#include "router/people.h"
#include "router/router.h"
#include "router/routing.h"
#include "router/steps.h"
#include "router/suggesting.h"

enum status begin_command(struct ctx *ctx, uint64_t number, const struct command *command,
                          struct issue_file *file, struct actor *actor, struct err *err)
{
    enum status st = issue_file_read(ctx, number, file, err);
    if (st == STATUS_OK) {
        *actor = find_actor(ctx, command->person, &file->issue);
    }
    return st;
}

static enum status check_section(const struct office *office, struct bytes id, const char *field,
                                 struct err *err)
{
    if (office_find_department(office, id) == NULL) {
        return fail_field(err, STATUS_INVALID, field, "there is no section '%.*s'", BYTES_FMT(id));
    }
    return STATUS_OK;
}

static enum status read_assists(const struct office *office, const struct dispatch_command *ask,
                                struct dispatch *dispatch, struct err *err)
{
    struct list_cursor cursor = list_begin(&ask->assist);
    struct bytes department;
    while (list_next_bytes(&cursor, &department)) {
        enum status st = check_section(office, department, "assist", err);
        if (st != STATUS_OK) {
            return st;
        }
        bool is_double = bytes_equal(department, ask->lead);
        for (uint32_t i = 0; i < dispatch->assist_count; i++) {
            is_double = is_double || bytes_equal(department, dispatch->assists[i]);
        }
        if (is_double || dispatch->assist_count + 1 >= ISSUE_LEGS_MAX) {
            return fail_field(err, STATUS_INVALID, "assist",
                              is_double ? "section '%.*s' is named twice"
                                        : "section '%.*s' is one too many",
                              BYTES_FMT(department));
        }
        dispatch->assists[dispatch->assist_count++] = department;
    }
    return STATUS_OK;
}

static enum status check_leader(const struct office *office, struct bytes leader, struct err *err)
{
    const struct person *person = office_find_person(office, leader);
    const uint32_t leading = ROLE_BIT(ROLE_LEADER) | ROLE_BIT(ROLE_FIRST_RESPONSIBLE);
    if (person == NULL || (person->roles & leading) == 0) {
        return fail_field(err, STATUS_INVALID, "leader", "'%.*s' is not a leader",
                          BYTES_FMT(leader));
    }
    return STATUS_OK;
}

static enum status read_dispatch(const struct office *office, const struct dispatch_command *ask,
                                 struct dispatch *dispatch, struct err *err)
{
    *dispatch = (struct dispatch){.lead = ask->lead,
                                  .leader = ask->leader,
                                  .urgency = (enum urgency)ask->urgency,
                                  .category = ask->category};
    enum status st = check_section(office, ask->lead, "lead", err);
    if (st == STATUS_OK) {
        st = read_assists(office, ask, dispatch, err);
    }
    if (st == STATUS_OK && ask->leader.len != 0) {
        st = check_leader(office, ask->leader, err);
    }
    if (st == STATUS_OK && ask->category.len != 0 &&
        office_find_category(office, ask->category) == NULL) {
        st = fail_field(err, STATUS_INVALID, "category",
                        "there is no category '%.*s' in the catalogue", BYTES_FMT(ask->category));
    }
    if (st == STATUS_OK && ask->leader.len == 0) {
        dispatch->leader = office_find_department(office, ask->lead)->leader;
    }
    return st;
}

enum status decide_dispatch(struct ctx *ctx, const struct command *command, struct err *err)
{
    const struct dispatch_command *ask = command->message;
    struct issue_file file;
    struct actor actor;
    struct dispatch dispatch;
    enum status st = begin_command(ctx, ask->issue, command, &file, &actor, err);
    if (st == STATUS_OK) {
        struct object object = {.office = &ctx_config(ctx)->office, .issue = &file.issue};
        st = may(&actor, ACTION_DISPATCH, &object, err);
    }
    if (st == STATUS_OK) {
        st = read_dispatch(&ctx_config(ctx)->office, ask, &dispatch, err);
    }
    if (st != STATUS_OK) {
        return st;
    }
    struct opened_event opened;
    st = issue_texts(ctx, &file.row, &opened, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct step step = {.happening = HAPPENING_DISPATCH,
                        .actor = &actor,
                        .at = ctx_now(ctx),
                        .generation_seen = ask->generation,
                        .dispatch = &dispatch};
    struct step_event event = {.learned =
                                   suggesting_lesson(ctx, &file.issue, ask->category, ask->lead)};
    st = take_step(ctx, &file, &step, &event, err);
    if (st == STATUS_OK) {
        emit_legs(ctx, &file, &opened, true);
    }
    return st;
}

enum status decide_review(struct ctx *ctx, const struct command *command, struct err *err)
{
    const struct review_command *ask = command->message;
    struct issue_file file;
    struct actor actor;
    if (ask->ok == ask->redo) {
        return fail_field(err, STATUS_INVALID, "ok", "say either --ok, or --redo with the reason");
    }
    if (ask->redo && ask->reason.len == 0) {
        return fail_field(err, STATUS_INVALID, "reason",
                          "say with --reason why the answer is sent back");
    }
    enum status st = begin_command(ctx, ask->issue, command, &file, &actor, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct step step = {.happening = ask->ok ? HAPPENING_REVIEW_OK : HAPPENING_REVIEW_NO,
                        .actor = &actor,
                        .at = ctx_now(ctx),
                        .generation_seen = ask->generation,
                        .has_words = !text_is_blank(ask->reason)};
    struct step_event event = {.reason = ask->reason};
    return take_step(ctx, &file, &step, &event, err);
}

enum status decide_close_unsatisfied(struct ctx *ctx, const struct command *command,
                                     struct err *err)
{
    const struct close_unsatisfied_command *ask = command->message;
    struct issue_file file;
    struct actor actor;
    enum status st = begin_command(ctx, ask->issue, command, &file, &actor, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct step step = {.happening = HAPPENING_CALLBACK_UNSATISFIED_FINAL,
                        .actor = &actor,
                        .at = ctx_now(ctx),
                        .generation_seen = ask->generation,
                        .has_words = !text_is_blank(ask->reason)};
    struct step_event event = {.reason = ask->reason};
    return take_step(ctx, &file, &step, &event, err);
}
