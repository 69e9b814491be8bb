/* SPDX-License-Identifier: Apache-2.0 */
/* What the router and intake did, as notices: who is told, of what. */
#include "notifier/telling.h"

#include "config/texts.h"
#include "domain/issue.h"
#include "domain/words.h"
#include "notifier/pending.h"

/* Subjects that are clocks stand last, in the order of their stages. */
_Static_assert((int)NOTICE_SUBJECT_REOPEN == (int)NOTICE_SUBJECT_PROMISE + (int)STAGE_REOPEN,
               "a stage is missing among the subjects of notices");
#define SUBJECTS_OF_CLOCKS (~(SUBJECT_BIT(NOTICE_SUBJECT_TRIAGE) - 1))

static enum notice_subject subject_of_clock(int stage)
{
    return (enum notice_subject)((int)NOTICE_SUBJECT_PROMISE + stage);
}

static struct news begin(const struct record *record, struct bytes title)
{
    return (struct news){.issue = record->issue, .generation = record->generation, .title = title};
}

/* The due time of a stage, if its clock runs. */
static void set_due(struct news *news, const struct list *clocks, enum stage stage)
{
    struct list_cursor cursor = list_begin(clocks);
    struct clock_part clock;
    while (list_next_message(&cursor, &clock_part_type, &clock)) {
        if (clock.stage == (int)stage) {
            news->due = clock.due_at;
            news->is_provisional = clock.is_provisional;
        }
    }
}

static bool is_final(int state)
{
    return (STATES_FINAL & STATE_BIT(state)) != 0;
}

/* What the issue's state says about any news of it. */
static void take_after(struct news *news, const struct issue_part *after)
{
    news->department = after->lead;
    news->is_urgent = urgency_is_pressing((enum urgency)after->urgency);
    news->is_supervised = after->supervised != 0;
    news->is_final = is_final(after->state);
}

enum status notifier_react_opened(struct ctx *ctx, const struct record *record, const void *message,
                                  struct err *err)
{
    (void)err;
    const struct opened_event *event = message;
    struct news news = begin(record, event->title);
    news.level = NOTICE_LEVEL_INFO;
    take_after(&news, &event->after);
    if (event->after.state != (int)STATE_DISPATCHED) {
        news.category = "triage_wanted";
        set_due(&news, &event->after.clocks, STAGE_TRIAGE);
        tell_list(ctx, &news, &event->notify);
        return STATUS_OK;
    }
    news.category = "dispatched";
    set_due(&news, &event->after.clocks, STAGE_HANDLE);
    tell_cadre(ctx, &news, event->after.owner);
    news.level = NOTICE_LEVEL_ACTION;
    tell_list(ctx, &news, &event->notify);
    return STATUS_OK;
}

enum status notifier_react_leg(struct ctx *ctx, const struct record *record, const void *message,
                               struct err *err)
{
    (void)err;
    const struct leg_event *event = message;
    struct news news = begin(record, event->title);
    news.category = "dispatched";
    news.level = NOTICE_LEVEL_ACTION;
    news.department = record->topic;
    news.is_urgent = urgency_is_pressing((enum urgency)event->urgency);
    news.due = event->handle_due;
    tell_list(ctx, &news, &event->notify);
    return STATUS_OK;
}

/* What a step of the lifecycle is to the owner of the feedback, and to those the event names. NULL:
 * nothing. `to` 0: whatever the state after it. */
struct telling {
    enum happening happening;
    enum state to;
    const char *owner;
    const char *others;
    enum stage stage;        /* whose due time is told */
    enum notice_level level; /* for the others */
};

static const struct telling tellings[] = {
    {HAPPENING_DISPATCH, STATE_NONE, "dispatched", NULL, STAGE_HANDLE, NOTICE_LEVEL_ACTION},
    {HAPPENING_SIGN, STATE_IN_PROGRESS, "signed", "auto_signed", STAGE_HANDLE, NOTICE_LEVEL_ACTION},
    {HAPPENING_LEAD_SUBMIT, STATE_NONE, NULL, "review_wanted", STAGE_REVIEW, NOTICE_LEVEL_ACTION},
    {HAPPENING_PROPOSE_UNRESOLVABLE, STATE_NONE, NULL, "review_wanted", STAGE_REVIEW,
     NOTICE_LEVEL_ACTION},
    {HAPPENING_REVIEW_NO, STATE_NONE, "redo", "redo", STAGE_HANDLE, NOTICE_LEVEL_ACTION},
    {HAPPENING_REVIEW_OK, STATE_FEEDBACK, "answered", NULL, STAGE_FEEDBACK, NOTICE_LEVEL_ACTION},
    {HAPPENING_FEEDBACK_LATE, STATE_NONE, "feedback_late", NULL, STAGE_NONE, NOTICE_LEVEL_WARNING},
    {HAPPENING_FEEDBACK_DONE, STATE_CALLBACK, "feedback_given", "callback_wanted", STAGE_CALLBACK,
     NOTICE_LEVEL_INFO},
    {HAPPENING_CALLBACK_UNSATISFIED, STATE_IN_PROGRESS, "redo", "redo", STAGE_HANDLE,
     NOTICE_LEVEL_ACTION},
    {HAPPENING_CALLBACK_UNSATISFIED, STATE_CALLBACK, NULL, "unsatisfied", STAGE_CALLBACK,
     NOTICE_LEVEL_ACTION},
    {HAPPENING_CALLBACK_UNSATISFIED_FINAL, STATE_NONE, "closed", NULL, STAGE_NONE,
     NOTICE_LEVEL_ACTION},
    {HAPPENING_CALLBACK_OK, STATE_NONE, "closed", NULL, STAGE_NONE, NOTICE_LEVEL_ACTION},
    {HAPPENING_CALLBACK_UNREACHED, STATE_CLOSED, "unreached", NULL, STAGE_NONE,
     NOTICE_LEVEL_ACTION},
    {HAPPENING_ASK_INFO, STATE_NONE, "info_wanted", NULL, STAGE_INFO, NOTICE_LEVEL_ACTION},
    {HAPPENING_GIVE_INFO, STATE_NONE, "info_missing", "info_given", STAGE_TRIAGE,
     NOTICE_LEVEL_ACTION},
    {HAPPENING_FIRST_CONTACT, STATE_NONE, "contacted", "contacted", STAGE_HANDLE,
     NOTICE_LEVEL_INFO},
    {HAPPENING_REQUEST_SUSPENSION, STATE_NONE, NULL, "suspension_wanted", STAGE_SUSPEND,
     NOTICE_LEVEL_ACTION},
    {HAPPENING_SUSPENSION_OK, STATE_NONE, "suspended", "suspended", STAGE_SUSPEND,
     NOTICE_LEVEL_INFO},
    {HAPPENING_SUSPENSION_NO, STATE_NONE, NULL, "suspension_refused", STAGE_HANDLE,
     NOTICE_LEVEL_ACTION},
    {HAPPENING_RESUME, STATE_NONE, "resumed", "resumed", STAGE_HANDLE, NOTICE_LEVEL_ACTION},
    {HAPPENING_CORRECT, STATE_NONE, "corrected", "corrected", STAGE_HANDLE, NOTICE_LEVEL_INFO},
    {HAPPENING_REVIEW_OK, STATE_REVIEW, NULL, "second_review_wanted", STAGE_REVIEW,
     NOTICE_LEVEL_ACTION},
    {HAPPENING_URGE, STATE_NONE, NULL, "urged", STAGE_NONE, NOTICE_LEVEL_WARNING},
    {HAPPENING_SUPERVISE, STATE_NONE, NULL, "supervised", STAGE_NONE, NOTICE_LEVEL_WARNING},
};

static const struct telling *find_telling(const struct step_event *event)
{
    for (size_t i = 0; i < sizeof tellings / sizeof tellings[0]; i++) {
        if ((int)tellings[i].happening == event->happening &&
            (tellings[i].to == STATE_NONE || (int)tellings[i].to == event->to)) {
            return &tellings[i];
        }
    }
    return NULL;
}

/* What the owner did is no news to the owner, nor is an assisting section's signature. */
static bool is_no_news(const struct telling *telling, const struct record *record,
                       const struct step_event *event)
{
    bool can_be = telling->happening == HAPPENING_GIVE_INFO ||
                  telling->happening == HAPPENING_FIRST_CONTACT ||
                  telling->happening == HAPPENING_FEEDBACK_DONE ||
                  telling->happening == HAPPENING_RESUME;
    bool is_assist = telling->happening == HAPPENING_SIGN && event->from == event->to;
    return is_assist || (can_be && bytes_equal(record->actor, event->after.owner));
}

static enum notice_subject subject_of(enum happening happening)
{
    return happening == HAPPENING_URGE        ? NOTICE_SUBJECT_URGING
           : happening == HAPPENING_SUPERVISE ? NOTICE_SUBJECT_SUPERVISION
                                              : NOTICE_SUBJECT_NONE;
}

/* The category for the owner, where the outcome or the lack of a signature changes the words. */
static const char *owner_category(const struct telling *telling, const struct record *record,
                                  const struct step_event *event)
{
    bool is_explained = event->after.proposed == (int)OUTCOME_EXPLAINED ||
                        event->after.outcome == (int)OUTCOME_EXPLAINED;
    if (telling->happening == HAPPENING_REVIEW_OK && is_explained) {
        return "explained";
    }
    if (telling->happening == HAPPENING_SIGN && record->actor.len == 0) {
        return "auto_signed";
    }
    return telling->owner;
}

static enum notice_level owner_level(const struct step_event *event)
{
    if (event->after.is_info_missing && event->happening == (int)HAPPENING_GIVE_INFO) {
        return NOTICE_LEVEL_WARNING;
    }
    bool has_to_act = event->to == (int)STATE_FEEDBACK || event->to == (int)STATE_NEED_INFO;
    return has_to_act ? NOTICE_LEVEL_ACTION : NOTICE_LEVEL_INFO;
}

static void fill_step(const struct record *record, const struct step_event *event,
                      const struct telling *telling, struct news *news)
{
    take_after(news, &event->after);
    news->person = record->actor.len != 0 ? record->actor : event->after.owner;
    news->reason = event->reason.len != 0 ? event->reason : event->words;
    if (telling->happening == HAPPENING_SUSPENSION_OK) {
        enum wait_ground ground = (enum wait_ground)event->after.wait_ground;
        news->reason = bytes_of_string(wait_ground_name(ground));
    }
    news->state = event->to;
    set_due(news, &event->after.clocks, telling->stage);
    if (telling->stage == STAGE_SUSPEND) {
        news->due = event->after.wait_until;
    }
    if (telling->happening == HAPPENING_SUPERVISE) {
        news->due = event->after.supervision.due_at;
    }
    news->count = event->after.supervised;
}

static void tell_step(struct ctx *ctx, const struct record *record, const struct step_event *event,
                      struct news *news)
{
    const struct telling *telling = find_telling(event);
    if (telling == NULL) {
        return;
    }
    fill_step(record, event, telling, news);
    if (telling->owner != NULL && !is_no_news(telling, record, event)) {
        news->category = owner_category(telling, record, event);
        news->level = owner_level(event);
        tell_cadre(ctx, news, event->after.owner);
    }
    if (telling->others != NULL) {
        bool is_missing = event->after.is_info_missing && event->to == (int)STATE_TRIAGE;
        news->category = is_missing ? "info_missing" : telling->others;
        news->level = telling->level;
        if (telling->happening == HAPPENING_SIGN) {
            news->department = event->department;
        }
        news->subject = subject_of(telling->happening);
        tell_list(ctx, news, &event->notify);
    }
}

/* What was told of the issue and is over with this step: clocks that ran and do not run any more,
 * an urging when the issue goes on. */
static uint32_t find_ended(struct ctx *ctx, const struct record *record,
                           const struct step_event *event)
{
    struct list_cursor cursor = list_begin(&event->after.clocks);
    struct clock_part clock;
    uint32_t over = SUBJECTS_OF_CLOCKS;
    while (list_next_message(&cursor, &clock_part_type, &clock)) {
        over &= ~SUBJECT_BIT(subject_of_clock(clock.stage));
    }
    if (event->from != event->to) {
        over |= SUBJECT_BIT(NOTICE_SUBJECT_URGING);
    }
    if (is_final(event->to)) {
        over |= SUBJECT_BIT(NOTICE_SUBJECT_SUPERVISION);
    }
    return over & pending_subjects(ctx, record->issue, 0);
}

static void lapse(struct ctx *ctx, const struct record *record, const struct news *news)
{
    if (news->ended != 0) {
        struct lapsed_event lapsed = {.ended = news->ended, .promise = news->promise};
        emit_own(ctx, &lapsed_event_type, &lapsed, record->issue);
    }
}

/* When the issue goes on, what was told of it before asks for nothing any more. The first thing
 * that is told of the step says so; where nobody is told it needs an event of its own. */
enum status notifier_react_step(struct ctx *ctx, const struct record *record, const void *message,
                                struct err *err)
{
    (void)err;
    const struct step_event *event = message;
    struct news news = begin(record, event->title);
    news.settles = event->from != event->to || is_final(event->to);
    news.ended = find_ended(ctx, record, event);
    tell_step(ctx, record, event, &news);
    if (news.settles && pending_has_unread(ctx, record->issue)) {
        struct lapsed_event lapsed = {0};
        emit_own(ctx, &lapsed_event_type, &lapsed, record->issue);
    }
    lapse(ctx, record, &news);
    return STATUS_OK;
}

enum status notifier_react_supervision(struct ctx *ctx, const struct record *record,
                                       const void *message, struct err *err)
{
    static const struct {
        const char *category;
        enum notice_level level;
    } rows[] = {
        [SUPERVISION_NEWS_REMINDED] = {"supervision_due", NOTICE_LEVEL_WARNING},
        [SUPERVISION_NEWS_OVERDUE] = {"supervision_overdue", NOTICE_LEVEL_OVERDUE},
        [SUPERVISION_NEWS_LIFTED] = {"supervision_lifted", NOTICE_LEVEL_INFO},
    };
    (void)err;
    const struct supervision_event *event = message;
    struct news news = begin(record, event->title);
    news.category = rows[event->news].category;
    news.level = rows[event->news].level;
    take_after(&news, &event->after);
    news.is_supervised = true;
    news.person = event->issuer.len != 0 ? event->issuer : record->actor;
    news.due = event->due_at;
    news.state = event->after.state;
    news.count = event->level;
    news.reason = event->reason;
    if (event->news != SUPERVISION_NEWS_LIFTED) {
        news.subject = NOTICE_SUBJECT_SUPERVISION;
    } else {
        news.ended =
            pending_subjects(ctx, record->issue, 0) & SUBJECT_BIT(NOTICE_SUBJECT_SUPERVISION);
    }
    tell_list(ctx, &news, &event->notify);
    lapse(ctx, record, &news);
    return STATUS_OK;
}

/* What a level after the due time is: the higher, the further up it goes. */
static const struct {
    uint32_t from_level;
    const char *category;
} late_levels[] = {{5, "escalated_top"}, {4, "escalated"}, {3, "urging_notice"}, {0, "overdue"}};

static const char *clock_category(const struct clock_event *event)
{
    /* Stages whose warning says more than that something is due soon. */
    static const char *const wanted[STAGE_COUNT] = {
        [STAGE_FIRST_CONTACT] = "contact_wanted", [STAGE_FEEDBACK] = "feedback_wanted"};
    size_t i = 0;
    if (event->news == CLOCK_NEWS_WARNED) {
        return wanted[event->stage] != NULL ? wanted[event->stage] : "due_soon";
    }
    while (event->level < late_levels[i].from_level) {
        i++;
    }
    return late_levels[i].category;
}

enum status notifier_react_clock(struct ctx *ctx, const struct record *record, const void *message,
                                 struct err *err)
{
    (void)err;
    const struct clock_event *event = message;
    const struct duty duty = duty_of(&event->after, (enum stage)event->stage);
    struct news news = begin(record, event->title);
    news.category = clock_category(event);
    news.level = event->news == CLOCK_NEWS_WARNED ? NOTICE_LEVEL_WARNING : NOTICE_LEVEL_OVERDUE;
    take_after(&news, &event->after);
    news.person = event->after.owner;
    set_due(&news, &event->after.clocks, (enum stage)event->stage);
    news.due = event->due_at;
    news.state = event->after.state;
    news.duty = &duty;
    news.ladder_level = event->level;
    news.subject = subject_of_clock(event->stage);
    news.late_us = record->at.us - event->due_at.us;
    tell_list(ctx, &news, &event->notify);
    return STATUS_OK;
}

enum status notifier_react_set_aside(struct ctx *ctx, const struct record *record,
                                     const void *message, struct err *err)
{
    (void)err;
    const struct set_aside_event *event = message;
    struct news news = begin(record, (struct bytes){0});
    news.category = "set_aside";
    news.level = NOTICE_LEVEL_WARNING;
    news.reason = event->reason;
    news.state = event->state;
    news.person = event->author;
    tell_person(ctx, &news, event->author);
    return STATUS_OK;
}

enum status notifier_react_intake(struct ctx *ctx, const struct record *record, const void *message,
                                  struct err *err)
{
    const struct intake_notice_event *event = message;
    struct news news = begin(record, (struct bytes){0});
    news.category = texts_find_notice(event->category);
    if (news.category == NULL) {
        return fail(err, STATUS_INVALID, "there are no words for notices of the kind '%.*s'",
                    BYTES_FMT(event->category));
    }
    news.level = event->level == 0 ? NOTICE_LEVEL_INFO : (enum notice_level)event->level;
    news.household = event->household;
    news.head = event->head;
    news.rows = &event->rows;
    news.rest = event->more;
    news.person = event->person;
    news.due = event->due;
    news.count = event->count;
    news.reason = event->reason;
    if (event->promise != 0) {
        news.subject = NOTICE_SUBJECT_PROMISE;
        news.promise = event->promise;
        news.ended = pending_subjects(ctx, record->issue, event->promise);
    }
    tell_list(ctx, &news, &event->recipients);
    return STATUS_OK;
}

enum status notifier_react_promise_kept(struct ctx *ctx, const struct record *record,
                                        const void *message, struct err *err)
{
    (void)err;
    const struct promise_kept_event *event = message;
    const struct news kept = {.promise = event->promise,
                              .ended = pending_subjects(ctx, record->issue, event->promise)};
    lapse(ctx, record, &kept);
    return STATUS_OK;
}
