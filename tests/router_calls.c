/* SPDX-License-Identifier: Apache-2.0 */
#include "router_calls.h"

void fact(struct service_node *node, uint64_t issue, const struct message_type *type,
          const void *message, const char *actor)
{
    struct router_record record = {
        .type = type, .message = message, .issue = issue, .actor = actor};
    assert_true(service_node_follow(node, &record) > 0);
}

void report_by(struct service_node *node, uint64_t issue, const char *cadre)
{
    struct reported_event event = desk_report();
    event.cadre = text_of(cadre);
    fact(node, issue, &reported_event_type, &event, cadre);
}

void report(struct service_node *node, uint64_t issue)
{
    report_by(node, issue, "cadre1");
}

void command(struct service_node *node, const char *person, const struct message_type *type,
             const void *message)
{
    struct err err = {0};
    struct change_reply change;
    if (service_node_command(node, person, type, message, &change, &err) != STATUS_OK) {
        fail_msg("%s", err.text);
    }
}

void dispatch(struct service_node *node, uint64_t issue, const char *assist)
{
    struct buf out = {0};
    struct dispatch_command ask = {.issue = issue, .lead = BYTES("urban")};
    if (assist != NULL) {
        list_put_bytes(&ask.assist, &out, text_of(assist));
        list_end(&ask.assist, &out);
    }
    command(node, "triage1", &dispatch_command_type, &ask);
    buf_done(&out);
}

void sign(struct service_node *node, uint64_t issue, const char *section, const char *staff)
{
    struct signed_event event = {.department = text_of(section)};
    fact(node, issue, &signed_event_type, &event, staff);
}

void to_work(struct service_node *node, uint64_t issue)
{
    struct contacted_event contact = {.department = BYTES("urban"), .words = BYTES("已联系")};
    report(node, issue);
    dispatch(node, issue, NULL);
    sign(node, issue, "urban", "staff_urban_1");
    fact(node, issue, &contacted_event_type, &contact, "staff_urban_1");
}

void answer(struct service_node *node, uint64_t issue)
{
    struct answered_event event = {.department = BYTES("urban"),
                                   .outcome = (int)OUTCOME_SOLVED,
                                   .words = BYTES("已修好"),
                                   .evidence = BYTES("照片")};
    fact(node, issue, &answered_event_type, &event, "staff_urban_1");
}

void propose(struct service_node *node, uint64_t issue)
{
    struct proposed_event event = {.department = BYTES("urban"),
                                   .ground = BYTES("不属补助范围"),
                                   .tried = BYTES("已核对"),
                                   .words = BYTES("按政策不能补助")};
    fact(node, issue, &proposed_event_type, &event, "staff_urban_1");
}

void review(struct service_node *node, uint64_t issue, const char *person)
{
    struct review_command ask = {.issue = issue, .ok = true};
    command(node, person, &review_command_type, &ask);
}

void tell(struct service_node *node, uint64_t issue, const char *person)
{
    struct told_event event = {.mode = (int)CONTACT_MODE_VISIT,
                               .words = BYTES("已告知"),
                               .reaction = (int)REACTION_SATISFIED};
    fact(node, issue, &told_event_type, &event, person);
}

void call_back(struct service_node *node, uint64_t issue, bool is_good)
{
    struct called_back_event event = {.reached = (int)YES_NO_YES,
                                      .solved = is_good ? (int)YES_NO_YES : (int)YES_NO_NO,
                                      .result = is_good ? 5 : 1,
                                      .section = 3,
                                      .cadre = 3,
                                      .reasonable = (int)YES_NO_NO};
    fact(node, issue, &called_back_event_type, &event, "supervisor1");
}

void to_callback(struct service_node *node, uint64_t issue)
{
    to_work(node, issue);
    answer(node, issue);
    review(node, issue, "leader1");
    tell(node, issue, "cadre1");
}

void ask_to_wait(struct service_node *node, uint64_t issue)
{
    struct wait_asked_event event = {.department = BYTES("urban"),
                                     .ground = (int)WAIT_GROUND_SEASON,
                                     .until = at("2026-03-06T17:00:00+08:00"),
                                     .words = BYTES("等雨停")};
    fact(node, issue, &wait_asked_event_type, &event, "staff_urban_1");
}

struct issue_view view_of(struct service_node *node, uint64_t issue)
{
    return ask_issue(node, "triage1", issue);
}

struct then_part first_then(struct service_node *node, uint64_t issue)
{
    struct issue_view view = view_of(node, issue);
    struct list_cursor cursor = list_begin(&view.then);
    struct then_part part = {0};
    (void)list_next_message(&cursor, &then_part_type, &part);
    return part;
}

void assert_why(struct service_node *node, uint64_t issue, const char *part)
{
    struct issue_view view = view_of(node, issue);
    struct list_cursor cursor = list_begin(&view.why);
    struct bytes sentence;
    struct buf all = {0};
    while (list_next_bytes(&cursor, &sentence)) {
        buf_append_bytes(&all, sentence);
        buf_append_string(&all, " | ");
    }
    buf_append_u8(&all, '\0');
    if (strstr((const char *)all.p, part) == NULL) {
        fail_msg("'%s' does not say '%s'", (const char *)all.p, part);
    }
    buf_done(&all);
}

int open_router(void **state)
{
    (void)open_new_router(state);
    (void)service_node_follow_cadres(*state, (const char *const[]){"cadre1", "cadre2"}, 2);
    return 0;
}
