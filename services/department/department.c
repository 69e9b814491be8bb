/* SPDX-License-Identifier: Apache-2.0 */
#include "department/department.h"

#include "department/queue.h"
#include "domain/access.h"

static const char *const tables[] = {
    [LEGS] = "leg",        [OPEN] = "open",    [BY_ISSUE] = "by_issue",
    [PENDING] = "pending", [COUNTS] = "count",
};

static const struct command_spec commands[] = {
    {.type = &sign_command_type, .decide = department_decide_sign, .door = DOOR_WORK},
    {.type = &progress_command_type, .decide = department_decide_progress, .door = DOOR_WORK},
    {.type = &answer_command_type, .decide = department_decide_answer, .door = DOOR_WORK},
    {.type = &propose_command_type, .decide = department_decide_propose, .door = DOOR_WORK},
    {.type = &contact_command_type, .decide = department_decide_contact, .door = DOOR_WORK},
    {.type = &wait_command_type, .decide = department_decide_wait, .door = DOOR_WORK},
    {.type = &resume_command_type, .decide = department_decide_resume, .door = DOOR_WORK},
    {0},
};

static const struct react_spec reacts[] = {
    {&opened_event_type, department_react_opened},
    {&leg_event_type, department_react_leg},
    {&step_event_type, department_react_step},
    {&leg_moved_event_type, department_react_moved},
    {&replanned_event_type, department_react_replanned},
    {&supervision_event_type, department_react_supervision},
    {&set_aside_event_type, department_react_set_aside},
    {0},
};

static const struct apply_spec applies[] = {
    {&opened_event_type, department_apply_opened},
    {&leg_event_type, department_apply_leg},
    {&signed_event_type, department_apply_signed},
    {&progressed_event_type, department_apply_progressed},
    {&answered_event_type, department_apply_answered},
    {&proposed_event_type, department_apply_proposed},
    {&contacted_event_type, department_apply_contacted},
    {&wait_asked_event_type, department_apply_wait_asked},
    {&resumed_event_type, department_apply_resumed},
    {&settled_event_type, department_apply_settled},
    {0},
};

static const struct query_spec queries[] = {
    {&queue_query_type, &queue_reply_type, department_answer_queue},
    {&queue_pending_query_type, &queue_pending_reply_type, department_answer_pending},
    {0},
};

static bool count(struct ctx *ctx, uint32_t index, const char **ret_name, uint64_t *ret_value)
{
    static const char *const names[] = {"queued", "pending"};
    if (index >= sizeof names / sizeof names[0]) {
        return false;
    }
    *ret_name = names[index];
    *ret_value = count_get(ctx, COUNTS, bytes_of_string(names[index]));
    return true;
}

/* A section with work in its queue stays where its queue is. */
static enum status may_adopt(struct ctx *ctx, const struct config *config, struct err *err)
{
    struct bytes key = {0};
    struct bytes value;
    while (table_next(ctx, OPEN, key, &key, &value) == STATUS_OK) {
        struct bytes section = bytes_of(key.p, key.len - 9);
        if (!queue_is_served(config, ctx_name(ctx), section)) {
            return fail(err, STATUS_REFUSED,
                        "section '%.*s' has work in the queue of '%.*s', which does not serve it "
                        "in the new configuration; leave it there until the queue is empty",
                        BYTES_FMT(section), BYTES_FMT(ctx_name(ctx)));
        }
        struct leg_key last = queue_leg_key(section, UINT64_MAX);
        key = ctx_copy(ctx, leg_key_bytes(&last)); /* on to the next section */
    }
    return STATUS_OK;
}

const struct service department_service = {
    .kind = "department",
    .linger_ms = 10,
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
    .commands = commands,
    .reacts = reacts,
    .applies = applies,
    .queries = queries,
    .count = count,
    .may_adopt = may_adopt,
    .may_operate = access_may_operate,
    .may_watch = access_may_watch,
    .may_see_issue = department_may_see_issue,
};
