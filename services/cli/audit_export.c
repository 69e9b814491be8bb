/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger with the records it is about, as two files that anybody can check with nothing but
 * SHA-256 and Ed25519:
 *
 *   ledger.jsonl       {"index", "journal", "seq", "leaf", "record"}, in order of index
 *   checkpoints.jsonl  as `audit checkpoint --json` answers, in order of size
 *
 * The ledger mixes journals; each is read in its own order, into a file that is read again beside
 * the others while the ledger is written.
 */
#include "cli/audit.h"

#include "cli/journal_walk.h"
#include "cli/ledger_copy.h"
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A record in the file of its journal: its number, its length, its bytes. */
struct record_head {
    uint64_t seq;
    uint64_t len;
};

struct export
{
    struct session *session;
    struct ledger_copy copy;
    char dir[PATH_MAX];
    FILE *records[LEDGER_JOURNALS_MAX]; /* by journal; NULL: no daemon has it */
    FILE *current;                      /* the one being filled */
};

static FILE *open_in(const struct export *export, const char *name, struct err *err)
{
    char path[PATH_MAX];
    int fd = -1;
    if (snprintf(path, sizeof path, "%s/%s", export->dir, name) < PATH_MAX) {
        fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    }
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w+");
    if (file == NULL) {
        (void)fail(err, STATUS_IO, "make '%s' in '%s': %s", name, export->dir, strerror(errno));
    }
    return file;
}

/* Closes a file that was written; nothing of it may have been lost. */
static enum status close_written(FILE *file, const char *name, struct err *err)
{
    bool is_lost = ferror(file) != 0;
    is_lost = fclose(file) != 0 || is_lost;
    return is_lost ? fail(err, STATUS_IO, "write '%s': %s", name, strerror(errno)) : STATUS_OK;
}

/* ---- records -------------------------------------------------------------------------------- */

static enum status keep_record(void *user, uint64_t seq, struct bytes raw, struct err *err)
{
    const struct export *export = user;
    struct record_head head = {seq, raw.len};
    if (fwrite(&head, sizeof head, 1, export->current) != 1 ||
        fwrite(raw.p, 1, raw.len, export->current) != raw.len) {
        return fail(err, STATUS_IO, "write records in '%s': %s", export->dir, strerror(errno));
    }
    return STATUS_OK;
}

/* The records of one daemon, in a file that has no name any more. */
static enum status keep_journal(struct export *export, const struct daemon_status *status,
                                struct err *err)
{
    uint32_t index = ledger_copy_find_journal(&export->copy, &status->reply.journal);
    if (index == LEDGER_JOURNALS_MAX) {
        return STATUS_OK;
    }
    char path[PATH_MAX + 16];
    export->current = open_in(export, ".records", err);
    if (export->current == NULL) {
        return STATUS_IO;
    }
    export->records[index] = export->current;
    (void)snprintf(path, sizeof path, "%s/.records", export->dir);
    (void)unlink(path);
    struct journal_walk walk = {.session = export->session,
                                .daemon = status->daemon,
                                .journal = status->reply.journal,
                                .head = status->reply.head,
                                .each = keep_record,
                                .user = export};
    output_progress("%.*s", BYTES_FMT(status->daemon->name));
    enum status st = journal_walk_run(&walk, err);
    rewind(export->current);
    return st;
}

static enum status keep_journals(struct export *export, struct err *err)
{
    struct session *session = export->session;
    struct daemon_status statuses[CONFIG_DAEMONS_MAX];
    (void)call_status(session, session->globals.timeout_ms, statuses);
    enum status st = STATUS_OK;
    for (uint32_t i = 0; st == STATUS_OK && i < session->config->daemon_count; i++) {
        st = statuses[i].is_up ? keep_journal(export, &statuses[i], err)
                               : fail(err, STATUS_UNAVAILABLE, "'%.*s' is not there",
                                      BYTES_FMT(statuses[i].daemon->name));
    }
    return st;
}

/* The record of a line, from the file of its journal; those that are not in the ledger are passed
 * over. */
static enum status read_record(const struct export *export, const struct ledger_line *line,
                               struct buf *raw, struct err *err)
{
    FILE *file = export->records[line->journal];
    struct record_head head = {0};
    while (file != NULL && head.seq < line->seq && fread(&head, sizeof head, 1, file) == 1) {
        buf_clear(raw);
        if (fread(buf_extend(raw, head.len), 1, head.len, file) != head.len) {
            break;
        }
        raw->len = head.len;
    }
    if (head.seq != line->seq) {
        return fail(err, STATUS_CORRUPT,
                    "the ledger has a record that its journal does not have; see 'audit verify'");
    }
    return STATUS_OK;
}

/* ---- files ---------------------------------------------------------------------------------- */

static void write_hex(FILE *file, struct bytes bytes)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.len; i++) {
        (void)fputc(digits[bytes.p[i] >> 4], file);
        (void)fputc(digits[bytes.p[i] & 15], file);
    }
}

static void write_line(const struct export *export, FILE *file, uint64_t index, struct bytes raw)
{
    const struct ledger_line *line = &export->copy.lines[index];
    char journal[ID_TEXT_BYTES];
    id_format(&export->copy.journals[line->journal], journal);
    (void)fprintf(file, "{\"index\":%" PRIu64 ",\"journal\":\"%s\",\"seq\":%" PRIu64 ",\"leaf\":\"",
                  index, journal, line->seq);
    write_hex(file, bytes_of(line->leaf.bytes, MERKLE_HASH_BYTES));
    (void)fputs("\",\"record\":\"", file);
    write_hex(file, raw);
    (void)fputs("\"}\n", file);
}

static enum status write_ledger(const struct export *export, struct err *err)
{
    FILE *file = open_in(export, "ledger.jsonl", err);
    if (file == NULL) {
        return STATUS_IO;
    }
    struct buf raw = {0};
    enum status st = STATUS_OK;
    for (uint64_t i = 0; st == STATUS_OK && i < export->copy.count; i++) {
        st = read_record(export, &export->copy.lines[i], &raw, err);
        if (st == STATUS_OK) {
            write_line(export, file, i, buf_bytes(&raw));
        }
    }
    buf_done(&raw);
    struct err lost;
    enum status closed = close_written(file, "ledger.jsonl", &lost);
    if (st == STATUS_OK && closed != STATUS_OK) {
        *err = lost;
        return closed;
    }
    return st;
}

static enum status write_checkpoints(const struct export *export, struct err *err)
{
    FILE *file = open_in(export, "checkpoints.jsonl", err);
    if (file == NULL) {
        return STATUS_IO;
    }
    for (uint32_t i = 0; i < export->copy.checkpoint_count; i++) {
        (void)json_dumpf(export->copy.checkpoints[i].json, file, JSON_COMPACT);
        (void)fputc('\n', file);
    }
    return close_written(file, "checkpoints.jsonl", err);
}

static enum status make_dir(struct export *export, const char *dir, struct err *err)
{
    if (mkdir(dir, 0700) != 0 && errno != EEXIST) {
        return fail_field(err, STATUS_INVALID, "dir", "make '%s': %s", dir, strerror(errno));
    }
    if (realpath(dir, export->dir) == NULL) {
        return fail_field(err, STATUS_INVALID, "dir", "'%s': %s", dir, strerror(errno));
    }
    return STATUS_OK;
}

enum status audit_run_export(struct session *session, const struct args *args, json_t **ret_json,
                             struct err *err)
{
    struct export export = {.session = session};
    enum status st = make_dir(&export, args_find_string(args, "dir"), err);
    if (st == STATUS_OK) {
        st = ledger_copy_take(session, &export.copy, err);
    }
    if (st == STATUS_OK) {
        st = keep_journals(&export, err);
    }
    if (st == STATUS_OK) {
        st = write_ledger(&export, err);
    }
    if (st == STATUS_OK) {
        st = write_checkpoints(&export, err);
    }
    if (st == STATUS_OK) {
        *ret_json = json_pack("{s:s, s:I, s:I}", "dir", export.dir, "entries",
                              (json_int_t) export.copy.count, "checkpoints",
                              (json_int_t) export.copy.checkpoint_count);
    }
    for (uint32_t i = 0; i < LEDGER_JOURNALS_MAX; i++) {
        if (export.records[i] != NULL) {
            (void)fclose(export.records[i]);
        }
    }
    ledger_copy_done(&export.copy);
    return st;
}
