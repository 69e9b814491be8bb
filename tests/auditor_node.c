/* SPDX-License-Identifier: Apache-2.0 */
#include "auditor_node.h"

#include "runtime/ctx.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const journal_table[] = {"journal"};

static const struct person people[] = {
    {.id = {(const uint8_t *)"s-clerk", 7}, .roles = ROLE_BIT(ROLE_TRIAGE_CLERK)},
    {.id = {(const uint8_t *)"s-super", 7}, .roles = ROLE_BIT(ROLE_SUPERVISOR)},
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

static void source_open(struct source *source, uint8_t mark)
{
    struct err err = {0};
    struct store_options options = {.tables = journal_table, .table_count = 1};
    *source = (struct source){.disk = memory_disk_open()};
    need(store_open_memory(source->disk, &options, &source->store, &err), &err);
    source->journal.id = journal_id(mark);
    source->journal.epoch = 1;
}

void auditor_node_open(struct auditor_node *auditor, const char *dir)
{
    static const char *const links[SOURCES] = {"router", "intake"};
    const char *names[STORE_TABLES_MAX];
    struct err err = {0};
    struct store_options options = {.tables = names,
                                    .table_count = node_tables(&auditor_service, names)};
    *auditor = (struct auditor_node){.disk = memory_disk_open(), .now = {AUDITOR_NODE_BEGIN_US}};
    auditor->config.office =
        (struct office){.people = people, .person_count = sizeof people / sizeof people[0]};
    need(store_open_memory(auditor->disk, &options, &auditor->store, &err), &err);
    need(auditor_service.open_user(dir, &auditor->user, &err), &err);
    struct node_options node_options = {.service = &auditor_service,
                                        .name = BYTES("auditor"),
                                        .store = auditor->store,
                                        .config = &auditor->config,
                                        .user = auditor->user,
                                        .new_journal = journal_id(0xaa)};
    need(node_open(&node_options, &auditor->node, &err), &err);
    for (uint32_t i = 0; i < SOURCES; i++) {
        uint32_t index;
        source_open(&auditor->sources[i], (uint8_t)(0x11 * (i + 1)));
        need(node_add_link(auditor->node, bytes_of_string(links[i]), &index, &err), &err);
    }
}

void auditor_node_close(struct auditor_node *auditor)
{
    node_close(auditor->node);
    store_close(auditor->store);
    memory_disk_close(auditor->disk);
    auditor_service.close_user(auditor->user);
    for (uint32_t i = 0; i < SOURCES; i++) {
        store_close(auditor->sources[i].store);
        memory_disk_close(auditor->sources[i].disk);
    }
}

uint64_t source_append(struct source *source, struct record *record)
{
    struct err err = {0};
    struct store_txn *txn = NULL;
    struct buf scratch = {0};
    record->at = (struct wall){AUDITOR_NODE_BEGIN_US + (int64_t)source->journal.head * 1000};
    record->depth = record->depth == 0 ? 1 : record->depth;
    need(store_begin(source->store, true, &txn, &err), &err);
    need(journal_append(&source->journal, txn, record, &scratch, &err), &err);
    need(store_commit(txn, &err), &err);
    buf_done(&scratch);
    return source->journal.head;
}

uint64_t source_step(struct source *source, uint64_t issue, const struct position *cause,
                     struct bytes words)
{
    struct step_event step = {.happening = 1, .from = 1, .to = 1, .words = words};
    struct buf open = {0};
    struct buf pii = {0};
    message_append(&step_event_type, &step, PART_OPEN, &open);
    message_append(&step_event_type, &step, PART_PII, &pii);
    struct record record = {.type = MESSAGE_STEP_EVENT,
                            .issue = issue,
                            .generation = 3,
                            .actor = BYTES("s-clerk"),
                            .open = buf_bytes(&open),
                            .pii = buf_bytes(&pii)};
    if (cause != NULL) {
        record.flags = RECORD_BY_RECORD;
        record.cause = *cause;
        record.depth = 2;
    }
    uint64_t seq = source_append(source, &record);
    buf_done(&open);
    buf_done(&pii);
    return seq;
}

uint64_t source_local(struct source *source)
{
    struct record record = {.flags = RECORD_LOCAL, .type = MESSAGE_CLOCK_ACCEPTED_EVENT};
    return source_append(source, &record);
}

void journal_copy(struct store *store, uint64_t seq, struct buf *out, struct record *ret_record)
{
    struct err err = {0};
    struct store_txn *txn = NULL;
    need(store_begin(store, false, &txn, &err), &err);
    need(journal_read(txn, TABLE_JOURNAL, seq, ret_record, &err), &err);
    buf_clear(out);
    buf_append_bytes(out, ret_record->raw);
    store_abort(txn);
    need(record_decode(buf_bytes(out), seq, ret_record, &err), &err);
}

/* Like a follower that is handed the same records again after an aborted batch. */
void auditor_node_feed(struct auditor_node *auditor, uint32_t index, uint64_t max)
{
    struct source *source = &auditor->sources[index];
    struct buf raw = {0};
    uint64_t through =
        source->journal.head - source->fed < max ? source->journal.head : source->fed + max;
    while (source->fed < through) {
        struct err err = {0};
        struct record record;
        journal_copy(source->store, source->fed + 1, &raw, &record);
        struct followed followed = {
            .journal = source->journal.id, .seq = source->fed + 1, .epoch = 1};
        memcpy(followed.chain, record.chain, CHAIN_BYTES);
        if ((record.flags & RECORD_LOCAL) == 0) {
            followed.raw = buf_bytes(&raw);
        }
        need(node_on_followed(auditor->node, index, &followed, &err), &err);
        source->fed++;
    }
    buf_done(&raw);
}

void auditor_node_run(struct auditor_node *auditor, uint64_t max)
{
    struct node *node = auditor->node;
    enum status st;
    do {
        struct err err = {0};
        uint64_t fed[SOURCES];
        need(node_begin(node, auditor->now, &err), &err);
        for (uint32_t i = 0; i < SOURCES; i++) {
            fed[i] = auditor->sources[i].fed;
            auditor_node_feed(auditor, i, max);
        }
        (void)node_wake(node, 256);
        node_flush(node);
        if (!node_has_emitted(node) && !node_has_progress(node)) {
            node_end(node);
            return;
        }
        st = node_commit(node, &err);
        if (st == STATUS_FULL) {
            for (uint32_t i = 0; i < SOURCES; i++) {
                auditor->sources[i].fed = fed[i];
            }
            need(store_grow(auditor->store, &err), &err);
        } else {
            need(st, &err);
        }
    } while (st == STATUS_FULL);
}

enum status auditor_node_command(struct auditor_node *auditor, const char *person,
                                 const struct message_type *type, const void *message,
                                 struct change_reply *ret_change, struct err *err)
{
    struct node *node = auditor->node;
    struct outcome outcome = {0};
    uint8_t random[10] = {0};
    random[9] = (uint8_t)auditor->requests;
    random[8] = (uint8_t)(auditor->requests++ >> 8);
    struct asked asked = {.spec = node_find_command(node, type->number),
                          .person = bytes_of_string(person),
                          .request = id_make(auditor->now, random),
                          .message = message};
    need(node_begin(node, auditor->now, err), err);
    node_on_command(node, &asked, auditor->now, &outcome);
    node_flush(node);
    if (node_has_emitted(node)) {
        need(node_commit(node, err), err);
    } else {
        node_end(node);
    }
    *ret_change = outcome.change;
    *err = outcome.err;
    buf_done(&outcome.problems);
    return outcome.status;
}

enum status auditor_node_ask(struct auditor_node *auditor, const char *person,
                             const struct message_type *type, const void *message, void *reply,
                             struct err *err)
{
    struct query query = {.person = bytes_of_string(person), .message = message};
    const struct query_spec *spec = node_find_query(auditor->node, type->number);
    memset(reply, 0, spec->reply_type->size);
    return node_answer(auditor->node, spec, &query, reply, err);
}

uint64_t auditor_node_count(struct auditor_node *auditor, uint32_t index)
{
    struct err err = {0};
    const char *name;
    uint64_t value = 0;
    need(node_begin(auditor->node, auditor->now, &err), &err);
    struct ctx ctx = ctx_begin(auditor->node);
    if (!auditor_service.count(&ctx, index, &name, &value)) {
        abort();
    }
    node_end(auditor->node);
    return value;
}
