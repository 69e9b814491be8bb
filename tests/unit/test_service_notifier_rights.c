/* SPDX-License-Identifier: Apache-2.0 */
/* Who may ask the notifier what, and tell it what. */
#include "notifier/notifier.h"
#include "rights.h"

#define ISSUE UINT64_C(20260000001)

static struct service_node *open_notifier(void)
{
    struct service_node *node = service_node_open(&notifier_service, "notifier", street);
    (void)service_node_follow_cadres(node, (const char *const[]){"cadre1", "cadre2"}, 2);
    return node;
}

static void the_notifier_shows_everybody_the_own_inbox_and_the_office_who_was_told(void **state)
{
    (void)state;
    const struct inbox_query inbox = {0};
    const struct records_query told = {.issue = ISSUE};
    const struct call queries[] = {
        {CALL(inbox_query, inbox), .who = EVERYBODY},
        {CALL(records_query, told), .who = OVERSEERS},
    };
    /* Of an inbox that does not have it. */
    const struct ack_command ack = {.item = 257};
    const struct call commands[] = {
        {CALL(ack_command, ack), .who = EVERYBODY, .status = STATUS_NOT_FOUND},
    };
    check_queries(CALLS(open_notifier, queries));
    check_commands(CALLS(open_notifier, commands), street);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_notifier_shows_everybody_the_own_inbox_and_the_office_who_was_told),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
