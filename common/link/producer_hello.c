/* SPDX-License-Identifier: Apache-2.0 */
#include "link/producer_state.h"

#include <inttypes.h>

bool hello_is_sound(const struct hello_frame *hello)
{
    if (hello->cursor == 0) {
        return hello->chain.len == 0;
    }
    return hello->chain.len == CHAIN_BYTES && !id_is_zero(&hello->journal);
}

static enum status may_watch_all(const struct producer *producer, const struct hello_frame *hello,
                                 struct err *err)
{
    const struct journal_source *source = &producer->source;
    if (hello->topics.count == 0) {
        return source->may_watch(source->user, hello->person, (struct bytes){NULL, 0}, err);
    }
    struct list_cursor topics = list_begin(&hello->topics);
    struct bytes topic;
    enum status st = STATUS_OK;
    while (st == STATUS_OK && list_next_bytes(&topics, &topic)) {
        st = source->may_watch(source->user, hello->person, topic, err);
    }
    return st;
}

/* Who asks, and for which journal. */
static int decide_kind(const struct producer *producer, const struct hello_frame *hello,
                       const struct journal *journal, struct err *err)
{
    if (hello->protocol != LINK_PROTOCOL) {
        (void)fail(err, STATUS_REFUSED,
                   "'%.*s' speaks version %" PRIu32 " of the link protocol, this daemon version "
                   "%u; install the same release everywhere",
                   BYTES_FMT(hello->follower), hello->protocol, LINK_PROTOCOL);
        return REFUSE_REASON_PROTOCOL;
    }
    if (hello->is_live && may_watch_all(producer, hello, err) != STATUS_OK) {
        return REFUSE_REASON_NOT_ALLOWED;
    }
    if (!id_is_zero(&hello->journal) && !id_equal(&hello->journal, &journal->id)) {
        char theirs[ID_TEXT_BYTES];
        char ours[ID_TEXT_BYTES];
        id_format(&hello->journal, theirs);
        id_format(&journal->id, ours);
        (void)fail(err, STATUS_REFUSED,
                   "'%.*s' has followed journal %s, but this is journal %s; " ADVICE,
                   BYTES_FMT(hello->follower), theirs, ours);
        return REFUSE_REASON_OTHER_JOURNAL;
    }
    if (hello->epoch > journal->epoch) {
        (void)fail(err, STATUS_REFUSED,
                   "the journal was put back in time: this is its opening %" PRIu64
                   " but '%.*s' has seen opening %" PRIu64 "; " ADVICE,
                   journal->epoch, BYTES_FMT(hello->follower), hello->epoch);
        return REFUSE_REASON_HISTORY_DIFFERS;
    }
    if (hello->cursor > journal->head) {
        (void)fail(err, STATUS_REFUSED,
                   "the journal was put back in time: its head is %" PRIu64
                   " but '%.*s' has applied %" PRIu64 "; " ADVICE,
                   journal->head, BYTES_FMT(hello->follower), hello->cursor);
        return REFUSE_REASON_CURSOR_BEYOND_HEAD;
    }
    return REFUSE_REASON_NONE;
}

/* Whether the follower's history is this journal's: the chain hash at its cursor says so. */
static int decide_history(const struct producer *producer, const struct hello_frame *hello,
                          const struct journal *journal, struct err *err)
{
    struct bytes raw;
    struct record_glance glance = {.chain = journal->chain};
    if (hello->cursor < journal->head) {
        enum status status = producer->source.read(producer->source.user, hello->cursor, &raw, err);
        if (status == STATUS_NOT_FOUND) {
            (void)fail(err, status,
                       "record %" PRIu64 " where '%.*s' stands was trimmed away; begin that daemon "
                       "from a snapshot",
                       hello->cursor, BYTES_FMT(hello->follower));
            return REFUSE_REASON_NEED_SNAPSHOT;
        }
        if (status != STATUS_OK) {
            return REFUSE_REASON_DAMAGED;
        }
        if (!record_glance(raw, &glance)) {
            (void)fail(err, STATUS_CORRUPT, "record %" PRIu64 " is damaged", hello->cursor);
            return REFUSE_REASON_DAMAGED;
        }
    }
    if (memcmp(glance.chain, hello->chain.p, CHAIN_BYTES) != 0) {
        (void)fail(err, STATUS_REFUSED,
                   "the journal's record %" PRIu64
                   " is not the one that '%.*s' has applied; " ADVICE,
                   hello->cursor, BYTES_FMT(hello->follower));
        return REFUSE_REASON_HISTORY_DIFFERS;
    }
    return REFUSE_REASON_NONE;
}

int hello_decide(const struct producer *producer, const struct hello_frame *hello,
                 const struct journal *journal, struct place *ret_place, struct err *err)
{
    int reason = decide_kind(producer, hello, journal, err);
    if (reason == REFUSE_REASON_NONE && hello->cursor > 0) {
        reason = decide_history(producer, hello, journal, err);
    }
    if (reason != REFUSE_REASON_NONE) {
        return reason;
    }
    struct place place = {.cursor = hello->cursor};
    if (hello->is_live && id_is_zero(&hello->journal)) {
        place.cursor = journal->head;
        memcpy(place.chain, journal->chain, CHAIN_BYTES);
    } else if (hello->cursor > 0) {
        memcpy(place.chain, hello->chain.p, CHAIN_BYTES);
    }
    *ret_place = place;
    return REFUSE_REASON_NONE;
}
