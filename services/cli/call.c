/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/call.h"

#include <poll.h>
#include <string.h>

#define RETRY_DEFAULT_MS 200U
/* What a daemon that listens gets for an answer, however much time is left. */
#define LEAST_MS 1000U

struct id call_request_id(struct session *session)
{
    if (!session->globals.has_request) {
        session->globals.request = rpc_make_id();
        session->globals.has_request = true;
    }
    return session->globals.request;
}

/* Keeps the bad lines of a refused import for whoever prints the failure. */
static void keep_lines(struct session *session, const struct reply_frame *frame)
{
    struct problems_reply problems;
    struct err err;
    if (frame->type != MESSAGE_PROBLEMS_REPLY ||
        message_decode(&problems_reply_type, frame->payload, &problems, &err) != STATUS_OK) {
        return;
    }
    json_t *json = message_to_json(&problems_reply_type, &problems, session_zone(session));
    json_decref(session->lines);
    session->lines = json_incref(json_object_get(json, "problems"));
    json_decref(json);
}

static enum status refuse(struct session *session, const struct reply_frame *frame, struct err *err)
{
    enum status st = rpc_status_from_wire(frame->status);
    keep_lines(session, frame);
    char field[sizeof err->field];
    (void)snprintf(field, sizeof field, "%.*s", BYTES_FMT(frame->field));
    return fail_field(err, st, field, "%.*s", BYTES_FMT(frame->text));
}

static enum status take_reply(struct session *session, const struct ask *ask,
                              const struct reply_frame *frame, void *ret_reply,
                              struct answer *ret_answer, struct err *err)
{
    if (frame->status != REPLY_STATUS_OK) {
        return refuse(session, frame, err);
    }
    if (frame->type != ask->reply_type->number) {
        return fail(err, STATUS_CORRUPT, "the daemon answered with a message of type %u, not %u",
                    frame->type, ask->reply_type->number);
    }
    enum status st = message_decode(ask->reply_type, frame->payload, ret_reply, err);
    if (st != STATUS_OK) {
        return wrap(err, STATUS_CORRUPT, "the daemon's answer");
    }
    if (ret_answer != NULL) {
        *ret_answer = (struct answer){{frame->journal, frame->seq}, frame->is_late};
    }
    return STATUS_OK;
}

static enum status call_once(struct session *session, const struct config_daemon *daemon,
                             struct rpc_client *client, struct rpc_request *request,
                             struct reply_frame *ret_frame, struct err *err)
{
    uint32_t left_ms = session_left_ms(session);
    /* What was read so far is late, not lost: each further page still gets its chance. */
    uint32_t timeout_ms = left_ms > LEAST_MS ? left_ms : LEAST_MS;
    /* A daemon that waited in vain says so, and its answer has to be here before the time is up. */
    uint32_t wait_max_ms = left_ms - left_ms / 8;
    request->wait_ms = request->wait_ms < wait_max_ms ? request->wait_ms : wait_max_ms;
    enum status st = rpc_client_call(client, request, (int)timeout_ms, ret_frame, err);
    if (st != STATUS_UNAVAILABLE && st != STATUS_UNKNOWN) {
        return st;
    }
    /* Somebody listens there, so whoever asks again may find that a command happened. */
    return fail(err, id_is_zero(&request->request) ? STATUS_UNAVAILABLE : STATUS_UNKNOWN,
                "'%.*s' is there but gave no answer within %.1f s: it is very busy, or stopped; "
                "'lianhu status' says more",
                BYTES_FMT(daemon->name), timeout_ms / 1000.0);
}

enum status call_daemon(struct session *session, const struct config_daemon *daemon,
                        const struct ask *ask, void *ret_reply, struct answer *ret_answer,
                        struct err *err)
{
    struct rpc_client *client;
    enum status st = session_connect(session, daemon, &client, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct rpc_request request = {.type = ask->type,
                                  .message = ask->message,
                                  .person = bytes_of_string(session->globals.person),
                                  .after = ask->after,
                                  .wait_ms = ask->wait_ms};
    if (ask->is_command) {
        request.request = call_request_id(session);
    }
    struct reply_frame frame;
    for (;;) {
        request.tag = ++session->last_tag;
        st = call_once(session, daemon, client, &request, &frame, err);
        if (st != STATUS_OK) {
            return st;
        }
        uint32_t left_ms = session_left_ms(session);
        if (frame.status != REPLY_STATUS_BUSY || ask->is_once || left_ms == 0) {
            return take_reply(session, ask, &frame, ret_reply, ret_answer, err);
        }
        uint32_t pause_ms = frame.retry_ms != 0 ? frame.retry_ms : RETRY_DEFAULT_MS;
        (void)poll(NULL, 0, (int)(pause_ms < left_ms ? pause_ms : left_ms));
    }
}

enum status call_named(struct session *session, const char *name, const struct ask *ask,
                       void *ret_reply, struct answer *ret_answer, struct err *err)
{
    const struct config_daemon *daemon;
    enum status st = session_find_daemon(session, bytes_of_string(name), &daemon, err);
    return st == STATUS_OK ? call_daemon(session, daemon, ask, ret_reply, ret_answer, err) : st;
}

bool call_settle(struct session *session, const struct config_daemon *daemon)
{
    struct status_query query = {0};
    struct ask ask = {
        .type = &status_query_type, .message = &query, .reply_type = &status_reply_type};
    struct status_reply reply;
    struct err err;
    struct mono deadline = session_shorten(session, LOOK_MS);
    enum status st = call_daemon(session, daemon, &ask, &reply, NULL, &err);
    session->deadline = deadline;
    return st == STATUS_OK;
}

#define ROUND_WAIT_MS 20

/* ---- status of all -------------------------------------------------------------------------- */

static bool send_status(struct session *session, struct rpc_client *client, uint64_t tag)
{
    struct status_query query = {0};
    struct rpc_request request = {.type = &status_query_type,
                                  .message = &query,
                                  .person = bytes_of_string(session->globals.person),
                                  .tag = tag};
    struct err err;
    return rpc_client_send(client, &request, &err) == STATUS_OK;
}

static bool receive_status(struct rpc_client *client, uint64_t tag, struct status_reply *ret_reply)
{
    struct reply_frame frame;
    struct err err;
    while (rpc_client_receive(client, &frame, &err) == STATUS_OK) {
        if (frame.tag == tag && frame.status == REPLY_STATUS_OK &&
            frame.type == MESSAGE_STATUS_REPLY) {
            return message_decode(&status_reply_type, frame.payload, ret_reply, &err) == STATUS_OK;
        }
    }
    return false;
}

/* A question under way to each daemon. */
struct round {
    struct session *session;
    struct daemon_status *statuses;
    struct rpc_client *clients[CONFIG_DAEMONS_MAX]; /* NULL: nobody listens there */
    bool is_asked[CONFIG_DAEMONS_MAX];
    uint64_t tag;
};

/* Connects to those that are there, without waiting for those that are not. */
static void connect_round(struct round *round)
{
    struct session *session = round->session;
    struct mono deadline = session->deadline;
    session->deadline = session_mono();
    for (uint32_t i = 0; i < session->config->daemon_count; i++) {
        struct err err;
        if (session_connect(session, &session->config->daemons[i], &round->clients[i], &err) !=
            STATUS_OK) {
            round->clients[i] = NULL;
        }
        round->statuses[i].is_listening = round->clients[i] != NULL;
    }
    session->deadline = deadline;
}

/* Asks whom it has not asked yet, and takes what came. Returns those that an answer may still come
 * from: a connection takes a moment, and until then nothing can be sent. */
static uint32_t turn_round(struct round *round, struct transport **transports)
{
    uint32_t open = 0;
    for (uint32_t i = 0; i < round->session->config->daemon_count; i++) {
        struct daemon_status *status = &round->statuses[i];
        struct rpc_client *client = round->clients[i];
        if (client == NULL || status->is_up) {
            continue;
        }
        round->is_asked[i] = round->is_asked[i] || send_status(round->session, client, round->tag);
        status->is_up = receive_status(client, round->tag, &status->reply);
        if (!status->is_up) {
            transports[open++] = rpc_client_transport(client);
        }
    }
    return open;
}

uint32_t call_status(struct session *session, uint32_t timeout_ms, struct daemon_status *statuses)
{
    struct round round = {.session = session, .statuses = statuses, .tag = ++session->last_tag};
    struct transport *transports[CONFIG_DAEMONS_MAX];
    uint32_t count = session->config->daemon_count;
    for (uint32_t i = 0; i < count; i++) {
        statuses[i] = (struct daemon_status){.daemon = &session->config->daemons[i]};
    }
    int64_t until_us = session_mono().us + (int64_t)timeout_ms * 1000;
    connect_round(&round);
    uint32_t open;
    while ((open = turn_round(&round, transports)) != 0 && session_mono().us < until_us) {
        struct err err;
        if (transport_wait(transports, open, -1, ROUND_WAIT_MS, &err) != STATUS_OK) {
            (void)poll(NULL, 0, 1);
        }
    }
    uint32_t answered = 0;
    for (uint32_t i = 0; i < count; i++) {
        answered += statuses[i].is_up ? 1 : 0;
    }
    return answered;
}
