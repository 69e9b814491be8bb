/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/journal_lines.h"

#include "base/number.h"
#include "codec/message_text.h"
#include "journal/journal.h"
#include "messages.h"
#include "runtime/node.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

static _Noreturn void stop(uint64_t seq, const char *why)
{
    (void)fprintf(stderr, "journal_lines: record %" PRIu64 ": %s\n", seq, why);
    exit(EXIT_FAILURE);
}

static json_t *text_json(struct bytes text)
{
    return json_stringn((const char *)text.p, text.len);
}

static void put_id(json_t *line, const char *name, const struct id *id)
{
    char text[ID_TEXT_BYTES];
    id_format(id, text);
    json_object_set_new(line, name, json_string(text));
}

static void put_origin(json_t *line, const struct record *record)
{
    if ((record->flags & RECORD_BY_RECORD) != 0) {
        put_id(line, "cause_journal", &record->cause.journal);
        json_object_set_new(line, "cause", json_integer((json_int_t)record->cause.seq));
    }
    if ((record->flags & RECORD_BY_REQUEST) != 0) {
        put_id(line, "request", &record->request);
    }
    if (record->actor.len != 0) {
        json_object_set_new(line, "actor", text_json(record->actor));
    }
    if (record->topic.len != 0) {
        json_object_set_new(line, "topic", text_json(record->topic));
    }
}

/* What people wrote is long and counts nothing. */
static void drop_texts(json_t *message)
{
    static const char *const names[] = {"title", "text", "words", "evidence", "ground", "tried"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)json_object_del(message, names[i]);
    }
}

static json_t *record_json(const struct record *record, struct zone zone)
{
    _Alignas(max_align_t) uint8_t message[MESSAGE_SIZE_MAX];
    char at[WALL_TEXT_BYTES];
    struct err err = {0};
    const struct message_type *type = message_find_type(record->type);
    if (type == NULL ||
        message_decode_parts(type, record->open, record->pii, message, &err) != STATUS_OK) {
        stop(record->seq, type == NULL ? "its type is unknown" : err.text);
    }
    json_t *line = json_object();
    wall_format(record->at, zone, at);
    json_object_set_new(line, "seq", json_integer((json_int_t)record->seq));
    json_object_set_new(line, "at", json_string(at));
    json_object_set_new(line, "type", json_string(type->name));
    if (record->issue != 0) {
        char issue[ISSUE_TEXT_BYTES];
        issue_format(record->issue, issue);
        json_object_set_new(line, "issue", json_string(issue));
    }
    put_origin(line, record);
    json_t *fields = message_to_json(type, message, zone);
    drop_texts(fields);
    json_object_set_new(line, "message", fields);
    return line;
}

uint64_t journal_lines_write(struct store_txn *txn, uint64_t after, struct zone zone, FILE *file)
{
    struct record record;
    struct err err = {0};
    uint64_t seq = after;
    while (journal_read(txn, TABLE_JOURNAL, seq + 1, &record, &err) == STATUS_OK) {
        json_t *line = record_json(&record, zone);
        (void)json_dumpf(line, file, JSON_COMPACT);
        (void)fputc('\n', file);
        json_decref(line);
        seq++;
    }
    return seq;
}
