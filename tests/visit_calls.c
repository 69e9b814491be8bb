/* SPDX-License-Identifier: Apache-2.0 */
#include "visit_calls.h"

static const struct zone zone = {8 * 3600};

struct wall wall_at(const char *text)
{
    struct wall wall = {0};
    struct err err = {0};
    assert_ok(wall_parse(bytes_of_string(text), zone, &wall, &err));
    return wall;
}

void set_now(struct service_node *node, const char *text)
{
    service_node_set_now(node, wall_at(text));
}

struct visit_log_command visit_of(const char *household)
{
    return (struct visit_log_command){.household = text_of(household),
                                      .mode = (int)CONTACT_MODE_VISIT};
}

enum status log_visit(struct service_node *node, const char *person,
                      const struct visit_log_command *command, uint64_t *ret_visit, struct err *err)
{
    struct change_reply change;
    enum status st =
        service_node_command(node, person, &visit_log_command_type, command, &change, err);
    *ret_visit = change.seq;
    return st;
}

uint64_t must_log(struct service_node *node, const char *person,
                  const struct visit_log_command *command)
{
    struct err err = {0};
    uint64_t visit;
    if (log_visit(node, person, command, &visit, &err) != STATUS_OK) {
        fail_msg("%s", err.text);
    }
    return visit;
}

void refuse(struct service_node *node, const char *person, const struct visit_log_command *command,
            enum status status, const char *field, const char *part)
{
    struct err err = {0};
    uint64_t visit;
    uint64_t head = service_node_head(node);
    assert_int_equal(log_visit(node, person, command, &visit, &err), status);
    assert_says(&err, field, part);
    assert_int_equal(service_node_head(node), head);
}

void visit_at(struct service_node *node, const char *person, const char *household, const char *at,
              enum contact_mode mode)
{
    struct visit_log_command command = visit_of(household);
    command.at = wall_at(at);
    command.mode = (int)mode;
    (void)must_log(node, person, &command);
}

uint32_t due_count(struct service_node *node, const char *person, const char *cadre,
                   const char *half)
{
    struct err err = {0};
    struct visit_due_query query = {.cadre = text_of(cadre), .half = text_of(half)};
    struct visit_due_reply reply;
    assert_ok(service_node_ask(node, person, &visit_due_query_type, &query, &reply, &err));
    return reply.households.count;
}

uint32_t visit_count(struct service_node *node, const char *person, const char *cadre)
{
    struct err err = {0};
    struct visit_list_query query = {.cadre = text_of(cadre)};
    struct visit_list_reply reply;
    assert_ok(service_node_ask(node, person, &visit_list_query_type, &query, &reply, &err));
    return reply.visits.count;
}

struct coverage_part coverage_of(struct service_node *node, enum coverage_scope scope,
                                 const char *id, const char *half)
{
    struct err err = {0};
    struct coverage_query query = {.by = (int)scope, .half = text_of(half)};
    struct coverage_reply reply;
    assert_ok(service_node_ask(node, "supervisor1", &coverage_query_type, &query, &reply, &err));
    struct list_cursor cursor = list_begin(&reply.coverage);
    struct coverage_part part;
    while (list_next_message(&cursor, &coverage_part_type, &part)) {
        if (bytes_equal(part.id, bytes_of_string(id))) {
            return part;
        }
    }
    return (struct coverage_part){0};
}

void assert_coverage(struct service_node *node, enum coverage_scope scope, const char *id,
                     const char *half, uint32_t assigned, uint32_t visited)
{
    struct coverage_part part = coverage_of(node, scope, id, half);
    assert_int_equal(part.assigned, assigned);
    assert_int_equal(part.visited, visited);
}

struct visit_view show(struct service_node *node, const char *person, uint64_t visit)
{
    struct err err = {0};
    struct visit_query query = {.visit = visit};
    struct visit_view view;
    assert_ok(service_node_ask(node, person, &visit_query_type, &query, &view, &err));
    return view;
}

void relink(struct service_node *node, const char *household, const char *cadre)
{
    struct err err = {0};
    struct rows rows = {0};
    add_household(&rows, household_of(household, cadre));
    assert_ok(import(node, &household_import_command_type, &rows, &err));
}
