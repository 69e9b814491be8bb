/* SPDX-License-Identifier: Apache-2.0 */
/* What a journal says of an issue: record headers, and for steps of the lifecycle what they did. */
#include "runtime/ctx.h"
#include "runtime/replanned.h"

#define RECORDS_LIMIT 200U

/* "cadre001 -> cadre002: why" */
static struct bytes describe_owner(struct ctx *ctx, const struct owner_event *event)
{
    struct buf text = {0};
    buf_append_format(&text, "%.*s -> %.*s%s%.*s", BYTES_FMT(event->from), BYTES_FMT(event->to),
                      event->reason.len != 0 ? ": " : "", BYTES_FMT(event->reason));
    struct bytes kept = ctx_copy(ctx, buf_bytes(&text));
    buf_done(&text);
    return kept;
}
static const char *const supervision_words[] = {
    [SUPERVISION_NEWS_REMINDED] = "reminded",
    [SUPERVISION_NEWS_OVERDUE] = "overdue",
    [SUPERVISION_NEWS_LIFTED] = "lifted",
};

static void fill_step(const struct record *record, struct ctx *ctx, struct record_part *part)
{
    struct err err;
    if (record->type == MESSAGE_STEP_EVENT) {
        struct step_event *event = ctx_take(ctx, sizeof *event);
        if (record_message(record, &step_event_type, event, &err) == STATUS_OK) {
            part->happening = event->happening;
            part->from = event->from;
            part->to = event->to;
            part->reason = event->reason;
        }
    } else if (record->type == MESSAGE_OPENED_EVENT) {
        struct opened_event *event = ctx_take(ctx, sizeof *event);
        if (record_message(record, &opened_event_type, event, &err) == STATUS_OK) {
            part->to = event->after.state;
            part->reason = event->rule;
        }
    } else if (record->type == MESSAGE_REPLANNED_EVENT) {
        struct replanned_event *event = ctx_take(ctx, sizeof *event);
        if (record_message(record, &replanned_event_type, event, &err) == STATUS_OK) {
            part->reason = replanned_describe(ctx, event);
        }
    } else if (record->type == MESSAGE_OWNER_EVENT) {
        struct owner_event *event = ctx_take(ctx, sizeof *event);
        if (record_message(record, &owner_event_type, event, &err) == STATUS_OK) {
            part->reason = describe_owner(ctx, event);
        }
    } else if (record->type == MESSAGE_SUPERVISION_EVENT) {
        struct supervision_event *event = ctx_take(ctx, sizeof *event);
        if (record_message(record, &supervision_event_type, event, &err) == STATUS_OK) {
            part->reason = event->reason.len != 0 ? event->reason
                                                  : bytes_of_string(supervision_words[event->news]);
        }
    } else if (record->type == MESSAGE_SET_ASIDE_EVENT) {
        struct set_aside_event *event = ctx_take(ctx, sizeof *event);
        if (record_message(record, &set_aside_event_type, event, &err) == STATUS_OK) {
            part->reason = event->reason;
        }
    }
}

/* The record as others may see it. What `part` points to lives until the end of the input. */
void record_describe(struct ctx *ctx, const struct record *record, struct record_part *ret_part)
{
    *ret_part = (struct record_part){
        .seq = record->seq,
        .at = record->at,
        .type = record->type,
        .issue = record->issue,
        .generation = record->generation,
        .actor = record->actor,
        .topic = record->topic,
        .is_local = (record->flags & RECORD_LOCAL) != 0,
        .size = (uint32_t)record->raw.len,
    };
    if ((record->flags & RECORD_BY_REQUEST) != 0) {
        ret_part->request = record->request;
    } else if ((record->flags & RECORD_BY_RECORD) != 0) {
        ret_part->cause_journal = record->cause.journal;
        ret_part->cause_seq = record->cause.seq;
        ret_part->cause_index = record->cause_index;
    }
    fill_step(record, ctx, ret_part);
}

static bool find_next(struct ctx *ctx, uint64_t issue, uint64_t *seq)
{
    if (issue != 0) {
        return trail_next(ctx, issue, *seq, seq) == STATUS_OK;
    }
    return ++*seq <= ctx_journal(ctx)->head;
}

enum status records_answer(struct ctx *ctx, const struct query *query, void *ret_reply,
                           struct err *err)
{
    const struct records_query *ask = query->message;
    struct records_reply *reply = ret_reply;
    if (ctx->node->service->may_see_issue != NULL) {
        enum status st = ctx->node->service->may_see_issue(ctx, query->person, ask->issue, err);
        if (st != STATUS_OK) {
            return st;
        }
    }
    reply->daemon = ctx_name(ctx);
    reply->journal = ctx_journal(ctx)->id;
    struct buf *out = &ctx->node->row;
    buf_clear(out);
    uint32_t limit = ask->limit == 0 ? RECORDS_LIMIT : ask->limit;
    uint64_t seq = ask->after;
    while (reply->records.count < limit && find_next(ctx, ask->issue, &seq)) {
        struct record record;
        struct record_part part;
        if (record_get(ctx, seq, &record) != STATUS_OK) {
            return fail(err, STATUS_CORRUPT, "record %llu is damaged", (unsigned long long)seq);
        }
        record_describe(ctx, &record, &part);
        list_put_message(&reply->records, out, &record_part_type, &part);
    }
    list_end(&reply->records, out);
    return STATUS_OK;
}
