/* SPDX-License-Identifier: Apache-2.0 */
/* Who may ask a department what, and tell it what. */
#include "department/department.h"
#include "department_calls.h"
#include "rights.h"

static struct service_node *open_department(void)
{
    struct service_node *node = service_node_open(&department_service, "department-urban", street);
    (void)open_issue(node, ISSUE, "urban");
    return node;
}

static void in_progress(struct service_node *node)
{
    (void)step_urban(node, 0, STATE_IN_PROGRESS, LEG_STATE_IN_PROGRESS);
}

static void suspended(struct service_node *node)
{
    (void)step_urban(node, 0, STATE_SUSPENDED, LEG_STATE_SUSPENDED);
}

static void a_department_answers_whom_it_concerns(void **state)
{
    (void)state;
    const struct queue_query queue = {.department = BYTES("urban")};
    const struct queue_pending_query pending = {.issue = ISSUE};
    const struct records_query records = {.issue = ISSUE};
    /* It does not know the household's cadre. */
    static const char seers[] = OVERSEERS SECTION PLACE "leader1 first_responsible";
    const struct call calls[] = {
        {CALL(queue_query, queue), .who = OVERSEERS SECTION "leader1"},
        {CALL(queue_pending_query, pending), .who = seers},
        {CALL(records_query, records), .who = seers},
    };
    check_queries(CALLS(open_department, calls));
}

static void a_department_takes_commands_of_its_sections_people(void **state)
{
    (void)state;
#define OF_URBAN .issue = ISSUE, .department = BYTES("urban")
    const struct sign_command sign = {OF_URBAN};
    const struct progress_command progress = {OF_URBAN, .words = BYTES("已到现场")};
    const struct answer_command answer = {OF_URBAN, .outcome = (int)OUTCOME_SOLVED,
                                          .words = BYTES("已修好"), .evidence = BYTES("照片")};
    const struct propose_command propose = {OF_URBAN, .ground = BYTES("不属补助范围"),
                                            .tried = BYTES("已核对"), .words = BYTES("不能补助")};
    const struct contact_command contact = {OF_URBAN, .words = BYTES("已电话联系")};
    const struct wait_command wait = {OF_URBAN, .ground = (int)WAIT_GROUND_HOUSEHOLD,
                                      .until = {SERVICE_NODE_BEGIN_US + 100 * HOUR_US},
                                      .words = BYTES("等户主回来")};
    const struct resume_command resume = {OF_URBAN, .words = BYTES("户主已回来")};
    const struct call calls[] = {
        {CALL(sign_command, sign), .who = SECTION},
        {CALL(progress_command, progress), .who = SECTION, .prepare = in_progress},
        {CALL(answer_command, answer), .who = SECTION, .prepare = in_progress},
        {CALL(propose_command, propose), .who = SECTION, .prepare = in_progress},
        {CALL(contact_command, contact), .who = SECTION, .prepare = in_progress},
        {CALL(wait_command, wait), .who = SECTION, .prepare = in_progress},
        {CALL(resume_command, resume), .who = SECTION, .prepare = suspended},
    };
    check_commands(CALLS(open_department, calls), street);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_department_answers_whom_it_concerns),
        cmocka_unit_test(a_department_takes_commands_of_its_sections_people),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
