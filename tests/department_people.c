/* SPDX-License-Identifier: Apache-2.0 */
#include "department_people.h"

struct config wider_street;

static enum status command(struct service_node *node, const char *person,
                           const struct message_type *type, const void *message, struct err *err)
{
    struct change_reply change;
    uint64_t before = service_node_head(node);
    enum status st = service_node_command(node, person, type, message, &change, err);
    assert_int_equal(service_node_head(node) - before, st == STATUS_OK);
    if (st == STATUS_OK) {
        assert_int_equal(change.seq, before + 1);
    }
    return st;
}

enum status sign(struct service_node *node, const char *person, const char *department,
                 struct err *err)
{
    struct sign_command ask = {.issue = ISSUE, .department = text_of(department), .generation = 2};
    return command(node, person, &sign_command_type, &ask, err);
}

enum status progress(struct service_node *node, const char *person, struct err *err)
{
    struct progress_command ask = {.issue = ISSUE, .words = BYTES("已现场查看"), .generation = 4};
    return command(node, person, &progress_command_type, &ask, err);
}

enum status answer(struct service_node *node, const char *person, enum outcome outcome,
                   const char *evidence, struct err *err)
{
    struct answer_command ask = {.issue = ISSUE,
                                 .outcome = (int)outcome,
                                 .words = BYTES("路灯已修复"),
                                 .evidence = text_of(evidence),
                                 .generation = 5};
    return command(node, person, &answer_command_type, &ask, err);
}

enum status propose(struct service_node *node, const char *person, struct err *err)
{
    struct propose_command ask = {.issue = ISSUE,
                                  .ground = BYTES("条例第五条"),
                                  .tried = BYTES("已协调两次"),
                                  .words = BYTES("目前不能办理"),
                                  .generation = 6};
    return command(node, person, &propose_command_type, &ask, err);
}

void open_and_sign(struct service_node *node)
{
    struct err err = {0};
    assert_int_equal(open_issue(node, ISSUE, "urban"), 1);
    assert_ok(sign(node, "staff_urban_1", NULL, &err));
    assert_int_equal(
        step_urban(node, service_node_head(node), STATE_IN_PROGRESS, LEG_STATE_IN_PROGRESS), 1);
}

struct queue_reply list(struct service_node *node, const char *person, struct queue_query query)
{
    struct err err = {0};
    struct queue_reply reply;
    assert_ok(service_node_ask(node, person, &queue_query_type, &query, &reply, &err));
    return reply;
}

struct queue_item item(struct service_node *node, const char *department)
{
    struct queue_query query = {.department = text_of(department), .all = true};
    struct queue_reply reply = list(node, "operator", query);
    struct list_cursor cursor = list_begin(&reply.items);
    struct queue_item found;
    assert_int_equal(reply.items.count, 1);
    assert_true(list_next_message(&cursor, &queue_item_type, &found));
    return found;
}

int open_wider_street(void **state)
{
    (void)open_street(state);
    wider_street = *street;
    struct person *people = calloc(wider_street.office.person_count, sizeof *people);
    if (people == NULL) {
        return -1;
    }
    for (uint32_t i = 0; i < wider_street.office.person_count; i++) {
        people[i] = street->office.people[i];
        if (bytes_equal(people[i].id, BYTES("staff_urban_3"))) {
            people[i].departments[people[i].department_count++] = BYTES("transport");
        }
    }
    wider_street.office.people = people;
    return 0;
}

int close_wider_street(void **state)
{
    free((void *)(uintptr_t)wider_street.office.people);
    return close_street(state);
}

int open_department(void **state)
{
    *state = service_node_open(&department_service, "department-urban", &wider_street);
    return 0;
}
