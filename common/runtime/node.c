/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/node.h"

#include "base/endian.h"
#include "base/memory.h"
#include "runtime/base_table.h"
#include "runtime/ctx.h"

#include <stdio.h>
#include <stdlib.h>

uint32_t node_tables(const struct service *service, const char *names[])
{
    static const char *const own[TABLE_SERVICE] = {
        [TABLE_JOURNAL] = "journal", [TABLE_BASE] = "base", [TABLE_REQUEST] = "request",
        [TABLE_TIMER] = "timer",     [TABLE_DEAD] = "dead", [TABLE_CONFIG] = "config",
        [TABLE_TRAIL] = "trail",
    };
    CHECK(TABLE_SERVICE + service->table_count <= STORE_TABLES_MAX);
    for (uint32_t i = 0; i < TABLE_SERVICE; i++) {
        names[i] = own[i];
    }
    for (uint32_t i = 0; i < service->table_count; i++) {
        names[TABLE_SERVICE + i] = service->tables[i];
    }
    return TABLE_SERVICE + service->table_count;
}

void node_close(struct node *node)
{
    if (node == NULL) {
        return;
    }
    store_abort(node->txn);
    scratch_done(&node->scratch);
    buf_done(&node->open);
    buf_done(&node->pii);
    buf_done(&node->record);
    buf_done(&node->row);
    free(node);
}

/* What a reload refuses, a start with another configuration does not let in either. */
static enum status check_config(struct node *node, struct err *err)
{
    if (node->config == NULL || node->service->may_adopt == NULL) {
        return STATUS_OK;
    }
    enum status st = store_begin(node->store, false, &node->txn, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct ctx ctx = ctx_begin(node);
    ctx.mode = CTX_ANSWERING;
    st = node->service->may_adopt(&ctx, node->config, err);
    node_end_answer(node);
    return st;
}

enum status node_open(const struct node_options *options, struct node **ret_node, struct err *err)
{
    struct node *node = memory_new(1, sizeof *node);
    node->service = options->service;
    (void)snprintf(node->name, sizeof node->name, "%.*s", BYTES_FMT(options->name));
    node->user = options->user;
    node->store = options->store;
    node->config = options->config;

    enum status st = store_begin(node->store, true, &node->txn, err);
    if (st == STATUS_OK) {
        st = base_open_journal(node, options, err);
    }
    if (st == STATUS_OK) {
        struct store_txn *txn = node->txn;
        node->txn = NULL;
        st = store_commit(txn, err);
    }
    if (st != STATUS_OK) {
        node_close(node);
        return wrap(err, st, "open the journal of '%.*s'", BYTES_FMT(options->name));
    }
    node->durable = node->journal;
    st = check_config(node, err);
    if (st != STATUS_OK) {
        node_close(node);
        return st;
    }
    *ret_node = node;
    return STATUS_OK;
}

enum status node_add_link(struct node *node, struct bytes name, uint32_t *ret_index,
                          struct err *err)
{
    CHECK(node->link_count < NODE_LINKS_MAX && node->txn == NULL);
    struct store_txn *txn = NULL;
    enum status st = store_begin(node->store, false, &txn, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct node_link *link = &node->links[node->link_count];
    *link = (struct node_link){0};
    (void)snprintf(link->name, sizeof link->name, "%.*s", BYTES_FMT(name));
    base_read_cursor(txn, link->name, &link->cursor);
    link->reached = link->cursor;
    link->durable = link->cursor;
    store_abort(txn);
    *ret_index = node->link_count++;
    return STATUS_OK;
}

enum status node_add_peer(struct node *node, struct bytes name, struct err *err)
{
    CHECK(node->peer_count < NODE_PEERS_MAX && node->txn == NULL);
    struct store_txn *txn = NULL;
    enum status st = store_begin(node->store, false, &txn, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct node_peer *peer = &node->peers[node->peer_count++];
    (void)snprintf(peer->name, sizeof peer->name, "%.*s", BYTES_FMT(name));
    peer->stored = base_read_peer(txn, peer->name);
    peer->acked = peer->stored;
    store_abort(txn);
    return STATUS_OK;
}

static struct node_peer *find_peer(struct node *node, struct bytes name)
{
    for (uint32_t i = 0; i < node->peer_count; i++) {
        if (bytes_equal(name, bytes_of_string(node->peers[i].name))) {
            return &node->peers[i];
        }
    }
    return NULL;
}

bool node_on_other_past(struct node *node, struct bytes name)
{
    struct node_peer *peer = find_peer(node, name);
    bool is_new = peer != NULL && !peer->is_ahead;
    if (is_new) {
        peer->is_ahead = true;
    }
    return is_new;
}

bool node_is_put_back(const struct node *node)
{
    bool is_put_back = false;
    for (uint32_t i = 0; i < node->peer_count; i++) {
        is_put_back = is_put_back || node->peers[i].is_ahead;
    }
    return is_put_back;
}

void node_on_ack(struct node *node, struct bytes name, uint64_t seq)
{
    struct node_peer *peer = find_peer(node, name);
    if (peer != NULL) {
        peer->acked = seq;
        peer->is_ahead = false;
    }
}

enum status node_begin(struct node *node, struct wall now, struct err *err)
{
    CHECK(node->txn == NULL);
    node->now = now;
    node->emitted = 0;
    node->is_waking_over = false;
    return store_begin(node->store, true, &node->txn, err);
}

bool node_has_emitted(const struct node *node)
{
    return node->emitted != 0;
}

bool node_has_progress(const struct node *node)
{
    for (uint32_t i = 0; i < node->link_count; i++) {
        if (node->links[i].cursor.seq != node->links[i].durable.seq) {
            return true;
        }
    }
    return false;
}

void node_abort(struct node *node)
{
    store_abort(node->txn);
    node->txn = NULL;
    node->journal = node->durable;
    for (uint32_t i = 0; i < node->link_count; i++) {
        node->links[i].cursor = node->links[i].reached;
    }
    if (node->service->forget != NULL) {
        node->service->forget(node->user);
    }
}

void node_end(struct node *node)
{
    CHECK(node->emitted == 0);
    store_abort(node->txn);
    node->txn = NULL;
    for (uint32_t i = 0; i < node->link_count; i++) {
        node->links[i].reached = node->links[i].cursor;
    }
}

enum status node_commit(struct node *node, struct err *err)
{
    base_write(node);
    struct store_txn *txn = node->txn;
    node->txn = NULL;
    enum status st = store_commit(txn, err);
    if (st != STATUS_OK) {
        node_abort(node);
        return st;
    }
    node->commits++;
    node->durable = node->journal;
    for (uint32_t i = 0; i < node->link_count; i++) {
        node->links[i].reached = node->links[i].cursor;
        node->links[i].durable = node->links[i].cursor;
    }
    for (uint32_t i = 0; i < node->peer_count; i++) {
        node->peers[i].stored = node->peers[i].acked;
    }
    return STATUS_OK;
}

bool node_find_due(struct node *node, struct wall *ret_at)
{
    struct store_txn *txn = NULL;
    struct err err;
    if (store_begin(node->store, false, &txn, &err) != STATUS_OK) {
        return false;
    }
    struct bytes key;
    struct bytes value;
    bool found = store_seek(txn, TABLE_TIMER, (struct bytes){0}, &key, &value) == STATUS_OK;
    if (found) {
        ret_at->us = (int64_t)be64_load(key.p);
    }
    store_abort(txn);
    return found;
}

enum status node_answer(struct node *node, const struct query_spec *spec, const struct query *query,
                        void *reply, struct err *err)
{
    CHECK(node->txn == NULL);
    enum status st = store_begin(node->store, false, &node->txn, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct ctx ctx = ctx_begin(node);
    ctx.mode = CTX_ANSWERING;
    return spec->answer(&ctx, query, reply, err);
}

void node_end_answer(struct node *node)
{
    store_abort(node->txn);
    node->txn = NULL;
}

static const struct command_spec common_commands[] = {
    {.type = &dead_settle_command_type, .decide = dead_decide_settle, .door = DOOR_ALWAYS},
    {.type = &adopt_config_command_type, .decide = config_decide_adopt, .door = DOOR_ALWAYS},
    {.type = &clock_accept_command_type, .decide = clock_decide_accept, .door = DOOR_ALWAYS},
    {0},
};

static const struct query_spec common_queries[] = {
    {&records_query_type, &records_reply_type, records_answer},
    {&dead_query_type, &dead_reply_type, dead_answer},
    {0},
};

static const struct command_spec *find_command(const struct command_spec *specs, uint32_t type)
{
    for (; specs->type != NULL; specs++) {
        if (specs->type->number == type) {
            return specs;
        }
    }
    return NULL;
}

const struct command_spec *node_find_command(const struct node *node, uint32_t type)
{
    const struct command_spec *spec = find_command(node->service->commands, type);
    return spec != NULL ? spec : find_command(common_commands, type);
}

static const struct query_spec *find_query(const struct query_spec *specs, uint32_t type)
{
    for (; specs->type != NULL; specs++) {
        if (specs->type->number == type) {
            return specs;
        }
    }
    return NULL;
}

const struct query_spec *node_find_query(const struct node *node, uint32_t type)
{
    const struct query_spec *spec = find_query(node->service->queries, type);
    return spec != NULL ? spec : find_query(common_queries, type);
}
