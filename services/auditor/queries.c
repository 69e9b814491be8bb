/* SPDX-License-Identifier: Apache-2.0 */
/* What verifiers ask: entries, and proofs that they are in the ledger and that it only grew. */
#include "auditor/ledger.h"

#include <inttypes.h>

#define PAGE_MAX 2000U

static enum status damaged(uint64_t entry, struct err *err)
{
    return fail(err, STATUS_CORRUPT,
                "what the auditor keeps of the ledger around entry %" PRIu64
                " is damaged; run 'lianhu rebuild auditor'",
                entry);
}

static struct list keep(struct ctx *ctx, struct list list, struct buf *out)
{
    struct bytes kept = ctx_copy(ctx, buf_bytes(out));
    list.p = kept.p;
    list.len = kept.len;
    buf_done(out);
    return list;
}

static struct bytes keep_hash(struct ctx *ctx, const struct merkle_hash *hash)
{
    return ctx_copy(ctx, bytes_of(hash->bytes, MERKLE_HASH_BYTES));
}

static enum status list_entries(struct ledger_reader *reader, uint64_t from, uint64_t end,
                                struct list *ret_list, struct err *err)
{
    struct buf out = {0};
    struct list list = {0};
    for (uint64_t index = from; index < end; index++) {
        struct ledger_entry entry;
        if (ledger_read_entry(reader, index, &entry) != STATUS_OK) {
            buf_done(&out);
            return damaged(index, err);
        }
        struct ledger_part part = {.journal = entry.journal,
                                   .seq = entry.seq,
                                   .leaf = bytes_of(entry.leaf.bytes, MERKLE_HASH_BYTES)};
        list_put_message(&list, &out, &ledger_part_type, &part);
    }
    *ret_list = keep(reader->ctx, list, &out);
    return STATUS_OK;
}

enum status answer_ledger(struct ctx *ctx, const struct query *query, void *ret_reply,
                          struct err *err)
{
    const struct ledger_query *ask = query->message;
    struct ledger_reply *reply = ret_reply;
    struct ledger ledger;
    struct ledger_reader reader;
    enum status st = may_audit(ctx, query->person, err);
    if (st != STATUS_OK) {
        return st;
    }
    ledger_read(ctx, &ledger);
    ledger_reader_init(&reader, ctx);
    struct merkle_hash root = merkle_root(&ledger.frontier, ledger_digest);
    uint64_t limit = ask->limit == 0 ? PAGE_MAX : ask->limit;
    uint64_t size = ledger.frontier.size;
    uint64_t from = ask->from < size ? ask->from : size;
    uint64_t end = size - from < limit ? size : from + limit;
    reply->size = size;
    reply->root = keep_hash(ctx, &root);
    return list_entries(&reader, from, end, &reply->entries, err);
}

/* The entry that is asked for, by its place or by its event. */
static enum status find_entry(struct ledger_reader *reader, const struct proof_query *ask,
                              uint64_t *ret_entry, struct err *err)
{
    if (id_is_zero(&ask->journal)) {
        *ret_entry = ask->entry;
        return STATUS_OK;
    }
    enum status st = ledger_find(reader, &ask->journal, ask->seq, ret_entry);
    if (st == STATUS_NOT_FOUND) {
        char text[ID_TEXT_BYTES];
        id_format(&ask->journal, text);
        return fail_field(err, st, "seq",
                          "record %" PRIu64 " of journal %s is not in the ledger: it is local, or "
                          "has not come in yet",
                          ask->seq, text);
    }
    return st == STATUS_OK ? st : damaged(ask->seq, err);
}

static void put_path(struct ctx *ctx, const struct merkle_path *path, struct proof_reply *reply)
{
    struct buf out = {0};
    struct list list = {0};
    for (uint32_t i = 0; i < path->count; i++) {
        list_put_bin(&list, &out, bytes_of(path->hashes[i].bytes, MERKLE_HASH_BYTES));
    }
    reply->path = keep(ctx, list, &out);
}

static enum status prove_entry(struct ledger_reader *reader, const struct proof_query *ask,
                               struct proof_reply *reply, struct err *err)
{
    struct merkle_path path;
    struct ledger_entry entry;
    enum status st = find_entry(reader, ask, &reply->entry, err);
    if (st != STATUS_OK) {
        return st;
    }
    if (reply->entry >= reply->size) {
        return fail_field(err, STATUS_NOT_FOUND, "entry",
                          "a ledger of %" PRIu64 " entries has no entry %" PRIu64
                          "; they are counted from 0",
                          reply->size, reply->entry);
    }
    if (ledger_read_entry(reader, reply->entry, &entry) != STATUS_OK ||
        merkle_prove_entry(&reader->store, reply->entry, reply->size, &path) != STATUS_OK) {
        return damaged(reply->entry, err);
    }
    put_path(reader->ctx, &path, reply);
    reply->leaf = keep_hash(reader->ctx, &entry.leaf);
    reply->journal = entry.journal;
    reply->seq = entry.seq;
    return STATUS_OK;
}

static enum status prove_growth(struct ledger_reader *reader, const struct proof_query *ask,
                                struct proof_reply *reply, struct err *err)
{
    struct merkle_path path;
    if (ask->old_size > reply->size) {
        return fail_field(err, STATUS_INVALID, "old_size",
                          "%" PRIu64 " entries are no beginning of %" PRIu64, ask->old_size,
                          reply->size);
    }
    if (merkle_prove_growth(&reader->store, ask->old_size, reply->size, &path) != STATUS_OK) {
        return damaged(ask->old_size, err);
    }
    put_path(reader->ctx, &path, reply);
    reply->old_size = ask->old_size;
    return STATUS_OK;
}

enum status answer_proof(struct ctx *ctx, const struct query *query, void *ret_reply,
                         struct err *err)
{
    const struct proof_query *ask = query->message;
    struct proof_reply *reply = ret_reply;
    struct ledger ledger;
    struct ledger_reader reader;
    struct merkle_hash root;
    enum status st = may_audit(ctx, query->person, err);
    if (st != STATUS_OK) {
        return st;
    }
    ledger_read(ctx, &ledger);
    ledger_reader_init(&reader, ctx);
    reply->size = ask->size == 0 ? ledger.frontier.size : ask->size;
    if (reply->size > ledger.frontier.size) {
        return fail_field(err, STATUS_NOT_FOUND, "size", "the ledger has only %" PRIu64 " entries",
                          ledger.frontier.size);
    }
    if (reply->size == ledger.frontier.size) {
        root = merkle_root(&ledger.frontier, ledger_digest);
    } else if (merkle_root_of_first(&reader.store, reply->size, &root) != STATUS_OK) {
        return damaged(reply->size, err);
    }
    reply->root = keep_hash(ctx, &root);
    return ask->old_size != 0 ? prove_growth(&reader, ask, reply, err)
                              : prove_entry(&reader, ask, reply, err);
}
