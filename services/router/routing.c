/* SPDX-License-Identifier: Apache-2.0 */
/* A report becomes an issue: dispatched at once when a rule is sure, else at the triage desk. */
#include "router/routing.h"

#include "base/text.h"
#include "domain/calendar.h"
#include "domain/rules.h"
#include "router/clocks.h"
#include "router/handing.h"
#include "router/people.h"
#include "router/router.h"
#include "router/steps.h"

#define TAGS_MAX 32U
#define TAGS_CHARS_MAX 200U /* as opened_event has room for */

/* "a;b；c" as words; they borrow from `tags`. */
static uint32_t split_tags(struct bytes tags, struct bytes words[TAGS_MAX])
{
    uint32_t count = 0;
    size_t from = 0;
    for (size_t i = 0; i <= tags.len && count < TAGS_MAX; i++) {
        if (i < tags.len && tags.p[i] != ';') {
            continue;
        }
        if (i > from) {
            words[count++] = bytes_of(tags.p + from, i - from);
        }
        from = i + 1;
    }
    return count;
}

static bool route(struct ctx *ctx, const struct reported_event *report,
                  struct rule_decision *ret_decision)
{
    struct bytes tags[TAGS_MAX];
    const struct config *config = ctx_config(ctx);
    struct rule_facts facts = {
        .category = report->category,
        .area = report->area,
        .kind = (enum kind)report->kind,
        .source = (enum source)report->source,
        .urgency = (enum urgency)report->urgency,
        .household_tags = tags,
        .household_tag_count = split_tags(report->tags, tags),
        .is_working_hours = calendar_is_working(config->calendar, ctx_now(ctx)),
        .title = report->title,
        .text = report->text,
    };
    return rules_match(config->rules, &facts, router_scratch(ctx), ret_decision);
}

static struct list word_list(struct ctx *ctx, const struct rule_decision *decision)
{
    struct buf out = {0};
    struct list list = {0};
    for (uint32_t i = 0; i < decision->found_count && i < 16; i++) {
        struct word_part part = {.word = decision->found[i].word,
                                 .offset = decision->found[i].position,
                                 .in_title = decision->found[i].field == RULE_TITLE};
        list_put_message(&list, &out, &word_part_type, &part);
    }
    struct bytes kept = ctx_copy(ctx, buf_bytes(&out));
    list.p = kept.p;
    list.len = kept.len;
    buf_done(&out);
    return list;
}

static size_t chars_of(struct bytes text)
{
    size_t chars = 0;
    (void)text_is_valid(text, &chars);
    return chars;
}

/* Household's tags and the rule's, with semicolons; a tag that there is no room for is left out. */
static struct bytes join_tags(struct ctx *ctx, struct bytes given,
                              const struct rule_decision *decision)
{
    struct buf out = {0};
    buf_append_bytes(&out, given);
    size_t chars = chars_of(given);
    for (uint32_t i = 0; i < decision->tag_count; i++) {
        size_t more = chars_of(decision->tags[i]) + (out.len != 0 ? 1 : 0);
        if (chars + more <= TAGS_CHARS_MAX) {
            buf_append_string(&out, out.len != 0 ? ";" : "");
            buf_append_bytes(&out, decision->tags[i]);
            chars += more;
        }
    }
    struct bytes kept = ctx_copy(ctx, buf_bytes(&out));
    buf_done(&out);
    return kept;
}

static void begin(const struct ctx *ctx, const struct record *record,
                  const struct reported_event *report, const struct rule_decision *decision,
                  struct issue *issue)
{
    issue->state = STATE_ACCEPTED;
    issue->source = (enum source)report->source;
    issue->kind = (enum kind)report->kind;
    issue->urgency = decision->urgency != URGENCY_NONE ? decision->urgency
                     : report->urgency != 0            ? (enum urgency)report->urgency
                                                       : URGENCY_GENERAL;
    issue->category = word_of(decision->category.len != 0 ? decision->category : report->category);
    issue->area = word_of(report->area);
    issue->household = word_of(report->household);
    issue->cadre = word_of(report->cadre);
    issue->created_at = record->at;
    issue->updated_at = ctx_now(ctx);
}

_Static_assert(RULE_ASSIST_MAX + 1 == ISSUE_LEGS_MAX, "each section has one part in an issue");

static struct dispatch dispatch_of(const struct rule_decision *decision)
{
    struct dispatch dispatch = {.lead = decision->lead, .leader = decision->leader};
    for (uint32_t i = 0; i < decision->assist_count; i++) {
        dispatch.assists[dispatch.assist_count++] = decision->assist[i];
    }
    return dispatch;
}

/* No clock runs: no due time. */
static struct clock_part clock_of(const struct issue_file *file, enum stage stage)
{
    const struct clock_part *clock = clocks_find(file, stage);
    return clock == NULL ? (struct clock_part){0} : *clock;
}

/* Head, leader and urgently the staff of a section, but a leader who was told of the issue already
 * only once. */
static struct list leg_notify(struct ctx *ctx, const struct issue *issue, struct bytes department,
                              struct notify *told)
{
    const struct office *office = &ctx_config(ctx)->office;
    const struct department *section = office_find_department(office, department);
    struct notify notify = {0};
    if (section != NULL) {
        uint32_t before = told->count;
        notify_add(told, section->leader);
        notify_add(&notify, section->head);
        notify_add(&notify, told->count != before ? section->leader : (struct bytes){0});
        notify_add_given(&notify, office, issue, department);
    }
    return notify_list(ctx, &notify);
}

/* The sections' shares: all legs, or only the assisting ones. Each section gets the text in a
 * record of its own topic. */
void emit_legs(struct ctx *ctx, const struct issue_file *file, const struct opened_event *opened,
               bool has_lead)
{
    const struct leg *lead = issue_find_lead(&file->issue);
    const struct clock_part sign = clock_of(file, STAGE_SIGN);
    const struct clock_part handle = clock_of(file, STAGE_HANDLE);
    struct notify told = {0};
    for (uint32_t i = 0; i < file->issue.leg_count; i++) {
        const struct leg *leg = &file->issue.legs[i];
        if (leg->role == LEG_ROLE_LEAD && !has_lead) {
            notify_add_section(&told, &ctx_config(ctx)->office, word_bytes(&leg->department));
            notify_add(&told, word_bytes(&file->issue.leader));
            continue;
        }
        struct leg_event event = {
            .role = (int)leg->role,
            .kind = (int)file->issue.kind,
            .category = word_bytes(&file->issue.category),
            .area = word_bytes(&file->issue.area),
            .urgency = (int)file->issue.urgency,
            .lead = word_bytes(&lead->department),
            .sign_due = sign.due_at,
            .is_sign_provisional = sign.is_provisional,
            .handle_due = handle.due_at,
            .is_handle_provisional = handle.is_provisional,
            .supervised_until = file->issue.supervision.due_at,
            .is_supervised_provisional = file->issue.supervision.is_provisional,
            .title = opened->title,
            .text = opened->text,
            .notify = leg_notify(ctx, &file->issue, word_bytes(&leg->department), &told)};
        emit(ctx, &(struct emission){.type = &leg_event_type,
                                     .message = &event,
                                     .issue = file->issue.number,
                                     .generation = file->issue.generation,
                                     .topic = word_bytes(&leg->department)});
    }
}

static void emit_opened(struct ctx *ctx, const struct record *record,
                        const struct reported_event *report, const struct issue_file *file,
                        const struct rule_decision *decision)
{
    struct notify notify = {0};
    const struct office *office = &ctx_config(ctx)->office;
    const struct leg *lead = issue_find_lead(&file->issue);
    if (lead != NULL) {
        notify_add_section(&notify, office, word_bytes(&lead->department));
        notify_add(&notify, word_bytes(&file->issue.leader));
        notify_add_given(&notify, office, &file->issue, word_bytes(&lead->department));
    } else {
        notify_add_roles(&notify, office, ROLE_BIT(ROLE_TRIAGE_CLERK));
    }
    struct opened_event event = {
        .household = report->household,
        .cadre = word_bytes(&file->issue.cadre),
        .kind = report->kind,
        .source = report->source,
        .area = report->area,
        .report = record->seq,
        .reported_at = record->at,
        .rule = decision->id,
        .words = word_list(ctx, decision),
        .said_at = report->said_at,
        .given_category = report->category,
        .title = report->title,
        .text = report->text,
        .tags = join_tags(ctx, report->tags, decision),
        .notify = notify_list(ctx, &notify),
        .config = bytes_of(ctx_config(ctx)->hash, CONFIG_HASH_BYTES),
    };
    issue_to_part(ctx, file, &event.after);
    emit(ctx, &(struct emission){.type = &opened_event_type,
                                 .message = &event,
                                 .issue = file->issue.number,
                                 .generation = file->issue.generation,
                                 .topic = lead == NULL ? (struct bytes){0}
                                                       : word_bytes(&lead->department)});
    emit_legs(ctx, file, &event, false);
}

/* Opening and, where a rule is sure, dispatching are one event: the lifecycle is asked for both. A
 * report is never lost because of a rule: what cannot be dispatched so waits at the triage desk. */
static enum status open_issue(struct ctx *ctx, const struct record *record,
                              const struct reported_event *report,
                              const struct rule_decision *decision, struct issue_file *file,
                              struct err *err)
{
    const struct actor reporter = find_actor(ctx, record->actor, &file->issue);
    const struct actor system = actor_of_machine(ACTOR_SYSTEM);
    bool is_direct = report->source != (int)SOURCE_CADRE && report->source != (int)SOURCE_VISIT;
    struct step open = {.happening = is_direct ? HAPPENING_HOUSEHOLD_DIRECT : HAPPENING_SUBMIT,
                        .actor = &reporter,
                        .at = ctx_now(ctx),
                        .has_words = true};
    enum status st = lifecycle_apply(&file->issue, &open, err);
    if (st != STATUS_OK || decision->is_triage) {
        return st;
    }
    struct dispatch dispatch = dispatch_of(decision);
    struct step step = {.happening = HAPPENING_DISPATCH,
                        .actor = &system,
                        .at = ctx_now(ctx),
                        .dispatch = &dispatch};
    struct err refused;
    st = lifecycle_apply(&file->issue, &step, &refused);
    CHECK(st == STATUS_OK || file->issue.state == STATE_TRIAGE);
    return STATUS_OK;
}

enum status react_reported(struct ctx *ctx, const struct record *record, const void *message,
                           struct err *err)
{
    const struct reported_event *report = message;
    struct rule_decision decision = {0};
    if (!route(ctx, report, &decision)) {
        decision.is_triage = true;
    }
    struct issue_file file;
    issue_file_begin(record->issue, &file);
    begin(ctx, record, report, &decision, &file.issue);
    enum status st = open_issue(ctx, record, report, &decision, &file, err);
    if (st != STATUS_OK) {
        return fail(err, STATUS_INVALID, "the report cannot become an issue: %s", err->text);
    }
    file.issue.cadre = word_of(handing_find_owner(ctx, report->household, report->cadre));
    clocks_update(ctx, &file, false);
    emit_opened(ctx, record, report, &file, &decision);
    return STATUS_OK;
}
