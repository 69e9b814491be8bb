/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/journal_walk.h"

#include "link/follower.h"

#include <poll.h>
#include <stdio.h>

#define FRAMES_MAX 64U
#define SILENCE_US (INT64_C(10) * US_PER_S)
#define WAIT_MS 50

static enum status open_follower(const struct journal_walk *walk, struct follower **ret_follower,
                                 struct err *err)
{
    /* The first connection also enters the folder of sockets and makes the context. */
    struct rpc_client *client;
    enum status st = session_connect(walk->session, walk->daemon, &client, err);
    if (st != STATUS_OK) {
        return st;
    }
    char endpoint[WORD_MAX_BYTES + 24];
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%.*s.journal", BYTES_FMT(walk->daemon->name));
    struct transport_options options = {.endpoint = endpoint,
                                        .message_max_bytes = LINK_MESSAGE_MAX_BYTES,
                                        .queue_messages = LINK_QUEUE_MESSAGES};
    struct transport *transport;
    st = transport_connect(walk->session->context, &options, &transport, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct follower_options following = {.name = BYTES("audit"),
                                         .producer = walk->daemon->name,
                                         .person = bytes_of_string(walk->session->globals.person),
                                         .is_live = true};
    struct cursor beginning = {.journal = walk->journal};
    return follower_open(transport, &following, &beginning, ret_follower, err);
}

/* Hands out what is there; *ret_seq is the place after it. */
static enum status take(const struct journal_walk *walk, struct follower *follower,
                        uint64_t *ret_seq, struct err *err)
{
    struct followed followed;
    enum status st = STATUS_OK;
    while (st == STATUS_OK && *ret_seq < walk->head &&
           follower_peek(follower, &followed) == STATUS_OK) {
        bool is_record = followed.raw.len != 0 && followed.seq <= walk->head;
        *ret_seq = followed.seq;
        st = is_record ? walk->each(walk->user, followed.seq, followed.raw, err) : STATUS_OK;
        follower_pop(follower);
    }
    return st;
}

/* Waits for more. CORRUPT: there will be none. */
static enum status wait_for_more(const struct journal_walk *walk, struct follower *follower,
                                 uint64_t seq, int64_t moved_us, struct err *err)
{
    struct follower_view view;
    follower_get_view(follower, &view);
    if (view.state == FOLLOWER_REFUSED || view.state == FOLLOWER_REPLACED) {
        return fail(err, STATUS_CORRUPT, "%s", view.sentence);
    }
    if (session_mono().us - moved_us > SILENCE_US) {
        return fail(err, STATUS_CORRUPT,
                    "'%.*s' does not send record %llu of its journal, which has %llu",
                    BYTES_FMT(walk->daemon->name), (unsigned long long)seq + 1,
                    (unsigned long long)walk->head);
    }
    struct transport *transport = follower_transport(follower);
    if (transport_wait(&transport, 1, -1, WAIT_MS, err) != STATUS_OK) {
        (void)poll(NULL, 0, 1);
    }
    return STATUS_OK;
}

enum status journal_walk_run(const struct journal_walk *walk, struct err *err)
{
    struct follower *follower = NULL;
    uint64_t seq = 0;
    enum status st = walk->head == 0 ? STATUS_OK : open_follower(walk, &follower, err);
    int64_t moved_us = session_mono().us;
    while (st == STATUS_OK && seq < walk->head) {
        uint64_t before = seq;
        bool did = false;
        follower_receive(follower, session_mono(), FRAMES_MAX, &did);
        st = take(walk, follower, &seq, err);
        if (seq != before) {
            moved_us = session_mono().us;
        } else if (st == STATUS_OK && !did) {
            st = wait_for_more(walk, follower, seq, moved_us, err);
        }
    }
    follower_close(follower);
    return st;
}
