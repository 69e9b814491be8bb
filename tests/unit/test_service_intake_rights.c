/* SPDX-License-Identifier: Apache-2.0 */
/* Who may ask intake what, and tell it what. */
#include "intake/visits.h"
#include "rights.h"
#include "visit_calls.h"

#define HOUSEHOLD_SEERS OVERSEERS PLACE "cadre1 "

/* The visit in which something was promised, and the promise. */
static uint64_t visit_number;
static uint64_t promise_number;

static struct service_node *open_intake(void)
{
    struct service_node *node = service_node_open(&intake_service, "intake", street);
    struct visit_log_command visit = visit_of("h1");
    struct promise_part promise = {.words = BYTES("带政策资料"), .until = BYTES("2026-03-10")};
    struct buf out = {0};
    fill_register(node);
    (void)submit_h1(node);
    list_put_message(&visit.promises, &out, &promise_part_type, &promise);
    list_end(&visit.promises, &out);
    visit_number = must_log(node, "cadre1", &visit);
    promise_number = visit_number * PROMISES_PER_VISIT + 1;
    buf_done(&out);
    return node;
}

static void intake_answers_whom_it_concerns(void **state)
{
    (void)state;
    struct service_node *node = open_intake();
    service_node_close(node);
    const struct household_query household = {.household = BYTES("h1")};
    const struct household_query households = {0};
    const struct household_query of_cadre = {.cadre = BYTES("cadre1")};
    const struct household_query uncovered = {.without_cadre = true};
    const struct card_query card = {.household = BYTES("h1")};
    const struct card_query cards = {0};
    const struct handover_query handover = {.seq = 1, .count = 1};
    const struct cadre_query cadres = {0};
    const struct report_query report = {.issue = ISSUE_1};
    const struct visit_query visit = {.visit = visit_number};
    const struct visit_list_query visits = {0};
    const struct visit_list_query of_household = {.household = BYTES("h1")};
    const struct visit_due_query due = {0};
    const struct visit_due_query due_of_cadre = {.cadre = BYTES("cadre1")};
    const struct coverage_query coverage = {0};
    const struct promise_query promises = {0};
    const struct promise_query promised = {.household = BYTES("h1")};
    const struct agenda_query agenda = {0};
    const struct records_query records = {.issue = ISSUE_1};
    const struct call calls[] = {
        {CALL(household_query, household), .who = HOUSEHOLD_SEERS},
        {CALL(household_query, households), .who = HOUSEHOLD_SEERS OTHER_PLACE "cadre2"},
        {CALL(household_query, of_cadre), .who = HOUSEHOLD_SEERS OTHER_PLACE},
        {CALL(household_query, uncovered), .who = OVERSEERS PLACE OTHER_PLACE},
        {CALL(card_query, card), .who = HOUSEHOLD_SEERS},
        {CALL(card_query, cards), .who = HOUSEHOLD_SEERS OTHER_PLACE "cadre2"},
        {CALL(handover_query, handover), .who = OFFICE "operator"},
        {CALL(cadre_query, cadres), .who = EVERYBODY},
        {CALL(report_query, report), .who = EVERYBODY},
        {CALL(visit_query, visit), .who = HOUSEHOLD_SEERS},
        {CALL(visit_list_query, visits), .who = HOUSEHOLD_SEERS OTHER_PLACE "cadre2"},
        {CALL(visit_list_query, of_household), .who = HOUSEHOLD_SEERS},
        {CALL(visit_due_query, due), .who = HOUSEHOLD_SEERS OTHER_PLACE "cadre2"},
        {CALL(visit_due_query, due_of_cadre), .who = HOUSEHOLD_SEERS OTHER_PLACE},
        {CALL(coverage_query, coverage),
         .who = HOUSEHOLD_SEERS OTHER_PLACE "cadre2 leader1 leader3 first_responsible"},
        {CALL(promise_query, promises),
         .who = OFFICE "supervisor1 secretary_c01 secretary_c02 cadre1 cadre2"},
        {CALL(promise_query, promised), .who = OFFICE "supervisor1 secretary_c01 cadre1"},
        /* The operator owes nothing. */
        {CALL(agenda_query, agenda), .who = STREET "cadre1 cadre2", .of_nobody = STATUS_NOT_FOUND},
        {CALL(records_query, records), .who = HOUSEHOLD_SEERS "first_responsible"},
    };
    check_queries(CALLS(open_intake, calls));
}

static void add_edition(struct list *list, struct buf *out)
{
    const struct card_edition_part part = {.household = BYTES("h1"), .edition = BYTES("00000000")};
    list_put_message(list, out, &card_edition_part_type, &part);
    list_end(list, out);
}

static void intake_takes_commands_of_those_whose_they_are(void **state)
{
    (void)state;
    struct service_node *node = open_intake();
    service_node_close(node);
    struct rows cadres = {0};
    struct rows households = {0};
    struct rows reports = {0};
    struct buf editions = {0};
    add_cadre(&cadres, cadre_of("cadre3"));
    add_household(&households, household_of("h9", "cadre1"));
    add_report(&reports, report_of("路灯", "h1"));
    const struct submit_command report = submit_of("h1");
    struct submit_command direct = report;
    struct card_print_command print = {0};
    direct.direct = true;
    add_edition(&print.rows, &editions);
    const struct cadre_import_command cadre_import = {.rows = cadres.list};
    const struct household_import_command household_import = {.rows = households.list};
    const struct report_import_command report_import = {.rows = reports.list};
    const struct feedback_command feedback = {.issue = ISSUE_1,
                                              .mode = (int)CONTACT_MODE_VISIT,
                                              .reaction = (int)REACTION_SATISFIED,
                                              .words = BYTES("已告知")};
    const struct info_command info = {.issue = ISSUE_1, .words = BYTES("在村口")};
    const struct visit_log_command visit = visit_of("h1");
    const struct promise_keep_command keep = {.promise = promise_number, .words = BYTES("已带到")};
    const struct handover_command handover = {
        .from = BYTES("cadre1"), .to = BYTES("cadre2"), .all = true, .reason = BYTES("调整")};
    const struct leave_command leave = {.cadre = BYTES("cadre1"), .reason = BYTES("退休")};
    const struct card_deliver_command deliver = {.household = BYTES("h1"),
                                                 .words = BYTES("户主签收")};
    const struct call calls[] = {
        {CALL(submit_command, report), .who = "cadre1"},
        {CALL(submit_command, direct), .who = "triage1 operator"},
        {CALL(feedback_command, feedback), .who = "cadre1"},
        {CALL(info_command, info), .who = "cadre1"},
        {CALL(visit_log_command, visit), .who = "cadre1"},
        {CALL(promise_keep_command, keep), .who = "cadre1"},
        {CALL(cadre_import_command, cadre_import), .who = "operator"},
        {CALL(household_import_command, household_import), .who = "operator"},
        {CALL(report_import_command, report_import), .who = "operator"},
        {CALL(handover_command, handover), .who = OFFICE "operator"},
        {CALL(leave_command, leave), .who = OFFICE "operator"},
        /* Of an edition that is out of date. */
        {CALL(card_print_command, print), .who = HOUSEHOLD_SEERS, .status = STATUS_REFUSED},
        {CALL(card_deliver_command, deliver), .who = "cadre1"},
    };
    check_commands(CALLS(open_intake, calls), street);
    buf_done(&cadres.out);
    buf_done(&households.out);
    buf_done(&reports.out);
    buf_done(&editions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intake_answers_whom_it_concerns),
        cmocka_unit_test(intake_takes_commands_of_those_whose_they_are),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
