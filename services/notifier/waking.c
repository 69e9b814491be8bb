/* SPDX-License-Identifier: Apache-2.0 */
/* What the notifier's timers bring: held notices are told, unread ones again or to others. */
#include "base/endian.h"
#include "notifier/digest.h"
#include "notifier/pending.h"
#include "notifier/people.h"
#include "notifier/sending.h"
#include "notifier/words.h"

/* One notice that waits, and what its row says. */
struct waiting {
    uint64_t issue;
    uint64_t seq;
    struct pending_row row;
};

/* Whether it is no time for telling; then it waits on. */
static bool waits_on(struct ctx *ctx, const struct waiting *waiting, bool is_urgent)
{
    struct moved_event event = {.notice = waiting->seq, .until = telling_time(ctx, is_urgent)};
    if (event.until.us <= ctx_now(ctx).us) {
        return false;
    }
    emit_own(ctx, &moved_event_type, &event, waiting->issue);
    return true;
}

static void wake_held(struct ctx *ctx, const struct waiting *waiting)
{
    struct record record;
    struct held_event held;
    struct err err;
    enum status st = record_get(ctx, waiting->seq, &record);
    st = st == STATUS_OK ? record_message(&record, &held_event_type, &held, &err) : st;
    CHECK(st == STATUS_OK || ctx_is_void(ctx));
    if (st == STATUS_OK && !waits_on(ctx, waiting, false)) {
        send_held(ctx, &record, &held, waiting->row.is_moot);
    }
}

/* ---- what is not read ----------------------------------------------------------------------- */

/* Who has not read it. */
struct unread {
    struct bytes people[ITEM_RECIPIENTS_MAX];
    uint32_t count;
};

static void find_unread(struct ctx *ctx, const struct waiting *waiting,
                        const struct noticed_event *event, struct unread *unread)
{
    struct list_cursor cursor = list_begin(&event->recipients);
    struct bytes person;
    for (uint32_t place = 0; list_next_bytes(&cursor, &person); place++) {
        struct inbox_key key = inbox_key(person, item_id(waiting->seq, place));
        struct inbox_row row;
        if (row_get(ctx, INBOX, inbox_key_bytes(&key), &inbox_row_type, &row) == STATUS_OK &&
            row.read_at.us == 0) {
            unread->people[unread->count++] = person;
        }
    }
}

static void tell_again(struct ctx *ctx, const struct waiting *waiting, const struct record *record,
                       const struct noticed_event *event, const struct unread *unread)
{
    const struct config *config = ctx_config(ctx);
    struct list recipients = {0};
    struct buf out = {0};
    for (uint32_t i = 0; i < unread->count; i++) {
        list_put_bytes(&recipients, &out, unread->people[i]);
    }
    list_end(&recipients, &out);
    struct noticed_event again = {.category = event->category,
                                  .level = event->level,
                                  .recipients = recipients,
                                  .repeats = waiting->seq,
                                  .unread_at =
                                      notice_unread_time(&config->notices, config->calendar,
                                                         ctx_now(ctx), event->is_urgent, true),
                                  .is_urgent = event->is_urgent,
                                  .is_supervised = event->is_supervised};
    emit(ctx, &(struct emission){.type = &noticed_event_type,
                                 .message = &again,
                                 .issue = waiting->issue,
                                 .generation = record->generation,
                                 .is_by_system = true});
    buf_done(&out);
}

/* Somebody who hears of it, and the names of those who have not read it. */
struct passing {
    struct bytes to;
    struct buf names;
};

static struct passing *find_passing(struct passing *passings, uint32_t *count, struct bytes to)
{
    for (uint32_t i = 0; i < *count; i++) {
        if (bytes_equal(passings[i].to, to)) {
            return &passings[i];
        }
    }
    passings[*count].to = to;
    return &passings[(*count)++];
}

static uint32_t find_passings(struct ctx *ctx, const struct unread *unread,
                              struct passing *passings)
{
    const struct office *office = &ctx_config(ctx)->office;
    uint32_t count = 0;
    for (uint32_t i = 0; i < unread->count; i++) {
        struct bytes unit = people_unit(ctx, unread->people[i]);
        struct bytes to = notice_substitute(office, unread->people[i], unit);
        if (to.len != 0) {
            struct passing *passing = find_passing(passings, &count, to);
            buf_append_string(&passing->names, passing->names.len != 0 ? "、" : "");
            buf_append_bytes(&passing->names, people_name(ctx, unread->people[i]));
        }
    }
    return count;
}

static void pass_on(struct ctx *ctx, const struct waiting *waiting, const struct record *record,
                    const struct noticed_event *event, const struct unread *unread)
{
    struct passing passings[ITEM_RECIPIENTS_MAX] = {0};
    uint32_t count = find_passings(ctx, unread, passings);
    struct words words = {0};
    (void)find_words(ctx, record, event, &words);
    for (uint32_t i = 0; i < count; i++) {
        struct news news = {.category = "passed_on",
                            .level = (enum notice_level)event->level,
                            .issue = waiting->issue,
                            .generation = record->generation,
                            .title = words.title,
                            .person = buf_bytes(&passings[i].names),
                            .is_urgent = event->is_urgent,
                            .is_supervised = event->is_supervised,
                            .passes_on = waiting->seq,
                            .subject = (enum notice_subject)waiting->row.subject,
                            .promise = waiting->row.promise};
        tell_person(ctx, &news, passings[i].to);
        buf_done(&passings[i].names);
    }
    if (count == 0) {
        struct lapsed_event lapsed = {.notice = waiting->seq};
        emit_own(ctx, &lapsed_event_type, &lapsed, waiting->issue);
    }
}

static void wake_unread(struct ctx *ctx, const struct waiting *waiting)
{
    struct record record;
    struct noticed_event event;
    struct unread unread = {0};
    struct err err;
    enum status st = record_get(ctx, waiting->seq, &record);
    st = st == STATUS_OK ? record_message(&record, &noticed_event_type, &event, &err) : st;
    CHECK(st == STATUS_OK || ctx_is_void(ctx));
    if (st != STATUS_OK || waits_on(ctx, waiting, event.is_urgent)) {
        return;
    }
    find_unread(ctx, waiting, &event, &unread);
    CHECK(unread.count != 0 || ctx_is_void(ctx)); /* the row goes with the last reader */
    if (waiting->row.repeated == 0) {
        tell_again(ctx, waiting, &record, &event, &unread);
    } else {
        pass_on(ctx, waiting, &record, &event, &unread);
    }
}

/* ---- timers --------------------------------------------------------------------------------- */

void pending_wake(struct ctx *ctx, struct bytes id)
{
    struct waiting waiting = {.issue = be64_load(id.p + 1), .seq = be64_load(id.p + 9)};
    bool is_known = pending_find(ctx, waiting.issue, waiting.seq, &waiting.row);
    CHECK(is_known || ctx_is_void(ctx));
    if (is_known && waiting.row.is_held) {
        wake_held(ctx, &waiting);
    } else if (is_known) {
        wake_unread(ctx, &waiting);
    }
}

void notifier_wake(struct ctx *ctx, struct wall at, struct bytes id)
{
    (void)at;
    if (id.p[0] == TIMER_DIGEST) {
        digest_wake(ctx, id);
    } else {
        pending_wake(ctx, id);
    }
}
