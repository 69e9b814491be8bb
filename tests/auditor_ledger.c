/* SPDX-License-Identifier: Apache-2.0 */
#include "auditor_ledger.h"

#include <sodium.h>

int open_auditor(void **state)
{
    struct auditor_node *auditor = calloc(1, sizeof *auditor);
    auditor_node_open(auditor, NULL);
    *state = auditor;
    return 0;
}

int close_auditor(void **state)
{
    auditor_node_close(*state);
    free(*state);
    return 0;
}

void sha256(struct bytes bytes, struct merkle_hash *ret_hash)
{
    (void)crypto_hash_sha256(ret_hash->bytes, bytes.p, bytes.len);
}

/* The leaf as the header of the auditor promises it. */
static struct merkle_hash expected_leaf(const struct id *journal, const struct record *record)
{
    struct buf input = {0};
    struct merkle_hash leaf;
    buf_append_u8(&input, 0);
    buf_append(&input, journal->bytes, ID_BYTES);
    buf_append_be64(&input, record->seq);
    buf_append_bytes(&input, record->raw);
    sha256(buf_bytes(&input), &leaf);
    buf_done(&input);
    return leaf;
}

static void copy_page(struct ledger_copy *copy, const struct ledger_reply *reply)
{
    struct list_cursor cursor = list_begin(&reply->entries);
    struct ledger_part part;
    while (list_next_message(&cursor, &ledger_part_type, &part)) {
        assert_true(copy->count < 8000);
        assert_int_equal(part.leaf.len, MERKLE_HASH_BYTES);
        memcpy(copy->leaves[copy->count].bytes, part.leaf.p, MERKLE_HASH_BYTES);
        copy->journals[copy->count] = part.journal;
        copy->seqs[copy->count++] = part.seq;
    }
}

void copy_ledger(struct auditor_node *auditor, uint32_t page, struct ledger_copy *copy)
{
    struct err err = {0};
    struct ledger_reply reply;
    copy->count = 0;
    do {
        struct ledger_query ask = {.from = copy->count, .limit = page};
        assert_ok(auditor_node_ask(auditor, "operator", &ledger_query_type, &ask, &reply, &err));
        copy->head.size = reply.size;
        memcpy(copy->head.root.bytes, reply.root.p, MERKLE_HASH_BYTES);
        copy_page(copy, &reply);
        node_end_answer(auditor->node);
    } while (copy->count < copy->head.size);
}

static void keep_no_node(void *user, uint32_t level, uint64_t index, const struct merkle_hash *hash)
{
    (void)user;
    (void)level;
    (void)index;
    (void)hash;
}

struct merkle_hash root_of(const struct merkle_hash *leaves, uint64_t count)
{
    const struct merkle_store store = {.digest = sha256, .put = keep_no_node};
    struct merkle_frontier frontier = {.size = 0};
    for (uint64_t i = 0; i < count; i++) {
        merkle_append(&frontier, &store, &leaves[i]);
    }
    return merkle_root(&frontier, sha256);
}

void assert_ledger_is_sound(struct auditor_node *auditor, struct ledger_copy *copy)
{
    struct buf raw = {0};
    copy_ledger(auditor, 700, copy);
    assert_int_equal(copy->count, copy->head.size);
    struct merkle_hash root = root_of(copy->leaves, copy->count);
    assert_memory_equal(root.bytes, copy->head.root.bytes, MERKLE_HASH_BYTES);
    for (uint64_t i = 0; i < copy->count; i++) {
        struct store *store = auditor->store;
        for (uint32_t s = 0; s < SOURCES; s++) {
            if (id_equal(&copy->journals[i], &auditor->sources[s].journal.id)) {
                store = auditor->sources[s].store;
            }
        }
        struct record record;
        journal_copy(store, copy->seqs[i], &raw, &record);
        struct merkle_hash leaf = expected_leaf(&copy->journals[i], &record);
        assert_memory_equal(leaf.bytes, copy->leaves[i].bytes, MERKLE_HASH_BYTES);
    }
    buf_done(&raw);
}

enum status call_back(struct auditor_node *auditor, const struct callback_command *ask,
                      uint64_t *ret_seq, struct err *err)
{
    struct change_reply change = {0};
    enum status st =
        auditor_node_command(auditor, SUPERVISOR, &callback_command_type, ask, &change, err);
    *ret_seq = change.seq;
    return st;
}

const struct callback_command reached = {.issue = ISSUE,
                                         .reached = YES_NO_YES,
                                         .solved = YES_NO_YES,
                                         .result = 5,
                                         .section = 4,
                                         .cadre = 3,
                                         .generation = 9};

void play(struct auditor_node *auditor, struct dice *dice, uint32_t batches)
{
    for (uint32_t i = 0; i < batches; i++) {
        for (uint64_t n = dice_below(dice, 40); n > 0; n--) {
            struct source *source = &auditor->sources[dice_below(dice, SOURCES)];
            (void)(dice_below(dice, 4) == 0
                       ? source_local(source)
                       : source_step(source, ISSUE + n, NULL, BYTES("the road is being mended")));
        }
        if (dice_below(dice, 3) == 0) {
            struct err err = {0};
            uint64_t seq;
            assert_ok(call_back(auditor, &reached, &seq, &err));
        }
        auditor->now.us += (int64_t)dice_below(dice, 30) * US_PER_S;
        auditor_node_run(auditor, 1 + dice_below(dice, 30));
    }
    auditor_node_run(auditor, PLENTY);
}
