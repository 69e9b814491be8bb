/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/sending.h"

/* Where the category says more than level and issue do. */
static const struct {
    const char *category;
    bool is_urgent;
    bool is_told_once; /* also when it is not read */
} exceptions[] = {
    /* These come again every working day as long as there is reason to. */
    {"without_cadre", true, true},
    {"cards_stale", false, true},
    /* The author has just acted, and nobody else can do it again. */
    {"set_aside", true, true},
    {"passed_on", false, true},
};

struct wall telling_time(const struct ctx *ctx, bool is_urgent)
{
    const struct config *config = ctx_config(ctx);
    return notice_time(&config->notices, config->calendar, ctx_now(ctx), is_urgent);
}

void emit_own(struct ctx *ctx, const struct message_type *type, const void *message, uint64_t issue)
{
    emit(ctx, &(struct emission){.type = type,
                                 .message = message,
                                 .issue = issue,
                                 .is_local = true,
                                 .is_by_system = true});
}

static void emit_shipped(struct ctx *ctx, const struct message_type *type, const void *message,
                         uint64_t issue, uint32_t generation)
{
    emit(ctx, &(struct emission){.type = type,
                                 .message = message,
                                 .issue = issue,
                                 .generation = generation,
                                 .is_by_system = true});
}

static struct wall unread_time(const struct ctx *ctx, bool is_urgent)
{
    const struct config *config = ctx_config(ctx);
    return notice_unread_time(&config->notices, config->calendar, ctx_now(ctx), is_urgent, false);
}

static void hold(struct ctx *ctx, const struct news *news, const struct sending *sending,
                 struct held_event *event)
{
    event->category = bytes_of_string(news->category);
    event->level = (int)news->level;
    event->recipients = *sending->recipients;
    event->title = sending->title;
    event->text = sending->text;
    event->settles = news->settles;
    event->is_supervised = news->is_supervised;
    event->passes_on = news->passes_on;
    event->subject = (int)news->subject;
    event->promise = news->promise;
    event->ended = news->ended;
    emit_shipped(ctx, &held_event_type, event, news->issue, news->generation);
}

static void tell_now(struct ctx *ctx, const struct news *news, const struct sending *sending,
                     struct wall unread_at)
{
    struct noticed_event event = {.category = bytes_of_string(news->category),
                                  .level = (int)news->level,
                                  .recipients = *sending->recipients,
                                  .title = sending->title,
                                  .text = sending->text,
                                  .passes_on = news->passes_on,
                                  .digest = news->digest,
                                  .lines = news->digest != 0 ? news->count : 0,
                                  .unread_at = unread_at,
                                  .settles = news->settles,
                                  .is_urgent = news->is_urgent,
                                  .is_supervised = news->is_supervised,
                                  .subject = (int)news->subject,
                                  .promise = news->promise,
                                  .ended = news->ended};
    emit_shipped(ctx, &noticed_event_type, &event, news->issue, news->generation);
}

/* Whether the leader hears of it with the rest of the day's. */
static bool is_for_digest(const struct ctx *ctx, const struct news *news,
                          const struct sending *sending)
{
    return sending->is_for_leader && news->digest == 0 && !news->is_urgent &&
           !news->is_supervised && news->level != NOTICE_LEVEL_OVERDUE &&
           ctx_config(ctx)->notices.digest == NOTICE_DIGEST_DAILY;
}

void send_notice(struct ctx *ctx, struct news *news, const struct sending *sending)
{
    bool is_pressing = news->level > NOTICE_LEVEL_INFO && !news->is_final;
    for (size_t i = 0; i < sizeof exceptions / sizeof exceptions[0]; i++) {
        if (strcmp(news->category, exceptions[i].category) == 0) {
            news->is_urgent = news->is_urgent || exceptions[i].is_urgent;
            is_pressing = is_pressing && !exceptions[i].is_told_once;
        }
    }
    struct held_event held = {.until = telling_time(ctx, news->is_urgent),
                              .is_pressing = is_pressing};
    if (is_for_digest(ctx, news, sending)) {
        held = (struct held_event){.until =
                                       notice_digest_time(ctx_config(ctx)->calendar, ctx_now(ctx)),
                                   .is_for_digest = true};
        hold(ctx, news, sending, &held);
    } else if (held.until.us > ctx_now(ctx).us) {
        hold(ctx, news, sending, &held);
    } else {
        tell_now(ctx, news, sending,
                 is_pressing ? unread_time(ctx, news->is_urgent) : (struct wall){0});
    }
    news->settles = false;
    news->ended = 0;
}

void send_held(struct ctx *ctx, const struct record *record, const struct held_event *held,
               bool is_moot)
{
    bool is_pressing = held->is_pressing && !is_moot;
    struct noticed_event event = {.category = held->category,
                                  .level = held->level,
                                  .recipients = held->recipients,
                                  .held = record->seq,
                                  .unread_at =
                                      is_pressing ? unread_time(ctx, false) : (struct wall){0},
                                  .is_supervised = held->is_supervised,
                                  .subject = held->subject,
                                  .promise = held->promise};
    emit_shipped(ctx, &noticed_event_type, &event, record->issue, record->generation);
}
