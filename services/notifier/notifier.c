/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/notifier.h"

#include "domain/access.h"

static const char *const tables[] = {[INBOX] = "inbox",
                                     [COUNTS] = "count",
                                     [PENDING] = "pending",
                                     [DIGESTS] = "digest",
                                     [UNITS] = "unit"};

static const struct command_spec commands[] = {
    {.type = &ack_command_type, .decide = decide_ack, .door = DOOR_WORK},
    {0},
};

static const struct react_spec reacts[] = {
    {&opened_event_type, notifier_react_opened},
    {&leg_event_type, notifier_react_leg},
    {&step_event_type, notifier_react_step},
    {&clock_event_type, notifier_react_clock},
    {&set_aside_event_type, notifier_react_set_aside},
    {&supervision_event_type, notifier_react_supervision},
    {&intake_notice_event_type, notifier_react_intake},
    {&promise_kept_event_type, notifier_react_promise_kept},
    {&cadres_recorded_event_type, notifier_react_cadres},
    {&cadre_left_event_type, notifier_react_cadre_left},
    {0},
};

static const struct apply_spec applies[] = {
    {&noticed_event_type, apply_noticed},
    {&held_event_type, apply_held},
    {&moved_event_type, apply_moved},
    {&lapsed_event_type, apply_lapsed},
    {&units_event_type, apply_units},
    {&acked_event_type, apply_acked},
    {0},
};

static const struct query_spec queries[] = {
    {&inbox_query_type, &inbox_reply_type, answer_inbox},
    {0},
};

static bool count(struct ctx *ctx, uint32_t index, const char **ret_name, uint64_t *ret_value)
{
    static const char *const names[] = {"notices", "items", "acked", "held", "digests", "unread"};
    if (index >= sizeof names / sizeof names[0]) {
        return false;
    }
    *ret_name = names[index];
    *ret_value = count_get(ctx, COUNTS, bytes_of_string(names[index]));
    return true;
}

const struct service notifier_service = {
    .kind = "notifier",
    .linger_ms = 10,
    .lump_ms = 20,
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
    .commands = commands,
    .reacts = reacts,
    .applies = applies,
    .queries = queries,
    .wake = notifier_wake,
    .count = count,
    .may_operate = access_may_operate,
    .may_watch = access_may_watch,
    .may_see_issue = notifier_may_see_issue,
};
