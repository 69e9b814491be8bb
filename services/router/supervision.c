/* SPDX-License-Identifier: Apache-2.0 */
#include "router/supervision.h"

#include "base/endian.h"
#include "base/text.h"
#include "router/ladder.h"
#include "router/people.h"
#include "router/replan.h"
#include "router/router.h"
#include "router/steps.h"

#define TIMER_MARK 255 /* where timers of deadlines have their stage */
#define TIMER_ID_BYTES 9U
#define DUE_DAYS_MAX INT64_C(400)

/* ---- the timer ------------------------------------------------------------------------------ */

static struct bytes timer_id(uint64_t issue, uint8_t id[TIMER_ID_BYTES])
{
    be64_store(id, issue);
    id[8] = TIMER_MARK;
    return bytes_of(id, TIMER_ID_BYTES);
}

bool supervision_is_timer(struct bytes id)
{
    return id.len == TIMER_ID_BYTES && id.p[8] == TIMER_MARK;
}

void supervision_apply(struct ctx *ctx, uint64_t issue, const struct supervision_part *before,
                       const struct supervision_part *after)
{
    uint8_t id[TIMER_ID_BYTES];
    if (before->next_at.us == after->next_at.us) {
        return;
    }
    if (before->next_at.us != 0) {
        timer_remove(ctx, before->next_at, timer_id(issue, id));
    }
    if (after->next_at.us != 0) {
        timer_put(ctx, after->next_at, timer_id(issue, id));
    }
}

/* ---- its clock ------------------------------------------------------------------------------ */

/* When it is due and when its ladder's steps come: a duration by the calendar as it is now; a day
 * or time that was named stays what it is, and is never provisional. */
static enum status make_plan(const struct ctx *ctx, const struct supervision *supervision,
                             struct limit_plan *ret_plan, struct err *err)
{
    const struct config *config = ctx_config(ctx);
    struct limit limit = {.duration = supervision->asked, .ladder = config->limits->supervision};
    if (supervision->asked.unit != DURATION_NONE) {
        return limit_plan(&limit, config->calendar, supervision->started_at, ret_plan, err);
    }
    enum status st = limit_plan_until(&limit, config->calendar, supervision->started_at,
                                      supervision->due_at, ret_plan, err);
    if (st == STATUS_OK) {
        ret_plan->is_provisional = false;
    }
    return st;
}

static void set_next(struct supervision *supervision, const struct limit_plan *plan)
{
    supervision->next_at = ladder_next(plan, supervision->levels_done, supervision->is_overdue);
}

bool supervision_replan(const struct ctx *ctx, struct supervision *supervision)
{
    const struct supervision before = *supervision;
    struct limit_plan plan;
    struct err err;
    if (word_is_empty(&supervision->issuer) ||
        make_plan(ctx, supervision, &plan, &err) != STATUS_OK) {
        return false;
    }
    supervision->due_at = plan.due;
    supervision->is_provisional = plan.is_provisional;
    supervision->is_overdue = before.is_overdue && plan.due.us <= ctx_now(ctx).us;
    supervision->levels_done = ladder_stays_told(&plan, before.levels_done, ctx_now(ctx));
    set_next(supervision, &plan);
    return supervision->due_at.us != before.due_at.us ||
           supervision->next_at.us != before.next_at.us ||
           supervision->is_provisional != before.is_provisional;
}

/* ---- events --------------------------------------------------------------------------------- */

static void emit_news(struct ctx *ctx, const struct issue_file *file,
                      struct supervision_event *event)
{
    struct opened_event opened;
    struct err err;
    if (issue_texts(ctx, &file->row, &opened, &err) == STATUS_OK) {
        event->title = opened.title;
    }
    issue_to_part(ctx, file, &event->after);
    const struct leg *lead = issue_find_lead(&file->issue);
    emit(ctx, &(struct emission){.type = &supervision_event_type,
                                 .message = event,
                                 .issue = file->issue.number,
                                 .generation = file->issue.generation,
                                 .topic = lead == NULL ? (struct bytes){0}
                                                       : word_bytes(&lead->department),
                                 .is_by_system = event->news != SUPERVISION_NEWS_LIFTED});
}

static struct supervision_event begin_news(const struct supervision *supervision,
                                           enum supervision_news news)
{
    return (struct supervision_event){.news = (int)news,
                                      .level = supervision->level,
                                      .issuer = word_bytes(&supervision->issuer),
                                      .due_at = supervision->due_at};
}

/* What it says when its timer fires at `at`; it moves on to what it says next. */
static struct clock_saying say(struct ctx *ctx, struct supervision *supervision,
                               const struct limit_plan *plan, struct wall at)
{
    bool is_due = supervision->due_at.us <= at.us;
    struct clock_saying saying = {.at = at,
                                  .is_provisional = supervision->is_provisional,
                                  .news = !is_due                   ? CLOCK_NEWS_WARNED
                                          : supervision->is_overdue ? CLOCK_NEWS_REMINDED
                                                                    : CLOCK_NEWS_OVERDUE};
    const struct limit_point *passed =
        ladder_find_passed(ctx, plan, supervision->levels_done, at, &saying.skipped);
    if (passed != NULL) {
        saying.recipients = passed->recipients;
        saying.level = passed->level;
        supervision->levels_done = passed->level + 1;
    }
    supervision->is_overdue = is_due;
    set_next(supervision, plan);
    return saying;
}

static void tell(struct ctx *ctx, struct issue_file *file, const struct limit_plan *plan)
{
    struct supervision *supervision = &file->issue.supervision;
    struct clock_saying saying = say(ctx, supervision, plan, ctx_now(ctx));
    struct notify notify = {0};
    notify_add_by_ladder(&notify, &ctx_config(ctx)->office, &file->issue, STAGE_NONE,
                         saying.recipients);
    struct supervision_event event =
        begin_news(supervision,
                   supervision->is_overdue ? SUPERVISION_NEWS_OVERDUE : SUPERVISION_NEWS_REMINDED);
    event.step = saying.level;
    event.skipped = saying.skipped;
    event.notify = notify_list(ctx, &notify);
    emit_news(ctx, file, &event);
}

bool supervision_look_ahead(struct ctx *ctx, struct supervision *supervision,
                            struct clock_saying *ret_saying)
{
    struct limit_plan plan;
    struct err err;
    struct wall at = supervision->next_at;
    if (at.us == 0 || make_plan(ctx, supervision, &plan, &err) != STATUS_OK) {
        return false;
    }
    *ret_saying = say(ctx, supervision, &plan, at);
    return true;
}

void wake_supervision(struct ctx *ctx, struct wall at, struct bytes id)
{
    struct issue_file file;
    struct err err;
    struct limit_plan plan;
    enum status st = issue_file_read(ctx, be64_load(id.p), &file, &err);
    CHECK(st == STATUS_OK && file.issue.supervision.next_at.us == at.us);
    if (replan_before_waking(ctx, &file) && file.issue.supervision.next_at.us != at.us) {
        return; /* by the configuration in force it comes at another time */
    }
    st = make_plan(ctx, &file.issue.supervision, &plan, &err);
    CHECK(st == STATUS_OK); /* it was planned when it was set, and calendars reach as far as ever */
    tell(ctx, &file, &plan);
}

/* ---- setting and lifting -------------------------------------------------------------------- */

/* "2026-04-01" is the end of that day; a time is that time; a duration counts from now. */
static enum status read_until(const struct ctx *ctx, struct bytes text,
                              struct supervision *supervision, struct err *err)
{
    struct err unread;
    if (text.len == 0) {
        return fail_field(err, STATUS_INVALID, "until",
                          "say with --until by when: a day (2026-04-01), a time, or a duration "
                          "(3wd)");
    }
    if (duration_parse(text, &supervision->asked, &unread) == STATUS_OK) {
        return STATUS_OK;
    }
    struct buf whole = {0};
    buf_append_bytes(&whole, text);
    buf_append_string(&whole, text.len == 10 ? "T23:59:59" : "");
    enum status st =
        wall_parse(buf_bytes(&whole), ctx_config(ctx)->zone, &supervision->due_at, &unread);
    buf_done(&whole);
    return st == STATUS_OK
               ? st
               : fail_field(err, STATUS_INVALID, "until",
                            "'%.*s' is no day (2026-04-01), no time (2026-04-01T17:00) and no "
                            "duration (3wd, 4wh, 2h)",
                            BYTES_FMT(text));
}

static enum status read_supervision(const struct ctx *ctx, const struct command *command,
                                    struct supervision *ret_supervision, struct err *err)
{
    const struct supervise_command *ask = command->message;
    struct wall now = ctx_now(ctx);
    struct supervision supervision = {
        .level = ask->level, .issuer = word_of(command->person), .started_at = now};
    struct limit_plan plan;
    struct err outside;
    enum status st = read_until(ctx, ask->until, &supervision, err);
    if (st != STATUS_OK) {
        return st;
    }
    st = make_plan(ctx, &supervision, &plan, &outside);
    if (st != STATUS_OK || plan.due.us <= now.us ||
        plan.due.us - now.us > DUE_DAYS_MAX * S_PER_DAY * US_PER_S) {
        return fail_field(err, STATUS_INVALID, "until",
                          "'%.*s' must lie in the future, within %lld days", BYTES_FMT(ask->until),
                          (long long)DUE_DAYS_MAX);
    }
    supervision.due_at = plan.due;
    supervision.is_provisional = plan.is_provisional;
    set_next(&supervision, &plan);
    *ret_supervision = supervision;
    return STATUS_OK;
}

static enum status set(struct ctx *ctx, const struct command *command, struct issue_file *file,
                       const struct actor *actor, struct err *err)
{
    const struct supervise_command *ask = command->message;
    struct supervision supervision = {0};
    enum status st = read_supervision(ctx, command, &supervision, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct step step = {.happening = HAPPENING_SUPERVISE,
                        .actor = actor,
                        .at = ctx_now(ctx),
                        .generation_seen = ask->generation,
                        .has_words = !text_is_blank(ask->words),
                        .supervision = &supervision};
    struct step_event event = {.reason = ask->words};
    return take_step(ctx, file, &step, &event, err);
}

/* Who set it ends it; what the system set, the office head. */
static enum status may_lift(const struct issue_file *file, const struct actor *actor,
                            struct err *err)
{
    const struct word *issuer = &file->issue.supervision.issuer;
    char number[ISSUE_TEXT_BYTES];
    issue_format(file->issue.number, number);
    if (file->issue.supervised == 0 || issue_is_final(&file->issue)) {
        return fail(err, STATUS_REFUSED, "issue %s is not under supervision", number);
    }
    if (!word_is_empty(issuer)) {
        return actor_is(actor, word_bytes(issuer))
                   ? STATUS_OK
                   : fail(err, STATUS_FORBIDDEN,
                          "'%s' put issue %s under supervision, and nobody else lifts it",
                          issuer->text, number);
    }
    return actor_has_role(actor, ROLE_BIT(ROLE_OFFICE_HEAD))
               ? STATUS_OK
               : fail(err, STATUS_FORBIDDEN,
                      "issue %s came under supervision by being late or handled again: only the "
                      "office head lifts that",
                      number);
}

static enum status lift(struct ctx *ctx, const struct supervise_command *ask,
                        struct issue_file *file, const struct actor *actor, struct err *err)
{
    struct notify notify = {0};
    enum status st = may_lift(file, actor, err);
    if (st == STATUS_OK && ask->reason.len == 0) {
        st = fail_field(err, STATUS_INVALID, "reason", "say with --reason why it is lifted");
    }
    if (st != STATUS_OK) {
        return st;
    }
    const struct supervision before = file->issue.supervision;
    struct supervision_event event = begin_news(&before, SUPERVISION_NEWS_LIFTED);
    event.level = file->issue.supervised;
    event.reason = ask->reason;
    if (word_is_empty(&before.issuer)) {
        file->issue.supervised_by_system = 0;
    }
    issue_end_supervision(&file->issue);
    file->issue.generation++;
    notify_add_supervised(&notify, &ctx_config(ctx)->office, &file->issue); /* as when it was set */
    notify_remove(&notify, actor->id);
    event.notify = notify_list(ctx, &notify);
    emit_news(ctx, file, &event);
    return STATUS_OK;
}

enum status decide_supervise(struct ctx *ctx, const struct command *command, struct err *err)
{
    const struct supervise_command *ask = command->message;
    struct issue_file file;
    enum status st = issue_file_read(ctx, ask->issue, &file, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct actor actor = find_actor(ctx, command->person, &file.issue);
    return ask->lift ? lift(ctx, ask, &file, &actor, err) : set(ctx, command, &file, &actor, err);
}
