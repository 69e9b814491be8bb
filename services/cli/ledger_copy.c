/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ledger_copy.h"

#include "base/endian.h"
#include "base/memory.h"
#include "cli/output.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_RECORD 1U /* a checkpoint never is the first record: it has entries before it */

void ledger_copy_digest(struct bytes bytes, struct merkle_hash *ret_hash)
{
    (void)crypto_hash_sha256(ret_hash->bytes, bytes.p, bytes.len);
}

struct merkle_hash ledger_copy_leaf(const struct id *journal, uint64_t seq, struct bytes raw)
{
    uint8_t head[1 + ID_BYTES + 8] = {0x00};
    memcpy(head + 1, journal->bytes, ID_BYTES);
    be64_store(head + 1 + ID_BYTES, seq);
    crypto_hash_sha256_state state;
    struct merkle_hash leaf;
    (void)crypto_hash_sha256_init(&state);
    (void)crypto_hash_sha256_update(&state, head, sizeof head);
    (void)crypto_hash_sha256_update(&state, raw.p, raw.len);
    (void)crypto_hash_sha256_final(&state, leaf.bytes);
    return leaf;
}

void ledger_copy_done(struct ledger_copy *copy)
{
    for (uint32_t i = 0; i < copy->checkpoint_count; i++) {
        json_decref(copy->checkpoints[i].json);
    }
    free(copy->checkpoints);
    free(copy->lines);
    *copy = (struct ledger_copy){0};
}

uint32_t ledger_copy_find_journal(const struct ledger_copy *copy, const struct id *journal)
{
    for (uint32_t i = 0; i < copy->journal_count; i++) {
        if (id_equal(&copy->journals[i], journal)) {
            return i;
        }
    }
    return LEDGER_JOURNALS_MAX;
}

/* ---- checkpoints ---------------------------------------------------------------------------- */

/* What must have been signed, for the fields of the answer. */
static void expect_text(const struct checkpoint_reply *reply, struct buf *text)
{
    char root[2 * MERKLE_HASH_BYTES + 1];
    char time[WALL_TEXT_BYTES];
    (void)sodium_bin2hex(root, sizeof root, reply->root.p, reply->root.len);
    wall_format(reply->at, (struct zone){0}, time);
    buf_append_format(text, "%.*s\n%" PRIu64 "\n%s\n%s\n", BYTES_FMT(reply->origin), reply->size,
                      root, time);
}

static bool is_signed(const struct checkpoint_reply *reply)
{
    if (reply->root.len != MERKLE_HASH_BYTES || reply->signature.len != crypto_sign_BYTES ||
        reply->key.len != crypto_sign_PUBLICKEYBYTES) {
        return false;
    }
    struct buf text = {0};
    expect_text(reply, &text);
    bool is = bytes_equal(buf_bytes(&text), reply->text) &&
              crypto_sign_verify_detached(reply->signature.p, text.p, text.len, reply->key.p) == 0;
    buf_done(&text);
    return is;
}

static void add_checkpoint(struct session *session, struct ledger_copy *copy,
                           const struct checkpoint_reply *reply)
{
    if (copy->checkpoint_count == copy->checkpoint_cap) {
        copy->checkpoint_cap = copy->checkpoint_cap == 0 ? 64 : copy->checkpoint_cap * 2;
        copy->checkpoints =
            memory_resize(copy->checkpoints, copy->checkpoint_cap, sizeof *copy->checkpoints);
    }
    struct ledger_checkpoint *checkpoint = &copy->checkpoints[copy->checkpoint_count++];
    *checkpoint = (struct ledger_checkpoint){
        .record = reply->seq,
        .head = {.size = reply->size},
        .json = message_to_json(&checkpoint_reply_type, reply, session_zone(session)),
        .is_signed = is_signed(reply)};
    if (checkpoint->is_signed) {
        memcpy(checkpoint->head.root.bytes, reply->root.p, MERKLE_HASH_BYTES);
    }
}

static enum status take_checkpoints(struct session *session, struct ledger_copy *copy,
                                    struct err *err)
{
    struct checkpoint_query query = {.after = FIRST_RECORD};
    struct ask ask = {
        .type = &checkpoint_query_type, .message = &query, .reply_type = &checkpoint_reply_type};
    struct checkpoint_reply reply;
    enum status st;
    while ((st = call_named(session, "auditor", &ask, &reply, NULL, err)) == STATUS_OK) {
        add_checkpoint(session, copy, &reply);
        query.after = reply.seq;
    }
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

/* ---- entries -------------------------------------------------------------------------------- */

/* The walk over the entries: the tree as it grows, and the next checkpoint it comes by. */
struct growth {
    struct ledger_copy *copy;
    struct merkle_frontier frontier;
    struct merkle_store store;
    uint32_t next_checkpoint;
};

static enum status get_nothing(void *user, uint32_t level, uint64_t index, uint32_t count,
                               struct merkle_hash *ret_hashes)
{
    (void)user;
    (void)level;
    (void)index;
    (void)count;
    (void)ret_hashes;
    return STATUS_NOT_FOUND;
}

static void put_nothing(void *user, uint32_t level, uint64_t index, const struct merkle_hash *hash)
{
    (void)user;
    (void)level;
    (void)index;
    (void)hash;
}

static void look_at_checkpoints(struct growth *growth)
{
    struct ledger_copy *copy = growth->copy;
    while (growth->next_checkpoint < copy->checkpoint_count) {
        struct ledger_checkpoint *checkpoint = &copy->checkpoints[growth->next_checkpoint];
        if (checkpoint->head.size > growth->frontier.size) {
            return;
        }
        struct merkle_hash root = merkle_root(&growth->frontier, ledger_copy_digest);
        checkpoint->is_root =
            checkpoint->head.size == growth->frontier.size &&
            memcmp(root.bytes, checkpoint->head.root.bytes, MERKLE_HASH_BYTES) == 0;
        growth->next_checkpoint++;
    }
}

static enum status add_line(struct growth *growth, const struct ledger_part *part, struct err *err)
{
    struct ledger_copy *copy = growth->copy;
    uint32_t journal = ledger_copy_find_journal(copy, &part->journal);
    if (part->leaf.len != MERKLE_HASH_BYTES ||
        (journal == LEDGER_JOURNALS_MAX && copy->journal_count == LEDGER_JOURNALS_MAX)) {
        return fail(err, STATUS_CORRUPT, "entry %" PRIu64 " of the ledger is no entry",
                    copy->count);
    }
    if (journal == LEDGER_JOURNALS_MAX) {
        journal = copy->journal_count++;
        copy->journals[journal] = part->journal;
    }
    if (copy->count == copy->cap) {
        copy->cap = copy->cap == 0 ? 4096 : copy->cap * 2;
        copy->lines = memory_resize(copy->lines, copy->cap, sizeof *copy->lines);
    }
    struct ledger_line *line = &copy->lines[copy->count++];
    *line = (struct ledger_line){.journal = journal, .seq = part->seq};
    memcpy(line->leaf.bytes, part->leaf.p, MERKLE_HASH_BYTES);
    merkle_append(&growth->frontier, &growth->store, &line->leaf);
    look_at_checkpoints(growth);
    return STATUS_OK;
}

/* The ledger grows while it is read; what its first answer says it has is what is taken. */
static enum status take_page(struct session *session, struct growth *growth, struct err *err)
{
    struct ledger_copy *copy = growth->copy;
    struct ledger_query query = {.from = copy->count};
    struct ask ask = {
        .type = &ledger_query_type, .message = &query, .reply_type = &ledger_reply_type};
    struct ledger_reply reply;
    enum status st = call_named(session, "auditor", &ask, &reply, NULL, err);
    if (st != STATUS_OK) {
        return st;
    }
    if (copy->count == 0) {
        copy->said.size = reply.size;
        if (reply.root.len == MERKLE_HASH_BYTES) {
            memcpy(copy->said.root.bytes, reply.root.p, MERKLE_HASH_BYTES);
        }
    }
    struct list_cursor cursor = list_begin(&reply.entries);
    struct ledger_part part;
    uint64_t before = copy->count;
    while (st == STATUS_OK && copy->count < copy->said.size &&
           list_next_message(&cursor, &ledger_part_type, &part)) {
        st = add_line(growth, &part, err);
    }
    if (st == STATUS_OK && copy->count == before && copy->count < copy->said.size) {
        return fail(err, STATUS_CORRUPT, "the auditor has no entry %" PRIu64 " of %" PRIu64,
                    copy->count, copy->said.size);
    }
    return st;
}

enum status ledger_copy_take(struct session *session, struct ledger_copy *copy, struct err *err)
{
    struct growth growth = {
        .copy = copy,
        .store = {.digest = ledger_copy_digest, .get = get_nothing, .put = put_nothing}};
    enum status st = take_checkpoints(session, copy, err);
    do {
        session_renew(session);
        st = st == STATUS_OK ? take_page(session, &growth, err) : st;
        output_progress("%" PRIu64 " of %" PRIu64 " entries", copy->count, copy->said.size);
    } while (st == STATUS_OK && copy->count < copy->said.size);
    copy->computed.size = copy->count;
    copy->computed.root = merkle_root(&growth.frontier, ledger_copy_digest);
    return st;
}
