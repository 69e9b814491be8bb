/* SPDX-License-Identifier: Apache-2.0 */
/* What a journal says of an issue: record headers, and for steps of the lifecycle what they did. */
#include "runtime/ctx.h"
#include "runtime/replanned.h"

#define RECORDS_LIMIT 200U

static struct bytes keep_text(struct ctx *ctx, struct buf *text)
{
    struct bytes kept = ctx_copy(ctx, buf_bytes(text));
    buf_done(text);
    return kept;
}

static void fill_step(struct ctx *ctx, const void *message, struct record_part *part)
{
    const struct step_event *event = message;
    (void)ctx;
    part->happening = event->happening;
    part->from = event->from;
    part->to = event->to;
    part->reason = event->reason;
}

static void fill_opened(struct ctx *ctx, const void *message, struct record_part *part)
{
    const struct opened_event *event = message;
    (void)ctx;
    part->to = event->after.state;
    part->reason = event->rule;
}

static void fill_replanned(struct ctx *ctx, const void *message, struct record_part *part)
{
    const struct replanned_event *event = message;
    part->stage = event->stage;
    part->reason = replanned_describe(ctx, event);
}

/* "cadre001 -> cadre002: why" */
static void fill_owner(struct ctx *ctx, const void *message, struct record_part *part)
{
    const struct owner_event *event = message;
    struct buf text = {0};
    buf_append_format(&text, "%.*s -> %.*s%s%.*s", BYTES_FMT(event->from), BYTES_FMT(event->to),
                      event->reason.len != 0 ? ": " : "", BYTES_FMT(event->reason));
    part->reason = keep_text(ctx, &text);
}

static void append_level(struct buf *text, uint32_t level, const struct list *skipped)
{
    struct list_cursor cursor = list_begin(skipped);
    uint64_t lower;
    buf_append_format(text, ", level %u", level);
    for (uint32_t i = 0; list_next_u64(&cursor, &lower); i++) {
        buf_append_format(text, "%s%llu", i == 0 ? "; at once with, and instead of, " : ", ",
                          (unsigned long long)lower);
    }
}

/* "handle: overdue, level 3; at once with, and instead of, 1, 2" */
static void fill_clock(struct ctx *ctx, const void *message, struct record_part *part)
{
    const struct clock_event *event = message;
    const struct field *stage = message_find_field(&clock_event_type, "stage");
    const struct field *news = message_find_field(&clock_event_type, "news");
    struct buf text = {0};
    buf_append_format(&text, "%s: %s", stage->words[event->stage], news->words[event->news]);
    append_level(&text, event->level, &event->skipped);
    part->stage = event->stage;
    part->level = event->level;
    part->skipped = event->skipped;
    part->reason = keep_text(ctx, &text);
}

static void fill_supervision(struct ctx *ctx, const void *message, struct record_part *part)
{
    const struct supervision_event *event = message;
    const struct field *news = message_find_field(&supervision_event_type, "news");
    struct buf text = {0};
    if (event->news == (int)SUPERVISION_NEWS_LIFTED) {
        part->reason = event->reason;
        return;
    }
    buf_append_string(&text, news->words[event->news]);
    append_level(&text, event->step, &event->skipped);
    part->level = event->step;
    part->skipped = event->skipped;
    part->reason = keep_text(ctx, &text);
}

static void fill_set_aside(struct ctx *ctx, const void *message, struct record_part *part)
{
    (void)ctx;
    part->reason = ((const struct set_aside_event *)message)->reason;
}

/* What a record did, for those of which that is shown. */
static const struct {
    const struct message_type *type;
    void (*fill)(struct ctx *ctx, const void *message, struct record_part *part);
} shown[] = {
    {&step_event_type, fill_step},           {&opened_event_type, fill_opened},
    {&replanned_event_type, fill_replanned}, {&owner_event_type, fill_owner},
    {&clock_event_type, fill_clock},         {&supervision_event_type, fill_supervision},
    {&set_aside_event_type, fill_set_aside},
};

static void fill_shown(const struct record *record, struct ctx *ctx, struct record_part *part)
{
    size_t i = 0;
    while (i < sizeof shown / sizeof shown[0] && shown[i].type->number != record->type) {
        i++;
    }
    if (i == sizeof shown / sizeof shown[0]) {
        return;
    }
    struct err err;
    void *event = ctx_take(ctx, shown[i].type->size);
    if (record_message(record, shown[i].type, event, &err) == STATUS_OK) {
        shown[i].fill(ctx, event, part);
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
        .actor = record->actor.len != 0 ? record->actor : RECORD_ACTOR_SYSTEM,
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
    fill_shown(record, ctx, ret_part);
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
