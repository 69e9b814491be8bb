/* SPDX-License-Identifier: Apache-2.0 */
/* An auditor that entered what random batches brought, and its ledger as anybody can read it. */
#pragma once

#include "harness.h"

#include "auditor_node.h"

#define SUPERVISOR "s-super"
#define ISSUE UINT64_C(20260000042)
#define PLENTY 100000U

int open_auditor(void **state);
int close_auditor(void **state);
#define WITH_AUDITOR(test) cmocka_unit_test_setup_teardown(test, open_auditor, close_auditor)

enum status call_back(struct auditor_node *auditor, const struct callback_command *ask,
                      uint64_t *ret_seq, struct err *err);
/* A call-back in which the household was reached and content. */
extern const struct callback_command reached;

/* Random batches of both sources, local records and call-backs between them. */
void play(struct auditor_node *auditor, struct dice *dice, uint32_t batches);

/* The whole ledger as its pages show it. */
struct ledger_copy {
    struct merkle_head head;
    struct merkle_hash leaves[8000];
    struct id journals[8000];
    uint64_t seqs[8000];
    uint64_t count;
};
void copy_ledger(struct auditor_node *auditor, uint32_t page, struct ledger_copy *copy);
/* The pages agree with the journals and with the root. */
void assert_ledger_is_sound(struct auditor_node *auditor, struct ledger_copy *copy);

void sha256(struct bytes bytes, struct merkle_hash *ret_hash);
struct merkle_hash root_of(const struct merkle_hash *leaves, uint64_t count);
