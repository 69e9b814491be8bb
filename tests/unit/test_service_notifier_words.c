/* SPDX-License-Identifier: Apache-2.0 */
/* The words of notices about clocks: by stage, level and reader, who is asked to act. */
#include "domain/words.h"
#include "notifier/notifier.h"
#include "service_calls.h"
#include "service_node.h"
#include "street.h"

#define ISSUE UINT64_C(20260000001)

/* One of each kind of reader; the issue is urban's, of cadre001 in c01. */
static const char *const everybody[] = {
    "cadre001", "triage1",     "staff_urban_1", "head_urban",    "staff_civil_1",
    "leader1",  "office_head", "supervisor1",   "secretary_c01", "first_responsible"};
#define EVERYBODY (sizeof everybody / sizeof everybody[0])

static bool has(struct bytes text, const char *part)
{
    struct bytes wanted = bytes_of_string(part);
    for (size_t i = 0; i + wanted.len <= text.len; i++) {
        if (memcmp(text.p + i, wanted.p, wanted.len) == 0) {
            return true;
        }
    }
    return false;
}

static struct inbox_item last_item(struct service_node *node, const char *person)
{
    struct err err = {0};
    struct inbox_query query = {0};
    struct inbox_reply reply;
    struct inbox_item item = {0};
    assert_ok(service_node_ask(node, person, &inbox_query_type, &query, &reply, &err));
    struct list_cursor cursor = list_begin(&reply.items);
    while (list_next_message(&cursor, &inbox_item_type, &item)) {
    }
    return item;
}

/* ---- a clock's news ------------------------------------------------------------------------- */

struct news_case {
    enum stage stage;
    enum clock_news news;
    uint32_t level;
    enum outcome proposed;
    uint32_t reviews;
    bool is_unsatisfied;
    enum leg_state lead;   /* none: in progress */
    enum leg_state assist; /* none: submitted */
    bool is_provisional;
    const char *owner; /* NULL: cadre001 */
};

static struct list legs_of(const struct news_case *wanted, struct buf *out)
{
    struct list list = {0};
    const struct leg_part legs[] = {
        {.department = BYTES("urban"),
         .role = LEG_ROLE_LEAD,
         .state = wanted->lead != 0 ? (int)wanted->lead : LEG_STATE_IN_PROGRESS},
        {.department = BYTES("civil"),
         .role = LEG_ROLE_ASSIST,
         .state = wanted->assist != 0 ? (int)wanted->assist : LEG_STATE_SUBMITTED}};
    for (size_t i = 0; i < sizeof legs / sizeof legs[0]; i++) {
        list_put_message(&list, out, &leg_part_type, &legs[i]);
    }
    list_end(&list, out);
    return list;
}

/* Due on 6 March at 17:00; it is told now. */
static void follow_clock(struct service_node *node, const struct news_case *wanted)
{
    struct buf people = {0};
    struct buf legs = {0};
    struct buf clocks = {0};
    struct clock_part clock = {.stage = (int)wanted->stage,
                               .due_at = at("2026-03-06T17:00:00"),
                               .is_provisional = wanted->is_provisional};
    struct clock_event event = {.stage = (int)wanted->stage,
                                .news = (int)wanted->news,
                                .level = wanted->level,
                                .due_at = clock.due_at,
                                .title = BYTES("路灯不亮")};
    for (size_t i = 0; i < EVERYBODY; i++) {
        list_put_bytes(&event.notify, &people, bytes_of_string(everybody[i]));
    }
    list_end(&event.notify, &people);
    event.after = (struct issue_part){
        .owner = bytes_of_string(wanted->owner != NULL ? wanted->owner : "cadre001"),
        .lead = BYTES("urban"),
        .leader = BYTES("leader1"),
        .legs = legs_of(wanted, &legs),
        .proposed = (int)wanted->proposed,
        .reviews = wanted->reviews,
        .is_unsatisfied = wanted->is_unsatisfied};
    list_put_message(&event.after.clocks, &clocks, &clock_part_type, &clock);
    list_end(&event.after.clocks, &clocks);
    (void)service_node_follow(
        node, &(struct router_record){
                  .type = &clock_event_type, .message = &event, .issue = ISSUE, .generation = 3});
    buf_done(&people);
    buf_done(&legs);
    buf_done(&clocks);
}

/* ---- who is asked --------------------------------------------------------------------------- */

static const struct {
    struct news_case news;
    const char *who;
    const char *task;
    const char *handlers[3];
} duties[] = {
    {{.stage = STAGE_TRIAGE}, "党政办梳理专员", "梳理交办", {"triage1"}},
    {{.stage = STAGE_INFO}, "联户干部cadre001", "补充情况", {"cadre001"}},
    {{.stage = STAGE_SIGN, .assist = LEG_STATE_DISPATCHED},
     "应由民政科",
     "签收",
     {"staff_civil_1"}},
    {{.stage = STAGE_SIGN, .lead = LEG_STATE_DISPATCHED, .assist = LEG_STATE_DISPATCHED},
     "应由城建科、民政科",
     "签收",
     {"staff_urban_1", "head_urban", "staff_civil_1"}},
    {{.stage = STAGE_FIRST_CONTACT}, "城建科", "联系", {"staff_urban_1", "head_urban"}},
    {{.stage = STAGE_HANDLE}, "应由城建科", "办理", {"staff_urban_1", "head_urban"}},
    {{.stage = STAGE_HANDLE, .assist = LEG_STATE_IN_PROGRESS},
     "应由城建科、民政科",
     "办理",
     {"staff_urban_1", "head_urban", "staff_civil_1"}},
    {{.stage = STAGE_SUSPEND}, "城建科", "恢复办理", {"staff_urban_1", "head_urban"}},
    {{.stage = STAGE_REVIEW}, "分管领导顾景柏", "审核办理结果", {"leader1"}},
    {{.stage = STAGE_REVIEW, .proposed = OUTCOME_EXPLAINED},
     "分管领导顾景柏和党政办主任",
     "审核办理结果",
     {"leader1", "office_head"}},
    {{.stage = STAGE_REVIEW, .proposed = OUTCOME_EXPLAINED, .reviews = 1},
     "党政办主任",
     "审核办理结果",
     {"office_head"}},
    {{.stage = STAGE_REVIEW, .proposed = OUTCOME_EXPLAINED, .reviews = 2},
     "分管领导顾景柏",
     "审核办理结果",
     {"leader1"}},
    {{.stage = STAGE_FEEDBACK}, "联户干部cadre001", "反馈", {"cadre001"}},
    {{.stage = STAGE_FEEDBACK, .owner = "staff_civil_1"}, "由杨柏澄", "反馈", {"staff_civil_1"}},
    {{.stage = STAGE_CALLBACK}, "督查员", "回访群众", {"supervisor1"}},
    {{.stage = STAGE_CALLBACK, .is_unsatisfied = true}, "党政办主任", "研究决定", {"office_head"}},
};

static bool is_handler(size_t duty, const char *person)
{
    for (size_t i = 0; i < 3 && duties[duty].handlers[i] != NULL; i++) {
        if (strcmp(duties[duty].handlers[i], person) == 0) {
            return true;
        }
    }
    return false;
}

/* Whoever has to act is asked to; everybody else reads who has to. */
static void check_words(struct service_node *node, size_t duty, const char *person)
{
    struct inbox_item item = last_item(node, person);
    bool is_asked = has(item.text, "请立即") || has(item.text, "请尽快") ||
                    has(item.text, "请抓紧") || has(item.text, "请向联系户反馈");
    bool names_who = has(item.text, "应由") && has(item.text, duties[duty].who);
    bool is_of_office = strcmp(person, "office_head") == 0 || strcmp(person, "triage1") == 0 ||
                        strcmp(person, "supervisor1") == 0;
    if (item.issue != ISSUE || !has(item.text, duties[duty].task) ||
        !has(item.text, "2026-03-06 17:00") ||
        (is_handler(duty, person) ? !is_asked || has(item.text, "应由")
                                  : !names_who || (is_asked && !is_of_office))) {
        fail_msg("duty %zu, %s reads: %.*s", duty, person, BYTES_FMT(item.text));
    }
}

static void who_has_to_act_is_asked_and_others_read_who_it_is(void **state)
{
    struct service_node *node = *state;
    static const struct {
        enum clock_news news;
        uint32_t level;
    } levels[] = {{CLOCK_NEWS_WARNED, 1},
                  {CLOCK_NEWS_OVERDUE, 2},
                  {CLOCK_NEWS_REMINDED, 3},
                  {CLOCK_NEWS_REMINDED, 4},
                  {CLOCK_NEWS_REMINDED, 5}};
    service_node_set_now(node, at("2026-03-11T18:00:00"));

    for (size_t i = 0; i < sizeof duties / sizeof duties[0]; i++) {
        for (size_t k = 0; k < sizeof levels / sizeof levels[0]; k++) {
            struct news_case news = duties[i].news;
            news.news = levels[k].news;
            news.level = levels[k].level;
            follow_clock(node, &news);
            for (size_t p = 0; p < EVERYBODY; p++) {
                check_words(node, i, everybody[p]);
            }
        }
    }
    service_node_check_rebuild(node);
}

/* ---- levels --------------------------------------------------------------------------------- */

static void each_level_has_words_of_its_own(void **state)
{
    struct service_node *node = *state;
    static const struct {
        enum clock_news news;
        uint32_t level;
        const char *now;
        const char *person;
        const char *category;
        const char *title;
        const char *text;
    } rows[] = {
        {CLOCK_NEWS_WARNED, 0, "2026-03-04T17:00:00", "staff_urban_1", "due_soon",
         "临近时限，请抓紧：路灯不亮",
         "请抓紧办理：“路灯不亮”（2026-0000001），时限：2026-03-06 17:00。"},
        {CLOCK_NEWS_OVERDUE, 2, "2026-03-06T17:00:00", "leader1", "overdue",
         "已超过时限（2级预警）：路灯不亮",
         "“路灯不亮”（2026-0000001）应由城建科办理，时限 2026-03-06 17:00 已过，请予督促。"},
        {CLOCK_NEWS_REMINDED, 3, "2026-03-06T17:30:00", "supervisor1", "urging_notice",
         "催办通知书（3级预警，抄送）：路灯不亮",
         "“路灯不亮”（2026-0000001）应由城建科于 2026-03-06 17:00 前办理，已超时30分钟，现予催办。"
         "请督促城建科抓紧办理，需要时予以协调。"},
        {CLOCK_NEWS_REMINDED, 3, "2026-03-07T17:00:00", "head_urban", "urging_notice",
         "催办通知书（3级预警）：路灯不亮",
         "“路灯不亮”（2026-0000001）应于 2026-03-06 17:00 前办理，已超时24小时，现予催办。"
         "请立即办理，并说明超时原因。"},
        {CLOCK_NEWS_REMINDED, 4, "2026-03-11T17:00:00", "office_head", "escalated",
         "请党政办督办（4级预警）：路灯不亮",
         "“路灯不亮”（2026-0000001）应由城建科于 2026-03-06 17:00 前办理，已超时5天，"
         "现报党政办督办。请督促城建科抓紧办理，需要时予以协调。"},
        {CLOCK_NEWS_OVERDUE, 5, "2026-03-13T17:00:00", "first_responsible", "escalated_top",
         "报请过问（5级预警）：路灯不亮",
         "“路灯不亮”（2026-0000001）应由城建科于 2026-03-06 17:00 前办理，已超时7天，"
         "已列入拟通报批评名单，请予过问。"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        service_node_set_now(node, at(rows[i].now));
        follow_clock(node, &(struct news_case){.stage = STAGE_HANDLE,
                                               .news = rows[i].news,
                                               .level = rows[i].level});
        struct inbox_item item = last_item(node, rows[i].person);
        assert_text(item.category, rows[i].category);
        assert_text(item.title, rows[i].title);
        assert_text(item.text, rows[i].text);
    }
}

static void what_is_wanted_before_it_is_due_is_another_thing_than_what_is_late(void **state)
{
    struct service_node *node = *state;
    struct news_case contact = {
        .stage = STAGE_FIRST_CONTACT, .news = CLOCK_NEWS_WARNED, .level = 1};
    follow_clock(node, &contact);
    struct inbox_item item = last_item(node, "staff_urban_1");
    assert_text(item.category, "contact_wanted");
    assert_int_equal(item.level, NOTICE_LEVEL_WARNING);
    assert_true(has(item.text, "请尽快联系并登记，时限："));

    contact.news = CLOCK_NEWS_OVERDUE;
    contact.level = 2;
    follow_clock(node, &contact);
    item = last_item(node, "staff_urban_1");
    assert_text(item.category, "overdue");
    assert_int_equal(item.level, NOTICE_LEVEL_OVERDUE);
    assert_true(has(item.text, "时限 2026-03-06 17:00 已过，请立即与群众联系并登记"));

    follow_clock(
        node, &(struct news_case){.stage = STAGE_FEEDBACK, .news = CLOCK_NEWS_WARNED, .level = 1});
    assert_text(last_item(node, "cadre001").category, "feedback_wanted");
}

static void the_office_reads_that_it_may_give_late_feedback_itself(void **state)
{
    struct service_node *node = *state;

    follow_clock(node, &(struct news_case){
                           .stage = STAGE_FEEDBACK, .news = CLOCK_NEWS_REMINDED, .level = 3});

    assert_true(has(last_item(node, "office_head").text, "也可由党政办代为反馈"));
    assert_false(has(last_item(node, "secretary_c01").text, "代为反馈"));
}

static void a_provisional_due_time_says_so(void **state)
{
    struct service_node *node = *state;

    follow_clock(node, &(struct news_case){.stage = STAGE_HANDLE,
                                           .news = CLOCK_NEWS_WARNED,
                                           .level = 1,
                                           .is_provisional = true});

    assert_true(has(last_item(node, "staff_urban_1").text, "时限：2026-03-06 17:00（暂定）。"));
}

/* ---- names ---------------------------------------------------------------------------------- */

static void record_cadre(struct service_node *node, const char *id, const char *name)
{
    struct buf out = {0};
    struct cadres_recorded_event event = {0};
    struct cadre_part cadre = {.cadre = bytes_of_string(id),
                               .name = bytes_of_string(name),
                               .unit = BYTES("县计生局"),
                               .phone = BYTES("19900000001")};
    list_put_message(&event.rows, &out, &cadre_part_type, &cadre);
    list_end(&event.rows, &out);
    (void)service_node_follow(
        node, &(struct router_record){.type = &cadres_recorded_event_type, .message = &event});
    buf_done(&out);
}

static void cadres_are_called_by_the_name_that_the_register_has_last(void **state)
{
    struct service_node *node = *state;
    struct news_case late = {.stage = STAGE_FEEDBACK, .news = CLOCK_NEWS_OVERDUE, .level = 2};
    record_cadre(node, "cadre001", "王海");
    follow_clock(node, &late);
    assert_true(has(last_item(node, "secretary_c01").text, "应由联户干部王海向联系户反馈"));

    record_cadre(node, "cadre001", "王海洋");
    follow_clock(node, &late);
    assert_true(has(last_item(node, "secretary_c01").text, "应由联户干部王海洋向联系户反馈"));
    service_node_check_rebuild(node);
}

static void follow_intake(struct service_node *node, struct intake_notice_event *event)
{
    struct buf people = {0};
    list_put_bytes(&event->recipients, &people, BYTES("head_urban"));
    list_end(&event->recipients, &people);
    (void)service_node_follow(
        node, &(struct router_record){.type = &intake_notice_event_type, .message = event});
    buf_done(&people);
}

static void households_are_called_by_their_head_and_number(void **state)
{
    struct service_node *node = *state;
    record_cadre(node, "cadre001", "王海");
    struct intake_notice_event event = {.category = BYTES("promise_missed"),
                                        .household = BYTES("h00003"),
                                        .head = BYTES("李芳"),
                                        .person = BYTES("cadre001"),
                                        .due = at("2026-03-06T23:59:59"),
                                        .reason = BYTES("带手册上门")};

    follow_intake(node, &event);

    assert_true(has(last_item(node, "head_urban").text,
                    "走访李芳家（h00003）时，王海承诺在 2026-03-06 23:59 前做到：带手册上门。"));
}

static void rows_of_a_notice_are_listed_and_what_is_left_out_is_counted(void **state)
{
    struct service_node *node = *state;
    static const struct {
        const char *category;
        uint32_t more;
        const char *expected;
    } rows[] = {{"visits_missed_unit", 0, "走访：王海3户、李山12户。"},
                {"visits_missed_unit", 5, "走访：王海3户、李山12户，另有5人。"},
                {"visits_missed_outside", 5, "走访：王海3户、李山12户，另有5个单位。"}};
    const struct counted_part parts[] = {{.name = BYTES("王海"), .count = 3},
                                         {.name = BYTES("李山"), .count = 12}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf out = {0};
        struct intake_notice_event event = {
            .category = bytes_of_string(rows[i].category), .count = 15, .more = rows[i].more};
        list_put_message(&event.rows, &out, &counted_part_type, &parts[0]);
        list_put_message(&event.rows, &out, &counted_part_type, &parts[1]);
        list_end(&event.rows, &out);

        follow_intake(node, &event);

        if (!has(last_item(node, "head_urban").text, rows[i].expected)) {
            fail_msg("%.*s", BYTES_FMT(last_item(node, "head_urban").text));
        }
        buf_done(&out);
    }
}

/* ---- English -------------------------------------------------------------------------------- */

static void english_says_the_same(void **state)
{
    (void)state;
    struct config english = *street;
    english.language = LANGUAGE_EN;
    struct service_node *node = service_node_open(&notifier_service, "notifier", &english);
    service_node_set_now(node, at("2026-03-09T17:00:00"));

    follow_clock(
        node, &(struct news_case){.stage = STAGE_REVIEW, .news = CLOCK_NEWS_REMINDED, .level = 3});

    assert_text(last_item(node, "leader1").text,
                "“路灯不亮” (2026-0000001) was due 2026-03-06 17:00 and is 3 days late. Please "
                "review the result at once and say what kept it.");
    assert_text(last_item(node, "supervisor1").text,
                "“路灯不亮” (2026-0000001): the leader 顾景柏 should review the result; it was due "
                "2026-03-06 17:00 and is 3 days late. Please remind them.");
    service_node_close(node);
}

/* ---- around --------------------------------------------------------------------------------- */

static int open_street_that_tells_at_once(void **state)
{
    (void)open_street(state);
    street->notices = (struct notice_rules){0};
    return 0;
}

static int setup(void **state)
{
    *state = service_node_open(&notifier_service, "notifier", street);
    (void)service_node_follow_cadres(*state, (const char *const[]){"cadre001"}, 1);
    return 0;
}

static void what_was_set_aside_names_the_state_that_the_issue_is_in_now(void **state)
{
    struct service_node *node = *state;
    struct set_aside_event event = {
        .reason = BYTES("r"), .author = BYTES("staff_urban_1"), .state = STATE_FEEDBACK};
    (void)service_node_follow(
        node,
        &(struct router_record){.type = &set_aside_event_type, .message = &event, .issue = ISSUE});
    struct inbox_item item = last_item(node, "staff_urban_1");
    assert_true(has(item.text, "该事项现为“待反馈”"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, close_node)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_has_to_act_is_asked_and_others_read_who_it_is),
        TEST(each_level_has_words_of_its_own),
        TEST(what_was_set_aside_names_the_state_that_the_issue_is_in_now),
        TEST(what_is_wanted_before_it_is_due_is_another_thing_than_what_is_late),
        TEST(a_provisional_due_time_says_so),
        TEST(cadres_are_called_by_the_name_that_the_register_has_last),
        TEST(households_are_called_by_their_head_and_number),
        TEST(rows_of_a_notice_are_listed_and_what_is_left_out_is_counted),
        TEST(the_office_reads_that_it_may_give_late_feedback_itself),
        cmocka_unit_test(english_says_the_same),
    };
    return cmocka_run_group_tests(tests, open_street_that_tells_at_once, close_street);
}
