/* SPDX-License-Identifier: Apache-2.0 */
/* The notifier: what it makes of what it is told, and what recipients see of it. */
#include "notifier_calls.h"

/* ---- what intake wants told ----------------------------------------------------------------- */

static uint64_t follow_notice(struct service_node *node, const char *category,
                              const char *const *people)
{
    struct list list = {0};
    struct buf out = {0};
    for (; *people != NULL; people++) {
        list_put_bytes(&list, &out, bytes_of_string(*people));
    }
    list_end(&list, &out);
    struct intake_notice_event event = {.category = bytes_of_string(category),
                                        .level = (int)NOTICE_LEVEL_ACTION,
                                        .recipients = list,
                                        .household = BYTES("h00001"),
                                        .count = 3,
                                        .reason = BYTES("三十天没有走访")};
    uint64_t written = service_node_follow(
        node, &(struct router_record){.type = &intake_notice_event_type, .message = &event});
    buf_done(&out);
    return written;
}

static void what_intake_wants_told_is_told_in_the_words_of_its_category(void **state)
{
    struct service_node *node = *state;

    assert_int_equal(follow_notice(node, "redo", (const char *[]){"cadre001", "leader1", NULL}), 2);

    assert_items(node, "cadre001", 1);
    struct inbox_item item = item_of(node, "cadre001", 0);
    assert_text(item.category, "redo");
    assert_int_equal(item.level, NOTICE_LEVEL_ACTION);
    assert_int_equal(item.issue, 0);
    assert_text(item.text, "“—”（—）已退回—重新办理，原因：三十天没有走访。请向联系户作好说明。");
    struct held_event held;
    (void)service_node_last(node, &held_event_type, &held);
    assert_text(held.title, "分管科室有事项退回重办：—");
    service_node_check_rebuild(node);
}

static void a_notice_without_words_becomes_a_dead_letter(void **state)
{
    struct service_node *node = *state;
    struct dead_lettered_event dead;

    (void)follow_notice(node, "no_such_notice", (const char *[]){"cadre001", NULL});

    (void)service_node_last(node, &dead_lettered_event_type, &dead);
    assert_text(dead.reason, "there are no words for notices of the kind 'no_such_notice'");
    assert_items(node, "cadre001", 0);
}

/* ---- what waits for somebody ---------------------------------------------------------------- */

static struct list list_of(const char *person, struct buf *out)
{
    struct list list = {0};
    list_put_bytes(&list, out, bytes_of_string(person));
    list_end(&list, out);
    return list;
}

static void what_no_rule_dispatches_is_told_to_the_triage_clerks(void **state)
{
    struct service_node *node = *state;
    struct buf out = {0};
    struct opened_event event = {.title = BYTES("路灯不亮"),
                                 .after = {.state = (int)STATE_TRIAGE, .owner = BYTES("cadre001")},
                                 .notify = list_of("triage1", &out)};

    (void)service_node_follow(node, &(struct router_record){.type = &opened_event_type,
                                                            .message = &event,
                                                            .issue = 20260000007});

    assert_items(node, "triage1", 1);
    struct inbox_item item = item_of(node, "triage1", 0);
    assert_text(item.category, "triage_wanted");
    assert_int_equal(item.level, NOTICE_LEVEL_INFO);
    assert_text(item.text, "收到“路灯不亮”（2026-0000007），请梳理交办。时限：—。");
    assert_items(node, "cadre001", 0);
    buf_done(&out);
}

static void what_waits_for_a_call_back_is_told_to_the_supervisors(void **state)
{
    struct service_node *node = *state;
    struct buf out = {0};
    struct step_event event = {.happening = (int)HAPPENING_FEEDBACK_DONE,
                               .from = (int)STATE_FEEDBACK,
                               .to = (int)STATE_CALLBACK,
                               .title = BYTES("路灯不亮"),
                               .after = {.state = (int)STATE_CALLBACK, .owner = BYTES("cadre001")},
                               .notify = list_of("supervisor1", &out)};

    struct router_record record = {
        .type = &step_event_type, .message = &event, .issue = 20260000007, .actor = "cadre001"};
    (void)service_node_follow(node, &record);

    assert_items(node, "supervisor1", 1);
    struct inbox_item item = item_of(node, "supervisor1", 0);
    assert_text(item.category, "callback_wanted");
    assert_int_equal(item.level, NOTICE_LEVEL_INFO);
    assert_items(node, "cadre001", 0);
    buf_done(&out);
}

static void the_cadre_hears_that_feedback_is_late_and_that_the_office_gave_it(void **state)
{
    struct service_node *node = *state;
    struct step_event event = {.happening = (int)HAPPENING_FEEDBACK_LATE,
                               .from = (int)STATE_FEEDBACK,
                               .to = (int)STATE_FEEDBACK,
                               .title = BYTES("路灯不亮"),
                               .after = {.state = (int)STATE_FEEDBACK,
                                         .urgency = (int)URGENCY_EMERGENCY,
                                         .owner = BYTES("cadre001")}};
    struct router_record record = {
        .type = &step_event_type, .message = &event, .issue = 20260000007, .actor = "office_head"};

    (void)service_node_follow(node, &record);
    assert_items(node, "cadre001", 1);
    struct inbox_item item = item_of(node, "cadre001", 0);
    assert_text(item.category, "feedback_late");
    assert_int_equal(item.level, NOTICE_LEVEL_ACTION);

    event.happening = (int)HAPPENING_FEEDBACK_DONE;
    event.to = (int)STATE_CALLBACK;
    event.words = BYTES("已电话告知");
    (void)service_node_follow(node, &record);
    assert_items(node, "cadre001", 2);
    item = item_of(node, "cadre001", 1);
    assert_text(item.category, "feedback_given");
    assert_true(bytes_start_with(item.text, BYTES("顾恩朗已将“路灯不亮”")));
}

static void whoever_the_office_and_the_register_do_not_know_has_no_inbox(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct inbox_query query = {0};
    struct inbox_reply reply;
    struct change_reply change;
    struct ack_command ack = {.item = 257};
    assert_status(service_node_ask(node, "nobody", &inbox_query_type, &query, &reply, &err),
                  STATUS_FORBIDDEN);
    assert_says(&err, "", "there is no person 'nobody'");
    assert_status(service_node_command(node, "nobody", &ack_command_type, &ack, &change, &err),
                  STATUS_FORBIDDEN);
    assert_int_equal(inbox_of(node, "cadre001").items.count, 0);
    assert_int_equal(inbox_of(node, "operator").items.count, 0);

    struct cadre_left_event left = {.cadre = BYTES("cadre001")};
    (void)service_node_follow(
        node, &(struct router_record){.type = &cadre_left_event_type, .message = &left});
    assert_status(service_node_ask(node, "cadre001", &inbox_query_type, &query, &reply, &err),
                  STATUS_FORBIDDEN);
    assert_says(&err, "", "there is no person 'cadre001'");
    (void)service_node_follow_cadres(node, (const char *const[]){"cadre001"}, 1);
    assert_int_equal(inbox_of(node, "cadre001").items.count, 0);
    service_node_check_rebuild(node);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_NOTIFIER(what_intake_wants_told_is_told_in_the_words_of_its_category),
        IN_NOTIFIER(what_no_rule_dispatches_is_told_to_the_triage_clerks),
        IN_NOTIFIER(what_waits_for_a_call_back_is_told_to_the_supervisors),
        IN_NOTIFIER(the_cadre_hears_that_feedback_is_late_and_that_the_office_gave_it),
        IN_NOTIFIER(a_notice_without_words_becomes_a_dead_letter),
        IN_NOTIFIER(whoever_the_office_and_the_register_do_not_know_has_no_inbox),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
