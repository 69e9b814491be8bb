/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs: each entry is in the ledger, the ledger only grew, and who may ask for that. */
#include "auditor_ledger.h"

static struct merkle_path path_of(const struct proof_reply *reply)
{
    struct merkle_path path = {.count = 0};
    struct list_cursor cursor = list_begin(&reply->path);
    struct bytes hash;
    while (list_next_bytes(&cursor, &hash)) {
        assert_int_equal(hash.len, MERKLE_HASH_BYTES);
        memcpy(path.hashes[path.count++].bytes, hash.p, MERKLE_HASH_BYTES);
    }
    return path;
}

static struct merkle_head head_of(const struct proof_reply *reply)
{
    struct merkle_head head = {.size = reply->size};
    memcpy(head.root.bytes, reply->root.p, MERKLE_HASH_BYTES);
    return head;
}

static void every_entry_can_be_proved_by_its_place_and_by_its_event(void **state)
{
    struct auditor_node *auditor = *state;
    struct dice dice = dice_open(2);
    struct ledger_copy *copy = calloc(1, sizeof *copy);
    struct err err = {0};
    play(auditor, &dice, 40);
    copy_ledger(auditor, 0, copy);
    for (uint64_t i = 0; i < copy->count; i++) {
        uint64_t size = i + 1 + dice_below(&dice, copy->count - i);
        const struct proof_query asks[] = {
            {.entry = i},
            {.entry = i, .size = size},
            {.journal = copy->journals[i], .seq = copy->seqs[i]},
        };
        for (size_t a = 0; a < 3; a++) {
            struct proof_reply reply;
            assert_ok(
                auditor_node_ask(auditor, SUPERVISOR, &proof_query_type, &asks[a], &reply, &err));
            struct merkle_head head = head_of(&reply);
            struct merkle_path path = path_of(&reply);
            struct merkle_hash root = root_of(copy->leaves, reply.size);
            assert_int_equal(reply.entry, i);
            assert_int_equal(reply.seq, copy->seqs[i]);
            assert_int_equal(reply.size, a == 1 ? size : copy->count);
            assert_memory_equal(root.bytes, head.root.bytes, MERKLE_HASH_BYTES);
            assert_memory_equal(reply.leaf.p, copy->leaves[i].bytes, MERKLE_HASH_BYTES);
            assert_true(merkle_has_entry(sha256, &head, i, &copy->leaves[i], &path));
            node_end_answer(auditor->node);
        }
    }
    free(copy);
}

static void the_ledger_proves_that_it_only_grew(void **state)
{
    struct auditor_node *auditor = *state;
    struct dice dice = dice_open(3);
    struct ledger_copy *copy = calloc(1, sizeof *copy);
    struct err err = {0};
    play(auditor, &dice, 30);
    copy_ledger(auditor, 0, copy);
    for (uint64_t old_size = 1; old_size <= copy->count; old_size++) {
        struct proof_query ask = {.old_size = old_size};
        struct proof_reply reply;
        assert_ok(auditor_node_ask(auditor, SUPERVISOR, &proof_query_type, &ask, &reply, &err));
        struct merkle_head older = {old_size, root_of(copy->leaves, old_size)};
        struct merkle_head head = head_of(&reply);
        struct merkle_path path = path_of(&reply);
        assert_int_equal(reply.old_size, old_size);
        assert_true(merkle_has_grown(sha256, &older, &head, &path));
        node_end_answer(auditor->node);
    }
    free(copy);
}

static void what_is_not_there_is_not_proved(void **state)
{
    struct auditor_node *auditor = *state;
    struct id router = auditor->sources[0].journal.id;
    struct id nobody = {{9}};
    struct id neighbour = {{0x12}}; /* its keys come after the router's */
    (void)source_step(&auditor->sources[0], ISSUE, NULL, BYTES("a"));
    (void)source_local(&auditor->sources[0]);
    (void)source_step(&auditor->sources[0], ISSUE, NULL, BYTES("b"));
    (void)source_step(&auditor->sources[1], ISSUE, NULL, BYTES("c"));
    const struct {
        struct proof_query ask;
        enum status status;
        const char *field;
    } cases[] = {
        {{.entry = 0}, STATUS_NOT_FOUND, "entry"},
        {{.entry = 3}, STATUS_NOT_FOUND, "entry"},
        {{.entry = 2, .size = 2}, STATUS_NOT_FOUND, "entry"},
        {{.entry = 0, .size = 4}, STATUS_NOT_FOUND, "size"},
        {{.old_size = 4}, STATUS_INVALID, "old_size"},
        {{.journal = router, .seq = 2}, STATUS_NOT_FOUND, "seq"},
        {{.journal = router, .seq = 4}, STATUS_NOT_FOUND, "seq"},
        {{.journal = router, .seq = UINT64_MAX}, STATUS_NOT_FOUND, "seq"},
        {{.journal = nobody, .seq = 1}, STATUS_NOT_FOUND, "seq"},
        {{.journal = neighbour, .seq = 1}, STATUS_NOT_FOUND, "seq"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = {0};
        struct proof_reply reply;
        assert_status(
            auditor_node_ask(auditor, SUPERVISOR, &proof_query_type, &cases[i].ask, &reply, &err),
            cases[i].status);
        assert_string_equal(err.field, cases[i].field);
        node_end_answer(auditor->node);
        auditor_node_run(auditor, PLENTY); /* the first case meets an empty ledger */
    }
}

static void only_those_who_check_read_the_ledger(void **state)
{
    struct auditor_node *auditor = *state;
    const struct {
        const struct message_type *type;
        union {
            struct ledger_query ledger;
            struct proof_query proof;
            struct checkpoint_query checkpoint;
        } ask;
    } asks[] = {
        {&ledger_query_type, {{0}}}, {&proof_query_type, {{0}}}, {&checkpoint_query_type, {{0}}}};
    const struct checkpoint_command sign = {0};
    struct change_reply change;
    struct err err = {0};
    for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++) {
        union {
            struct ledger_reply ledger;
            struct proof_reply proof;
            struct checkpoint_reply checkpoint;
        } reply;
        assert_status(auditor_node_ask(auditor, "c-001", asks[i].type, &asks[i].ask, &reply, &err),
                      STATUS_FORBIDDEN);
        node_end_answer(auditor->node);
    }
    assert_status(
        auditor_node_command(auditor, "c-001", &checkpoint_command_type, &sign, &change, &err),
        STATUS_FORBIDDEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_AUDITOR(every_entry_can_be_proved_by_its_place_and_by_its_event),
        WITH_AUDITOR(the_ledger_proves_that_it_only_grew),
        WITH_AUDITOR(what_is_not_there_is_not_proved),
        WITH_AUDITOR(only_those_who_check_read_the_ledger),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
