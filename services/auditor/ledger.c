/* SPDX-License-Identifier: Apache-2.0 */
#include "auditor/ledger.h"

#include "base/endian.h"

#include <sodium.h>

#define CHECKPOINT_EVERY_US (60 * US_PER_S)
#define KEY_NAME BYTES("ledger")

void ledger_digest(struct bytes bytes, struct merkle_hash *ret_hash)
{
    (void)crypto_hash_sha256(ret_hash->bytes, bytes.p, bytes.len);
}

struct merkle_hash ledger_leaf(const struct id *journal, const struct record *record)
{
    uint8_t head[1 + ID_BYTES + 8] = {0x00};
    memcpy(head + 1, journal->bytes, ID_BYTES);
    be64_store(head + 1 + ID_BYTES, record->seq);
    crypto_hash_sha256_state state;
    struct merkle_hash leaf;
    (void)crypto_hash_sha256_init(&state);
    (void)crypto_hash_sha256_update(&state, head, sizeof head);
    (void)crypto_hash_sha256_update(&state, record->raw.p, record->raw.len);
    (void)crypto_hash_sha256_final(&state, leaf.bytes);
    return leaf;
}

void ledger_read(struct ctx *ctx, struct ledger *ret_ledger)
{
    struct ledger_row row;
    *ret_ledger = (struct ledger){0};
    if (row_get(ctx, LEDGER, KEY_NAME, &ledger_row_type, &row) != STATUS_OK) {
        return;
    }
    ret_ledger->signed_size = row.signed_size;
    ret_ledger->due = row.due;
    ret_ledger->frontier.size = row.size;
    const uint8_t *p = row.peaks.p;
    for (uint32_t level = 0; level < MERKLE_LEVELS; level++) {
        if ((row.size >> level & 1) != 0) {
            memcpy(ret_ledger->frontier.peaks[level].bytes, p, MERKLE_HASH_BYTES);
            p += MERKLE_HASH_BYTES;
        }
    }
    CHECK(p == row.peaks.p + row.peaks.len);
}

void ledger_write(struct ctx *ctx, const struct ledger *ledger)
{
    uint8_t peaks[MERKLE_LEVELS * MERKLE_HASH_BYTES];
    size_t len = 0;
    for (uint32_t level = 0; level < MERKLE_LEVELS; level++) {
        if ((ledger->frontier.size >> level & 1) != 0) {
            memcpy(peaks + len, ledger->frontier.peaks[level].bytes, MERKLE_HASH_BYTES);
            len += MERKLE_HASH_BYTES;
        }
    }
    struct ledger_row row = {.size = ledger->frontier.size,
                             .peaks = bytes_of(peaks, len),
                             .signed_size = ledger->signed_size,
                             .due = ledger->due};
    row_put(ctx, LEDGER, KEY_NAME, &ledger_row_type, &row);
}

/* Keys and values of the tables. */

static struct bytes number_bytes(uint64_t number, uint8_t bytes[8])
{
    be64_store(bytes, number);
    return bytes_of(bytes, 8);
}

struct node_key {
    uint8_t bytes[9];
};

static struct bytes node_key(uint32_t level, uint64_t index, struct node_key *key)
{
    key->bytes[0] = (uint8_t)level;
    be64_store(key->bytes + 1, index);
    return bytes_of(key->bytes, sizeof key->bytes);
}

struct span_key {
    uint8_t bytes[ID_BYTES + 8];
};

static struct bytes span_key(const struct id *journal, uint64_t seq, struct span_key *key)
{
    memcpy(key->bytes, journal->bytes, ID_BYTES);
    be64_store(key->bytes + ID_BYTES, seq);
    return bytes_of(key->bytes, sizeof key->bytes);
}

/* Writing. */

static void put_node(void *user, uint32_t level, uint64_t index, const struct merkle_hash *hash)
{
    struct node_key key;
    table_put(user, NODES, node_key(level, index, &key), bytes_of(hash->bytes, MERKLE_HASH_BYTES));
}

/* Where the run that begins at the end of the ledger can be found. */
static void put_run(struct ctx *ctx, uint64_t first, uint64_t own_seq, const struct position *at)
{
    uint8_t first_bytes[8];
    uint8_t own_bytes[8];
    struct span_key key;
    struct bytes value = number_bytes(first, first_bytes);
    table_append(ctx, ENTRIES, value, number_bytes(own_seq, own_bytes));
    table_put(ctx, SPANS, span_key(&at->journal, at->seq, &key), value);
}

static void append_leaves(struct ctx *ctx, struct ledger *ledger, const uint8_t *leaves,
                          uint32_t count)
{
    const struct merkle_store store = {.digest = ledger_digest, .user = ctx, .put = put_node};
    for (uint32_t i = 0; i < count; i++) {
        struct merkle_hash leaf;
        memcpy(leaf.bytes, leaves + (size_t)i * MERKLE_HASH_BYTES, MERKLE_HASH_BYTES);
        merkle_append(&ledger->frontier, &store, &leaf);
    }
    if (ledger->due.us == 0) {
        ledger->due = (struct wall){ctx_now(ctx).us + CHECKPOINT_EVERY_US};
        timer_put(ctx, ledger->due, BYTES("checkpoint"));
    }
    ledger_write(ctx, ledger);
}

void apply_ledger(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct ledger_event *event = message;
    struct list_cursor seqs = list_begin(&event->seqs);
    struct position at = {.journal = event->journal};
    bool has_seq = list_next_u64(&seqs, &at.seq);
    CHECK(has_seq && event->leaves.len == (size_t)event->seqs.count * MERKLE_HASH_BYTES);
    struct ledger ledger;
    ledger_read(ctx, &ledger);
    put_run(ctx, ledger.frontier.size, record->seq, &at);
    append_leaves(ctx, &ledger, event->leaves.p, event->seqs.count);
}

void apply_entry(struct ctx *ctx, const struct record *record, const void *message)
{
    (void)message;
    struct position at = {ctx_journal(ctx)->id, record->seq};
    struct merkle_hash leaf = ledger_leaf(&at.journal, record);
    struct ledger ledger;
    ledger_read(ctx, &ledger);
    put_run(ctx, ledger.frontier.size, record->seq, &at);
    append_leaves(ctx, &ledger, leaf.bytes, 1);
}

/* Reading. */

static enum status open_ledger_run(struct ledger_run *run, struct ctx *ctx,
                                   const struct record *record)
{
    struct err err;
    struct ledger_event *event = ctx_take(ctx, sizeof *event);
    enum status st = record_message(record, &ledger_event_type, event, &err);
    if (st != STATUS_OK || event->leaves.len != (size_t)event->seqs.count * MERKLE_HASH_BYTES) {
        return STATUS_CORRUPT;
    }
    uint64_t *seqs = ctx_take(ctx, event->seqs.count * sizeof *seqs);
    struct list_cursor cursor = list_begin(&event->seqs);
    for (uint32_t i = 0; list_next_u64(&cursor, &seqs[i]); i++) {
    }
    run->journal = event->journal;
    run->seqs = seqs;
    run->leaves = event->leaves.p;
    run->count = event->seqs.count;
    return STATUS_OK;
}

/* An own event that is an entry itself. */
static void open_own_run(struct ledger_run *run, struct ctx *ctx, const struct record *record)
{
    uint64_t *seq = ctx_take(ctx, sizeof *seq);
    struct merkle_hash *leaf = ctx_take(ctx, sizeof *leaf);
    run->journal = ctx_journal(ctx)->id;
    *seq = record->seq;
    *leaf = ledger_leaf(&run->journal, record);
    run->seqs = seq;
    run->leaves = leaf->bytes;
    run->count = 1;
}

/* The run with entry `index`, into reader->run. */
static enum status open_run(struct ledger_reader *reader, uint64_t index)
{
    struct ledger_run *run = &reader->run;
    if (index >= run->first && index - run->first < run->count) {
        return STATUS_OK;
    }
    uint8_t key[8];
    struct bytes found;
    struct bytes value;
    struct record record;
    struct ctx *ctx = reader->ctx;
    enum status st = table_before(ctx, ENTRIES, number_bytes(index + 1, key), &found, &value);
    if (st != STATUS_OK || record_get(ctx, be64_load(value.p), &record) != STATUS_OK) {
        return STATUS_CORRUPT;
    }
    *run = (struct ledger_run){.first = be64_load(found.p)};
    if (record.type == MESSAGE_LEDGER_EVENT) {
        st = open_ledger_run(run, ctx, &record);
    } else {
        open_own_run(run, ctx, &record);
    }
    if (st == STATUS_OK && index - run->first >= run->count) {
        st = STATUS_CORRUPT;
    }
    if (st != STATUS_OK) {
        run->count = 0;
    }
    return st;
}

static enum status read_leaves(struct ledger_reader *reader, uint64_t index, uint32_t count,
                               struct merkle_hash *ret_hashes)
{
    while (count > 0) {
        enum status st = open_run(reader, index);
        if (st != STATUS_OK) {
            return st;
        }
        const struct ledger_run *run = &reader->run;
        uint64_t from = index - run->first;
        uint32_t there = run->count - (uint32_t)from;
        uint32_t taken = there < count ? there : count;
        memcpy(ret_hashes->bytes, run->leaves + from * MERKLE_HASH_BYTES,
               (size_t)taken * MERKLE_HASH_BYTES);
        ret_hashes += taken;
        index += taken;
        count -= taken;
    }
    return STATUS_OK;
}

static enum status get_nodes(void *user, uint32_t level, uint64_t index, uint32_t count,
                             struct merkle_hash *ret_hashes)
{
    struct ledger_reader *reader = user;
    if (level == 0) {
        return read_leaves(reader, index, count, ret_hashes);
    }
    for (uint32_t i = 0; i < count; i++) {
        struct node_key key;
        struct bytes value;
        enum status st = table_get(reader->ctx, NODES, node_key(level, index + i, &key), &value);
        if (st != STATUS_OK || value.len != MERKLE_HASH_BYTES) {
            return STATUS_CORRUPT;
        }
        memcpy(ret_hashes[i].bytes, value.p, MERKLE_HASH_BYTES);
    }
    return STATUS_OK;
}

void ledger_reader_init(struct ledger_reader *reader, struct ctx *ctx)
{
    *reader = (struct ledger_reader){
        .ctx = ctx, .store = {.digest = ledger_digest, .user = reader, .get = get_nodes}};
}

enum status ledger_read_entry(struct ledger_reader *reader, uint64_t index,
                              struct ledger_entry *ret_entry)
{
    enum status st = open_run(reader, index);
    if (st != STATUS_OK) {
        return st;
    }
    const struct ledger_run *run = &reader->run;
    uint64_t place = index - run->first;
    ret_entry->journal = run->journal;
    ret_entry->seq = run->seqs[place];
    memcpy(ret_entry->leaf.bytes, run->leaves + place * MERKLE_HASH_BYTES, MERKLE_HASH_BYTES);
    return STATUS_OK;
}

enum status ledger_find(struct ledger_reader *reader, const struct id *journal, uint64_t seq,
                        uint64_t *ret_index)
{
    struct span_key key;
    struct bytes found;
    struct bytes value;
    if (seq == UINT64_MAX || table_before(reader->ctx, SPANS, span_key(journal, seq + 1, &key),
                                          &found, &value) != STATUS_OK) {
        return STATUS_NOT_FOUND;
    }
    if (!bytes_start_with(found, bytes_of(journal->bytes, ID_BYTES))) {
        return STATUS_NOT_FOUND;
    }
    uint64_t first = be64_load(value.p);
    enum status st = open_run(reader, first);
    if (st != STATUS_OK) {
        return st;
    }
    for (uint64_t i = 0; i < reader->run.count; i++) {
        if (reader->run.seqs[i] == seq) {
            *ret_index = first + i;
            return STATUS_OK;
        }
    }
    return STATUS_NOT_FOUND;
}
