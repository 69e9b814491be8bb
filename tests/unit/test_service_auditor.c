/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "auditor_node.h"
#include "runtime/ctx.h"

#include <inttypes.h>
#include <sodium.h>

#define SUPERVISOR "s-super"
#define ISSUE UINT64_C(20260000042)
#define PLENTY 100000U

static int open_auditor(void **state)
{
    struct auditor_node *auditor = calloc(1, sizeof *auditor);
    auditor_node_open(auditor, NULL);
    *state = auditor;
    return 0;
}

static int close_auditor(void **state)
{
    auditor_node_close(*state);
    free(*state);
    return 0;
}

static void sha256(struct bytes bytes, struct merkle_hash *ret_hash)
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

/* The whole ledger as its pages show it. */
struct ledger_copy {
    struct merkle_head head;
    struct merkle_hash leaves[8000];
    struct id journals[8000];
    uint64_t seqs[8000];
    uint64_t count;
};

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

static void copy_ledger(struct auditor_node *auditor, uint32_t page, struct ledger_copy *copy)
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

static struct merkle_hash root_of(const struct merkle_hash *leaves, uint64_t count)
{
    const struct merkle_store store = {.digest = sha256, .put = keep_no_node};
    struct merkle_frontier frontier = {.size = 0};
    for (uint64_t i = 0; i < count; i++) {
        merkle_append(&frontier, &store, &leaves[i]);
    }
    return merkle_root(&frontier, sha256);
}

/* The pages agree with the journals and with the root. */
static void assert_ledger_is_sound(struct auditor_node *auditor, struct ledger_copy *copy)
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

static enum status call_back(struct auditor_node *auditor, const struct callback_command *ask,
                             uint64_t *ret_seq, struct err *err)
{
    struct change_reply change = {0};
    enum status st =
        auditor_node_command(auditor, SUPERVISOR, &callback_command_type, ask, &change, err);
    *ret_seq = change.seq;
    return st;
}

static const struct callback_command reached = {.issue = ISSUE,
                                                .reached = YES_NO_YES,
                                                .solved = YES_NO_YES,
                                                .result = 5,
                                                .section = 4,
                                                .cadre = 3,
                                                .generation = 9};

/* Random batches of both sources, local records and call-backs between them. */
static void play(struct auditor_node *auditor, struct dice *dice, uint32_t batches)
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

static void a_new_ledger_is_empty(void **state)
{
    struct err err = {0};
    struct ledger_reply reply;
    struct ledger_query ask = {0};

    assert_ok(auditor_node_ask(*state, "operator", &ledger_query_type, &ask, &reply, &err));

    struct merkle_hash nothing;
    sha256((struct bytes){0}, &nothing);
    assert_int_equal(reply.size, 0);
    assert_int_equal(reply.entries.count, 0);
    assert_memory_equal(reply.root.p, nothing.bytes, MERKLE_HASH_BYTES);
    node_end_answer(((struct auditor_node *)*state)->node);
}

static void every_followed_event_and_own_call_back_becomes_an_entry(void **state)
{
    struct auditor_node *auditor = *state;
    struct dice dice = dice_open(1);
    struct ledger_copy *copy = calloc(1, sizeof *copy);

    play(auditor, &dice, 60);

    assert_ledger_is_sound(auditor, copy);
    assert_int_equal(auditor_node_count(auditor, 0), copy->count);
    assert_true(copy->count > 500);
    free(copy);
}

static void entries_keep_the_order_they_were_seen_in_and_leave_local_records_out(void **state)
{
    struct auditor_node *auditor = *state;
    struct source *router = &auditor->sources[0];
    struct source *intake = &auditor->sources[1];
    struct ledger_copy *copy = calloc(1, sizeof *copy);
    struct err err = {0};
    const uint64_t seqs[] = {1, 2, 1, 3};
    (void)source_step(router, ISSUE, NULL, BYTES("a"));
    (void)source_step(router, ISSUE, NULL, BYTES("b"));
    (void)source_step(intake, ISSUE, NULL, BYTES("c"));
    (void)source_local(intake);
    (void)source_step(intake, ISSUE, NULL, BYTES("d"));

    assert_ok(node_begin(auditor->node, auditor->now, &err));
    auditor_node_feed(auditor, 0, PLENTY);
    auditor_node_feed(auditor, 1, PLENTY);
    node_flush(auditor->node);
    assert_ok(node_commit(auditor->node, &err));

    copy_ledger(auditor, 0, copy);
    assert_int_equal(copy->count, 4);
    assert_memory_equal(copy->seqs, seqs, sizeof seqs);
    assert_true(id_equal(&copy->journals[1], &router->journal.id));
    assert_true(id_equal(&copy->journals[2], &intake->journal.id));
    free(copy);
}

static void more_than_a_thousand_events_of_one_batch_are_split(void **state)
{
    struct auditor_node *auditor = *state;
    struct ledger_copy *copy = calloc(1, sizeof *copy);
    for (uint32_t i = 0; i < 2500; i++) {
        (void)source_step(&auditor->sources[0], ISSUE, NULL, BYTES("on it"));
    }

    auditor_node_run(auditor, PLENTY);

    assert_ledger_is_sound(auditor, copy);
    assert_int_equal(copy->count, 2500);
    /* Three runs, and a checkpoint because there are more than a thousand. */
    assert_int_equal(auditor->node->durable.head, 4);
    assert_int_equal(auditor_node_count(auditor, 1), 1);
    (void)source_step(&auditor->sources[0], ISSUE, NULL, BYTES("on it"));
    auditor_node_run(auditor, PLENTY);
    assert_int_equal(auditor_node_count(auditor, 1), 1);
    free(copy);
}

static void a_batch_that_did_not_fit_is_entered_once(void **state)
{
    struct auditor_node *auditor = *state;
    struct ledger_copy *copy = calloc(1, sizeof *copy);
    for (uint32_t i = 0; i < 10; i++) {
        (void)source_step(&auditor->sources[i % 2], ISSUE, NULL, BYTES("on it"));
    }
    memory_disk_set_fault(auditor->disk, MEMORY_FAULT_MAP_FULL);

    auditor_node_run(auditor, PLENTY);

    assert_ledger_is_sound(auditor, copy);
    assert_int_equal(copy->count, 10);
    free(copy);
}

static void an_aborted_batch_leaves_nothing_behind(void **state)
{
    struct auditor_node *auditor = *state;
    struct ledger_copy *copy = calloc(1, sizeof *copy);
    struct err err = {0};
    (void)source_step(&auditor->sources[0], ISSUE, NULL, BYTES("on it"));
    assert_ok(node_begin(auditor->node, auditor->now, &err));
    auditor_node_feed(auditor, 0, PLENTY);
    node_abort(auditor->node);
    auditor->sources[0].fed = 0;

    auditor_node_run(auditor, PLENTY);

    assert_ledger_is_sound(auditor, copy);
    assert_int_equal(copy->count, 1);
    free(copy);
}

static void a_dead_letter_is_entered_once_and_its_fate_too(void **state)
{
    struct auditor_node *auditor = *state;
    struct ledger_copy *copy = calloc(1, sizeof *copy);
    struct err err = {0};
    struct change_reply change;
    struct record poison = {.type = MESSAGE_STEP_EVENT, .issue = ISSUE, .open = BYTES("\xc1")};
    (void)source_append(&auditor->sources[0], &poison);
    (void)source_step(&auditor->sources[0], ISSUE, NULL, BYTES("waits behind it"));

    auditor_node_run(auditor, PLENTY);
    copy_ledger(auditor, 0, copy);
    assert_int_equal(copy->count, 4); /* two events, two dead letters of the auditor's own */

    const struct dead_settle_command again = {.seq = 1};
    const struct dead_settle_command drop = {.seq = 1, .is_dropped = true};
    assert_status(
        auditor_node_command(auditor, "operator", &dead_settle_command_type, &again, &change, &err),
        STATUS_REFUSED);
    assert_ok(
        auditor_node_command(auditor, "operator", &dead_settle_command_type, &drop, &change, &err));

    assert_ledger_is_sound(auditor, copy);
    assert_int_equal(copy->count, 6);
    free(copy);
}

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

/* Asks for a checkpoint and verifies it as anybody could. */
static enum status check_checkpoint(struct auditor_node *auditor,
                                    const struct checkpoint_query *ask,
                                    struct checkpoint_reply *ret_reply)
{
    struct err err = {0};
    enum status st =
        auditor_node_ask(auditor, SUPERVISOR, &checkpoint_query_type, ask, ret_reply, &err);
    if (st == STATUS_OK) {
        char text[256];
        char root[65];
        char at[WALL_TEXT_BYTES];
        (void)sodium_bin2hex(root, sizeof root, ret_reply->root.p, ret_reply->root.len);
        wall_format(ret_reply->at, (struct zone){0}, at);
        (void)snprintf(text, sizeof text, "%.*s\n%" PRIu64 "\n%s\n%s\n",
                       BYTES_FMT(ret_reply->origin), ret_reply->size, root, at);
        assert_string_equal((const char *)ret_reply->text.p, text);
        assert_int_equal(crypto_sign_verify_detached(ret_reply->signature.p, ret_reply->text.p,
                                                     ret_reply->text.len, ret_reply->key.p),
                         0);
    }
    node_end_answer(auditor->node);
    return st;
}

static void a_checkpoint_says_which_ledger_how_many_entries_and_when(void **state)
{
    struct auditor_node *auditor = *state;
    struct checkpoint_command sign = {0};
    struct checkpoint_reply reply;
    struct change_reply change;
    struct err err = {0};
    (void)source_step(&auditor->sources[0], ISSUE, NULL, BYTES("a"));
    auditor_node_run(auditor, PLENTY);

    assert_ok(
        auditor_node_command(auditor, SUPERVISOR, &checkpoint_command_type, &sign, &change, &err));

    struct checkpoint_query ask = {.seq = change.seq};
    assert_ok(check_checkpoint(auditor, &ask, &reply));
    assert_int_equal(reply.size, 1);
    assert_int_equal(reply.seq, change.seq);
    assert_int_equal(reply.at.us, auditor->now.us);
    assert_true(bytes_equal(reply.origin, BYTES("lianhu/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")));
}

static void an_empty_ledger_is_not_signed(void **state)
{
    struct checkpoint_command sign = {0};
    struct checkpoint_query ask = {0};
    struct checkpoint_reply reply;
    struct change_reply change;
    struct err err = {0};
    assert_status(
        auditor_node_command(*state, "operator", &checkpoint_command_type, &sign, &change, &err),
        STATUS_REFUSED);
    assert_status(check_checkpoint(*state, &ask, &reply), STATUS_NOT_FOUND);
}

static void a_minute_after_the_first_new_entry_the_head_is_signed_once(void **state)
{
    struct auditor_node *auditor = *state;
    struct wall due;
    struct wall first = auditor->now;
    (void)source_step(&auditor->sources[0], ISSUE, NULL, BYTES("a"));
    auditor_node_run(auditor, PLENTY);
    auditor->now.us += 30 * US_PER_S;
    (void)source_step(&auditor->sources[0], ISSUE, NULL, BYTES("b"));
    auditor_node_run(auditor, PLENTY);

    assert_true(node_find_due(auditor->node, &due));
    assert_int_equal(due.us, first.us + 60 * US_PER_S);
    auditor->now.us = due.us - 1;
    auditor_node_run(auditor, PLENTY);
    assert_int_equal(auditor_node_count(auditor, 1), 0);
    auditor->now.us = due.us;
    auditor_node_run(auditor, PLENTY);
    assert_int_equal(auditor_node_count(auditor, 1), 1);
    assert_false(node_find_due(auditor->node, &due));

    auditor->now.us += 3600 * US_PER_S;
    auditor_node_run(auditor, PLENTY);
    assert_int_equal(auditor_node_count(auditor, 1), 1);
}

static void checkpoints_can_be_read_one_after_another(void **state)
{
    struct auditor_node *auditor = *state;
    struct checkpoint_query ask = {.after = 1};
    struct checkpoint_reply reply;
    struct err err = {0};
    for (uint32_t i = 0; i < 5; i++) {
        (void)source_step(&auditor->sources[0], ISSUE, NULL, BYTES("a"));
        auditor_node_run(auditor, PLENTY);
        auditor->now.us += 60 * US_PER_S;
        auditor_node_run(auditor, PLENTY);
    }
    for (uint32_t i = 0; i < 5; i++) {
        assert_ok(check_checkpoint(auditor, &ask, &reply));
        assert_int_equal(reply.size, i + 1);
        ask.after = reply.seq;
    }
    assert_status(check_checkpoint(auditor, &ask, &reply), STATUS_NOT_FOUND);
    ask = (struct checkpoint_query){.seq = 1};
    assert_status(check_checkpoint(auditor, &ask, &reply), STATUS_NOT_FOUND);
    ask.seq = 0;
    assert_ok(check_checkpoint(auditor, &ask, &reply));
    assert_int_equal(reply.size, 5);
}

static void what_was_said_in_a_call_back_is_recorded(void **state)
{
    struct auditor_node *auditor = *state;
    struct callback_command ask = reached;
    struct record record;
    struct called_back_event event;
    struct buf raw = {0};
    struct err err = {0};
    uint64_t seq;
    ask.reasonable = YES_NO_NO;
    ask.words = BYTES("the road is dry again");

    assert_ok(call_back(auditor, &ask, &seq, &err));

    journal_copy(auditor->store, seq, &raw, &record);
    assert_ok(record_message(&record, &called_back_event_type, &event, &err));
    assert_int_equal(record.issue, ISSUE);
    assert_int_equal(record.generation, 9);
    assert_int_equal(record.flags & RECORD_LOCAL, 0);
    assert_true(bytes_equal(record.actor, BYTES(SUPERVISOR)));
    assert_int_equal(event.reached, YES_NO_YES);
    assert_int_equal(event.solved, YES_NO_YES);
    assert_int_equal(event.result, 5);
    assert_int_equal(event.section, 4);
    assert_int_equal(event.cadre, 3);
    assert_int_equal(event.reasonable, YES_NO_NO);
    assert_int_equal(event.generation, 9);
    assert_true(bytes_equal(event.words, ask.words));
    buf_done(&raw);
}

static void a_call_back_needs_every_answer_or_none(void **state)
{
    const struct {
        struct callback_command ask;
        const char *field; /* NULL: accepted */
    } cases[] = {
        {{.reached = YES_NO_YES, .result = 5, .section = 5, .cadre = 5}, "solved"},
        {{.reached = YES_NO_YES, .solved = YES_NO_NO, .section = 5, .cadre = 5}, "result"},
        {{.reached = YES_NO_YES, .solved = YES_NO_NO, .result = 1, .cadre = 5}, "section"},
        {{.reached = YES_NO_YES, .solved = YES_NO_NO, .result = 1, .section = 1}, "cadre"},
        {{.reached = YES_NO_YES, .solved = YES_NO_NO, .result = 1, .section = 1, .cadre = 1}, NULL},
        {{.reached = YES_NO_NO, .solved = YES_NO_NO}, "solved"},
        {{.reached = YES_NO_NO, .result = 1}, "result"},
        {{.reached = YES_NO_NO, .section = 1}, "section"},
        {{.reached = YES_NO_NO, .cadre = 1}, "cadre"},
        {{.reached = YES_NO_NO, .reasonable = YES_NO_YES}, "reasonable"},
        {{.reached = YES_NO_NO, .words = {(const uint8_t *)"nobody answers", 14}}, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct callback_command ask = cases[i].ask;
        struct err err = {0};
        uint64_t seq;
        ask.issue = ISSUE;
        enum status st = call_back(*state, &ask, &seq, &err);
        assert_status(st, cases[i].field == NULL ? STATUS_OK : STATUS_INVALID);
        assert_string_equal(err.field, cases[i].field == NULL ? "" : cases[i].field);
        bool is_mark_missing = i >= 1 && i <= 3;
        assert_true(!is_mark_missing || strstr(err.text, "from 1 to 5") != NULL);
    }
}

static void only_a_supervisor_calls_back(void **state)
{
    static const char *const others[] = {"s-clerk", "c-001", "operator"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct change_reply change;
        struct err err = {0};
        assert_status(auditor_node_command(*state, others[i], &callback_command_type, &reached,
                                           &change, &err),
                      STATUS_FORBIDDEN);
    }
    assert_int_equal(auditor_node_count(*state, 2), 0);
}

static void append_set_aside(struct auditor_node *auditor, uint64_t seq, uint16_t index)
{
    struct set_aside_event event = {.reason = BYTES("the issue is closed")};
    struct buf open = {0};
    message_append(&set_aside_event_type, &event, PART_OPEN, &open);
    struct record record = {.type = MESSAGE_SET_ASIDE_EVENT,
                            .flags = RECORD_BY_RECORD,
                            .issue = ISSUE,
                            .depth = 2,
                            .cause = {auditor->node->journal.id, seq},
                            .cause_index = index,
                            .open = buf_bytes(&open)};
    (void)source_append(&auditor->sources[0], &record);
    buf_done(&open);
}

static void a_call_back_is_pending_until_the_router_has_taken_the_step(void **state)
{
    struct auditor_node *auditor = *state;
    struct id own = auditor->node->journal.id;
    struct err err = {0};
    uint64_t seq;
    assert_ok(call_back(auditor, &reached, &seq, &err));
    assert_int_equal(auditor_node_count(auditor, 2), 1);

    /* What is no answer: to nobody, to another journal, to another fact, and what only follows from
     * the answer. */
    const struct position others[] = {{auditor->sources[1].journal.id, seq}, {own, seq + 100}};
    (void)source_step(&auditor->sources[1], ISSUE, NULL, BYTES("told"));
    auditor_node_run(auditor, PLENTY);
    (void)source_step(&auditor->sources[0], ISSUE, NULL, BYTES("on it"));
    (void)source_step(&auditor->sources[0], ISSUE, &others[0], BYTES("on it"));
    (void)source_step(&auditor->sources[0], ISSUE, &others[1], BYTES("on it"));
    append_set_aside(auditor, seq, 1);
    auditor_node_run(auditor, PLENTY);
    assert_int_equal(auditor_node_count(auditor, 2), 1);

    const struct position cause = {own, seq};
    (void)source_step(&auditor->sources[0], ISSUE, &cause, BYTES("closed"));
    auditor_node_run(auditor, PLENTY);
    assert_int_equal(auditor_node_count(auditor, 2), 0);
}

static void a_call_back_that_was_set_aside_is_settled_with_the_reason(void **state)
{
    struct auditor_node *auditor = *state;
    struct settled_event settled;
    struct record record;
    struct buf open = {0};
    struct err err = {0};
    uint64_t seq;
    assert_ok(call_back(auditor, &reached, &seq, &err));
    append_set_aside(auditor, seq, 0);

    auditor_node_run(auditor, PLENTY);

    assert_int_equal(auditor_node_count(auditor, 2), 0);
    journal_copy(auditor->store, seq + 1, &open, &record);
    assert_ok(record_message(&record, &settled_event_type, &settled, &err));
    assert_int_equal(settled.fact, seq);
    assert_int_equal(settled.fact_type, MESSAGE_CALLED_BACK_EVENT);
    assert_true(settled.is_set_aside);
    assert_true(bytes_equal(settled.reason, BYTES("the issue is closed")));
    assert_true((record.flags & RECORD_LOCAL) != 0);
    buf_done(&open);
}

static void assert_tables_equal(struct store *a, struct store *b, uint32_t table)
{
    struct err err = {0};
    struct store_txn *txns[2] = {NULL, NULL};
    struct bytes keys[2] = {{0}, {0}};
    struct bytes values[2];
    assert_ok(store_begin(a, false, &txns[0], &err));
    assert_ok(store_begin(b, false, &txns[1], &err));
    enum status st = STATUS_OK;
    while (st == STATUS_OK) {
        st = store_next(txns[0], table, keys[0], &keys[0], &values[0]);
        assert_status(store_next(txns[1], table, keys[1], &keys[1], &values[1]), st);
        if (st == STATUS_OK) {
            assert_true(bytes_equal(keys[0], keys[1]));
            assert_true(bytes_equal(values[0], values[1]));
        }
    }
    store_abort(txns[0]);
    store_abort(txns[1]);
}

static void replaying_the_journal_makes_the_same_tables(void **state)
{
    struct auditor_node *auditor = *state;
    struct dice dice = dice_open(4);
    struct err err = {0};
    struct memory_disk *disk = memory_disk_open();
    const char *names[STORE_TABLES_MAX];
    struct store_options options = {.tables = names,
                                    .table_count = node_tables(&auditor_service, names)};
    struct store *replayed = NULL;
    assert_ok(store_open_memory(disk, &options, &replayed, &err));
    struct record poison = {.type = MESSAGE_STEP_EVENT, .issue = 7, .open = BYTES("\xc1")};
    (void)source_append(&auditor->sources[0], &poison);
    play(auditor, &dice, 100);

    struct replay replay = {.service = &auditor_service, .from = auditor->store, .to = replayed};
    assert_ok(node_replay(&replay, &err));

    for (uint32_t table = TABLE_DERIVED; table < options.table_count; table++) {
        assert_tables_equal(auditor->store, replayed, table);
    }
    store_close(replayed);
    memory_disk_close(disk);
}

static void those_who_see_every_issue_see_its_call_backs(void **state)
{
    const struct {
        const char *person;
        uint64_t issue;
        enum status status;
    } cases[] = {
        {SUPERVISOR, ISSUE, STATUS_OK},   {"operator", ISSUE, STATUS_OK},
        {"s-clerk", ISSUE, STATUS_OK},    {"c-001", ISSUE, STATUS_FORBIDDEN},
        {SUPERVISOR, 0, STATUS_OK},       {"operator", 0, STATUS_OK},
        {"s-clerk", 0, STATUS_FORBIDDEN},
    };
    struct auditor_node *auditor = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = {0};
        struct records_query ask = {.issue = cases[i].issue};
        struct records_reply reply;
        assert_status(
            auditor_node_ask(auditor, cases[i].person, &records_query_type, &ask, &reply, &err),
            cases[i].status);
        node_end_answer(auditor->node);
    }
}

#define test(function) cmocka_unit_test_setup_teardown(function, open_auditor, close_auditor)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_new_ledger_is_empty),
        test(every_followed_event_and_own_call_back_becomes_an_entry),
        test(entries_keep_the_order_they_were_seen_in_and_leave_local_records_out),
        test(more_than_a_thousand_events_of_one_batch_are_split),
        test(a_batch_that_did_not_fit_is_entered_once),
        test(an_aborted_batch_leaves_nothing_behind),
        test(a_dead_letter_is_entered_once_and_its_fate_too),
        test(every_entry_can_be_proved_by_its_place_and_by_its_event),
        test(the_ledger_proves_that_it_only_grew),
        test(what_is_not_there_is_not_proved),
        test(only_those_who_check_read_the_ledger),
        test(a_checkpoint_says_which_ledger_how_many_entries_and_when),
        test(an_empty_ledger_is_not_signed),
        test(a_minute_after_the_first_new_entry_the_head_is_signed_once),
        test(checkpoints_can_be_read_one_after_another),
        test(what_was_said_in_a_call_back_is_recorded),
        test(a_call_back_needs_every_answer_or_none),
        test(only_a_supervisor_calls_back),
        test(a_call_back_is_pending_until_the_router_has_taken_the_step),
        test(a_call_back_that_was_set_aside_is_settled_with_the_reason),
        test(replaying_the_journal_makes_the_same_tables),
        test(those_who_see_every_issue_see_its_call_backs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
