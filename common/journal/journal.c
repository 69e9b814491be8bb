/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal.h"

#include "base/endian.h"
#include "journal/record.h"

#include <sodium.h>

#include <inttypes.h>

static enum status open_libsodium(struct err *err)
{
    /* Chooses the fastest hash for this processor; without it the portable one runs. */
    if (sodium_init() < 0) {
        return fail(err, STATUS_IO, "libsodium cannot be started");
    }
    return STATUS_OK;
}

enum status journal_open(struct journal *journal, struct store_txn *txn, uint32_t table,
                         struct err *err)
{
    enum status status = open_libsodium(err);
    if (status != STATUS_OK) {
        return status;
    }
    struct bytes key;
    struct bytes raw;
    status = store_before(txn, table, (struct bytes){NULL, 0}, &key, &raw);
    if (status == STATUS_NOT_FOUND) {
        journal->table = table;
        journal->head = 0;
        memset(journal->chain, 0, sizeof(journal->chain));
        return STATUS_OK;
    }
    if (status != STATUS_OK) {
        return fail(err, status, "the last record of the journal cannot be read");
    }
    if (key.len != sizeof(uint64_t)) {
        return fail(err, STATUS_CORRUPT, "the last key of the journal has %zu bytes, not 8",
                    key.len);
    }
    struct record record;
    status = record_decode(raw, be64_load(key.p), &record, err);
    if (status != STATUS_OK) {
        return status;
    }
    journal->table = table;
    journal->head = record.seq;
    memcpy(journal->chain, record.chain, sizeof(journal->chain));
    return STATUS_OK;
}

enum status journal_append(struct journal *journal, struct store_txn *txn, struct record *record,
                           struct buf *scratch, struct err *err)
{
    enum status status = record_encode(record, journal->chain, scratch, err);
    if (status != STATUS_OK) {
        return status;
    }
    uint64_t seq = journal->head + 1;
    uint8_t key[sizeof(seq)];
    be64_store(key, seq);
    status = store_append(txn, journal->table, bytes_of(key, sizeof(key)), record->raw);
    if (status != STATUS_OK) {
        return fail(err, status, "record %" PRIu64 " cannot be appended to the journal", seq);
    }
    record->seq = seq;
    journal->head = seq;
    memcpy(journal->chain, record->chain, sizeof(journal->chain));
    return STATUS_OK;
}

enum status journal_read(struct store_txn *txn, uint32_t table, uint64_t seq,
                         struct record *ret_record, struct err *err)
{
    uint8_t key[sizeof(seq)];
    be64_store(key, seq);
    struct bytes raw;
    enum status status = store_get(txn, table, bytes_of(key, sizeof(key)), &raw);
    if (status != STATUS_OK) {
        return fail(err, status, "record %" PRIu64 " %s", seq,
                    status == STATUS_NOT_FOUND ? "is not in the journal" : "cannot be read");
    }
    return record_decode(raw, seq, ret_record, err);
}

/* Moves `chain` over the record at `key`, which must be number `seq`. */
static enum status verify_one(struct bytes key, struct bytes raw, uint64_t seq,
                              uint8_t chain[CHAIN_BYTES], struct err *err)
{
    if (key.len != sizeof(seq) || be64_load(key.p) != seq) {
        return fail(err, STATUS_CORRUPT, "record %" PRIu64 " is missing from the journal", seq);
    }
    struct record record;
    enum status status = record_decode(raw, seq, &record, err);
    if (status != STATUS_OK) {
        return status;
    }
    record_chain(chain, raw, chain);
    if (memcmp(chain, record.chain, CHAIN_BYTES) != 0) {
        return fail(err, STATUS_CORRUPT,
                    "record %" PRIu64 " does not follow from the one before it", seq);
    }
    return STATUS_OK;
}

enum status journal_verify(struct store_txn *txn, uint32_t table, uint64_t *ret_count,
                           struct err *err)
{
    uint8_t chain[CHAIN_BYTES] = {0};
    uint64_t count = 0;
    struct bytes key = {NULL, 0};
    struct bytes raw;
    enum status status = open_libsodium(err);
    if (status != STATUS_OK) {
        return status;
    }
    status = store_seek(txn, table, key, &key, &raw);
    while (status == STATUS_OK) {
        status = verify_one(key, raw, count + 1, chain, err);
        if (status != STATUS_OK) {
            return status;
        }
        count++;
        status = store_next(txn, table, key, &key, &raw);
    }
    if (status != STATUS_NOT_FOUND) {
        return fail(err, status, "the journal cannot be read after record %" PRIu64, count);
    }
    *ret_count = count;
    return STATUS_OK;
}
