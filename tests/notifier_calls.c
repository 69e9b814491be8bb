/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier_calls.h"

static void list_people(struct list *list, struct buf *out, const char *const *people)
{
    for (; people != NULL && *people != NULL; people++) {
        list_put_bytes(list, out, bytes_of_string(*people));
    }
    list_end(list, out);
}

static struct issue_part issue_after(enum state state, enum urgency urgency, const char *owner)
{
    return (struct issue_part){.state = (int)state,
                               .urgency = (int)(urgency == 0 ? URGENCY_GENERAL : urgency),
                               .category = BYTES("roads"),
                               .lead = BYTES("urban"),
                               .owner = bytes_of_string(owner != NULL ? owner : "cadre001")};
}

uint64_t follow_clock(struct service_node *node, const struct deadline_news *news)
{
    struct buf out = {0};
    struct clock_event event = {
        .stage = STAGE_HANDLE,
        .news = news->is_overdue ? CLOCK_NEWS_OVERDUE : CLOCK_NEWS_WARNED,
        .level = 1,
        .after = issue_after(STATE_IN_PROGRESS, news->urgency, NULL),
        .title = bytes_of_string(news->title != NULL ? news->title : "路灯不亮")};
    event.after.supervised = news->supervised;
    list_people(&event.notify, &out, news->people);
    uint64_t written = service_node_follow(node, &(struct router_record){.type = &clock_event_type,
                                                                         .message = &event,
                                                                         .issue = news->issue});
    buf_done(&out);
    return written;
}

static void list_clock(struct list *list, struct buf *out, bool is_over)
{
    const struct clock_part clock = {.stage = STAGE_HANDLE};
    if (!is_over) {
        list_put_message(list, out, &clock_part_type, &clock);
    }
    list_end(list, out);
}

uint64_t follow_step(struct service_node *node, const struct step_news *news)
{
    struct buf out = {0};
    struct step_event event = {.happening = (int)news->happening,
                               .from = (int)news->from,
                               .to = (int)news->to,
                               .department = BYTES("urban"),
                               .after = issue_after(news->to, URGENCY_GENERAL, news->owner),
                               .title = BYTES("路灯不亮")};
    struct buf clocks = {0};
    list_people(&event.notify, &out, news->people);
    list_clock(&event.after.clocks, &clocks, news->ends_clock);
    uint64_t written = service_node_follow(
        node,
        &(struct router_record){.type = &step_event_type, .message = &event, .issue = news->issue});
    buf_done(&out);
    buf_done(&clocks);
    return written;
}

uint64_t follow_supervision(struct service_node *node, enum supervision_news news,
                            const char *const *people)
{
    struct buf out = {0};
    struct supervision_event event = {.news = (int)news,
                                      .level = 1,
                                      .issuer = BYTES("office_head"),
                                      .due_at = at("2026-03-06T17:00:00"),
                                      .reason = BYTES("已经明确办理时间"),
                                      .after =
                                          issue_after(STATE_IN_PROGRESS, URGENCY_GENERAL, NULL),
                                      .title = BYTES("路灯不亮")};
    list_people(&event.notify, &out, people);
    uint64_t written = service_node_follow(
        node, &(struct router_record){
                  .type = &supervision_event_type, .message = &event, .issue = AN_ISSUE});
    buf_done(&out);
    return written;
}

uint64_t follow_promise(struct service_node *node, uint64_t promise, const char *category,
                        const char *const *people)
{
    struct buf out = {0};
    struct intake_notice_event event = {.category = bytes_of_string(category),
                                        .level = NOTICE_LEVEL_WARNING,
                                        .household = BYTES("h00003"),
                                        .promise = promise};
    list_people(&event.recipients, &out, people);
    uint64_t written = service_node_follow(
        node, &(struct router_record){.type = &intake_notice_event_type, .message = &event});
    buf_done(&out);
    return written;
}

uint64_t follow_promise_kept(struct service_node *node, uint64_t promise)
{
    const struct promise_kept_event event = {.promise = promise};
    return service_node_follow(
        node, &(struct router_record){.type = &promise_kept_event_type, .message = &event});
}

struct inbox_reply inbox_of(struct service_node *node, const char *person)
{
    struct err err = {0};
    struct inbox_query query = {0};
    struct inbox_reply reply;
    assert_ok(service_node_ask(node, person, &inbox_query_type, &query, &reply, &err));
    return reply;
}

struct inbox_item item_of(struct service_node *node, const char *person, uint32_t index)
{
    struct inbox_reply reply = inbox_of(node, person);
    struct list_cursor cursor = list_begin(&reply.items);
    struct inbox_item item = {0};
    for (uint32_t i = 0; i <= index; i++) {
        assert_true(list_next_message(&cursor, &inbox_item_type, &item));
    }
    return item;
}

void assert_items(struct service_node *node, const char *person, uint32_t count)
{
    uint32_t found = inbox_of(node, person).items.count;
    if (found != count) {
        fail_msg("%s has %u notices, not %u", person, found, count);
    }
}

void read_item(struct service_node *node, const char *person, uint64_t item, bool is_ack)
{
    struct err err = {0};
    struct change_reply change;
    struct ack_command ack = {.item = item, .read = !is_ack};
    assert_ok(service_node_command(node, person, &ack_command_type, &ack, &change, &err));
}

int open_notifier(void **state)
{
    *state = service_node_open(&notifier_service, "notifier", street);
    (void)service_node_follow_cadres(*state, (const char *const[]){"cadre001"}, 1);
    return 0;
}
