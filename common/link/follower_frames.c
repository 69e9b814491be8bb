/* SPDX-License-Identifier: Apache-2.0 */
#include "link/follower_state.h"

#include <inttypes.h>

static void begin_session(struct follower *follower, const struct welcome_frame *welcome)
{
    follower->state = FOLLOWER_FOLLOWING;
    follower->asks_again = false;
    follower->sentence[0] = '\0';
    follower->credit_granted = FOLLOWER_CREDIT_BYTES; /* as the hello said */
    follower->epoch = welcome->epoch;
    follower->epoch_seen = welcome->epoch;
    follower->head = welcome->head;
    follower->through = welcome->cursor;
    memset(follower->chain, 0, CHAIN_BYTES);
    if (welcome->cursor > 0) {
        memcpy(follower->chain, welcome->chain.p, CHAIN_BYTES);
    }
    follower->heard_at = follower->now;
    follower->acked_at = follower->now;
    if (id_is_zero(&follower->popped.journal)) {
        /* The first time: here it begins, for a live watcher at the head. */
        follower->popped.journal = welcome->journal;
        follower->popped.epoch = welcome->epoch;
        follower->popped.seq = welcome->cursor;
        memcpy(follower->popped.chain, follower->chain, CHAIN_BYTES);
        follower->durable = follower->is_live ? follower->popped : follower->durable;
    }
}

/* Whether the welcome goes with what this follower has; stops the link when it never will. */
static bool is_acceptable(struct follower *follower, const struct welcome_frame *welcome)
{
    const struct link_word *producer = &follower->producer;
    const struct id *known = &follower->popped.journal;
    if (!id_is_zero(known) && !id_equal(known, &welcome->journal)) {
        char theirs[ID_TEXT_BYTES];
        char ours[ID_TEXT_BYTES];
        id_format(&welcome->journal, theirs);
        id_format(known, ours);
        follower_stop(follower, FOLLOWER_REFUSED,
                      "'%.*s' has journal %s now, but journal %s was followed; " ADVICE,
                      BYTES_FMT(link_word_bytes(producer)), theirs, ours);
        return false;
    }
    if (welcome->epoch < follower->epoch_seen) {
        follower_stop(follower, FOLLOWER_REFUSED,
                      "journal '%.*s' was put back in time: this is its opening %" PRIu64
                      " but opening %" PRIu64 " was seen; " ADVICE,
                      BYTES_FMT(link_word_bytes(producer)), welcome->epoch, follower->epoch_seen);
        return false;
    }
    return true;
}

static bool on_welcome(struct follower *follower, const void *message)
{
    const struct welcome_frame *welcome = message;
    bool is_awaited = follower->state == FOLLOWER_CONNECTING || follower->asks_again;
    if (welcome->session != follower->session || !is_awaited) {
        return true; /* of a session before, or twice */
    }
    bool has_place = follower->is_live && id_is_zero(&follower->durable.journal);
    if (welcome->chain.len != (welcome->cursor == 0 ? 0 : CHAIN_BYTES) ||
        (!has_place && welcome->cursor != follower->durable.seq)) {
        return false;
    }
    if (is_acceptable(follower, welcome)) {
        begin_session(follower, welcome);
    }
    return true;
}

static bool on_refuse(struct follower *follower, const void *message)
{
    const struct refuse_frame *refuse = message;
    if (refuse->session != follower->session) {
        return true;
    }
    char text[sizeof(follower->sentence)];
    size_t len = refuse->text.len < sizeof(text) ? refuse->text.len : sizeof(text) - 1;
    for (size_t i = 0; i < len; i++) {
        uint8_t c = refuse->text.p[i];
        text[i] = (char)(c < ' ' || c == 0x7f ? ' ' : c);
    }
    text[len] = '\0';
    follower_stop(follower, FOLLOWER_REFUSED, "journal '%.*s' cannot be followed: %.*s",
                  BYTES_FMT(link_word_bytes(&follower->producer)), (int)len, text);
    follower->asks_again = !follower->is_live && refuse_is_other_past(refuse->reason);
    follower->hello_at.us = follower->now.us + REFUSED_WAIT_US;
    return true;
}

static bool on_batch(struct follower *follower, const void *message)
{
    const struct batch_frame *batch = message;
    if (batch->session != follower->session || follower->state != FOLLOWER_FOLLOWING) {
        return true;
    }
    return follower_take_batch(follower, batch);
}

static bool on_head(struct follower *follower, const void *message)
{
    const struct head_frame *head = message;
    if (follower->state != FOLLOWER_FOLLOWING) {
        return true;
    }
    if (head->session == 0) {
        follower_begin_again(follower);
        return true;
    }
    if (head->session != follower->session) {
        return true; /* of a session before */
    }
    if (head->epoch != follower->epoch) {
        return false;
    }
    follower->heard_at = follower->now;
    follower->head = head->head;
    if (head->sent > follower->through) {
        follower_begin_again(follower); /* a batch was lost */
    }
    return true;
}

static bool on_replaced(struct follower *follower, const void *message)
{
    const struct replaced_frame *replaced = message;
    if (replaced->session == follower->session) {
        follower_stop(follower, FOLLOWER_REPLACED,
                      "another daemon named '%.*s' follows '%.*s' now; let only one of the two run",
                      BYTES_FMT(link_word_bytes(&follower->name)),
                      BYTES_FMT(link_word_bytes(&follower->producer)));
    }
    return true;
}

struct handler {
    const struct message_type *type;
    bool (*handle)(struct follower *follower, const void *message);
};

bool follower_take_frame(struct follower *follower, struct bytes frame)
{
    static const struct handler handlers[] = {
        {&welcome_frame_type, on_welcome},   {&refuse_frame_type, on_refuse},
        {&batch_frame_type, on_batch},       {&head_frame_type, on_head},
        {&replaced_frame_type, on_replaced},
    };
    union {
        struct welcome_frame welcome;
        struct refuse_frame refuse;
        struct batch_frame batch;
        struct head_frame head;
        struct replaced_frame replaced;
    } message;
    uint32_t number;
    struct bytes encoded;
    struct err err;
    if (!frame_split(frame, &number, &encoded)) {
        return false;
    }
    for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++) {
        const struct handler *handler = &handlers[i];
        if (handler->type->number == number) {
            return message_decode(handler->type, encoded, &message, &err) == STATUS_OK &&
                   handler->handle(follower, &message);
        }
    }
    return false;
}
