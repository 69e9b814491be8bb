/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to common/store: the redo log, which makes a commit durable with one write and one flush.
 * An entry is what one commit changed, operation by operation. The store applies the same
 * operations to an LMDB transaction that stays open over many commits and settles it when there is
 * time or the log is full; what LMDB then has is named by a mark, written in that same transaction.
 * After a crash the entries behind the mark are done again (lmdb_live.c).
 *
 * The file is written from its beginning again after each settling, never shortened on the way, and
 * filled with zeros ahead, so that an entry changes no length and waits for no journal of the file
 * system. Entries begin at blocks of 4,096 bytes: a torn write can hurt none that was acknowledged.
 *
 *   entry      = header (56) payload, zeros up to the next block; all integers big-endian
 *   header     = "lhR1" crc32c(4, of all that follows, payload included) tables(4) operations(4)
 *                seq(8) payload length(8) store id(16) crc32c of the entry before(4) zeros(4)
 *   payload    = operation*
 *   operation  = kind(1) table(1) key length(2) value length(4) key value
 *
 * `seq` rises by one from entry to entry, over settlings too; `tables` is a checksum of the tables'
 * names, whose order gives the numbers. The log ends where no valid entry with the next seq begins.
 */
#pragma once

#include "base/buf.h"
#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

#define REDO_FILE "redo.log"
#define REDO_ID_BYTES 16U
#define REDO_BLOCK_BYTES 4096U

enum redo_kind { REDO_PUT = 1, REDO_APPEND, REDO_REMOVE, REDO_CLEAR, REDO_KIND_COUNT };

/* Which store, and its last entry; the entry's checksum tells histories apart that number alike. */
struct redo_mark {
    uint8_t id[REDO_ID_BYTES];
    uint64_t seq;
    uint32_t crc;
};

struct redo_operation {
    enum redo_kind kind;
    uint8_t table;
    struct bytes key;
    struct bytes value;
};

struct redo {
    char *path;
    int fd;
    uint32_t tables;        /* checksum of the tables' names */
    struct redo_mark last;  /* the last entry that is durable */
    uint64_t at;            /* where the next entry begins */
    uint64_t written_bytes; /* the file has so many */
    uint64_t operations;    /* in the log, since it was last restarted */
    struct buf entry;       /* the one that is being filled */
    uint32_t entry_operations;
    bool is_broken; /* a write failed: what the file holds is unknown */
};

/* Opens the log in `folder` for writing. With `may_be_missing` one that is not there is made,
 * empty; else that is CORRUPT, with a sentence that says what to do. The caller owns it and closes
 * it with redo_close(), also after a failure. */
enum status redo_open(struct redo *redo, const char *folder, uint32_t tables, bool may_be_missing,
                      struct err *err);
void redo_close(struct redo *redo);

/* Finds the end of the log, behind what `stored` says LMDB has. CORRUPT, with a sentence that says
 * what to do: an entry is missing, damaged, or of another store. */
enum status redo_find_end(struct redo *redo, const struct redo_mark *stored, struct err *err);
/* Calls `apply` for each operation behind `stored`, in order, until it returns another status than
 * OK, which is then returned. */
typedef enum status redo_apply_fn(void *user, const struct redo_operation *operation,
                                  struct err *err);
enum status redo_replay(const struct redo *redo, const struct redo_mark *stored,
                        redo_apply_fn *apply, void *user, struct err *err);

/* Forgets the entry that is being filled. */
void redo_begin(struct redo *redo);
/* Adds an operation to it. The key and the value of the result are the log's own copies, and live
 * until the next call. */
struct redo_operation redo_add(struct redo *redo, const struct redo_operation *operation);
/* Takes the last operation away again: it was not done. `operation` is what redo_add() returned. */
void redo_take_back(struct redo *redo, const struct redo_operation *operation);
/* Makes the entry durable; blocks for one flush. Without operations nothing is written. IO: it may
 * or may not be there, and the log takes nothing more. */
enum status redo_commit(struct redo *redo, struct err *err);

/* Whether so much lies in the log that it should be settled. */
bool redo_is_full(const struct redo *redo);
/* LMDB has everything: the log is written from its beginning again, and gives back what one very
 * large entry took. */
void redo_restart(struct redo *redo);
