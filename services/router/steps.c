/* SPDX-License-Identifier: Apache-2.0 */
#include "router/steps.h"

#include "router/clocks.h"
#include "router/handing.h"
#include "router/people.h"

#define SECTION (RECIPIENT_BIT(RECIPIENT_HANDLER) | RECIPIENT_BIT(RECIPIENT_SECTION_HEAD))

/* The section that has to hear of a step: the one whose leg it is, or the lead section when its leg
 * changes with it. */
static struct bytes find_topic(const struct issue_file *file, const struct step *step)
{
    static const enum happening of_lead[] = {
        HAPPENING_DISPATCH,      HAPPENING_REVIEW_NO,
        HAPPENING_REVIEW_OK,     HAPPENING_CALLBACK_UNSATISFIED,
        HAPPENING_FIRST_CONTACT, HAPPENING_CALLBACK_UNSATISFIED_FINAL,
        HAPPENING_SUSPENSION_OK, HAPPENING_SUSPENSION_NO,
        HAPPENING_RESUME,        HAPPENING_CORRECT,
        HAPPENING_SUPERVISE};
    if (step->department.len != 0) {
        return step->department;
    }
    const struct leg *lead = issue_find_lead(&file->issue);
    for (size_t i = 0; lead != NULL && i < sizeof of_lead / sizeof of_lead[0]; i++) {
        if (of_lead[i] == step->happening) {
            return word_bytes(&lead->department);
        }
    }
    return (struct bytes){0};
}

/* Who is told of what moves the clocks of an issue, or asks for their work. */
static const struct {
    uint32_t roles;      /* set of ROLE_BIT */
    uint32_t recipients; /* set of RECIPIENT_BIT, unless a section did it itself */
    uint32_t late;       /* besides, when it was a timer */
} told[HAPPENING_COUNT] = {
    [HAPPENING_GIVE_INFO] = {.roles = ROLE_BIT(ROLE_TRIAGE_CLERK),
                             .late = RECIPIENT_BIT(RECIPIENT_COMMUNITY_SECRETARY)},
    [HAPPENING_FIRST_CONTACT] = {.recipients = RECIPIENT_BIT(RECIPIENT_HANDLER)},
    [HAPPENING_REQUEST_SUSPENSION] = {.roles =
                                          ROLE_BIT(ROLE_TRIAGE_CLERK) | ROLE_BIT(ROLE_OFFICE_HEAD)},
    [HAPPENING_SUSPENSION_OK] = {.recipients = SECTION},
    [HAPPENING_SUSPENSION_NO] = {.recipients = SECTION},
    [HAPPENING_RESUME] = {.recipients = SECTION},
    [HAPPENING_FEEDBACK_DONE] = {.roles = ROLE_BIT(ROLE_SUPERVISOR)},
    [HAPPENING_CORRECT] = {.recipients = SECTION | RECIPIENT_BIT(RECIPIENT_LEADER)},
};

static void add_told(const struct office *office, const struct issue *issue,
                     const struct step *step, struct notify *notify)
{
    bool is_late = step->actor->kind == ACTOR_TIMER;
    uint32_t recipients = step->department.len == 0 ? told[step->happening].recipients : 0;
    recipients |= is_late ? told[step->happening].late : 0;
    notify_add_roles(notify, office, told[step->happening].roles);
    notify_add_recipients(notify, office, issue, recipients);
}

/* Who is told besides the owner of the feedback, by what happened. `submitter` is who had answered
 * before it: an answer that is sent back is forgotten by then. */
static void add_notified(const struct ctx *ctx, const struct issue_file *file,
                         const struct step *step, const struct word *submitter,
                         struct notify *notify)
{
    const struct office *office = &ctx_config(ctx)->office;
    const struct issue *issue = &file->issue;
    if (step->happening == HAPPENING_SUPERVISE) {
        notify_add_supervised(notify, office, issue);
        notify_remove(notify, step->actor->id);
    } else if (step->happening == HAPPENING_URGE || issue->state == STATE_REVIEW) {
        notify_add_holders(notify, office, issue);
        notify_remove(notify, step->actor->id);
    } else if (step->happening == HAPPENING_SIGN && step->actor->kind == ACTOR_TIMER) {
        const struct department *section = office_find_department(office, step->department);
        notify_add(notify, section == NULL ? (struct bytes){0} : section->head);
    } else if (issue->is_unsatisfied && !issue_is_final(issue)) {
        notify_add_roles(notify, office, ROLE_BIT(ROLE_OFFICE_HEAD));
    } else if (step->happening == HAPPENING_REVIEW_NO ||
               step->happening == HAPPENING_CALLBACK_UNSATISFIED) {
        const struct leg *lead = issue_find_lead(issue);
        notify_add_section(notify, office, word_bytes(&lead->department));
        notify_add(notify, word_bytes(submitter));
    } else if (told[step->happening].recipients != 0 || told[step->happening].roles != 0) {
        add_told(office, issue, step, notify);
    }
}

/* Whether a section that the step was not addressed to has to hear of it: its part changed, or what
 * every part is about and until when. */
static bool concerns(enum happening happening, const struct leg *before, const struct leg *after)
{
    bool is_of_all = happening == HAPPENING_CORRECT || happening == HAPPENING_RESUME;
    return after->state != before->state || (is_of_all && after->state != LEG_STATE_RETURNED);
}

/* Each section hears of its own part. */
static void emit_moved(struct ctx *ctx, const struct issue *before, const struct issue_file *file,
                       const struct step_event *step, struct bytes topic)
{
    for (uint32_t i = 0; i < before->leg_count; i++) {
        const struct leg *leg = &file->issue.legs[i];
        if (!concerns((enum happening)step->happening, &before->legs[i], leg) ||
            bytes_equal(word_bytes(&leg->department), topic)) {
            continue;
        }
        struct leg_moved_event event = {.after = step->after};
        emit(ctx, &(struct emission){.type = &leg_moved_event_type,
                                     .message = &event,
                                     .issue = file->issue.number,
                                     .generation = file->issue.generation,
                                     .topic = word_bytes(&leg->department)});
    }
}

enum status take_step(struct ctx *ctx, struct issue_file *file, const struct step *step,
                      struct step_event *event, struct err *err)
{
    const struct issue before = file->issue;
    enum status st = lifecycle_apply(&file->issue, step, err);
    if (st != STATUS_OK) {
        return st;
    }
    if (step->happening == HAPPENING_CORRECT) {
        clocks_replan(ctx, file);
    }
    if (issue_is_final(&before) && !issue_is_final(&file->issue)) {
        file->issue.cadre = word_of(
            handing_find_owner(ctx, word_bytes(&before.household), word_bytes(&before.cadre)));
    }
    clocks_update(ctx, file, step->happening == HAPPENING_CALLBACK_UNSATISFIED);

    struct opened_event opened;
    struct err unreadable;
    if (issue_texts(ctx, &file->row, &opened, &unreadable) == STATUS_OK) {
        event->title = opened.title;
    }
    struct notify notify = {0};
    add_notified(ctx, file, step, &before.submitter, &notify);
    const struct leg *leg = issue_find_leg(
        &file->issue, step->department.len != 0 ? step->department : find_topic(file, step));
    event->happening = (int)step->happening;
    event->from = (int)before.state;
    event->to = (int)file->issue.state;
    event->department = leg == NULL ? step->department : word_bytes(&leg->department);
    event->leg = leg == NULL ? 0 : (int)leg->state;
    event->notify = notify_list(ctx, &notify);
    issue_to_part(ctx, file, &event->after);
    emit(ctx, &(struct emission){.type = &step_event_type,
                                 .message = event,
                                 .issue = file->issue.number,
                                 .generation = file->issue.generation,
                                 .topic = find_topic(file, step),
                                 .is_by_system = step->actor->kind != ACTOR_PERSON});
    emit_moved(ctx, &before, file, event, find_topic(file, step));
    return STATUS_OK;
}

void set_aside(struct ctx *ctx, const struct record *fact, struct bytes topic, const char *reason)
{
    struct issue_file file;
    struct err unread;
    struct set_aside_event event = {
        .reason = bytes_of_string(reason), .fact_type = fact->type, .author = fact->actor};
    if (issue_file_read(ctx, fact->issue, &file, &unread) == STATUS_OK) {
        event.state = (int)file.issue.state;
    }
    emit(ctx, &(struct emission){.type = &set_aside_event_type,
                                 .message = &event,
                                 .issue = fact->issue,
                                 .topic = topic});
}
