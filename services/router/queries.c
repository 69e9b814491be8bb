/* SPDX-License-Identifier: Apache-2.0 */
/* What people and programs ask about issues. */
#include "base/endian.h"
#include "domain/access.h"
#include "domain/lifecycle.h"
#include "router/clocks.h"
#include "router/explain.h"
#include "router/people.h"
#include "router/router.h"

#define PAGE_MAX 200U

static enum status check_right(struct ctx *ctx, struct bytes person, enum action action,
                               const struct issue *issue, struct err *err)
{
    struct actor actor = find_actor(ctx, person, issue);
    struct object object = {.office = &ctx_config(ctx)->office, .issue = issue};
    return may(&actor, action, &object, err);
}

bool router_sees(const struct ctx *ctx, const struct actor *actor, const struct issue *issue)
{
    struct object object = {.office = &ctx_config(ctx)->office, .issue = issue};
    struct err unread;
    return may(actor, ACTION_VIEW_ISSUE, &object, &unread) == STATUS_OK;
}

static enum status read_visible(struct ctx *ctx, struct bytes person, uint64_t number,
                                struct issue_file *ret_file, struct err *err)
{
    enum status st = issue_file_read(ctx, number, ret_file, err);
    return st == STATUS_OK ? check_right(ctx, person, ACTION_VIEW_ISSUE, &ret_file->issue, err)
                           : st;
}

enum status router_may_see_issue(struct ctx *ctx, struct bytes person, uint64_t issue,
                                 struct err *err)
{
    struct issue_file file;
    return issue == 0 ? check_right(ctx, person, ACTION_READ_JOURNAL, NULL, err)
                      : read_visible(ctx, person, issue, &file, err);
}

static struct list keep(struct ctx *ctx, struct list list, struct buf *out)
{
    struct bytes kept = ctx_copy(ctx, buf_bytes(out));
    list.p = kept.p;
    list.len = kept.len;
    buf_done(out);
    return list;
}

static struct list due_list(struct ctx *ctx, const struct issue_file *file)
{
    struct buf out = {0};
    struct list list = {0};
    for (uint32_t i = 0; i < file->clock_count; i++) {
        const struct clock_part *clock = &file->clocks[i];
        struct due_part part = {.stage = clock->stage,
                                .due_at = clock->due_at,
                                .is_provisional = clock->is_provisional,
                                .is_overdue = clock->is_overdue,
                                .is_paused = clock->paused_at.us != 0};
        list_put_message(&list, &out, &due_part_type, &part);
    }
    return keep(ctx, list, &out);
}

static struct list path_list(struct ctx *ctx, struct bytes category)
{
    const struct category *path[3];
    struct buf out = {0};
    struct list list = {0};
    uint32_t count = office_category_path(&ctx_config(ctx)->office, category, path);
    for (uint32_t i = 0; i < count; i++) {
        list_put_bytes(&list, &out, path[i]->name);
    }
    return keep(ctx, list, &out);
}

/* One record opens an issue and dispatches it when a rule is sure; to people these are two things,
 * of which the cadre did one. */
static void put_event(struct list *list, struct buf *out, struct record_part *part)
{
    if (part->type == MESSAGE_OPENED_EVENT && part->to == (int)STATE_DISPATCHED) {
        struct record_part opened = *part;
        opened.to = (int)STATE_ACCEPTED;
        opened.reason = (struct bytes){0};
        list_put_message(list, out, &record_part_type, &opened);
        part->happening = (int)HAPPENING_DISPATCH;
        part->from = (int)STATE_ACCEPTED;
        part->actor = RECORD_ACTOR_SYSTEM;
    }
    list_put_message(list, out, &record_part_type, part);
}

static struct list event_list(struct ctx *ctx, uint64_t issue)
{
    struct buf out = {0};
    struct list list = {0};
    uint64_t seq = 0;
    while (list.count < PAGE_MAX && trail_next(ctx, issue, seq, &seq) == STATUS_OK) {
        struct record record;
        struct record_part part;
        if (record_get(ctx, seq, &record) == STATUS_OK) {
            record_describe(ctx, &record, &part);
            put_event(&list, &out, &part);
        }
    }
    return keep(ctx, list, &out);
}

static void fill_answer(struct ctx *ctx, const struct issue_row *row, struct issue_view *view)
{
    struct record record;
    struct step_event event;
    struct err err;
    if (row->answered != 0 && record_get(ctx, row->answered, &record) == STATUS_OK &&
        record_message(&record, &step_event_type, &event, &err) == STATUS_OK) {
        view->answer = event.words;
        view->evidence = event.evidence;
        view->ground = event.ground;
        view->tried = event.tried;
    }
}

static void fill_state(struct ctx *ctx, const struct issue_file *file, struct issue_view *view)
{
    const struct issue *issue = &file->issue;
    const struct issue_row *row = &file->row;
    struct buf next = {0};
    lifecycle_append_next(issue, &next);
    view->next = ctx_copy(ctx, buf_bytes(&next));
    buf_done(&next);
    view->issue = issue->number;
    view->state = (int)issue->state;
    view->outcome = (int)issue->outcome;
    view->proposed = (int)issue->proposed;
    view->urgency = (int)issue->urgency;
    view->kind = (int)issue->kind;
    view->category = row->now.category;
    view->category_path = path_list(ctx, row->now.category);
    view->area = row->area;
    view->household = row->household;
    view->cadre = row->now.owner;
    view->source = row->source;
    view->lead = row->now.lead;
    view->leader = row->now.leader;
    view->legs = row->now.legs;
    view->due = due_list(ctx, file);
    view->supervised = issue->supervised;
    view->level = row->level;
    view->supervision = row->now.supervision;
    view->hops = issue->hops;
    view->returns = issue->returns;
    view->redo = issue->redo;
    view->generation = issue->generation;
    view->created_at = row->created_at;
    view->updated_at = row->updated_at;
    view->rule = row->rule;
    view->report_seq = row->report;
    view->is_unreached = issue->is_unreached;
    view->wait_ground = (int)issue->wait_ground;
    view->wait_until = issue->wait_until;
    view->is_info_missing = issue->is_info_missing;
    view->is_feedback_late = issue->is_feedback_late;
    view->is_contacted = issue->is_contacted;
    view->questions = issue->questions;
}

enum status answer_issue(struct ctx *ctx, const struct query *query, void *reply, struct err *err)
{
    const struct issue_query *ask = query->message;
    struct issue_view *view = reply;
    struct issue_file file;
    enum status st = read_visible(ctx, query->person, ask->issue, &file, err);
    struct opened_event opened;
    if (st == STATUS_OK) {
        st = issue_texts(ctx, &file.row, &opened, err);
    }
    if (st != STATUS_OK) {
        return st;
    }
    fill_state(ctx, &file, view);
    fill_answer(ctx, &file.row, view);
    view->title = opened.title;
    view->text = opened.text;
    view->words = opened.words;
    view->config = opened.config;
    view->events = event_list(ctx, ask->issue);
    explain_issue(ctx, &file, view);
    return STATUS_OK;
}

enum status answer_place(struct ctx *ctx, const struct query *query, void *ret_reply,
                         struct err *err)
{
    const struct place_query *ask = query->message;
    struct place_reply *reply = ret_reply;
    struct issue_file file;
    enum status st = check_right(ctx, query->person, ACTION_VIEW_STATE, NULL, err);
    if (st == STATUS_OK) {
        st = issue_file_read(ctx, ask->issue, &file, err);
    }
    if (st == STATUS_OK) {
        *reply = (struct place_reply){.issue = ask->issue,
                                      .state = file.row.now.state,
                                      .generation = file.row.now.generation,
                                      .seq = file.row.last,
                                      .lead = file.row.now.lead,
                                      .legs = file.row.now.legs};
    }
    return st;
}

/* The router's answer to a fact: its first event with that cause. */
static bool find_verdict(struct ctx *ctx, const struct verdict_query *ask,
                         struct record *ret_record)
{
    uint64_t seq = UINT64_MAX;
    while (trail_before(ctx, ask->issue, seq, &seq) == STATUS_OK) {
        if (record_get(ctx, seq, ret_record) == STATUS_OK &&
            (ret_record->flags & RECORD_BY_RECORD) != 0 && ret_record->cause_index == 0 &&
            ret_record->cause.seq == ask->seq &&
            id_equal(&ret_record->cause.journal, &ask->journal)) {
            return true;
        }
    }
    return false;
}

enum status answer_verdict(struct ctx *ctx, const struct query *query, void *ret_reply,
                           struct err *err)
{
    const struct verdict_query *ask = query->message;
    struct verdict_reply *reply = ret_reply;
    struct issue_file file;
    struct record record;
    enum status st = check_right(ctx, query->person, ACTION_VIEW_STATE, NULL, err);
    if (st != STATUS_OK) {
        return st;
    }
    bool is_known = issue_file_read(ctx, ask->issue, &file, err) == STATUS_OK;
    if (is_known) {
        reply->state = file.row.now.state;
        reply->generation = file.row.now.generation;
        reply->lead = file.row.now.lead;
        reply->rule = file.row.rule;
    }
    reply->is_settled = find_verdict(ctx, ask, &record);
    if (reply->is_settled && record.type == MESSAGE_SET_ASIDE_EVENT) {
        struct set_aside_event *event = ctx_take(ctx, sizeof *event);
        st = record_message(&record, &set_aside_event_type, event, err);
        reply->is_set_aside = true;
        reply->reason = st == STATUS_OK ? event->reason : (struct bytes){0};
    }
    return STATUS_OK;
}
