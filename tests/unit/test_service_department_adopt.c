/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a department daemon adopts a configuration that takes a section from it. */
#include "department_people.h"

/* The daemon has another section instead. */
static struct config street_without_urban(void)
{
    struct config other = wider_street;
    for (uint32_t i = 0; i < other.daemon_count; i++) {
        if (bytes_equal(other.daemons[i].name, BYTES("department-urban"))) {
            other.daemons[i].departments[0] = BYTES("parks"); /* was urban */
        }
    }
    return other;
}

static void a_section_stays_while_it_has_work(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct config other = street_without_urban();
    (void)open_issue(node, ISSUE, "transport");
    (void)open_issue(node, ISSUE, "urban");
    (void)open_issue(node, ISSUE + 1, "urban");

    assert_status(service_node_adopt(node, &other, &err), STATUS_REFUSED);
    assert_says(&err, "", "section 'urban'");
    (void)step_urban(node, 0, STATE_FEEDBACK, LEG_STATE_APPROVED);
    assert_status(service_node_adopt(node, &other, &err), STATUS_REFUSED);
    assert_ok(service_node_adopt(node, &wider_street, &err));
}

static void a_section_without_work_may_go(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct config other = street_without_urban();
    (void)open_issue(node, ISSUE, "transport");
    (void)open_issue(node, ISSUE, "urban");
    (void)step_urban(node, 0, STATE_FEEDBACK, LEG_STATE_APPROVED);

    assert_ok(service_node_adopt(node, &other, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_URBAN(a_section_stays_while_it_has_work),
        IN_URBAN(a_section_without_work_may_go),
    };
    return cmocka_run_group_tests(tests, open_wider_street, close_wider_street);
}
