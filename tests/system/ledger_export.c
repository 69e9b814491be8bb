/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ledger_export DIR STORY: an auditor in memory lives through a short story, which is the same for
 * every STORY until its middle, and leaves in DIR what `lianhu audit export` writes (ledger.jsonl,
 * checkpoints.jsonl) and proofs.jsonl, as `lianhu audit prove --json` answers them. For the test of
 * ledger_verifier.py.
 */
#include "auditor_node.h"
#include "codec/message_text.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define ROUNDS 60U
#define ISSUE UINT64_C(20260000001)
#define PLENTY 100000U

static const struct zone china = {8 * 3600};

static _Noreturn void stop(const char *what, const struct err *err)
{
    (void)fprintf(stderr, "ledger_export: %s: %s\n", what, err->text);
    exit(EXIT_FAILURE);
}

static uint64_t call_back(struct auditor_node *auditor, uint64_t issue)
{
    const struct callback_command ask = {.issue = issue,
                                         .reached = YES_NO_YES,
                                         .solved = YES_NO_YES,
                                         .result = 5,
                                         .section = 4,
                                         .cadre = 5,
                                         .words = BYTES("the lamp is lit again")};
    struct change_reply change;
    struct err err;
    if (auditor_node_command(auditor, "s-super", &callback_command_type, &ask, &change, &err) !=
        STATUS_OK) {
        stop("call back", &err);
    }
    return change.seq;
}

/* What intake says, the router answers; sometimes a household is called back. */
static void play_round(struct auditor_node *auditor, uint32_t round, const char *story)
{
    struct source *router = &auditor->sources[0];
    struct source *intake = &auditor->sources[1];
    struct position causes[8];
    uint32_t count = 1 + round % 8;
    char words[64];
    (void)snprintf(words, sizeof words, "round %u%s", round, round < ROUNDS / 2 ? "" : story);
    for (uint32_t i = 0; i < count; i++) {
        causes[i] = (struct position){intake->journal.id,
                                      source_step(intake, ISSUE + i, NULL, bytes_of_string(words))};
    }
    auditor_node_run(auditor, PLENTY);
    for (uint32_t i = 0; i < count; i++) {
        (void)source_step(router, ISSUE + i, &causes[i], bytes_of_string(words));
        if (i % 3 == 2) {
            (void)source_local(router);
        }
    }
    if (round % 3 == 1) {
        struct position cause = {auditor->node->journal.id, call_back(auditor, ISSUE)};
        (void)source_step(router, ISSUE, &cause, BYTES("closed"));
    }
    auditor_node_run(auditor, PLENTY);
    auditor->now.us += 25 * US_PER_S;
    auditor_node_run(auditor, PLENTY);
}

/* A record that cannot be taken: the auditor's own event about it is entered before it is. */
static void play_poison(struct auditor_node *auditor)
{
    struct record poison = {.type = MESSAGE_STEP_EVENT, .issue = ISSUE + 99, .open = BYTES("\xc1")};
    (void)source_append(&auditor->sources[0], &poison);
    auditor_node_run(auditor, PLENTY);
}

/* Everything so far gets a checkpoint. */
static void sign(struct auditor_node *auditor)
{
    const struct checkpoint_command ask = {0};
    struct change_reply change;
    struct err err;
    if (auditor_node_command(auditor, "operator", &checkpoint_command_type, &ask, &change, &err) !=
        STATUS_OK) {
        stop("sign", &err);
    }
}

static FILE *open_file(const char *dir, const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    return file;
}

static void write_json(FILE *file, json_t *json)
{
    (void)json_dumpf(json, file, JSON_COMPACT);
    (void)fputc('\n', file);
    json_decref(json);
}

static struct store *store_of(struct auditor_node *auditor, const struct id *journal)
{
    for (uint32_t i = 0; i < SOURCES; i++) {
        if (id_equal(journal, &auditor->sources[i].journal.id)) {
            return auditor->sources[i].store;
        }
    }
    return auditor->store;
}

static void hex_format(struct bytes bytes, char *text)
{
    for (size_t i = 0; i < bytes.len; i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", bytes.p[i]);
    }
}

static void write_entry(FILE *file, struct auditor_node *auditor, uint64_t index,
                        const struct ledger_part *part)
{
    static char hex[2 * RECORD_MAX_BYTES + 1];
    struct buf raw = {0};
    struct record record;
    journal_copy(store_of(auditor, &part->journal), part->seq, &raw, &record);
    hex_format(buf_bytes(&raw), hex);
    json_t *json = message_to_json(&ledger_part_type, part, china);
    (void)json_object_set_new(json, "index", json_integer((json_int_t)index));
    (void)json_object_set_new(json, "record", json_string(hex));
    write_json(file, json);
    buf_done(&raw);
}

/* Returns the number of entries. */
static uint64_t write_ledger(struct auditor_node *auditor, const char *dir)
{
    FILE *file = open_file(dir, "ledger.jsonl");
    const struct ledger_query ask = {0};
    struct ledger_reply reply;
    struct err err;
    if (auditor_node_ask(auditor, "operator", &ledger_query_type, &ask, &reply, &err) !=
        STATUS_OK) {
        stop("read the ledger", &err);
    }
    struct list_cursor cursor = list_begin(&reply.entries);
    struct ledger_part part;
    for (uint64_t i = 0; list_next_message(&cursor, &ledger_part_type, &part); i++) {
        write_entry(file, auditor, i, &part);
    }
    node_end_answer(auditor->node);
    (void)fclose(file);
    return reply.size;
}

static void write_checkpoints(struct auditor_node *auditor, const char *dir)
{
    FILE *file = open_file(dir, "checkpoints.jsonl");
    struct checkpoint_query ask = {.after = 1};
    struct checkpoint_reply reply;
    struct err err;
    while (auditor_node_ask(auditor, "operator", &checkpoint_query_type, &ask, &reply, &err) ==
           STATUS_OK) {
        write_json(file, message_to_json(&checkpoint_reply_type, &reply, china));
        ask.after = reply.seq;
        node_end_answer(auditor->node);
    }
    node_end_answer(auditor->node);
    (void)fclose(file);
}

static void write_proof(FILE *file, struct auditor_node *auditor, const struct proof_query *ask)
{
    struct proof_reply reply;
    struct err err;
    if (auditor_node_ask(auditor, "operator", &proof_query_type, ask, &reply, &err) != STATUS_OK) {
        stop("prove", &err);
    }
    write_json(file, message_to_json(&proof_reply_type, &reply, china));
    node_end_answer(auditor->node);
}

/* Of every entry, and of the growth from every size. */
static void write_proofs(struct auditor_node *auditor, const char *dir, uint64_t size)
{
    FILE *file = open_file(dir, "proofs.jsonl");
    for (uint64_t i = 0; i < size; i++) {
        const struct proof_query asks[] = {
            {.entry = i}, {.entry = i / 2, .size = i + 1}, {.old_size = i + 1}};
        for (size_t a = 0; a < sizeof asks / sizeof asks[0]; a++) {
            write_proof(file, auditor, &asks[a]);
        }
    }
    (void)fclose(file);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        (void)fprintf(stderr, "usage: ledger_export DIR STORY\n");
        return 64;
    }
    struct auditor_node auditor;
    auditor_node_open(&auditor, NULL);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        play_round(&auditor, round, argv[2]);
    }
    play_poison(&auditor);
    sign(&auditor);
    uint64_t size = write_ledger(&auditor, argv[1]);
    write_checkpoints(&auditor, argv[1]);
    write_proofs(&auditor, argv[1], size);
    auditor_node_close(&auditor);
    return 0;
}
