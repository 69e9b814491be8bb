/* SPDX-License-Identifier: Apache-2.0 */
#include "router/explain.h"

#include "domain/lifecycle.h"
#include "router/clocks.h"
#include "router/explain_why.h"
#include "router/passing.h"
#include "router/people.h"
#include "router/supervision.h"

#include <stdlib.h>

#define COMING_MAX 64U /* every level of every clock, and supervision */
#define THEN_MAX 24U

static struct list keep(struct ctx *ctx, struct list list, struct buf *out)
{
    struct bytes kept = ctx_copy(ctx, buf_bytes(out));
    list.p = kept.p;
    list.len = kept.len;
    buf_done(out);
    return list;
}

static struct bytes keep_text(struct ctx *ctx, struct buf *out)
{
    struct bytes kept = ctx_copy(ctx, buf_bytes(out));
    buf_done(out);
    return kept;
}

/* ---- until when ----------------------------------------------------------------------------- */

uint32_t explain_late(const struct issue_file *file)
{
    uint32_t late = 0;
    for (uint32_t i = 0; i < file->clock_count; i++) {
        late |= file->clocks[i].is_overdue ? STAGE_BIT(file->clocks[i].stage) : 0;
    }
    return late;
}

/* A limit that a supervisor set holds for whoever has to act, where it comes first. */
struct explain_due explain_due(const struct issue_file *file, const struct duty *duty)
{
    const struct supervision *supervision = &file->issue.supervision;
    const struct clock_part *clock =
        duty->stage == STAGE_NONE ? NULL : clocks_find(file, duty->stage);
    bool is_set =
        supervision->due_at.us != 0 && (clock == NULL || supervision->due_at.us < clock->due_at.us);
    if (duty->kind == DUTY_KIND_SUPERVISION || (clock != NULL && is_set)) {
        return (struct explain_due){.at = supervision->due_at,
                                    .is_provisional = supervision->is_provisional,
                                    .is_overdue = supervision->is_overdue};
    }
    return clock == NULL ? (struct explain_due){0}
                         : (struct explain_due){.at = clock->due_at,
                                                .is_provisional = clock->is_provisional,
                                                .is_overdue = clock->is_overdue};
}

/* ---- what comes if nobody acts -------------------------------------------------------------- */

/* The next thing that a clock, or the supervision (without a stage), says or does. */
struct coming {
    enum stage stage;
    struct clock_saying saying;
    uint32_t order; /* among those of the same instant */
};

static void add_coming(struct coming *coming, uint32_t *count, struct coming one)
{
    if (*count < COMING_MAX) {
        one.order = *count;
        coming[(*count)++] = one;
    }
}

static void add_clock(struct ctx *ctx, const struct issue_file *file,
                      const struct clock_part *running, struct coming *coming, uint32_t *count)
{
    struct clock_part clock = *running;
    struct clock_saying saying;
    while (clock_look_ahead(ctx, &file->issue, &clock, &saying)) {
        add_coming(coming, count,
                   (struct coming){.stage = (enum stage)clock.stage, .saying = saying});
    }
}

static void add_supervision(struct ctx *ctx, const struct issue_file *file, struct coming *coming,
                            uint32_t *count)
{
    struct supervision supervision = file->issue.supervision;
    struct clock_saying saying;
    while (supervision_look_ahead(ctx, &supervision, &saying)) {
        add_coming(coming, count, (struct coming){.saying = saying});
    }
}

static int compare_coming(const void *a, const void *b)
{
    const struct coming *left = a;
    const struct coming *right = b;
    if (left->saying.at.us != right->saying.at.us) {
        return left->saying.at.us < right->saying.at.us ? -1 : 1;
    }
    return (left->order > right->order) - (left->order < right->order);
}

static uint32_t find_coming(struct ctx *ctx, const struct issue_file *file,
                            struct coming coming[COMING_MAX])
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < file->clock_count; i++) {
        add_clock(ctx, file, &file->clocks[i], coming, &count);
    }
    add_supervision(ctx, file, coming, &count);
    qsort(coming, count, sizeof coming[0], compare_coming);
    return count;
}

static void append_roles(const struct duty *duty, struct buf *out)
{
    for (int role = 0; role < ROLE_COUNT; role++) {
        if ((duty->roles & ROLE_BIT(role)) != 0) {
            buf_append_format(out, "; from then on %s %s", role_sentence((enum role)role),
                              duty->does);
        }
    }
}

/* Who besides owes what was due when it is late. */
static void append_late_duty(const struct issue_file *file, enum stage stage, struct buf *out)
{
    struct duty before[DUTIES_MAX];
    struct duty after[DUTIES_MAX];
    uint32_t late = explain_late(file);
    uint32_t count = duties_of(&file->issue, late | STAGE_BIT(stage), after);
    if (count == duties_of(&file->issue, late, before)) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (after[i].stage == stage && after[i].holder == DUTY_OF_ROLES) {
            append_roles(&after[i], out);
        }
    }
}

static void append_does(const struct issue_file *file, const struct coming *coming, struct buf *out)
{
    static const char *const called[STAGE_COUNT] = {
        [STAGE_NONE] = "the supervision",
        [STAGE_TRIAGE] = "sorting",
        [STAGE_INFO] = "the cadre's answer",
        [STAGE_SIGN] = "signing",
        [STAGE_FIRST_CONTACT] = "the first contact",
        [STAGE_HANDLE] = "handling",
        [STAGE_SUSPEND] = "the end of the suspension",
        [STAGE_RULING] = "the ruling",
        [STAGE_REVIEW] = "the review",
        [STAGE_FEEDBACK] = "the feedback",
        [STAGE_CALLBACK] = "the call-back",
        [STAGE_REOPEN] = "the end of the time for reopening",
    };
    static const char *const says[] = {
        [CLOCK_NEWS_WARNED] = "is due soon",
        [CLOCK_NEWS_OVERDUE] = "is overdue",
        [CLOCK_NEWS_REMINDED] = "is still overdue",
    };
    const struct clock_saying *saying = &coming->saying;
    if (saying->is_passing) {
        buf_append_string(out, passing_words(coming->stage));
        return;
    }
    buf_append_format(out, "%s %s", called[coming->stage], says[saying->news]);
    if (saying->supervised > file->issue.supervised) {
        buf_append_format(out, "; it comes under supervision, level %u", saying->supervised);
    }
    if (saying->news == CLOCK_NEWS_OVERDUE && coming->stage != STAGE_NONE) {
        append_late_duty(file, coming->stage, out);
    }
}

/* Who hears of it, and as what; each once. */
static struct list tells_list(struct ctx *ctx, const struct issue_file *file,
                              const struct coming *coming)
{
    const struct office *office = &ctx_config(ctx)->office;
    struct notify notify = {0};
    struct list list = {0};
    struct buf out = {0};
    for (int recipient = 1; recipient < RECIPIENT_COUNT; recipient++) {
        uint32_t before = notify.count;
        notify_add_by_ladder(&notify, office, &file->issue, coming->stage,
                             coming->saying.recipients & RECIPIENT_BIT(recipient));
        for (uint32_t i = before; i < notify.count; i++) {
            struct told_part part = {.recipient = recipient, .person = notify.people[i]};
            list_put_message(&list, &out, &told_part_type, &part);
        }
    }
    return keep(ctx, list, &out);
}

static struct list then_list(struct ctx *ctx, const struct issue_file *file)
{
    struct coming *coming = ctx_take(ctx, COMING_MAX * sizeof *coming);
    uint32_t count = find_coming(ctx, file, coming);
    struct list list = {0};
    struct buf out = {0};
    for (uint32_t i = 0; i < count && i < THEN_MAX; i++) {
        const struct clock_saying *saying = &coming[i].saying;
        struct buf does = {0};
        append_does(file, &coming[i], &does);
        struct then_part part = {.at = saying->at,
                                 .is_provisional = saying->is_provisional,
                                 .stage = (int)coming[i].stage,
                                 .level = saying->level,
                                 .news = (int)saying->news,
                                 .is_by_itself = saying->is_passing,
                                 .does = keep_text(ctx, &does),
                                 .tells = tells_list(ctx, file, &coming[i])};
        list_put_message(&list, &out, &then_part_type, &part);
    }
    return keep(ctx, list, &out);
}

/* "2026-03-02 16:00: it counts as signed, late"; empty when nothing comes. */
static struct bytes then_text(struct ctx *ctx, const struct issue_file *file, enum stage stage)
{
    struct coming *coming = ctx_take(ctx, COMING_MAX * sizeof *coming);
    uint32_t count = find_coming(ctx, file, coming);
    struct buf out = {0};
    for (uint32_t i = 0; i < count && out.len == 0; i++) {
        if (coming[i].stage == stage) {
            explain_append_time(ctx, coming[i].saying.at, &out);
            buf_append_string(&out, coming[i].saying.is_provisional ? " (provisional): " : ": ");
            append_does(file, &coming[i], &out);
        }
    }
    return keep_text(ctx, &out);
}

/* ---- the duties ----------------------------------------------------------------------------- */

struct duty_part explain_duty(struct ctx *ctx, const struct issue_file *file,
                              const struct duty *duty)
{
    char *id = ctx_take(ctx, DUTY_PLACE_BYTES);
    struct explain_due due = explain_due(file, duty);
    bool is_of_section = duty->holder == DUTY_OF_SECTION;
    bool has_clock = duty->stage != STAGE_NONE || duty->kind == DUTY_KIND_SUPERVISION;
    duty_place_format(&(struct duty_place){.due = due.at,
                                           .kind = duty->kind,
                                           .number = file->issue.number,
                                           .where = is_of_section ? duty->id : (struct bytes){0}},
                      id);
    return (struct duty_part){
        .id = bytes_of_string(id),
        .due_at = due.at,
        .is_provisional = due.is_provisional,
        .is_overdue = due.is_overdue,
        .kind = (int)duty->kind,
        .what = bytes_of_string(duty->does),
        .issue = file->issue.number,
        .department = is_of_section ? ctx_copy(ctx, duty->id) : (struct bytes){0},
        .household = file->row.household,
        .then = has_clock ? then_text(ctx, file, duty->stage) : (struct bytes){0},
        .stage = (int)duty->stage,
    };
}

static struct list people_list(struct ctx *ctx, const struct issue_file *file,
                               const struct duty *duty)
{
    struct notify notify = {0};
    notify_add_duty(&notify, &ctx_config(ctx)->office, &file->issue, duty);
    for (uint32_t i = notify.count; duty->holder == DUTY_OF_CALLER && i-- > 0;) {
        if (people_took_part(ctx, &file->issue, notify.people[i])) {
            notify_remove(&notify, notify.people[i]);
        }
    }
    return notify_list(ctx, &notify);
}

static struct list duty_list(struct ctx *ctx, const struct issue_file *file)
{
    struct duty duties[DUTIES_MAX];
    uint32_t count = duties_of(&file->issue, explain_late(file), duties);
    struct list list = {0};
    struct buf out = {0};
    for (uint32_t i = 0; i < count; i++) {
        struct duty_part part = explain_duty(ctx, file, &duties[i]);
        part.people = people_list(ctx, file, &duties[i]);
        list_put_message(&list, &out, &duty_part_type, &part);
    }
    return keep(ctx, list, &out);
}

void explain_issue(struct ctx *ctx, const struct issue_file *file, struct issue_view *view)
{
    view->why = explain_why(ctx, file);
    view->duties = duty_list(ctx, file);
    view->then = then_list(ctx, file);
}
