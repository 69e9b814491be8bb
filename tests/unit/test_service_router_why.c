/* SPDX-License-Identifier: Apache-2.0 */
/* What the router says of an issue: who brought it there and why, and what will happen. */
#include "router_calls.h"

static void it_says_who_brought_it_there_and_why(void **state)
{
    struct service_node *node = *state;
    struct review_command redo = {.issue = ISSUE(1), .redo = true, .reason = BYTES("照片不清楚")};
    report(node, ISSUE(1));
    assert_why(node, ISSUE(1), "2026-03-02 09:00: rule '");
    assert_why(node, ISSUE(1),
               "leaves it to the triage desk, because the report's category 'urban_other' was "
               "given");
    dispatch(node, ISSUE(1), "civil");
    assert_why(node, ISSUE(1),
               "2026-03-02 09:00: 杨安柏 (triage1) gave it to 城建科 (urban), with 民政科 (civil) "
               "assisting");
    sign(node, ISSUE(1), "civil", "staff_civil_1");
    struct answered_event part = {
        .department = BYTES("civil"), .outcome = (int)OUTCOME_SOLVED, .words = BYTES("好")};
    fact(node, ISSUE(1), &answered_event_type, &part, "staff_civil_1");
    sign(node, ISSUE(1), "urban", "staff_urban_1");
    assert_why(node, ISSUE(1), "陈澄松 (staff_urban_1) signed for 城建科 (urban)");
    answer(node, ISSUE(1));
    assert_why(node, ISSUE(1), "answered for 城建科 (urban), solved: 已修好");
    command(node, "leader1", &review_command_type, &redo);
    assert_why(node, ISSUE(1), "顾景柏 (leader1) sent the answer back: 照片不清楚");
    assert_why(node, ISSUE(1), "杨安柏 (triage1) gave it to");
    ask_to_wait(node, ISSUE(1));
    assert_why(node, ISSUE(1), "asked that it waits for the season until 2026-03-06 17:00: 等雨停");
}

/* What was announced comes: the event, its level, those who are told. */
static void assert_comes(struct service_node *node, uint64_t issue)
{
    struct then_part then = first_then(node, issue);
    const struct wall when = then.at;
    struct clock_event event;
    struct step_event step;
    assert_true(when.us != 0);
    uint64_t head = service_node_head(node);
    service_node_wait(node, (struct wall){when.us - 1});
    assert_int_equal(service_node_head(node), head);
    then = first_then(node, issue);
    int stage = then.stage;
    uint32_t level = then.level;
    int news = then.news;
    bool is_by_itself = then.is_by_itself;
    uint32_t told = then.tells.count;
    service_node_wait(node, when);
    if (is_by_itself) {
        assert_true(service_node_count_since(node, head, &step_event_type, &step) > 0);
        return;
    }
    assert_true(service_node_count_since(node, head, &clock_event_type, &event) > 0);
    assert_int_equal(event.stage, stage);
    assert_int_equal(event.level, level);
    assert_int_equal(event.news, news);
    assert_int_equal(event.notify.count, told);
}

/* Lets everything come that will; how much it was. */
static uint32_t let_come(struct service_node *node, uint64_t issue)
{
    uint32_t count = 0;
    while (first_then(node, issue).at.us != 0) {
        assert_comes(node, issue);
        count++;
    }
    return count;
}

static void what_it_says_will_happen_happens(void **state)
{
    struct service_node *node = *state;
    report(node, ISSUE(1));
    assert_int_equal(let_come(node, ISSUE(1)), 4); /* the ladder of sorting */
    dispatch(node, ISSUE(1), NULL);
    /* It signs by itself; first contact and handling go up their ladders. */
    assert_int_equal(let_come(node, ISSUE(1)), 2 + 4 + 6);
    assert_why(node, ISSUE(1), "城建科 (urban) did not sign in time and counts as having signed");
    assert_why(node, ISSUE(1), "under supervision, level 3, because it was late");
}

static void supervision_by_a_person_is_announced_too(void **state)
{
    struct service_node *node = *state;
    struct supervision_event event;
    struct supervise_command ask = {
        .issue = ISSUE(1), .level = 1, .until = BYTES("100m"), .words = BYTES("限期")};
    to_work(node, ISSUE(1));
    command(node, "supervisor1", &supervise_command_type, &ask);
    struct then_part then = first_then(node, ISSUE(1));
    assert_text(then.does, "the supervision is due soon");
    assert_int_equal(then.at.us, at("2026-03-02T10:20:00+08:00").us);
    uint32_t told = then.tells.count;
    service_node_wait(node, at("2026-03-02T10:20:00+08:00"));
    (void)service_node_last(node, &supervision_event_type, &event);
    assert_int_equal(event.notify.count, told);
    then = first_then(node, ISSUE(1));
    assert_text(then.does, "the supervision is overdue");
    told = then.tells.count;
    service_node_wait(node, at("2026-03-02T10:40:00+08:00"));
    (void)service_node_last(node, &supervision_event_type, &event);
    assert_int_equal(event.notify.count, told);
    assert_true(list_has(&event.notify, "supervisor1"));
}

static void the_office_s_part_in_late_feedback_is_announced(void **state)
{
    struct service_node *node = *state;
    to_work(node, ISSUE(1));
    answer(node, ISSUE(1));
    review(node, ISSUE(1), "leader1");
    struct issue_view view = view_of(node, ISSUE(1));
    struct list_cursor cursor = list_begin(&view.then);
    struct then_part part;
    bool is_said = false;
    while (list_next_message(&cursor, &then_part_type, &part)) {
        char text[600];
        (void)snprintf(text, sizeof text, "%.*s", BYTES_FMT(part.does));
        is_said = is_said || strstr(text, "from then on the office head has the household told");
    }
    assert_true(is_said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_ROUTER(it_says_who_brought_it_there_and_why),
        IN_ROUTER(what_it_says_will_happen_happens),
        IN_ROUTER(supervision_by_a_person_is_announced_too),
        IN_ROUTER(the_office_s_part_in_late_feedback_is_announced),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
