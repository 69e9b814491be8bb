/* SPDX-License-Identifier: Apache-2.0 */
#include "link/follower.h"

#include "base/memory.h"
#include "link/follower_state.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define HELLO_FIRST_WAIT_US (1 * US_PER_S)
#define HELLO_LAST_WAIT_US (4 * US_PER_S)
#define SILENCE_US (3 * US_PER_S)
#define ACK_BEHIND_US (US_PER_S / 10)
/* Acknowledgements free nothing that is short, so those of several commits go together: each costs
 * two processes a wake-up. Used-up credit does not wait. */
#define ACK_NEWS_US (US_PER_S / 50)
#define ACK_IDLE_US (1 * US_PER_S)

static enum status check_words(const struct follower_options *options, struct err *err)
{
    bool is_valid = word_is_valid(options->name) && word_is_valid(options->producer) &&
                    (options->person.len == 0 || word_is_valid(options->person)) &&
                    options->topic_count <= FOLLOWER_TOPICS_MAX;
    for (uint32_t i = 0; is_valid && i < options->topic_count; i++) {
        is_valid = word_is_valid(options->topics[i]);
    }
    if (!is_valid) {
        return fail(err, STATUS_INVALID,
                    "names, persons and topics (at most %u) of a link are words of at most %u "
                    "letters, digits, dots, hyphens and underscores",
                    FOLLOWER_TOPICS_MAX, (unsigned)WORD_MAX_BYTES);
    }
    return STATUS_OK;
}

enum status follower_open(struct transport *transport, const struct follower_options *options,
                          const struct cursor *cursor, struct follower **ret_follower,
                          struct err *err)
{
    enum status status = check_words(options, err);
    if (status != STATUS_OK) {
        return status;
    }
    struct follower *follower = memory_new(1, sizeof(*follower));
    follower->transport = transport;
    link_word_set(&follower->name, options->name);
    link_word_set(&follower->producer, options->producer);
    link_word_set(&follower->person, options->person);
    for (uint32_t i = 0; i < options->topic_count; i++) {
        list_put_bytes(&follower->topics, &follower->topics_buf, options->topics[i]);
    }
    list_end(&follower->topics, &follower->topics_buf);
    follower->is_live = options->is_live;
    follower->linger_ms = options->linger_ms;
    follower->durable = *cursor;
    follower->popped = *cursor;
    follower->epoch_seen = cursor->epoch;
    follower->hello_wait_us = HELLO_FIRST_WAIT_US;
    follower_begin_again(follower);
    *ret_follower = follower;
    return STATUS_OK;
}

void follower_close(struct follower *follower)
{
    if (follower == NULL) {
        return;
    }
    steps_done(&follower->steps);
    buf_done(&follower->topics_buf);
    buf_done(&follower->frame);
    transport_close(follower->transport);
    free(follower);
}

struct transport *follower_transport(struct follower *follower)
{
    return follower->transport;
}

static bool is_stopped(const struct follower *follower)
{
    return follower->state == FOLLOWER_REFUSED || follower->state == FOLLOWER_REPLACED;
}

static void clear_session(struct follower *follower)
{
    steps_clear(&follower->steps);
    follower->received_bytes = 0;
    follower->credit_granted = 0;
    follower->is_ack_due = false;
}

void follower_begin_again(struct follower *follower)
{
    clear_session(follower);
    follower->state = FOLLOWER_CONNECTING;
    follower->hello_at = follower->now;
}

void follower_stop(struct follower *follower, enum follower_state state, const char *format, ...)
{
    clear_session(follower);
    follower->state = state;
    follower->asks_again = false;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(follower->sentence, sizeof(follower->sentence), format, args);
    va_end(args);
}

/* OK: the transport took it. */
static enum status send_frame(struct follower *follower, const struct message_type *type,
                              const void *message)
{
    /* Why a frame was not sent is nobody's news: it is tried again. */
    struct err err;
    buf_clear(&follower->frame);
    frame_append(type, message, &follower->frame);
    return transport_send(follower->transport, NULL, buf_bytes(&follower->frame), &err);
}

/* From where to begin: what is durable, so that the producer learns it too. */
static void send_hello(struct follower *follower)
{
    const struct cursor *from = &follower->durable;
    struct hello_frame hello = {
        .protocol = LINK_PROTOCOL,
        .follower = link_word_bytes(&follower->name),
        .journal = from->journal,
        .epoch = follower->epoch_seen,
        .cursor = from->seq,
        .chain = bytes_of(from->chain, from->seq == 0 ? 0 : CHAIN_BYTES),
        .topics = follower->topics,
        .credit_until = FOLLOWER_CREDIT_BYTES,
        .is_live = follower->is_live,
        .person = link_word_bytes(&follower->person),
        .session = follower->session + 1,
        .linger_ms = follower->linger_ms,
    };
    if (send_frame(follower, &hello_frame_type, &hello) != STATUS_OK) {
        return;
    }
    follower->session++;
    follower->credit_granted = FOLLOWER_CREDIT_BYTES;
    /* A producer that is slow to answer must not be met by ever newer hellos. */
    follower->hello_at.us = follower->now.us + follower->hello_wait_us;
    follower->hello_wait_us = follower->hello_wait_us * 2 < HELLO_LAST_WAIT_US
                                  ? follower->hello_wait_us * 2
                                  : HELLO_LAST_WAIT_US;
}

static uint64_t credit_now(const struct follower *follower)
{
    return follower->received_bytes + FOLLOWER_CREDIT_BYTES - follower->steps.record_bytes;
}

static void send_ack(struct follower *follower)
{
    struct ack_frame ack = {
        .cursor = follower->durable.seq,
        .credit_until = credit_now(follower),
        .session = follower->session,
        .is_awaited = follower->is_hurried,
    };
    follower->is_ack_due = send_frame(follower, &ack_frame_type, &ack) != STATUS_OK;
    if (!follower->is_ack_due) {
        follower->is_hurried = false;
        follower->acked_at = follower->now;
        follower->has_news = false;
        follower->credit_granted = ack.credit_until;
    }
}

static bool is_behind(const struct follower *follower)
{
    return follower->durable.seq < follower->through || follower->durable.seq < follower->head;
}

/* Also without news an acknowledgement is sent now and then: it repeats what may have been lost,
 * and a producer that does not know this follower answers that it does not. */
static bool is_ack_due(const struct follower *follower)
{
    int64_t since_us = follower->now.us - follower->acked_at.us;
    return follower->is_ack_due ||
           credit_now(follower) - follower->credit_granted >= FOLLOWER_CREDIT_BYTES / 4 ||
           (follower->has_news && since_us >= ACK_NEWS_US) ||
           since_us >= (is_behind(follower) ? ACK_BEHIND_US : ACK_IDLE_US);
}

static void keep_up(struct follower *follower)
{
    if (follower->state == FOLLOWER_FOLLOWING &&
        follower->now.us - follower->heard_at.us >= SILENCE_US) {
        follower_begin_again(follower);
    }
    if (follower->state == FOLLOWER_CONNECTING && follower->now.us >= follower->hello_at.us) {
        send_hello(follower);
    }
    if (follower->asks_again && follower->now.us >= follower->hello_at.us) {
        send_hello(follower);
        follower->hello_at.us = follower->now.us + REFUSED_WAIT_US;
    }
    if (follower->state == FOLLOWER_FOLLOWING && is_ack_due(follower)) {
        send_ack(follower);
    }
}

void follower_receive(struct follower *follower, struct mono now, uint32_t max, bool *ret_did)
{
    struct err err;
    struct arrival arrival;
    follower->now = now;
    for (uint32_t i = 0; i < max; i++) {
        if (transport_receive(follower->transport, &arrival, &err) != STATUS_OK) {
            break;
        }
        *ret_did = true;
        bool is_taken = !is_stopped(follower) || follower->asks_again;
        if (is_taken && !follower_take_frame(follower, arrival.message)) {
            follower->malformed_count++;
        }
    }
    if (follower->state == FOLLOWER_FOLLOWING) {
        follower->hello_wait_us = HELLO_FIRST_WAIT_US;
    }
    keep_up(follower);
}

enum status follower_peek(struct follower *follower, struct followed *ret_followed)
{
    struct step step;
    struct bytes raw;
    if (!steps_peek(&follower->steps, &step, &raw)) {
        return STATUS_AGAIN;
    }
    *ret_followed = (struct followed){
        .journal = follower->popped.journal,
        .seq = step.seq,
        .epoch = follower->epoch,
        .raw = raw,
    };
    memcpy(ret_followed->chain, step.chain, CHAIN_BYTES);
    return STATUS_OK;
}

void follower_pop(struct follower *follower)
{
    struct step step;
    struct bytes raw;
    CHECK(steps_peek(&follower->steps, &step, &raw));
    follower->popped.epoch = follower->epoch;
    follower->popped.seq = step.seq;
    memcpy(follower->popped.chain, step.chain, CHAIN_BYTES);
    steps_pop(&follower->steps);
    if (follower->is_live) {
        follower->durable = follower->popped;
    }
}

void follower_rewind(struct follower *follower)
{
    follower->popped = follower->durable;
    if (!is_stopped(follower)) {
        follower_begin_again(follower);
    }
}

void follower_hurry(struct follower *follower)
{
    if (follower->linger_ms != 0 && follower->state == FOLLOWER_FOLLOWING) {
        follower->is_hurried = true;
        send_ack(follower);
    }
}

void follower_set_durable(struct follower *follower, const struct cursor *cursor)
{
    follower->has_news = follower->has_news || cursor->seq != follower->durable.seq;
    follower->durable = *cursor;
}

void follower_get_view(const struct follower *follower, struct follower_view *ret_view)
{
    *ret_view = (struct follower_view){
        .state = follower->state,
        .journal = follower->popped.journal,
        .epoch = follower->epoch_seen,
        .head = follower->head,
        .durable = follower->durable.seq,
        .malformed_count = follower->malformed_count,
        .sentence = follower->sentence,
    };
}
