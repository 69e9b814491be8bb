/* SPDX-License-Identifier: Apache-2.0 */
/* What people did, as the daemons at the edge recorded it. Each fact gets exactly one answer. */
#include "base/text.h"
#include "domain/calendar.h"
#include "router/clocks.h"
#include "router/explain.h"
#include "router/people.h"
#include "router/router.h"
#include "router/steps.h"

/* A fact as a step, or the reason why it had no effect. */
static enum status answer_fact(struct ctx *ctx, const struct record *fact, struct step *step,
                               struct step_event *event)
{
    struct issue_file file;
    struct err err;
    enum status st = issue_file_read(ctx, fact->issue, &file, &err);
    struct actor actor;
    if (st == STATUS_OK) {
        actor = find_actor(ctx, fact->actor, &file.issue);
        step->is_overdue = (explain_late(&file) & STAGE_BIT(STAGE_FEEDBACK)) != 0;
        step->actor = &actor;
        step->at = ctx_now(ctx);
        st = take_step(ctx, &file, step, event, &err);
    }
    if (st != STATUS_OK) {
        set_aside(ctx, fact, step->department, err.text);
    }
    return STATUS_OK;
}

enum status react_told(struct ctx *ctx, const struct record *record, const void *message,
                       struct err *err)
{
    (void)err;
    const struct told_event *told = message;
    struct step step = {.happening = HAPPENING_FEEDBACK_DONE,
                        .generation_seen = told->generation,
                        .has_words = !text_is_blank(told->words)};
    struct step_event event = {
        .mode = told->mode, .reaction = told->reaction, .words = told->words};
    return answer_fact(ctx, record, &step, &event);
}

enum status react_signed(struct ctx *ctx, const struct record *record, const void *message,
                         struct err *err)
{
    (void)err;
    const struct signed_event *signed_fact = message;
    struct step step = {.happening = HAPPENING_SIGN,
                        .department = signed_fact->department,
                        .generation_seen = signed_fact->generation};
    struct step_event event = {0};
    return answer_fact(ctx, record, &step, &event);
}

enum status react_progressed(struct ctx *ctx, const struct record *record, const void *message,
                             struct err *err)
{
    (void)err;
    const struct progressed_event *progress = message;
    struct step step = {.happening = HAPPENING_PROGRESS,
                        .department = progress->department,
                        .generation_seen = progress->generation,
                        .has_words = !text_is_blank(progress->words)};
    struct step_event event = {.words = progress->words};
    return answer_fact(ctx, record, &step, &event);
}

/* What the household says, through its cadre: the answer to the clerk's question, what a suspended
 * issue waits for, or else the first that is heard of it. */
static enum happening information_of(struct ctx *ctx, const struct record *record)
{
    struct issue_file file;
    struct err err;
    if (issue_file_read(ctx, record->issue, &file, &err) != STATUS_OK) {
        return HAPPENING_GIVE_INFO;
    }
    return file.issue.state == STATE_SUSPENDED     ? HAPPENING_RESUME
           : file.issue.state == STATE_IN_PROGRESS ? HAPPENING_FIRST_CONTACT
                                                   : HAPPENING_GIVE_INFO;
}

enum status react_informed(struct ctx *ctx, const struct record *record, const void *message,
                           struct err *err)
{
    (void)err;
    const struct informed_event *informed = message;
    struct step step = {.happening = information_of(ctx, record),
                        .generation_seen = informed->generation,
                        .has_words = !text_is_blank(informed->words)};
    struct step_event event = {.reason = informed->words};
    return answer_fact(ctx, record, &step, &event);
}

enum status react_contacted(struct ctx *ctx, const struct record *record, const void *message,
                            struct err *err)
{
    (void)err;
    const struct contacted_event *contact = message;
    struct step step = {.happening = HAPPENING_FIRST_CONTACT,
                        .department = contact->department,
                        .generation_seen = contact->generation,
                        .has_words = !text_is_blank(contact->words)};
    struct step_event event = {.reason = contact->words};
    return answer_fact(ctx, record, &step, &event);
}

static struct wall latest_wait(struct ctx *ctx, const struct record *record)
{
    struct issue_file file;
    struct err err;
    return issue_file_read(ctx, record->issue, &file, &err) == STATUS_OK
               ? clocks_latest_wait(ctx, &file.issue)
               : (struct wall){0};
}

/* Somebody who names the last day that is allowed means as much of it as is. */
static struct wall end_of_wait(struct wall until, struct wall latest, struct zone zone)
{
    struct civil day = civil_from_wall(until, zone);
    struct civil last = civil_from_wall(latest, zone);
    bool is_last_day =
        latest.us != 0 && day.year == last.year && day.month == last.month && day.day == last.day;
    return is_last_day && until.us > latest.us ? latest : until;
}

enum status react_wait_asked(struct ctx *ctx, const struct record *record, const void *message,
                             struct err *err)
{
    (void)err;
    const struct wait_asked_event *wait = message;
    struct zone zone = ctx_config(ctx)->zone;
    struct wall latest = latest_wait(ctx, record);
    const struct suspension suspension = {.ground = (enum wait_ground)wait->ground,
                                          .until = end_of_wait(wait->until, latest, zone),
                                          .latest = latest,
                                          .zone = zone};
    struct step step = {.happening = HAPPENING_REQUEST_SUSPENSION,
                        .department = wait->department,
                        .generation_seen = wait->generation,
                        .has_words = !text_is_blank(wait->words),
                        .suspension = &suspension};
    struct step_event event = {.reason = wait->words};
    return answer_fact(ctx, record, &step, &event);
}

enum status react_resumed(struct ctx *ctx, const struct record *record, const void *message,
                          struct err *err)
{
    (void)err;
    const struct resumed_event *resumed = message;
    struct step step = {.happening = HAPPENING_RESUME,
                        .department = resumed->department,
                        .generation_seen = resumed->generation,
                        .has_words = !text_is_blank(resumed->words)};
    struct step_event event = {.reason = resumed->words};
    return answer_fact(ctx, record, &step, &event);
}

/* The lead section answers the issue; an assisting one submits its part. */
static enum happening answer_of(struct ctx *ctx, const struct record *record,
                                struct bytes department)
{
    struct issue_file file;
    struct err err;
    if (issue_file_read(ctx, record->issue, &file, &err) != STATUS_OK) {
        return HAPPENING_LEAD_SUBMIT;
    }
    const struct leg *leg = issue_find_leg(&file.issue, department);
    return leg != NULL && leg->role == LEG_ROLE_ASSIST ? HAPPENING_ASSIST_SUBMIT
                                                       : HAPPENING_LEAD_SUBMIT;
}

enum status react_answered(struct ctx *ctx, const struct record *record, const void *message,
                           struct err *err)
{
    (void)err;
    const struct answered_event *answer = message;
    struct step step = {.happening = answer_of(ctx, record, answer->department),
                        .department = answer->department,
                        .generation_seen = answer->generation,
                        .outcome = (enum outcome)answer->outcome,
                        .has_words = !text_is_blank(answer->words),
                        .has_evidence = !text_is_blank(answer->evidence)};
    struct step_event event = {.words = answer->words, .evidence = answer->evidence};
    return answer_fact(ctx, record, &step, &event);
}

enum status react_proposed(struct ctx *ctx, const struct record *record, const void *message,
                           struct err *err)
{
    (void)err;
    const struct proposed_event *proposal = message;
    struct step step = {.happening = HAPPENING_PROPOSE_UNRESOLVABLE,
                        .department = proposal->department,
                        .generation_seen = proposal->generation,
                        .outcome = OUTCOME_EXPLAINED,
                        .has_words = !text_is_blank(proposal->words) &&
                                     !text_is_blank(proposal->ground) &&
                                     !text_is_blank(proposal->tried)};
    struct step_event event = {
        .words = proposal->words, .ground = proposal->ground, .tried = proposal->tried};
    return answer_fact(ctx, record, &step, &event);
}

/* The number of this working day, counted in days since 1970; 0 on a day off. */
static uint32_t working_day(const struct ctx *ctx)
{
    const struct config *config = ctx_config(ctx);
    int64_t day = ctx_now(ctx).us / US_PER_S + config->zone.offset_s;
    day /= S_PER_DAY;
    struct calendar_day view = calendar_get_day(config->calendar, day);
    return view.hours.count != 0 ? (uint32_t)day : 0;
}

static struct callback callback_of(const struct called_back_event *call)
{
    return (struct callback){.is_reached = call->reached == YES_NO_YES,
                             .is_solved = call->solved == YES_NO_YES,
                             .result = call->result,
                             .section = call->section,
                             .cadre = call->cadre,
                             .is_reasonable = call->reasonable != YES_NO_NO};
}

enum status react_called_back(struct ctx *ctx, const struct record *record, const void *message,
                              struct err *err)
{
    (void)err;
    const struct called_back_event *call = message;
    struct callback callback = callback_of(call);
    struct issue_file file;
    struct err problem;
    struct step step = {.generation_seen = call->generation,
                        .working_day = working_day(ctx),
                        .callback = &callback};
    struct step_event event = {.result = call->result,
                               .section = call->section,
                               .cadre = call->cadre,
                               .is_solved = callback.is_solved,
                               .words = call->words};
    if (issue_file_read(ctx, record->issue, &file, &problem) != STATUS_OK ||
        callback_check(&callback, &problem) != STATUS_OK) {
        set_aside(ctx, record, (struct bytes){0}, problem.text);
        return STATUS_OK;
    }
    step.happening = callback_decide(&file.issue, &callback);
    step.took_part = people_took_part(ctx, &file.issue, record->actor);
    return answer_fact(ctx, record, &step, &event);
}
