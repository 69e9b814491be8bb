/* SPDX-License-Identifier: Apache-2.0 */
#include "intake_calls.h"

#include "domain/words.h"

/* ---- rows ----------------------------------------------------------------------------------- */

struct cadre_part cadre_of(const char *id)
{
    return (struct cadre_part){.cadre = text_of(id),
                               .name = BYTES("王海"),
                               .unit = BYTES("城建科"),
                               .post = BYTES("科员"),
                               .phone = BYTES("19900000001")};
}

struct household_part household_of(const char *id, const char *cadre)
{
    return (struct household_part){.household = text_of(id),
                                   .head = BYTES("李芳"),
                                   .community = BYTES("c01"),
                                   .village = BYTES("c01v02"),
                                   .group = BYTES("3组"),
                                   .address = BYTES("映月社区石桥村3组8号"),
                                   .phone = BYTES("+86 199-0000-0002"),
                                   .members = 4,
                                   .tags = BYTES("低保;军属"),
                                   .cadre = text_of(cadre)};
}

struct report_part report_of(const char *title, const char *household)
{
    return (struct report_part){
        .title = text_of(title), .text = BYTES("路灯三天不亮"), .household = text_of(household)};
}

static void add_row(struct rows *rows, const struct message_type *type, const void *row)
{
    list_put_message(&rows->list, &rows->out, type, row);
    list_end(&rows->list, &rows->out);
}

void add_cadre(struct rows *rows, struct cadre_part row)
{
    add_row(rows, &cadre_part_type, &row);
}

void add_household(struct rows *rows, struct household_part row)
{
    add_row(rows, &household_part_type, &row);
}

void add_report(struct rows *rows, struct report_part row)
{
    add_row(rows, &report_part_type, &row);
}

/* ---- calls ---------------------------------------------------------------------------------- */

enum status import_as(struct service_node *node, const char *person,
                      const struct message_type *type, struct rows *rows, struct err *err)
{
    /* The three commands are alike. */
    struct cadre_import_command command = {.rows = rows->list, .is_partial = rows->is_partial};
    struct change_reply change;
    _Static_assert(sizeof(struct household_import_command) == sizeof command &&
                       sizeof(struct report_import_command) == sizeof command,
                   "an import is a list of rows");
    uint64_t before = service_node_head(node);
    enum status st = service_node_command(node, person, type, &command, &change, err);
    assert_int_equal(service_node_head(node) > before, st == STATUS_OK);
    buf_done(&rows->out);
    *rows = (struct rows){0};
    return st;
}

enum status import(struct service_node *node, const struct message_type *type, struct rows *rows,
                   struct err *err)
{
    return import_as(node, "operator", type, rows, err);
}

void fill_register(struct service_node *node)
{
    struct err err = {0};
    struct rows rows = {0};
    add_cadre(&rows, cadre_of("cadre1"));
    add_cadre(&rows, cadre_of("cadre2"));
    assert_ok(import(node, &cadre_import_command_type, &rows, &err));
    add_household(&rows, household_of("h1", "cadre1"));
    add_household(&rows, household_of("h2", "cadre1"));
    struct household_part far = household_of("h3", "cadre2");
    far.community = BYTES("c02");
    far.village = BYTES("c02v01");
    add_household(&rows, far);
    assert_ok(import(node, &household_import_command_type, &rows, &err));
}

struct submit_command submit_of(const char *household)
{
    return (struct submit_command){.household = text_of(household),
                                   .kind = (int)KIND_DEMAND,
                                   .category = BYTES("roads"),
                                   .title = BYTES("路灯不亮"),
                                   .text = BYTES("村口的路灯三天不亮")};
}

enum status submit(struct service_node *node, const char *person,
                   const struct submit_command *command, uint64_t *ret_issue, struct err *err)
{
    struct change_reply change;
    enum status st =
        service_node_command(node, person, &submit_command_type, command, &change, err);
    *ret_issue = change.issue;
    return st;
}

uint64_t submit_h1(struct service_node *node)
{
    struct err err = {0};
    struct submit_command command = submit_of("h1");
    uint64_t issue;
    assert_ok(submit(node, "cadre1", &command, &issue, &err));
    return issue;
}

struct report_reply ask_report(struct service_node *node, uint64_t issue)
{
    struct err err = {0};
    struct report_query query = {.issue = issue};
    struct report_reply reply;
    assert_ok(service_node_ask(node, "triage1", &report_query_type, &query, &reply, &err));
    return reply;
}

int open_new_intake(void **state)
{
    *state = service_node_open(&intake_service, "intake", street);
    return 0;
}
