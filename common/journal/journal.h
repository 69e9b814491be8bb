/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal: everything a daemon has decided, in order, never changed afterwards.
 *
 * A record is one value in the journal table; its key is its number (u64, big-endian), from 1,
 * without holes. All integers are big-endian. Layout, version 1:
 *
 *     0  u8   version            1
 *     1  u8   flags              RECORD_LOCAL, RECORD_BY_REQUEST, RECORD_BY_RECORD
 *     2  u16  type               message type of the payload
 *     4  u64  config             first 8 bytes of the hash of the config in force
 *    12  i64  at_us              when it was decided, wall time
 *    20  u64  issue              0 when it concerns none
 *    28  u32  generation         of the issue after this event
 *    32  u8   depth              1 for what a command or timer caused, the cause's plus 1 otherwise
 *    33  u8   suite              0: payload as clear text
 *    34  u16  key                id of the key of a suite other than 0
 *    36  26 bytes cause          by request: request id (16), hash of the command (8), its type (2)
 *                                by record: journal id (16), number (8), index (2)
 *                                else zero (a timer, or the daemon itself)
 *    62  u8   actor length
 *    63  u8   topic length
 *    64  u32  open length
 *    68  u32  pii length
 *    72  32 bytes chain          BLAKE2b-256 of the chain of the record before (zero for the first)
 *                                followed by this record with chain and checksum left out
 *   104  u32  checksum           CRC-32C of the record with these four bytes zero
 *   108  actor, topic, open payload, pii payload
 *
 * A reader that meets a higher version, or a type it does not know where it must, stops and asks
 * for a newer program; it never guesses. A change of this layout raises the version; version, chain
 * and checksum keep their places in every version, so that damage can be told from a newer record.
 */
#pragma once

#include "base/buf.h"
#include "base/bytes.h"
#include "base/number.h"
#include "base/status.h"
#include "base/wall.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

#define RECORD_VERSION 1U
#define RECORD_HEADER_BYTES 108U
#define RECORD_MAX_BYTES 65536U
#define RECORD_DEPTH_MAX 16U
#define RECORD_NAME_MAX_BYTES 255U /* actor, topic */
#define CHAIN_BYTES 32U

/* Never shipped: something taken over from another journal, or of this daemon's own concern. */
#define RECORD_LOCAL 1U
#define RECORD_BY_REQUEST 2U
#define RECORD_BY_RECORD 4U

/* Where a record stands: which journal, which number. */
struct position {
    struct id journal;
    uint64_t seq;
};

struct record {
    uint64_t seq;
    uint8_t flags;
    uint16_t type;
    uint64_t config;
    struct wall at;
    uint64_t issue;
    uint32_t generation;
    uint8_t depth;
    struct id request;     /* RECORD_BY_REQUEST */
    uint64_t request_hash; /* RECORD_BY_REQUEST: of the canonical command */
    uint16_t request_type; /* RECORD_BY_REQUEST */
    struct position cause; /* RECORD_BY_RECORD */
    uint16_t cause_index;  /* RECORD_BY_RECORD: how many events the cause had caused before */
    struct bytes actor;    /* person; empty for the system */
    struct bytes topic;    /* section, or empty */
    struct bytes open;
    struct bytes pii;
    uint8_t chain[CHAIN_BYTES];
    struct bytes raw; /* the stored bytes */
};

/* A journal as its daemon holds it while writing. */
struct journal {
    uint32_t table;
    struct id id;
    uint64_t epoch;
    uint64_t head;
    uint8_t chain[CHAIN_BYTES]; /* of the head */
};

/* Reads where the journal in `table` of the store stands: sets table, head and chain. The id and
 * the epoch are the caller's, who keeps them elsewhere. CORRUPT when the last record is damaged. */
enum status journal_open(struct journal *journal, struct store_txn *txn, uint32_t table,
                         struct err *err) MUST_USE;

/* Appends `record` (its seq, chain and raw are set here) inside a write transaction and moves
 * `journal`; on an aborted transaction the caller puts the journal back as it was. `record->raw`
 * and the texts of `record` afterwards point into `scratch`, which lives until the next append;
 * before, they must not point into it. REFUSED: the depth is more than RECORD_DEPTH_MAX. INVALID:
 * too many bytes. FULL, IO: as the store says. */
enum status journal_append(struct journal *journal, struct store_txn *txn, struct record *record,
                           struct buf *scratch, struct err *err) MUST_USE;

/* The record `seq`. NOT_FOUND; CORRUPT when the checksum does not agree. The record borrows from
 * the transaction. */
enum status journal_read(struct store_txn *txn, uint32_t table, uint64_t seq,
                         struct record *ret_record, struct err *err) MUST_USE;

/* Decodes stored or received bytes and verifies the checksum. The record borrows from `raw`.
 * CORRUPT: the bytes are not those of a record. REFUSED: a newer program wrote it. */
enum status record_decode(struct bytes raw, uint64_t seq, struct record *ret_record,
                          struct err *err) MUST_USE;

/* What the shipping of a record depends on, read from whole record bytes without decoding them. */
struct record_glance {
    uint8_t flags;
    struct bytes topic;
    const uint8_t *chain; /* CHAIN_BYTES */
};
/* False: too short to be a record. */
bool record_glance(struct bytes raw, struct record_glance *ret_glance);

/* Computes the chain hash that a record (at least RECORD_HEADER_BYTES) has after `before`. */
void record_chain(const uint8_t before[CHAIN_BYTES], struct bytes raw,
                  uint8_t ret_chain[CHAIN_BYTES]);

/* Walks the whole journal: numbers, checksums and chain. CORRUPT names the first bad record. */
enum status journal_verify(struct store_txn *txn, uint32_t table, uint64_t *ret_count,
                           struct err *err) MUST_USE;
