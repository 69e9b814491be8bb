/* SPDX-License-Identifier: Apache-2.0 */
#include "router/suggesting.h"

#include "base/endian.h"
#include "domain/access.h"
#include "domain/suggest_desk.h"
#include "router/people.h"
#include "router/router.h"

static void visit(void *user, struct bytes prefix, suggest_row_fn *on_row, void *on_row_user)
{
    struct ctx *ctx = user;
    struct bytes key;
    struct bytes value;
    enum status st = table_seek(ctx, SUGGEST, prefix, &key, &value);
    while (st == STATUS_OK && bytes_start_with(key, prefix)) {
        on_row(on_row_user, key, be64_load(value.p));
        st = table_next(ctx, SUGGEST, key, &key, &value);
    }
}

static void add(void *user, struct bytes key, uint64_t count)
{
    count_add(user, SUGGEST, key, (int64_t)count);
}

static struct suggest_rows rows_of(struct ctx *ctx)
{
    return (struct suggest_rows){.user = ctx, .visit = visit, .add = add};
}

static struct suggest_desk desk_of(struct ctx *ctx, const struct suggest_rows *rows)
{
    const struct config *config = ctx_config(ctx);
    return (struct suggest_desk){.rows = rows,
                                 .office = &config->office,
                                 .rules = config->rules,
                                 .scratch = router_scratch(ctx)};
}

struct bytes suggesting_lesson(struct ctx *ctx, const struct issue *issue, struct bytes category,
                               struct bytes lead)
{
    const struct category *path[3];
    struct suggest_rows rows = rows_of(ctx);
    struct suggest_desk desk = desk_of(ctx, &rows);
    if (issue->state != STATE_TRIAGE) {
        return (struct bytes){0};
    }
    if (category.len == 0) {
        return suggest_lesson_of_lead(&desk, word_bytes(&issue->category), lead);
    }
    return office_category_path(desk.office, category, path) != 0 ? path[0]->code
                                                                  : (struct bytes){0};
}

void suggesting_learn(struct ctx *ctx, const struct issue_row *row, struct bytes category,
                      struct bytes department)
{
    struct opened_event opened;
    struct err err;
    if (issue_texts(ctx, row, &opened, &err) == STATUS_OK) {
        struct suggest_rows rows = rows_of(ctx);
        suggest_learn(&rows, opened.title, opened.text, category, department);
    }
}

/* ---- Answers ---- */

static struct list keep(struct ctx *ctx, struct list list, struct buf *out)
{
    struct bytes kept = ctx_copy(ctx, buf_bytes(out));
    list.p = kept.p;
    list.len = kept.len;
    buf_done(out);
    return list;
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

static struct list reason_list(struct ctx *ctx, const struct suggestion *suggestion)
{
    struct buf out = {0};
    struct list list = {0};
    for (uint32_t i = 0; i < SUGGEST_REASONS && suggestion->reasons[i][0] != '\0'; i++) {
        list_put_bytes(&list, &out, bytes_of_string(suggestion->reasons[i]));
    }
    return keep(ctx, list, &out);
}

enum status answer_suggest(struct ctx *ctx, const struct query *query, void *ret_reply,
                           struct err *err)
{
    const struct suggest_query *ask = query->message;
    struct suggest_reply *reply = ret_reply;
    struct actor actor = find_actor(ctx, query->person, NULL);
    struct object object = {.office = &ctx_config(ctx)->office};
    enum status st = may(&actor, ACTION_SUGGEST, &object, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct suggest_rows rows = rows_of(ctx);
    struct suggest_desk desk = desk_of(ctx, &rows);
    struct suggestion suggestions[SUGGEST_COUNT];
    struct buf out = {0};
    struct list list = {0};
    uint32_t count = suggest_for_desk(&desk, ask->title, ask->text, suggestions);
    for (uint32_t i = 0; i < count; i++) {
        struct bytes category = bytes_of_string(suggestions[i].category);
        struct suggestion_part part = {.category = category,
                                       .category_path = path_list(ctx, category),
                                       .department = bytes_of_string(suggestions[i].department),
                                       .score = suggestions[i].score_permille,
                                       .reasons = reason_list(ctx, &suggestions[i])};
        list_put_message(&list, &out, &suggestion_part_type, &part);
    }
    reply->suggestions = keep(ctx, list, &out);
    return STATUS_OK;
}
