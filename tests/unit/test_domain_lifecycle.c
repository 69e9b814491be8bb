/* SPDX-License-Identifier: Apache-2.0 */
/* The table of transitions: each state with each event, what it reaches, and how it is drawn. */
#include "lifecycle_steps.h"

/* The specification's 41 transitions and the two that answer a request, written down a second time:
 * from, to ("" stays), offered. */
#define ANY_OPEN                                                                                   \
    "self_handling triage need_info dispatched in_progress suspended dispute review feedback "     \
    "callback rejected withdrawn"

static const struct expected {
    const char *happening;
    const char *from;
    const char *to;
    bool is_offered;
} expected[] = {
    {"", "", "", false},
    {"submit", "draft accepted", "triage", true},
    {"self_handle", "draft", "self_handling", false},
    {"self_done", "self_handling", "callback", false},
    {"self_give_up", "self_handling", "triage", false},
    {"household_direct", "- accepted", "triage", true},
    {"ask_info", "triage", "need_info", true},
    {"give_info", "need_info", "triage", true},
    {"reject", "triage", "rejected", false},
    {"merge", "triage dispatched in_progress", "merged", false},
    {"refer", "triage in_progress dispute", "referred", false},
    {"dispatch", "triage", "dispatched", true},
    {"sign", "dispatched in_progress", "in_progress", true},
    {"request_return", "dispatched in_progress", "", false},
    {"return_ok", "dispatched in_progress", "triage", false},
    {"return_no", "dispatched in_progress", "in_progress", false},
    {"dispute", "triage dispatched in_progress", "dispute", false},
    {"add_assist", "in_progress", "", false},
    {"change_lead", "in_progress dispute", "dispatched", false},
    {"first_contact", "in_progress suspended", "", true},
    {"progress", "in_progress", "", true},
    {"request_extension", "in_progress", "", false},
    {"request_suspension", "in_progress", "", true},
    {"resume", "suspended", "in_progress", true},
    {"assist_submit", "dispatched in_progress", "", true},
    {"lead_submit", "in_progress", "review", true},
    {"propose_unresolvable", "in_progress", "review", true},
    {"review_no", "review", "in_progress", true},
    {"review_ok", "review", "feedback", true},
    {"feedback_done", "feedback rejected withdrawn", "callback", true},
    {"feedback_late", "feedback", "", true},
    {"callback_ok", "callback", "closed", true},
    {"callback_unsatisfied", "callback", "in_progress", true},
    {"callback_unsatisfied_final", "callback", "closed", true},
    {"callback_unreached", "callback", "closed", true},
    {"reopen", "closed", "in_progress", false},
    {"new_linked", "closed archived", "", false},
    {"archive", "closed", "archived", true},
    {"supervise", ANY_OPEN, "", true},
    {"urge", ANY_OPEN, "", true},
    {"withdraw", "triage need_info dispatched in_progress", "withdrawn", false},
    {"correct", ANY_OPEN " closed archived merged referred", "", true},
    {"suspension_ok", "in_progress", "suspended", true},
    {"suspension_no", "in_progress", "", true},
};

static bool has_word(const char *words, const char *word)
{
    size_t len = strlen(word);
    for (const char *p = words; *p != '\0'; p += strcspn(p, " ") + (strchr(p, ' ') != NULL)) {
        if (strcspn(p, " ") == len && memcmp(p, word, len) == 0) {
            return true;
        }
    }
    return false;
}

static const char *from_word(uint32_t state)
{
    return state == STATE_NONE ? "-" : state_word((enum state)state);
}

/* Puts into the issue what a happening finds there besides the state. */
static void make_ready(struct issue *issue, struct step *step)
{
    bool is_at_work = issue->state == STATE_DISPATCHED || issue->state == STATE_IN_PROGRESS;
    if (step->happening == HAPPENING_ASSIST_SUBMIT && is_at_work) {
        issue->legs[1].state = LEG_STATE_IN_PROGRESS;
    }
    if (step->happening == HAPPENING_SIGN && issue->state == STATE_IN_PROGRESS) {
        issue->legs[1].state = LEG_STATE_DISPATCHED;
        step->department = water;
        step->actor = actor(ASSIST_STAFF);
    }
    bool answers =
        step->happening == HAPPENING_SUSPENSION_OK || step->happening == HAPPENING_SUSPENSION_NO;
    if (issue->state == STATE_IN_PROGRESS && answers) {
        issue->wait_ground = WAIT_GROUND_SEASON;
        issue->wait_until = (struct wall){2000000};
    }
    if (issue->state == STATE_CALLBACK) {
        issue->is_unsatisfied = step->happening == HAPPENING_CALLBACK_UNSATISFIED_FINAL;
        issue->try_count = 2;
        issue->last_try_day = 102;
    }
}

static void check_product(enum state state, enum happening happening)
{
    struct err err = {0};
    const struct expected *row = &expected[happening];
    struct issue issue = issue_in(state);
    struct step step = fit_step(happening);
    make_ready(&issue, &step);
    assert_ok(issue_check(&issue, &err));
    struct issue before;
    memcpy(&before, &issue, sizeof(issue));
    enum status st = lifecycle_apply(&issue, &step, &err);
    bool goes = row->is_offered && has_word(row->from, from_word(state));
    if (st != (goes ? STATUS_OK : STATUS_REFUSED)) {
        fail_msg("%s in %s: %s: %s", row->happening, from_word(state), status_word(st), err.text);
    }
    if (!goes) {
        assert_memory_equal(&issue, &before, sizeof(issue));
        assert_true((strstr(err.text, "not offered yet") == NULL) == row->is_offered);
        return;
    }
    const char *to = row->to[0] == '\0' ? from_word(state) : row->to;
    assert_string_equal(from_word(issue.state), to);
    assert_int_equal(issue.generation, before.generation + 1);
    assert_int_equal(issue.updated_at.us, 1000000);
    assert_ok(issue_check(&issue, &err));
}

static void every_state_and_event_does_what_the_specification_says(void **test)
{
    (void)test;
    assert_int_equal(sizeof(expected) / sizeof(expected[0]), HAPPENING_COUNT);
    for (int state = 0; state < STATE_COUNT; state++) {
        for (int happening = 1; happening < HAPPENING_COUNT; happening++) {
            check_product((enum state)state, (enum happening)happening);
        }
    }
}

static void the_table_is_the_specification_s_and_has_no_row_twice(void **test)
{
    (void)test;
    assert_int_equal(HAPPENING_COUNT, 44);
    for (int i = 1; i < HAPPENING_COUNT; i++) {
        const struct expected *row = &expected[i];
        const struct transition *found = lifecycle_row((enum happening)i);
        assert_string_equal(happening_word((enum happening)i), row->happening);
        assert_string_equal(found->to == STATE_NONE ? "" : state_word(found->to), row->to);
        assert_int_equal(found->is_offered, row->is_offered);
        assert_true(found->who != 0 && strlen(found->verb) > 0 && strlen(found->about) > 0);
        for (uint32_t state = 0; state < STATE_COUNT; state++) {
            bool is_from = (found->from & STATE_BIT(state)) != 0;
            assert_int_equal(is_from, has_word(row->from, from_word(state)));
        }
        for (int other = 1; other < i; other++) {
            assert_string_not_equal(expected[other].happening, row->happening);
        }
    }
}

static void every_state_is_reachable(void **test)
{
    (void)test;
    /* A draft, a call and what intake has accepted are beginnings. */
    uint32_t reached = STATE_BIT(STATE_NONE) | STATE_BIT(STATE_DRAFT) | STATE_BIT(STATE_ACCEPTED);
    for (uint32_t before = 0; before != reached;) {
        before = reached;
        for (int i = 1; i < HAPPENING_COUNT; i++) {
            const struct transition *row = lifecycle_row((enum happening)i);
            reached |= (row->from & reached) != 0 ? STATE_BIT(row->to) : 0;
        }
    }
    assert_int_equal(reached, (UINT32_C(1) << STATE_COUNT) - 1);
}

static void final_states_have_only_the_exits_of_the_specification(void **test)
{
    (void)test;
    for (int i = 1; i < HAPPENING_COUNT; i++) {
        const struct transition *row = lifecycle_row((enum happening)i);
        bool leaves = (row->from & STATES_FINAL) != 0 && row->to != STATE_NONE;
        assert_int_equal(leaves, i == HAPPENING_REOPEN || i == HAPPENING_ARCHIVE);
        if (leaves) {
            assert_int_equal(row->from & STATES_FINAL, STATE_BIT(STATE_CLOSED));
        }
    }
}

static struct step random_step(struct dice *dice, const struct issue *issue, uint32_t day)
{
    static const struct callback *const callbacks[] = {&satisfied, &unsatisfied, &unreasonable,
                                                       &unreached, NULL};
    enum happening happening = (enum happening)(1 + dice_below(dice, HAPPENING_COUNT - 1));
    struct step step = fit_step(happening);
    if (dice_below(dice, 3) > 0) {
        make_ready(&(struct issue){.state = issue->state}, &step);
        step.working_day = day;
        return step;
    }
    static struct dispatch to;
    to = *dispatch_to_roads();
    to.assist_count = (uint32_t)dice_below(dice, ISSUE_LEGS_MAX + 1);
    step.actor = actor((enum who_acts)dice_below(dice, ACTS_COUNT));
    step.department = dice_below(dice, 2) == 0 ? roads : water;
    step.generation_seen = (uint32_t)dice_below(dice, issue->generation + 2);
    step.outcome = (enum outcome)dice_below(dice, OUTCOME_COUNT);
    step.has_words = dice_below(dice, 4) > 0;
    step.has_evidence = dice_below(dice, 4) > 0;
    step.is_overdue = dice_below(dice, 4) == 0;
    step.took_part = dice_below(dice, 4) == 0;
    step.working_day = day;
    step.dispatch = dice_below(dice, 2) == 0 ? &to : step.dispatch;
    step.callback = callbacks[dice_below(dice, 5)];
    step.suspension = dice_below(dice, 2) == 0 ? NULL : step.suspension;
    step.correction = dice_below(dice, 2) == 0 ? NULL : step.correction;
    step.is_window_over = dice_below(dice, 2) == 0;
    return step;
}

static void random_walks_keep_the_object_whole_and_refusals_leave_it_alone(void **test)
{
    (void)test;
    struct dice dice = dice_open(42);
    uint32_t done[HAPPENING_COUNT] = {0};
    for (uint32_t walk = 0; walk < 200; walk++) {
        struct err err = {0};
        struct issue issue = blank_issue(walk % 2 == 0 ? STATE_DRAFT : STATE_NONE);
        for (uint32_t i = 0; i < 50000 && issue.state != STATE_ARCHIVED; i++) {
            struct issue before;
            memcpy(&before, &issue, sizeof(issue));
            struct step step = random_step(&dice, &issue, 1 + i / 20);
            if (lifecycle_apply(&issue, &step, &err) == STATUS_OK) {
                done[step.happening]++;
                assert_int_equal(issue.generation, before.generation + 1);
                assert_ok(issue_check(&issue, &err));
            } else {
                assert_memory_equal(&issue, &before, sizeof(issue));
                assert_true(strlen(err.text) > 0);
            }
        }
        assert_int_equal(issue.state, STATE_ARCHIVED);
    }
    for (int i = 1; i < HAPPENING_COUNT; i++) {
        assert_int_equal(done[i] > 0, expected[i].is_offered);
    }
}

static void the_drawing_in_the_documents_is_the_table_s(void **test)
{
    (void)test;
    struct buf drawn = {0};
    lifecycle_print_dot(&drawn);
    static char kept[65536];
    FILE *file = fopen(SOURCE_DIR "/docs/lifecycle.dot", "rb");
    size_t len = file != NULL ? fread(kept, 1, sizeof(kept), file) : 0;
    if (file != NULL) {
        (void)fclose(file);
    }
    if (!bytes_equal(bytes_of(kept, len), buf_bytes(&drawn))) {
        FILE *out = fopen(BUILD_DIR "/lifecycle.dot", "wb");
        assert_non_null(out);
        (void)fwrite(drawn.p, 1, drawn.len, out);
        (void)fclose(out);
        fail_msg("docs/lifecycle.dot differs from the table: copy %s there",
                 BUILD_DIR "/lifecycle.dot");
    }
    buf_done(&drawn);
}

static void the_printed_table_has_a_line_for_every_row_and_leg_move(void **test)
{
    (void)test;
    struct buf out = {0};
    size_t moves;
    (void)lifecycle_leg_moves(&moves);
    lifecycle_print_table(&out);
    buf_append_u8(&out, 0);
    const char *text = (const char *)out.p;
    for (int i = 1; i < HAPPENING_COUNT; i++) {
        assert_non_null(strstr(text, happening_name((enum happening)i)));
    }
    size_t lines = 0;
    for (const char *p = text; strncmp(p, "\nwho\n", 5) != 0; p++) {
        lines += *p == '\n';
    }
    assert_int_equal(lines, 1 + (HAPPENING_COUNT - 1) + 2 + 1 + moves);
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_and_event_does_what_the_specification_says),
        cmocka_unit_test(the_table_is_the_specification_s_and_has_no_row_twice),
        cmocka_unit_test(every_state_is_reachable),
        cmocka_unit_test(final_states_have_only_the_exits_of_the_specification),
        cmocka_unit_test(random_walks_keep_the_object_whole_and_refusals_leave_it_alone),
        cmocka_unit_test(the_drawing_in_the_documents_is_the_table_s),
        cmocka_unit_test(the_printed_table_has_a_line_for_every_row_and_leg_move),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
