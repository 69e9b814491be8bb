/* SPDX-License-Identifier: Apache-2.0 */
/* What people owe on issues, and what the router says about why, who and what then. */
#include "domain/words.h"
#include "router/router.h"
#include "service_calls.h"
#include "service_node.h"

#define ISSUE(n) (UINT64_C(20260000000) + (n))

static struct config *config;

/* ---- what happens --------------------------------------------------------------------------- */

static struct wall at(const char *text)
{
    struct wall wall;
    struct err err = {0};
    assert_ok(wall_parse(bytes_of_string(text), config->zone, &wall, &err));
    return wall;
}

static void fact(struct service_node *node, uint64_t issue, const struct message_type *type,
                 const void *message, const char *actor)
{
    struct router_record record = {
        .type = type, .message = message, .issue = issue, .actor = actor};
    assert_true(service_node_follow(node, &record) > 0);
}

static void report_by(struct service_node *node, uint64_t issue, const char *cadre)
{
    struct reported_event event = {.household = BYTES("h1"),
                                   .cadre = text_of(cadre),
                                   .kind = (int)KIND_OPINION,
                                   .source = (int)SOURCE_CADRE,
                                   .area = BYTES("c01v02"),
                                   .category = BYTES("urban_other"),
                                   .title = BYTES("请问"),
                                   .text = BYTES("彩虹屋顶掉了一块")};
    fact(node, issue, &reported_event_type, &event, cadre);
}

static void report(struct service_node *node, uint64_t issue)
{
    report_by(node, issue, "cadre1");
}

static void command(struct service_node *node, const char *person, const struct message_type *type,
                    const void *message)
{
    struct err err = {0};
    struct change_reply change;
    if (service_node_command(node, person, type, message, &change, &err) != STATUS_OK) {
        fail_msg("%s", err.text);
    }
}

/* To urban, with water assisting where it says so. */
static void dispatch(struct service_node *node, uint64_t issue, const char *assist)
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

static void sign(struct service_node *node, uint64_t issue, const char *section, const char *staff)
{
    struct signed_event event = {.department = text_of(section)};
    fact(node, issue, &signed_event_type, &event, staff);
}

static void to_work(struct service_node *node, uint64_t issue)
{
    struct contacted_event contact = {.department = BYTES("urban"), .words = BYTES("已联系")};
    report(node, issue);
    dispatch(node, issue, NULL);
    sign(node, issue, "urban", "staff_urban_1");
    fact(node, issue, &contacted_event_type, &contact, "staff_urban_1");
}

static void answer(struct service_node *node, uint64_t issue)
{
    struct answered_event event = {.department = BYTES("urban"),
                                   .outcome = (int)OUTCOME_SOLVED,
                                   .words = BYTES("已修好"),
                                   .evidence = BYTES("照片")};
    fact(node, issue, &answered_event_type, &event, "staff_urban_1");
}

static void propose(struct service_node *node, uint64_t issue)
{
    struct proposed_event event = {.department = BYTES("urban"),
                                   .ground = BYTES("不属补助范围"),
                                   .tried = BYTES("已核对"),
                                   .words = BYTES("按政策不能补助")};
    fact(node, issue, &proposed_event_type, &event, "staff_urban_1");
}

static void review(struct service_node *node, uint64_t issue, const char *person)
{
    struct review_command ask = {.issue = issue, .ok = true};
    command(node, person, &review_command_type, &ask);
}

static void tell(struct service_node *node, uint64_t issue, const char *person)
{
    struct told_event event = {.mode = (int)CONTACT_MODE_VISIT,
                               .words = BYTES("已告知"),
                               .reaction = (int)REACTION_SATISFIED};
    fact(node, issue, &told_event_type, &event, person);
}

static void call_back(struct service_node *node, uint64_t issue, bool is_good)
{
    struct called_back_event event = {.reached = (int)YES_NO_YES,
                                      .solved = is_good ? (int)YES_NO_YES : (int)YES_NO_NO,
                                      .result = is_good ? 5 : 1,
                                      .section = 3,
                                      .cadre = 3,
                                      .reasonable = (int)YES_NO_NO};
    fact(node, issue, &called_back_event_type, &event, "supervisor1");
}

static void to_callback(struct service_node *node, uint64_t issue)
{
    to_work(node, issue);
    answer(node, issue);
    review(node, issue, "leader1");
    tell(node, issue, "cadre1");
}

static void ask_to_wait(struct service_node *node, uint64_t issue)
{
    struct wait_asked_event event = {.department = BYTES("urban"),
                                     .ground = (int)WAIT_GROUND_SEASON,
                                     .until = at("2026-03-06T17:00:00+08:00"),
                                     .words = BYTES("等雨停")};
    fact(node, issue, &wait_asked_event_type, &event, "staff_urban_1");
}

/* ---- what is asked -------------------------------------------------------------------------- */

static struct agenda_reply ask_page(struct service_node *node, const char *person,
                                    const char *after, uint32_t limit)
{
    struct err err = {0};
    struct agenda_query query = {.after = text_of(after), .limit = limit};
    struct agenda_reply reply;
    assert_ok(service_node_ask(node, person, &agenda_query_type, &query, &reply, &err));
    return reply;
}

static struct agenda_reply ask(struct service_node *node, const char *person)
{
    return ask_page(node, person, NULL, 0);
}

/* "sign 1, triage 2": kinds and the last digits of the issues, in order. */
static void assert_agenda(struct service_node *node, const char *person, const char *expected)
{
    struct agenda_reply reply = ask(node, person);
    struct list_cursor cursor = list_begin(&reply.duties);
    struct duty_part part;
    struct buf text = {0};
    while (list_next_message(&cursor, &duty_part_type, &part)) {
        buf_append_format(&text, "%s%s %llu", text.len == 0 ? "" : ", ",
                          duty_kind_word((enum duty_kind)part.kind),
                          (unsigned long long)(part.issue - ISSUE(0)));
    }
    if (!bytes_equal(buf_bytes(&text), bytes_of_string(expected))) {
        fail_msg("%s: '%.*s', not '%s'", person, BYTES_FMT(buf_bytes(&text)), expected);
    }
    buf_done(&text);
}

static struct duty_part duty_at(struct service_node *node, const char *person, uint32_t index)
{
    struct agenda_reply reply = ask(node, person);
    struct list_cursor cursor = list_begin(&reply.duties);
    struct duty_part part = {0};
    for (uint32_t i = 0; i <= index; i++) {
        assert_true(list_next_message(&cursor, &duty_part_type, &part));
    }
    return part;
}

static struct issue_view view_of(struct service_node *node, uint64_t issue)
{
    struct err err = {0};
    struct issue_view view;
    struct issue_query query = {.issue = issue};
    assert_ok(service_node_ask(node, "triage1", &issue_query_type, &query, &view, &err));
    return view;
}

static struct then_part first_then(struct service_node *node, uint64_t issue)
{
    struct issue_view view = view_of(node, issue);
    struct list_cursor cursor = list_begin(&view.then);
    struct then_part part = {0};
    (void)list_next_message(&cursor, &then_part_type, &part);
    return part;
}

static bool list_has(const struct list *list, const char *word)
{
    struct list_cursor cursor = list_begin(list);
    struct bytes text;
    while (list_next_bytes(&cursor, &text)) {
        if (bytes_equal(text, bytes_of_string(word))) {
            return true;
        }
    }
    return false;
}

/* Whether one of the sentences has this in it. */
static void assert_why(struct service_node *node, uint64_t issue, const char *part)
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

/* ---- the agenda ----------------------------------------------------------------------------- */

static void everybody_has_what_is_theirs_in_the_order_in_which_it_is_due(void **state)
{
    struct service_node *node = *state;
    report(node, ISSUE(1));
    report(node, ISSUE(2));
    dispatch(node, ISSUE(2), "civil");
    to_work(node, ISSUE(3));
    ask_to_wait(node, ISSUE(3));
    to_work(node, ISSUE(4));
    answer(node, ISSUE(4));
    to_work(node, ISSUE(5));
    answer(node, ISSUE(5));
    review(node, ISSUE(5), "leader1");

    assert_agenda(node, "triage1", "triage 1, suspension 3");
    assert_agenda(node, "staff_urban_1", "sign 2, handle 3");
    assert_agenda(node, "head_urban", "sign 2, handle 3");
    assert_agenda(node, "staff_civil_1", "sign 2");
    assert_agenda(node, "leader1", "review 4");
    assert_agenda(node, "cadre1", "feedback 5");
    assert_agenda(node, "office_head", "suspension 3");
    static const char *const idle[] = {"staff_health_1",   "leader3",       "supervisor1",
                                       "cadre2",           "secretary_c01", "liaison_c01v02",
                                       "first_responsible"};
    for (size_t i = 0; i < sizeof idle / sizeof idle[0]; i++) {
        assert_agenda(node, idle[i], "");
    }
}

static void an_assisting_section_s_part_and_the_first_contact_are_listed(void **state)
{
    struct service_node *node = *state;
    report(node, ISSUE(1));
    dispatch(node, ISSUE(1), "civil");
    sign(node, ISSUE(1), "urban", "staff_urban_1");
    sign(node, ISSUE(1), "civil", "staff_civil_1");
    assert_agenda(node, "staff_civil_1", "handle 1");
    assert_agenda(node, "staff_urban_1", "first_contact 1, handle 1");
    assert_text(duty_at(node, "staff_civil_1", 0).department, "civil");
    assert_text(duty_at(node, "staff_civil_1", 0).what, "submits its part with 'queue submit'");
}

static void questions_second_reviews_and_unsatisfied_households_find_their_people(void **state)
{
    struct service_node *node = *state;
    struct ask_info_command question = {.issue = ISSUE(1), .words = BYTES("哪里")};
    report(node, ISSUE(1));
    command(node, "triage1", &ask_info_command_type, &question);
    to_work(node, ISSUE(2));
    propose(node, ISSUE(2));
    to_callback(node, ISSUE(3));
    assert_agenda(node, "cadre1", "info 1");
    assert_agenda(node, "triage1", "");
    assert_agenda(node, "leader1", "review 2");
    assert_agenda(node, "office_head", "review 2");
    assert_agenda(node, "supervisor1", "callback 3");
    assert_agenda(node, "supervisor2", "callback 3");

    review(node, ISSUE(2), "leader1");
    call_back(node, ISSUE(3), false);
    assert_agenda(node, "leader1", "");
    assert_agenda(node, "office_head", "review 2, unsatisfied 3");
    assert_agenda(node, "supervisor1", "");
    assert_why(node, ISSUE(3), "the household did not agree when 钟邦正 (supervisor1) called back");
    assert_why(node, ISSUE(2), "顾景柏 (leader1) passed the answer");
}

static void who_had_a_hand_in_it_is_not_to_call_back(void **state)
{
    struct service_node *node = *state;
    to_work(node, ISSUE(1));
    answer(node, ISSUE(1));
    review(node, ISSUE(1), "leader1");
    report_by(node, ISSUE(2), "supervisor2");
    dispatch(node, ISSUE(2), NULL);
    tell(node, ISSUE(1), "cadre1");
    assert_agenda(node, "supervisor2", "callback 1");
    struct issue_view view = view_of(node, ISSUE(1));
    struct list_cursor cursor = list_begin(&view.duties);
    struct duty_part part;
    assert_true(list_next_message(&cursor, &duty_part_type, &part));
    assert_int_equal(part.people.count, 3);

    sign(node, ISSUE(2), "urban", "staff_urban_1");
    answer(node, ISSUE(2));
    review(node, ISSUE(2), "leader1");
    tell(node, ISSUE(2), "supervisor2");
    assert_agenda(node, "supervisor2", "callback 1");
    assert_agenda(node, "supervisor1", "callback 1, callback 2");
}

static void feedback_that_is_late_comes_to_the_office_head_too(void **state)
{
    struct service_node *node = *state;
    to_work(node, ISSUE(1));
    answer(node, ISSUE(1));
    review(node, ISSUE(1), "leader1");
    assert_agenda(node, "office_head", "");
    struct duty_part mine = duty_at(node, "cadre1", 0);
    assert_false(mine.is_overdue);
    service_node_wait(node, at("2026-03-04T17:00:00+08:00"));
    assert_agenda(node, "office_head", "feedback 1");
    assert_true(duty_at(node, "cadre1", 0).is_overdue);
    assert_true(duty_at(node, "office_head", 0).is_overdue);
    tell(node, ISSUE(1), "office_head");
    assert_agenda(node, "cadre1", "");
    assert_agenda(node, "supervisor1", "callback 1");
}

static void a_supervision_stays_with_whoever_set_it(void **state)
{
    struct service_node *node = *state;
    struct supervise_command ask = {
        .issue = ISSUE(1), .level = 2, .until = BYTES("3wd"), .words = BYTES("限期")};
    to_work(node, ISSUE(1));
    command(node, "leader3", &supervise_command_type, &ask);
    assert_agenda(node, "leader3", "supervision 1");
    assert_agenda(node, "leader1", "");
    assert_int_equal(duty_at(node, "leader3", 0).due_at.us, at("2026-03-05T17:00:00+08:00").us);
    assert_why(node, ISSUE(1), "put it under supervision, level 2 until 2026-03-05 17:00: 限期");
    assert_int_equal(service_node_rows(node, MARKED), 1);
    answer(node, ISSUE(1));
    review(node, ISSUE(1), "leader1");
    tell(node, ISSUE(1), "cadre1");
    call_back(node, ISSUE(1), true);
    assert_agenda(node, "leader3", "");
    assert_int_equal(service_node_rows(node, MARKED), 0);
}

static void what_is_paused_or_over_is_nobody_s(void **state)
{
    struct service_node *node = *state;
    struct suspend_command grant = {.issue = ISSUE(1), .ok = true};
    to_work(node, ISSUE(1));
    ask_to_wait(node, ISSUE(1));
    command(node, "triage1", &suspend_command_type, &grant);
    assert_agenda(node, "staff_urban_1", "");
    assert_agenda(node, "triage1", "");
    assert_int_equal(service_node_rows(node, MARKED), 0);
    struct then_part then = first_then(node, ISSUE(1));
    assert_text(then.does, "the end of the suspension is due soon");
    to_callback(node, ISSUE(2));
    call_back(node, ISSUE(2), true);
    assert_agenda(node, "staff_urban_1", "");
    assert_agenda(node, "supervisor1", "");
}

static void pages_go_on_where_the_last_one_ended(void **state)
{
    struct service_node *node = *state;
    for (uint64_t i = 1; i <= 9; i++) {
        service_node_set_now(
            node, (struct wall){SERVICE_NODE_BEGIN_US + (int64_t)(i % 3) * INT64_C(86400000000)});
        report(node, ISSUE(i));
    }
    assert_agenda(node, "triage2",
                  "triage 3, triage 6, triage 9, triage 1, triage 4, triage 7, triage 2, triage 5, "
                  "triage 8");
    char after[161] = "";
    uint64_t seen = 0;
    for (;;) {
        struct agenda_reply page = ask_page(node, "triage1", after, 2);
        struct list_cursor cursor = list_begin(&page.duties);
        struct duty_part part;
        if (page.duties.count == 0) {
            break;
        }
        assert_true(page.duties.count <= 2);
        seen += page.duties.count;
        assert_int_equal(page.left, 9 - seen);
        assert_false(page.is_cut);
        while (list_next_message(&cursor, &duty_part_type, &part)) {
            assert_true(bytes_compare(part.id, bytes_of_string(after)) > 0);
            (void)snprintf(after, sizeof after, "%.*s", BYTES_FMT(part.id));
        }
    }
    assert_int_equal(seen, 9);
}

/* A cadre with few open issues among many closed ones, and many open ones of others. */
static void closed_issues_and_those_of_others_are_passed_over(void **state)
{
    struct service_node *node = *state;
    for (uint64_t i = 1; i <= 40; i++) {
        report_by(node, ISSUE(i), i % 10 == 0 ? "cadre1" : "cadre2");
        dispatch(node, ISSUE(i), NULL);
        sign(node, ISSUE(i), "urban", "staff_urban_1");
        if (i % 20 == 0) {
            continue;
        }
        answer(node, ISSUE(i));
        review(node, ISSUE(i), "leader1");
        if (i % 10 == 0) {
            tell(node, ISSUE(i), "cadre1");
            call_back(node, ISSUE(i), true);
        }
    }
    assert_agenda(node, "cadre1", "");
    assert_int_equal(ask(node, "cadre2").duties.count, 36);
    assert_agenda(node, "staff_urban_1",
                  "first_contact 20, first_contact 40, handle 20, handle 40");
}

static void the_operator_has_no_agenda(void **state)
{
    struct err err = {0};
    struct agenda_query query = {0};
    struct agenda_reply reply;
    assert_status(service_node_ask(*state, "operator", &agenda_query_type, &query, &reply, &err),
                  STATUS_FORBIDDEN);
    assert_says(&err, "", "say with --as");
}

/* ---- why, and what then --------------------------------------------------------------------- */

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

/* ---- around --------------------------------------------------------------------------------- */

static int open_node(void **state)
{
    *state = service_node_open(&router_service, "router", config);
    (void)service_node_follow_cadres(*state, (const char *const[]){"cadre1", "cadre2"}, 2);
    return 0;
}

static int close_node(void **state)
{
    service_node_check_rebuild(*state);
    service_node_close(*state);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_node, close_node)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(everybody_has_what_is_theirs_in_the_order_in_which_it_is_due),
        TEST(an_assisting_section_s_part_and_the_first_contact_are_listed),
        TEST(questions_second_reviews_and_unsatisfied_households_find_their_people),
        TEST(who_had_a_hand_in_it_is_not_to_call_back),
        TEST(feedback_that_is_late_comes_to_the_office_head_too),
        TEST(a_supervision_stays_with_whoever_set_it),
        TEST(what_is_paused_or_over_is_nobody_s),
        TEST(pages_go_on_where_the_last_one_ended),
        TEST(closed_issues_and_those_of_others_are_passed_over),
        TEST(the_operator_has_no_agenda),
        TEST(it_says_who_brought_it_there_and_why),
        TEST(what_it_says_will_happen_happens),
        TEST(supervision_by_a_person_is_announced_too),
        TEST(the_office_s_part_in_late_feedback_is_announced),
    };
    config = street_open();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    config_close(config);
    return failed;
}
