/* SPDX-License-Identifier: Apache-2.0 */
/* Call-backs: what is asked of one, what is recorded, what settles it, and who sees it. */
#include "auditor_ledger.h"

#include "runtime/ctx.h"

static void what_was_said_in_a_call_back_is_recorded(void **state)
{
    struct auditor_node *auditor = *state;
    struct callback_command ask = reached;
    struct record record;
    struct called_back_event event;
    struct buf raw = {0};
    struct err err = {0};
    uint64_t seq;
    ask.reasonable = YES_NO_NO;
    ask.words = BYTES("the road is dry again");

    assert_ok(call_back(auditor, &ask, &seq, &err));

    journal_copy(auditor->store, seq, &raw, &record);
    assert_ok(record_message(&record, &called_back_event_type, &event, &err));
    assert_int_equal(record.issue, ISSUE);
    assert_int_equal(record.generation, 9);
    assert_int_equal(record.flags & RECORD_LOCAL, 0);
    assert_true(bytes_equal(record.actor, BYTES(SUPERVISOR)));
    assert_int_equal(event.reached, YES_NO_YES);
    assert_int_equal(event.solved, YES_NO_YES);
    assert_int_equal(event.result, 5);
    assert_int_equal(event.section, 4);
    assert_int_equal(event.cadre, 3);
    assert_int_equal(event.reasonable, YES_NO_NO);
    assert_int_equal(event.generation, 9);
    assert_true(bytes_equal(event.words, ask.words));
    buf_done(&raw);
}

static void a_call_back_needs_every_answer_or_none(void **state)
{
    const struct {
        struct callback_command ask;
        const char *field; /* NULL: accepted */
    } cases[] = {
        {{.reached = YES_NO_YES, .result = 5, .section = 5, .cadre = 5}, "solved"},
        {{.reached = YES_NO_YES, .solved = YES_NO_NO, .section = 5, .cadre = 5}, "result"},
        {{.reached = YES_NO_YES, .solved = YES_NO_NO, .result = 1, .cadre = 5}, "section"},
        {{.reached = YES_NO_YES, .solved = YES_NO_NO, .result = 1, .section = 1}, "cadre"},
        {{.reached = YES_NO_YES, .solved = YES_NO_NO, .result = 1, .section = 1, .cadre = 1}, NULL},
        {{.reached = YES_NO_NO, .solved = YES_NO_NO}, "solved"},
        {{.reached = YES_NO_NO, .result = 1}, "result"},
        {{.reached = YES_NO_NO, .section = 1}, "section"},
        {{.reached = YES_NO_NO, .cadre = 1}, "cadre"},
        {{.reached = YES_NO_NO, .reasonable = YES_NO_YES}, "reasonable"},
        {{.reached = YES_NO_NO, .words = {(const uint8_t *)"nobody answers", 14}}, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct callback_command ask = cases[i].ask;
        struct err err = {0};
        uint64_t seq;
        ask.issue = ISSUE;
        enum status st = call_back(*state, &ask, &seq, &err);
        assert_status(st, cases[i].field == NULL ? STATUS_OK : STATUS_INVALID);
        assert_string_equal(err.field, cases[i].field == NULL ? "" : cases[i].field);
        bool is_mark_missing = i >= 1 && i <= 3;
        assert_true(!is_mark_missing || strstr(err.text, "from 1 to 5") != NULL);
    }
}

static void only_a_supervisor_calls_back(void **state)
{
    static const char *const others[] = {"s-clerk", "c-001", "operator"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct change_reply change;
        struct err err = {0};
        assert_status(auditor_node_command(*state, others[i], &callback_command_type, &reached,
                                           &change, &err),
                      STATUS_FORBIDDEN);
    }
    assert_int_equal(auditor_node_count(*state, 2), 0);
}

static void append_set_aside(struct auditor_node *auditor, uint64_t seq, uint16_t index)
{
    struct set_aside_event event = {.reason = BYTES("the issue is closed")};
    struct buf open = {0};
    message_append(&set_aside_event_type, &event, PART_OPEN, &open);
    struct record record = {.type = MESSAGE_SET_ASIDE_EVENT,
                            .flags = RECORD_BY_RECORD,
                            .issue = ISSUE,
                            .depth = 2,
                            .cause = {auditor->node->journal.id, seq},
                            .cause_index = index,
                            .open = buf_bytes(&open)};
    (void)source_append(&auditor->sources[0], &record);
    buf_done(&open);
}

static void a_call_back_is_pending_until_the_router_has_taken_the_step(void **state)
{
    struct auditor_node *auditor = *state;
    struct id own = auditor->node->journal.id;
    struct err err = {0};
    uint64_t seq;
    assert_ok(call_back(auditor, &reached, &seq, &err));
    assert_int_equal(auditor_node_count(auditor, 2), 1);

    /* What is no answer: to nobody, to another journal, to another fact, and what only follows from
     * the answer. */
    const struct position others[] = {{auditor->sources[1].journal.id, seq}, {own, seq + 100}};
    (void)source_step(&auditor->sources[1], ISSUE, NULL, BYTES("told"));
    auditor_node_run(auditor, PLENTY);
    (void)source_step(&auditor->sources[0], ISSUE, NULL, BYTES("on it"));
    (void)source_step(&auditor->sources[0], ISSUE, &others[0], BYTES("on it"));
    (void)source_step(&auditor->sources[0], ISSUE, &others[1], BYTES("on it"));
    append_set_aside(auditor, seq, 1);
    auditor_node_run(auditor, PLENTY);
    assert_int_equal(auditor_node_count(auditor, 2), 1);

    const struct position cause = {own, seq};
    (void)source_step(&auditor->sources[0], ISSUE, &cause, BYTES("closed"));
    auditor_node_run(auditor, PLENTY);
    assert_int_equal(auditor_node_count(auditor, 2), 0);
}

static void a_call_back_that_was_set_aside_is_settled_with_the_reason(void **state)
{
    struct auditor_node *auditor = *state;
    struct settled_event settled;
    struct record record;
    struct buf open = {0};
    struct err err = {0};
    uint64_t seq;
    assert_ok(call_back(auditor, &reached, &seq, &err));
    append_set_aside(auditor, seq, 0);

    auditor_node_run(auditor, PLENTY);

    assert_int_equal(auditor_node_count(auditor, 2), 0);
    journal_copy(auditor->store, seq + 1, &open, &record);
    assert_ok(record_message(&record, &settled_event_type, &settled, &err));
    assert_int_equal(settled.fact, seq);
    assert_int_equal(settled.fact_type, MESSAGE_CALLED_BACK_EVENT);
    assert_true(settled.is_set_aside);
    assert_true(bytes_equal(settled.reason, BYTES("the issue is closed")));
    assert_true((record.flags & RECORD_LOCAL) != 0);
    buf_done(&open);
}

static void those_who_see_every_issue_see_its_call_backs(void **state)
{
    const struct {
        const char *person;
        uint64_t issue;
        enum status status;
    } cases[] = {
        {SUPERVISOR, ISSUE, STATUS_OK},   {"operator", ISSUE, STATUS_OK},
        {"s-clerk", ISSUE, STATUS_OK},    {"c-001", ISSUE, STATUS_FORBIDDEN},
        {SUPERVISOR, 0, STATUS_OK},       {"operator", 0, STATUS_OK},
        {"s-clerk", 0, STATUS_FORBIDDEN},
    };
    struct auditor_node *auditor = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = {0};
        struct records_query ask = {.issue = cases[i].issue};
        struct records_reply reply;
        assert_status(
            auditor_node_ask(auditor, cases[i].person, &records_query_type, &ask, &reply, &err),
            cases[i].status);
        node_end_answer(auditor->node);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_AUDITOR(what_was_said_in_a_call_back_is_recorded),
        WITH_AUDITOR(a_call_back_needs_every_answer_or_none),
        WITH_AUDITOR(only_a_supervisor_calls_back),
        WITH_AUDITOR(a_call_back_is_pending_until_the_router_has_taken_the_step),
        WITH_AUDITOR(a_call_back_that_was_set_aside_is_settled_with_the_reason),
        WITH_AUDITOR(those_who_see_every_issue_see_its_call_backs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
