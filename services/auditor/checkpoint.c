/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signed heads of the ledger. What is signed is this text, each line ended by LF:
 *
 *   lianhu/<id of the auditor's journal, 32 hexadecimal digits>
 *   <entries>
 *   <root hash, 64 hexadecimal digits>
 *   <time, RFC 3339 in UTC>
 *
 * Every 1,000 entries, a minute after the first entry that has no checkpoint yet, and on request.
 */
#include "auditor/key.h"
#include "auditor/ledger.h"
#include "base/endian.h"

#include <inttypes.h>
#include <stdio.h>

#define ENTRIES_PER_CHECKPOINT 1000U
#define ORIGIN_BYTES 48U
#define TEXT_BYTES 256U

/* Lower-case hexadecimal digits and a NUL. */
static void hex_format(struct bytes bytes, char *text)
{
    for (size_t i = 0; i < bytes.len; i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", bytes.p[i]);
    }
}

static void origin_format(struct ctx *ctx, char text[ORIGIN_BYTES])
{
    char journal[2 * ID_BYTES + 1];
    hex_format(bytes_of(ctx_journal(ctx)->id.bytes, ID_BYTES), journal);
    (void)snprintf(text, ORIGIN_BYTES, "lianhu/%s", journal);
}

static void text_format(struct ctx *ctx, const struct merkle_head *head, struct wall at,
                        char text[TEXT_BYTES])
{
    char origin[ORIGIN_BYTES];
    char root[2 * MERKLE_HASH_BYTES + 1];
    char time[WALL_TEXT_BYTES];
    origin_format(ctx, origin);
    hex_format(bytes_of(head->root.bytes, MERKLE_HASH_BYTES), root);
    wall_format(at, (struct zone){0}, time);
    int len =
        snprintf(text, TEXT_BYTES, "%s\n%" PRIu64 "\n%s\n%s\n", origin, head->size, root, time);
    CHECK(len > 0 && len < (int)TEXT_BYTES);
}

static void emit_checkpoint(struct ctx *ctx, const struct ledger *ledger)
{
    const struct signer *signer = auditor_of(ctx)->signer;
    struct merkle_head head = {ledger->frontier.size,
                               merkle_root(&ledger->frontier, ledger_digest)};
    char text[TEXT_BYTES];
    uint8_t signature[KEY_SIGNATURE_BYTES];
    text_format(ctx, &head, ctx_now(ctx), text);
    signer_sign(signer, bytes_of_string(text), signature);
    struct checkpoint_event event = {.size = head.size,
                                     .root = bytes_of(head.root.bytes, MERKLE_HASH_BYTES),
                                     .signature = bytes_of(signature, sizeof signature),
                                     .key = signer_public(signer)};
    emit(ctx,
         &(struct emission){.type = &checkpoint_event_type, .message = &event, .is_local = true});
}

void checkpoint_if_many(struct ctx *ctx)
{
    struct ledger ledger;
    ledger_read(ctx, &ledger);
    if (ledger.frontier.size - ledger.signed_size >= ENTRIES_PER_CHECKPOINT) {
        emit_checkpoint(ctx, &ledger);
    }
}

void wake_checkpoint(struct ctx *ctx, struct wall at, struct bytes id)
{
    (void)at;
    (void)id;
    struct ledger ledger;
    ledger_read(ctx, &ledger);
    emit_checkpoint(ctx, &ledger);
}

enum status decide_checkpoint(struct ctx *ctx, const struct command *command, struct err *err)
{
    struct ledger ledger;
    enum status st = may_audit(ctx, command->person, err);
    if (st != STATUS_OK) {
        return st;
    }
    ledger_read(ctx, &ledger);
    if (ledger.frontier.size == 0) {
        return fail(err, STATUS_REFUSED,
                    "the ledger has no entries yet; ask again when something has happened");
    }
    emit_checkpoint(ctx, &ledger);
    return STATUS_OK;
}

void apply_checkpoint(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct checkpoint_event *event = message;
    struct ledger ledger;
    uint8_t key[8];
    uint8_t value[8];
    ledger_read(ctx, &ledger);
    CHECK(event->size == ledger.frontier.size);
    be64_store(key, record->seq);
    be64_store(value, event->size);
    table_append(ctx, CHECKPOINTS, bytes_of(key, sizeof key), bytes_of(value, sizeof value));
    count_add(ctx, COUNTS, BYTES("checkpoints"), 1);
    if (ledger.due.us != 0) {
        timer_remove(ctx, ledger.due, BYTES("checkpoint"));
    }
    ledger.due = (struct wall){0};
    ledger.signed_size = event->size;
    ledger_write(ctx, &ledger);
}

/* The number of the record that is asked for. */
static enum status find_checkpoint(struct ctx *ctx, const struct checkpoint_query *ask,
                                   uint64_t *ret_seq, struct err *err)
{
    uint8_t key[8];
    struct bytes found;
    struct bytes value;
    enum status st;
    if (ask->after != 0) {
        be64_store(key, ask->after);
        st = table_next(ctx, CHECKPOINTS, bytes_of(key, sizeof key), &found, &value);
    } else if (ask->seq != 0) {
        be64_store(key, ask->seq);
        found = bytes_of(key, sizeof key);
        st = table_get(ctx, CHECKPOINTS, found, &value);
    } else {
        st = table_before(ctx, CHECKPOINTS, (struct bytes){0}, &found, &value);
    }
    if (st != STATUS_OK) {
        return fail(err, STATUS_NOT_FOUND, "%s",
                    ask->seq != 0     ? "that record is not a checkpoint"
                    : ask->after != 0 ? "there is no later checkpoint"
                                      : "nothing has been signed yet");
    }
    *ret_seq = be64_load(found.p);
    return STATUS_OK;
}

enum status answer_checkpoint(struct ctx *ctx, const struct query *query, void *ret_reply,
                              struct err *err)
{
    struct checkpoint_reply *reply = ret_reply;
    struct record record;
    struct checkpoint_event *event = ctx_take(ctx, sizeof *event);
    uint64_t seq = 0;
    enum status st = may_audit(ctx, query->person, err);
    if (st == STATUS_OK) {
        st = find_checkpoint(ctx, query->message, &seq, err);
    }
    if (st != STATUS_OK) {
        return st;
    }
    if (record_get(ctx, seq, &record) != STATUS_OK ||
        record_message(&record, &checkpoint_event_type, event, err) != STATUS_OK ||
        event->root.len != MERKLE_HASH_BYTES) {
        return fail(err, STATUS_CORRUPT,
                    "record %" PRIu64
                    " of the auditor is damaged; put back the whole instance from one copy",
                    seq);
    }
    struct merkle_head head = {.size = event->size};
    memcpy(head.root.bytes, event->root.p, MERKLE_HASH_BYTES);
    char *origin = ctx_take(ctx, ORIGIN_BYTES);
    char *text = ctx_take(ctx, TEXT_BYTES);
    origin_format(ctx, origin);
    text_format(ctx, &head, record.at, text);
    *reply = (struct checkpoint_reply){.origin = bytes_of_string(origin),
                                       .size = event->size,
                                       .root = event->root,
                                       .at = record.at,
                                       .signature = event->signature,
                                       .key = event->key,
                                       .text = bytes_of_string(text),
                                       .seq = seq};
    return STATUS_OK;
}
