/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/intake.h"

#include "domain/access.h"

static const char *const tables[] = {
    [HOUSEHOLDS] = "household",
    [CADRES] = "cadre",
    [CADRE_HOUSEHOLDS] = "cadre_household",
    [AREA_HOUSEHOLDS] = "area_household",
    [REPORTS] = "report",
    [PENDING] = "pending",
    [PERIODS] = "period",
    [UNCOVERED] = "uncovered",
    [CARDS] = "card",
    [ROUNDS] = "round",
    [COUNTS] = "counter",
    [VISITED] = "visited",
    [COVERAGE] = "coverage",
    [VISIT_PLAN] = "visit_plan",
    [VISITS] = "visit",
    [VISIT_INDEX] = "visit_index",
    [PROMISES] = "promise",
    [PROMISE_INDEX] = "promise_index",
    [PAST_LINKS] = "past_link",
    [PAST_HOUSEHOLDS] = "past_household",
    [UNIT_CADRES] = "unit_cadre",
};

static const struct command_spec commands[] = {
    {.type = &submit_command_type, .decide = intake_decide_submit, .door = DOOR_NEW_WORK},
    {.type = &feedback_command_type, .decide = intake_decide_feedback, .door = DOOR_WORK},
    {.type = &info_command_type, .decide = intake_decide_info, .door = DOOR_WORK},
    {.type = &visit_log_command_type, .decide = intake_decide_visit, .door = DOOR_NEW_WORK},
    {.type = &promise_keep_command_type, .decide = intake_decide_promise_kept, .door = DOOR_WORK},
    {.type = &cadre_import_command_type, .decide = intake_decide_cadres, .door = DOOR_NEW_WORK},
    {.type = &household_import_command_type,
     .decide = intake_decide_households,
     .door = DOOR_NEW_WORK},
    {.type = &handover_command_type, .decide = intake_decide_handover, .door = DOOR_WORK},
    {.type = &leave_command_type, .decide = intake_decide_leave, .door = DOOR_WORK},
    {.type = &card_print_command_type, .decide = intake_decide_card_print, .door = DOOR_WORK},
    {.type = &card_deliver_command_type, .decide = intake_decide_card_deliver, .door = DOOR_WORK},
    {.type = &report_import_command_type, .decide = intake_decide_reports, .door = DOOR_NEW_WORK},
    {0},
};

static const struct react_spec reacts[] = {
    {&opened_event_type, intake_react_opened},
    {&step_event_type, intake_react_step},
    {&set_aside_event_type, intake_react_set_aside},
    {0},
};

static const struct apply_spec applies[] = {
    {&reported_event_type, intake_apply_reported},
    {&told_event_type, intake_apply_told},
    {&informed_event_type, intake_apply_informed},
    {&cadres_recorded_event_type, intake_apply_cadres},
    {&households_recorded_event_type, intake_apply_households},
    {&relinked_event_type, intake_apply_relinked},
    {&cadre_left_event_type, intake_apply_cadre_left},
    {&cards_printed_event_type, intake_apply_cards_printed},
    {&card_delivered_event_type, intake_apply_card_delivered},
    {&round_event_type, intake_apply_round},
    {&settled_event_type, intake_apply_settled},
    {&feedback_late_event_type, intake_apply_feedback_late},
    {&config_adopted_event_type, intake_apply_adopted},
    {&visits_planned_event_type, intake_apply_visits_planned},
    {&visited_event_type, intake_apply_visited},
    {&promise_told_event_type, intake_apply_promise_told},
    {&promise_kept_event_type, intake_apply_promise_kept},
    {0},
};

static const struct query_spec queries[] = {
    {&household_query_type, &household_reply_type, intake_answer_households},
    {&card_query_type, &card_reply_type, intake_answer_cards},
    {&handover_query_type, &handover_reply_type, intake_answer_handover},
    {&cadre_query_type, &cadre_reply_type, intake_answer_cadres},
    {&report_query_type, &report_reply_type, intake_answer_report},
    {&visit_query_type, &visit_view_type, intake_answer_visit},
    {&visit_list_query_type, &visit_list_reply_type, intake_answer_visits},
    {&visit_due_query_type, &visit_due_reply_type, intake_answer_visits_due},
    {&coverage_query_type, &coverage_reply_type, intake_answer_coverage},
    {&promise_query_type, &promise_reply_type, intake_answer_promises},
    {&agenda_query_type, &agenda_reply_type, intake_answer_agenda},
    {0},
};

static bool count(struct ctx *ctx, uint32_t index, const char **ret_name, uint64_t *ret_value)
{
    static const char *const names[] = {"accepted",      "households", "cadres",  "pending",
                                        "without_cadre", "visits",     "promises"};
    if (index >= sizeof names / sizeof names[0]) {
        return false;
    }
    *ret_name = names[index];
    *ret_value = count_get(ctx, COUNTS, bytes_of_string(names[index]));
    return true;
}

const struct service intake_service = {
    .kind = "intake",
    .linger_ms = 10,
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
    .commands = commands,
    .reacts = reacts,
    .applies = applies,
    .queries = queries,
    .wake = intake_wake,
    .count = count,
    .may_operate = access_may_operate,
    .may_watch = access_may_watch,
    .may_see_issue = intake_may_see_issue,
};
