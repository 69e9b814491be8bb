/* SPDX-License-Identifier: Apache-2.0 */
/* What the auditor follows becomes an entry of its ledger, once and in order, whatever happens. */
#include "auditor_ledger.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_AUDITOR(a_new_ledger_is_empty),
        WITH_AUDITOR(every_followed_event_and_own_call_back_becomes_an_entry),
        WITH_AUDITOR(entries_keep_the_order_they_were_seen_in_and_leave_local_records_out),
        WITH_AUDITOR(more_than_a_thousand_events_of_one_batch_are_split),
        WITH_AUDITOR(a_batch_that_did_not_fit_is_entered_once),
        WITH_AUDITOR(an_aborted_batch_leaves_nothing_behind),
        WITH_AUDITOR(a_dead_letter_is_entered_once_and_its_fate_too),
        WITH_AUDITOR(replaying_the_journal_makes_the_same_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
