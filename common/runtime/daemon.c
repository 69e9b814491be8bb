/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/daemon.h"

#include "base/memory.h"
#include "log/log.h"
#include "runtime/batch.h"
#include "runtime/daemon_state.h"

#include <stdio.h>
#include <stdlib.h>

#define FRAMES_PER_TURN 64U
#define PARKED_MAX 4096U
#define QUERIES_PER_TURN 64U
#define PING_US (PRODUCER_PING_MS * INT64_C(1000))
/* A daemon wakes at least as often as it pings, so no wait is set for this. */
#define QUIET_US INT64_C(500000)

static void read_state(void *user, struct journal *ret_journal)
{
    const struct daemon *daemon = user;
    *ret_journal = daemon->node->durable;
}

static enum status read_record(void *user, uint64_t seq, struct bytes *ret_raw, struct err *err)
{
    struct daemon *daemon = user;
    if (daemon->shipping == NULL) {
        enum status st = store_begin(daemon->node->store, false, &daemon->shipping, err);
        if (st != STATUS_OK) {
            return st;
        }
    }
    uint8_t key[8];
    for (int i = 0; i < 8; i++) {
        key[i] = (uint8_t)(seq >> (56 - 8 * i));
    }
    enum status st = store_get(daemon->shipping, TABLE_JOURNAL, bytes_of(key, sizeof key), ret_raw);
    return st == STATUS_OK ? st
                           : fail(err, STATUS_NOT_FOUND, "no record %llu", (unsigned long long)seq);
}

static void end_shipping(struct daemon *daemon)
{
    store_abort(daemon->shipping);
    daemon->shipping = NULL;
}

static void take_ack(void *user, struct bytes follower, uint64_t cursor)
{
    struct daemon *daemon = user;
    node_on_ack(daemon->node, follower, cursor);
}

static void take_other_past(void *user, struct bytes follower, const char *sentence)
{
    struct daemon *daemon = user;
    if (node_on_other_past(daemon->node, follower)) {
        (void)fail(&daemon->other_past, STATUS_BUSY, "nothing is taken here: %s", sentence);
        log_error("nothing is taken until it is put right", LOG_ERR(&daemon->other_past));
    }
}

static enum status may_watch(void *user, struct bytes person, struct bytes topic, struct err *err)
{
    static const struct office unknown;
    const struct node *node = ((const struct daemon *)user)->node;
    const struct office *office = node->config == NULL ? &unknown : &node->config->office;
    return node->service->may_watch != NULL
               ? node->service->may_watch(office, person, topic, err)
               : fail(err, STATUS_FORBIDDEN, "nobody watches '%s'", node->name);
}

enum status daemon_open(const struct daemon_options *options, struct daemon **ret_daemon,
                        struct err *err)
{
    struct daemon *daemon = memory_new(1, sizeof *daemon);
    daemon->options = *options;
    struct journal_source source = {.user = daemon,
                                    .state = read_state,
                                    .read = read_record,
                                    .may_watch = may_watch,
                                    .on_ack = take_ack,
                                    .on_other_past = take_other_past};
    daemon->door = options->door;
    enum status st = producer_open(options->journal, &source, &daemon->producer, err);
    if (st != STATUS_OK) {
        transport_close(options->journal);
    } else {
        st = node_open(&options->node, &daemon->node, err);
    }
    if (st != STATUS_OK) {
        daemon_close(daemon);
        return st;
    }
    *ret_daemon = daemon;
    return STATUS_OK;
}

enum status daemon_follow(struct daemon *daemon, struct bytes name, struct transport *transport,
                          const struct bytes *topics, uint32_t topic_count, struct err *err)
{
    uint32_t index = 0;
    enum status st = node_add_link(daemon->node, name, &index, err);
    if (st != STATUS_OK) {
        transport_close(transport);
        return st;
    }
    struct follower_options options = {
        .name = bytes_of_string(daemon->node->name),
        .producer = name,
        .topics = topics,
        .topic_count = topic_count,
        /* On a test clock everybody waits for everything. */
        .linger_ms = daemon->options.node.is_test_clock ? 0 : daemon->node->service->lump_ms};
    st = follower_open(transport, &options, &daemon->node->links[index].durable,
                       &daemon->followers[index], err);
    if (st != STATUS_OK) {
        transport_close(transport);
    }
    return st;
}

enum status daemon_add_follower(struct daemon *daemon, struct bytes name, struct err *err)
{
    return node_add_peer(daemon->node, name, err);
}

void daemon_close(struct daemon *daemon)
{
    if (daemon == NULL) {
        return;
    }
    end_shipping(daemon);
    request_list_done(&daemon->commands);
    request_list_done(&daemon->queries);
    request_list_done(&daemon->parked);
    for (uint32_t i = 0; i < NODE_LINKS_MAX; i++) {
        follower_close(daemon->followers[i]);
    }
    producer_close(daemon->producer);
    transport_close(daemon->door);
    node_close(daemon->node);
    config_close(daemon->adopted);
    buf_done(&daemon->reply);
    free(daemon);
}

void daemon_send(struct daemon *daemon, const struct peer *peer)
{
    struct err err;
    /* A client that is gone asks again under its request id. */
    if (transport_send(daemon->door, peer, buf_bytes(&daemon->reply), &err) != STATUS_OK) {
        daemon->replies_lost++;
    }
}

static void refuse(struct daemon *daemon, struct request *request, enum status status,
                   const struct err *err)
{
    buf_clear(&daemon->reply);
    reply_refusal(&request->frame, status, err, &daemon->reply);
    daemon_send(daemon, &request->peer);
    request_close(request);
}

bool daemon_is_ready(const struct daemon *daemon, const struct request *request)
{
    const struct id *journal = &request->frame.after_journal;
    if (id_is_zero(journal)) {
        return true;
    }
    const struct node *node = daemon->node;
    if (id_equal(journal, &node->journal.id)) {
        return node->durable.head >= request->frame.after_seq;
    }
    for (uint32_t i = 0; i < node->link_count; i++) {
        if (id_equal(journal, &node->links[i].cursor.journal)) {
            return node->links[i].cursor.seq >= request->frame.after_seq;
        }
    }
    return false;
}

static enum status check_door(struct daemon *daemon, const struct request *request, struct err *err)
{
    if (request->command == NULL) {
        return STATUS_OK;
    }
    if (node_is_put_back(daemon->node)) {
        /* What were acknowledged here would be lost with this history. */
        *err = daemon->other_past;
        return STATUS_BUSY;
    }
    if (request->command->door >= DOOR_ALWAYS) {
        return STATUS_OK;
    }
    const struct node *node = daemon->node;
    uint64_t limit = node->config->outbox_records_max;
    limit *= request->command->door == DOOR_NEW_WORK ? 1 : 4;
    for (uint32_t i = 0; i < node->peer_count; i++) {
        uint64_t acked = node->peers[i].acked;
        if (node->durable.head > acked && node->durable.head - acked > limit) {
            return fail(err, STATUS_BUSY,
                        "'%s' is %llu records behind; nothing new is taken until it has caught up",
                        node->peers[i].name, (unsigned long long)(node->durable.head - acked));
        }
    }
    uint64_t needed = request->command->door == DOOR_NEW_WORK ? node->config->disk_soft_bytes
                                                              : node->config->disk_hard_bytes;
    if (daemon->options.free_bytes != NULL && daemon->free_bytes < needed) {
        return fail(err, STATUS_BUSY, "the disk is nearly full; make room, then try again");
    }
    return STATUS_OK;
}

/* Loads the configuration that an adoption names, so that deciding needs no files. */
static enum status prepare(struct daemon *daemon, struct request *request, struct err *err)
{
    if (request->command == NULL || request->command->type != &adopt_config_command_type) {
        return STATUS_OK;
    }
    const struct adopt_config_command *adopt = request->message;
    daemon->has_loaded = true;
    return daemon->options.load_config(daemon->options.user, adopt->hash, &request->config, err);
}

/* Somebody waits for a record of a followed journal: it is not to be held back. */
static void hurry(struct daemon *daemon, const struct id *journal)
{
    for (uint32_t i = 0; i < daemon->node->link_count; i++) {
        if (id_equal(journal, &daemon->node->links[i].cursor.journal)) {
            follower_hurry(daemon->followers[i]);
        }
    }
}

static void admit(struct daemon *daemon, struct request *request)
{
    struct err err;
    enum status st = check_door(daemon, request, &err);
    if (st == STATUS_OK) {
        st = prepare(daemon, request, &err);
    }
    if (st != STATUS_OK) {
        refuse(daemon, request, st, &err);
    } else if (daemon_is_ready(daemon, request)) {
        request_list_add(request->command != NULL ? &daemon->commands : &daemon->queries, request);
    } else if (daemon->parked.count >= PARKED_MAX) {
        (void)fail(&err, STATUS_BUSY, "too many requests wait here");
        refuse(daemon, request, STATUS_BUSY, &err);
    } else {
        hurry(daemon, &request->frame.after_journal);
        request_list_add(&daemon->parked, request);
    }
}

static void take_arrival(struct daemon *daemon, const struct arrival *arrival,
                         const struct daemon_time *time)
{
    struct err err;
    struct request *request = NULL;
    buf_clear(&daemon->reply);
    if (request_open(daemon->node, arrival, time->mono, &request, &daemon->reply, &err) ==
        STATUS_OK) {
        admit(daemon, request);
    } else if (daemon->reply.len != 0) {
        daemon_send(daemon, &arrival->peer);
    } else {
        daemon->garbage++;
        log_warning("a message is no request and gets no answer", LOG_ERR(&err),
                    LOG_U64("count", daemon->garbage));
    }
}

static void receive_requests(struct daemon *daemon, const struct daemon_time *time, bool *ret_did)
{
    uint32_t most = daemon->node->config->commands_per_batch;
    /* Loading takes so long that whoever waits may ask again meanwhile; were those requests taken
     * first, a slow machine would load for ever and never answer. */
    daemon->has_loaded = false;
    for (uint32_t i = 0; i < most && daemon->commands.count < most && !daemon->has_loaded; i++) {
        struct arrival arrival;
        struct err err;
        if (transport_receive(daemon->door, &arrival, &err) != STATUS_OK) {
            return;
        }
        *ret_did = true;
        take_arrival(daemon, &arrival, time);
    }
}

/* Moves on what waited for a record that has come, or has waited long enough. */
static void release_parked(struct daemon *daemon, const struct daemon_time *time, bool *ret_did)
{
    struct request_list waiting = daemon->parked;
    daemon->parked = (struct request_list){0};
    struct request *request;
    while ((request = request_list_take(&waiting)) != NULL) {
        if (request->command != NULL && node_is_put_back(daemon->node)) {
            refuse(daemon, request, STATUS_BUSY, &daemon->other_past);
            continue;
        }
        bool is_over = time->mono.us >= request->deadline.us;
        if (daemon_is_ready(daemon, request) || is_over) {
            request->is_late = !daemon_is_ready(daemon, request);
            request_list_add(request->command != NULL ? &daemon->commands : &daemon->queries,
                             request);
            *ret_did = true;
        } else {
            request_list_add(&daemon->parked, request);
        }
    }
}

/* Says once that a link is refused: nothing of it is taken until somebody acts. */
static void tell_refusal(struct daemon *daemon, uint32_t link)
{
    struct follower_view view;
    follower_get_view(daemon->followers[link], &view);
    bool is_refused = view.state == FOLLOWER_REFUSED || view.state == FOLLOWER_REPLACED;
    if (is_refused && !daemon->is_refusal_told[link]) {
        struct err err;
        (void)fail(&err, STATUS_REFUSED, "%s", view.sentence);
        log_error("a link is refused",
                  LOG_WORD("link", bytes_of_string(daemon->node->links[link].name)), LOG_ERR(&err));
    }
    daemon->is_refusal_told[link] = is_refused;
}

static void receive_links(struct daemon *daemon, const struct daemon_time *time, bool *ret_did)
{
    for (uint32_t i = 0; i < daemon->node->link_count; i++) {
        follower_receive(daemon->followers[i], time->mono, FRAMES_PER_TURN, ret_did);
        tell_refusal(daemon, i);
    }
    producer_receive(daemon->producer, time->mono, FRAMES_PER_TURN, ret_did);
    /* A hello was looked up in what was durable before this turn's commit; shipping must see it. */
    end_shipping(daemon);
}

static void ship(struct daemon *daemon, const struct daemon_time *time, bool *ret_did)
{
    int64_t since_us = time->mono.us - daemon->shipped_at.us;
    struct mono next_at = producer_next_at(daemon->producer);
    bool is_due = daemon->node->durable.head != daemon->shipped_head || since_us >= PING_US ||
                  *ret_did || (next_at.us != 0 && time->mono.us >= next_at.us);
    if (is_due) {
        daemon->shipped_head = daemon->node->durable.head;
        daemon->shipped_at = time->mono;
        producer_ship(daemon->producer, time->mono, ret_did);
        end_shipping(daemon);
    }
}

static void answer_queries(struct daemon *daemon, const struct daemon_time *time)
{
    for (uint32_t i = 0; i < QUERIES_PER_TURN && daemon->queries.count != 0; i++) {
        struct request *request = request_list_take(&daemon->queries);
        buf_clear(&daemon->reply);
        daemon_answer(daemon, request, time);
        daemon_send(daemon, &request->peer);
        request_close(request);
    }
}

static void look_at_disk(struct daemon *daemon, const struct daemon_time *time)
{
    if (daemon->options.free_bytes != NULL && time->mono.us - daemon->disk_at.us >= US_PER_S) {
        daemon->disk_at = time->mono;
        daemon->free_bytes = daemon->options.free_bytes(daemon->options.user);
    }
}

/* What lies in the store's log is settled when nobody has written for a while: then nobody waits
 * for it, and who looks at the files finds everything there. */
static enum status settle_store(struct daemon *daemon, const struct daemon_time *time,
                                struct err *err)
{
    struct store *store = daemon->node->store;
    bool is_quiet = time->mono.us - daemon->committed_at.us >= QUIET_US;
    return is_quiet && !store_is_settled(store) ? store_settle(store, err) : STATUS_OK;
}

enum status daemon_turn(struct daemon *daemon, const struct daemon_time *time, bool *ret_did,
                        struct err *err)
{
    *ret_did = false;
    look_at_disk(daemon, time);
    receive_links(daemon, time, ret_did);
    receive_requests(daemon, time, ret_did);
    release_parked(daemon, time, ret_did);
    enum status st = batch_run(daemon, time, ret_did, err);
    if (st != STATUS_OK) {
        return st;
    }
    release_parked(daemon, time, ret_did);
    if (daemon->queries.count != 0) {
        answer_queries(daemon, time);
        *ret_did = true;
    }
    ship(daemon, time, ret_did);
    return *ret_did ? STATUS_OK : settle_store(daemon, time, err);
}

void daemon_hold_timers(struct daemon *daemon, bool is_held)
{
    daemon->is_held = is_held;
}

bool daemon_is_held(const struct daemon *daemon)
{
    return daemon->is_held;
}

struct wall daemon_last_time(struct daemon *daemon)
{
    struct wall at = {0};
    struct err err;
    struct store_txn *txn = NULL;
    if (store_begin(daemon->node->store, false, &txn, &err) == STATUS_OK) {
        struct record record;
        uint64_t head = daemon->node->durable.head;
        if (head != 0 && journal_read(txn, TABLE_JOURNAL, head, &record, &err) == STATUS_OK) {
            at = record.at;
        }
    }
    store_abort(txn);
    return at;
}

uint32_t daemon_transports(struct daemon *daemon, struct transport *transports[], uint32_t max)
{
    uint32_t count = 0;
    CHECK(max >= 2 + daemon->node->link_count);
    transports[count++] = daemon->door;
    transports[count++] = producer_transport(daemon->producer);
    for (uint32_t i = 0; i < daemon->node->link_count; i++) {
        transports[count++] = follower_transport(daemon->followers[i]);
    }
    return count;
}

const struct node *daemon_node(const struct daemon *daemon)
{
    return daemon->node;
}

const struct config *daemon_config(const struct daemon *daemon)
{
    return daemon->node->config;
}
