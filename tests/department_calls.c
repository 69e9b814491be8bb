/* SPDX-License-Identifier: Apache-2.0 */
#include "department_calls.h"

#include "department/department.h"

/* The issue after a step: signing is due in an hour, handling in ten. */
struct after {
    struct issue_part part;
    struct buf legs;
    struct buf clocks;
};

static void after_init(struct after *after, enum state state, const struct share *shares)
{
    *after = (struct after){.part = {.state = (int)state,
                                     .urgency = (int)URGENCY_UTILITY,
                                     .category = BYTES("roads"),
                                     .lead = text_of(shares[0].department),
                                     .owner = BYTES("cadre1")}};
    for (int i = 0; i < SHARES_MAX && shares[i].department != NULL; i++) {
        struct leg_part leg = {.department = text_of(shares[i].department),
                               .role = (int)shares[i].role,
                               .state = (int)shares[i].state};
        list_put_message(&after->part.legs, &after->legs, &leg_part_type, &leg);
    }
    list_end(&after->part.legs, &after->legs);
    const struct clock_part clocks[] = {
        {.stage = (int)STAGE_SIGN, .due_at = {SERVICE_NODE_BEGIN_US + HOUR_US}},
        {.stage = (int)STAGE_HANDLE, .due_at = {SERVICE_NODE_BEGIN_US + 10 * HOUR_US}},
        {.stage = (int)STAGE_REVIEW, .due_at = {SERVICE_NODE_BEGIN_US + 20 * HOUR_US}},
    };
    for (size_t i = 0; i < sizeof clocks / sizeof clocks[0]; i++) {
        list_put_message(&after->part.clocks, &after->clocks, &clock_part_type, &clocks[i]);
    }
    list_end(&after->part.clocks, &after->clocks);
}

static void after_done(struct after *after)
{
    buf_done(&after->legs);
    buf_done(&after->clocks);
}

uint64_t open_issue(struct service_node *node, uint64_t issue, const char *topic)
{
    struct after after;
    const struct share shares[SHARES_MAX] = {
        {topic == NULL ? "urban" : topic, LEG_ROLE_LEAD, LEG_STATE_DISPATCHED}};
    after_init(&after, STATE_DISPATCHED, shares);
    struct opened_event event = {.household = BYTES("h1"),
                                 .cadre = BYTES("cadre1"),
                                 .area = BYTES("c01v02"),
                                 .after = after.part,
                                 .title = BYTES("路灯不亮"),
                                 .text = BYTES("村口的路灯三天不亮")};
    struct router_record record = {.type = &opened_event_type,
                                   .message = &event,
                                   .issue = issue,
                                   .generation = 2,
                                   .topic = topic};
    uint64_t wrote = service_node_follow(node, &record);
    after_done(&after);
    return wrote;
}

uint64_t add_leg(struct service_node *node, uint64_t issue, const char *topic, enum leg_role role)
{
    struct leg_event event = {.role = (int)role,
                              .category = BYTES("roads"),
                              .area = BYTES("c01v02"),
                              .urgency = (int)URGENCY_GENERAL,
                              .lead = BYTES("urban"),
                              .sign_due = {SERVICE_NODE_BEGIN_US + 2 * HOUR_US},
                              .handle_due = {SERVICE_NODE_BEGIN_US + 11 * HOUR_US},
                              .title = BYTES("协办"),
                              .text = BYTES("请配合")};
    struct router_record record = {.type = &leg_event_type,
                                   .message = &event,
                                   .issue = issue,
                                   .generation = 3,
                                   .topic = topic};
    return service_node_follow(node, &record);
}

uint64_t step(struct service_node *node, const char *topic, uint64_t fact, enum state state,
              const struct share *shares)
{
    struct after after;
    after_init(&after, state, shares);
    struct step_event event = {.happening = (int)HAPPENING_PROGRESS,
                               .from = (int)state,
                               .to = (int)state,
                               .department = text_of(topic),
                               .after = after.part};
    struct router_record record = {.type = &step_event_type,
                                   .message = &event,
                                   .issue = ISSUE,
                                   .generation = 9,
                                   .topic = topic,
                                   .fact = fact};
    uint64_t wrote = service_node_follow(node, &record);
    after_done(&after);
    return wrote;
}

uint64_t step_urban(struct service_node *node, uint64_t fact, enum state state, enum leg_state leg)
{
    const struct share shares[SHARES_MAX] = {{"urban", LEG_ROLE_LEAD, leg}};
    return step(node, "urban", fact, state, shares);
}

uint64_t put_aside(struct service_node *node, uint64_t fact, const char *reason)
{
    struct set_aside_event event = {.reason = text_of(reason), .author = BYTES("staff_urban_1")};
    struct router_record record = {.type = &set_aside_event_type,
                                   .message = &event,
                                   .issue = ISSUE,
                                   .topic = "urban",
                                   .fact = fact};
    return service_node_follow(node, &record);
}

int open_new_department(void **state)
{
    *state = service_node_open(&department_service, "department-urban", street);
    return 0;
}
