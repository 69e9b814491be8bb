/* SPDX-License-Identifier: Apache-2.0 */
/* Who may ask the auditor what, and tell it what. */
#include "auditor/auditor.h"
#include "domain/words.h"
#include "rights.h"

#define ISSUE UINT64_C(20260000001)

static struct service_node *open_auditor(void)
{
    struct service_node *node = service_node_open(&auditor_service, "auditor", street);
    const struct step_event event = {.happening = (int)HAPPENING_PROGRESS,
                                     .from = (int)STATE_IN_PROGRESS,
                                     .to = (int)STATE_IN_PROGRESS};
    (void)service_node_follow(node, &(struct router_record){.type = &step_event_type,
                                                            .message = &event,
                                                            .issue = ISSUE,
                                                            .actor = "staff_urban_1"});
    return node;
}

static void the_auditor_answers_those_who_check_and_lets_supervisors_call_back(void **state)
{
    (void)state;
    static const char checkers[] = "office_head first_responsible supervisor1 operator";
    const struct ledger_query ledger = {0};
    const struct proof_query proof = {0};
    const struct checkpoint_query heads = {0};
    const struct records_query records = {.issue = ISSUE};
    const struct checkpoint_command sign = {0};
    const struct callback_command call_back = {.issue = ISSUE, .reached = YES_NO_NO};
    const struct call queries[] = {
        {CALL(ledger_query, ledger), .who = checkers},
        {CALL(proof_query, proof), .who = checkers},
        {CALL(checkpoint_query, heads), .who = checkers, .status = STATUS_NOT_FOUND},
        {CALL(records_query, records), .who = OVERSEERS "first_responsible"},
    };
    const struct call commands[] = {
        {CALL(checkpoint_command, sign), .who = checkers},
        {CALL(callback_command, call_back), .who = "supervisor1"},
    };
    check_queries(CALLS(open_auditor, queries));
    check_commands(CALLS(open_auditor, commands), street);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_auditor_answers_those_who_check_and_lets_supervisors_call_back),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
