/* SPDX-License-Identifier: Apache-2.0 */
/* Checkpoints: what is signed, when, and how anybody verifies it. */
#include "auditor_ledger.h"

#include <inttypes.h>
#include <sodium.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_AUDITOR(a_checkpoint_says_which_ledger_how_many_entries_and_when),
        WITH_AUDITOR(an_empty_ledger_is_not_signed),
        WITH_AUDITOR(a_minute_after_the_first_new_entry_the_head_is_signed_once),
        WITH_AUDITOR(checkpoints_can_be_read_one_after_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
