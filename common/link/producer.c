/* SPDX-License-Identifier: Apache-2.0 */
#include "link/producer.h"

#include "base/memory.h"
#include "link/producer_state.h"

#include <stdlib.h>

#define REFUSE_TEXT_MAX_BYTES 400U

enum status producer_open(struct transport *transport, const struct journal_source *source,
                          struct producer **ret_producer, struct err *err)
{
    (void)err;
    struct producer *producer = memory_new(1, sizeof(*producer));
    producer->transport = transport;
    producer->source = *source;
    *ret_producer = producer;
    return STATUS_OK;
}

void producer_close(struct producer *producer)
{
    if (producer == NULL) {
        return;
    }
    for (uint32_t i = 0; i < producer->session_count; i++) {
        buf_done(&producer->sessions[i].batch.entries);
    }
    buf_done(&producer->frame);
    transport_close(producer->transport);
    free(producer);
}

struct transport *producer_transport(struct producer *producer)
{
    return producer->transport;
}

enum status producer_send(struct producer *producer, const struct peer *peer,
                          const struct message_type *type, const void *message)
{
    /* Why a frame was not sent is nobody's news: the status says what to do. */
    struct err err;
    buf_clear(&producer->frame);
    frame_append(type, message, &producer->frame);
    return transport_send(producer->transport, peer, buf_bytes(&producer->frame), &err);
}

void producer_refuse(struct producer *producer, const struct peer *peer, uint64_t number,
                     int reason, const char *text)
{
    struct bytes sentence = bytes_of_string(text);
    if (sentence.len > REFUSE_TEXT_MAX_BYTES) {
        sentence.len = REFUSE_TEXT_MAX_BYTES;
        while (sentence.len > 0 && (sentence.p[sentence.len] & 0xc0) == 0x80) {
            sentence.len--;
        }
    }
    struct refuse_frame refuse = {.reason = reason, .text = sentence, .session = number};
    /* A refusal that is lost is said again at the next hello. */
    enum status status = producer_send(producer, peer, &refuse_frame_type, &refuse);
    (void)status;
}

void producer_sweep(struct producer *producer)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < producer->session_count; i++) {
        if (producer->sessions[i].is_gone) {
            buf_done(&producer->sessions[i].batch.entries);
            continue;
        }
        if (kept != i) {
            producer->sessions[kept] = producer->sessions[i];
        }
        kept++;
    }
    producer->session_count = kept;
}

static struct session *find_session(struct producer *producer, const struct peer *peer)
{
    for (uint32_t i = 0; i < producer->session_count; i++) {
        if (peer_equal(&producer->sessions[i].peer, peer)) {
            return &producer->sessions[i];
        }
    }
    return NULL;
}

static void forget_session(struct producer *producer, const struct peer *peer)
{
    struct session *session = find_session(producer, peer);
    if (session != NULL) {
        session->is_gone = true;
        producer_sweep(producer);
    }
}

/* Tells an earlier follower of the same name that it has been replaced, and lets go of it. */
static void replace_namesake(struct producer *producer, const struct peer *peer,
                             const struct hello_frame *hello)
{
    for (uint32_t i = 0; i < producer->session_count && !hello->is_live; i++) {
        struct session *session = &producer->sessions[i];
        if (session->is_live || peer_equal(&session->peer, peer) ||
            !bytes_equal(link_word_bytes(&session->follower), hello->follower)) {
            continue;
        }
        struct replaced_frame replaced = {.session = session->number};
        enum status status =
            producer_send(producer, &session->peer, &replaced_frame_type, &replaced);
        (void)status;
        session->is_gone = true;
    }
    producer_sweep(producer);
}

/* A free session, if need be the oldest live watcher's; NULL when there is none. */
static struct session *add_session(struct producer *producer)
{
    for (uint32_t i = 0; i < PRODUCER_SESSIONS_MAX; i++) {
        if (producer->session_count < PRODUCER_SESSIONS_MAX) {
            break;
        }
        struct session *session = &producer->sessions[i];
        if (session->is_live) {
            producer_refuse(producer, &session->peer, session->number, REFUSE_REASON_NOT_ALLOWED,
                            "too many watch here; newer ones took this place");
            session->is_gone = true;
            producer_sweep(producer);
        }
    }
    if (producer->session_count == PRODUCER_SESSIONS_MAX) {
        return NULL;
    }
    struct session *session = &producer->sessions[producer->session_count++];
    *session = (struct session){0};
    return session;
}

static void begin_session(struct session *session, const struct peer *peer,
                          const struct hello_frame *hello, const struct place *place)
{
    struct buf kept = session->batch.entries;
    *session = (struct session){
        .peer = *peer,
        .number = hello->session,
        .is_live = hello->is_live,
        .acked = place->cursor,
        .sent = place->cursor,
        .credit_until = hello->credit_until,
        .linger_ms = hello->linger_ms,
        .batch.entries = kept,
    };
    link_word_set(&session->follower, hello->follower);
    struct list_cursor topics = list_begin(&hello->topics);
    struct bytes topic;
    while (session->topic_count < PRODUCER_TOPICS_MAX && list_next_bytes(&topics, &topic)) {
        link_word_set(&session->topics[session->topic_count++], topic);
    }
}

static void welcome(struct producer *producer, struct session *session,
                    const struct journal *journal, const struct place *place, struct mono now)
{
    struct welcome_frame frame = {
        .journal = journal->id,
        .epoch = journal->epoch,
        .head = journal->head,
        .cursor = place->cursor,
        .chain = bytes_of(place->chain, place->cursor == 0 ? 0 : CHAIN_BYTES),
        .session = session->number,
    };
    session->sent_at = now;
    session->is_gone =
        producer_send(producer, &session->peer, &welcome_frame_type, &frame) != STATUS_OK;
    if (!session->is_live) {
        producer->source.on_ack(producer->source.user, link_word_bytes(&session->follower),
                                place->cursor);
    }
    producer_sweep(producer);
}

static void on_hello(struct producer *producer, const struct peer *peer, const void *message,
                     struct mono now)
{
    const struct hello_frame *hello = message;
    struct session *session = find_session(producer, peer);
    if (session != NULL && hello->session <= session->number) {
        return; /* it arrived late, or twice */
    }
    if (!hello_is_sound(hello)) {
        producer->malformed_count++;
        return;
    }
    struct journal journal;
    struct place place;
    struct err err = {0};
    producer->source.state(producer->source.user, &journal);
    int reason = hello_decide(producer, hello, &journal, &place, &err);
    if (reason == REFUSE_REASON_NONE) {
        replace_namesake(producer, peer, hello);
        session = find_session(producer, peer);
        session = session != NULL ? session : add_session(producer);
        reason = session != NULL ? REFUSE_REASON_NONE : REFUSE_REASON_NOT_ALLOWED;
        if (session == NULL) {
            (void)fail(&err, STATUS_FULL, "%u daemons follow this journal already; no more can",
                       PRODUCER_SESSIONS_MAX);
        }
    }
    if (reason != REFUSE_REASON_NONE) {
        producer_refuse(producer, peer, hello->session, reason, err.text);
        forget_session(producer, peer);
        if (!hello->is_live && refuse_is_other_past(reason)) {
            producer->source.on_other_past(producer->source.user, hello->follower, err.text);
        }
        return;
    }
    begin_session(session, peer, hello, &place);
    welcome(producer, session, &journal, &place, now);
}

/* Tells a follower that the producer does not know it (any more), so that it says hello. */
static void send_stranger(struct producer *producer, const struct peer *peer)
{
    struct journal journal;
    producer->source.state(producer->source.user, &journal);
    struct head_frame head = {.epoch = journal.epoch, .head = journal.head};
    enum status status = producer_send(producer, peer, &head_frame_type, &head);
    (void)status;
}

static void on_ack(struct producer *producer, const struct peer *peer, const void *message,
                   struct mono now)
{
    (void)now;
    const struct ack_frame *ack = message;
    struct session *session = find_session(producer, peer);
    if (session == NULL) {
        send_stranger(producer, peer);
        return;
    }
    if (ack->session != session->number) {
        return; /* of a session before */
    }
    struct journal journal;
    producer->source.state(producer->source.user, &journal);
    /* It may be beyond what this session sent: the session before sent it. */
    if (ack->cursor > journal.head) {
        producer->malformed_count++;
        return;
    }
    if (ack->is_awaited) {
        session->waiting_since = (struct mono){1}; /* long ago */
    }
    if (ack->credit_until > session->credit_until) {
        session->credit_until = ack->credit_until;
    }
    if (ack->cursor > session->acked) {
        session->acked = ack->cursor;
        if (!session->is_live) {
            producer->source.on_ack(producer->source.user, link_word_bytes(&session->follower),
                                    ack->cursor);
        }
    }
}

struct handler {
    const struct message_type *type;
    void (*handle)(struct producer *producer, const struct peer *peer, const void *message,
                   struct mono now);
};

static bool take_frame(struct producer *producer, const struct arrival *arrival, struct mono now)
{
    static const struct handler handlers[] = {
        {&hello_frame_type, on_hello},
        {&ack_frame_type, on_ack},
    };
    union {
        struct hello_frame hello;
        struct ack_frame ack;
    } message;
    uint32_t number;
    struct bytes encoded;
    struct err err;
    if (!frame_split(arrival->message, &number, &encoded)) {
        return false;
    }
    for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++) {
        const struct handler *handler = &handlers[i];
        if (handler->type->number != number) {
            continue;
        }
        if (message_decode(handler->type, encoded, &message, &err) != STATUS_OK) {
            return false;
        }
        handler->handle(producer, &arrival->peer, &message, now);
        return true;
    }
    return false;
}

void producer_receive(struct producer *producer, struct mono now, uint32_t max, bool *ret_did)
{
    struct err err;
    struct arrival arrival;
    for (uint32_t i = 0; i < max; i++) {
        if (transport_receive(producer->transport, &arrival, &err) != STATUS_OK) {
            return;
        }
        *ret_did = true;
        if (!take_frame(producer, &arrival, now)) {
            producer->malformed_count++;
        }
    }
}

uint32_t producer_session_count(const struct producer *producer)
{
    return producer->session_count;
}

void producer_get_session(const struct producer *producer, uint32_t index,
                          struct producer_session *ret_session)
{
    CHECK(index < producer->session_count);
    const struct session *session = &producer->sessions[index];
    *ret_session = (struct producer_session){
        .follower = link_word_bytes(&session->follower),
        .acked = session->acked,
        .sent = session->sent,
        .is_live = session->is_live,
    };
}

void producer_get_view(const struct producer *producer, struct producer_view *ret_view)
{
    *ret_view = (struct producer_view){
        .malformed_count = producer->malformed_count,
        .sentence = producer->fault.text,
    };
}
