/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/base_table.h"

#include "base/endian.h"

#include <stdio.h>

#define CURSOR_BYTES (ID_BYTES + 8 + 8 + CHAIN_BYTES)
#define KEY_BYTES (NAME_BYTES + 8)

static struct bytes named_key(const char *kind, const char *name, char key[KEY_BYTES])
{
    int len = snprintf(key, KEY_BYTES, "%s/%s", kind, name);
    return bytes_of(key, (size_t)len);
}

static enum status check_clock(struct node *node, bool is_test_clock, struct err *err)
{
    struct bytes kind = is_test_clock ? BYTES("test") : BYTES("real");
    struct bytes stored;
    if (store_get(node->txn, TABLE_BASE, BYTES("clock"), &stored) != STATUS_OK) {
        return store_put(node->txn, TABLE_BASE, BYTES("clock"), kind);
    }
    if (bytes_equal(stored, kind)) {
        return STATUS_OK;
    }
    return fail(err, STATUS_REFUSED,
                "this instance was made with the %.*s clock and cannot run on the %.*s one; %s",
                BYTES_FMT(stored), BYTES_FMT(kind),
                is_test_clock ? "start it without --test-clock, or make another instance"
                              : "start it with --test-clock, or make another instance");
}

struct id base_read_journal(struct store_txn *txn)
{
    struct bytes value;
    struct id id = {0};
    if (store_get(txn, TABLE_BASE, BYTES("journal"), &value) == STATUS_OK) {
        CHECK(value.len == ID_BYTES);
        memcpy(id.bytes, value.p, ID_BYTES);
    }
    return id;
}

enum status base_open_journal(struct node *node, const struct node_options *options,
                              struct err *err)
{
    enum status st = journal_open(&node->journal, node->txn, TABLE_JOURNAL, err);
    if (st != STATUS_OK) {
        return st;
    }
    st = check_clock(node, options->is_test_clock, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct bytes value;
    node->journal.id = base_read_journal(node->txn);
    if (id_is_zero(&node->journal.id)) {
        node->journal.id = options->new_journal;
        (void)store_put(node->txn, TABLE_BASE, BYTES("journal"),
                        bytes_of(options->new_journal.bytes, ID_BYTES));
    }
    node->journal.epoch = 1;
    if (store_get(node->txn, TABLE_BASE, BYTES("epoch"), &value) == STATUS_OK) {
        node->journal.epoch = be64_load(value.p) + 1;
    }
    uint8_t epoch[8];
    be64_store(epoch, node->journal.epoch);
    return store_put(node->txn, TABLE_BASE, BYTES("epoch"), bytes_of(epoch, sizeof epoch));
}

void base_read_cursor(struct store_txn *txn, const char *name, struct cursor *ret_cursor)
{
    char key[KEY_BYTES];
    struct bytes value;
    *ret_cursor = (struct cursor){0};
    if (store_get(txn, TABLE_BASE, named_key("cursor", name, key), &value) != STATUS_OK) {
        return;
    }
    CHECK(value.len == CURSOR_BYTES);
    memcpy(ret_cursor->journal.bytes, value.p, ID_BYTES);
    ret_cursor->epoch = be64_load(value.p + ID_BYTES);
    ret_cursor->seq = be64_load(value.p + ID_BYTES + 8);
    memcpy(ret_cursor->chain, value.p + ID_BYTES + 16, CHAIN_BYTES);
}

uint64_t base_read_peer(struct store_txn *txn, const char *name)
{
    char key[KEY_BYTES];
    struct bytes value;
    enum status st = store_get(txn, TABLE_BASE, named_key("peer", name, key), &value);
    return st == STATUS_OK && value.len == 8 ? be64_load(value.p) : 0;
}

static void write_cursor(struct node *node, const struct node_link *link)
{
    uint8_t value[CURSOR_BYTES];
    memcpy(value, link->cursor.journal.bytes, ID_BYTES);
    be64_store(value + ID_BYTES, link->cursor.epoch);
    be64_store(value + ID_BYTES + 8, link->cursor.seq);
    memcpy(value + ID_BYTES + 16, link->cursor.chain, CHAIN_BYTES);
    char key[KEY_BYTES];
    (void)store_put(node->txn, TABLE_BASE, named_key("cursor", link->name, key),
                    bytes_of(value, sizeof value));
}

void base_write(struct node *node)
{
    for (uint32_t i = 0; i < node->link_count; i++) {
        if (node->links[i].cursor.seq != node->links[i].durable.seq) {
            write_cursor(node, &node->links[i]);
        }
    }
    for (uint32_t i = 0; i < node->peer_count; i++) {
        if (node->peers[i].acked != node->peers[i].stored) {
            char key[KEY_BYTES];
            uint8_t value[8];
            be64_store(value, node->peers[i].acked);
            (void)store_put(node->txn, TABLE_BASE, named_key("peer", node->peers[i].name, key),
                            bytes_of(value, sizeof value));
        }
    }
}
