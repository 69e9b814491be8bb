/* SPDX-License-Identifier: Apache-2.0 */
#include "service_node.h"

#include "base/endian.h"
#include "base/memory.h"
#include "runtime/ctx.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

struct service_node {
    const struct service *service;
    struct memory_disk *disk;
    struct store *store;
    struct node *node;
    struct wall now;
    uint32_t requests;
    struct outcome outcome;
    struct buf kept;
    struct buf texts; /* of the command */
    bool is_answering;
    void *user;
    /* The router, as far as its journal goes. */
    struct memory_disk *router_disk;
    struct store *router_store;
    struct journal router;
    uint32_t link;
    int64_t request_age_us;
};

/* What a test needs and cannot go on without. */
static void need(enum status status, const struct err *err)
{
    if (status != STATUS_OK) {
        (void)fprintf(stderr, "%s: %s\n", status_word(status), err->text);
        abort();
    }
}

static struct id journal_id(uint8_t mark)
{
    struct id id;
    memset(id.bytes, mark, sizeof id.bytes);
    return id;
}

static struct store *open_store(const struct service *service, struct memory_disk *disk)
{
    struct err err = {0};
    struct store *store;
    const char *names[STORE_TABLES_MAX];
    struct store_options options = {.tables = names, .table_count = node_tables(service, names)};
    need(store_open_memory(disk, &options, &store, &err), &err);
    return store;
}

struct service_node *service_node_open(const struct service *service, const char *name,
                                       const struct config *config)
{
    struct service_node *self = memory_new(1, sizeof *self);
    struct err err = {0};
    self->service = service;
    self->now = (struct wall){SERVICE_NODE_BEGIN_US};
    self->disk = memory_disk_open();
    self->store = open_store(service, self->disk);
    if (service->open_user != NULL) {
        need(service->open_user(NULL, &self->user, &err), &err);
    }
    struct node_options options = {.service = service,
                                   .name = bytes_of_string(name),
                                   .store = self->store,
                                   .user = self->user,
                                   .config = config,
                                   .new_journal = journal_id(0xaa)};
    need(node_open(&options, &self->node, &err), &err);
    need(node_add_link(self->node, BYTES("router"), &self->link, &err), &err);

    static const char *const journal_table[] = {"journal"};
    struct store_options router = {.tables = journal_table, .table_count = 1};
    self->router_disk = memory_disk_open();
    need(store_open_memory(self->router_disk, &router, &self->router_store, &err), &err);
    self->router.id = journal_id(0x11);
    self->router.epoch = 1;
    return self;
}

static void end_answer(struct service_node *self)
{
    if (self->is_answering) {
        node_end_answer(self->node);
        self->is_answering = false;
    }
}

void service_node_close(struct service_node *self)
{
    end_answer(self);
    node_close(self->node);
    if (self->service->close_user != NULL) {
        self->service->close_user(self->user);
    }
    store_close(self->store);
    memory_disk_close(self->disk);
    store_close(self->router_store);
    memory_disk_close(self->router_disk);
    buf_done(&self->outcome.problems);
    buf_done(&self->kept);
    buf_done(&self->texts);
    free(self);
}

void service_node_set_now(struct service_node *self, struct wall now)
{
    self->now = now;
}

/* ---- batches -------------------------------------------------------------------------------- */

static void begin(struct service_node *self)
{
    struct err err = {0};
    end_answer(self);
    need(node_begin(self->node, self->now, &err), &err);
}

static void end(struct service_node *self)
{
    struct err err = {0};
    node_flush(self->node);
    if (node_has_emitted(self->node) || node_has_progress(self->node)) {
        need(node_commit(self->node, &err), &err);
    } else {
        node_end(self->node);
    }
}

static enum status decide(struct service_node *self, struct asked *asked, struct err *err)
{
    uint8_t random[10] = {0};
    self->requests++;
    random[9] = (uint8_t)self->requests;
    random[8] = (uint8_t)(self->requests >> 8);
    asked->request = id_make((struct wall){self->now.us - self->request_age_us}, random);
    begin(self);
    node_on_command(self->node, asked, self->now, &self->outcome);
    end(self);
    *err = self->outcome.err;
    return self->outcome.status;
}

void service_node_age_requests(struct service_node *self, int64_t age_us)
{
    self->request_age_us = age_us;
}

enum status service_node_command(struct service_node *self, const char *person,
                                 const struct message_type *type, const void *message,
                                 struct change_reply *ret_change, struct err *err)
{
    _Alignas(max_align_t) uint8_t taken[MESSAGE_SIZE_MAX];
    memcpy(taken, message, type->size);
    buf_clear(&self->texts);
    enum status st = message_normalise(type, taken, &self->texts, err);
    if (st != STATUS_OK) {
        return st; /* at the door */
    }
    struct asked asked = {.spec = node_find_command(self->node, type->number),
                          .person = bytes_of_string(person),
                          .message = taken};
    st = decide(self, &asked, err);
    *ret_change = self->outcome.change;
    return st;
}

uint32_t service_node_problem_count(const struct service_node *self)
{
    return self->outcome.problem_count;
}

struct problem_part service_node_problem(const struct service_node *self, uint32_t index)
{
    struct list list = {.count = self->outcome.problem_count};
    list_end(&list, &self->outcome.problems);
    struct list_cursor cursor = list_begin(&list);
    struct problem_part part = {0};
    for (uint32_t i = 0; i <= index; i++) {
        if (!list_next_message(&cursor, &problem_part_type, &part)) {
            abort();
        }
    }
    return part;
}

enum status service_node_adopt(struct service_node *self, const struct config *config,
                               struct err *err)
{
    struct adopt_config_command adopt = {.hash = bytes_of(config->hash, CONFIG_HASH_BYTES)};
    struct asked asked = {.spec = node_find_command(self->node, MESSAGE_ADOPT_CONFIG_COMMAND),
                          .person = BYTES("operator"),
                          .message = &adopt,
                          .config = config};
    return decide(self, &asked, err);
}

uint32_t service_node_wake(struct service_node *self, uint32_t turns)
{
    uint32_t woken = 0;
    for (uint32_t i = 0; i < turns; i++) {
        begin(self);
        woken += node_wake(self->node, UINT32_MAX);
        end(self);
    }
    return woken;
}

enum status service_node_ask(struct service_node *self, const char *person,
                             const struct message_type *type, const void *message, void *ret_reply,
                             struct err *err)
{
    struct query query = {.person = bytes_of_string(person), .message = message};
    const struct query_spec *spec = node_find_query(self->node, type->number);
    end_answer(self);
    memset(ret_reply, 0, spec->reply_type->size);
    self->is_answering = true;
    self->node->now = self->now;
    return node_answer(self->node, spec, &query, ret_reply, err);
}

bool service_node_has_command(const struct service_node *self, uint32_t number)
{
    return node_find_command(self->node, number) != NULL;
}

bool service_node_has_query(const struct service_node *self, uint32_t number)
{
    return node_find_query(self->node, number) != NULL;
}

const struct message_type *service_node_reply_type(const struct service_node *self,
                                                   const struct message_type *query)
{
    return node_find_query(self->node, query->number)->reply_type;
}

/* ---- the router ----------------------------------------------------------------------------- */

/* Appends to the router's journal; the record's bytes are then in `scratch`. */
static void append(struct service_node *self, struct record *record, struct buf *scratch)
{
    struct err err = {0};
    struct store_txn *txn = NULL;
    need(store_begin(self->router_store, true, &txn, &err), &err);
    need(journal_append(&self->router, txn, record, scratch, &err), &err);
    need(store_commit(txn, &err), &err);
}

static void give(struct service_node *self, const struct record *record)
{
    struct err err = {0};
    struct followed followed = {
        .journal = self->router.id, .seq = record->seq, .epoch = 1, .raw = record->raw};
    memcpy(followed.chain, record->chain, CHAIN_BYTES);
    begin(self);
    need(node_on_followed(self->node, self->link, &followed, &err), &err);
    end(self);
}

uint64_t service_node_follow(struct service_node *self, const struct router_record *given)
{
    struct buf open = {0};
    struct buf pii = {0};
    struct buf scratch = {0};
    message_append(given->type, given->message, PART_OPEN, &open);
    message_append(given->type, given->message, PART_PII, &pii);
    struct record record = {.type = (uint16_t)given->type->number,
                            .at = self->now,
                            .issue = given->issue,
                            .generation = given->generation,
                            .depth = 1,
                            .actor =
                                bytes_of_string(given->actor != NULL ? given->actor : "triage1"),
                            .open = buf_bytes(&open),
                            .pii = buf_bytes(&pii)};
    if (given->topic != NULL) {
        record.topic = bytes_of_string(given->topic);
    }
    if (given->fact != 0) {
        record.flags = RECORD_BY_RECORD;
        record.cause.journal = given->is_of_others ? journal_id(0x77) : self->node->journal.id;
        record.cause.seq = given->fact;
        record.cause_index = given->index;
        record.depth = 2;
    }
    uint64_t before = self->node->journal.head;
    append(self, &record, &scratch);
    give(self, &record);
    buf_done(&open);
    buf_done(&pii);
    buf_done(&scratch);
    return self->node->journal.head - before;
}

uint64_t service_node_follow_cadres(struct service_node *self, const char *const *ids, size_t count)
{
    struct cadres_recorded_event event = {0};
    struct buf out = {0};
    for (size_t i = 0; i < count; i++) {
        struct cadre_part cadre = {.cadre = bytes_of_string(ids[i]),
                                   .name = bytes_of_string(ids[i]),
                                   .unit = BYTES("u"),
                                   .phone = BYTES("19900000000")};
        list_put_message(&event.rows, &out, &cadre_part_type, &cadre);
    }
    list_end(&event.rows, &out);
    uint64_t written = service_node_follow(
        self, &(struct router_record){.type = &cadres_recorded_event_type, .message = &event});
    buf_done(&out);
    return written;
}

/* When the first timer is due; false when there is none. */
static bool next_timer(struct service_node *self, struct wall *ret_at)
{
    struct err err = {0};
    struct store_txn *txn = NULL;
    struct bytes key;
    struct bytes value;
    end_answer(self);
    need(store_begin(self->store, false, &txn, &err), &err);
    bool has_timer = store_seek(txn, TABLE_TIMER, (struct bytes){0}, &key, &value) == STATUS_OK;
    if (has_timer) {
        *ret_at = (struct wall){(int64_t)be64_load(key.p)};
    }
    store_abort(txn);
    return has_timer;
}

void service_node_wait(struct service_node *self, struct wall until)
{
    struct wall at;
    while (next_timer(self, &at) && at.us <= until.us) {
        self->now = at.us > self->now.us ? at : self->now;
        begin(self);
        (void)node_wake(self->node, UINT32_MAX);
        end(self);
    }
    self->now = until;
}

/* ---- looking -------------------------------------------------------------------------------- */

static struct record read_record(struct service_node *self, uint64_t seq)
{
    struct err err = {0};
    struct store_txn *txn = NULL;
    struct record record;
    end_answer(self);
    need(store_begin(self->store, false, &txn, &err), &err);
    need(journal_read(txn, TABLE_JOURNAL, seq, &record, &err), &err);
    buf_clear(&self->kept);
    buf_append_bytes(&self->kept, record.raw);
    store_abort(txn);
    need(record_decode(buf_bytes(&self->kept), seq, &record, &err), &err);
    return record;
}

struct record service_node_last(struct service_node *self, const struct message_type *type,
                                void *ret_message)
{
    struct err err = {0};
    struct record record = read_record(self, self->node->journal.head);
    need(record_message(&record, type, ret_message, &err), &err);
    return record;
}

bool service_node_read(struct service_node *self, uint64_t seq, const struct message_type *type,
                       void *ret_message)
{
    struct err err = {0};
    struct record record = read_record(self, seq);
    if (record.type != type->number) {
        return false;
    }
    need(record_message(&record, type, ret_message, &err), &err);
    return true;
}

uint32_t service_node_count_since(struct service_node *self, uint64_t after,
                                  const struct message_type *type, void *ret_message)
{
    struct err err = {0};
    uint32_t count = 0;
    uint64_t last = 0;
    for (uint64_t seq = after + 1; seq <= self->node->journal.head; seq++) {
        if (read_record(self, seq).type == type->number) {
            count++;
            last = seq;
        }
    }
    if (last != 0) {
        struct record record = read_record(self, last);
        need(record_message(&record, type, ret_message, &err), &err);
    }
    return count;
}

uint64_t service_node_head(const struct service_node *self)
{
    return self->node->journal.head;
}

uint64_t service_node_count(struct service_node *self, const char *name)
{
    const char *found = "";
    uint64_t value = 0;
    begin(self);
    struct ctx ctx = ctx_begin(self->node);
    for (uint32_t i = 0; strcmp(found, name) != 0; i++) {
        if (!self->service->count(&ctx, i, &found, &value)) {
            (void)fprintf(stderr, "no counter '%s'\n", name);
            abort();
        }
    }
    node_end(self->node);
    return value;
}

uint64_t service_node_rows(struct service_node *self, uint32_t table)
{
    struct err err = {0};
    struct store_txn *txn = NULL;
    uint64_t rows = 0;
    end_answer(self);
    need(store_begin(self->store, false, &txn, &err), &err);
    need(store_count(txn, TABLE_SERVICE + table, &rows), &err);
    store_abort(txn);
    return rows;
}

static void compare_tables(struct store_txn *a, struct store_txn *b, uint32_t table)
{
    struct bytes key_a = {0};
    struct bytes key_b = {0};
    struct bytes value_a;
    struct bytes value_b;
    for (;;) {
        enum status st_a = store_next(a, table, key_a, &key_a, &value_a);
        enum status st_b = store_next(b, table, key_b, &key_b, &value_b);
        bool is_equal =
            st_a == st_b &&
            (st_a != STATUS_OK || (bytes_equal(key_a, key_b) && bytes_equal(value_a, value_b)));
        if (!is_equal) {
            (void)fprintf(stderr, "table %u differs after the replay\n", table);
            abort();
        }
        if (st_a != STATUS_OK) {
            return;
        }
    }
}

void service_node_check_rebuild(struct service_node *self)
{
    struct err err = {0};
    struct memory_disk *disk = memory_disk_open();
    struct store *store = open_store(self->service, disk);
    struct store_txn *stored = NULL;
    struct store_txn *replayed = NULL;
    struct replay replay = {.service = self->service, .from = self->store, .to = store};
    end_answer(self);
    need(node_replay(&replay, &err), &err);
    need(store_begin(self->store, false, &stored, &err), &err);
    need(store_begin(store, false, &replayed, &err), &err);
    for (uint32_t i = TABLE_DERIVED; i < TABLE_SERVICE + self->service->table_count; i++) {
        compare_tables(stored, replayed, i);
    }
    store_abort(stored);
    store_abort(replayed);
    store_close(store);
    memory_disk_close(disk);
}
