/* SPDX-License-Identifier: Apache-2.0 */
#include "store/redo.h"

#include "base/crc32c.h"
#include "base/endian.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FILE_MODE 0600
/* How many zeros are added ahead at a time. */
#define EXTEND_BYTES 262144U
/* From here on the log is settled: what a start does again stays short, and so does the settling.
 */
#define FULL_BYTES (UINT64_C(4) << 20)
#define FULL_OPERATIONS 16384U
/* An entry's memory is kept up to here, and the file's length. */
#define KEEP_BYTES (UINT64_C(1) << 20)
#define KEEP_FILE_BYTES (2 * FULL_BYTES)

enum {
    MAGIC_AT = 0,
    CRC_AT = 4,
    TABLES_AT = 8,
    OPERATIONS_AT = 12,
    SEQ_AT = 16,
    LENGTH_AT = 24,
    ID_AT = 32,
    BEFORE_AT = 48,
    HEADER_BYTES = 56,
    OPERATION_BYTES = 8, /* before the key */
};

static const uint8_t magic[4] = {'l', 'h', 'R', '1'};
static const uint8_t zeros[EXTEND_BYTES];

struct header {
    uint32_t tables;
    uint32_t operations;
    uint64_t seq;
    uint64_t length;
    uint8_t id[REDO_ID_BYTES];
    uint32_t before; /* checksum of the entry before */
    uint32_t crc;
};

static enum status fail_errno(struct err *err, const struct redo *redo, const char *what)
{
    return fail(err, STATUS_IO, "%s '%s': %s", what, redo->path, strerror(errno));
}

enum status redo_open(struct redo *redo, const char *folder, uint32_t tables, bool may_be_missing,
                      struct err *err)
{
    size_t len = strlen(folder) + sizeof "/" REDO_FILE;
    *redo = (struct redo){.path = memory_new(len, 1), .fd = -1, .tables = tables};
    (void)snprintf(redo->path, len, "%s/%s", folder, REDO_FILE);
    redo->fd = open(redo->path, O_RDWR | O_CLOEXEC | (may_be_missing ? O_CREAT : 0), FILE_MODE);
    if (redo->fd < 0 && errno == ENOENT && !may_be_missing) {
        return fail(err, STATUS_CORRUPT,
                    "the redo log '%s' is missing, and with it the last commits; put back both it "
                    "and data.mdb from one copy",
                    redo->path);
    }
    if (redo->fd < 0) {
        return fail_errno(err, redo, "open");
    }
    off_t end = lseek(redo->fd, 0, SEEK_END);
    if (end < 0) {
        return fail_errno(err, redo, "look at");
    }
    redo->written_bytes = (uint64_t)end;
    return STATUS_OK;
}

void redo_close(struct redo *redo)
{
    if (redo->path == NULL) {
        return;
    }
    if (redo->fd >= 0) {
        (void)close(redo->fd);
    }
    buf_done(&redo->entry);
    free(redo->path);
    *redo = (struct redo){.fd = -1};
}

/* ---- reading -------------------------------------------------------------------------------- */

/* Up to `len` bytes from `at` on, fewer at the end of the file. */
static enum status read_at(const struct redo *redo, uint64_t at, size_t len, struct buf *out,
                           struct err *err)
{
    buf_clear(out);
    while (out->len < len) {
        size_t had = out->len;
        ssize_t got = pread(redo->fd, buf_extend(out, len - had), len - had, (off_t)(at + had));
        out->len = had + (got > 0 ? (size_t)got : 0);
        if (got < 0 && errno != EINTR) {
            return fail_errno(err, redo, "read");
        }
        if (got == 0) {
            break;
        }
    }
    return STATUS_OK;
}

static struct header read_header(const uint8_t *p)
{
    struct header header = {.tables = be32_load(p + TABLES_AT),
                            .operations = be32_load(p + OPERATIONS_AT),
                            .seq = be64_load(p + SEQ_AT),
                            .length = be64_load(p + LENGTH_AT),
                            .before = be32_load(p + BEFORE_AT),
                            .crc = be32_load(p + CRC_AT)};
    memcpy(header.id, p + ID_AT, sizeof header.id);
    return header;
}

/* The entry at `at`, all of it in `out`. NOT_FOUND: none that is whole begins there. */
static enum status read_entry(const struct redo *redo, uint64_t at, struct buf *out,
                              struct header *ret_header, struct err *err)
{
    enum status st = read_at(redo, at, HEADER_BYTES, out, err);
    if (st != STATUS_OK) {
        return st;
    }
    if (out->len < HEADER_BYTES || memcmp(out->p + MAGIC_AT, magic, sizeof magic) != 0) {
        return STATUS_NOT_FOUND;
    }
    struct header header = read_header(out->p);
    if (header.length > redo->written_bytes - at - HEADER_BYTES) {
        return STATUS_NOT_FOUND;
    }
    st = read_at(redo, at, HEADER_BYTES + (size_t)header.length, out, err);
    if (st != STATUS_OK) {
        return st;
    }
    if (out->len != HEADER_BYTES + header.length ||
        crc32c(0, bytes_of(out->p + TABLES_AT, out->len - TABLES_AT)) != header.crc) {
        return STATUS_NOT_FOUND;
    }
    *ret_header = header;
    return STATUS_OK;
}

static uint64_t blocks_of(uint64_t bytes)
{
    return (bytes + REDO_BLOCK_BYTES - 1) / REDO_BLOCK_BYTES * REDO_BLOCK_BYTES;
}

/* An entry is flushed before the next is written; so one that is whole behind the end, and newer
 * than it and than what is stored, says that what lies between was damaged later. Entries of
 * earlier rounds, which LMDB has, may look as they like. */
static enum status check_behind(const struct redo *redo, const struct redo_mark *stored,
                                struct buf *scratch, struct err *err)
{
    uint64_t newest = redo->last.seq > stored->seq ? redo->last.seq : stored->seq;
    for (uint64_t at = redo->at; at < redo->written_bytes; at += REDO_BLOCK_BYTES) {
        struct header header;
        enum status st = read_entry(redo, at, scratch, &header, err);
        if (st == STATUS_OK && header.seq > newest &&
            memcmp(header.id, redo->last.id, sizeof header.id) == 0) {
            return fail(err, STATUS_CORRUPT,
                        "the redo log '%s' is damaged at byte %llu: entry %llu cannot be read and "
                        "entry %llu is there; put back this folder from a copy",
                        redo->path, (unsigned long long)redo->at, (unsigned long long)newest + 1,
                        (unsigned long long)header.seq);
        }
        if (st != STATUS_OK && st != STATUS_NOT_FOUND) {
            return st;
        }
    }
    return STATUS_OK;
}

/* Whether the first entry continues what is stored. */
static enum status check_first(const struct redo *redo, const struct redo_mark *stored,
                               const struct header *header, struct err *err)
{
    if (memcmp(header->id, stored->id, sizeof stored->id) != 0) {
        return fail(err, STATUS_CORRUPT,
                    "the redo log '%s' belongs to another data.mdb; put back both files from one "
                    "copy",
                    redo->path);
    }
    if (header->seq > stored->seq + 1) {
        return fail(err, STATUS_CORRUPT,
                    "the data.mdb beside '%s' is older than this log, which begins %llu commits "
                    "later; put back both files from one copy",
                    redo->path, (unsigned long long)(header->seq - stored->seq - 1));
    }
    return STATUS_OK;
}

/* Whether it and what is stored are of one history. */
static enum status check_history(const struct redo *redo, const struct redo_mark *stored,
                                 const struct header *header, bool is_first, struct err *err)
{
    bool is_same = header->seq == stored->seq       ? header->crc == stored->crc
                   : header->seq == stored->seq + 1 ? header->before == stored->crc
                                                    : true;
    if (is_same && (is_first || header->before == redo->last.crc)) {
        return STATUS_OK;
    }
    return fail(err, STATUS_CORRUPT,
                "the redo log '%s' goes on from another state than the data.mdb beside it has; put "
                "back both files from one copy",
                redo->path);
}

static enum status check_tables(const struct redo *redo, const struct redo_mark *stored,
                                const struct header *header, struct err *err)
{
    if (header->seq > stored->seq && header->tables != redo->tables) {
        return fail(err, STATUS_CORRUPT,
                    "the redo log '%s' was written by another release of this daemon; start and "
                    "stop that one once, then this one",
                    redo->path);
    }
    return STATUS_OK;
}

static enum status find_end(struct redo *redo, const struct redo_mark *stored, struct buf *scratch,
                            struct err *err)
{
    struct header header = {0};
    enum status st;
    while ((st = read_entry(redo, redo->at, scratch, &header, err)) == STATUS_OK) {
        bool is_first = redo->at == 0;
        if (!is_first && header.seq != redo->last.seq + 1) {
            break;
        }
        st = is_first ? check_first(redo, stored, &header, err) : STATUS_OK;
        st = st != STATUS_OK ? st : check_history(redo, stored, &header, is_first, err);
        st = st != STATUS_OK ? st : check_tables(redo, stored, &header, err);
        if (st != STATUS_OK) {
            return st;
        }
        redo->last.seq = header.seq;
        redo->last.crc = header.crc;
        redo->operations += header.operations;
        redo->at += blocks_of(HEADER_BYTES + header.length);
    }
    return st == STATUS_NOT_FOUND || st == STATUS_OK ? check_behind(redo, stored, scratch, err)
                                                     : st;
}

enum status redo_find_end(struct redo *redo, const struct redo_mark *stored, struct err *err)
{
    struct buf scratch = {0};
    redo->last = *stored;
    redo->at = 0;
    redo->operations = 0;
    enum status st = find_end(redo, stored, &scratch, err);
    buf_done(&scratch);
    if (st == STATUS_OK && redo->last.seq <= stored->seq) {
        redo->last = *stored;
        redo_restart(redo);
    }
    return st;
}

/* One operation from the front of `payload`. False: it is not whole. */
static bool take_operation(struct bytes *payload, struct redo_operation *ret_operation)
{
    if (payload->len < OPERATION_BYTES) {
        return false;
    }
    const uint8_t *p = payload->p;
    size_t key_len = be16_load(p + 2);
    size_t value_len = be32_load(p + 4);
    if (p[0] == 0 || p[0] >= REDO_KIND_COUNT ||
        payload->len - OPERATION_BYTES < key_len + value_len) {
        return false;
    }
    *ret_operation =
        (struct redo_operation){.kind = (enum redo_kind)p[0],
                                .table = p[1],
                                .key = bytes_of(p + OPERATION_BYTES, key_len),
                                .value = bytes_of(p + OPERATION_BYTES + key_len, value_len)};
    size_t len = OPERATION_BYTES + key_len + value_len;
    *payload = bytes_of(p + len, payload->len - len);
    return true;
}

static enum status replay_entry(const struct redo *redo, struct bytes payload, redo_apply_fn *apply,
                                void *user, struct err *err)
{
    enum status st = STATUS_OK;
    while (st == STATUS_OK && payload.len != 0) {
        struct redo_operation operation;
        if (!take_operation(&payload, &operation)) {
            return fail(err, STATUS_CORRUPT, "the redo log '%s' holds an operation that is none",
                        redo->path);
        }
        st = apply(user, &operation, err);
    }
    return st;
}

enum status redo_replay(const struct redo *redo, const struct redo_mark *stored,
                        redo_apply_fn *apply, void *user, struct err *err)
{
    struct buf scratch = {0};
    enum status st = STATUS_OK;
    for (uint64_t at = 0; st == STATUS_OK && at < redo->at;) {
        struct header header = {0};
        st = read_entry(redo, at, &scratch, &header, err);
        if (st == STATUS_NOT_FOUND) {
            st = fail(err, STATUS_CORRUPT, "the redo log '%s' changed while it was read",
                      redo->path);
        }
        if (st == STATUS_OK && header.seq > stored->seq) {
            struct bytes payload = bytes_of(scratch.p + HEADER_BYTES, (size_t)header.length);
            st = replay_entry(redo, payload, apply, user, err);
        }
        at += blocks_of(HEADER_BYTES + header.length);
    }
    buf_done(&scratch);
    return st;
}

/* ---- writing -------------------------------------------------------------------------------- */

void redo_begin(struct redo *redo)
{
    if (redo->entry.cap > KEEP_BYTES) {
        buf_done(&redo->entry);
    }
    buf_clear(&redo->entry);
    (void)memset(buf_extend(&redo->entry, HEADER_BYTES), 0, HEADER_BYTES);
    redo->entry_operations = 0;
}

struct redo_operation redo_add(struct redo *redo, const struct redo_operation *operation)
{
    CHECK(operation->key.len <= UINT16_MAX && operation->value.len <= UINT32_MAX);
    size_t key_len = operation->key.len;
    size_t value_len = operation->value.len;
    uint8_t *p = buf_extend(&redo->entry, OPERATION_BYTES + key_len + value_len);
    p[0] = (uint8_t)operation->kind;
    p[1] = operation->table;
    be16_store(p + 2, (uint16_t)key_len);
    be32_store(p + 4, (uint32_t)value_len);
    if (key_len != 0) {
        memcpy(p + OPERATION_BYTES, operation->key.p, key_len);
    }
    if (value_len != 0) {
        memcpy(p + OPERATION_BYTES + key_len, operation->value.p, value_len);
    }
    redo->entry_operations++;
    struct redo_operation added = *operation;
    added.key.p = p + OPERATION_BYTES;
    added.value.p = p + OPERATION_BYTES + key_len;
    return added;
}

void redo_take_back(struct redo *redo, const struct redo_operation *operation)
{
    redo->entry.len -= OPERATION_BYTES + operation->key.len + operation->value.len;
    redo->entry_operations--;
}

static bool write_all(const struct redo *redo, uint64_t at, const uint8_t *p, size_t len)
{
    while (len != 0) {
        ssize_t did = pwrite(redo->fd, p, len, (off_t)at);
        if (did < 0 && errno != EINTR) {
            return false;
        }
        size_t step = did > 0 ? (size_t)did : 0;
        at += step;
        p += step;
        len -= step;
    }
    return true;
}

/* Zeros behind the end of the file, so that there is room for `len` bytes at `redo->at`. */
static bool make_room(struct redo *redo, size_t len)
{
    while (redo->written_bytes < redo->at + len) {
        if (!write_all(redo, redo->written_bytes, zeros, sizeof zeros)) {
            return false;
        }
        redo->written_bytes += sizeof zeros;
    }
    return true;
}

/* Fills in the header and pads the entry to whole blocks. */
static void finish_entry(struct redo *redo)
{
    struct buf *entry = &redo->entry;
    size_t len = entry->len;
    memcpy(entry->p + MAGIC_AT, magic, sizeof magic);
    be32_store(entry->p + TABLES_AT, redo->tables);
    be32_store(entry->p + OPERATIONS_AT, redo->entry_operations);
    be64_store(entry->p + SEQ_AT, redo->last.seq + 1);
    be64_store(entry->p + LENGTH_AT, len - HEADER_BYTES);
    memcpy(entry->p + ID_AT, redo->last.id, REDO_ID_BYTES);
    be32_store(entry->p + BEFORE_AT, redo->last.crc);
    be32_store(entry->p + CRC_AT, crc32c(0, bytes_of(entry->p + TABLES_AT, len - TABLES_AT)));
    size_t padding = (size_t)blocks_of(len) - len;
    (void)memset(buf_extend(entry, padding), 0, padding);
}

enum status redo_commit(struct redo *redo, struct err *err)
{
    if (redo->entry_operations == 0) {
        return STATUS_OK;
    }
    finish_entry(redo);
    bool is_durable = make_room(redo, redo->entry.len) &&
                      write_all(redo, redo->at, redo->entry.p, redo->entry.len) &&
                      fdatasync(redo->fd) == 0;
    if (!is_durable) {
        redo->is_broken = true;
        return fail_errno(err, redo, "write");
    }
    redo->at += redo->entry.len;
    redo->last.seq++;
    redo->last.crc = be32_load(redo->entry.p + CRC_AT);
    redo->operations += redo->entry_operations;
    redo->entry_operations = 0;
    return STATUS_OK;
}

bool redo_is_full(const struct redo *redo)
{
    return redo->at >= FULL_BYTES || redo->operations >= FULL_OPERATIONS;
}

void redo_restart(struct redo *redo)
{
    redo->at = 0;
    redo->operations = 0;
    if (redo->written_bytes > KEEP_FILE_BYTES && ftruncate(redo->fd, (off_t)FULL_BYTES) == 0) {
        redo->written_bytes = FULL_BYTES;
    }
}
