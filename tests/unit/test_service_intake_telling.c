/* SPDX-License-Identifier: Apache-2.0 */
/* What intake wants told: a service whose only command tells so many people. */
#include "intake/telling.h"
#include "service_calls.h"
#include "service_node.h"
#include "street.h"

#include <stdio.h>

#define PEOPLE_MAX 130

static enum status decide_tell(struct ctx *ctx, const struct command *command, struct err *err)
{
    (void)err;
    const struct ack_command *ask = command->message;
    static char names[PEOPLE_MAX][8];
    struct bytes people[PEOPLE_MAX];
    CHECK(ask->item <= PEOPLE_MAX);
    for (uint32_t i = 0; i < ask->item; i++) {
        (void)snprintf(names[i], sizeof names[i], "p%03u", i);
        people[i] = bytes_of_string(names[i]);
    }
    intake_tell(ctx, &(struct intake_telling){.category = "due_soon",
                                              .level = NOTICE_LEVEL_WARNING,
                                              .recipients = people,
                                              .recipient_count = (uint32_t)ask->item,
                                              .household = BYTES("h00001"),
                                              .person = BYTES("cadre001"),
                                              .due = ctx_now(ctx),
                                              .count = 4,
                                              .reason = BYTES("三十天没有走访")});
    return STATUS_OK;
}

static const struct command_spec commands[] = {
    {.type = &ack_command_type, .decide = decide_tell, .door = DOOR_WORK},
    {0},
};
static const struct react_spec reacts[] = {{0}};
static const struct apply_spec applies[] = {{0}};
static const struct query_spec queries[] = {{0}};
static const struct service telling_service = {.kind = "intake",
                                               .commands = commands,
                                               .reacts = reacts,
                                               .applies = applies,
                                               .queries = queries};

static void tell(struct service_node *node, uint64_t people)
{
    struct err err = {0};
    struct change_reply change;
    struct ack_command ask = {.item = people};
    assert_ok(service_node_command(node, "operator", &ack_command_type, &ask, &change, &err));
}

static void what_is_to_be_told_is_an_event_with_its_recipients_and_values(void **state)
{
    struct service_node *node = *state;
    struct intake_notice_event event;

    tell(node, 2);

    struct record record = service_node_last(node, &intake_notice_event_type, &event);
    assert_int_equal(event.due.us, record.at.us);
    assert_text(event.category, "due_soon");
    assert_int_equal(event.level, NOTICE_LEVEL_WARNING);
    assert_int_equal(event.recipients.count, 2);
    assert_text(event.household, "h00001");
    assert_text(event.person, "cadre001");
    assert_int_equal(event.count, 4);
    assert_text(event.reason, "三十天没有走访");
}

static void more_recipients_than_one_event_holds_make_several(void **state)
{
    struct service_node *node = *state;
    struct intake_notice_event event;
    uint64_t before = service_node_head(node);

    tell(node, PEOPLE_MAX);

    assert_int_equal(service_node_head(node) - before, 3);
    (void)service_node_last(node, &intake_notice_event_type, &event);
    assert_int_equal(event.recipients.count, 2);
}

static int setup(void **state)
{
    (void)open_street(state);
    *state = service_node_open(&telling_service, "intake", street);
    return 0;
}

static int teardown(void **state)
{
    service_node_close(*state);
    return close_street(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_to_be_told_is_an_event_with_its_recipients_and_values),
        cmocka_unit_test(more_recipients_than_one_event_holds_make_several),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
