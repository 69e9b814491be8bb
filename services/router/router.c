/* SPDX-License-Identifier: Apache-2.0 */
#include "router/router.h"

#include "domain/access.h"
#include "domain/issue.h"
#include "domain/rules.h"
#include "router/handing.h"
#include "router/replan.h"
#include "router/supervision.h"

static const char *const tables[] = {
    [ISSUES] = "issue",      [BY_STATE] = "by_state", [BY_DEPARTMENT] = "by_department",
    [BY_CADRE] = "by_cadre", [BY_AREA] = "by_area",   [OVERDUE] = "overdue",
    [COUNTS] = "count",      [SUGGEST] = "suggest",   [REPLANNING] = "replanning",
    [HANDED] = "handed",     [HANDING] = "handing",   [MARKED] = "marked",
    [CADRES] = "cadre",      [BY_LEVEL] = "by_level",
};

static const struct command_spec commands[] = {
    {.type = &dispatch_command_type, .decide = decide_dispatch, .door = DOOR_WORK},
    {.type = &review_command_type, .decide = decide_review, .door = DOOR_WORK},
    {.type = &close_unsatisfied_command_type,
     .decide = decide_close_unsatisfied,
     .door = DOOR_WORK},
    {.type = &ask_info_command_type, .decide = decide_ask_info, .door = DOOR_WORK},
    {.type = &suspend_command_type, .decide = decide_suspend, .door = DOOR_WORK},
    {.type = &correct_command_type, .decide = decide_correct, .door = DOOR_WORK},
    {.type = &urge_command_type, .decide = decide_urge, .door = DOOR_WORK},
    {.type = &supervise_command_type, .decide = decide_supervise, .door = DOOR_WORK},
    {0},
};

static const struct react_spec reacts[] = {
    {&reported_event_type, react_reported},
    {&told_event_type, react_told},
    {&signed_event_type, react_signed},
    {&progressed_event_type, react_progressed},
    {&answered_event_type, react_answered},
    {&proposed_event_type, react_proposed},
    {&informed_event_type, react_informed},
    {&contacted_event_type, react_contacted},
    {&wait_asked_event_type, react_wait_asked},
    {&resumed_event_type, react_resumed},
    {&called_back_event_type, react_called_back},
    {&relinked_event_type, react_relinked},
    {&cadres_recorded_event_type, react_cadres},
    {&cadre_left_event_type, react_cadre_left},
    {0},
};

static const struct apply_spec applies[] = {
    {&opened_event_type, apply_opened},
    {&step_event_type, apply_step},
    {&clock_event_type, apply_clock},
    {&set_aside_event_type, apply_set_aside},
    {&config_adopted_event_type, apply_config_adopted},
    {&replanning_event_type, apply_replanning},
    {&replanned_event_type, apply_replanned},
    {&relinked_event_type, apply_relinked},
    {&cadres_known_event_type, apply_cadres},
    {&owner_event_type, apply_owner},
    {&handing_event_type, apply_handing},
    {&supervision_event_type, apply_supervision},
    {0},
};

static const struct query_spec queries[] = {
    {&issue_query_type, &issue_view_type, answer_issue},
    {&issue_list_query_type, &issue_list_reply_type, answer_issue_list},
    {&place_query_type, &place_reply_type, answer_place},
    {&verdict_query_type, &verdict_reply_type, answer_verdict},
    {&agenda_query_type, &agenda_reply_type, answer_agenda},
    {&suggest_query_type, &suggest_reply_type, answer_suggest},
    {0},
};

uint64_t router_count_state(struct ctx *ctx, enum state state)
{
    const char *word = state_word(state);
    char name[48] = "state/";
    memcpy(name + 6, word, strlen(word));
    return count_get(ctx, COUNTS, bytes_of(name, 6 + strlen(word)));
}

/* "open", "final", one for each state, then "replanning". */
static bool count(struct ctx *ctx, uint32_t index, const char **ret_name, uint64_t *ret_value)
{
    static const char *const totals[] = {"open", "final"};
    uint64_t sums[2] = {0, 0};
    if (index == 2 + STATE_COUNT - 1) {
        *ret_name = "replanning";
        *ret_value = replan_left(ctx);
        return true;
    }
    if (index > 2 + STATE_COUNT - 1) {
        return false;
    }
    for (int state = 1; state < STATE_COUNT; state++) {
        uint64_t value = router_count_state(ctx, (enum state)state);
        sums[(STATES_FINAL & STATE_BIT(state)) != 0] += value;
        if (index == (uint32_t)state + 1) {
            *ret_name = state_word((enum state)state);
            *ret_value = value;
            return true;
        }
    }
    *ret_name = totals[index];
    *ret_value = sums[index];
    return true;
}

/* Sections with open legs must stay: an issue may not lose whoever handles it. */
static enum status may_adopt(struct ctx *ctx, const struct config *config, struct err *err)
{
    struct bytes key = {0};
    struct bytes value;
    while (table_next(ctx, BY_DEPARTMENT, key, &key, &value) == STATUS_OK) {
        struct bytes department = bytes_of_string((const char *)key.p);
        if (office_find_department(&config->office, department) == NULL ||
            config_find_department_daemon(config, department) == NULL) {
            return fail(err, STATUS_REFUSED,
                        "section '%.*s' has issues and is not in the new configuration; keep it "
                        "until they are closed",
                        BYTES_FMT(department));
        }
        /* On to the next section: 0xff ends every key of this one. */
        uint8_t *after = ctx_take(ctx, department.len + 9);
        memcpy(after, department.p, department.len);
        memset(after + department.len, 0xff, 9);
        after[department.len] = 0;
        key = bytes_of(after, department.len + 9);
    }
    return STATUS_OK;
}

static void wake(struct ctx *ctx, struct wall at, struct bytes id)
{
    if (replan_is_timer(id)) {
        replan_wake(ctx);
    } else if (handing_is_timer(id)) {
        handing_wake(ctx, id);
    } else if (supervision_is_timer(id)) {
        wake_supervision(ctx, at, id);
    } else {
        wake_clock(ctx, at, id);
    }
}

static enum status open_user(const char *dir, void **ret_user, struct err *err)
{
    (void)dir;
    (void)err;
    *ret_user = rules_scratch_open();
    return STATUS_OK;
}

static void close_user(void *user)
{
    rules_scratch_close(user);
}

struct rules_scratch *router_scratch(const struct ctx *ctx)
{
    return ctx_user(ctx);
}

const struct service router_service = {
    .kind = "router",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
    .commands = commands,
    .reacts = reacts,
    .applies = applies,
    .queries = queries,
    .wake = wake,
    .count = count,
    .may_adopt = may_adopt,
    .open_user = open_user,
    .close_user = close_user,
    .may_operate = access_may_operate,
    .may_watch = access_may_watch,
    .may_see_issue = router_may_see_issue,
};
